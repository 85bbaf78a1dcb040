// Running compiled blocks: the loop between two hardware events, in place of the core's armInnerLoop for the JIT.
//
// The core asks after every block which processor is behind, and reads its tables and a debugger's settings
// afresh. Here the processor that is behind runs block after block until the other one is, or until something
// happens that the core's loop would see. Blocks jump to each other: see jit_links.h. The order of blocks, the time
// that each block sees (nds_timer) and the idle cycles counted stay those of the core.
//
// Every few words that the game sends to the geometry FIFO end the core's loop, which then looks at all hardware
// twice: to execute the words, and to see that none is left. Half of all looks in a race are these, and a fifth finds
// nothing due. Here the loop goes on while nothing else is due, and executes the words itself.

// For compiled code, between two blocks: what run_until() asks and sets there. The zero flag is set if the processor
// goes on. If not, RAX is the place where it does later: behind the jump of two bytes that follows the call.
#define CHECK_BETWEEN_BLOCKS(SCALE, ASLEEP)                                                                            \
    asm volatile("movslq %%r12d, %%rax\n\t"                                                                            \
                 "test %%eax, %%eax\n\t"                                                                               \
                 "jns 1f\n\t"                                                                                          \
                 "lea (%%r13, %%rax, %c[scale]), %%rax\n\t"                                                            \
                 "mov %%rax, nds_timer(%%rip)\n\t"                                                                     \
                 "mov %c[freeze](%%rbx), %%eax\n\t"                                                                    \
                 "and %[asleep], %%eax\n\t"                                                                            \
                 "or nds + %c[bus](%%rip), %%eax\n\t"                                                                  \
                 "or sequencer + %c[reschedule](%%rip), %%al\n\t"                                                      \
                 "or geometry_was_rescheduled(%%rip), %%al\n\t"                                                        \
                 "movzbl execute(%%rip), %%ecx\n\t"                                                                    \
                 "xor $1, %%ecx\n\t"                                                                                   \
                 "or %%ecx, %%eax\n\t"                                                                                 \
                 "jnz 1f\n\t"                                                                                          \
                 "ret\n"                                                                                               \
                 "1:\tmov (%%rsp), %%rax\n\t"                                                                          \
                 "add $2, %%rax\n\t"                                                                                   \
                 "ret"                                                                                                 \
                 :                                                                                                     \
                 : [scale] "i"(SCALE), [asleep] "i"(ASLEEP), [freeze] "i"(offsetof(armcpu_t, freeze)),                 \
                   [bus] "i"(offsetof(NDSSystem, freezeBus)), [reschedule] "i"(offsetof(Sequencer, reschedule)))

// For compiled code: goes to the block that the processor is at, if that is among those that ran lately. Instructions
// have four bytes, those of Thumb two: the address is a multiple of that.
#define FIND_BLOCK(PROCESSOR)                                                                                          \
    asm volatile("movzbl %c[status](%%rbx), %%eax\n\t"                                                                 \
                 "and $0x20, %%eax\n\t"                                                                                \
                 "shr $4, %%eax\n\t"                                                                                   \
                 "sub $4, %%eax\n\t"                                                                                   \
                 "and %c[address](%%rbx), %%eax\n\t"                                                                   \
                 "mov %%eax, %c[address](%%rbx)\n\t"                                                                   \
                 "mov %%eax, %%ecx\n\t"                                                                                \
                 "shr $2, %%ecx\n\t"                                                                                   \
                 "and %[places], %%ecx\n\t"                                                                            \
                 "lea _ZN6blocks6recentE + %c[table](%%rip), %%rdx\n\t"                                                \
                 "inc %%eax\n\t"                                                                                       \
                 "cmp (%%rdx, %%rcx, 8), %%eax\n\t"                                                                    \
                 "jne 1f\n\t"                                                                                          \
                 "movslq 4(%%rdx, %%rcx, 8), %%rax\n\t"                                                                \
                 "lea JIT(%%rip), %%rdx\n\t"                                                                           \
                 "add %%rdx, %%rax\n\t"                                                                                \
                 "jmp *%%rax\n"                                                                                        \
                 "1:\txor %%eax, %%eax\n\t"                                                                            \
                 "ret"                                                                                             \
                 :                                                                                                     \
                 : [status] "i"(offsetof(armcpu_t, CPSR)), [address] "i"(offsetof(armcpu_t, instruct_adr)),            \
                   [places] "i"(blocks::RECENT - 1), [table] "i"(sizeof(blocks::recent[0]) * PROCESSOR))

__attribute__((naked)) void blocks_check_arm9()
{
    CHECK_BETWEEN_BLOCKS(1, CPU_FREEZE_WAIT_IRQ);
}

__attribute__((naked)) void blocks_check_arm7()
{
    CHECK_BETWEEN_BLOCKS(2, CPU_FREEZE_WAIT_IRQ | CPU_FREEZE_OVERCLOCK_HACK);
}

__attribute__((naked)) void blocks::blocks_find_arm9()
{
    FIND_BLOCK(ARMCPU_ARM9);
}

__attribute__((naked)) void blocks::blocks_find_arm7()
{
    FIND_BLOCK(ARMCPU_ARM7);
}

namespace {

// What stops both loops between two blocks.
FORCEINLINE bool goes_on()
{
    return !sequencer.reschedule && !geometry_was_rescheduled && execute;
}

template <int PROCNUM> FORCEINLINE bool is_awake()
{
    const u32 asleep = PROCNUM == ARMCPU_ARM9 ? CPU_FREEZE_WAIT_IRQ : CPU_FREEZE_WAIT_IRQ | CPU_FREEZE_OVERCLOCK_HACK;
    return (ARMPROC.freeze & asleep) == 0 && nds.freezeBus == 0;
}

// How many of the console's cycles one of the processor takes.
template <int PROCNUM> constexpr s32 scale()
{
    return PROCNUM == ARMCPU_ARM9 ? 1 : 2;
}

// Runs at least one block, which is not among those that ran lately.
template <int PROCNUM> NOINLINE blocks::Place run_other_block(blocks::Course &course)
{
    const ArmOpCompiled block = blocks::find_any(ARMPROC.instruct_adr, PROCNUM);
    if (block != NULL && blocks::is_compiled(block)) {
        return blocks::run((blocks::Place)block, &ARMPROC, course);
    }
    course.count += block != NULL ? block() : hook_compile<PROCNUM>();
    return blocks::FIND[PROCNUM];
}

// Runs at least one block.
template <int PROCNUM> FORCEINLINE void run_blocks(blocks::Course &course)
{
    blocks::Left &left = blocks::left[PROCNUM];
    blocks::Place place = left.address == ARMPROC.instruct_adr ? left.place : blocks::FIND[PROCNUM];
    place = blocks::run(place, &ARMPROC, course);
    while (__builtin_expect(place == NULL, 0)) {
        place = run_other_block<PROCNUM>(course);
    }
    left = blocks::Left{place, ARMPROC.instruct_adr};
}

// The processor waits: where its time goes to.
template <int PROCNUM> FORCEINLINE s32 idle(s32 time, s32 end)
{
    const s32 woken = std::min(end, time + kIrqWait);
    nds.idleCycles[PROCNUM] += woken - time;
    return woken;
}

FORCEINLINE void let_geometry_free_the_bus()
{
    if (gxFIFO.size < 255) {
        nds.freezeBus &= ~1;
    }
}

// Runs a processor block after block until it is at `limit`: at least one block.
template <int PROCNUM> FORCEINLINE s32 run_until(u64 base, s32 limit, s32 time)
{
    const s32 left = (limit - time + scale<PROCNUM>() - 1) / scale<PROCNUM>();
    const s32 last = time + left * scale<PROCNUM>();
    blocks::Course course = {-left, base + last};
    do {
        run_blocks<PROCNUM>(course);
        time = last + (s32)course.count * scale<PROCNUM>();
        nds_timer = base + std::min(time, limit);
    } while (time < limit && goes_on() && is_awake<PROCNUM>());
    return time;
}

// The ARM7 sleeps up to the next hardware event.
s32 run_arm9_alone(u64 base, s32 end, s32 arm9)
{
    while (arm9 < end && goes_on()) {
        if (is_awake<ARMCPU_ARM9>()) {
            arm9 = run_until<ARMCPU_ARM9>(base, end, arm9);
        } else {
            arm9 = idle<ARMCPU_ARM9>(arm9, end);
            let_geometry_free_the_bus();
        }
        nds_timer = base + arm9;
    }
    return arm9;
}

std::pair<s32, s32> run_both(const u64 base, const s32 end, s32 arm9, s32 arm7)
{
    s32 time = std::min(arm9, arm7);
    while (time < end && goes_on()) {
        if (arm9 == time) {
            if (!is_awake<ARMCPU_ARM9>()) {
                arm9 = idle<ARMCPU_ARM9>(arm9, end);
                let_geometry_free_the_bus();
            } else {
                arm9 = run_until<ARMCPU_ARM9>(base, std::min(arm7, end), arm9);
            }
        }
        if (arm7 == time) {
            if (!is_awake<ARMCPU_ARM7>()) {
                arm7 = idle<ARMCPU_ARM7>(arm7, end);
                if (arm7 == end) {
                    nds_timer = base + arm9;
                    return std::make_pair(run_arm9_alone(base, end, arm9), arm7);
                }
            } else {
                arm7 = run_until<ARMCPU_ARM7>(base, std::min(arm9, end), arm7);
            }
        }
        time = std::min(arm9, arm7);
        nds_timer = base + time;
    }
    return std::make_pair(arm9, arm7);
}

// When the next of all other hardware is due. Whatever changes that makes the sequencer reschedule.
u64 next_but_geometry()
{
    const bool enabled = sequencer.gxfifo.enabled;
    sequencer.gxfifo.enabled = false;
    const u64 next = sequencer.findNext();
    sequencer.gxfifo.enabled = enabled;
    return next;
}

// A processor that sleeps has not slept beyond now.
template <int PROCNUM> s32 roll_back(u64 base, s32 time)
{
    const s32 now = (s32)(nds_timer - base);
    if ((ARMPROC.freeze & CPU_FREEZE_WAIT_IRQ) == 0) {
        return time;
    }
    nds.idleCycles[PROCNUM] -= time - now;
    return now;
}

} // namespace

template <>
std::pair<s32, s32> armInnerLoop<true, true, true>(const u64 begin, s32 end, s32 arm9, s32 arm7)
{
    u64 base = begin;
    u64 others = 0;
    for (;;) {
        geometry_was_rescheduled = false;
        std::tie(arm9, arm7) = run_both(base, end, arm9, arm7);
        if (sequencer.reschedule || (geometry_was_rescheduled && others == 0)) {
            others = next_but_geometry();
        }
        if (!execute || nds_timer >= others) {
            break;
        }
        // What the core does around its loop.
        sequencer.reschedule = false;
        arm9 = roll_back<ARMCPU_ARM9>(base, arm9);
        arm7 = roll_back<ARMCPU_ARM7>(base, arm7);
        ++nds.cpuloopIterationCount;
        keep_to_budget();
        if (sequencer.gxfifo.isTriggered()) {
            sequencer.gxfifo.exec();
        }
        if (!execute || sequencer.reschedule) {
            break;
        }
        execHardware_interrupts();
        sequencer.reschedule = false;
        const u64 next = std::min(std::min(others, sequencer.gxfifo.next()), nds_timer + kMaxWork);
        const s32 passed = (s32)(nds_timer - base);
        base = nds_timer;
        end = (s32)(next - base);
        arm9 -= passed;
        arm7 -= passed;
    }
    const s32 passed = (s32)(base - begin);
    return std::make_pair(arm9 + passed, arm7 + passed);
}
