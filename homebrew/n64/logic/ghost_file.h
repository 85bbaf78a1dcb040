/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ghosts on the controller pak: two, each packed, behind a page of headers. Source: LAYOUT.
 */
#ifndef GHOST_FILE_H
#define GHOST_FILE_H

#include "mk64.h"

typedef struct {
    s32 time; /* centiseconds */
    u16 character;
} GhostInfo;

/* The original packs seven more words than were recorded, whatever they are. */
enum { WORDS_BEHIND = 7, GHOST_FILE_WORDS = GHOST_WORDS + WORDS_BEHIND };

/* Writes `count` words and the WORDS_BEHIND them. Returns whether it succeeded. */
int ghost_file_save(const u32 *words, s32 count, s16 course, GhostInfo info);
/* Reads up to GHOST_FILE_WORDS. Returns how many of them were recorded, or 0 if there is no such ghost. */
s32 ghost_file_load(u32 *words, s16 course, GhostInfo *info);

#endif
