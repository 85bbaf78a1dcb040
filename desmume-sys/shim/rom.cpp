// The core's only ROM file is a block of memory that belongs to the caller.

#include "ROMReader.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "hooks.h"

namespace {

const u8 *rom_bytes;
u32 rom_size;

struct Cursor {
    const u8 *bytes;
    u32 size;
    u32 position;
};

void *open_bytes(const u8 *bytes, u32 size)
{
    return new Cursor{bytes, size, 0};
}

void *open_rom(const char *)
{
    return rom_bytes == NULL ? NULL : open_bytes(rom_bytes, rom_size);
}

void close(void *file)
{
    delete static_cast<Cursor *>(file);
}

u32 size(void *file)
{
    return file == NULL ? 0 : static_cast<Cursor *>(file)->size;
}

int seek(void *file, int offset, int whence)
{
    if (file == NULL) {
        return 0;
    }
    Cursor *cursor = static_cast<Cursor *>(file);
    const s64 base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? cursor->position : cursor->size;
    // The core seeks with u32 addresses: past 2 GiB they arrive as negative numbers.
    const s64 target = whence == SEEK_SET ? (s64)(u32)offset : base + offset;
    cursor->position = (u32)std::max<s64>(0, std::min<s64>(target, cursor->size));
    return 1;
}

int read(void *file, void *buffer, u32 wanted)
{
    if (file == NULL) {
        return 0;
    }
    Cursor *cursor = static_cast<Cursor *>(file);
    const u32 count = std::min(wanted, cursor->size - cursor->position);
    memcpy(buffer, cursor->bytes + cursor->position, count);
    cursor->position += count;
    return (int)count;
}

// A cartridge is read-only.
int write(void *, void *, u32)
{
    return 0;
}

ROMReader_struct rom_reader = {ROMREADER_MEM, "ROM", open_rom, close, size, seek, read, write};

// The core's own copy of a homebrew ROM, which it may patch.
const u8 *copy_bytes;
u32 copy_size;

void *open_copy(const char *)
{
    return open_bytes(copy_bytes, copy_size);
}

ROMReader_struct copy_reader = {ROMREADER_MEM, "ROM copy", open_copy, close, size, seek, read, write};

} // namespace

void hook_set_rom(const u8 *bytes, u32 size)
{
    rom_bytes = bytes;
    rom_size = size;
}

ROMReader_struct *ROMReaderInit(char **)
{
    return &rom_reader;
}

ROMReader_struct *MemROMReaderRead_TrueInit(void *buffer, int length)
{
    copy_bytes = static_cast<const u8 *>(buffer);
    copy_size = (u32)length;
    return &copy_reader;
}
