// The geometry FIFO. With every word that enters or leaves it, the core asks all eight DMA channels whether they
// wait for room in it. Only channels of the ARM9 can, and mostly none does: it is seen at once here.

#include "FIFO.h"
#include "MMU.h"

static inline void trigger_waiting_dma(EDMAMode mode)
{
    for (DmaController &channel : MMU_new.dma[ARMCPU_ARM9]) {
        if (channel.startmode == mode) {
            channel.tryTrigger(mode);
        }
    }
}

#define triggerDma trigger_waiting_dma
#include <FIFO.cpp>
