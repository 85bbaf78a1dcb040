/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The points that items and computer drivers would follow, linked along the course's
 * paths. The game does not use them; they exist for tools that read them.
 */
#ifndef POINTS_H
#define POINTS_H

#include "mkds.h"

/* Links the points of the loaded sections. */
void points_link(MapData *map);

#endif
