/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial.h"

#include "game.h"
#include "hardware.h"
#include "pads.h"

enum { BLOCK = 64, PORTS = 4, EEPROM_PAGE = 8, EEPROM_PAGES = 64 };
enum { COMMAND_PAD = 1, COMMAND_EEPROM_READ = 4, COMMAND_EEPROM_WRITE = 5, END = 0xFE, RUN = 1, ERROR_BITS = 0xC0 };

typedef struct __attribute__((aligned(8))) {
    u8 bytes[BLOCK];
} Block;

static Block pads, eeprom;

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
}

void serial_initialise(void)
{
    ask_for_pads();
    start_read(&pads);
}

void serial_read_pads(void)
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
    start_read(&pads);
}

/* ---- EEPROM ---- */

/* The EEPROM is behind the four ports: a zero skips one. */
static void exchange(const u8 *command, u32 sent, u32 received)
{
    clear_memory(&eeprom, sizeof eeprom);
    u8 *byte = eeprom.bytes + PORTS;
    *byte++ = (u8)sent;
    *byte++ = (u8)received;
    for (u32 i = 0; i < sent; i++)
        *byte++ = command[i];
    for (u32 i = 0; i < received; i++)
        *byte++ = 0xFF;
    *byte = END;
    eeprom.bytes[BLOCK - 1] = RUN;
    write(&eeprom);
    start_read(&eeprom);
    wait();
}

static void read_page(u32 page, u8 *data)
{
    u8 command[2] = {COMMAND_EEPROM_READ, (u8)page};
    exchange(command, 2, EEPROM_PAGE);
    for (s32 i = 0; i < EEPROM_PAGE; i++)
        data[i] = eeprom.bytes[PORTS + 4 + i];
}

static void write_page(u32 page, const u8 *data)
{
    u8 command[2 + EEPROM_PAGE] = {COMMAND_EEPROM_WRITE, (u8)page};
    for (s32 i = 0; i < EEPROM_PAGE; i++)
        command[2 + i] = data[i];
    exchange(command, 2 + EEPROM_PAGE, 1);
}

void platform_eeprom_read(void *data, u32 size)
{
    for (u32 page = 0; page < size / EEPROM_PAGE; page++)
        read_page(page, (u8 *)data + page * EEPROM_PAGE);
    serial_initialise();
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
    serial_initialise();
}
