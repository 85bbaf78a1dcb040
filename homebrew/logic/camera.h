/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The camera behind the player's kart.
 */
#ifndef CAMERA_H
#define CAMERA_H

#include "mkds.h"

/* Puts the camera behind a kart at once. */
void camera_place(Camera *camera, const Driver *driver);
/* Follows the kart for a tick. */
void camera_follow(Camera *camera, const Driver *driver);

#endif
