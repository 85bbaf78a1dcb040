/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Computer drivers: they hold the pad of their kart as a person does, and follow the path.
 */
#ifndef RIVALS_H
#define RIVALS_H

#include "mk64.h"

/* What a computer driver presses in this tick. */
void rival_drive(const Player *player, Controller *pad);
/* How fast the computer drivers are, by their place at the start. */
f32 rival_top_speed(f32 top_speed, s32 place);

#endif
