// SPDX-License-Identifier: GPL-3.0-or-later
// The cartridge: platform_card_read of game.h, and who may use it.
#ifndef CARD_H
#define CARD_H

// Gives the cartridge, with its save memory, to this processor.
void card_take(void);

#endif
