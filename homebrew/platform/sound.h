// SPDX-License-Identifier: GPL-3.0-or-later
// The sounds of the player's kart: its engine, boosts and collisions with walls.
#ifndef SOUND_H
#define SOUND_H

#include "game.h"

void sound_initialise(void);
// Once a frame, after the game's tick.
void sound_play(const Game *game);

#endif
