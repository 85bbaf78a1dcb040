/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ghost_file.h"

#include "course.h"
#include "mio0.h"
#include "pak.h"

enum { SLOTS = 2, WORD = 4, PACKED = 0x3C00, PACKED_PAGES = PACKED / PAK_PAGE };

/* One ghost's header. */
typedef struct {
    u8 time[4];
    u8 saved, place, character; /* the course's place in the order of the cups */
    u8 pageChecksums[PACKED_PAGES];
    u8 field_43[0x3C];
    u8 checksum;
} GhostHeader;
_Static_assert(sizeof(GhostHeader) == 0x80, "GhostHeader");
AT_OFFSET(GhostHeader, checksum, 0x7F);

_Static_assert(GHOST_FILE_WORDS * WORD == MIO0_PLAIN_MAX, "MIO0_PLAIN_MAX");

enum { CHECKED_HEADER = 0x43 };

static u8 packed[PACKED];
static GhostHeader headers[SLOTS];

/* Numbered from 0, each byte counts `factor` times and its number once. */
static u8 checksum(const u8 *bytes, u32 count, u32 factor)
{
    u32 sum = 0;
    for (u32 i = 0; i < count; i++)
        sum += bytes[i] * factor + i;
    return (u8)sum;
}

static u8 header_checksum(u32 slot) { return checksum(headers[slot].time, CHECKED_HEADER, slot + 1); }

static int read_headers(void)
{
    if (!pak_read_page(0, headers[0].time))
        return 0;
    for (u32 slot = 0; slot < SLOTS; slot++)
        if (headers[slot].checksum != header_checksum(slot))
            clear_memory(&headers[slot], sizeof headers[slot]);
    return 1;
}

static u32 page_of_slot(u32 slot) { return 1 + slot * PACKED_PAGES; }

/* The slot with this course's ghost, or the first that is free, or the last. */
static u32 slot_for(s32 place)
{
    for (u32 slot = 0; slot < SLOTS; slot++)
        if (headers[slot].saved && headers[slot].place == place)
            return slot;
    return headers[0].saved ? 1 : 0;
}

int ghost_file_save(const u32 *words, s32 count, s16 course, GhostInfo info)
{
    u32 bytes = (u32)(count + WORDS_BEHIND) * WORD;
    clear_memory(packed, sizeof packed);
    if (!mio0_pack((const u8 *)words, bytes, packed, PACKED) || !pak_open(1) || !read_headers())
        return 0;
    s32 place = course_place(course);
    u32 slot = slot_for(place);
    GhostHeader *header = &headers[slot];
    clear_memory(header, sizeof *header);
    for (s32 i = 0; i < 4; i++)
        header->time[i] = (u8)(info.time >> (24 - 8 * i));
    header->saved = 1;
    header->place = (u8)place;
    header->character = (u8)info.character;
    for (u32 page = 0; page < PACKED_PAGES; page++) {
        const u8 *content = packed + page * PAK_PAGE;
        header->pageChecksums[page] = checksum(content, PAK_PAGE, page + 1);
        if (!pak_write_page(page_of_slot(slot) + page, content))
            return 0;
    }
    header->checksum = header_checksum(slot);
    return pak_write_page(0, headers[0].time);
}

static int read_packed(u32 slot)
{
    for (u32 page = 0; page < PACKED_PAGES; page++) {
        u8 *bytes = packed + page * PAK_PAGE;
        if (!pak_read_page(page_of_slot(slot) + page, bytes) ||
            headers[slot].pageChecksums[page] != checksum(bytes, PAK_PAGE, page + 1))
            return 0;
    }
    return 1;
}

s32 ghost_file_load(u32 *words, s16 course, GhostInfo *info)
{
    if (!pak_open(0) || !read_headers())
        return 0;
    s32 place = course_place(course);
    u32 slot = slot_for(place);
    const GhostHeader *header = &headers[slot];
    if (!header->saved || header->place != place || !read_packed(slot))
        return 0;
    info->time = header->time[0] << 24 | header->time[1] << 16 | header->time[2] << 8 | header->time[3];
    info->character = header->character;
    u32 bytes = mio0_unpack(packed, PACKED, (u8 *)words, GHOST_FILE_WORDS * WORD);
    return bytes % WORD == 0 ? at_least((s32)(bytes / WORD) - WORDS_BEHIND, 0) : 0;
}
