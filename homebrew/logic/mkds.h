/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main RAM as the tools know it: the fixed symbols of the US game, the structs
 * they point to (source: HaroohiePals headers, MKDS Info) and where this game
 * keeps them. All state lives in this RAM image, on the DS in main RAM itself
 * and natively in a 4 MiB buffer, so that both can be compared bit for bit.
 *
 * fx32 is signed 20.12 fixed point, fx16 signed 4.12; 65536 angle units are a
 * turn. A gap is a field of the real game that this game leaves at zero.
 *
 * What this game does not have is null or zero in its RAM: items and computer
 * drivers (their item slots, enemy states and points' settings apart), map
 * objects (OBJI entries are there, but nothing is made of them), sounds,
 * models and animations (charkart_t, sound emitters), the networked and the
 * mission mode, skill points and results of a cup.
 */
#ifndef MKDS_H
#define MKDS_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef s32 fx32;
typedef s16 fx16;

#define MAY_ALIAS __attribute__((may_alias))
#define AT_OFFSET(type, field, offset) \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field)
#define HAS_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)

/* ---- The RAM image ---- */

#define RAM_START 0x02000000u
#define RAM_SIZE 0x00400000u

#ifdef KARTSCOPE_NATIVE
/* Whatever address a tool wrote, the access stays in the image; RAM_SLACK bytes follow
 * it for a struct that begins at its end. */
#define RAM_SLACK 0x4000u
extern _Thread_local u8 *ram_base;
#define AT(type, address) ((type *)(void *)(ram_base + ((u32)(address) & (RAM_SIZE - 1u))))
#define ADDRESS_OF(pointer) ((u32)((const u8 *)(const void *)(pointer) - ram_base) + RAM_START)
#else
#define AT(type, address) ((type *)(u32)(address))
#define ADDRESS_OF(pointer) ((u32)(pointer))
#endif

typedef u32 MAY_ALIAS Word;
typedef u16 MAY_ALIAS Half;

/* Fixed symbols of the US game: P_ = the word there is a pointer. */
#define REGION_WORD 0x02000B54u
#define REGION_WORD_US 0x0216F320u
#define P_RACE_STATUS 0x021755FCu
#define P_MAP_DATA 0x02175600u
#define P_INPUT_OBJECT 0x02175604u
#define CONTROLLERS 0x02175608u
#define P_RACE_CONFIG 0x021759A0u
#define P_SCENE_STATE 0x021759ACu
#define P_RACE_STATE 0x0217AA34u
#define P_CAMERA 0x0217AA4Cu
#define DRIVER_COUNT 0x0217ACF4u
#define P_DRIVERS 0x0217ACF8u
#define COLLISION_ENTRY_COUNT 0x0217B590u
#define P_COLLISION_ENTRIES 0x0217B598u
#define KCL_HEADER 0x0217B5F4u
#define COURSE_ID 0x023CDCD8u

/* The console copies the head of the ROM to here before it starts a game. (source: GBATEK) */
#define ROM_HEADER 0x023FFE00u
#define ROM_HEADER_SIZE 0x170u
/* A byte that no game's header uses. In ours, 1 asks for the real game's timing: see second_counter(). */
#define HEADER_REAL_TIMING 0x15u

/* Where this game puts what they point to. */
#define HEAP_DRIVERS 0x02200000u
#define HEAP_RACE_STATUS 0x02203000u
#define HEAP_MAP_DATA 0x02203600u
#define HEAP_SCENE_STATE 0x02203A00u
#define HEAP_RACE_STATE 0x02203C00u
#define HEAP_CAMERA 0x02203D00u
#define HEAP_INPUT_OBJECT 0x02204000u
#define HEAP_NICKNAME 0x02204040u
#define HEAP_GHOST_NICKNAME 0x02204060u
#define HEAP_PLAYER_RECORDING 0x02204100u
#define HEAP_GHOST_RECORDING 0x02205000u
#define HEAP_KART_PARAMS 0x02206000u
#define HEAP_CHARACTER_PARAMS 0x02207800u
#define HEAP_GHOST_SLOT 0x02208000u
#define HEAP_GAME 0x02209000u
#define HEAP_RACE_CONFIG 0x0220A000u
#define HEAP_COLLISION_ENTRIES 0x0220A400u
#define HEAP_RESPAWN_INDICES 0x0220A600u
#define HEAP_PATHS 0x0220A800u
#define HEAP_ENEMY_POINTS 0x0220B000u
#define HEAP_ITEM_POINTS 0x0220E000u
#define HEAP_POINTS_MAX 256u /* of each of the two kinds */
/* The course's archive, whose files are used where they lie in it. */
#define HEAP_ARCHIVE 0x02220000u
#define HEAP_ARCHIVE_END 0x023C0000u

/* ---- Mathematics ---- */

typedef struct MAY_ALIAS {
    fx32 x, y, z;
} VecFx32;

typedef struct MAY_ALIAS {
    fx16 x, y, z;
} VecFx16;

typedef struct MAY_ALIAS {
    fx32 x, y, z, w;
} Quaternion;

/* Four row vectors: three of the basis and the translation. */
typedef struct MAY_ALIAS {
    VecFx32 row[4];
} MtxFx43;

/* A race time; three words of the result screen. (race_time_t) */
typedef struct MAY_ALIAS {
    u16 milliseconds;
    u8 minutes;
    u8 seconds;
} RaceTime;
AT_OFFSET(RaceTime, milliseconds, 0x0);
AT_OFFSET(RaceTime, minutes, 0x2);
AT_OFFSET(RaceTime, seconds, 0x3);
HAS_SIZE(RaceTime, 0x4);

/* Head of a course collision file; the first four words are pointers once loaded. (kcol_header_t) */
typedef struct MAY_ALIAS {
    u32 positions; /* VecFx32[] */
    u32 normals; /* VecFx16[] */
    u32 prisms; /* KclPrism[], one entry before prism 1 */
    u32 octree;
    fx32 prism_thickness;
    VecFx32 area_min;
    u32 x_mask;
    u32 y_mask;
    u32 z_mask;
    u32 block_shift;
    u32 x_blocks_shift;
    u32 xy_blocks_shift;
    fx32 sphere_radius;
} KclHeader;
AT_OFFSET(KclHeader, positions, 0x0);
AT_OFFSET(KclHeader, normals, 0x4);
AT_OFFSET(KclHeader, prisms, 0x8);
AT_OFFSET(KclHeader, octree, 0xc);
AT_OFFSET(KclHeader, prism_thickness, 0x10);
AT_OFFSET(KclHeader, area_min, 0x14);
AT_OFFSET(KclHeader, x_mask, 0x20);
AT_OFFSET(KclHeader, y_mask, 0x24);
AT_OFFSET(KclHeader, z_mask, 0x28);
AT_OFFSET(KclHeader, block_shift, 0x2c);
AT_OFFSET(KclHeader, x_blocks_shift, 0x30);
AT_OFFSET(KclHeader, xy_blocks_shift, 0x34);
AT_OFFSET(KclHeader, sphere_radius, 0x38);
HAS_SIZE(KclHeader, 0x3c);

/* A triangle of the course as a prism. (kcol_prism_data_t) */
typedef struct MAY_ALIAS {
    fx32 height;
    u16 position;
    u16 face_normal;
    u16 edge_normal1;
    u16 edge_normal2;
    u16 edge_normal3;
    u16 attribute;
} KclPrism;
AT_OFFSET(KclPrism, height, 0x0);
AT_OFFSET(KclPrism, position, 0x4);
AT_OFFSET(KclPrism, face_normal, 0x6);
AT_OFFSET(KclPrism, edge_normal1, 0x8);
AT_OFFSET(KclPrism, edge_normal2, 0xa);
AT_OFFSET(KclPrism, edge_normal3, 0xc);
AT_OFFSET(KclPrism, attribute, 0xe);
HAS_SIZE(KclPrism, 0x10);

/* An object that others may meet. (col_entry_t) */
typedef struct MAY_ALIAS {
    u8 gap_0[4];
    fx32 z_max;
    fx32 z_min;
    u32 position; /* VecFx32 */
    fx32 radius;
    u16 flags; /* COLLISION_ENTRY_* */
    u8 gap_16[2];
    u32 object; /* Driver */
} CollisionEntry;
AT_OFFSET(CollisionEntry, z_max, 0x4);
AT_OFFSET(CollisionEntry, z_min, 0x8);
AT_OFFSET(CollisionEntry, position, 0xc);
AT_OFFSET(CollisionEntry, radius, 0x10);
AT_OFFSET(CollisionEntry, flags, 0x14);
AT_OFFSET(CollisionEntry, object, 0x18);
HAS_SIZE(CollisionEntry, 0x1c);

/* Head of a course map file; offsets count from the end of the header. (nkm_header_t) */
typedef struct MAY_ALIAS {
    u32 magic;
    u16 version;
    u16 header_length;
    u32 offsets[17];
} NkmHeader;
AT_OFFSET(NkmHeader, magic, 0x0);
AT_OFFSET(NkmHeader, version, 0x4);
AT_OFFSET(NkmHeader, header_length, 0x6);
AT_OFFSET(NkmHeader, offsets, 0x8);
HAS_SIZE(NkmHeader, 0x4c);

/* KTPS: a start position. Rotation in degrees, fx32. (nkm_ktps_entry_t) */
typedef struct MAY_ALIAS {
    VecFx32 position;
    VecFx32 rotation;
    u8 gap_18[2];
    s16 index;
} NkmStart;
AT_OFFSET(NkmStart, position, 0x0);
AT_OFFSET(NkmStart, rotation, 0xc);
AT_OFFSET(NkmStart, index, 0x1a);
HAS_SIZE(NkmStart, 0x1c);

/* CPOI: a checkpoint line from (x1, z1) to (x2, z2). (nkm_cpoi_entry_t) */
typedef struct MAY_ALIAS {
    fx32 x1;
    fx32 z1;
    fx32 x2;
    fx32 z2;
    fx32 sin;
    fx32 cos;
    fx32 distance;
    s16 goto_section;
    s16 start_section;
    s16 key_id; /* 0 = start line, above 0 = key points in order, -1 = none */
    u8 respawn_id; /* id of a KTPJ entry */
    u8 flags;
} NkmCheckpoint;
AT_OFFSET(NkmCheckpoint, x1, 0x0);
AT_OFFSET(NkmCheckpoint, z1, 0x4);
AT_OFFSET(NkmCheckpoint, x2, 0x8);
AT_OFFSET(NkmCheckpoint, z2, 0xc);
AT_OFFSET(NkmCheckpoint, sin, 0x10);
AT_OFFSET(NkmCheckpoint, cos, 0x14);
AT_OFFSET(NkmCheckpoint, distance, 0x18);
AT_OFFSET(NkmCheckpoint, goto_section, 0x1c);
AT_OFFSET(NkmCheckpoint, start_section, 0x1e);
AT_OFFSET(NkmCheckpoint, key_id, 0x20);
AT_OFFSET(NkmCheckpoint, respawn_id, 0x22);
AT_OFFSET(NkmCheckpoint, flags, 0x23);
HAS_SIZE(NkmCheckpoint, 0x24);

/* CPAT: a run of checkpoints; 0xFF ends the lists of neighbours. (nkm_cpat_entry_t) */
typedef struct MAY_ALIAS {
    u16 start;
    u16 length;
    u8 next[3];
    u8 previous[3];
    u8 section_order;
    u8 gap_b[0x1];
} NkmCheckpointPath;
AT_OFFSET(NkmCheckpointPath, start, 0x0);
AT_OFFSET(NkmCheckpointPath, length, 0x2);
AT_OFFSET(NkmCheckpointPath, next, 0x4);
AT_OFFSET(NkmCheckpointPath, previous, 0x7);
AT_OFFSET(NkmCheckpointPath, section_order, 0xa);
HAS_SIZE(NkmCheckpointPath, 0xc);

/* PATH: a path of objects and cameras; its points follow those of the paths before. (nkm_path_entry_t) */
typedef struct MAY_ALIAS {
    u8 id;
    u8 loop;
    u16 point_count;
} NkmPath;
AT_OFFSET(NkmPath, loop, 0x1);
AT_OFFSET(NkmPath, point_count, 0x2);
HAS_SIZE(NkmPath, 0x4);

#define NKM_PATH_POINT_SIZE 0x14u /* POIT */

/* IPOI: a point that items follow. (nkm_ipoi_entry_t) */
typedef struct MAY_ALIAS {
    VecFx32 position;
    fx32 radius;
    u8 recalculation;
    u8 gap_11[3];
} NkmItemPoint;
AT_OFFSET(NkmItemPoint, radius, 0xc);
AT_OFFSET(NkmItemPoint, recalculation, 0x10);
HAS_SIZE(NkmItemPoint, 0x14);

/* EPOI: a point that computer drivers follow. (nkm_epoi_entry_t) */
typedef struct MAY_ALIAS {
    VecFx32 position;
    fx32 radius;
    u8 settings[8];
} NkmEnemyPoint;
AT_OFFSET(NkmEnemyPoint, radius, 0xc);
AT_OFFSET(NkmEnemyPoint, settings, 0x10);
HAS_SIZE(NkmEnemyPoint, 0x18);

/* IPAT, EPAT: a run of such points; 0xFF ends the lists of neighbours. (nkm_ipat_entry_t, nkm_epat_entry_t) */
typedef struct MAY_ALIAS {
    u16 start;
    u16 length;
    u8 next[3];
    u8 previous[3];
    s16 section_order;
} NkmPointPath;
AT_OFFSET(NkmPointPath, length, 0x2);
AT_OFFSET(NkmPointPath, next, 0x4);
AT_OFFSET(NkmPointPath, previous, 0x7);
AT_OFFSET(NkmPointPath, section_order, 0xa);
HAS_SIZE(NkmPointPath, 0xc);

/* CAME: a camera of the course. (nkm_came_entry_t) */
typedef struct MAY_ALIAS {
    u8 gap_0[0x3e];
    u16 type; /* NKM_CAMERA_* */
    u8 gap_40[0xa];
    u8 first_of_intro; /* 1 = of the upper screen's, 2 = of the lower one's */
    u8 gap_4b;
} NkmCamera;
AT_OFFSET(NkmCamera, type, 0x3e);
AT_OFFSET(NkmCamera, first_of_intro, 0x4a);
HAS_SIZE(NkmCamera, 0x4c);

#define NKM_CAMERA_TYPE_6 6u

/* STAG: the course itself. (nkm_stag_data_t) */
typedef struct MAY_ALIAS {
    u16 course_id;
    u16 laps;
    u8 pole_position;
    u8 fog_enabled;
    u8 gap_6[0xe];
    u32 fog_color;
    u16 kcl_colors[4];
    u8 gap_20[4];
    fx32 frustum_far;
} NkmStage;
AT_OFFSET(NkmStage, course_id, 0x0);
AT_OFFSET(NkmStage, laps, 0x2);
AT_OFFSET(NkmStage, pole_position, 0x4);
AT_OFFSET(NkmStage, fog_enabled, 0x5);
AT_OFFSET(NkmStage, fog_color, 0x14);
AT_OFFSET(NkmStage, kcl_colors, 0x18);
AT_OFFSET(NkmStage, frustum_far, 0x24);
HAS_SIZE(NkmStage, 0x28);

/* Figures of a kart. (physp_kart_params_t) */
typedef struct MAY_ALIAS {
    fx32 sphere_radius;
    fx32 sphere_offset;
    u8 gap_8[4];
    fx16 weight;
    s16 mini_turbo_ticks;
    fx32 top_speed;
    fx32 acceleration_low; /* speed gained a tick below half of the limit */
    fx32 acceleration_high; /* and from acceleration_ratio on */
    fx32 acceleration_ratio;
    fx32 drift_acceleration;
    u8 gap_24[8];
    fx32 coasting; /* factor a tick without pedals */
    fx16 handling; /* yaw rate at full lean, angle units a tick */
    fx16 drift_turn; /* yaw rate in a drift, angle units a tick */
    u8 gap_34[4];
    fx32 grip[12]; /* by surface kind */
    fx32 speed_factor[12]; /* by surface kind */
} KartParams;
AT_OFFSET(KartParams, sphere_radius, 0x0);
AT_OFFSET(KartParams, sphere_offset, 0x4);
AT_OFFSET(KartParams, weight, 0xc);
AT_OFFSET(KartParams, mini_turbo_ticks, 0xe);
AT_OFFSET(KartParams, top_speed, 0x10);
AT_OFFSET(KartParams, acceleration_low, 0x14);
AT_OFFSET(KartParams, acceleration_high, 0x18);
AT_OFFSET(KartParams, acceleration_ratio, 0x1c);
AT_OFFSET(KartParams, drift_acceleration, 0x20);
AT_OFFSET(KartParams, coasting, 0x2c);
AT_OFFSET(KartParams, handling, 0x30);
AT_OFFSET(KartParams, drift_turn, 0x32);
AT_OFFSET(KartParams, grip, 0x38);
AT_OFFSET(KartParams, speed_factor, 0x68);
HAS_SIZE(KartParams, 0x98);

/* Figures of a character. (physp_char_params_t) */
typedef struct MAY_ALIAS {
    fx32 handling; /* factor of the kart's handling */
    fx32 weight;
} CharacterParams;
AT_OFFSET(CharacterParams, handling, 0x0);
AT_OFFSET(CharacterParams, weight, 0x4);
HAS_SIZE(CharacterParams, 0x8);

/* Ticks left of what items do to a racer: all at zero in this game. (driver_timers_t) */
typedef struct MAY_ALIAS {
    s16 mushroom;
    u8 gap_2[0x56];
} DriverTimers;
HAS_SIZE(DriverTimers, 0x58);

/* A racer: the source of truth, which tools may write between frames. (driver_t) */
typedef struct MAY_ALIAS {
    u8 gap_0[0x44];
    u32 state; /* DRIVER_* */
    u32 input; /* DRIVER_INPUT_* */
    u8 gap_4c[4];
    VecFx32 direction; /* facing: heading turned by the drift angle */
    VecFx32 driving_direction;
    VecFx32 travel; /* unit direction of travel */
    u16 id;
    u8 gap_76[2];
    u32 input_id; /* the controller */
    u32 role; /* DRIVER_ROLE_* */
    VecFx32 position;
    VecFx32 last_position;
    u8 gap_98[0xc];
    VecFx32 displacement; /* of the tick */
    VecFx32 displacement_direction;
    VecFx32 scale;
    u8 gap_c8[4];
    fx32 target_limit;
    fx32 limit;
    u32 slope; /* length of facing along the ground */
    fx32 slipstream_factor;
    fx32 terrain_factor;
    Quaternion yaw_rotation;
    Quaternion tilt_rotation;
    u8 gap_100[0x20];
    MtxFx43 main_mtx; /* rows: X axis, up, forward, translation */
    u8 gap_150[0x68];
    VecFx32 sphere_centre;
    VecFx32 last_sphere_centre;
    fx32 sphere_radius;
    fx32 sphere_offset;
    VecFx32 contact_centre;
    VecFx32 last_contact_centre;
    u8 gap_1f0[0x44];
    s16 pitch;
    u16 yaw; /* grows to the left */
    s16 boost_timer;
    u8 gap_23a[2];
    s16 mini_turbo_timer;
    u8 gap_23e[2];
    fx32 grip;
    VecFx32 floor_normal;
    u8 gap_250[0xc];
    VecFx32 fall; /* vertical speed in y */
    u8 gap_268[0x10];
    VecFx32 heading;
    u8 gap_284[0x1c];
    fx32 speed_ratio;
    fx32 displacement_length;
    fx32 speed; /* forward, signed */
    u8 gap_2ac[0x18];
    s32 drift_direction; /* DRIFT_LEFT, 0, DRIFT_RIGHT */
    s16 collision_entry;
    s16 collision_entry2; /* -1: this game has one for each racer */
    u32 kart_params; /* KartParams */
    u32 character_params; /* CharacterParams */
    fx32 lean; /* -1.0 right .. 1.0 left */
    VecFx32 wall_impulse_new;
    VecFx32 wall_impulse_next;
    VecFx32 wall_impulse;
    s32 drift_charge; /* 0, 1, 2, 4 */
    u16 drift_left_presses;
    u16 drift_right_presses;
    u32 drift_toward_presses; /* one of the two above */
    u32 drift_away_presses; /* and the other */
    s32 drift_press_cooldown;
    u8 gap_310[0x30];
    fx32 tilt_rate;
    u8 gap_344[0x3c];
    u32 airborne_ticks;
    u8 gap_384[2];
    s16 wall_yaw_kick;
    s16 drift_angle;
    s16 drift_slide;
    fx32 wall_speed_factor;
    u8 gap_390[4];
    fx32 effect_speed_factor;
    u8 gap_398[0x14];
    u16 respawn_timer;
    u8 gap_3ae[2];
    VecFx32 last_floor_position;
    u8 gap_3bc[4];
    s16 fall_timer;
    u8 gap_3c2[2];
    u32 respawn_id;
    u8 gap_3c8[0x10];
    s32 place;
    s32 floor_kind; /* surface kind, -1 in the air */
    u32 floor_type;
    s32 floor_variant;
    u8 gap_3e8[4];
    s32 yaw_rate_target;
    s32 yaw_rate;
    fx32 fall_start_height;
    fx32 air_speed_factor;
    u8 gap_3fc[0xc8];
    fx32 jump_pad_speed;
    u8 gap_4c8[0xc];
    fx32 start_power;
    u8 gap_4d8[2];
    s16 wall_touch_timeout;
    s16 floor_touch_timeout;
    u8 gap_4de[0x5a];
    DriverTimers timers;
    u8 gap_590[0x18];
} Driver;
AT_OFFSET(Driver, state, 0x44);
AT_OFFSET(Driver, input, 0x48);
AT_OFFSET(Driver, direction, 0x50);
AT_OFFSET(Driver, driving_direction, 0x5c);
AT_OFFSET(Driver, travel, 0x68);
AT_OFFSET(Driver, id, 0x74);
AT_OFFSET(Driver, input_id, 0x78);
AT_OFFSET(Driver, role, 0x7c);
AT_OFFSET(Driver, position, 0x80);
AT_OFFSET(Driver, last_position, 0x8c);
AT_OFFSET(Driver, displacement, 0xa4);
AT_OFFSET(Driver, displacement_direction, 0xb0);
AT_OFFSET(Driver, scale, 0xbc);
AT_OFFSET(Driver, target_limit, 0xcc);
AT_OFFSET(Driver, limit, 0xd0);
AT_OFFSET(Driver, slope, 0xd4);
AT_OFFSET(Driver, slipstream_factor, 0xd8);
AT_OFFSET(Driver, terrain_factor, 0xdc);
AT_OFFSET(Driver, yaw_rotation, 0xe0);
AT_OFFSET(Driver, tilt_rotation, 0xf0);
AT_OFFSET(Driver, main_mtx, 0x120);
AT_OFFSET(Driver, sphere_centre, 0x1b8);
AT_OFFSET(Driver, last_sphere_centre, 0x1c4);
AT_OFFSET(Driver, sphere_radius, 0x1d0);
AT_OFFSET(Driver, sphere_offset, 0x1d4);
AT_OFFSET(Driver, contact_centre, 0x1d8);
AT_OFFSET(Driver, last_contact_centre, 0x1e4);
AT_OFFSET(Driver, pitch, 0x234);
AT_OFFSET(Driver, yaw, 0x236);
AT_OFFSET(Driver, boost_timer, 0x238);
AT_OFFSET(Driver, mini_turbo_timer, 0x23c);
AT_OFFSET(Driver, grip, 0x240);
AT_OFFSET(Driver, floor_normal, 0x244);
AT_OFFSET(Driver, fall, 0x25c);
AT_OFFSET(Driver, heading, 0x278);
AT_OFFSET(Driver, speed_ratio, 0x2a0);
AT_OFFSET(Driver, displacement_length, 0x2a4);
AT_OFFSET(Driver, speed, 0x2a8);
AT_OFFSET(Driver, drift_direction, 0x2c4);
AT_OFFSET(Driver, collision_entry, 0x2c8);
AT_OFFSET(Driver, kart_params, 0x2cc);
AT_OFFSET(Driver, character_params, 0x2d0);
AT_OFFSET(Driver, lean, 0x2d4);
AT_OFFSET(Driver, wall_impulse_new, 0x2d8);
AT_OFFSET(Driver, wall_impulse_next, 0x2e4);
AT_OFFSET(Driver, wall_impulse, 0x2f0);
AT_OFFSET(Driver, drift_charge, 0x2fc);
AT_OFFSET(Driver, drift_left_presses, 0x300);
AT_OFFSET(Driver, drift_right_presses, 0x302);
AT_OFFSET(Driver, drift_toward_presses, 0x304);
AT_OFFSET(Driver, drift_away_presses, 0x308);
AT_OFFSET(Driver, drift_press_cooldown, 0x30c);
AT_OFFSET(Driver, tilt_rate, 0x340);
AT_OFFSET(Driver, airborne_ticks, 0x380);
AT_OFFSET(Driver, wall_yaw_kick, 0x386);
AT_OFFSET(Driver, drift_angle, 0x388);
AT_OFFSET(Driver, drift_slide, 0x38a);
AT_OFFSET(Driver, wall_speed_factor, 0x38c);
AT_OFFSET(Driver, effect_speed_factor, 0x394);
AT_OFFSET(Driver, respawn_timer, 0x3ac);
AT_OFFSET(Driver, last_floor_position, 0x3b0);
AT_OFFSET(Driver, fall_timer, 0x3c0);
AT_OFFSET(Driver, respawn_id, 0x3c4);
AT_OFFSET(Driver, place, 0x3d8);
AT_OFFSET(Driver, floor_kind, 0x3dc);
AT_OFFSET(Driver, floor_type, 0x3e0);
AT_OFFSET(Driver, floor_variant, 0x3e4);
AT_OFFSET(Driver, yaw_rate_target, 0x3ec);
AT_OFFSET(Driver, yaw_rate, 0x3f0);
AT_OFFSET(Driver, fall_start_height, 0x3f4);
AT_OFFSET(Driver, air_speed_factor, 0x3f8);
AT_OFFSET(Driver, jump_pad_speed, 0x4c4);
AT_OFFSET(Driver, start_power, 0x4d4);
AT_OFFSET(Driver, wall_touch_timeout, 0x4da);
AT_OFFSET(Driver, floor_touch_timeout, 0x4dc);
AT_OFFSET(Driver, timers, 0x538);
HAS_SIZE(Driver, 0x5a8);

/* Where a racer stands in the race. (race_driver_status_t) */
typedef struct MAY_ALIAS {
    u32 state; /* DRIVER_STATUS_* */
    u32 lap_frames;
    u8 gap_8[4];
    RaceTime lap_times[5];
    RaceTime total_time;
    s32 lap;
    u8 gap_28[4];
    u32 total_milliseconds;
    u8 gap_30[2];
    u16 checkpoint;
    s16 last_key_point;
    s16 key_point;
    u16 checkpoint_path;
    u16 highest_lap;
    u16 place_and_driver; /* place in bits 0 to 3, driver in bits 4 to 7 */
    u8 gap_3e[2];
    fx32 checkpoint_progress;
    fx32 race_progress; /* 1.0 = finished */
    fx32 lap_progress; /* negative before the start line */
    u8 gap_4c[0x40];
} DriverStatus;
AT_OFFSET(DriverStatus, state, 0x0);
AT_OFFSET(DriverStatus, lap_frames, 0x4);
AT_OFFSET(DriverStatus, lap_times, 0xc);
AT_OFFSET(DriverStatus, total_time, 0x20);
AT_OFFSET(DriverStatus, lap, 0x24);
AT_OFFSET(DriverStatus, total_milliseconds, 0x2c);
AT_OFFSET(DriverStatus, checkpoint, 0x32);
AT_OFFSET(DriverStatus, last_key_point, 0x34);
AT_OFFSET(DriverStatus, key_point, 0x36);
AT_OFFSET(DriverStatus, checkpoint_path, 0x38);
AT_OFFSET(DriverStatus, highest_lap, 0x3a);
AT_OFFSET(DriverStatus, place_and_driver, 0x3c);
AT_OFFSET(DriverStatus, checkpoint_progress, 0x40);
AT_OFFSET(DriverStatus, race_progress, 0x44);
AT_OFFSET(DriverStatus, lap_progress, 0x48);
HAS_SIZE(DriverStatus, 0x8c);

/* The race as a whole. (race_status_t) */
typedef struct MAY_ALIAS {
    u32 race_frames; /* since GO */
    s32 clock_runs;
    RaceTime lap_time; /* of the player */
    u8 gap_c[2];
    u16 finished_drivers;
    u8 gap_10[4];
    DriverStatus drivers[8];
    s8 driver_in_place[8]; /* -1 = nobody */
    u8 gap_47c[0x68];
    fx32 one_by_sections;
    fx32 one_by_laps;
    u8 gap_4ec[4];
    s32 uncontrollable;
    u8 gap_4f4[0x34];
} RaceStatus;
AT_OFFSET(RaceStatus, race_frames, 0x0);
AT_OFFSET(RaceStatus, clock_runs, 0x4);
AT_OFFSET(RaceStatus, lap_time, 0x8);
AT_OFFSET(RaceStatus, finished_drivers, 0xe);
AT_OFFSET(RaceStatus, drivers, 0x14);
AT_OFFSET(RaceStatus, driver_in_place, 0x474);
AT_OFFSET(RaceStatus, one_by_sections, 0x4e4);
AT_OFFSET(RaceStatus, one_by_laps, 0x4e8);
AT_OFFSET(RaceStatus, uncontrollable, 0x4f0);
HAS_SIZE(RaceStatus, 0x528);

/* Clock of the race scene. (race_state_t) */
typedef struct MAY_ALIAS {
    s16 state;
    u8 gap_2[2];
    u32 frame_counter;
    s32 frame_counter_2;
    s32 frame_modulo8;
    s32 odd_frame;
    s32 frame_modulo_drivers;
    u8 gap_18[0x30];
} RaceState;
AT_OFFSET(RaceState, state, 0x0);
AT_OFFSET(RaceState, frame_counter, 0x4);
AT_OFFSET(RaceState, frame_counter_2, 0x8);
AT_OFFSET(RaceState, frame_modulo8, 0xc);
AT_OFFSET(RaceState, odd_frame, 0x10);
AT_OFFSET(RaceState, frame_modulo_drivers, 0x14);
HAS_SIZE(RaceState, 0x48);

/* Who drives what. (race_config_driver_t) */
typedef struct MAY_ALIAS {
    u32 character;
    u32 kart;
    u32 type; /* DRIVER_TYPE_* */
    u8 gap_c[8];
    u32 driver_index;
    u32 ghost_type; /* GHOST_TYPE_* */
    u8 gap_1c[4];
    u32 nickname; /* u16[10] */
    u8 gap_24[0xc];
} RaceConfigDriver;
AT_OFFSET(RaceConfigDriver, character, 0x0);
AT_OFFSET(RaceConfigDriver, kart, 0x4);
AT_OFFSET(RaceConfigDriver, type, 0x8);
AT_OFFSET(RaceConfigDriver, driver_index, 0x14);
AT_OFFSET(RaceConfigDriver, ghost_type, 0x18);
AT_OFFSET(RaceConfigDriver, nickname, 0x20);
HAS_SIZE(RaceConfigDriver, 0x30);

/* What was chosen in the menus. (race_config_t) */
typedef struct MAY_ALIAS {
    u32 course;
    u32 cup;
    u32 race_mode; /* 1 = time trial */
    u8 gap_c[4];
    u32 engine_class;
    u8 gap_14[0x10];
    u32 time_trial_ghost; /* GHOST_TYPE_* */
    u8 gap_28[0x3a];
    s8 player_driver;
    u8 gap_63[1];
    s8 lap_count_override;
    u8 gap_65[3];
    RaceConfigDriver drivers[8];
} RaceConfig;
AT_OFFSET(RaceConfig, course, 0x0);
AT_OFFSET(RaceConfig, cup, 0x4);
AT_OFFSET(RaceConfig, race_mode, 0x8);
AT_OFFSET(RaceConfig, engine_class, 0x10);
AT_OFFSET(RaceConfig, time_trial_ghost, 0x24);
AT_OFFSET(RaceConfig, player_driver, 0x62);
AT_OFFSET(RaceConfig, lap_count_override, 0x64);
AT_OFFSET(RaceConfig, drivers, 0x68);
HAS_SIZE(RaceConfig, 0x1e8);

/* The race that is on and the next one. (race_multi_config_t) */
typedef struct MAY_ALIAS {
    RaceConfig current;
    RaceConfig next;
    u8 driver_count;
    u8 gap_3d1[0x11];
    RaceTime personal_ghost_time;
    u8 personal_ghost_available;
    u8 gap_3e7;
    RaceTime ghost_time;
    RaceTime ghost_lap_times[5];
} RaceMultiConfig;
AT_OFFSET(RaceMultiConfig, next, 0x1e8);
AT_OFFSET(RaceMultiConfig, driver_count, 0x3d0);
AT_OFFSET(RaceMultiConfig, personal_ghost_time, 0x3e2);
AT_OFFSET(RaceMultiConfig, personal_ghost_available, 0x3e6);
AT_OFFSET(RaceMultiConfig, ghost_time, 0x3e8);
AT_OFFSET(RaceMultiConfig, ghost_lap_times, 0x3ec);
HAS_SIZE(RaceMultiConfig, 0x400);

/* The race camera. (camera_t) */
typedef struct MAY_ALIAS {
    VecFx32 up;
    VecFx32 right;
    VecFx32 target;
    VecFx32 position;
    MtxFx43 mtx; /* view matrix for row vectors, translation divided by 16 */
    s32 fov; /* half of the vertical angle, 65536 = a turn */
    s32 target_fov;
    fx16 fov_sin;
    fx16 fov_cos;
    fx32 aspect_ratio;
    fx32 frustum_near;
    fx32 frustum_far;
    fx32 frustum_top;
    fx32 frustum_bottom;
    fx32 frustum_left;
    fx32 frustum_right;
    u8 gap_88[8];
    VecFx32 look_at_target;
    VecFx32 look_at_position;
    u8 gap_a8[0x18];
    VecFx32 world_up;
    u8 gap_cc[8];
    fx32 target_elevation;
    u8 gap_d8[0x5c];
    VecFx32 last_position;
    u8 gap_140[0x1c];
    VecFx32 target_direction; /* of the camera, flat */
    u8 gap_168[0x10];
    fx32 elevation;
    u8 gap_17c[0x94];
    u16 target_driver;
    u8 gap_212[0x2a];
    u16 frame_counter;
    u8 gap_23e[0xe];
    u32 mode;
    u8 gap_250[0x20];
} Camera;
AT_OFFSET(Camera, up, 0x0);
AT_OFFSET(Camera, right, 0xc);
AT_OFFSET(Camera, target, 0x18);
AT_OFFSET(Camera, position, 0x24);
AT_OFFSET(Camera, mtx, 0x30);
AT_OFFSET(Camera, fov, 0x60);
AT_OFFSET(Camera, target_fov, 0x64);
AT_OFFSET(Camera, fov_sin, 0x68);
AT_OFFSET(Camera, fov_cos, 0x6a);
AT_OFFSET(Camera, aspect_ratio, 0x6c);
AT_OFFSET(Camera, frustum_near, 0x70);
AT_OFFSET(Camera, frustum_far, 0x74);
AT_OFFSET(Camera, frustum_top, 0x78);
AT_OFFSET(Camera, frustum_bottom, 0x7c);
AT_OFFSET(Camera, frustum_left, 0x80);
AT_OFFSET(Camera, frustum_right, 0x84);
AT_OFFSET(Camera, look_at_target, 0x90);
AT_OFFSET(Camera, look_at_position, 0x9c);
AT_OFFSET(Camera, world_up, 0xc0);
AT_OFFSET(Camera, target_elevation, 0xd4);
AT_OFFSET(Camera, last_position, 0x134);
AT_OFFSET(Camera, target_direction, 0x15c);
AT_OFFSET(Camera, elevation, 0x178);
AT_OFFSET(Camera, target_driver, 0x210);
AT_OFFSET(Camera, frame_counter, 0x23c);
AT_OFFSET(Camera, mode, 0x24c);
HAS_SIZE(Camera, 0x270);

/* A PATH entry and its first POIT entry. (mdat_path_t) */
typedef struct MAY_ALIAS {
    u32 path;
    u32 points;
} MapPath;
HAS_SIZE(MapPath, 0x8);

/* An IPOI or EPOI entry linked with those after and before it. (mdat_itempoint_t, mdat_enemypoint_t) */
typedef struct MAY_ALIAS {
    u32 next[3];
    u32 previous[3];
    u32 position; /* VecFx32 */
    fx32 radius;
    union {
        u32 settings; /* of an enemy point: NkmEnemyPoint.settings */
        struct {
            u8 recalculation;
            s8 direction[3]; /* of an item point: to next[0], 64 = 1.0 */
        };
    };
    u16 next_count;
    u16 previous_count;
} MapPoint;
AT_OFFSET(MapPoint, previous, 0xc);
AT_OFFSET(MapPoint, position, 0x18);
AT_OFFSET(MapPoint, radius, 0x1c);
AT_OFFSET(MapPoint, settings, 0x20);
AT_OFFSET(MapPoint, direction, 0x21);
AT_OFFSET(MapPoint, next_count, 0x24);
AT_OFFSET(MapPoint, previous_count, 0x26);
HAS_SIZE(MapPoint, 0x28);

/* All points of a kind. (mdat_itempath_data_t, mdat_enemypath_data_t) */
typedef struct MAY_ALIAS {
    u32 points; /* MapPoint[] */
    u32 first;
    u32 last;
} PointList;
HAS_SIZE(PointList, 0xc);

/* The sections of the loaded course map. (mdat_mapdata_t) */
typedef struct MAY_ALIAS {
    u32 obji;
    u16 obji_count;
    u8 gap_6[2];
    u32 path; /* NkmPath[] */
    u16 path_count;
    u8 gap_e[2];
    u32 poit;
    u16 poit_count;
    u8 gap_16[2];
    u32 stag; /* NkmStage */
    u32 ktps; /* NkmStart[] */
    u16 ktps_count;
    u8 gap_22[2];
    u32 ktpj; /* NkmRespawn[] */
    u16 ktpj_count;
    u8 gap_2a[2];
    u32 ktp2;
    u16 ktp2_count;
    u8 gap_32[2];
    u32 ktpc;
    u16 ktpc_count;
    u8 gap_3a[2];
    u32 ktpm;
    u16 ktpm_count;
    u8 gap_42[2];
    u32 cpoi; /* NkmCheckpoint[] */
    u16 cpoi_count;
    u8 gap_4a[2];
    u32 cpat; /* NkmCheckpointPath[] */
    u16 cpat_count;
    u8 gap_52[2];
    u32 ipoi; /* NkmItemPoint[] */
    u16 ipoi_count;
    u8 gap_5a[2];
    u32 ipat; /* NkmPointPath[] */
    u16 ipat_count;
    u8 gap_62[2];
    u32 epoi; /* NkmEnemyPoint[] */
    u16 epoi_count;
    u8 gap_6a[2];
    u32 epat; /* NkmPointPath[] */
    u16 epat_count;
    u8 gap_72[2];
    u32 area;
    u16 area_count;
    u8 gap_7a[2];
    u32 came; /* NkmCamera[] */
    u16 came_count;
    u8 gap_82[2];
    u32 mepo;
    u16 mepo_count;
    u8 gap_8a[2];
    u32 mepa;
    u16 mepa_count;
    u8 gap_92[2];
    u32 paths; /* MapPath[] */
    u16 key_point_count;
    u16 last_checkpoint;
    u16 last_section_order;
    u8 gap_9e[2];
    PointList enemy_points;
    PointList item_points;
    u8 gap_b8[0xc];
    u32 first_top_camera; /* NkmCamera */
    u32 first_bottom_camera;
    u32 camera_type_6;
    u8 gap_d0[0x28];
    u32 respawn_indices; /* u16[], of ktpj entries by their id */
    u8 gap_fc[8];
    fx32 track_length;
    u32 track_length_by_15000;
    u16 nkm_version;
    u8 gap_10e[0x2];
} MapData;
AT_OFFSET(MapData, obji, 0x0);
AT_OFFSET(MapData, obji_count, 0x4);
AT_OFFSET(MapData, path, 0x8);
AT_OFFSET(MapData, path_count, 0xc);
AT_OFFSET(MapData, poit, 0x10);
AT_OFFSET(MapData, poit_count, 0x14);
AT_OFFSET(MapData, stag, 0x18);
AT_OFFSET(MapData, ktps, 0x1c);
AT_OFFSET(MapData, ktps_count, 0x20);
AT_OFFSET(MapData, ktpj, 0x24);
AT_OFFSET(MapData, ktpj_count, 0x28);
AT_OFFSET(MapData, ktp2, 0x2c);
AT_OFFSET(MapData, ktp2_count, 0x30);
AT_OFFSET(MapData, ktpc, 0x34);
AT_OFFSET(MapData, ktpc_count, 0x38);
AT_OFFSET(MapData, ktpm, 0x3c);
AT_OFFSET(MapData, ktpm_count, 0x40);
AT_OFFSET(MapData, cpoi, 0x44);
AT_OFFSET(MapData, cpoi_count, 0x48);
AT_OFFSET(MapData, cpat, 0x4c);
AT_OFFSET(MapData, cpat_count, 0x50);
AT_OFFSET(MapData, ipoi, 0x54);
AT_OFFSET(MapData, ipoi_count, 0x58);
AT_OFFSET(MapData, ipat, 0x5c);
AT_OFFSET(MapData, ipat_count, 0x60);
AT_OFFSET(MapData, epoi, 0x64);
AT_OFFSET(MapData, epoi_count, 0x68);
AT_OFFSET(MapData, epat, 0x6c);
AT_OFFSET(MapData, epat_count, 0x70);
AT_OFFSET(MapData, area, 0x74);
AT_OFFSET(MapData, area_count, 0x78);
AT_OFFSET(MapData, came, 0x7c);
AT_OFFSET(MapData, came_count, 0x80);
AT_OFFSET(MapData, mepo, 0x84);
AT_OFFSET(MapData, mepo_count, 0x88);
AT_OFFSET(MapData, mepa, 0x8c);
AT_OFFSET(MapData, mepa_count, 0x90);
AT_OFFSET(MapData, paths, 0x94);
AT_OFFSET(MapData, key_point_count, 0x98);
AT_OFFSET(MapData, last_checkpoint, 0x9a);
AT_OFFSET(MapData, last_section_order, 0x9c);
AT_OFFSET(MapData, enemy_points, 0xa0);
AT_OFFSET(MapData, item_points, 0xac);
AT_OFFSET(MapData, first_top_camera, 0xc4);
AT_OFFSET(MapData, first_bottom_camera, 0xc8);
AT_OFFSET(MapData, camera_type_6, 0xcc);
AT_OFFSET(MapData, respawn_indices, 0xf8);
AT_OFFSET(MapData, track_length, 0x104);
AT_OFFSET(MapData, track_length_by_15000, 0x108);
AT_OFFSET(MapData, nkm_version, 0x10c);
HAS_SIZE(MapData, 0x110);

/* Buttons held for some frames. (input_rec_recording_entry_t) */
typedef struct MAY_ALIAS {
    u8 keys;
    u8 duration;
} RecordingRun;
AT_OFFSET(RecordingRun, keys, 0x0);
AT_OFFSET(RecordingRun, duration, 0x1);
HAS_SIZE(RecordingRun, 0x2);

/* Run-length coded input of a race. (input_rec_recording_t) */
typedef struct MAY_ALIAS {
    u32 length; /* bytes used by entries */
    RecordingRun entries[1764];
} Recording;
AT_OFFSET(Recording, length, 0x0);
AT_OFFSET(Recording, entries, 0x4);
HAS_SIZE(Recording, 0xdcc);

/* A pad, in KEYINPUT order. (input_pad_t) */
typedef struct MAY_ALIAS {
    u16 pressed; /* new this frame */
    u16 held;
    u16 released;
    u8 gap_6[0x22];
} Pad;
AT_OFFSET(Pad, pressed, 0x0);
AT_OFFSET(Pad, held, 0x2);
AT_OFFSET(Pad, released, 0x4);
HAS_SIZE(Pad, 0x28);

/* KTPJ: where a fallen racer returns. Rotation in degrees, fx32. (nkm_ktpj_entry_t) */
typedef struct MAY_ALIAS {
    VecFx32 position;
    VecFx32 rotation;
    u16 enemy_point;
    u16 item_point;
    s16 id;
    u8 gap_1e[2];
} NkmRespawn;
AT_OFFSET(NkmRespawn, id, 0x1c);
HAS_SIZE(NkmRespawn, 0x20);

/* What a controller records, or plays back. (input_rec_t) */
typedef struct MAY_ALIAS {
    u32 recording; /* Recording */
    u16 run;       /* the entry of the last frame */
    u16 run_frames; /* frames of that entry so far */
    u32 state; /* RECORDER_* */
    s32 buffer_clear; /* 1 = the recording is empty */
} Recorder;
AT_OFFSET(Recorder, run, 0x4);
AT_OFFSET(Recorder, run_frames, 0x6);
AT_OFFSET(Recorder, state, 0x8);
AT_OFFSET(Recorder, buffer_clear, 0xc);
HAS_SIZE(Recorder, 0x10);

/* One of the ten controllers; 0 is the player's, 1 the ghost's. Their recordings lie 0x5c apart,
 * at 0x02175630 and 0x0217568C: that is the size, with the touch screen's 0x14 bytes last. (input_unit_t) */
typedef struct MAY_ALIAS {
    Pad pad;
    Recorder recorder;
    u8 gap_38[4];
    u32 mode; /* CONTROLLER_* */
    u16 virtual_keys;
    u16 key_mask;
    u8 gap_44[4];
    u8 touch[0x14]; /* input_tpmic_t */
} Controller;
AT_OFFSET(Controller, recorder, 0x28);
AT_OFFSET(Controller, mode, 0x3c);
AT_OFFSET(Controller, virtual_keys, 0x40);
AT_OFFSET(Controller, key_mask, 0x42);
AT_OFFSET(Controller, touch, 0x48);
HAS_SIZE(Controller, 0x5c);
#define CONTROLLER_COUNT 10u

/* What the recorder and the driver read: raw buttons at +2. (input_pad_data_t) */
typedef struct MAY_ALIAS {
    u16 gap_0;
    u16 keys;
    u8 gap_4[0xc];
} InputObject;
AT_OFFSET(InputObject, keys, 0x2);
HAS_SIZE(InputObject, 0x10);

#define SCENE_STATE_SIZE 0x200u
#define SCENE_STATE_WORD 0x10Cu /* the state's offset */
#define SCENE_MENU 0u
#define SCENE_RACE 2u

#define KEY_A 0x001u
#define KEY_B 0x002u
#define KEY_SELECT 0x004u
#define KEY_START 0x008u
#define KEY_RIGHT 0x010u
#define KEY_LEFT 0x020u
#define KEY_UP 0x040u
#define KEY_DOWN 0x080u
#define KEY_R 0x100u
#define KEY_L 0x200u
#define KEY_X 0x400u
#define KEY_Y 0x800u

/* Driver.drift_direction */
#define DRIFT_LEFT (-1)
#define DRIFT_RIGHT 1

/* Driver.state */
#define DRIVER_HOP 0x1u
#define DRIVER_DRIFT 0x8u
#define DRIVER_GROUND 0x10u
#define DRIVER_WALL 0x80u
#define DRIVER_REVERSE 0x100u
#define DRIVER_COASTING 0x400u
#define DRIVER_HOPPING 0x800u
#define DRIVER_REST 0x1000u

/* Driver.input */
#define DRIVER_ACCELERATE 0x2u
#define DRIVER_BRAKE 0x4u
#define DRIVER_STEER_LEFT 0x8u
#define DRIVER_STEER_RIGHT 0x10u
#define DRIVER_BOOST 0x20u
#define DRIVER_MINI_TURBO 0x80000u

/* RaceConfigDriver.type */
#define DRIVER_TYPE_PLAYER 0u
#define DRIVER_TYPE_GHOST 2u
#define DRIVER_TYPE_INVALID 4u

/* RaceConfig.time_trial_ghost and RaceConfigDriver.ghost_type */
#define GHOST_TYPE_PERSONAL 0u
#define GHOST_TYPE_INVALID 3u

/* Recorder.state */
#define RECORDER_IDLE 0u
#define RECORDER_RECORDING 1u
#define RECORDER_PLAYING 2u
#define RECORDER_FULL 3u

/* Controller.mode */
#define CONTROLLER_DISABLED 0u
#define CONTROLLER_REPLAYER 1u
#define CONTROLLER_RECORDER 2u
#define CONTROLLER_DIRECT 6u

/* CollisionEntry.flags */
#define COLLISION_ENTRY_RACER 0x8000u

/* Driver.role */
#define DRIVER_ROLE_PLAYER 0x1u
#define DRIVER_ROLE_GHOST 0x4u

/* DriverStatus.state */
#define DRIVER_STATUS_RACING 0u
#define DRIVER_STATUS_FINISHED 1u

/* KCL attribute: type in bits 8 to 12, and whom it concerns. */
#define KCL_IGNORED_BY_DRIVERS 0x10u
#define KCL_VARIANT(attribute) (((attribute) >> 5) & 7u)
#define KCL_TYPE(attribute) (((attribute) >> 8) & 31u)

enum {
    KCL_ROAD = 0,
    KCL_SLIPPERY_ROAD = 1,
    KCL_WEAK_OFF_ROAD = 2,
    KCL_OFF_ROAD = 3,
    KCL_HEAVY_OFF_ROAD = 5,
    KCL_SLIPPERY_ROAD2 = 6,
    KCL_BOOST_PANEL = 7,
    KCL_WALL = 8,
    KCL_INVISIBLE_WALL = 9,
    KCL_OUT_OF_BOUNDS = 10,
    KCL_FALL_BOUNDARY = 11,
    KCL_JUMP_PAD = 12,
    KCL_BOOST_PAD = 18,
    KCL_TYPES = 22,
};

/* Types a sphere rests on and types that stop it. */
#define KCL_FLOORS 0x1E34EFu
#define KCL_WALLS 0x214300u

#endif
