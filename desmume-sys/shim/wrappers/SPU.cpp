// Sound that nobody hears. The core mixes sample by sample whatever the channels play, since a game may
// capture it into RAM. While it captures nothing and nobody listens, that is most of the work for nothing:
// then channels only move on, all that a state holds of them included.

#include <SPU.cpp>

#include "hooks.h"

static bool is_capturing()
{
    return SPU_core->regs.cap[0].runtime.running || SPU_core->regs.cap[1].runtime.running;
}

// ADPCM and noise: each sample follows from the one before it, and so is to be made.
static bool has_memory(const channel_struct &channel)
{
    const int ADPCM = 2;
    const int PSG = 3;
    const u32 FIRST_NOISE = 14;
    return channel.format == ADPCM || (channel.format == PSG && channel.num >= FIRST_NOISE);
}

static void move_on(int samples)
{
    if (!SPU_core->regs.masteren) {
        return;
    }
    // Samples that are made are mixed into this, and left there.
    memset(SPU_core->sndbuf, 0, samples * 2 * sizeof(s32));
    for (channel_struct &channel : SPU_core->channels) {
        if (channel.status == CHANSTAT_PLAY) {
            SPU_core->bufpos = 0;
            SPU_core->buflength = samples;
            _SPU_ChanUpdate(has_memory(channel), SPU_core, &channel);
        }
    }
}

void hook_emulate_sound()
{
    if (driver->WAV_IsRecording() || is_capturing()) {
        SPU_Emulate_core();
        return;
    }
    _samples += samples_per_hline;
    spu_core_samples = (int)_samples;
    _samples -= spu_core_samples;
    move_on(spu_core_samples);
}
