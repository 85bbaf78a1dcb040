/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The race as the camera sees it: sky, course and karts.
 */
#ifndef SCENE_H
#define SCENE_H

#include "types.h"

/* Makes the display lists of the loaded course and of the karts in the race. */
void scene_prepare(void);
void scene_draw(void);
/* A kart and its driver alone, turning, for the menus. */
void scene_draw_kart(s32 character);

#endif
