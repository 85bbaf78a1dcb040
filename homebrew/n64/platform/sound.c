/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sound.h"

#include "hardware.h"
#include "mk64.h"
#include "race.h"

enum {
    RATE = 16000,
    VIDEO_CLOCK = 48681812, /* of NTSC consoles; the sound's clock is divided from it */
    SAMPLES = 536, /* a little more than a drawn frame takes: a full queue then lets one frame pass */
    BUFFERS = 2,
};
enum { ENGINE_LOUDNESS = 1400, BEEP_LOUDNESS = 4000, HIT_LOUDNESS = 5000 };
enum { IDLE_PITCH = 55, PITCH_RANGE = 110, BEEP_PITCH = 440, GO_PITCH = 880 }; /* Hz */

typedef struct {
    s16 left, right;
} Sample;

static Sample buffers[BUFFERS][SAMPLES] __attribute__((aligned(8)));
static s32 buffer;
static u32 engine_phase, beep_phase, noise = 1;

static u32 step_of(u32 pitch) { return pitch * (0xFFFFFFFFu / RATE); }

void sound_initialise(void)
{
    enum { BITS_OF_SAMPLE = 16, ENABLE = 1 };
    AI_RATE = VIDEO_CLOCK / RATE - 1;
    AI_BIT_RATE = BITS_OF_SAMPLE - 1;
    AI_CONTROL = ENABLE;
}

/* A saw that falls from 1 to -1, times the loudness. */
static s32 saw(u32 phase, s32 loudness) { return (s32)(phase >> 16) * loudness / 0x8000 - loudness; }

static u32 engine_pitch(void)
{
    const Player *player = &gPlayers[0];
    if (gGamestate != GAMESTATE_RACE || gIsGamePaused)
        return 0;
    return IDLE_PITCH + (u32)(PITCH_RANGE * player->currentSpeed / at_least_f(player->topSpeed, 1));
}

static u32 beep_pitch(void)
{
    s32 lights = gGamestate == GAMESTATE_RACE ? race_lights() : 0;
    if (lights == 4)
        return GO_PITCH;
    return lights > 0 && gRaceFrameCounter % LIGHT_TICKS < LIGHT_TICKS / 4 ? BEEP_PITCH : 0;
}

static s32 next_noise(void)
{
    noise = noise * 1664525 + 1013904223;
    return (s32)(noise >> 16) * HIT_LOUDNESS / 0x8000 - HIT_LOUDNESS;
}

void sound_frame(void)
{
    enum { FULL = 1 };
    if (AI_STATUS & FULL)
        return;
    u32 engine = step_of(engine_pitch()), beep = step_of(beep_pitch());
    int hit = gGamestate == GAMESTATE_RACE && gPlayers[0].wallHit;
    buffer = (buffer + 1) % BUFFERS;
    for (s32 i = 0; i < SAMPLES; i++) {
        s32 sum = 0;
        engine_phase += engine;
        beep_phase += beep;
        if (engine)
            sum += saw(engine_phase, ENGINE_LOUDNESS);
        if (beep)
            sum += beep_phase >> 31 ? BEEP_LOUDNESS : -BEEP_LOUDNESS;
        if (hit)
            sum += next_noise();
        buffers[buffer][i] = (Sample){(s16)sum, (s16)sum};
    }
    AI_ADDRESS = PHYSICAL(buffers[buffer]);
    AI_LENGTH = sizeof buffers[buffer];
}
