// SPDX-License-Identifier: GPL-3.0-or-later
// What is heard of the player's kart: its engine, boosts and knocks against walls.
#ifndef SOUND_H
#define SOUND_H

#include "game.h"

void sound_initialise(void);
// Once a frame, after the game's tick.
void sound_play(const Game *game);

#endif
