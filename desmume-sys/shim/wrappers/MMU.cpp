// Memory: what is cleared at power-on is given back to the system instead of being written, 34 MB of
// which a game touches a third. Most of what the ARM9 and its DMA write to registers are words for the geometry
// FIFO: they are sent there before the core looks for the register.

#include <cstring>

#include "MMU.h"
#include "NDSSystem.h"
#include "gfx3d.h"
#include "pages.h"

#include "hooks.h"

static void FASTCALL write32_anywhere(u32 adr, u32 val);

static FORCEINLINE bool is_geometry_fifo(u32 address)
{
    return (address & 0x0FFFFFC0) == 0x04000400 && nds.power1.gfx3d_geometry;
}

static FORCEINLINE void send_to_geometry_fifo(u32 address, u32 value)
{
    T1WriteLong(MMU.ARM9_REG, address & 0xFFC, value);
    gfx3d_sendCommandToFIFO(value);
}

// DMA mostly copies from main RAM. The data TCM, which DMA does not see, may lie over it.
static FORCEINLINE u32 read_by_dma(int processor, MMU_ACCESS_TYPE kind, u32 address)
{
    if ((address & 0x0F000000) == 0x02000000 && (address & ~0x3FFFU) != MMU.DTCMRegion) {
        return T1ReadLong_guaranteedAligned(MMU.MAIN_MEM, address & _MMU_MAIN_MEM_MASK32);
    }
    return _MMU_read32(processor, kind, address);
}

// No time passes while DMA copies: what it sends to the geometry FIFO is a batch.
static FORCEINLINE void write_by_dma(int processor, MMU_ACCESS_TYPE kind, u32 address, u32 value)
{
    if (processor == ARMCPU_ARM9 && is_geometry_fifo(address) && (address & ~0x3FFFU) != MMU.DTCMRegion) {
        hook_gx_batch = true;
        send_to_geometry_fifo(address, value);
        return;
    }
    _MMU_write32(processor, kind, address, value);
}

// The core's copy ends with this.
static void reschedule_dma()
{
    if (hook_gx_batch) {
        hook_end_gx_batch();
    }
    NDS_RescheduleDMA();
}

#define memset fill
#define _MMU_ARM9_write32 write32_anywhere
#define _MMU_read32(processor, kind, address) read_by_dma(processor, kind, address)
#define _MMU_write32(processor, kind, address, value) write_by_dma(processor, kind, address, value)
#define NDS_RescheduleDMA reschedule_dma
#include <MMU.cpp>
#undef _MMU_read32
#undef _MMU_write32
#undef NDS_RescheduleDMA
#undef _MMU_ARM9_write32

void FASTCALL _MMU_ARM9_write32(u32 adr, u32 val)
{
    if (is_geometry_fifo(adr)) {
        send_to_geometry_fifo(adr, val);
        return;
    }
    write32_anywhere(adr, val);
}
