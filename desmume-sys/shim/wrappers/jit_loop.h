// Running compiled blocks: the loop between two hardware events, in place of the core's armInnerLoop for the JIT.
//
// The core asks after every block which processor is behind, and reads its tables and a debugger's settings
// afresh. Here the processor that is behind runs block after block until the other one is, or until something
// happens that the core's loop would see. The order of blocks, the time that each block sees (nds_timer) and
// the idle cycles counted stay those of the core.
//
// Every few words that the game sends to the geometry FIFO end the core's loop, which then looks at all hardware
// twice: to execute the words, and to see that none is left. Half of all looks in a race are these, and a fifth finds
// nothing due. Here the loop goes on while nothing else is due, and executes the words itself.

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

// Runs the block at an address where none ran lately; the processor's cycles that it took.
template <int PROCNUM> NOINLINE u32 run_other_block(u32 address)
{
    const ArmOpCompiled block = blocks::find_any(address, PROCNUM);
    return block != NULL ? blocks::run(block, &ARMPROC) : hook_compile<PROCNUM>();
}

// Runs one block; the console's cycles that it took.
template <int PROCNUM> FORCEINLINE s32 run_block()
{
    // Instructions have four bytes, those of Thumb two.
    const u32 address = ARMPROC.instruct_adr & (2U * ARMPROC.CPSR.bits.T - 4);
    ARMPROC.instruct_adr = address;
    const blocks::Recent &block = blocks::recent_at(address, PROCNUM);
    const u32 cycles = __builtin_expect(block.key == address + 1, 1) ? blocks::run(block.code(), &ARMPROC)
                                                                     : run_other_block<PROCNUM>(address);
    return (s32)(PROCNUM == ARMCPU_ARM9 ? cycles : cycles << 1);
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

// Runs a processor that is alone behind `limit`, block after block.
template <int PROCNUM> FORCEINLINE s32 run_until(u64 base, s32 limit, s32 time)
{
    do {
        time += run_block<PROCNUM>();
        nds_timer = base + std::min(time, limit);
    } while (time < limit && goes_on() && is_awake<PROCNUM>());
    return time;
}

// The ARM7 sleeps up to the next hardware event.
s32 run_arm9_alone(u64 base, s32 end, s32 arm9)
{
    while (arm9 < end && goes_on()) {
        if (is_awake<ARMCPU_ARM9>()) {
            arm9 += run_block<ARMCPU_ARM9>();
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
        const bool both = arm9 == arm7;
        if (arm9 == time) {
            if (!is_awake<ARMCPU_ARM9>()) {
                arm9 = idle<ARMCPU_ARM9>(arm9, end);
                let_geometry_free_the_bus();
            } else if (both) {
                arm9 += run_block<ARMCPU_ARM9>();
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
            } else if (both) {
                arm7 += run_block<ARMCPU_ARM7>();
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
