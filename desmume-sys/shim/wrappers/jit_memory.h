// Loads and stores of compiled code, in place of the core's: main RAM and the data TCM at once, the rest by the
// core's functions. The core asks a debugger's lists of addresses at every access.
//
// What is accessed, and what it costs, stays the same: each access is timed by the core's own functions, caches
// included, and in the same order.

namespace quick {

template <int PROCNUM> FORCEINLINE bool is_data_tcm(u32 address)
{
    return PROCNUM == ARMCPU_ARM9 && (address & ~0x3FFFU) == MMU.DTCMRegion;
}

FORCEINLINE bool is_main_ram(u32 address)
{
    return (address & 0x0F000000) == 0x02000000;
}

// The ARM7's own RAM, where it alone keeps its stack and data.
template <int PROCNUM> FORCEINLINE bool is_arm7_ram(u32 address)
{
    return PROCNUM == ARMCPU_ARM7 && (address & 0xFF800000) == 0x03800000;
}

FORCEINLINE u8 *main_ram(u32 address)
{
    return MMU.MAIN_MEM + (address & _MMU_MAIN_MEM_MASK);
}

FORCEINLINE u8 *data_tcm(u32 address)
{
    return MMU.ARM9_DTCM + (address & 0x3FFF);
}

FORCEINLINE u8 *arm7_ram(u32 address)
{
    return MMU.ARM7_ERAM + (address & 0xFFFF);
}

template <int PROCNUM> FORCEINLINE void read_other(u32 address, u8 &value)
{
    value = PROCNUM == ARMCPU_ARM9 ? _MMU_ARM9_read08(address) : _MMU_ARM7_read08(address);
}

template <int PROCNUM> FORCEINLINE void read_other(u32 address, u16 &value)
{
    value = PROCNUM == ARMCPU_ARM9 ? _MMU_ARM9_read16(address) : _MMU_ARM7_read16(address);
}

template <int PROCNUM> FORCEINLINE void read_other(u32 address, u32 &value)
{
    value = PROCNUM == ARMCPU_ARM9 ? _MMU_ARM9_read32(address) : _MMU_ARM7_read32(address);
}

template <int PROCNUM> FORCEINLINE void write_other(u32 address, u8 value)
{
    PROCNUM == ARMCPU_ARM9 ? _MMU_ARM9_write08(address, value) : _MMU_ARM7_write08(address, value);
}

template <int PROCNUM> FORCEINLINE void write_other(u32 address, u16 value)
{
    PROCNUM == ARMCPU_ARM9 ? _MMU_ARM9_write16(address, value) : _MMU_ARM7_write16(address, value);
}

template <int PROCNUM> FORCEINLINE void write_other(u32 address, u32 value)
{
    PROCNUM == ARMCPU_ARM9 ? _MMU_ARM9_write32(address, value) : _MMU_ARM7_write32(address, value);
}

// `address` is a multiple of the value's size.
template <int PROCNUM, typename Value> FORCEINLINE Value read(u32 address)
{
    if (is_data_tcm<PROCNUM>(address)) {
        return *(const Value *)data_tcm(address);
    }
    if (is_main_ram(address)) {
        return *(const Value *)main_ram(address);
    }
    if (is_arm7_ram<PROCNUM>(address)) {
        return *(const Value *)arm7_ram(address);
    }
    Value value;
    read_other<PROCNUM>(address, value);
    return value;
}

// The blocks that begin at a word, or at what of it is written, are compiled again.
template <typename Value> FORCEINLINE void forget_blocks(uintptr_t *bank, u32 offset)
{
    uintptr_t *const entry = bank + offset / 2;
    if (blocks::may_begin_near(blocks::index_of(entry))) {
        blocks::set(entry, 0);
        if (sizeof(Value) == 4) {
            blocks::set(entry + 1, 0);
        }
    }
}

template <int PROCNUM, typename Value> FORCEINLINE void write(u32 address, Value value)
{
    if (is_data_tcm<PROCNUM>(address)) {
        *(Value *)data_tcm(address) = value;
    } else if (is_main_ram(address)) {
        forget_blocks<Value>(JIT.MAIN_MEM, address & _MMU_MAIN_MEM_MASK);
        *(Value *)main_ram(address) = value;
    } else if (is_arm7_ram<PROCNUM>(address)) {
        forget_blocks<Value>(JIT.ARM7_ERAM, address & 0xFFFF);
        *(Value *)arm7_ram(address) = value;
    } else {
        write_other<PROCNUM>(address, value);
    }
}

} // namespace quick

#undef READ32
#undef WRITE32
#undef READ16
#undef WRITE16
#undef READ8
#undef WRITE8
#define READ32(interface, address) quick::read<PROCNUM, u32>((address) & ~3U)
#define READ16(interface, address) quick::read<PROCNUM, u16>((address) & ~1U)
#define READ8(interface, address) quick::read<PROCNUM, u8>(address)
#define WRITE32(interface, address, value) quick::write<PROCNUM, u32>((address) & ~3U, value)
#define WRITE16(interface, address, value) quick::write<PROCNUM, u16>((address) & ~1U, value)
#define WRITE8(interface, address, value) quick::write<PROCNUM, u8>(address, value)

// Stores of several registers, in place of the core's, which write the table of blocks directly.
template <int PROCNUM, int direction> static u32 FASTCALL store_registers(u32 address, u64 registers, int count)
{
    u32 cycles = 0;
    address &= ~3U;
    do {
        quick::write<PROCNUM, u32>(address, ARMPROC.R[registers & 0xF]);
        cycles += MMU_memAccessCycles<PROCNUM, 32, MMU_AD_WRITE>(address);
        address += 4 * direction;
        registers >>= 4;
    } while (--count > 0);
    return cycles;
}

template <int PROCNUM, bool store, int direction> static u32 FASTCALL OP_LDM_STM(u32 address, u64 registers, int count);

template <> u32 FASTCALL OP_LDM_STM<ARMCPU_ARM9, true, 1>(u32 address, u64 registers, int count)
{
    return store_registers<ARMCPU_ARM9, 1>(address, registers, count);
}

template <> u32 FASTCALL OP_LDM_STM<ARMCPU_ARM9, true, -1>(u32 address, u64 registers, int count)
{
    return store_registers<ARMCPU_ARM9, -1>(address, registers, count);
}

template <> u32 FASTCALL OP_LDM_STM<ARMCPU_ARM7, true, 1>(u32 address, u64 registers, int count)
{
    return store_registers<ARMCPU_ARM7, 1>(address, registers, count);
}

template <> u32 FASTCALL OP_LDM_STM<ARMCPU_ARM7, true, -1>(u32 address, u64 registers, int count)
{
    return store_registers<ARMCPU_ARM7, -1>(address, registers, count);
}
