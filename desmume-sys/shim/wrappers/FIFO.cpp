// The geometry FIFO. With every word that enters or leaves it, the core asks all eight DMA channels whether they
// wait for room in it. Only channels of the ARM9 can, and mostly none does: that is seen at once here. While a
// batch of words enters or leaves the FIFO no time passes, so that the channels are asked once, at its end, and what
// the status register tells of the FIFO is set there, too. Words only enter in a batch or only leave, so that low and
// empty change at most once, as they do for the core's look at them after every word.

#include "FIFO.h"
#include "MMU.h"

#include "hooks.h"

bool hook_gx_batch = false;

// Whether the FIFO had room for a DMA transfer during the batch.
static bool had_room = false;

// Whether the batch used the FIFO, and how many words entered.
static bool was_used = false;
static u32 entered = 0;

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
#define GFX_FIFOsend send_one
#define GFX_PIPErecv receive_one
#include <FIFO.cpp>
#undef GFX_FIFOsend
#undef GFX_PIPErecv

void GFX_FIFOsend(u8 command, u32 parameter)
{
    const u8 BOX_TEST = 0x70;
    const u8 POSITION_TEST = 0x71;
    if (!hook_gx_batch) {
        send_one(command, parameter);
        return;
    }
    gxFIFO.cmd[gxFIFO.tail] = command;
    gxFIFO.param[gxFIFO.tail] = parameter;
    gxFIFO.tail = gxFIFO.tail + 1 < HACK_GXIFO_SIZE ? gxFIFO.tail + 1 : 0;
    ++gxFIFO.size;
    if (IsMatrixStackCommand(command)) {
        ++gxFIFO.matrix_stack_op_size;
    }
    if (command == BOX_TEST || command == POSITION_TEST) {
        MMU_new.gxstat.tb = 1;
    }
    if (gxFIFO.size <= 127) {
        had_room = true;
    }
    was_used = true;
    ++entered;
}

BOOL GFX_PIPErecv(u8 *command, u32 *parameter)
{
    if (!hook_gx_batch) {
        return receive_one(command, parameter);
    }
    was_used = true;
    if (gxFIFO.size == 0) {
        return FALSE;
    }
    *command = gxFIFO.cmd[gxFIFO.head];
    *parameter = gxFIFO.param[gxFIFO.head];
    gxFIFO.head = gxFIFO.head + 1 < HACK_GXIFO_SIZE ? gxFIFO.head + 1 : 0;
    --gxFIFO.size;
    if (IsMatrixStackCommand(*command)) {
        --gxFIFO.matrix_stack_op_size;
    }
    return TRUE;
}

void hook_end_gx_batch()
{
    if (was_used) {
        was_used = false;
        GXF_FIFO_handleEvents();
    }
    hook_gx_batch = false;
    if (entered != 0) {
        NDS_RescheduleGXFIFO(entered);
        entered = 0;
    }
    if (had_room) {
        had_room = false;
        trigger_waiting_dma(EDMAMode_GXFifo);
    }
}
