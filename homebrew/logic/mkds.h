/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The RAM image: where the tools look is layout.h, made from what they know; where this game keeps
 * it, and what its numbers mean to this game alone, is here. All state lives in this image, on the DS
 * in main RAM itself and natively in a 4 MiB buffer, so that both can be compared bit for bit.
 *
 * What this game does not have is null or zero in its RAM: items and computer drivers (their item
 * slots, enemy states and points' settings apart), map objects (OBJI entries are there, but nothing is
 * made of them), sounds, models and animations, the networked and the mission mode, skill points and
 * results of a cup.
 */
#ifndef MKDS_H
#define MKDS_H

#include "layout.h"

#ifdef KARTSCOPE_NATIVE
/* Whatever address a tool wrote, the access stays in the image; RAM_SLACK bytes follow
 * it for a struct that begins at its end. */
#define RAM_SLACK 0x4000u
extern _Thread_local u8 *ram_base;
#define AT(type, address) ((type *)(void *)(ram_base + ((u32)(address) & (RAM_SIZE - 1u))))
#define ADDRESS_OF(pointer) ((u32)((const u8 *)(const void *)(pointer) - ram_base) + RAM_BASE)
#else
#define AT(type, address) ((type *)(u32)(address))
#define ADDRESS_OF(pointer) ((u32)(pointer))
#endif

typedef u32 MAY_ALIAS Word;
typedef u16 MAY_ALIAS Half;

/* The console copies the head of the ROM to here before it starts a game. (source: GBATEK) */
#define ROM_HEADER 0x023FFE00u
#define ROM_HEADER_SIZE 0x170u
/* A byte that no game's header uses. In ours, 1 asks for the real game's timing: see second_counter(). */
#define HEADER_REAL_TIMING 0x15u

/* Where this game puts what the fixed addresses point to. */
#define HEAP_DRIVERS 0x02200000u
#define HEAP_RACE_STATUS 0x02203000u
#define HEAP_MAP_DATA 0x02203600u
#define HEAP_SCENE 0x02203A00u
#define HEAP_SCENE_SIZE 0x200u
#define HEAP_RACE_STATE 0x02203C00u
#define HEAP_CAMERA 0x02203D00u
#define HEAP_INPUT 0x02204000u
#define HEAP_NICKNAME 0x02204040u
#define HEAP_GHOST_NICKNAME 0x02204060u
#define HEAP_PLAYER_RECORDING 0x02204100u
#define HEAP_GHOST_RECORDING 0x02205000u
#define HEAP_KART_PARAMETERS 0x02206000u
#define HEAP_CHARACTER_PARAMETERS 0x02207800u
#define HEAP_GHOST_SLOT 0x02208000u
#define HEAP_GAME 0x02209000u
#define HEAP_RACE_CONFIG 0x0220A000u
#define HEAP_COLLISION_ENTRIES 0x0220A400u
#define HEAP_KTPJ_INDEX_TABLE 0x0220A600u
#define HEAP_PATHS 0x0220A800u
#define HEAP_ENEMY_POINTS 0x0220B000u
#define HEAP_ITEM_POINTS 0x0220E000u
#define HEAP_POINTS_MAX 256u /* of each of the two kinds */
/* The course's archive, whose files are used where they lie in it. */
#define HEAP_ARCHIVE 0x02220000u
#define HEAP_ARCHIVE_END 0x023C0000u

/* Scene.state */
#define SCENE_MENU 0u
#define SCENE_RACE 2u

/* Driver.drift_direction */
#define DRIFT_LEFT (-1)
#define DRIFT_RIGHT 1

/* DriverStatus.state */
#define DRIVER_STATUS_RACING 0u
#define DRIVER_STATUS_FINISHED 1u

/* Came.kind: what map_data.camera_kind_6 points to. */
#define CAME_KIND_6 6u

/* The collision types that a kart can meet. */
#define KCL_TYPES 22u

#endif
