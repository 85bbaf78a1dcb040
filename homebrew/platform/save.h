// SPDX-License-Identifier: GPL-3.0-or-later
// Save memory: platform_save_read and platform_save_write of game.h, and the deferred part of writing.
#ifndef SAVE_H
#define SAVE_H

// Writes the next pending page; returns whether there was one. To be called once a frame.
int save_continue(void);

#endif
