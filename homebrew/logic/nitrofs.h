/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files by name, on the card and in archives: a table of names, one list for
 * each directory, and a table of places. Source: GBATEK.
 */
#ifndef NITROFS_H
#define NITROFS_H

#include "mkds.h"

/* The location of a file on the card; size 0 = there is none. */
typedef struct MAY_ALIAS {
    u32 start;
    u32 size;
} CardFile;

/* A table of names in RAM. */
typedef struct {
    u32 start;
    u32 size;
} NameTable;

#define ROOT_DIRECTORY 0xF000u

/* The number of a file in a directory; -1 = none of that name. */
s32 names_find_file(NameTable names, u32 directory, const char *name);
/* The number of a directory in another one; -1 = none of that name. */
s32 names_find_directory(NameTable names, u32 directory, const char *name);

/* Finds the courses' archives on the card, data/Course/NAME.carc, one for each slot in cup order.
 * Uses the heap's buffer for archives meanwhile. */
void nitrofs_find_courses(CardFile *files);

#endif
