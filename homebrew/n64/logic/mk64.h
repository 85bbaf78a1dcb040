/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The structures and globals of Mario Kart 64 (US); layout.ld has the addresses. Fields without a known meaning are
 * named by their offset. Source: LAYOUT, which names the published descriptions.
 */
#ifndef MK64_H
#define MK64_H

#include "types.h"

enum { PLAYERS = 8, PADS = 8, SCREENS = 4, PATHS = 4, PLAYER_ENTRIES_16 = 12, PLAYER_ENTRIES_32 = 10 };

#define AT_OFFSET(type, field, offset) _Static_assert(__builtin_offsetof(type, field) == (offset), #type "." #field)

/* ---- Controllers ---- */

enum {
    BUTTON_A = 0x8000,
    BUTTON_B = 0x4000,
    BUTTON_Z = 0x2000,
    BUTTON_START = 0x1000,
    DPAD_UP = 0x0800,
    DPAD_DOWN = 0x0400,
    DPAD_LEFT = 0x0200,
    DPAD_RIGHT = 0x0100,
    BUTTON_L = 0x0020,
    BUTTON_R = 0x0010,
};

typedef struct {
    s16 stickX, stickY;
    u16 buttons, pressed, released;
    u16 stickButtons, stickPressed, stickReleased; /* the stick as a direction pad */
} Controller;
_Static_assert(sizeof(Controller) == 0x10, "Controller");

enum { PAD_ALL = 4, PAD_PLAYER_GHOST = 5 };

extern Controller *gControllerOne; /* the first of eight pointers */
extern Controller gControllers[PADS];

/* ---- Players ---- */

enum {
    PLAYER_EXISTS = 0x8000,
    PLAYER_HUMAN = 0x4000,
    PLAYER_START_SEQUENCE = 0x2000,
    PLAYER_CPU = 0x1000,
    PLAYER_CINEMATIC = 0x0800, /* finished: drives on by itself */
    PLAYER_STAGING = 0x0200,
    PLAYER_INVISIBLE = 0x0100, /* a ghost */
};

enum { FLAG_THROTTLE = 0x20, FLAG_REVERSING = 0x01, FLAG_SLIP_LEFT = 0x02, FLAG_SLIP_RIGHT = 0x04 };

enum {
    EFFECT_HOP = 0x2,
    EFFECT_RAMP = 0x4,
    EFFECT_AIRBORNE = 0x8,
    EFFECT_DRIFT = 0x10,
    EFFECT_SPIN_TURN = 0x20,
    EFFECT_SPIN_OUT_LEFT = 0x40,
    EFFECT_SPIN_OUT_RIGHT = 0x80,
    EFFECT_MINI_TURBO = 0x100,
    EFFECT_MUSHROOM = 0x2000,
    EFFECT_BOOST_PAD = 0x100000,
    EFFECT_WRONG_WAY = 0x400000,
};

enum { RESCUE_FALLEN = 0x2, RESCUE_CARRIED = 0x8 };

/* Surface of a triangle or under a tyre. */
enum {
    SURFACE_AIR = 0x0,
    SURFACE_ASPHALT = 0x1,
    SURFACE_DIRT = 0x2,
    SURFACE_SAND = 0x3,
    SURFACE_STONE = 0x4,
    SURFACE_GRASS = 0x8,
    SURFACE_ICE = 0x9,
    SURFACE_BOOST = 0xFC,
    SURFACE_OUT_OF_BOUNDS = 0xFD,
    SURFACE_RAMP = 0xFF,
};

enum { NO_TRIANGLE = 5000 };

typedef struct {
    u8 field_00[6];
    u16 triangleYX, triangleZY, triangleZX; /* wall facing Z, wall facing X, floor */
    f32 distance[3];                        /* to the three */
    u8 field_18[0x18];
    Vec3f orientation; /* normal of the floor */
    u8 field_3C[4];
} Collision;
AT_OFFSET(Collision, triangleYX, 0x06);
AT_OFFSET(Collision, triangleZY, 0x08);
AT_OFFSET(Collision, triangleZX, 0x0A);
AT_OFFSET(Collision, distance, 0x0C);
AT_OFFSET(Collision, orientation, 0x30);
_Static_assert(sizeof(Collision) == 0x40, "Collision");

typedef struct {
    Vec3f pos;
    u8 surface, flags;
    u16 triangle;
    f32 baseHeight;
    s32 field_14;
} Tyre;
AT_OFFSET(Tyre, surface, 0x0C);
AT_OFFSET(Tyre, flags, 0x0D);
AT_OFFSET(Tyre, triangle, 0x0E);
AT_OFFSET(Tyre, baseHeight, 0x10);
_Static_assert(sizeof(Tyre) == 0x18, "Tyre");

enum { TYRES = 4, PARTICLES = 40 };

typedef struct {
    u16 type;
    u8 field_002[2];
    s16 rank;
    u8 field_006[2];
    s16 lap; /* -1 before the line, 3 = finished */
    u8 field_00A[2];
    s32 soundEffects;
    s16 item;
    u8 field_012[2];
    Vec3f pos, oldPos;
    Vec3s rotation; /* [1] yaw: 0 looks along z, 0x4000 along -x */
    u8 field_032[2];
    Vec3f velocity;
    u8 field_040[4];
    s16 flags;
    u8 field_046[0x2A];
    f32 boundingBoxSize, surfaceHeight;
    s16 turnRate;
    u8 field_07A[2];
    s32 stick; /* of the x axis, << 16 */
    f32 boostPower;
    u8 field_084[8];
    f32 engineForce;
    u8 field_090[4];
    f32 speed;
    u8 field_098[4];
    f32 currentSpeed;
    u8 field_0A0[0x1C];
    u32 effects;
    s16 slipAngle, airTicks, slopeAccel, alpha;
    u8 field_0C8[2];
    s16 rescue;
    u8 field_0CC[0x10];
    s16 boostTimer;
    u16 waterBits;
    u8 field_0E0[4];
    f32 boostForceStart, boostForce;
    f32 hopVelocity, hopJerk, hopAcceleration;
    u16 surfaceType;
    u8 field_0FA[2];
    f32 friction, gravity, slowdown;
    u8 field_108[8];
    Collision collision;
    f32 orientation[3][3], orientationMatrix[3][3];
    Tyre tyres[TYRES]; /* front left, front right, back left, back right */
    u8 field_1F8[0xC];
    s16 driftDuration;
    u8 field_206[0xE];
    f32 topSpeed;
    u8 field_218[8];
    s16 nearestPathPoint;
    u8 field_222[2];
    f32 size;
    s16 miniTurboCounter, driftState;
    f32 previousSpeed;
    u8 field_230[0xA];
    s16 miniTurboTicks;
    u8 field_23C[4];
    s32 tyreSpeed;
    u16 animationFrame[4], animationGroup[4];
    u16 characterId, wallHit;
    u8 particles[PARTICLES][0x48];
    u8 field_D98[0x14];
    f32 fallDivisor;
    u8 field_DB0[0x28];
} Player;
AT_OFFSET(Player, type, 0x0);
AT_OFFSET(Player, rank, 0x4);
AT_OFFSET(Player, lap, 0x8);
AT_OFFSET(Player, soundEffects, 0xC);
AT_OFFSET(Player, item, 0x10);
AT_OFFSET(Player, pos, 0x14);
AT_OFFSET(Player, oldPos, 0x20);
AT_OFFSET(Player, rotation, 0x2C);
AT_OFFSET(Player, velocity, 0x34);
AT_OFFSET(Player, flags, 0x44);
AT_OFFSET(Player, boundingBoxSize, 0x70);
AT_OFFSET(Player, surfaceHeight, 0x74);
AT_OFFSET(Player, turnRate, 0x78);
AT_OFFSET(Player, stick, 0x7C);
AT_OFFSET(Player, boostPower, 0x80);
AT_OFFSET(Player, engineForce, 0x8C);
AT_OFFSET(Player, speed, 0x94);
AT_OFFSET(Player, currentSpeed, 0x9C);
AT_OFFSET(Player, effects, 0xBC);
AT_OFFSET(Player, slipAngle, 0xC0);
AT_OFFSET(Player, airTicks, 0xC2);
AT_OFFSET(Player, slopeAccel, 0xC4);
AT_OFFSET(Player, alpha, 0xC6);
AT_OFFSET(Player, rescue, 0xCA);
AT_OFFSET(Player, boostTimer, 0xDC);
AT_OFFSET(Player, waterBits, 0xDE);
AT_OFFSET(Player, boostForceStart, 0xE4);
AT_OFFSET(Player, boostForce, 0xE8);
AT_OFFSET(Player, hopVelocity, 0xEC);
AT_OFFSET(Player, hopJerk, 0xF0);
AT_OFFSET(Player, hopAcceleration, 0xF4);
AT_OFFSET(Player, surfaceType, 0xF8);
AT_OFFSET(Player, friction, 0xFC);
AT_OFFSET(Player, gravity, 0x100);
AT_OFFSET(Player, slowdown, 0x104);
AT_OFFSET(Player, collision, 0x110);
AT_OFFSET(Player, orientation, 0x150);
AT_OFFSET(Player, orientationMatrix, 0x174);
AT_OFFSET(Player, tyres, 0x198);
AT_OFFSET(Player, driftDuration, 0x204);
AT_OFFSET(Player, topSpeed, 0x214);
AT_OFFSET(Player, nearestPathPoint, 0x220);
AT_OFFSET(Player, size, 0x224);
AT_OFFSET(Player, miniTurboCounter, 0x228);
AT_OFFSET(Player, driftState, 0x22A);
AT_OFFSET(Player, previousSpeed, 0x22C);
AT_OFFSET(Player, miniTurboTicks, 0x23A);
AT_OFFSET(Player, tyreSpeed, 0x240);
AT_OFFSET(Player, animationFrame, 0x244);
AT_OFFSET(Player, animationGroup, 0x24C);
AT_OFFSET(Player, characterId, 0x254);
AT_OFFSET(Player, wallHit, 0x256);
AT_OFFSET(Player, particles, 0x258);
AT_OFFSET(Player, fallDivisor, 0xDAC);
_Static_assert(sizeof(Player) == 0xDD8, "Player");

extern Player *gPlayerOne; /* the first of eight pointers */
extern Player gPlayers[PLAYERS];

static inline int player_exists(const Player *player) { return (player->type & PLAYER_EXISTS) != 0; }

/* ---- Cameras and displays ---- */

typedef struct {
    Vec3f pos, lookAt, up;
    Vec3s rotation;
    u8 field_2A[0x2A];
    Collision collision;
    u8 field_94[0x1A];
    s16 player;
    u8 field_B0[8];
} Camera;
AT_OFFSET(Camera, lookAt, 0x0C);
AT_OFFSET(Camera, up, 0x18);
AT_OFFSET(Camera, rotation, 0x24);
AT_OFFSET(Camera, collision, 0x54);
AT_OFFSET(Camera, player, 0xAE);
_Static_assert(sizeof(Camera) == 0xB8, "Camera");

extern Camera gCameras[SCREENS];
extern f32 gCameraFov[SCREENS];

enum { LAPS = 3 };

/* Times in centiseconds. */
typedef struct {
    u8 field_00[8];
    u32 totalTime;
    u8 field_0C[4];
    u32 lastLineTime;
    u32 lapCompletionTimes[LAPS];
    u32 lapDurations[LAPS];
    u8 field_2C[0x44];
    s8 complete, lap;
    u8 field_72[0x12];
} Hud;
AT_OFFSET(Hud, totalTime, 0x08);
AT_OFFSET(Hud, lastLineTime, 0x10);
AT_OFFSET(Hud, lapCompletionTimes, 0x14);
AT_OFFSET(Hud, lapDurations, 0x20);
AT_OFFSET(Hud, complete, 0x70);
AT_OFFSET(Hud, lap, 0x71);
_Static_assert(sizeof(Hud) == 0x84, "Hud");

extern Hud gPlayerHud[SCREENS];

/* ---- The course ---- */

typedef struct {
    Vec3s pos;
    u16 flag;
    s16 texture[2];
    u8 color[4];
} Vtx;
_Static_assert(sizeof(Vtx) == 0x10, "Vtx");

enum { FACES_X = 0x8000, FACES_Y = 0x4000, FACES_Z = 0x2000, SECTION_MASK = 0xFF };

typedef struct {
    u16 flags; /* FACES_*, and the section */
    u16 surface;
    Vec3s min, max;
    const Vtx *vertices[3];
    Vec3f normal;
    f32 distance; /* normal . point + distance = 0 on the triangle */
} CollisionTriangle;
AT_OFFSET(CollisionTriangle, vertices, 0x10);
AT_OFFSET(CollisionTriangle, normal, 0x1C);
_Static_assert(sizeof(CollisionTriangle) == 0x2C, "CollisionTriangle");

enum { GRID_SIDE = 32 };

typedef struct {
    u16 first, count;
} GridCell;

typedef struct {
    s16 maxX, minX, maxY, minY, maxZ, minZ;
} CourseBounds;

extern GridCell gCollisionGrid[GRID_SIDE * GRID_SIDE];
extern CollisionTriangle *gCollisionMesh;
extern u16 *gCollisionIndices;
extern u16 gCollisionMeshCount, gCollisionTriangleCount;
extern CourseBounds gCourseBounds;

typedef struct {
    Vec3s pos;
    u16 section;
} TrackPathPoint;
_Static_assert(sizeof(TrackPathPoint) == 8, "TrackPathPoint");

enum { SECTION_LEANS_RIGHT, SECTION_LEANS_LEFT, SECTION_RIGHT, SECTION_LEFT, SECTION_STRAIGHT };

extern TrackPathPoint *gCurrentPath, *gPathCentre[PATHS], *gPathLeft[PATHS], *gPathRight[PATHS];
extern s16 *gPathSectionTypes[PATHS], *gPathExpectedRotation[PATHS];
extern u16 gPathIndexByPlayer[PLAYER_ENTRIES_16], gPathCountByPathIndex[PATHS];
extern f32 gLateralTrackFactor, gPathStartZ, gCourseDirection;

/* ---- The race ---- */

enum { GAMESTATE_MENU = 0, GAMESTATE_RACE = 4, GAMESTATE_INIT = 7 };
enum { RACE_INIT, RACE_SETUP, RACE_STAGING, RACE_RACING, RACE_RANKS, RACE_FINISHED, RACE_QUIT, RACE_EXIT };
enum { MODE_GRAND_PRIX, MODE_TIME_TRIAL, MODE_VERSUS, MODE_BATTLE };
enum { CC_50, CC_100, CC_150, CC_EXTRA };
enum { ITEM_NONE = 0, ITEM_MUSHROOM = 12, ITEM_DOUBLE_MUSHROOM = 13, ITEM_TRIPLE_MUSHROOM = 14 };

extern s32 gGamestate, gGamestateNext, gRaceState, gActiveScreenMode, gPlayerCount, gModeSelection, gCCSelection;
extern u16 gDemoMode, gEnableDebugMode, gIsGamePaused, gIsMirrorMode, gCourseTimerRuns;
extern s32 gGlobalTimer, gRaceFrameCounter;
extern f32 gVBlankTimer, gCourseTimer;
extern s16 gCurrentCourseId, gLoadedCourseId;

extern s32 gLapCountByPlayer[PLAYER_ENTRIES_32], gRankByPlayer[PLAYER_ENTRIES_32];
extern s32 gPreviousRankByPlayer[PLAYER_ENTRIES_32], gPathPointsTraversedByPlayer[PLAYER_ENTRIES_32];
extern f32 gLapCompletionByPlayer[PLAYER_ENTRIES_32], gCourseCompletionByPlayer[PLAYER_ENTRIES_32];
extern u16 gNearestPathPointByPlayer[PLAYER_ENTRIES_16], gTrackSectionByPlayer[PLAYER_ENTRIES_16];
extern u16 gWrongWayCounter[PLAYER_ENTRIES_16], gWrongWayFlag[PLAYER_ENTRIES_16];
extern f32 gTimeLastTouchedFinishLine[PLAYERS], gCourseCompletionByRank[PLAYERS];
extern s16 gPlayersByRank[PLAYERS];
extern u8 gGrandPrixPoints[PLAYERS];

/* ---- Actors: what else is on the course ---- */

enum { ACTORS = 100, ACTOR_ITEM_BOX = 12 };
#define ACTOR_EXISTS (-0x8000) /* the top bit */

typedef struct {
    s16 type, flags;
    u8 field_04[2];
    s16 state; /* of an item box: ticks until it is back */
    u8 field_08[4];
    f32 boundingBoxSize;
    Vec3s rotation;
    u8 field_16[2];
    Vec3f pos, velocity;
    Collision collision;
} Actor;
AT_OFFSET(Actor, boundingBoxSize, 0x0C);
AT_OFFSET(Actor, pos, 0x18);
AT_OFFSET(Actor, collision, 0x30);
_Static_assert(sizeof(Actor) == 0x70, "Actor");

extern Actor gActorList[ACTORS];

/* ---- Ghosts ---- */

enum { GHOST_WORDS = 0x1000 };

extern s16 gPlayerGhostIndex;
extern u32 *gPlayerGhost;
extern s32 gPlayerGhostTime; /* centiseconds */
extern u16 gPlayerGhostCharacter;

/* ---- Menus ---- */

enum {
    MENU_OPTIONS = 5,
    MENU_DATA = 6,
    MENU_COURSE_DATA = 7,
    MENU_LOGO = 8,
    MENU_PAK = 9,
    MENU_TITLE = 10,
    MENU_MAIN = 11,
    MENU_CHARACTER = 12,
    MENU_COURSE = 13,
};
enum { MAIN_PLAYERS = 3, MAIN_MODE = 4, MAIN_SUBMODE = 5, MAIN_OK = 6 };
enum { CHARACTER_PICK = 1, CHARACTER_OK = 2 };
enum { COURSE_CUP = 1, COURSE_COURSE = 2, COURSE_OK = 3 };
enum { CUPS = 4, COURSES_PER_CUP = 4, CHARACTERS = 8 };

extern s32 gMenuSelection, gMenuFade, gMenuTimingCounter, gMenuDelayTimer;
extern s8 gCharacterSelections[SCREENS], gCharacterGridSelections[SCREENS], gCharacterGridIsSelected[SCREENS];
extern s8 gSubMenuSelection, gMainMenuSelection, gPlayerSelectMenuSelection, gDebugMenuSelection;
extern s8 gCupSelection, gCourseIndexInCup;

/* ---- Saves: the EEPROM's image ---- */

enum { RECORDED_COURSES = 16, RECORDS_OF_THREE_LAPS = 5 };

typedef struct {
    u8 threeLaps[RECORDS_OF_THREE_LAPS][3], oneLap[3];
    u8 field_12[5];
    u8 checksum;
} CourseRecords;
AT_OFFSET(CourseRecords, oneLap, 0x0F);
AT_OFFSET(CourseRecords, checksum, 0x17);
_Static_assert(sizeof(CourseRecords) == 0x18, "CourseRecords");

typedef struct {
    u8 grandPrixPoints[4];
    u8 sound;
    u8 field_5;
    u8 checksums[2];
} SaveInfo;

typedef struct {
    CourseRecords records[RECORDED_COURSES];
    SaveInfo info;
    u8 bestTimes[2][0x38];
    SaveInfo infoBackup;
} SaveData;
AT_OFFSET(SaveData, info, 0x180);
AT_OFFSET(SaveData, bestTimes, 0x188);
AT_OFFSET(SaveData, infoBackup, 0x1F8);
_Static_assert(sizeof(SaveData) == 0x200, "SaveData");

extern SaveData gSaveData;

#endif
