/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The platform under the native game: a RAM image, save memory and course
 * files that the caller lends for the length of a call.
 */
#include "game.h"
#include "memory.h"

/* Lent by native.rs, which mirrors this struct. */
typedef struct {
    u8 *ram;
    u8 *save;
    u32 save_size;
    const CourseFile *courses; /* COURSES entries; kcl_size 0 = none */
} Platform;

_Thread_local u8 *ram_base;
static _Thread_local const Platform *platform;

static void use(const Platform *lent)
{
    platform = lent;
    ram_base = lent->ram;
}

void native_power_on(const Platform *lent)
{
    use(lent);
    *AT(Word, REGION_WORD) = REGION_WORD_US;
    game_power_on();
}

void native_tick(const Platform *lent, u16 keys)
{
    use(lent);
    game_tick(keys);
}

void native_start_race(const Platform *lent, u32 character, u32 kart, u32 slot)
{
    use(lent);
    game_start_race(character, kart, slot);
}

u32 native_screen(const Platform *lent)
{
    use(lent);
    return game()->screen;
}

const CourseFile *platform_course(int slot)
{
    if (slot < 0 || slot >= COURSES || platform->courses[slot].kcl_size == 0)
        return NULL;
    return &platform->courses[slot];
}

/* How much of an access lies in save memory. */
static u32 within_save(u32 offset, u32 size)
{
    if (offset >= platform->save_size)
        return 0;
    u32 left = platform->save_size - offset;
    return size < left ? size : left;
}

void platform_save_read(u32 offset, void *dst, u32 size)
{
    u32 inside = within_save(offset, size);
    memset(dst, 0xFF, size);
    if (inside)
        copy_memory(dst, platform->save + offset, inside);
}

void platform_save_write(u32 offset, const void *src, u32 size)
{
    u32 inside = within_save(offset, size);
    if (inside)
        copy_memory(platform->save + offset, src, inside);
}
