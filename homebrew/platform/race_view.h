// SPDX-License-Identifier: GPL-3.0-or-later
// The race itself on the upper screen: sky, course and kart.
#ifndef RACE_VIEW_H
#define RACE_VIEW_H

#include "game.h"

void race_view_enter(const Game *game);
void race_view_draw(const Game *game);

#endif
