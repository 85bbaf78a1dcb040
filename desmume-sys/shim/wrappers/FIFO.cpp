// The geometry FIFO. With every word that enters or leaves it, the core asks all eight DMA channels whether they
// wait for room in it. Only channels of the ARM9 can, and mostly none does: that is seen at once here. While a
// batch of words enters or leaves the FIFO no time passes, so that the channels are asked once, at its end.

#include "FIFO.h"
#include "MMU.h"

#include "hooks.h"

bool hook_gx_batch = false;

// Whether the FIFO had room for a DMA transfer during the batch.
static bool had_room = false;

static void trigger_waiting_dma(EDMAMode mode)
{
    for (DmaController &channel : MMU_new.dma[ARMCPU_ARM9]) {
        if (channel.startmode == mode && channel.enable && (!channel.running || channel.paused)) {
            channel.tryTrigger(mode);
        }
    }
}

static FORCEINLINE void trigger_dma(EDMAMode mode)
{
    if (hook_gx_batch) {
        had_room = true;
    } else {
        trigger_waiting_dma(mode);
    }
}

#define triggerDma trigger_dma
#include <FIFO.cpp>

void hook_end_gx_batch()
{
    hook_gx_batch = false;
    if (had_room) {
        had_room = false;
        trigger_waiting_dma(EDMAMode_GXFifo);
    }
}
