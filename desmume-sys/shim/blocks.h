// Where the compiled blocks are, in place of the core's arm_jit.h: included before every file of the core.
//
// The core keeps a pointer for every halfword that code can lie at, and writes zeros to it whenever that
// halfword is written. The table is four times as large as the memory it stands for, so that each store
// takes another cache line or two, and looking for a block mostly misses the cache and the TLB.
//
// Here the table is the same and holds the same, so that code which is written over is compiled again exactly
// when the core does it. But a store looks at a bit first, which tells whether any block begins near it; and
// blocks that ran lately are found in a small table.
#pragma once

#if defined(HAVE_JIT) && defined(__cplusplus)

#define ARM_JIT
#define MAPPED_JIT_FUNCS

#include <stddef.h>
#include <stdint.h>

#include "types.h"

typedef u32(FASTCALL *ArmOpCompiled)();

void arm_jit_reset(bool enable, bool suppress_msg = false);
void arm_jit_close();
void arm_jit_sync();
template <int PROCNUM> u32 arm_jit_compile();

extern u32 saveBlockSizeJIT;

// One pointer for each halfword of the memory that processors run code from.
struct JIT_struct
{
    uintptr_t MAIN_MEM[0x1000000 / 2];
    uintptr_t SWIRAM[0x8000 / 2];
    uintptr_t ARM9_ITCM[0x8000 / 2];
    uintptr_t ARM9_LCDC[0xA4000 / 2];
    uintptr_t ARM9_BIOS[0x8000 / 2];
    uintptr_t ARM7_BIOS[0x4000 / 2];
    uintptr_t ARM7_ERAM[0x10000 / 2];
    uintptr_t ARM7_WIRAM[0x10000 / 2];
    uintptr_t ARM7_WRAM[0x40000 / 2];
    // The page that stands for all memory where no code can be.
    uintptr_t NO_MEMORY[0x4000 / 2];

    static uintptr_t *JIT_MEM[2][0x4000];
};
extern CACHE_ALIGN JIT_struct JIT;

namespace blocks {

// A bit for as many halfwords: set once a block begins at one of them.
const u32 HALFWORDS_PER_BIT = 32;
const u32 BITS = sizeof(JIT_struct) / sizeof(uintptr_t) / HALFWORDS_PER_BIT;
extern u64 present[BITS / 64 + 1];

// A block that ran lately: its address plus one, and how far its code is from the table.
struct Recent
{
    u32 key;
    s32 distance;

    FORCEINLINE ArmOpCompiled code() const { return (ArmOpCompiled)((uintptr_t)&JIT + distance); }
};
const u32 RECENT = 1 << 15;
extern Recent recent[2][RECENT];

FORCEINLINE u32 index_of(const uintptr_t *entry)
{
    return (u32)(entry - (const uintptr_t *)&JIT);
}

// Where the table has the code at an address.
FORCEINLINE uintptr_t *entry_of(u32 address, int processor)
{
    return &JIT_struct::JIT_MEM[processor][(address & 0x0FFFC000) >> 14][(address & 0x3FFE) >> 1];
}

FORCEINLINE Recent &recent_at(u32 address, int processor)
{
    return recent[processor][(address >> 2) % RECENT];
}

FORCEINLINE bool may_begin_near(u32 index)
{
    const u32 bit = index / HALFWORDS_PER_BIT;
    return (present[bit / 64] >> (bit % 64) & 1) != 0;
}

// Enters or, with 0, removes the code at an entry of the table.
void set(uintptr_t *entry, uintptr_t code);

// Looks in the whole table; NULL if nothing was compiled.
ArmOpCompiled find_any(u32 address, int processor);

// Whether it is a compiled block, and not a function of the core that interprets one instruction.
bool is_compiled(ArmOpCompiled code);

// Forgets all but the table.
void forget();

// How far a processor is to run: the cycles that are left, as a negative number, and what nds_timer is once none is
// left.
struct Course
{
    s64 count;
    u64 end;
};

// Where a processor left compiled code, and enters it again if it is still at the same address.
typedef void (*Place)();
struct Left
{
    Place place;
    u32 address;
};
extern Left left[2];

// Where it enters compiled code at any other address: see jit_loop.h.
extern "C" void blocks_find_arm9();
extern "C" void blocks_find_arm7();
const Place FIND[] = {blocks_find_arm9, blocks_find_arm7};

// Runs block after block until the processor has to stop, or is at an address where no block ran lately: NULL then,
// else the place to go on from. Blocks get their processor in RBX, count its cycles in R12 and leave R13 alone: see
// BlockCompiler. What calls this calls functions, too, so that the compiler keeps the stack aligned for the blocks and
// nothing below it.
FORCEINLINE Place run(Place from, void *processor, Course &course)
{
    register s64 count asm("r12") = course.count;
    register u64 end asm("r13") = course.end;
    asm volatile("call *%%rax"
                 : "+a"(from), "+b"(processor), "+r"(count), "+r"(end)
                 :
                 : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                   "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                   "memory", "cc");
    course.count = (s32)count;
    return from;
}

// What the core takes for an entry of its table.
class Entry
{
  public:
    FORCEINLINE explicit Entry(uintptr_t &place) : place(&place) {}

    FORCEINLINE void operator=(uintptr_t code) const
    {
        if (code != 0 || may_begin_near(index_of(place))) {
            set(place, code);
        }
    }

    FORCEINLINE operator ArmOpCompiled() const { return (ArmOpCompiled)*place; }
    FORCEINLINE uintptr_t *operator&() const { return place; }

  private:
    uintptr_t *const place;
};

} // namespace blocks

#define JIT_COMPILED_FUNC(adr, PROCNUM) \
    blocks::Entry(JIT.JIT_MEM[PROCNUM][((adr)&0x0FFFC000) >> 14][((adr)&0x3FFE) >> 1])
#define JIT_COMPILED_FUNC_PREMASKED(adr, PROCNUM, ofs) \
    blocks::Entry(JIT.JIT_MEM[PROCNUM][(adr) >> 14][(((adr)&0x3FFE) >> 1) + (ofs)])
#define JIT_COMPILED_FUNC_KNOWNBANK(adr, bank, mask, ofs) blocks::Entry(JIT.bank[(((adr) & (mask)) >> 1) + (ofs)])
#define JIT_MAPPED(adr, PROCNUM) (JIT.JIT_MEM[PROCNUM][(adr) >> 14] != JIT.NO_MEMORY)

#endif
