/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LZ10, the compression of the DS's files, undone in parts. Source: GBATEK.
 */
#ifndef LZ10_H
#define LZ10_H

#include "mkds.h"

/* How far a file is unpacked: DS addresses. */
typedef struct MAY_ALIAS {
    u32 source, source_end; /* what is left of the file */
    u32 first, target, target_end;
} Lz10;

typedef enum { LZ10_DAMAGED, LZ10_MORE, LZ10_DONE } Lz10Result;

/* Begins to unpack a file to the start of the room that it lies at the end of. 0 = not such a file,
 * or one that asks for more room. */
int lz10_begin(Lz10 *lz, u32 file, u32 size, u32 room, u32 room_end);
/* Unpacks about so many bytes more. What they are made of is overwritten only once it has been read;
 * a file that would need it otherwise counts as damaged. */
Lz10Result lz10_continue(Lz10 *lz, u32 bytes);

#endif
