// The JIT: its tables are given back to the system instead of being cleared word by word (64 MiB,
// of which a game touches little), it is quiet, a jump to where no code can be halts the console
// instead of crashing the process, and a system that forbids executable memory is reported instead
// of aborting the process while the image is being opened.

#include <algorithm>
#include <cerrno>
#include <iterator>

#include <sys/mman.h>

#include "arm_jit.h"
#include "emufile.h"
#include "hooks.h"
#include "pages.h"
#include "utils/AsmJit/AsmJit.h"

static int executable_memory_error = 0;

static int make_executable(void *start, size_t size, int protection)
{
    if (mprotect(start, size, protection) != 0) {
        executable_memory_error = errno;
    }
    return 0;
}

// The compiled blocks of a page (16 KiB) where no code can be. The core looks blocks up before it
// checks that there are any, and has a null pointer there.
static uintptr_t no_blocks[0x4000 / 2];

#undef JIT_MAPPED
#define JIT_MAPPED(adr, PROCNUM) (JIT.JIT_MEM[PROCNUM][(adr) >> 14] != no_blocks)

void clear_tables_and_reset(bool enable, bool suppress_msg = false);

#define mprotect make_executable
#define fprintf(...) (0)
#define arm_jit_reset clear_tables_and_reset
#include <arm_jit.cpp>
#undef arm_jit_reset

static void map_pages()
{
    static bool mapped = false;
    if (mapped) {
        return;
    }
    mapped = true;
    init_jit_mem();
    for (auto &pages : JIT.JIT_MEM) {
        std::replace(std::begin(pages), std::end(pages), (uintptr_t *)NULL, &no_blocks[0]);
    }
}

void hook_flush_jit()
{
    map_pages();
    release(&JIT, sizeof(JIT));
    release(recompile_counts, sizeof(recompile_counts));
    memset(no_blocks, 0, sizeof(no_blocks));
    // Disabled, it leaves the tables alone: only the code buffer is rewound.
    clear_tables_and_reset(false, true);
}

void arm_jit_reset(bool, bool)
{
    hook_flush_jit();
    release(scratchpad, sizeof(scratchpad));
}

int hook_jit_error()
{
    return executable_memory_error;
}
