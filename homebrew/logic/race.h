/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time trial: three laps alone or against a ghost, the clock, the recording and the finish.
 */
#ifndef RACE_H
#define RACE_H

#include "mkds.h"

/* Puts the player, and the ghost that was read if it is the opponent, on the loaded course: frame counter 1. */
void race_start(u32 character, u32 kart, u32 slot, u32 opponent);
/* One frame. */
void race_tick(void);
/* Whether the finish has been shown for long enough. */
int race_over(void);
/* Removes the race's structs: tools then see no race. */
void race_unload(void);

#endif
