// The microphone: silence, or while the input says so a fixed noise. Unlike the core's own, its
// position is part of a state, so that runs from a state repeat.

#include "NDSSystem.h"
#include "emufile.h"
#include "mic.h"

static const u8 SILENCE = 0;
static const u8 NOISE[16] = {0xF8, 0xFF, 0x9C, 0xFF, 0xD2, 0x7A, 0x51, 0x66,
                             0xC0, 0x24, 0x08, 0x02, 0x31, 0x5E, 0xA7, 0xE3};

static u32 position;

BOOL Mic_Init()
{
    Mic_Reset();
    return TRUE;
}

void Mic_Reset()
{
    position = 0;
}

void Mic_DeInit() {}

u8 Mic_ReadSample()
{
    if (!NDS_getFinalUserInput().mic.micButtonPressed) {
        return SILENCE;
    }
    return NOISE[position++ % sizeof(NOISE)];
}

void mic_savestate(EMUFILE &state)
{
    state.write_32LE(position);
}

bool mic_loadstate(EMUFILE &state, int)
{
    return state.read_32LE(position) == 1;
}
