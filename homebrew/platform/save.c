// SPDX-License-Identifier: GPL-3.0-or-later
// The cartridge's 256 KiB save memory: a serial flash behind AUXSPI with three address bytes.
#include "game.h"
#include "hardware.h"

enum { COMMAND_READ = 0x03, COMMAND_STATUS = 0x05, COMMAND_WRITE_ENABLE = 0x06, COMMAND_PAGE_WRITE = 0x0A };
enum { STATUS_WRITING = 1, PAGE_SIZE = 256 };

#define SPI_SELECT (AUXSPICNT_ENABLE | AUXSPICNT_SERIAL | AUXSPICNT_HOLD)

static u8 transfer(u8 byte)
{
    AUXSPIDATA = byte;
    while (AUXSPICNT & AUXSPICNT_BUSY) {
    }
    return AUXSPIDATA;
}

static void select(void)
{
    EXMEMCNT &= (u16)~EXMEMCNT_CARTRIDGE_TO_ARM7;
    AUXSPICNT = SPI_SELECT;
}

static void deselect(void) { AUXSPICNT = 0; }

static void send_address(u8 command, u32 address)
{
    transfer(command);
    transfer((u8)(address >> 16));
    transfer((u8)(address >> 8));
    transfer((u8)address);
}

static void wait_until_written(void)
{
    select();
    transfer(COMMAND_STATUS);
    while (transfer(0) & STATUS_WRITING) {
    }
    deselect();
}

void platform_save_read(u32 offset, void *dst, u32 size)
{
    u8 *out = dst;
    // Emulators learn the number of address bytes from the very first access, if it reads one byte at address 0.
    select();
    send_address(COMMAND_READ, 0);
    transfer(0);
    deselect();

    select();
    send_address(COMMAND_READ, offset);
    for (; size > 0; size--)
        *out++ = transfer(0);
    deselect();
}

void platform_save_write(u32 offset, const void *src, u32 size)
{
    const u8 *in = src;
    while (size > 0) {
        u32 chunk = PAGE_SIZE - offset % PAGE_SIZE;
        if (chunk > size)
            chunk = size;
        select();
        transfer(COMMAND_WRITE_ENABLE);
        deselect();

        select();
        send_address(COMMAND_PAGE_WRITE, offset);
        for (u32 i = 0; i < chunk; i++)
            transfer(*in++);
        deselect();
        wait_until_written();
        offset += chunk;
        size -= chunk;
    }
}
