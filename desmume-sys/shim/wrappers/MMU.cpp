// Memory: what is cleared at power-on is given back to the system instead of being written, 34 MB of
// which a game touches a third. Words for the geometry FIFO, by the ARM9 or by DMA, are most of what is written
// to registers: they go there before the core tells one register from another.

#include <cstring>

#include "MMU.h"
#include "NDSSystem.h"
#include "gfx3d.h"
#include "pages.h"

static void FASTCALL write32_anywhere(u32 adr, u32 val);

#define memset fill
#define _MMU_ARM9_write32 write32_anywhere
#include <MMU.cpp>
#undef _MMU_ARM9_write32

void FASTCALL _MMU_ARM9_write32(u32 adr, u32 val)
{
    const u32 FIFO = 0x04000400;
    const u32 SIZE = 0x40;
    if ((adr & 0x0FFFFFFC & ~(SIZE - 1)) == FIFO && nds.power1.gfx3d_geometry) {
        T1WriteLong(MMU.ARM9_REG, adr & 0xFFC, val);
        gfx3d_sendCommandToFIFO(val);
        return;
    }
    write32_anywhere(adr, val);
}
