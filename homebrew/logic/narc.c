/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "narc.h"

#include "nitrofs.h"

#define MAGIC(a, b, c, d) ((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)
#define HEADER_SIZE 16u
#define SECTION_HEADER 8u /* magic and size */
/* BTAF: a count, then start and end of each file, counted from behind GMIF's header. */
#define PLACES (SECTION_HEADER + 4u)
#define PLACE_SIZE 8u

/* A section's address and total size; none if it would exceed the archive. */
static ArchiveFile section(ArchiveFile rest, u32 magic)
{
    if (rest.size < SECTION_HEADER || *AT(Word, rest.address) != magic)
        return (ArchiveFile){0, 0};
    u32 size = *AT(Word, rest.address + 4u);
    if (size < SECTION_HEADER || size > rest.size || size % 4u != 0)
        return (ArchiveFile){0, 0};
    return (ArchiveFile){rest.address, size};
}

static ArchiveFile behind(ArchiveFile rest, ArchiveFile section)
{
    return (ArchiveFile){rest.address + section.size, rest.size - section.size};
}

ArchiveFile narc_find(u32 archive, u32 size, const char *name)
{
    const ArchiveFile none = {0, 0};
    if (size < HEADER_SIZE || *AT(Word, archive) != MAGIC('N', 'A', 'R', 'C'))
        return none;
    ArchiveFile rest = {archive + HEADER_SIZE, size - HEADER_SIZE};
    ArchiveFile places = section(rest, MAGIC('B', 'T', 'A', 'F'));
    rest = behind(rest, places);
    ArchiveFile names = section(rest, MAGIC('B', 'T', 'N', 'F'));
    rest = behind(rest, names);
    ArchiveFile files = section(rest, MAGIC('G', 'M', 'I', 'F'));
    if (places.size < PLACES || names.address == 0 || files.address == 0)
        return none;

    NameTable table = {names.address + SECTION_HEADER, names.size - SECTION_HEADER};
    s32 file = names_find_file(table, ROOT_DIRECTORY, name);
    if (file < 0 || (u32)file >= (places.size - PLACES) / PLACE_SIZE)
        return none;
    const Word *place = AT(Word, places.address + PLACES + (u32)file * PLACE_SIZE);
    u32 start = place[0], end = place[1], room = files.size - SECTION_HEADER;
    /* The files' own structures are read as words. */
    if (start > end || end > room || start % 4u != 0)
        return none;
    return (ArchiveFile){files.address + SECTION_HEADER + start, end - start};
}
