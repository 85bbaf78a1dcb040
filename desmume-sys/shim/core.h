/*
 * The C interface of one image of the DeSmuME core: one emulated console.
 *
 * The core keeps its state in globals, so an image is one console, used by one thread at a time.
 * Several consoles are several copies of the shared object, each opened RTLD_LOCAL.
 *
 * Functions that can fail return a CORE_* status; core_message() then says what happened. No C++
 * exception leaves the image. After CORE_EXCEPTION the console's state is undefined: drop the image.
 */
#ifndef KARTSCOPE_CORE_H
#define KARTSCOPE_CORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The rest of the image is compiled with hidden symbols. */
#pragma GCC visibility push(default)

enum core_status {
    CORE_OK = 0,
    /** A C++ exception was stopped, or an assertion failed. */
    CORE_EXCEPTION = 1,
    /** The ROM was refused. */
    CORE_ROM = 2,
    /** The JIT was asked for and cannot run here. */
    CORE_JIT = 3,
    /** The console halted: undefined instruction, jump to unmapped memory, power off. */
    CORE_HALTED = 4,
    /** The bytes are not a state of this core. The console's state is undefined: power it on again. */
    CORE_STATE = 5,
    /** The battery memory was refused. */
    CORE_BATTERY = 6,
    /** The buffer is too small; the size needed was written. */
    CORE_SPACE = 7,
    /** A call in the wrong order: no ROM is loaded. */
    CORE_UNLOADED = 8
};

/** Everything a power-on depends on besides the ROM and the battery memory. */
typedef struct core_settings {
    /** Instructions per compiled block, 1..=100; 0 is the interpreter. */
    uint8_t jit_block_size;
    /** Bus and cache timing (the core's default); 0 is faster and wrong. */
    uint8_t advanced_timing;

    /** The clock at power-on. */
    uint16_t year;
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;

    /** The console's user settings; text is UTF-16. */
    uint8_t favourite_colour;
    uint8_t birth_month;
    uint8_t birth_day;
    uint8_t language;
    uint8_t nickname_length;
    uint8_t message_length;
    uint16_t nickname[10];
    uint16_t message[26];
} core_settings;

/** The input of one video frame. */
typedef struct core_input {
    /** KEYINPUT order, then X (bit 10), Y (bit 11), debug (bit 12); 1 = held. */
    uint16_t pad;
    uint8_t touching;
    /** Pixels of the lower screen. */
    uint8_t touch_x;
    uint8_t touch_y;
    uint8_t microphone;
    uint8_t lid;
    /** Switch the console off and on before this frame; nothing else of the input is used then. */
    uint8_t reset;
} core_input;

/** What the last failed call reported; empty at first. Valid until the next call. */
const char *core_message(void);

/** "DeSmuME 0.9.12 ..." */
const char *core_version(void);

/** Loads the ROM and switches the console on. The ROM's bytes must stay where they are until
 * core_unload(), or the next call of this function. Battery memory: none (NULL) or a dump. */
int32_t core_power_on(const core_settings *settings, const uint8_t *rom, size_t rom_size,
                      const uint8_t *battery, size_t battery_size);

/** Takes the ROM out and gives back the memory that only a running console needs. Sound is off then. */
void core_unload(void);

/** Runs one video frame. With draw != 0 both screens are drawn in this very frame, whatever was
 * skipped before. */
int32_t core_step(const core_input *input, uint8_t draw);

/** Main RAM: 4 MiB, at the same place for the life of the image. */
uint8_t *core_main_ram(void);

/** Whether the sound of each frame is kept for core_sound(): off at first and after power-on. What the
 * console does, its RAM and its states are the same either way. */
void core_set_sound(uint8_t on);

/** What the last core_step() played: *count stereo samples at 44100 Hz, the left one first, none with
 * sound off. Valid until the next call. */
const int16_t *core_sound(size_t *count);

/** Both screens, 256x384, as RGBA with alpha 255: the upper screen first. */
int32_t core_screens(uint8_t *rgba, size_t size);

/** Writes a state. *size is the bytes written, or with CORE_SPACE the bytes needed. */
int32_t core_state_save(uint8_t *state, size_t capacity, size_t *size);

int32_t core_state_load(const uint8_t *state, size_t size);

/** The battery memory; *size is 0 while the game has not touched it and none was given. */
int32_t core_battery(uint8_t *battery, size_t capacity, size_t *size);

/** Swaps the battery memory of the running console. */
int32_t core_set_battery(const uint8_t *battery, size_t size);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
