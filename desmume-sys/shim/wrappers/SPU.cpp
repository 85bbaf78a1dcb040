// Sound that nobody hears. The core mixes sample by sample whatever the channels play, since a game may
// capture it into RAM. While it captures nothing and nobody listens, that is most of the work for nothing:
// then channels only move on, all that a state holds of them included.
//
// While a game captures (the real one does in every race), the core updates all channels for one sample after the
// other, since a channel may play what was captured a sample ago. Where no channel does, each is updated for a whole
// line at once here; the core then emulates the line with the sum of their samples in place of one channel, and
// without the others.

#include <algorithm>
#include <cstring>

#include "SPU.h"
#include "types.h"

// kartscope selects no interpolation of samples. This one tells the core's update of a channel that a line's samples
// are there already.
const SPUInterpolationMode AHEAD = SPUInterpolation_Cosine;

template <SPUInterpolationMode mode>
static void __SPU_ChanUpdate(const bool mix, SPU_struct *const spu, channel_struct *const channel);
template <>
void __SPU_ChanUpdate<AHEAD>(const bool mix, SPU_struct *const spu, channel_struct *const channel);

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

namespace ahead {

// The core routes the channels before this one in other ways, too: to captures, or past the mixer.
const int FIRST = 4;
const int CHANNELS = 16;
// The channel that stands for all that are mixed ahead.
const int SUM = CHANNELS - 1;

// The sums of a line, which has two or three samples.
const int MOST_SAMPLES = 8;
s32 sums[MOST_SAMPLES][2];
int next_sample;

// Where a channel reads or a capture writes, as far as it may reach in one line.
struct Range
{
    u32 first, last;

    // Within one of main RAM's mirrors.
    bool is_in_main_ram() const
    {
        return first >> 24 == 0x02 && (first & ~_MMU_MAIN_MEM_MASK) == (last & ~_MMU_MAIN_MEM_MASK);
    }

    bool is_before(const Range &other) const
    {
        return (last & _MMU_MAIN_MEM_MASK) < (other.first & _MMU_MAIN_MEM_MASK);
    }
};

const u32 SLACK = 0x40;

// No sample takes more than two bytes.
Range read_by(const channel_struct &channel)
{
    const double MOST_BYTES = 0x01000000;
    const double samples = std::max(channel.double_totlength_shifted, channel.sampcnt);
    return Range{channel.addr, channel.addr + (u32)std::min(std::max(samples, 0.0) * 2, MOST_BYTES) + SLACK};
}

Range written_by(const SPU_struct::REGS::CAP &capture)
{
    const u32 current = capture.runtime.curdad;
    return Range{std::min(capture.dad, current), std::max(current, capture.runtime.maxdad) + SLACK};
}

// Whether what is captured in this line cannot change what the channel plays in it.
bool is_independent(const channel_struct &channel)
{
    const int PSG = 3;
    if (channel.status != CHANSTAT_PLAY || channel.format == PSG) {
        return true;
    }
    const Range read = read_by(channel);
    for (const SPU_struct::REGS::CAP &capture : SPU_core->regs.cap) {
        const Range written = written_by(capture);
        const bool are_known = read.is_in_main_ram() && written.is_in_main_ram();
        if (capture.runtime.running && !(are_known && (read.is_before(written) || written.is_before(read)))) {
            return false;
        }
    }
    return true;
}

void mix(int samples)
{
    memset(SPU_core->sndbuf, 0, samples * sizeof(sums[0]));
    for (int number = FIRST; number < CHANNELS; ++number) {
        channel_struct &channel = SPU_core->channels[number];
        if (channel.status == CHANSTAT_PLAY) {
            SPU_core->bufpos = 0;
            SPU_core->buflength = samples;
            _SPU_ChanUpdate(true, SPU_core, &channel);
        }
    }
    memcpy(sums, SPU_core->sndbuf, samples * sizeof(sums[0]));
    next_sample = 0;
}

// Lets the core emulate the line with the sum in place of the channels that are mixed.
void emulate()
{
    u8 status[CHANNELS];
    for (int number = FIRST; number < CHANNELS; ++number) {
        status[number] = SPU_core->channels[number].status;
        SPU_core->channels[number].status = number == SUM ? CHANSTAT_PLAY : CHANSTAT_STOPPED;
    }
    CommonSettings.spuInterpolationMode = AHEAD;
    SPU_Emulate_core();
    CommonSettings.spuInterpolationMode = SPUInterpolation_None;
    for (int number = FIRST; number < CHANNELS; ++number) {
        SPU_core->channels[number].status = status[number];
    }
}

} // namespace ahead

// What the core calls for each sample of each channel that plays.
template <>
void __SPU_ChanUpdate<AHEAD>(const bool mix, SPU_struct *const spu, channel_struct *const channel)
{
    if (channel != &spu->channels[ahead::SUM]) {
        __SPU_ChanUpdate<SPUInterpolation_None>(mix, spu, channel);
        return;
    }
    spu->sndbuf[0] = ahead::sums[ahead::next_sample][0];
    spu->sndbuf[1] = ahead::sums[ahead::next_sample][1];
    ++ahead::next_sample;
}

static void capture(int samples)
{
    const channel_struct *const channels = SPU_core->channels;
    if (SPU_core->regs.masteren && samples <= ahead::MOST_SAMPLES &&
        std::all_of(channels + ahead::FIRST, channels + ahead::CHANNELS, ahead::is_independent)) {
        ahead::mix(samples);
        ahead::emulate();
    } else {
        SPU_Emulate_core();
    }
}

// A loop of no length, or of less, is one that the core never leaves.
static void stop_endless_loops()
{
    const int ADPCM = 2;
    const int PSG = 3;
    const int SHIFTS[] = {2, 1, 3};
    for (channel_struct &channel : SPU_core->channels) {
        const bool stands_still = channel.format == ADPCM && channel.totlength < 4;
        if (channel.status != CHANSTAT_PLAY || channel.repeat != 1 || channel.format >= PSG || stands_still) {
            continue;
        }
        const double start = (double)((u32)channel.loopstart << SHIFTS[channel.format]);
        if (channel.double_totlength_shifted - start < 1) {
            SPU_core->KeyOff(channel.num);
        }
    }
}

void hook_emulate_sound()
{
    stop_endless_loops();
    if (is_capturing()) {
        capture((int)(_samples + samples_per_hline));
    } else if (driver->WAV_IsRecording()) {
        SPU_Emulate_core();
    } else {
        _samples += samples_per_hline;
        spu_core_samples = (int)_samples;
        _samples -= spu_core_samples;
        move_on(spu_core_samples);
    }
}
