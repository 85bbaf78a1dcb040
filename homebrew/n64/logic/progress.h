/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where each player is along the lap: path points, laps, ranks, wrong way.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "mk64.h"

void progress_start(Player *player);
/* Returns whether the player completed a lap in this tick. */
int progress_update(Player *player);
void progress_rank(void);

#endif
