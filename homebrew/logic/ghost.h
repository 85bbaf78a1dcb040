/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recording of the player's buttons and the ghosts in save memory.
 */
#ifndef GHOST_H
#define GHOST_H

#include "mkds.h"

#define GHOST_LAPS 5

/* The contents of a ghost's header. */
typedef struct MAY_ALIAS {
    u32 character;
    u32 kart;
    RaceTime time;
    RaceTime laps[GHOST_LAPS];
} Ghost;

/* ---- Recordings ---- */

/* Empties the player's recording and starts to record. */
void recording_start(void);
/* Appends a frame of buttons (KEYINPUT order), if the recording has not ended. */
void recording_add(u16 keys);
/* Ends it. 0 = the race had more runs than a ghost holds. */
int recording_finish(void);
/* Starts to play the ghost's recording. */
void playback_start(void);
/* The buttons of the next frame of it; none after its end. */
u16 playback_next(void);
/* Returns both controllers to the menus. */
void recorders_stop(void);

/* ---- Times ---- */

/* A time in milliseconds, and back. */
RaceTime race_time(u32 milliseconds);
u32 milliseconds_of(RaceTime time);

/* ---- Ghosts in save memory ---- */

/* Reads the ghost of a slot. 0 = empty, damaged, or not of this slot's course. */
int ghost_read(u32 slot, Ghost *ghost);
/* Takes over recording and nickname of the ghost that was read last. */
void ghost_take(void);
/* Writes the finished race with the player's recording to a slot. */
void ghost_store(u32 slot, const RaceConfig *config, const DriverStatus *status);

#endif
