/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recording of the player's buttons and the ghosts in save memory.
 */
#ifndef GHOST_H
#define GHOST_H

#include "mkds.h"

/* Empties the player's recording. */
void recording_clear(void);
/* Appends a frame of buttons (KEYINPUT order). 0 = a ghost holds no more runs. */
int recording_add(u16 keys);

/* A time in milliseconds, and back. */
RaceTime race_time(u32 milliseconds);
u32 milliseconds_of(RaceTime time);

/* The race time of the ghost in a slot of save memory; MS_NONE = empty or damaged. */
u32 ghost_time(u32 slot);
/* Writes the finished race with the player's recording to a slot. */
void ghost_store(u32 slot, const RaceConfig *config, const DriverStatus *status);

#endif
