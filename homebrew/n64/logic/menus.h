/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MENUS_H
#define MENUS_H

#include "mk64.h"

void menus_enter(s32 menu);
/* One drawn frame. */
void menus_frame(void);

/* What the renderer reads. */
enum { GRID_COLUMNS = 4, MODE_ITEMS = 2, CLASS_ITEMS = 3 };
extern const u8 character_grid[CHARACTERS];
const char *character_name(s32 character);
const char *cup_name(s32 cup);
const char *mode_name(s32 item);
const char *class_name(s32 item);
/* What gModeSelection is for an item of the mode menu. */
s32 mode_of_item(s32 item);

#endif
