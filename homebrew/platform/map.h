// SPDX-License-Identifier: GPL-3.0-or-later
// The lower screen's map of the course, seen from above, with the karts on it.
#ifndef MAP_H
#define MAP_H

#include "game.h"

void map_initialise(void);
// Discards the drawn course.
void map_clear(void);
// Continues to draw the course until the picture is drawn down to scan line `until_line`. Returns whether it is complete.
int map_build(int until_line);
void map_show(int visible);
// Moves a racer's arrow to its kart's position.
void map_put_kart(u32 racer, const Driver *driver);

#endif
