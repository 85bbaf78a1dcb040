/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The platform under the native game: a RAM image, save memory and a card
 * that the caller lends for the length of a call.
 */
#include "game.h"
#include "memory.h"

/* Lent by native.rs, which mirrors this struct. */
typedef struct {
    u8 *ram;
    u8 *save;
    u32 save_size;
    const u8 *card;
    u32 card_size;
} Platform;

_Thread_local u8 *ram_base;
static _Thread_local const Platform *platform;

static void use(const Platform *lent)
{
    platform = lent;
    ram_base = lent->ram;
}

void platform_card_read(u32 offset, void *dst, u32 size)
{
    u32 left = offset < platform->card_size ? platform->card_size - offset : 0;
    u32 inside = size < left ? size : left;
    memset(dst, 0xFF, size);
    if (inside)
        copy_memory(dst, platform->card + offset, inside);
}

void native_power_on(const Platform *lent)
{
    use(lent);
    *AT(Word, REGION_WORD) = US_REGION_WORD;
    platform_card_read(0, AT(u8, ROM_HEADER), ROM_HEADER_SIZE);
    game_power_on();
}

void native_tick(const Platform *lent, u16 keys)
{
    use(lent);
    game_tick(keys);
}

void native_start_race(const Platform *lent, u32 character, u32 kart, u32 slot, u32 opponent)
{
    use(lent);
    game_start_race(character, kart, slot, opponent);
}

u32 native_screen(const Platform *lent)
{
    use(lent);
    return game()->screen;
}

/* How many bytes of an access are inside save memory. */
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
