// Memory: what is cleared at power-on is given back to the system instead of being written, 34 MB of
// which a game touches a third. Most of what the ARM9 and its DMA write to registers are words for the geometry
// FIFO: they are sent there before the core looks for the register, and by DMA all at once.

#include <algorithm>
#include <cstring>

// The core's copying by DMA gets another name, and what calls it calls the function here.
#define doCopy() doCopy(); template <int PROCNUM> void core_copy()
#include "MMU.h"
#undef doCopy

#include "MMU_timing.h"
#include "NDSSystem.h"
#include "gfx3d.h"
#include "pages.h"

#include "hooks.h"

static void FASTCALL write32_anywhere(u32 adr, u32 val);

static FORCEINLINE bool is_geometry_fifo(u32 address)
{
    return (address & 0x0FFFFFC0) == 0x04000400 && nds.power1.gfx3d_geometry;
}

// DMA mostly copies from main RAM. The data TCM, which DMA does not see, may lie over it.
static FORCEINLINE bool is_main_ram_for_dma(u32 address)
{
    return (address & 0x0F000000) == 0x02000000 && (address & ~0x3FFFU) != MMU.DTCMRegion;
}

static FORCEINLINE u32 read_by_dma(int processor, MMU_ACCESS_TYPE kind, u32 address)
{
    if (is_main_ram_for_dma(address)) {
        return T1ReadLong_guaranteedAligned(MMU.MAIN_MEM, address & _MMU_MAIN_MEM_MASK32);
    }
    return _MMU_read32(processor, kind, address);
}

#define memset fill
#define doCopy() core_copy()
#define _MMU_ARM9_write32 write32_anywhere
#define _MMU_read32(processor, kind, address) read_by_dma(processor, kind, address)
#include <MMU.cpp>
#undef _MMU_read32
#undef _MMU_ARM9_write32
#undef doCopy

void FASTCALL _MMU_ARM9_write32(u32 adr, u32 val)
{
    if (is_geometry_fifo(adr)) {
        T1WriteLong(MMU.ARM9_REG, adr & 0xFFC, val);
        gfx3d_sendCommandToFIFO(val);
        return;
    }
    write32_anywhere(adr, val);
}

// How many words the channel now copies.
static u32 words_of(const DmaController &channel)
{
    const u32 MOST = 0x200000;
    const u32 MOST_FOR_FIFO = 112;
    const u32 words = channel.wordcount != 0 ? channel.wordcount : MOST;
    return channel.startmode == EDMAMode_GXFifo ? std::min(words, MOST_FOR_FIFO) : words;
}

// Whether it copies from one piece of main RAM to the geometry FIFO.
static bool feeds_geometry_fifo(const DmaController &channel)
{
    const bool is_simple = channel.startmode == EDMAMode_GXFifo || channel.startmode == EDMAMode_Immediate;
    if (!is_simple || channel.bitWidth != EDMABitWidth_32 || channel.dar != EDMADestinationUpdate_Fixed ||
        channel.sar != EDMASourceUpdate_Increment || !is_geometry_fifo(channel.daddr)) {
        return false;
    }
    const u32 first = channel.saddr;
    const u32 last = first + 4 * (words_of(channel) - 1);
    const u32 PAGE = 0x4000;
    return first % 4 == 0 && last - first < PAGE && (first & ~_MMU_MAIN_MEM_MASK) == (last & ~_MMU_MAIN_MEM_MASK) &&
           is_main_ram_for_dma(first) && is_main_ram_for_dma(last) && (channel.daddr & ~0x3FFFU) != MMU.DTCMRegion;
}

template <int PROCNUM> void DmaController::doCopy()
{
    if (PROCNUM != ARMCPU_ARM9 || !feeds_geometry_fifo(*this)) {
        core_copy<PROCNUM>();
        return;
    }
    const u32 words = words_of(*this);
    const u32 *const from = (const u32 *)(MMU.MAIN_MEM + (saddr & _MMU_MAIN_MEM_MASK));
    const u32 time = _MMU_accesstime<PROCNUM, MMU_AT_DMA, 32, MMU_AD_READ, TRUE>(saddr, true) +
                     _MMU_accesstime<PROCNUM, MMU_AT_DMA, 32, MMU_AD_WRITE, TRUE>(daddr, true);
    T1WriteLong(MMU.ARM9_REG, daddr & 0xFFC, from[words - 1]);
    hook_send_to_geometry_fifo(from, words);
    // As the core ends its copying.
    doSchedule();
    nextEvent += words * time;
    nds.freezeBus |= 1 << (chan + 1);
    saddr += 4 * words;
    if (!repeatMode) {
        wordcount -= words;
    }
}
