/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Angles are 16 bits a turn; a yaw of 0 looks along z, one of 0x4000 along -x, so that yaw grows to the right.
 */
#ifndef ANGLE_H
#define ANGLE_H

#include "types.h"

#define DEGREES(angle) ((s16)((angle) * 182))

void angle_initialise(void);
f32 sine(s32 angle);
f32 cosine(s32 angle);
/* Where a yaw looks, of unit length; its left is (heading_z, -heading_x). */
f32 heading_x(s16 yaw);
f32 heading_z(s16 yaw);
/* The yaw that looks along (x, z). */
s16 yaw_of(f32 x, f32 z);

#endif
