// The JIT: its tables are given back to the system instead of being cleared word by word (64 MiB,
// of which a game touches little), it is quiet, a jump to where no code can be halts the console
// instead of crashing the process, and a system that forbids executable memory is reported instead
// of aborting the process while the image is being opened.

#include <algorithm>
#include <cerrno>
#include <iterator>

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
// and stays in a register.
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

    void ret(const AsmJit::GpVar &cycles)
    {
        const AsmJit::GpVar result = newGpVar();
        mov(result, cycles);
        AsmJit::X86Compiler::ret(result);
    }

  private:
    static const u32 ARGUMENTS = 2;
    static const u8 PLACES[ARGUMENTS];

    bool is_argument(const AsmJit::GpVar &variable) const
    {
        return std::any_of(std::begin(arguments), std::end(arguments), [&variable](const AsmJit::GpVar &argument) {
            return argument.getId() == variable.getId();
        });
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

u64 blocks::present[];
blocks::Recent blocks::recent[2][RECENT];

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
    const u32 index = index_of(entry);
    if (*entry != 0) {
        forget_recent(index);
    }
    *entry = code;
    if (code != 0) {
        const u32 bit = index / HALFWORDS_PER_BIT;
        present[bit / 64] |= (u64)1 << (bit % 64);
    }
}

ArmOpCompiled blocks::find_any(u32 address, int processor)
{
    const uintptr_t code = JIT.JIT_MEM[processor][(address & 0x0FFFC000) >> 14][(address & 0x3FFE) >> 1];
    if (code != 0) {
        recent_at(address, processor) = Recent{address + 1, (s32)(code - (uintptr_t)&JIT)};
    }
    return (ArmOpCompiled)code;
}

void blocks::forget()
{
    memset(present, 0, sizeof(present));
    memset(recent, 0, sizeof(recent));
}

template <int PROCNUM> u32 hook_compile()
{
    const u8 *const end_of_code = scratchptr;
    const u32 cycles = arm_jit_compile<PROCNUM>();
    if (scratchptr < end_of_code) {
        // The buffer was full, and the core has cleared its table.
        blocks::forget();
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
