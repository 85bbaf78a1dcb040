/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LZ10 decompression in parts; the DS's files are compressed with it. Source: GBATEK.
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

/* Begins to unpack a file from the end of a buffer to the buffer's start. 0 = not such a file,
 * or the buffer is too small. */
int lz10_begin(Lz10 *lz, u32 file, u32 size, u32 room, u32 room_end);
/* Unpacks about this many more bytes. Output may overwrite only input that has been read;
 * a file that would overwrite other input counts as damaged. */
Lz10Result lz10_continue(Lz10 *lz, u32 bytes);

#endif
