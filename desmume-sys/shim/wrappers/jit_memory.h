// Loads and stores of compiled code, in place of the core's: main RAM and the data TCM at once, the rest by the
// core's functions. The core asks a debugger's lists of addresses at every access.
//
// What is accessed, and what it costs, stays the same: each access is timed by the core's own functions, caches
// included, and in the same order.

#include <emmintrin.h>

// The core looks for a line in one way of the data cache after the other.
template <>
template <MMU_ACCESS_DIRECTION direction>
FORCEINLINE bool CacheController<12, 2, 5>::CachedInternal(u32 address, u32 block_masked)
{
    CacheBlock &block = m_blocks[block_masked / BLOCKSIZE];
    const u32 tag = address & TAGMASK;
    const __m128i tags = _mm_loadu_si128((const __m128i *)block.tag);
    if (_mm_movemask_epi8(_mm_cmpeq_epi32(tags, _mm_set1_epi32((int)tag))) != 0) {
        m_cacheCache = block_masked;
        return true;
    }
    if (direction == MMU_AD_READ) {
        block.tag[block.nextWay] = tag;
        block.nextWay = (block.nextWay + 1) % ASSOCIATIVITY;
        m_cacheCache = block_masked;
    }
    return false;
}

// Notes an access whose time is known. The core times accesses of 8, 16 and 32 bits.
template <>
template <>
FORCEINLINE u32 FetchAccessUnit<ARMCPU_ARM9, MMU_AT_DATA>::Fetch<0, MMU_AD_READ, true>(u32 address)
{
    m_lastAddress = address;
    return 1;
}

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

// The RAM that both share, where it alone keeps its program as long as it has all of it.
template <int PROCNUM> FORCEINLINE bool is_shared_ram(u32 address)
{
    const u8 ALL_TO_ARM7 = 3;
    return PROCNUM == ARMCPU_ARM7 && (address & 0xFF800000) == 0x03000000 && MMU.WRAMCNT == ALL_TO_ARM7;
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

FORCEINLINE u8 *shared_ram(u32 address)
{
    return MMU.SWIRAM + (address & 0x7FFF);
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
    if (is_shared_ram<PROCNUM>(address)) {
        return *(const Value *)shared_ram(address);
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
    } else if (is_shared_ram<PROCNUM>(address)) {
        forget_blocks<Value>(JIT.SWIRAM, address & 0x7FFF);
        *(Value *)shared_ram(address) = value;
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

namespace quick {

typedef u32(FASTCALL *Load)(u32 address, u32 *to);
typedef u32(FASTCALL *Store)(u32 address, u32 value);

// The time of the ALU, in which an access to what is cached is done, too.
const u32 CYCLES_OF_LOAD = 3;
const u32 CYCLES_OF_STORE = 2;

// Whether an access of the ARM9 is to what is cached. A write changes nothing of the cache.
FORCEINLINE bool is_cached(u32 address)
{
    return USE_TIMING() && MMU_timing.arm9dataCache.Cached<MMU_AD_WRITE>(address);
}

FORCEINLINE void note_access(u32 aligned)
{
    MMU_timing.arm9dataFetch.Fetch<0, MMU_AD_READ, true>(aligned);
}

// Loads from RAM of any time and alignment; all else by the core's function.
template <int PROCNUM, typename Value, Load other> FORCEINLINE u32 load_any(u32 address, u32 *to)
{
    const u32 aligned = address & ~(u32)(sizeof(Value) - 1);
    const u8 *place;
    if (is_data_tcm<PROCNUM>(address)) {
        place = data_tcm(aligned);
    } else if (is_main_ram(address)) {
        place = main_ram(aligned);
    } else if (is_arm7_ram<PROCNUM>(address)) {
        place = arm7_ram(aligned);
    } else if (is_shared_ram<PROCNUM>(address)) {
        place = shared_ram(aligned);
    } else {
        return other(address, to);
    }
    const u32 cycles = MMU_aluMemAccessCycles<PROCNUM, 8 * sizeof(Value), MMU_AD_READ>(CYCLES_OF_LOAD, address);
    const u32 value = *(const Value *)place;
    const u32 rotation = sizeof(Value) == 4 ? 8 * (address & 3) : 0;
    *to = value >> rotation | value << (-rotation & 31);
    return cycles;
}

template <typename Value, Load other> NOINLINE u32 load_slowly(u32 address, u32 *to)
{
    return load_any<ARMCPU_ARM9, Value, other>(address, to);
}

// Most loads of the ARM9 are of what costs no time beyond the ALU's. Other functions are called last: then this one has
// no registers to save.
template <int PROCNUM, typename Value, Load other> FORCEINLINE u32 load(u32 address, u32 *to)
{
    if (PROCNUM != ARMCPU_ARM9) {
        return load_any<PROCNUM, Value, other>(address, to);
    }
    const u32 aligned = address & ~(u32)(sizeof(Value) - 1);
    const u8 *place;
    if (is_main_ram(address) && !is_data_tcm<PROCNUM>(address)) {
        if (!is_cached(aligned)) {
            return load_slowly<Value, other>(address, to);
        }
        place = main_ram(aligned);
    } else if (is_data_tcm<PROCNUM>(address)) {
        if (!USE_TIMING()) {
            return load_slowly<Value, other>(address, to);
        }
        place = data_tcm(aligned);
    } else {
        return other(address, to);
    }
    note_access(aligned);
    const u32 value = *(const Value *)place;
    const u32 rotation = sizeof(Value) == 4 ? 8 * (address & 3) : 0;
    *to = value >> rotation | value << (-rotation & 31);
    return CYCLES_OF_LOAD;
}

template <int PROCNUM, typename Value, Store other> FORCEINLINE u32 store_any(u32 address, u32 value)
{
    const u32 aligned = address & ~(u32)(sizeof(Value) - 1);
    u8 *place;
    if (is_data_tcm<PROCNUM>(address)) {
        place = data_tcm(aligned);
    } else {
        const uintptr_t *entry;
        if (is_main_ram(address)) {
            place = main_ram(aligned);
            entry = JIT.MAIN_MEM + (aligned & _MMU_MAIN_MEM_MASK) / 2;
        } else if (is_arm7_ram<PROCNUM>(address)) {
            place = arm7_ram(aligned);
            entry = JIT.ARM7_ERAM + (aligned & 0xFFFF) / 2;
        } else if (is_shared_ram<PROCNUM>(address)) {
            place = shared_ram(aligned);
            entry = JIT.SWIRAM + (aligned & 0x7FFF) / 2;
        } else {
            return other(address, value);
        }
        if (blocks::may_begin_near(blocks::index_of(entry))) {
            return other(address, value);
        }
    }
    const u32 cycles = MMU_aluMemAccessCycles<PROCNUM, 8 * sizeof(Value), MMU_AD_WRITE>(CYCLES_OF_STORE, address);
    *(Value *)place = (Value)value;
    return cycles;
}

template <typename Value, Store other> NOINLINE u32 store_slowly(u32 address, u32 value)
{
    return store_any<ARMCPU_ARM9, Value, other>(address, value);
}

// As load().
template <int PROCNUM, typename Value, Store other> FORCEINLINE u32 store(u32 address, u32 value)
{
    if (PROCNUM != ARMCPU_ARM9) {
        return store_any<PROCNUM, Value, other>(address, value);
    }
    const u32 aligned = address & ~(u32)(sizeof(Value) - 1);
    u8 *place;
    if (is_data_tcm<PROCNUM>(address)) {
        if (!USE_TIMING()) {
            return store_slowly<Value, other>(address, value);
        }
        place = data_tcm(aligned);
    } else if (is_main_ram(address)) {
        const u32 offset = aligned & _MMU_MAIN_MEM_MASK;
        if (blocks::may_begin_near(blocks::index_of(JIT.MAIN_MEM + offset / 2)) || !is_cached(aligned)) {
            return store_slowly<Value, other>(address, value);
        }
        place = MMU.MAIN_MEM + offset;
    } else {
        return other(address, value);
    }
    note_access(aligned);
    *(Value *)place = (Value)value;
    return CYCLES_OF_STORE;
}

} // namespace quick

// The core's functions for one register: where it defines them they get other names, and its tables take these.
#define QUICK_LOAD(OP, Value)                                                                    \
    template <int PROCNUM, int memtype> static NOINLINE u32 FASTCALL core_##OP(u32, u32 *);      \
    template <int PROCNUM, int memtype> static u32 FASTCALL OP(u32 address, u32 *to)             \
    {                                                                                            \
        return quick::load<PROCNUM, Value, core_##OP<PROCNUM, 0>>(address, to);                  \
    }
#define QUICK_STORE(OP, Value)                                                                   \
    template <int PROCNUM, int memtype> static NOINLINE u32 FASTCALL core_##OP(u32, u32);        \
    template <int PROCNUM, int memtype> static u32 FASTCALL OP(u32 address, u32 value)           \
    {                                                                                            \
        return quick::store<PROCNUM, Value, core_##OP<PROCNUM, 0>>(address, value);              \
    }
QUICK_LOAD(OP_LDR, u32)
QUICK_LOAD(OP_LDRH, u16)
QUICK_LOAD(OP_LDRSH, s16)
QUICK_LOAD(OP_LDRB, u8)
QUICK_LOAD(OP_LDRSB, s8)
QUICK_STORE(OP_STR, u32)
QUICK_STORE(OP_STRH, u16)
QUICK_STORE(OP_STRB, u8)
#undef QUICK_LOAD
#undef QUICK_STORE
#define OP_LDR(...) core_OP_LDR(__VA_ARGS__)
#define OP_LDRH(...) core_OP_LDRH(__VA_ARGS__)
#define OP_LDRSH(...) core_OP_LDRSH(__VA_ARGS__)
#define OP_LDRB(...) core_OP_LDRB(__VA_ARGS__)
#define OP_LDRSB(...) core_OP_LDRSB(__VA_ARGS__)
#define OP_STR(...) core_OP_STR(__VA_ARGS__)
#define OP_STRH(...) core_OP_STRH(__VA_ARGS__)
#define OP_STRB(...) core_OP_STRB(__VA_ARGS__)

namespace quick {

// Several registers in the data TCM, which mostly is the stack: an access takes a cycle.
template <bool store, int direction> FORCEINLINE u32 move_in_data_tcm(u32 address, u64 registers, int count)
{
    u32 *place = (u32 *)data_tcm(address);
    for (int left = count; left > 0; --left) {
        u32 &value = NDS_ARM9.R[registers & 0xF];
        store ? (void)(*place = value) : (void)(value = *place);
        place += direction;
        registers >>= 4;
    }
    const u32 last = address + 4 * direction * (count - 1);
    return count - 1 + MMU_memAccessCycles<ARMCPU_ARM9, 32, store ? MMU_AD_WRITE : MMU_AD_READ>(last);
}

// The core's function writes the table of blocks directly.
template <int PROCNUM, int direction> u32 store_registers(u32 address, u64 registers, int count)
{
    u32 cycles = 0;
    do {
        write<PROCNUM, u32>(address, ARMPROC.R[registers & 0xF]);
        cycles += MMU_memAccessCycles<PROCNUM, 32, MMU_AD_WRITE>(address);
        address += 4 * direction;
        registers >>= 4;
    } while (--count > 0);
    return cycles;
}

} // namespace quick

template <int PROCNUM, bool store, int direction> static u32 FASTCALL core_LDM_STM(u32, u64, int);

template <int PROCNUM, bool store, int direction>
static u32 FASTCALL OP_LDM_STM(u32 address, u64 registers, int count)
{
    const u32 aligned = address & ~3U;
    if (quick::is_data_tcm<PROCNUM>(aligned) && quick::is_data_tcm<PROCNUM>(aligned + 4 * direction * (count - 1)) &&
        USE_TIMING()) {
        return quick::move_in_data_tcm<store, direction>(aligned, registers, count);
    }
    return store ? quick::store_registers<PROCNUM, direction>(aligned, registers, count)
                 : core_LDM_STM<PROCNUM, store, direction>(address, registers, count);
}
#define OP_LDM_STM(...) core_LDM_STM(__VA_ARGS__)
