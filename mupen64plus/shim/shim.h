/* The shim: what stands between one core and the crate.
 *
 * It is a shared library, since a core takes its plugins from the symbols of libraries. Each core has a copy of its own,
 * whose globals are that core's: input, video and audio plugin, the window that the real video plugin draws into, the
 * core's files, and the gate that the core waits at.
 */
#ifndef SHIM_H
#define SHIM_H

#include <stddef.h>
#include <stdint.h>

#include "abi.h"

enum {
    SHIM_PORTS = 4,
    /* Words of the task header that names a display list, and its offset in the signal processor's data memory. */
    SHIM_TASK_WORDS = 16,
    SHIM_TASK_OFFSET = 0xFC0,
    /* Bytes of a page of a state. */
    SHIM_PAGE = 4096,
    /* The picture that the video plugin draws. */
    SHIM_PICTURE_WIDTH = 320,
    SHIM_PICTURE_HEIGHT = 240,
    /* Samples that a step may play at most; more are dropped. */
    SHIM_SAMPLES = 1 << 14,
    /* Polls of controllers that a step can have; a game at its usual timing has at most a tenth. */
    SHIM_POLLS = 1 << 14,
    SHIM_MESSAGE = 256,
};

/* What the core does next. */
enum { SHIM_STEP, SHIM_SAVE, SHIM_LOAD, SHIM_STOP };

/* What a resumed core or painter yields. */
enum {
    /* The core stands at a vertical interrupt. */
    SHIM_INTERRUPT,
    /* It stands right after the interrupt, and has made a state. */
    SHIM_SAVED,
    /* It has loaded a state. */
    SHIM_LOADED,
    /* The picture is drawn. */
    SHIM_PAINTED,
};

/* Memory that keeps its contents without power. */
enum { SHIM_EEPROM, SHIM_PAKS, SHIM_SRAM, SHIM_FLASH, SHIM_STORAGES };

struct shim_storage {
    /* Its contents at power-on: `size` bytes, which live until the core has started. */
    const uint8_t *initial;
    size_t size;
    /* Where the core keeps it. */
    uint8_t *live;
};

/* A poll: which controller the game asked, and what it got. */
struct shim_poll {
    uint32_t port;
    uint32_t held;
};

struct shim {
    /* The coroutine that the core runs in and the one that the picture is drawn in, and how to yield from them. */
    void *core;
    void *painter;
    void (*yield)(void *coroutine, int value);
    int (*command)(int command, int number, void *pointer);
    int want;
    /* How many vertical interrupts the core passes before it stops at one. */
    uint32_t to_pass;

    /* The four controllers: whether there is one, what is in it, and what is held in the coming step (as the console's
     * controllers send it). */
    uint8_t present[SHIM_PORTS];
    uint8_t pak[SHIM_PORTS];
    uint32_t held[SHIM_PORTS];
    /* What the coming polls get instead, whichever controllers they ask. */
    const uint32_t *queue;
    size_t queue_size;
    /* The polls of the last step. */
    struct shim_poll polls[SHIM_POLLS];
    size_t poll_count;

    struct shim_storage storages[SHIM_STORAGES];

    /* The state that the core made: valid until `shim_release_saved`. */
    const uint8_t *saved;
    size_t saved_size;
    /* The state to load: for each page whether it is in `load_pages` or zero. */
    const uint8_t *load_present;
    const uint8_t *load_pages;
    size_t load_size;
    int load_succeeded;

    /* The task of the last display list, if there was one. */
    uint32_t task[SHIM_TASK_WORDS];
    uint8_t has_task;

    /* Sound: left in the upper half of a word, and its samples a second. */
    uint8_t sound;
    uint32_t sample_rate;
    uint32_t samples[SHIM_SAMPLES];
    size_t sample_count;

    /* The drawn picture, RGBA, rows from the top. */
    uint8_t picture[SHIM_PICTURE_WIDTH * SHIM_PICTURE_HEIGHT * 4];
    /* Whether the painter, when it is resumed, closes the video plugin and returns. */
    uint8_t painter_ends;
    /* Why GL or the video plugin is refused; empty if it is not. */
    char refused[SHIM_MESSAGE];

    /* The core's last complaint. */
    char message[SHIM_MESSAGE];
};

/* This copy's globals. */
struct shim *shim_state(void);

/* Sends the core's calls that reach files and the process here: see files.c. NULL, or the function that it lacks. */
const char *shim_hook_core(void *library);

/* Keeps the video plugin from printing and from writing files. */
void shim_hook_video(void *library);

/* Which plugin the core attaches next. */
void shim_attach_as(int kind);

/* The window for the video plugin. */
struct abi_window *shim_window(void);

/* The core's messages and changes of state. */
void shim_on_message(void *context, int level, const char *message);
void shim_on_state(void *context, int parameter, int value);

/* Runs the core until its console is switched off: the coroutine's function. */
void shim_run_core(void *unused);

/* The core need not keep the state any longer. */
void shim_release_saved(void);

/* Which video plugin draws. */
void shim_paint_with(void *core, void *video);

/* Draws the last display list whenever it is resumed: the coroutine's function. It returns if it is refused. */
void shim_run_painter(void *unused);

#endif
