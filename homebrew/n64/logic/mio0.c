/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mio0.h"

enum { HEADER = 16, COPY_MIN = 3, COPY_MAX = 18, REACH = 64 }; /* the format reaches back 4096; ghosts repeat words */

static const u8 magic[4] = {'M', 'I', 'O', '0'};

static void put_word(u8 *at, u32 value)
{
    for (s32 i = 0; i < 4; i++)
        at[i] = (u8)(value >> (24 - 8 * i));
}

static u32 get_word(const u8 *at) { return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3]; }

static u32 match_length(const u8 *data, u32 at, u32 back, u32 size)
{
    u32 length = 0;
    while (length < COPY_MAX && at + length < size && data[at + length] == data[at + length - back])
        length++;
    return length;
}

static u32 best_match(const u8 *data, u32 at, u32 size, u32 *back)
{
    u32 best = 0;
    for (u32 distance = 1; distance <= REACH && distance <= at && best < COPY_MAX; distance++) {
        u32 length = match_length(data, at, distance, size);
        if (length > best) {
            best = length;
            *back = distance;
        }
    }
    return best;
}

u32 mio0_pack(const u8 *data, u32 size, u8 *packed, u32 capacity)
{
    static u8 bits[MIO0_PLAIN_MAX / 8 + 4], copies[MIO0_PLAIN_MAX], literals[MIO0_PLAIN_MAX];
    u32 items = 0, copied = 0, plain = 0;
    clear_memory(bits, sizeof bits);
    for (u32 at = 0; at < size; items++) {
        u32 back = 0, length = best_match(data, at, size, &back);
        if (length >= COPY_MIN) {
            u32 copy = (length - COPY_MIN) << 12 | (back - 1);
            copies[copied++] = (u8)(copy >> 8);
            copies[copied++] = (u8)copy;
            at += length;
        } else {
            bits[items / 8] |= 0x80 >> items % 8;
            literals[plain++] = data[at++];
        }
    }
    u32 copies_at = HEADER + (items + 31) / 32 * 4, literals_at = copies_at + copied;
    if (literals_at + plain > capacity)
        return 0;
    for (u32 i = 0; i < 4; i++)
        packed[i] = magic[i];
    put_word(packed + 4, size);
    put_word(packed + 8, copies_at);
    put_word(packed + 12, literals_at);
    for (u32 i = 0; i < copies_at - HEADER; i++)
        packed[HEADER + i] = bits[i];
    for (u32 i = 0; i < copied; i++)
        packed[copies_at + i] = copies[i];
    for (u32 i = 0; i < plain; i++)
        packed[literals_at + i] = literals[i];
    return literals_at + plain;
}

u32 mio0_unpack(const u8 *packed, u32 packed_size, u8 *data, u32 capacity)
{
    u32 size = get_word(packed + 4), copies = get_word(packed + 8), literals = get_word(packed + 12), out = 0;
    if (get_word(packed) != get_word(magic) || size > capacity)
        return 0;
    for (u32 item = 0; out < size; item++) {
        if (HEADER + item / 8 >= packed_size)
            return 0;
        if (packed[HEADER + item / 8] & 0x80 >> item % 8) {
            if (literals >= packed_size)
                return 0;
            data[out++] = packed[literals++];
            continue;
        }
        if (copies > packed_size - 2)
            return 0;
        u32 copy = (u32)packed[copies] << 8 | packed[copies + 1];
        u32 back = (copy & 0xFFF) + 1, length = (copy >> 12) + COPY_MIN;
        copies += 2;
        if (back > out || length > size - out)
            return 0;
        for (; length > 0; length--, out++)
            data[out] = data[out - back];
    }
    return size;
}
