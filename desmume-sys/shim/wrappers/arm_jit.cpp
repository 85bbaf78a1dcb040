// The JIT: its tables are given back to the system instead of being cleared word by word (64 MiB,
// of which a game touches little), it is quiet, a jump to where no code can be halts the console
// instead of crashing the process, and a system that forbids executable memory is reported instead
// of aborting the process while the image is being opened.

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <vector>

#include <sys/mman.h>

#include "emufile.h"
#include "MMU.h"
#include "MMU_timing.h"
#include "armcpu.h"
#include "hooks.h"
#include "instructions.h"
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

void clear_tables_and_reset(bool enable, bool suppress_msg = false);

#include "jit_memory.h"

// Compiles blocks as blocks::run() calls them: with the processor and the count of cycles in registers that they need
// not save. What is returned gets the register for that, which each call overwrites: so the count is another variable,
// and stays in a register. links::finish() replaces the end, and is told here where the block goes.
class BlockCompiler : public AsmJit::X86Compiler
{
  public:
    using AsmJit::X86Compiler::X86Compiler;
    using AsmJit::X86Compiler::mov;

    AsmJit::X86CompilerFuncDecl *newFunc(u32 convention, const AsmJit::FuncPrototype &prototype)
    {
        AsmJit::X86CompilerFuncDecl *const block = AsmJit::X86Compiler::newFunc(convention, prototype);
        AsmJit::X86FuncDecl &registers = *block->getDecl();
        registers._argumentsCount = ARGUMENTS;
        for (u32 argument = 0; argument < ARGUMENTS; ++argument) {
            const u8 place = PLACES[argument];
            registers._arguments[argument]._varType = AsmJit::kX86VarTypeGpq;
            registers._arguments[argument]._regIndex = place;
            registers._gpArgumentsMask |= 1 << place;
            registers._gpPreservedMask &= ~(1 << place);
        }
        block->_createVariables();
        declared = 0;
        targets.clear();
        has_other_targets = false;
        return block;
    }

    // What the core declares first are the variables for what blocks::run() gives, and it sets them.
    AsmJit::GpVar newGpVar(u32 type = AsmJit::kX86VarTypeGpz)
    {
        if (declared == ARGUMENTS) {
            return AsmJit::X86Compiler::newGpVar(type);
        }
        arguments[declared] = getGpArg(declared);
        return arguments[declared++];
    }

    void mov(const AsmJit::GpVar &to, const AsmJit::Imm &value)
    {
        if (!is_argument(to)) {
            AsmJit::X86Compiler::mov(to, value);
        }
    }

    void mov(const AsmJit::Mem &to, const AsmJit::Imm &value)
    {
        if (is_next_address(to)) {
            targets.push_back((u32)value.getValue());
        }
        AsmJit::X86Compiler::mov(to, value);
    }

    void mov(const AsmJit::Mem &to, const AsmJit::GpVar &value)
    {
        has_other_targets |= is_next_address(to);
        AsmJit::X86Compiler::mov(to, value);
    }

    void ret(const AsmJit::GpVar &cycles)
    {
        const AsmJit::GpVar result = newGpVar();
        mov(result, cycles);
        AsmJit::X86Compiler::ret(result);
    }

    // The addresses that the block goes to, as far as its code names them (the last one is that of a branch that is
    // taken), and whether it may go to others.
    std::vector<u32> targets;
    bool has_other_targets;

  private:
    static const u32 ARGUMENTS = 2;
    static const u8 PLACES[ARGUMENTS];

    bool is_argument(const AsmJit::GpVar &variable) const
    {
        return std::any_of(std::begin(arguments), std::end(arguments), [&variable](const AsmJit::GpVar &argument) {
            return argument.getId() == variable.getId();
        });
    }

    bool is_next_address(const AsmJit::Mem &place) const
    {
        return place.getBase() == arguments[0].getId() && place.getDisplacement() == offsetof(armcpu_t, instruct_adr);
    }

    AsmJit::GpVar arguments[ARGUMENTS];
    u32 declared = 0;
};

const u8 BlockCompiler::PLACES[] = {AsmJit::kX86RegIndexRbx, AsmJit::kX86RegIndexR12};

#define X86Compiler BlockCompiler
#define mprotect make_executable
#define fprintf(...) (0)
#define arm_jit_reset clear_tables_and_reset
#include <arm_jit.cpp>
#undef arm_jit_reset

#include "jit_links.h"

u64 blocks::present[];
blocks::Recent blocks::recent[2][RECENT];
blocks::Left blocks::left[] = {{FIND[ARMCPU_ARM9], 0}, {FIND[ARMCPU_ARM7], 0}};

// An entry's place in its page is that of the address, whatever page it is.
static void forget_recent(u32 index)
{
    const u32 PAGE = 0x4000 / 4;
    for (auto &blocks : blocks::recent) {
        for (u32 place = index / 2 % PAGE; place < blocks::RECENT; place += PAGE) {
            blocks[place].key = 0;
        }
    }
}

void blocks::set(uintptr_t *entry, uintptr_t code)
{
    if (*entry == code) {
        return;
    }
    const u32 index = index_of(entry);
    if (*entry != 0) {
        forget_recent(index);
    }
    *entry = code;
    links::set(index, (u8 *)code);
    if (code != 0) {
        const u32 bit = index / HALFWORDS_PER_BIT;
        present[bit / 64] |= (u64)1 << (bit % 64);
    }
}

ArmOpCompiled blocks::find_any(u32 address, int processor)
{
    const ArmOpCompiled code = (ArmOpCompiled)*entry_of(address, processor);
    if (is_compiled(code)) {
        recent_at(address, processor) = Recent{address + 1, (s32)((uintptr_t)code - (uintptr_t)&JIT)};
    }
    return code;
}

bool blocks::is_compiled(ArmOpCompiled code)
{
    return links::is_compiled((const u8 *)code);
}

void blocks::forget()
{
    memset(present, 0, sizeof(present));
    memset(recent, 0, sizeof(recent));
    links::forget();
    left[ARMCPU_ARM9] = Left{FIND[ARMCPU_ARM9], 0};
    left[ARMCPU_ARM7] = Left{FIND[ARMCPU_ARM7], 0};
}

template <int PROCNUM> u32 hook_compile()
{
    // More than a block and its end take. The core forgets all blocks, too, when its buffer is full.
    const ptrdiff_t ENOUGH = 0x10000;
    if (scratchpad + sizeof(scratchpad) - scratchptr < ENOUGH) {
        hook_flush_jit();
    }
    u8 *const begin = scratchptr;
    const u32 cycles = arm_jit_compile<PROCNUM>();
    if (scratchptr != begin) {
        links::finish(PROCNUM, begin, ARMPROC.instruct_adr);
    }
    return cycles;
}

template u32 hook_compile<ARMCPU_ARM9>();
template u32 hook_compile<ARMCPU_ARM7>();

static void map_pages()
{
    static bool mapped = false;
    if (mapped) {
        return;
    }
    mapped = true;
    init_jit_mem();
    for (auto &pages : JIT.JIT_MEM) {
        std::replace(std::begin(pages), std::end(pages), (uintptr_t *)NULL, &JIT.NO_MEMORY[0]);
    }
}

void hook_flush_jit()
{
    map_pages();
    release(&JIT, sizeof(JIT));
    release(recompile_counts, sizeof(recompile_counts));
    blocks::forget();
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
