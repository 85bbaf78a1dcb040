// SPDX-License-Identifier: GPL-3.0-or-later
// The console's square waves and noise, controlled frame by frame. The game needs no samples.
#include "sound.h"

#include "fixed.h"
#include "hardware.h"

// The engine is two waves, the second an octave and a little above, which beats.
typedef enum { VOICE_ENGINE, VOICE_RATTLE, VOICE_BOOST, VOICE_KNOCK, VOICES } Voice;

// Channels 8 to 13 play square waves, 14 and 15 noise.
static const u8 channels[VOICES] = {8, 9, 10, 14};
static const u8 duties[VOICES] = {1, 3, 3, 0};

// Waves have eight timer steps. Frequencies are in sixteenths of hertz.
enum { SIXTEENTHS = 16, WAVE_STEPS = 8 };
enum { ENGINE_AT_REST = 48 * SIXTEENTHS, ENGINE_PER_UNIT = 28 * SIXTEENTHS, ENGINE_MOST = 400 * SIXTEENTHS };
enum { ENGINE_VOLUME = 36, RATTLE_VOLUME = 18, RATTLE_BEAT = 2 * SIXTEENTHS };
enum { BOOST_FRAMES = 24, BOOST_START = 300 * SIXTEENTHS, BOOST_RISE = 30 * SIXTEENTHS, BOOST_VOLUME = 2 };
enum { KNOCK_FRAMES = 9, KNOCK = 500 * SIXTEENTHS, KNOCK_VOLUME = 10 };

// The contents of a channel's registers; all zero for a silent channel.
typedef struct {
    u16 volume;
    u16 timer;
    u16 start;
} Tone;

static Tone sent[VOICES];
static u32 boost_left, knock_left; // frames
static u32 was_boosting, was_at_wall;

// If the FIFO to the ARM7 program is full, the remaining words are sent in a later frame.
static void send_change(u16 *was, u16 is, u32 offset)
{
    if (is == *was || (IPCFIFOCNT & IPCFIFOCNT_FULL))
        return;
    IPCFIFOSEND = SEND_SOUND(offset, is);
    *was = is;
}

static Tone tone(Voice voice, u32 volume, u32 frequency)
{
    u32 steps = (u32)SOUND_CLOCK / WAVE_STEPS * SIXTEENTHS / frequency;
    return (Tone){
        .volume = (u16)volume,
        .timer = (u16)(0x10000u - (steps < 0xFFFFu ? steps : 0xFFFFu)),
        .start = (u16)SOUND_START_PSG(duties[voice]),
    };
}

static void play(Voice voice, Tone tone)
{
    send_change(&sent[voice].timer, tone.timer, SOUND_TIMER(channels[voice]));
    send_change(&sent[voice].volume, tone.volume, SOUND_VOLUME(channels[voice]));
    send_change(&sent[voice].start, tone.start, SOUND_START(channels[voice]));
}

static void silence(Voice voice) { play(voice, (Tone){0}); }

void sound_initialise(void)
{
    IPCFIFOCNT = IPCFIFOCNT_ENABLE | IPCFIFOCNT_CLEAR;
    IPCFIFOSEND = SEND_SOUND(SOUND_CONTROL, SOUND_CONTROL_ON);
}

static void play_engine(const Driver *driver)
{
    fx32 speed = clamp(magnitude(driver->forward_speed), 0, FX(16));
    u32 frequency = (u32)at_most(ENGINE_AT_REST + fx_mul(speed, ENGINE_PER_UNIT), ENGINE_MOST);
    play(VOICE_ENGINE, tone(VOICE_ENGINE, ENGINE_VOLUME, frequency));
    play(VOICE_RATTLE, tone(VOICE_RATTLE, RATTLE_VOLUME, 2 * frequency + RATTLE_BEAT));
}

static void play_boost(const Driver *driver)
{
    u32 boosting = driver->boost_timer > 0 || driver->mini_turbo_timer > 0;
    if (boosting && !was_boosting)
        boost_left = BOOST_FRAMES;
    was_boosting = boosting;
    if (boost_left == 0) {
        silence(VOICE_BOOST);
        return;
    }
    u32 frequency = BOOST_START + (BOOST_FRAMES - boost_left) * BOOST_RISE;
    play(VOICE_BOOST, tone(VOICE_BOOST, boost_left * BOOST_VOLUME, frequency));
    boost_left--;
}

static void play_knock(const Driver *driver)
{
    u32 at_wall = driver->motion_flags & MOTION_TOUCHING_WALL;
    if (at_wall && !was_at_wall)
        knock_left = KNOCK_FRAMES;
    was_at_wall = at_wall;
    if (knock_left == 0) {
        silence(VOICE_KNOCK);
        return;
    }
    play(VOICE_KNOCK, tone(VOICE_KNOCK, knock_left * KNOCK_VOLUME, KNOCK));
    knock_left--;
}

void sound_play(const Game *game)
{
    if (game->screen != SCREEN_RACE) {
        for (u32 voice = 0; voice < VOICES; voice++)
            silence((Voice)voice);
        return;
    }
    play_engine(player());
    play_boost(player());
    play_knock(player());
}
