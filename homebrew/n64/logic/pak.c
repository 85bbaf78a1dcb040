/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pak.h"

#include "game.h"

enum { BLOCKS_OF_PAGE = PAK_PAGE / PAK_BLOCK, PAGES = 128, FIRST_PAGE = 5 };
enum { INDEX_PAGE = 1, INDEX_COPY = 2, NOTE_PAGE = 3 };
enum { NOTES = 16, NOTE_SIZE = 32, NOTES_OF_PAGE = PAK_PAGE / NOTE_SIZE };
enum { PAGE_FREE = 3, PAGE_LAST = 1, NOTE_WRITTEN = 2, NOTE_IDENTITY = 6 };

static const u8 identity[NOTE_IDENTITY] = {'N', 'K', 'T', 'J', '0', '1'};
/* MARIOKART64 in the pak's own letters: digits from 0x10, capitals from 0x1A. */
static const u8 name[16] = {0x26, 0x1A, 0x2B, 0x22, 0x28, 0x24, 0x1A, 0x2B, 0x2D, 0x16, 0x14};

static u8 pages[PAK_FILE_PAGES]; /* of the file, in order */

static int read_raw(u32 page, u8 *data)
{
    for (u32 i = 0; i < BLOCKS_OF_PAGE; i++)
        if (!platform_pak_read(page * BLOCKS_OF_PAGE + i, data + i * PAK_BLOCK))
            return 0;
    return 1;
}

static int write_raw(u32 page, const u8 *data)
{
    for (u32 i = 0; i < BLOCKS_OF_PAGE; i++)
        if (!platform_pak_write(page * BLOCKS_OF_PAGE + i, data + i * PAK_BLOCK))
            return 0;
    return 1;
}

int pak_read_page(u32 page, u8 *data) { return read_raw(pages[page], data); }
int pak_write_page(u32 page, const u8 *data) { return write_raw(pages[page], data); }

/* Each page's entry of the index names the next page of its file. */
static u32 next_page(const u8 *index, u32 page) { return (u32)index[2 * page] << 8 | index[2 * page + 1]; }

static void set_next(u8 *index, u32 page, u32 next)
{
    index[2 * page] = (u8)(next >> 8);
    index[2 * page + 1] = (u8)next;
}

static u8 index_checksum(const u8 *index)
{
    u32 sum = 0;
    for (u32 i = 2 * FIRST_PAGE; i < 2 * PAGES; i++)
        sum += index[i];
    return (u8)sum;
}

static int read_index(u8 *index)
{
    if (read_raw(INDEX_PAGE, index) && index[1] == index_checksum(index))
        return 1;
    return read_raw(INDEX_COPY, index) && index[1] == index_checksum(index);
}

static int is_ours(const u8 *note)
{
    for (s32 i = 0; i < NOTE_IDENTITY; i++)
        if (note[i] != identity[i])
            return 0;
    return 1;
}

static int is_empty(const u8 *note) { return !(note[0] | note[1] | note[2] | note[3]); }

static int follow(const u8 *index, u32 page)
{
    for (u32 i = 0; i < PAK_FILE_PAGES; i++) {
        if (page < FIRST_PAGE || page >= PAGES)
            return 0;
        pages[i] = (u8)page;
        page = next_page(index, page);
    }
    return page == PAGE_LAST;
}

static int take_free_pages(u8 *index)
{
    u32 taken = 0;
    for (u32 page = FIRST_PAGE; page < PAGES && taken < PAK_FILE_PAGES; page++)
        if (next_page(index, page) == PAGE_FREE)
            pages[taken++] = (u8)page;
    if (taken < PAK_FILE_PAGES)
        return 0;
    for (u32 i = 0; i < PAK_FILE_PAGES; i++)
        set_next(index, pages[i], i + 1 < PAK_FILE_PAGES ? pages[i + 1] : PAGE_LAST);
    index[1] = index_checksum(index);
    return 1;
}

static void fill_note(u8 *note)
{
    clear_memory(note, NOTE_SIZE);
    for (s32 i = 0; i < NOTE_IDENTITY; i++)
        note[i] = identity[i];
    note[7] = pages[0];
    note[8] = NOTE_WRITTEN;
    for (s32 i = 0; i < 16; i++)
        note[16 + i] = name[i];
}

static int create_file(u8 *index, u8 *notes, u32 note_page, u32 slot)
{
    static const u8 empty[PAK_PAGE];
    if (!take_free_pages(index))
        return 0;
    for (u32 i = 0; i < PAK_FILE_PAGES; i++)
        if (!pak_write_page(i, empty))
            return 0;
    fill_note(&notes[slot * NOTE_SIZE]);
    return write_raw(INDEX_COPY, index) && write_raw(INDEX_PAGE, index) && write_raw(note_page, notes);
}

int pak_open(int create)
{
    static u8 index[PAK_PAGE], notes[2][PAK_PAGE];
    s32 vacant = -1;
    if (!read_index(index) || !read_raw(NOTE_PAGE, notes[0]) || !read_raw(NOTE_PAGE + 1, notes[1]))
        return 0;
    for (s32 i = 0; i < NOTES; i++) {
        const u8 *note = &notes[i / NOTES_OF_PAGE][i % NOTES_OF_PAGE * NOTE_SIZE];
        if (is_ours(note))
            return follow(index, (u32)note[6] << 8 | note[7]);
        if (vacant < 0 && is_empty(note))
            vacant = i;
    }
    if (!create || vacant < 0)
        return 0;
    u32 page = (u32)vacant / NOTES_OF_PAGE;
    return create_file(index, notes[page], NOTE_PAGE + page, (u32)vacant % NOTES_OF_PAGE);
}
