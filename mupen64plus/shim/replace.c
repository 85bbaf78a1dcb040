/* Replaces functions that a loaded library calls: the entries of its table of outside functions (ELF's global offset
 * table), which the loader has filled. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

#if defined(__x86_64__)
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOBAL_DATA = R_X86_64_GLOB_DAT };
#elif defined(__aarch64__)
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOBAL_DATA = R_AARCH64_GLOB_DAT };
#else
#error "the kinds of relocations of this processor are not known"
#endif

struct tables {
    ElfW(Addr) base;
    const ElfW(Sym) *symbols;
    const char *names;
    const ElfW(Rela) *relocations[2];
    size_t counts[2];
};

static struct tables tables_of(const struct link_map *map) {
    struct tables tables = {.base = map->l_addr};
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_SYMTAB: tables.symbols = (const void *)entry->d_un.d_ptr; break;
        case DT_STRTAB: tables.names = (const void *)entry->d_un.d_ptr; break;
        case DT_RELA: tables.relocations[0] = (const void *)entry->d_un.d_ptr; break;
        case DT_RELASZ: tables.counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        case DT_JMPREL: tables.relocations[1] = (const void *)entry->d_un.d_ptr; break;
        case DT_PLTRELSZ: tables.counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        }
    }
    return tables;
}

static void write_entry(void **entry, void *function) {
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)entry & ~(size - 1));
    /* The loader has made the table read-only, and all of it is data. */
    if (mprotect(page, size, PROT_READ | PROT_WRITE) == 0)
        *entry = function;
}

static int replace_one(const struct tables *tables, const struct replacement *replacement) {
    int found = 0;
    for (int table = 0; table < 2; table++) {
        for (size_t i = 0; i < tables->counts[table]; i++) {
            const ElfW(Rela) *relocation = &tables->relocations[table][i];
            unsigned int kind = (unsigned int)ELF64_R_TYPE(relocation->r_info);
            if (kind != JUMP_SLOT && kind != GLOBAL_DATA)
                continue;
            const ElfW(Sym) *symbol = &tables->symbols[ELF64_R_SYM(relocation->r_info)];
            if (strcmp(tables->names + symbol->st_name, replacement->name) != 0)
                continue;
            write_entry((void **)(tables->base + relocation->r_offset), replacement->function);
            found = 1;
        }
    }
    return found;
}

const char *replace(void *library, const struct replacement *replacements, size_t count) {
    struct link_map *map = NULL;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0)
        return "dlinfo";
    struct tables tables = tables_of(map);
    const char *missing = NULL;
    for (size_t i = 0; i < count; i++)
        if (!replace_one(&tables, &replacements[i]) && !missing)
            missing = replacements[i].name;
    return missing;
}
