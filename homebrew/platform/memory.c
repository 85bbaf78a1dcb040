// SPDX-License-Identifier: GPL-3.0-or-later
// The functions that a freestanding compiler expects to find.
#include <stddef.h>
#include <stdint.h>

// Eight words at a time: a course must be loaded within a frame. In startup.s.
void copy_blocks(void *target, const void *source, size_t size);

void *memcpy(void *restrict target, const void *restrict source, size_t size)
{
    uint8_t *out = target;
    const uint8_t *in = source;
    if ((((uintptr_t)out | (uintptr_t)in) & 3) == 0) {
        size_t blocks = size & ~(size_t)31;
        copy_blocks(out, in, blocks);
        out += blocks;
        in += blocks;
        size -= blocks;
        for (; size >= 4; size -= 4, out += 4, in += 4)
            *(uint32_t *)(void *)out = *(const uint32_t *)(const void *)in;
    }
    for (; size > 0; size--)
        *out++ = *in++;
    return target;
}

void *memmove(void *target, const void *source, size_t size)
{
    uint8_t *out = target;
    const uint8_t *in = source;
    if (out <= in)
        return memcpy(target, source, size);
    while (size-- > 0)
        out[size] = in[size];
    return target;
}

void *memset(void *target, int value, size_t size)
{
    uint8_t *out = target;
    uint32_t word = (uint8_t)value * 0x01010101u;
    for (; size > 0 && ((uintptr_t)out & 3); size--)
        *out++ = (uint8_t)value;
    for (; size >= 4; size -= 4, out += 4)
        *(uint32_t *)(void *)out = word;
    for (; size > 0; size--)
        *out++ = (uint8_t)value;
    return target;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const uint8_t *a = left, *b = right;
    for (; size > 0; size--, a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}
