/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lz10.h"

#define MAGIC 0x10u
#define HEADER_SIZE 4u
#define SHORTEST 3u

int lz10_begin(Lz10 *lz, u32 file, u32 size, u32 room, u32 room_end)
{
    if (size < HEADER_SIZE)
        return 0;
    const u8 *header = AT(u8, file);
    u32 length = (u32)header[1] | (u32)header[2] << 8 | (u32)header[3] << 16;
    if (header[0] != MAGIC || length > room_end - room)
        return 0;
    *lz = (Lz10){file + HEADER_SIZE, file + size, room, room, room + length};
    return 1;
}

/* Whether the addresses, which a tool may have changed in RAM between parts, are ordered and inside the buffer. */
static int sound(const Lz10 *lz)
{
    return HEAP_ARCHIVE <= lz->first && lz->first <= lz->target && lz->target <= lz->target_end &&
           lz->target_end <= HEAP_ARCHIVE_END && lz->target <= lz->source && lz->source <= lz->source_end &&
           lz->source_end <= HEAP_ARCHIVE_END;
}

/* Copies earlier bytes, which may overlap the copy. 0 = the distance exceeds the output so far. */
static int copy_earlier(u8 *out, u32 length, u32 distance, u32 made)
{
    if (distance > made)
        return 0;
    for (; length > 0; length--, out++)
        *out = out[-(s32)distance];
    return 1;
}

Lz10Result lz10_continue(Lz10 *lz, u32 bytes)
{
    if (!sound(lz))
        return LZ10_DAMAGED;
    const u8 *in = AT(u8, lz->source), *in_end = in + (lz->source_end - lz->source);
    const u8 *first = AT(u8, lz->first);
    u8 *out = AT(u8, lz->target), *out_end = out + (lz->target_end - lz->target);
    const u8 *pause = (u32)(out_end - out) > bytes ? out + bytes : out_end;
    /* A byte of flags, the top bit first, marks each of eight items as a byte or as a reference to earlier bytes. */
    while (out < pause) {
        if (in == in_end)
            return LZ10_DAMAGED;
        u32 flags = *in++;
        for (u32 bit = 0x80u; bit != 0 && out < out_end; bit >>= 1) {
            u32 size = flags & bit ? 2u : 1u;
            if ((u32)(in_end - in) < size)
                return LZ10_DAMAGED;
            u32 length = 1, distance = 0, byte = in[0];
            if (flags & bit) {
                length = (byte >> 4) + SHORTEST;
                distance = ((byte & 15u) << 8 | in[1]) + 1u;
                if (length > (u32)(out_end - out))
                    length = (u32)(out_end - out);
            }
            in += size;
            if (in != in_end && (u32)(in - out) < length)
                return LZ10_DAMAGED;
            if (distance == 0)
                *out++ = (u8)byte;
            else if (copy_earlier(out, length, distance, (u32)(out - first)))
                out += length;
            else
                return LZ10_DAMAGED;
        }
    }
    lz->source = ADDRESS_OF(in);
    lz->target = ADDRESS_OF(out);
    return out == out_end ? LZ10_DONE : LZ10_MORE;
}
