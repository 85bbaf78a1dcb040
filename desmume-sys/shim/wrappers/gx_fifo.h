// The geometry FIFO. With every word that enters or leaves it, the core asks all eight DMA channels whether they
// wait for room in it. Only channels of the ARM9 can, and mostly none does: that is seen at once here. While a
// batch of words enters or leaves the FIFO no time passes, so that the channels are asked once, at its end, and what
// the status register tells of the FIFO is set there, too. Words only enter in a batch or only leave, so that low and
// empty change at most once, as they do for the core's look at them after every word.

namespace gx_fifo {

// Up to here DMA channels that wait for room get it.
const u32 LOW = 127;

FORCEINLINE u32 after(u32 place)
{
    return place + 1 < HACK_GXIFO_SIZE ? place + 1 : 0;
}

FORCEINLINE bool is_stack_command(u8 command)
{
    const u8 PUSH = 0x11;
    const u8 POP = 0x12;
    return command == PUSH || command == POP;
}

// One command of a batch that enters.
FORCEINLINE void send(u8 command, u32 parameter)
{
    const u8 BOX_TEST = 0x70;
    const u8 POSITION_TEST = 0x71;
    gxFIFO.cmd[gxFIFO.tail] = command;
    gxFIFO.param[gxFIFO.tail] = parameter;
    gxFIFO.tail = after(gxFIFO.tail);
    ++gxFIFO.size;
    if (is_stack_command(command)) {
        ++gxFIFO.matrix_stack_op_size;
    }
    if (command == BOX_TEST || command == POSITION_TEST) {
        MMU_new.gxstat.tb = 1;
    }
}

void update_status()
{
    TGXSTAT &status = MMU_new.gxstat;
    const bool is_low = gxFIFO.size <= LOW;
    const bool is_empty = gxFIFO.size == 0;
    if (status.fifo_low != is_low || status.fifo_empty != is_empty) {
        hook_reschedule_geometry();
    }
    status.fifo_low = is_low;
    status.fifo_empty = is_empty;
    status.sb = gxFIFO.matrix_stack_op_size != 0;
}

void trigger_waiting_dma()
{
    for (DmaController &channel : MMU_new.dma[ARMCPU_ARM9]) {
        if (channel.startmode == EDMAMode_GXFifo && channel.enable && (!channel.running || channel.paused)) {
            channel.tryTrigger(EDMAMode_GXFifo);
        }
    }
}

// Runs `body`, which sends a batch.
template <typename Body> FORCEINLINE void send_batch(Body body)
{
    const u32 before = gxFIFO.size;
    body();
    const u32 entered = gxFIFO.size - before;
    if (entered == 0) {
        return;
    }
    update_status();
    NDS_RescheduleGXFIFO(entered);
    if (before < LOW) {
        trigger_waiting_dma();
    }
}

// Takes a batch of commands and hands each to `body`.
template <typename Body> FORCEINLINE void receive_batch(u32 count, Body body)
{
    u32 place = gxFIFO.head;
    for (u32 number = 0; number < count; ++number) {
        const u8 command = gxFIFO.cmd[place];
        if (is_stack_command(command)) {
            --gxFIFO.matrix_stack_op_size;
        }
        body(command, gxFIFO.param[place]);
        place = after(place);
    }
    gxFIFO.head = place;
    gxFIFO.size -= count;
    update_status();
    if (gxFIFO.size <= LOW) {
        trigger_waiting_dma();
    }
}

} // namespace gx_fifo
