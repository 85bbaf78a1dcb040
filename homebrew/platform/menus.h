// SPDX-License-Identifier: GPL-3.0-or-later
// The screens before and after a race.
#ifndef MENUS_H
#define MENUS_H

#include "game.h"

// Whether a screen is one of the menus, drawn by menus_draw.
int menus_own(Screen screen);
// Draws what changed since the frame before, and the kart on the upper screen.
void menus_draw(const Game *game);
// Makes the next menus_draw draw everything.
void menus_enter(void);

#endif
