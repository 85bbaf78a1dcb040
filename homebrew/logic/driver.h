/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A kart's physics. All state of a racer's motion is in driver_t, so that a
 * tool may write position, yaw or speed between frames.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include "mkds.h"

/* Puts a racer at a start position, at rest. */
void driver_place(Driver *driver, VecFx32 position, u16 yaw);
/* Sets up racer `id` of the chosen kart and character before it is placed. */
void driver_create(Driver *driver, u32 id, u32 character, u32 kart);
/* One tick; keys are the buttons held, pressed those new in this tick. */
void driver_tick(Driver *driver, u32 keys, u32 pressed);
/* A boost of this many ticks that ignores terrain. */
void driver_boost(Driver *driver, s32 ticks);

#endif
