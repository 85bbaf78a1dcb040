// Sound that nobody hears. The core mixes sample by sample whatever the channels play, since a game may
// capture it into RAM. While it captures nothing and nobody listens, that is most of the work for nothing:
// then channels only move on, all that a state holds of them included.
//
// While a game captures (the real one does in every race), the core updates all channels for one sample after the
// other, since a channel may play what was captured a sample ago. Where no channel does, and nobody listens, each
// is updated for a whole line at once here, and the sums are captured.

#include <algorithm>
#include <cstring>

#include "SPU.h"
#include "types.h"

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

namespace line {

// The core routes the channels before this one in other ways, too: to captures, or past the mixer.
const int FIRST_MIXED = 4;
const int CHANNELS = 16;

const int ADPCM = 2;
const int PSG = 3;

struct Sample
{
    s32 left, right;
};

// The sums of a line, which has two or three samples.
const int MOST_SAMPLES = 8;
Sample sums[MOST_SAMPLES];

// Where a channel reads or a capture writes, as far as it may reach in one line.
struct Range
{
    u64 first, last;

    // Within one of main RAM's mirrors.
    bool is_in_main_ram() const
    {
        return first >> 24 == 0x02 && (first & ~(u64)_MMU_MAIN_MEM_MASK) == (last & ~(u64)_MMU_MAIN_MEM_MASK);
    }

    bool is_before(const Range &other) const
    {
        return (last & _MMU_MAIN_MEM_MASK) < (other.first & _MMU_MAIN_MEM_MASK);
    }
};

const u32 SLACK = 0x40;

// For a channel that is before its end: its samples take four times as many bytes as it has words.
Range read_by(const channel_struct &channel)
{
    return Range{channel.addr, channel.addr + (u64)channel.totlength * 4 + SLACK};
}

Range written_by(const SPU_struct::REGS::CAP &capture)
{
    const u32 current = capture.runtime.curdad;
    return Range{std::min(capture.dad, current), (u64)std::max(current, capture.runtime.maxdad) + SLACK};
}

// What is captured in this line.
class Captured
{
  public:
    Captured()
    {
        for (const SPU_struct::REGS::CAP &capture : SPU_core->regs.cap) {
            if (capture.runtime.running) {
                written[count++] = written_by(capture);
            }
        }
        are_known = std::all_of(written, written + count, [](const Range &range) { return range.is_in_main_ram(); });
    }

    // Whether it cannot change what the channel plays in the line.
    bool leaves(const channel_struct &channel) const
    {
        if (channel.format == PSG) {
            return true;
        }
        const Range read = read_by(channel);
        return are_known && channel.sampcnt <= channel.double_totlength_shifted && read.is_in_main_ram() &&
               std::all_of(written, written + count, [&read](const Range &range) {
                   return read.is_before(range) || range.is_before(read);
               });
    }

  private:
    Range written[2];
    int count = 0;
    bool are_known;
};

// What spumuldiv7 multiplies by, 127 standing for all.
s32 factor(u8 of_127)
{
    return of_127 == 127 ? 128 : of_127;
}

class Mixer
{
  public:
    explicit Mixer(const channel_struct &channel)
        : volume(factor(channel.vol)), shift(7 + volume_shift[channel.volumeDiv]), left(factor(127 - channel.pan)),
          right(factor(channel.pan))
    {
    }

    FORCEINLINE void add(s32 value, Sample &sum) const
    {
        const s32 loud = value * volume >> shift;
        sum.left += loud * left >> 7;
        sum.right += loud * right >> 7;
    }

  private:
    const s32 volume, shift, left, right;
};

const u8 *samples_of(const channel_struct &channel)
{
    return MMU.MAIN_MEM + (channel.addr & _MMU_MAIN_MEM_MASK);
}

template <typename Value> void mix_pcm(channel_struct &channel, int samples)
{
    const Value *const from = (const Value *)samples_of(channel);
    const Mixer mixer(channel);
    double position = channel.sampcnt;
    for (int sample = 0; sample < samples; ++sample) {
        if (position >= 0) {
            mixer.add(from[sputrunc(position)] * (0x100 >> (8 * (sizeof(Value) - 1))), sums[sample]);
        }
        position += channel.sampinc;
    }
    channel.sampcnt = position;
}

void mix_adpcm(channel_struct &channel, int samples)
{
    const u8 *const from = samples_of(channel);
    const u32 loop_start = (u32)channel.loopstart << 3;
    const Mixer mixer(channel);
    double position = channel.sampcnt;
    u32 last = channel.lastsampcnt;
    s32 index = channel.index;
    s16 value = channel.pcm16b;
    for (int sample = 0; sample < samples; ++sample) {
        if (position >= 8) {
            const u32 current = sputrunc(position);
            if (last != current) {
                const u32 end = sputrunc(position + 1);
                for (u32 number = last + 1; number < end; ++number) {
                    const u32 code = from[number >> 1] >> ((number & 1) << 2);
                    channel.pcm16b_last = value;
                    value = MinMax(value + precalcdifftbl[index][code & 0xF], -0x8000, 0x7FFF);
                    index = precalcindextbl[index][code & 0x7];
                    if (number == loop_start) {
                        channel.loop_pcm16b = value;
                        channel.loop_index = index;
                    }
                }
                last = current;
            }
            mixer.add(value, sums[sample]);
        }
        position += channel.sampinc;
    }
    channel.sampcnt = position;
    channel.lastsampcnt = last;
    channel.index = index;
    channel.pcm16b = value;
}

// Whether the channel neither ends nor begins its loop in this line.
bool goes_straight_on(const channel_struct &channel, int samples)
{
    const u32 LEAST_WORDS = 4;
    return channel.totlength >= LEAST_WORDS && channel.sampinc >= 0 &&
           channel.sampcnt + (samples + 1) * channel.sampinc < channel.double_totlength_shifted;
}

void mix(channel_struct &channel, int samples)
{
    if (channel.format != PSG && goes_straight_on(channel, samples)) {
        switch (channel.format) {
        case 0:
            return mix_pcm<s8>(channel, samples);
        case 1:
            return mix_pcm<s16>(channel, samples);
        case ADPCM:
            return mix_adpcm(channel, samples);
        }
    }
    memset(SPU_core->sndbuf, 0, samples * sizeof(Sample));
    SPU_core->bufpos = 0;
    SPU_core->buflength = samples;
    _SPU_ChanUpdate(true, SPU_core, &channel);
    for (int sample = 0; sample < samples; ++sample) {
        sums[sample].left += SPU_core->sndbuf[2 * sample];
        sums[sample].right += SPU_core->sndbuf[2 * sample + 1];
    }
}

// One sample of a channel: before it is mixed, and its share of the sum.
s32 next_sample(channel_struct &channel, Sample &mixed)
{
    SPU_core->sndbuf[0] = SPU_core->sndbuf[1] = 0;
    SPU_core->bufpos = 0;
    SPU_core->buflength = 1;
    _SPU_ChanUpdate(true, SPU_core, &channel);
    mixed = Sample{SPU_core->sndbuf[0], SPU_core->sndbuf[1]};
    return SPU_core->lastdata >> volume_shift[channel.volumeDiv];
}

// As the core does it: what is captured waits for 16 samples.
void capture(SPU_struct::REGS::CAP &capture, double speed, s32 value)
{
    const s32 CAPACITY = 16;
    const u32 before = sputrunc(capture.runtime.sampcnt);
    capture.runtime.sampcnt += speed;
    const u32 now = sputrunc(capture.runtime.sampcnt);
    for (u32 number = before; number < now; ++number) {
        if (capture.runtime.fifo.size < CAPACITY) {
            capture.runtime.fifo.enqueue(value);
            continue;
        }
        const s16 sample = capture.runtime.fifo.dequeue();
        capture.runtime.fifo.enqueue(value);
        if (capture.bits8) {
            _MMU_write08<ARMCPU_ARM7, MMU_AT_DMA>(capture.runtime.curdad, sample >> 8);
        } else {
            _MMU_write16<ARMCPU_ARM7, MMU_AT_DMA>(capture.runtime.curdad, sample);
        }
        capture.runtime.curdad += capture.bits8 ? 1 : 2;
        if (capture.runtime.curdad >= capture.runtime.maxdad) {
            capture.runtime.curdad = capture.dad;
            capture.runtime.sampcnt -= capture.len * (capture.bits8 ? 4u : 2u);
        }
    }
}

// How a channel's samples reach what is captured.
enum Way {
    SILENT,
    MIXED,    // for the whole line at once
    BY_SAMPLE // alone, or since it may play what is captured in this line
};

bool is_bypassed(int number)
{
    const auto &regs = SPU_core->regs;
    return (number == 1 && regs.ctl_ch1bypass) || (number == 3 && regs.ctl_ch3bypass);
}

Way way_of(int number, const Captured &captured)
{
    const channel_struct &channel = SPU_core->channels[number];
    if (channel.status != CHANSTAT_PLAY) {
        return SILENT;
    }
    const auto &captures = SPU_core->regs.cap;
    const bool is_alone = number < FIRST_MIXED && (captures[number / 2].source != 0 || is_bypassed(number));
    return !is_alone && captured.leaves(channel) ? MIXED : BY_SAMPLE;
}

// Which channels play, and how.
struct Ways
{
    Way of[CHANNELS];

    Ways()
    {
        const Captured captured;
        for (int number = 0; number < CHANNELS; ++number) {
            of[number] = way_of(number, captured);
        }
    }

    bool are_possible() const
    {
        return std::find(of + FIRST_MIXED, of + CHANNELS, BY_SAMPLE) == of + CHANNELS;
    }
};

void capture_sample(const Sample &sum, const Ways &ways)
{
    Sample total = sum;
    s32 alone[FIRST_MIXED] = {};
    for (int number = 0; number < FIRST_MIXED; ++number) {
        channel_struct &channel = SPU_core->channels[number];
        // The channel may have ended with the sample before.
        if (ways.of[number] == BY_SAMPLE && channel.status == CHANSTAT_PLAY) {
            Sample mixed;
            alone[number] = next_sample(channel, mixed);
            if (!is_bypassed(number)) {
                total.left += mixed.left;
                total.right += mixed.right;
            }
        }
    }
    for (int number = 0; number < 2; ++number) {
        SPU_struct::REGS::CAP &target = SPU_core->regs.cap[number];
        const s32 channels = alone[2 * number] + (target.add ? alone[2 * number + 1] : 0);
        const s32 value = target.source != 0 ? channels : number == 0 ? total.left : total.right;
        if (target.runtime.running) {
            capture(target, SPU_core->channels[1 + 2 * number].sampinc, MinMax(value, -0x8000, 0x7FFF));
        }
    }
}

void capture(int samples, const Ways &ways)
{
    memset(sums, 0, sizeof(sums));
    for (int number = 0; number < CHANNELS; ++number) {
        if (ways.of[number] == MIXED) {
            mix(SPU_core->channels[number], samples);
        }
    }
    for (int sample = 0; sample < samples; ++sample) {
        capture_sample(sums[sample], ways);
    }
}

// Captures a line, if that can be done at once.
bool capture(int samples)
{
    if (!SPU_core->regs.masteren || samples > MOST_SAMPLES) {
        return false;
    }
    const Ways ways;
    if (!ways.are_possible()) {
        return false;
    }
    capture(samples, ways);
    return true;
}

} // namespace line

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
    const double time = _samples + samples_per_hline;
    const int samples = (int)time;
    const bool is_captured = is_capturing();
    if (driver->WAV_IsRecording() || (is_captured && !line::capture(samples))) {
        SPU_Emulate_core();
        return;
    }
    if (!is_captured) {
        move_on(samples);
    }
    spu_core_samples = samples;
    _samples = time - samples;
}
