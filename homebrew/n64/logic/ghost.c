/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ghost.h"

#include "ghost_file.h"
#include "pads.h"

enum { RUN_MAX = 0x100 };

static u32 recording[GHOST_FILE_WORDS], kept[GHOST_FILE_WORDS];
static s16 recorded, kept_words, kept_course;
static u8 frames_of_run, is_void;

static u32 pack(const Controller *pad)
{
    u32 word = (u8)pad->stickX | (u32)(u8)pad->stickY << 8;
    word |= (u32)(pad->buttons & (BUTTON_A | BUTTON_B | BUTTON_Z)) << 16;
    return pad->buttons & BUTTON_R ? word | 0x10000000 : word;
}

void ghost_start_recording(void)
{
    recorded = 0;
    is_void = 0;
}

void ghost_void_recording(void) { is_void = 1; }

void ghost_record(const Controller *pad)
{
    u32 word = pack(pad), *last = &recording[recorded - 1];
    if (is_void)
        return;
    if (recorded > 0 && (*last & ~0x00FF0000u) == word && (*last >> 16 & 0xFF) < RUN_MAX - 1)
        *last += 0x10000;
    else if (recorded < GHOST_WORDS)
        recording[recorded++] = word;
    else
        is_void = 1;
}

int ghost_exists(void) { return gPlayerGhost && gPlayerGhostTime > 0 && kept_course == gCurrentCourseId; }

static void keep_recording(s32 centiseconds, u16 character)
{
    for (s32 i = 0; i < GHOST_WORDS; i++)
        kept[i] = i < recorded ? recording[i] : 0;
    kept_words = recorded;
    gPlayerGhost = kept;
    gPlayerGhostTime = centiseconds;
    gPlayerGhostCharacter = character;
    kept_course = gCurrentCourseId;
}

void ghost_keep(s32 centiseconds, u16 character)
{
    if (is_void || (ghost_exists() && gPlayerGhostTime <= centiseconds))
        return;
    keep_recording(centiseconds, character);
}

int ghost_save(void)
{
    GhostInfo info = {gPlayerGhostTime, gPlayerGhostCharacter};
    return ghost_exists() && ghost_file_save(kept, kept_words, kept_course, info);
}

void ghost_load(void)
{
    GhostInfo info;
    if (ghost_exists())
        return;
    recorded = (s16)ghost_file_load(recording, gCurrentCourseId, &info);
    if (recorded > 0)
        keep_recording(info.time, info.character);
}

void ghost_start_replay(void)
{
    gPlayerGhostIndex = 0;
    frames_of_run = 0;
}

void ghost_replay(Controller *pad)
{
    u32 word = gPlayerGhostIndex < GHOST_WORDS ? gPlayerGhost[gPlayerGhostIndex] : 0;
    u16 buttons = (u16)(word >> 16 & (BUTTON_A | BUTTON_B | BUTTON_Z));
    if (word & 0x10000000)
        buttons |= BUTTON_R;
    pads_set(pad, (s8)word, (s8)(word >> 8), buttons);
    if (frames_of_run++ < (word >> 16 & 0xFF))
        return;
    frames_of_run = 0;
    if (gPlayerGhostIndex < GHOST_WORDS)
        gPlayerGhostIndex++;
}
