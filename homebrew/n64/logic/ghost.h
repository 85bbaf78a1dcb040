/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ghosts: runs of equal pads, in the format of Mario Kart 64. A word holds A B Z R in its bits 31 to 28, one less than
 * the drawn frames in 23 to 16, the stick's y in 15 to 8 and its x in 7 to 0.
 */
#ifndef GHOST_H
#define GHOST_H

#include "mk64.h"

void ghost_start_recording(void);
/* Once a drawn frame. */
void ghost_record(const Controller *pad);
/* A rescue or a pause makes a recording void. */
void ghost_void_recording(void);
/* Keeps the recording as the ghost if it is the best. */
void ghost_keep(s32 centiseconds, u16 character);
int ghost_exists(void);
/* Writes the ghost to the controller pak. Returns whether it is there now. */
int ghost_save(void);
/* Reads the course's ghost from the controller pak, if none is there yet. */
void ghost_load(void);
void ghost_start_replay(void);
void ghost_replay(Controller *pad);

#endif
