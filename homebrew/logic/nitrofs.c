/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nitrofs.h"

#include "game.h"
#include "memory.h"

/* Places in the ROM's header: offset and size of the names and of the files' places. */
#define HEADER_NAMES 0x40u
#define HEADER_PLACES 0x48u

/* A directory's entry in the table of names: its list, the number of its first file, its parent. */
#define DIRECTORY_ENTRY 8u
#define DIRECTORY_MASK 0xFFFu
#define FIRST_FILE 4u

/* An entry of a list: a byte of length, 0 = the end of the list; the name; a directory's number. */
#define IS_DIRECTORY 0x80u
#define LENGTH_MASK 0x7Fu

/* A place: where a file starts, and where it ends. */
#define PLACE_SIZE 8u

#define TABLE_MAX 0x10000u
#define NAMES_AT HEAP_ARCHIVE
#define PLACES_AT (HEAP_ARCHIVE + TABLE_MAX)

/* ---- Names ---- */

/* A byte of the table; beyond its end, a list's end. */
static u32 byte_at(NameTable names, u32 at)
{
    return at < names.size ? *AT(u8, names.start + at) : 0u;
}

static u32 half_at(NameTable names, u32 at)
{
    return byte_at(names, at) | byte_at(names, at + 1u) << 8;
}

static u32 word_at(NameTable names, u32 at)
{
    return half_at(names, at) | half_at(names, at + 2u) << 16;
}

static int is_name(NameTable names, u32 at, u32 length, const char *name)
{
    for (u32 i = 0; i < length; i++)
        if (name[i] == 0 || byte_at(names, at + i) != (u8)name[i])
            return 0;
    return name[length] == 0;
}

static s32 find(NameTable names, u32 directory, const char *name, u32 kind)
{
    u32 entry = (directory & DIRECTORY_MASK) * DIRECTORY_ENTRY;
    u32 at = word_at(names, entry);
    u32 file = half_at(names, entry + FIRST_FILE);
    while (at < names.size && byte_at(names, at) != 0) {
        u32 head = byte_at(names, at), length = head & LENGTH_MASK;
        u32 after = at + 1u + length;
        if ((head & IS_DIRECTORY) == kind && is_name(names, at + 1u, length, name))
            return (s32)(kind ? half_at(names, after) : file);
        if (head & IS_DIRECTORY)
            after += 2u;
        else
            file++;
        at = after;
    }
    return -1;
}

s32 names_find_file(NameTable names, u32 directory, const char *name)
{
    return find(names, directory, name, 0);
}

s32 names_find_directory(NameTable names, u32 directory, const char *name)
{
    return find(names, directory, name, IS_DIRECTORY);
}

/* ---- The card ---- */

/* Reads a table that the header names; its size, 0 where there is none or too large a one. */
static u32 read_table(u32 in_header, u32 address)
{
    u32 start = *AT(Word, ROM_HEADER + in_header), size = *AT(Word, ROM_HEADER + in_header + 4u);
    if (size > TABLE_MAX)
        return 0;
    platform_card_read(start, AT(u8, address), size);
    return size;
}

void nitrofs_find_courses(CardFile *files)
{
    NameTable names = {NAMES_AT, read_table(HEADER_NAMES, NAMES_AT)};
    u32 places = read_table(HEADER_PLACES, PLACES_AT) / PLACE_SIZE;
    s32 data = names_find_directory(names, ROOT_DIRECTORY, "data");
    s32 folder = data < 0 ? -1 : names_find_directory(names, (u32)data, "Course");
    for (u32 slot = 0; slot < COURSES; slot++) {
        s32 file = folder < 0 ? -1 : names_find_file(names, (u32)folder, course_file_names[slot]);
        files[slot] = (CardFile){0, 0};
        if (file < 0 || (u32)file >= places)
            continue;
        const Word *place = AT(Word, PLACES_AT + (u32)file * PLACE_SIZE);
        if (place[1] > place[0])
            files[slot] = (CardFile){place[0], place[1] - place[0]};
    }
}
