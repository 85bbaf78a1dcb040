/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial.h"

#include "game.h"
#include "hardware.h"
#include "pads.h"

enum { BLOCK = 64, PORTS = 4, EEPROM_PAGE = 8, EEPROM_PAGES = 64 };
enum {
    COMMAND_PAD = 1,
    COMMAND_PAK_READ = 2,
    COMMAND_PAK_WRITE = 3,
    COMMAND_EEPROM_READ = 4,
    COMMAND_EEPROM_WRITE = 5,
};
enum { END = 0xFE, RUN = 1, ERROR_BITS = 0xC0 };

typedef struct __attribute__((aligned(8))) {
    u8 bytes[BLOCK];
} Block;

static Block pads, exchanged;
/* The serial interface repeats the question that was written last. */
static enum { ASKING_NOTHING, ASKING_PADS } asking;

static void wait(void)
{
    while (SI_STATUS & SI_BUSY)
        ;
}

static void start_read(Block *block)
{
    SI_ADDRESS = PHYSICAL(block);
    SI_READ = PIF_MEMORY;
}

static void write(const Block *block)
{
    wait();
    SI_ADDRESS = PHYSICAL(block);
    SI_WRITE = PIF_MEMORY;
    wait();
}

/* ---- Pads ---- */

static void ask_for_pads(void)
{
    clear_memory(&pads, sizeof pads);
    u8 *byte = pads.bytes;
    for (s32 port = 0; port < PORTS; port++) {
        static const u8 question[8] = {0xFF, 1, 4, COMMAND_PAD, 0xFF, 0xFF, 0xFF, 0xFF};
        for (s32 i = 0; i < 8; i++)
            *byte++ = question[i];
    }
    *byte = END;
    pads.bytes[BLOCK - 1] = RUN;
    write(&pads);
    asking = ASKING_PADS;
}

void serial_request_pads(void)
{
    if (asking != ASKING_PADS)
        ask_for_pads();
    start_read(&pads);
}

void serial_take_pads(void)
{
    wait();
    for (s32 port = 0; port < PORTS; port++) {
        const u8 *answer = &pads.bytes[8 * port];
        if (answer[2] & ERROR_BITS)
            pads_set(&gControllers[port], 0, 0, 0);
        else
            pads_set(&gControllers[port], (s8)answer[6], (s8)answer[7], (u16)(answer[4] << 8 | answer[5]));
    }
    pads_combine();
}

/* ---- Pak and EEPROM ---- */

/* Sends a command to a device behind a port, or behind all four, and returns the answer. */
static const u8 *exchange(s32 port, const u8 *command, u32 sent, u32 received)
{
    clear_memory(&exchanged, sizeof exchanged);
    u8 *byte = exchanged.bytes + port; /* a zero skips a port */
    *byte++ = (u8)sent;
    *byte++ = (u8)received;
    for (u32 i = 0; i < sent; i++)
        *byte++ = command[i];
    const u8 *answer = byte;
    for (u32 i = 0; i < received; i++)
        *byte++ = 0xFF;
    *byte = END;
    exchanged.bytes[BLOCK - 1] = RUN;
    write(&exchanged);
    asking = ASKING_NOTHING;
    start_read(&exchanged);
    wait();
    return answer;
}

static int answered(s32 port) { return !(exchanged.bytes[port + 1] & ERROR_BITS); }

/* An address of the pak, followed by its checksum of five bits. */
static u32 checked_address(u32 address)
{
    enum { POLYNOMIAL = 0x15, BITS = 11 };
    u32 sum = 0;
    for (s32 bit = 15; bit >= 0; bit--) {
        u32 carry = sum & 0x10;
        sum = (sum << 1 & 0x1F) | (bit >= 16 - BITS ? address >> bit & 1 : 0);
        if (carry)
            sum ^= POLYNOMIAL;
    }
    return address | sum;
}

int platform_pak_read(u32 block, u8 *data)
{
    u32 address = checked_address(block * PAK_BLOCK);
    u8 command[3] = {COMMAND_PAK_READ, (u8)(address >> 8), (u8)address};
    const u8 *answer = exchange(0, command, sizeof command, PAK_BLOCK + 1);
    for (s32 i = 0; i < PAK_BLOCK; i++)
        data[i] = answer[i];
    return answered(0);
}

int platform_pak_write(u32 block, const u8 *data)
{
    u32 address = checked_address(block * PAK_BLOCK);
    u8 command[3 + PAK_BLOCK] = {COMMAND_PAK_WRITE, (u8)(address >> 8), (u8)address};
    for (s32 i = 0; i < PAK_BLOCK; i++)
        command[3 + i] = data[i];
    exchange(0, command, sizeof command, 1);
    return answered(0);
}

static void read_page(u32 page, u8 *data)
{
    u8 command[2] = {COMMAND_EEPROM_READ, (u8)page};
    const u8 *answer = exchange(PORTS, command, 2, EEPROM_PAGE);
    for (s32 i = 0; i < EEPROM_PAGE; i++)
        data[i] = answer[i];
}

static void write_page(u32 page, const u8 *data)
{
    u8 command[2 + EEPROM_PAGE] = {COMMAND_EEPROM_WRITE, (u8)page};
    for (s32 i = 0; i < EEPROM_PAGE; i++)
        command[2 + i] = data[i];
    exchange(PORTS, command, 2 + EEPROM_PAGE, 1);
}

void platform_eeprom_read(void *data, u32 size)
{
    for (u32 page = 0; page < size / EEPROM_PAGE; page++)
        read_page(page, (u8 *)data + page * EEPROM_PAGE);
}

static int is_on_page(u32 page, const u8 *data)
{
    u8 stored[EEPROM_PAGE];
    read_page(page, stored);
    for (s32 i = 0; i < EEPROM_PAGE; i++)
        if (stored[i] != data[i])
            return 0;
    return 1;
}

void platform_eeprom_write(const void *data, u32 size)
{
    for (u32 page = 0; page < size / EEPROM_PAGE; page++) {
        const u8 *bytes = (const u8 *)data + page * EEPROM_PAGE;
        if (!is_on_page(page, bytes))
            write_page(page, bytes);
    }
}
