/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An archive of files in RAM. Source: GBATEK.
 */
#ifndef NARC_H
#define NARC_H

#include "mkds.h"

/* A file in RAM; address 0 = there is none. */
typedef struct {
    u32 address;
    u32 size;
} ArchiveFile;

/* A file of an archive, by its name in the archive's root. */
ArchiveFile narc_find(u32 archive, u32 size, const char *name);

#endif
