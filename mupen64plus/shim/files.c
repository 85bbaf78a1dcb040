/* A core's files, which are none: what a core reads and writes is kept in memory, and it leaves the process alone.
 *
 * The core calls the C library, zlib and SDL through a table of its own copy. The entries of some functions are replaced
 * by those below. So states stay in memory (zlib would spend a tenth of a second on each), save memory is where the crate
 * can reach it, no configuration of the user and no database changes a run, and SDL's events, which are the process's, are
 * not taken.
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static const char *const STORAGE_ENDS[SHIM_STORAGES] = {".eep", ".mpk", ".sra", ".fla"};

/* The storage that the core is reading, and its file. */
static struct shim_storage *reading;
static FILE *reading_file;

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), end_length = strlen(end);
    return length >= end_length && strcmp(path + length - end_length, end) == 0;
}

static FILE *open_storage(struct shim_storage *storage, const char *mode) {
    if (mode[0] == 'r' && !strchr(mode, '+')) {
        reading = storage;
        reading_file = fmemopen((void *)storage->initial, storage->size, mode);
        return reading_file;
    }
    /* The core writes what it has changed in its memory, which is all that counts. */
    return fmemopen(NULL, storage->size + 1, "w+");
}

static FILE *open_file(const char *path, const char *mode) {
    /* The core tells a state's format by these bytes, and then opens it with zlib. */
    static char state[] = "\x1F\x8B";
    static char database[] = "; Everything of the cartridge is set by the crate.\n";
    for (int kind = 0; kind < SHIM_STORAGES; kind++)
        if (ends_with(path, STORAGE_ENDS[kind]))
            return open_storage(&shim.storages[kind], mode);
    if (ends_with(path, ".m64p"))
        return fmemopen(state, 4, mode);
    if (ends_with(path, "/mupen64plus.ini"))
        return fmemopen(database, sizeof(database) - 1, mode);
    if (ends_with(path, "/mupen64plus.cfg"))
        return NULL;
    return fopen(path, mode);
}

static size_t read_file(void *to, size_t size, size_t count, FILE *file) {
    if (file == reading_file) {
        reading->live = to;
        reading_file = NULL;
    }
    return fread(to, size, count, file);
}

/* The only "compressed" file is the state. */

/* How much of the state has been read, and how many of its stored pages have been passed. */
static size_t load_place, load_stored;
static sem_t made, released;

static void *open_state(const char *path, const char *mode) {
    (void)path, (void)mode;
    load_place = load_stored = 0;
    return &load_place;
}

/* Called on a thread of the core, while the core goes on. */
static int write_state(void *file, const void *bytes, unsigned int size) {
    (void)file;
    shim.saved = bytes;
    shim.saved_size = size;
    sem_post(&made);
    while (sem_wait(&released) != 0) {
    }
    return (int)size;
}

static int read_state(void *file, void *to, unsigned int size) {
    (void)file;
    if (size > shim.load_size - load_place)
        size = (unsigned int)(shim.load_size - load_place);
    uint8_t *next = to;
    for (unsigned int left = size; left > 0;) {
        size_t page = load_place / SHIM_PAGE, offset = load_place % SHIM_PAGE;
        size_t part = SHIM_PAGE - offset < left ? SHIM_PAGE - offset : left;
        if (shim.load_present[page])
            memcpy(next, shim.load_pages + load_stored * SHIM_PAGE + offset, part);
        else
            memset(next, 0, part);
        next += part, load_place += part, left -= (unsigned int)part;
        if (load_place % SHIM_PAGE == 0)
            load_stored += shim.load_present[page];
    }
    return (int)size;
}

static int close_state(void *file) {
    (void)file;
    return 0;
}

void await_saved(void) {
    while (sem_wait(&made) != 0) {
    }
}

EXPORT void shim_release_saved(void) {
    shim.saved = NULL;
    sem_post(&released);
}

/* SDL is shared with the process. */

static void do_nothing(void) {}

EXPORT const char *shim_hook_core(void *library) {
    static const struct replacement REPLACEMENTS[] = {
        {"fopen64", open_file},         {"fread", read_file},        {"gzopen64", open_state},
        {"gzwrite", write_state},       {"gzread", read_state},      {"gzclose", close_state},
        {"SDL_PumpEvents", do_nothing}, {"SDL_SetEventFilter", do_nothing}, {"SDL_Quit", do_nothing},
    };
    sem_init(&made, 0, 0);
    sem_init(&released, 0, 0);
    return replace(library, REPLACEMENTS, sizeof(REPLACEMENTS) / sizeof(REPLACEMENTS[0]));
}

/* A video plugin reads its database, and writes games that it does not know into the installed file if it may. */
static FILE *open_to_read(const char *path, const char *mode) {
    return strpbrk(mode, "wa+") ? NULL : fopen(path, mode);
}

static int make_no_folder(const char *path, unsigned int mode) {
    (void)path, (void)mode;
    return -1;
}

static int print_nothing(void) { return 0; }

EXPORT void shim_hook_video(void *library) {
    static const struct replacement REPLACEMENTS[] = {
        {"fopen64", open_to_read}, {"mkdir", make_no_folder}, {"printf", print_nothing},
        {"__printf_chk", print_nothing}, {"puts", print_nothing}, {"putchar", print_nothing},
    };
    /* Each plugin calls some of these. */
    replace(library, REPLACEMENTS, sizeof(REPLACEMENTS) / sizeof(REPLACEMENTS[0]));
}
