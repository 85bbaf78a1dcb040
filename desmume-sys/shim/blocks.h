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

// Forgets all but the table.
void forget();

// Runs a block; the cycles that it took. See BlockCompiler: it gets its processor in RBX and counts its cycles in R12.
// The core's functions that stand for blocks save both. What calls this calls functions, too, so that the compiler keeps
// the stack aligned for the block and nothing below it.
FORCEINLINE u32 run(ArmOpCompiled block, void *processor)
{
    uintptr_t result = (uintptr_t)block;
    asm volatile("xorl %%r12d, %%r12d\n\tcall *%%rax"
                 : "+a"(result), "+b"(processor)
                 :
                 : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                   "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                   "memory", "cc");
    return (u32)result;
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
