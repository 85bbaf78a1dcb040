/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A course's files brought into the heap, and the racer's way along its checkpoints.
 */
#ifndef COURSE_H
#define COURSE_H

#include "mkds.h"

typedef enum { COURSE_NONE, COURSE_LOADING, COURSE_LOADED, COURSE_REFUSED } CourseState;

/* Begins to load a slot's archive from the card. */
void course_load(u32 slot);
/* Loads the next part, of the same size on every console, within the time of a frame. */
CourseState course_load_continue(void);
/* Laps of a race on the loaded course. */
u32 course_laps(void);
/* Finds the racer's checkpoint and key point at the start. */
void course_enter(DriverStatus *status, VecFx32 position);
/* Follows the racer; 1 = a lap was completed, all key points in order. */
int course_follow(DriverStatus *status, VecFx32 position);
/* The position at which a racer who fell at this point of the course returns. */
void course_respawn(const DriverStatus *status, VecFx32 *position, u16 *yaw);
/* Angle units of an angle in degrees. */
u16 yaw_of_degrees(fx32 degrees);

#endif
