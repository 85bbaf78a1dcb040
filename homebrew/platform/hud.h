// SPDX-License-Identifier: GPL-3.0-or-later
// The text over a race: lap, time and speed above, lap times below, and the announcements.
#ifndef HUD_H
#define HUD_H

#include "game.h"

void hud_enter(void);
void hud_draw(const Game *game);

#endif
