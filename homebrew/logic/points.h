/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The points that items and computer drivers would follow, linked as the course's
 * paths lead. Nothing follows them in this game: they are there to be read.
 */
#ifndef POINTS_H
#define POINTS_H

#include "mkds.h"

/* Links the points of the loaded sections. */
void points_link(MapData *map);

#endif
