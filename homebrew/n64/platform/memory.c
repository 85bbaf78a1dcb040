/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the compiler expects of a C library.
 */
#include "types.h"

void clear_memory(void *memory, u32 size)
{
    u8 *byte = memory;
    for (; size > 0 && (u32)byte % 4; size--)
        *byte++ = 0;
    for (; size >= 4; size -= 4, byte += 4)
        *(u32 *)byte = 0;
    for (; size > 0; size--)
        *byte++ = 0;
}

void *memset(void *memory, int value, u32 size)
{
    u8 *byte = memory;
    for (; size > 0; size--)
        *byte++ = (u8)value;
    return memory;
}

void *memcpy(void *restrict to, const void *restrict from, u32 size)
{
    u8 *out = to;
    const u8 *in = from;
    for (; size > 0; size--)
        *out++ = *in++;
    return to;
}
