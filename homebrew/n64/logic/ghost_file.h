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

/* Each returns whether it succeeded. */
int ghost_file_save(const u32 *words, s16 course, GhostInfo info);
int ghost_file_load(u32 *words, s16 course, GhostInfo *info);

#endif
