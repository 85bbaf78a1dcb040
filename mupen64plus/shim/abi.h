/* The part of Mupen64Plus's binary interface that this crate uses, as facts of our own: numbers, layouts and the
 * functions that a core exports. No header of a package is needed to build.
 *
 * tests/abi.rs compares every number and layout with the installed headers.
 */
#ifndef ABI_H
#define ABI_H

#include <stdint.h>

/* Versions: 0x00MMmmpp. */
enum {
    ABI_FRONTEND_VERSION = 0x020102,
    ABI_INPUT_VERSION = 0x020101,
    ABI_VIDEO_VERSION = 0x020200,
    ABI_AUDIO_VERSION = 0x020000,
};

/* What a function of the core returns. */
enum { ABI_SUCCESS = 0, ABI_UNSUPPORTED = 13 };

/* Kinds of libraries. */
enum { ABI_RSP = 1, ABI_VIDEO, ABI_AUDIO, ABI_INPUT, ABI_CORE };

/* Types of configuration parameters. */
enum { ABI_INT = 1, ABI_FLOAT, ABI_BOOL, ABI_STRING };

/* The level of messages of errors; others are higher. */
enum { ABI_MESSAGE_ERROR = 1 };

/* Commands. */
enum {
    ABI_ROM_OPEN = 1,
    ABI_ROM_CLOSE = 2,
    ABI_ROM_GET_SETTINGS = 4,
    ABI_EXECUTE = 5,
    ABI_STOP = 6,
    ABI_STATE_LOAD = 10,
    ABI_STATE_SAVE = 11,
    ABI_CORE_STATE_SET = 17,
    ABI_ROM_SET_SETTINGS = 27,
};

/* Parameters of a running core. */
enum { ABI_SPEED_LIMITER = 5, ABI_STATE_LOADED = 10, ABI_STATE_SAVED = 11 };

/* The format of a state that has everything. */
enum { ABI_STATE_COMPLETE = 1 };

/* Memory of the console. */
enum { ABI_MEMORY_RDRAM = 1, ABI_MEMORY_VI = 4 };

/* What is in a controller. */
enum { ABI_PAK_NONE = 1, ABI_PAK_MEMORY = 2, ABI_PAK_RUMBLE = 3 };

/* The memory that a cartridge saves in. */
enum {
    ABI_SAVE_EEPROM_4K = 0,
    ABI_SAVE_EEPROM_16K = 1,
    ABI_SAVE_SRAM = 2,
    ABI_SAVE_FLASH = 3,
    ABI_SAVE_NONE = 5,
};

/* What a core's database knows of a ROM. */
struct abi_rom_settings {
    char name[256];
    char md5[33];
    unsigned char save;
    unsigned char status;
    unsigned char players;
    unsigned char rumble;
    unsigned char transfer_pak;
    unsigned char memory_pak;
    unsigned char bio_pak;
    unsigned char no_expansion;
    unsigned int count_per_op;
    unsigned int si_dma_duration;
    unsigned int ai_dma_modifier;
};

struct abi_cheat_code {
    uint32_t address;
    int value;
};

/* A controller, as the input plugin describes it. */
struct abi_control {
    int present;
    int raw;
    int pak;
    int type;
};

struct abi_control_info {
    struct abi_control *controls;
};

/* What a video plugin is given. */
struct abi_video_info {
    unsigned char *header;
    unsigned char *rdram;
    unsigned char *dmem;
    unsigned char *imem;
    unsigned int *mi_intr;
    unsigned int *dpc[8];
    unsigned int *vi[14];
    void (*check_interrupts)(void);
    unsigned int version;
    unsigned int *sp_status;
    const unsigned int *rdram_size;
};

/* What an audio plugin is given. */
struct abi_audio_info {
    unsigned char *rdram;
    unsigned char *dmem;
    unsigned char *imem;
    unsigned int *mi_intr;
    unsigned int *dram_address;
    unsigned int *length;
    unsigned int *control;
    unsigned int *status;
    unsigned int *dac_rate;
    unsigned int *bit_rate;
    void (*check_interrupts)(void);
};

struct abi_size {
    unsigned int width;
    unsigned int height;
};

/* The functions through which video plugins reach a window. */
struct abi_window {
    unsigned int count;
    int (*init)(void);
    int (*quit)(void);
    int (*list_modes)(struct abi_size *, int *);
    int (*list_rates)(struct abi_size, int *, int *);
    int (*set_mode)(int, int, int, int, int);
    int (*set_mode_with_rate)(int, int, int, int, int, int);
    void (*(*get_proc)(const char *))(void);
    int (*set_attribute)(int, int);
    int (*get_attribute)(int, int *);
    int (*swap)(void);
    int (*set_caption)(const char *);
    int (*toggle_fullscreen)(void);
    int (*resize)(int, int);
    uint32_t (*default_framebuffer)(void);
};
enum { ABI_WINDOW_FUNCTIONS = 14 };

/* Attributes of GL contexts. */
enum { ABI_GL_DOUBLE_BUFFER = 1, ABI_GL_BUFFER_SIZE, ABI_GL_DEPTH_SIZE };

/* Functions that a core exports. */
int CoreStartup(int interface, const char *config_folder, const char *data_folder, void *message_context,
                void (*message)(void *, int, const char *), void *state_context, void (*state)(void *, int, int));
int CoreShutdown(void);
int CoreAttachPlugin(int kind, void *library);
int CoreDetachPlugin(int kind);
int CoreDoCommand(int command, int number, void *pointer);
int CoreOverrideVidExt(struct abi_window *functions);
int CoreAddCheat(const char *name, struct abi_cheat_code *codes, int count);
int CoreCheatEnabled(const char *name, int enabled);
const char *CoreErrorMessage(int error);
int ConfigOpenSection(const char *name, void **section);
int ConfigSetParameter(void *section, const char *name, int type, const void *value);
void *DebugMemGetPointer(int memory);

#endif
