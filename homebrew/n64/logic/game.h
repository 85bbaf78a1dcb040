/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The game, one drawn frame at a time, without hardware.
 */
#ifndef GAME_H
#define GAME_H

#include "mk64.h"

/* ---- What the platform provides ---- */

void platform_eeprom_read(void *data, u32 size);
void platform_eeprom_write(const void *data, u32 size);
/* A block of the first controller's pak. Each returns whether there is a pak. */
enum { PAK_BLOCK = 32 };
int platform_pak_read(u32 block, u8 *data);
int platform_pak_write(u32 block, const u8 *data);

/* ---- What the platform calls ---- */

void game_power_on(void);
/* Plays a drawn frame with the pads that gControllers holds. */
void game_frame(void);

/* ---- Ways from one part to another; they take effect with the next frame ---- */

void game_open_race(void);
void game_open_menus(s32 menu);

#endif
