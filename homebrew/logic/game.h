/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The game, one video frame at a time, without hardware: the functions that
 * the platform provides and calls, and the state that a renderer may read.
 */
#ifndef GAME_H
#define GAME_H

#include "ghost.h"
#include "lz10.h"
#include "mkds.h"
#include "nitrofs.h"

/* ---- What the platform provides ---- */

/* Bytes of the card; 0xFF beyond its end. */
void platform_card_read(u32 offset, void *dst, u32 size);
void platform_save_read(u32 offset, void *dst, u32 size);
void platform_save_write(u32 offset, const void *src, u32 size);

/* ---- What the platform calls ---- */

/* Clears this game's state and shows the title screen. */
void game_power_on(void);
/* Plays one video frame; keys in KEYINPUT order, 1 = pressed, X bit 10, Y bit 11. */
void game_tick(u16 keys);
/* Starts loading a race as the menus would have it. */
void game_start_race(u32 character, u32 kart, u32 slot, u32 opponent);

/* ---- What the renderer reads ---- */

typedef enum {
    SCREEN_TITLE,
    SCREEN_MAIN,
    SCREEN_MODE,
    SCREEN_CHARACTER,
    SCREEN_KART,
    SCREEN_CUP,
    SCREEN_COURSE,
    SCREEN_CONFIRM,
    SCREEN_LOADING,
    SCREEN_RACE,
    SCREEN_PAUSE,
    SCREEN_RESULT,
} Screen;

#define CHARACTERS 12
#define KARTS 36
#define COURSES 32
#define CUPS 8
#define COURSES_PER_CUP 4
#define MENU_COLUMNS 4 /* of the character grid and of the cups */

enum { MAIN_QUICK_RACE, MAIN_TIME_TRIAL, MAIN_ITEMS };
enum { MODE_THREE_LAPS, MODE_ITEMS };

/* The player's opponents, in the order of the confirmation screen. */
enum { OPPONENT_NONE, OPPONENT_GHOST, OPPONENTS };
#define RACERS_MAX 2 /* the player and the ghost, driver 0 and driver 1 */

#define MS_NONE 0xFFFFFFFFu /* no time */

/* The course that is loaded, or how far its archive is. */
typedef struct MAY_ALIAS {
    u32 state; /* CourseState */
    CardFile file;
    u32 read; /* bytes of the file in RAM */
    Lz10 unpacking;
} CourseLoad;

typedef struct MAY_ALIAS {
    u32 screen;        /* Screen */
    u32 screen_frames; /* since it appeared */
    u16 keys;          /* of this frame */
    u16 pressed;       /* new in this frame */
    /* Cursors, kept when the player goes back. */
    u8 main_item;
    u8 mode_item;
    u8 character_cell; /* place in the grid; character_order[] has its character */
    u8 kart;           /* 0..35 */
    u8 cup;
    u8 course_row;
    u8 quick_race;     /* the cup screen was reached past character and kart */
    u8 refused;        /* frames for which "locked" is to be shown */
    u8 opponent;       /* OPPONENT_* */
    u8 ghost_offered;  /* save memory holds a sound ghost of the chosen course */
    /* The race. */
    u8 character;      /* 0..11 */
    u8 slot;           /* course in cup order */
    u8 new_record;     /* the race just finished beat the best time */
    u8 ghost_stored;   /* and its ghost went to save memory */
    u8 racers;         /* 1, or 2 with a ghost */
    u8 start_held[RACERS_MAX]; /* frames A was held just before GO */
    u16 held[RACERS_MAX]; /* buttons of the racers' last ticks */
    Ghost ghost;       /* the one that was read last */
    u32 finish_frames; /* since the player finished */
    u32 best_ms[COURSES]; /* MS_NONE = no ghost */
    CardFile course_files[COURSES]; /* on the card; size 0 = course not in this ROM */
    CourseLoad course;
} Game;
_Static_assert(HEAP_GAME + sizeof(Game) <= HEAP_RACE_CONFIG, "Game");

static inline Game *game(void) { return AT(Game, HEAP_GAME); }
static inline int course_is_here(u32 slot) { return slot < COURSES && game()->course_files[slot].size != 0; }
/* Valid on SCREEN_RACE, SCREEN_PAUSE and SCREEN_RESULT. */
static inline Driver *racer(u32 id) { return &AT(Driver, HEAP_DRIVERS)[id % RACERS_MAX]; }
static inline DriverStatus *racer_status(u32 id) { return &AT(RaceStatus, HEAP_RACE_STATUS)->driver[id % RACERS_MAX]; }
static inline Driver *player(void) { return racer(0); }
static inline DriverStatus *player_status(void) { return racer_status(0); }
static inline u32 racer_count(void) { return game()->racers == RACERS_MAX ? RACERS_MAX : 1; }
static inline RaceState *race_state(void) { return AT(RaceState, HEAP_RACE_STATE); }
static inline RaceStatus *race_status(void) { return AT(RaceStatus, HEAP_RACE_STATUS); }
static inline MultiConfig *race_multi_config(void) { return AT(MultiConfig, HEAP_RACE_CONFIG); }
static inline RaceConfig *race_config(void) { return &race_multi_config()->current; }
static inline MapData *map_data(void) { return AT(MapData, HEAP_MAP_DATA); }
static inline Camera *race_camera(void) { return AT(Camera, HEAP_CAMERA); }
static inline CollisionHeader *collision(void) { return AT(CollisionHeader, COLLISION_HEADER); }

/* Frame counter of recorded frame 0, and recorded frame of GO. */
#define RECORDING_START 121u
#define GO_RECORDED_FRAME 180u

extern const u8 character_order[CHARACTERS]; /* of the grid, row by row */
extern const u8 course_ids[COURSES];         /* the real ids of the slots */
extern const char *const course_file_names[COURSES]; /* of their archives */
const char *main_item_name(u32 item);
const char *mode_item_name(u32 item);
const char *opponent_name(u32 opponent);
const char *character_name(u32 character);
const char *kart_name(u32 kart);
const char *cup_name(u32 cup);
const char *course_name(u32 slot); /* of a slot without a course: "" */

/* Seconds before GO that the countdown shows (3, 2, 1; 0 = GO or later; 4 = not yet). */
u32 race_countdown(void);
/* Axes of the visible kart: facing, not heading, so a drift shows. Each 1.0 long. */
void kart_model_axes(const Driver *driver, VecFx32 *left, VecFx32 *up, VecFx32 *forward);

#endif
