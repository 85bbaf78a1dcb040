// SPDX-License-Identifier: GPL-3.0-or-later
// The cartridge's 256 KiB save memory: a serial flash behind AUXSPI with three address bytes.
#include "save.h"

#include "card.h"
#include "game.h"
#include "hardware.h"
#include "memory.h"

enum { COMMAND_READ = 0x03, COMMAND_STATUS = 0x05, COMMAND_WRITE_ENABLE = 0x06, COMMAND_PAGE_WRITE = 0x0A };
enum { STATUS_WRITING = 1, PAGE_SIZE = 256 };

#define SPI_ENABLE (AUXSPICNT_ENABLE | AUXSPICNT_SERIAL)

static u8 exchange(u8 byte)
{
    AUXSPIDATA = byte;
    while (AUXSPICNT & AUXSPICNT_BUSY) {
    }
    return AUXSPIDATA;
}

// Selects the chip; it stays selected until after the next exchange_last.
static void select(void) { AUXSPICNT = SPI_ENABLE | AUXSPICNT_HOLD; }

// The last byte of a transaction: the chip is deselected with it.
static u8 exchange_last(u8 byte)
{
    AUXSPICNT = SPI_ENABLE;
    u8 answer = exchange(byte);
    AUXSPICNT = 0;
    return answer;
}

static void send_address(u8 command, u32 address)
{
    select();
    exchange(command);
    exchange((u8)(address >> 16));
    exchange((u8)(address >> 8));
    exchange((u8)address);
}

static void wait_until_written(void)
{
    do {
        select();
        exchange(COMMAND_STATUS);
    } while (exchange_last(0) & STATUS_WRITING);
}

static void write_page(u32 offset, const u8 *bytes, u32 size)
{
    exchange_last(COMMAND_WRITE_ENABLE);
    send_address(COMMAND_PAGE_WRITE, offset);
    for (; size > 1; size--)
        exchange(*bytes++);
    exchange_last(*bytes);
    wait_until_written();
}

// Pending writes: one page is written in each frame, so that saving delays no frame of the game.
enum { PENDING_SIZE = 0x1000 };
static struct {
    u32 offset, size, written;
    u8 bytes[PENDING_SIZE];
} pending;

int save_continue(void)
{
    if (pending.written == pending.size)
        return 0;
    u32 offset = pending.offset + pending.written;
    u32 chunk = PAGE_SIZE - offset % PAGE_SIZE;
    if (chunk > pending.size - pending.written)
        chunk = pending.size - pending.written;
    card_take();
    write_page(offset, &pending.bytes[pending.written], chunk);
    pending.written += chunk;
    return 1;
}

static void finish_writing(void)
{
    while (save_continue()) {
    }
}

void platform_save_write(u32 offset, const void *src, u32 size)
{
    for (const u8 *in = src; size > 0;) {
        finish_writing();
        pending.offset = offset;
        pending.size = size < PENDING_SIZE ? size : PENDING_SIZE;
        pending.written = 0;
        memcpy(pending.bytes, in, pending.size);
        offset += pending.size;
        in += pending.size;
        size -= pending.size;
    }
}

void platform_save_read(u32 offset, void *dst, u32 size)
{
    u8 *out = dst;
    finish_writing();
    card_take();
    // Emulators learn the number of address bytes from the very first access, if it reads one byte.
    send_address(COMMAND_READ, offset);
    exchange_last(0);

    if (size == 0)
        return;
    send_address(COMMAND_READ, offset);
    for (; size > 1; size--)
        *out++ = exchange(0);
    *out = exchange_last(0);
}
