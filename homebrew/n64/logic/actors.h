/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Item boxes, in Grands Prix. Each holds a mushroom and is away for a while once it is taken.
 */
#ifndef ACTORS_H
#define ACTORS_H

#include "mk64.h"

void actors_place(void);
void actors_tick(void);
/* Whether a box is there to be seen and taken. */
int actor_is_present(const Actor *actor);

#endif
