// SPDX-License-Identifier: GPL-3.0-or-later
// The card's own memory, read in blocks through the cartridge's data port. Source: GBATEK.
#include "card.h"

#include "game.h"
#include "hardware.h"
#include "memory.h"

enum { BLOCK_SIZE = 0x200, BLOCK_WORDS = BLOCK_SIZE / 4 };
enum { COMMAND_READ = 0xB7 };

// The header has the card's clock settings.
#define HEADER_CARD_CONTROL 0x60u

void card_take(void) { EXMEMCNT &= (u16)~EXMEMCNT_CARTRIDGE_TO_ARM7; }

static void read_block(u32 offset, u32 *words)
{
    u32 clocking = *AT(Word, ROM_HEADER + HEADER_CARD_CONTROL) & CARDCNT_CLOCKING;
    AUXSPICNT = AUXSPICNT_ENABLE;
    // The command's bytes go out in the order of their addresses, and the address in it upper byte first.
    CARD_COMMAND(0) = COMMAND_READ | (offset >> 24) << 8 | (offset >> 8 & 0xFF00u) << 8 | (offset & 0xFF00u) << 16;
    CARD_COMMAND(1) = offset & 0xFFu;
    CARDCNT = CARDCNT_START | CARDCNT_NO_RESET | CARDCNT_BLOCK_200 | clocking;
    u32 taken = 0;
    for (u32 state = CARDCNT; state & CARDCNT_START; state = CARDCNT) {
        if (!(state & CARDCNT_READY))
            continue;
        u32 word = CARD_DATA;
        if (taken < BLOCK_WORDS)
            words[taken++] = word;
    }
    AUXSPICNT = 0;
}

void platform_card_read(u32 offset, void *dst, u32 size)
{
    u8 *out = dst;
    card_take();
    while (size > 0) {
        u32 block[BLOCK_WORDS];
        u32 within = offset % BLOCK_SIZE, part = BLOCK_SIZE - within;
        if (part > size)
            part = size;
        read_block(offset - within, block);
        copy_memory(out, (const u8 *)block + within, part);
        out += part;
        offset += part;
        size -= part;
    }
}
