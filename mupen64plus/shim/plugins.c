/* The input, video and audio plugin of a core, and the gate. */
#include <string.h>

#include "internal.h"

struct shim shim;
struct abi_video_info console;

static struct abi_audio_info speakers;
static int attached_as;

/* The RDP's bit of the interrupts. */
enum { RDP_INTERRUPT = 0x20 };

EXPORT struct shim *shim_state(void) { return &shim; }

EXPORT void shim_attach_as(int kind) { attached_as = kind; }

EXPORT int PluginGetVersion(int *kind, int *version, int *interface, const char **name, int *capabilities) {
    static const int INTERFACES[] = {
        [ABI_VIDEO] = ABI_VIDEO_VERSION, [ABI_AUDIO] = ABI_AUDIO_VERSION, [ABI_INPUT] = ABI_INPUT_VERSION};
    if (kind)
        *kind = attached_as;
    if (version)
        *version = 0x010000;
    if (interface)
        *interface = INTERFACES[attached_as];
    if (name)
        *name = "shim";
    if (capabilities)
        *capabilities = 0;
    return ABI_SUCCESS;
}

EXPORT int RomOpen(void) { return 1; }
EXPORT void RomClosed(void) {}

/* The gate. */

EXPORT void shim_run_core(void *unused) {
    (void)unused;
    shim.command(ABI_EXECUTE, 0, NULL);
}

/* The core asks for the picture once in each vertical interrupt. */
EXPORT void UpdateScreen(void) {
    static char name[] = "/state.m64p";
    if (shim.want == SHIM_STEP && shim.to_pass > 0) {
        shim.to_pass--;
        return;
    }
    if (shim.want == SHIM_STEP)
        shim.yield(shim.core, SHIM_INTERRUPT);
    /* What is wanted now? */
    if (shim.want == SHIM_SAVE)
        shim.command(ABI_STATE_SAVE, ABI_STATE_COMPLETE, name);
    else if (shim.want == SHIM_LOAD)
        shim.command(ABI_STATE_LOAD, 0, name);
    else if (shim.want == SHIM_STOP)
        shim.command(ABI_STOP, 0, NULL);
}

EXPORT void shim_on_state(void *context, int parameter, int value) {
    (void)context;
    if (parameter == ABI_STATE_SAVED && shim.want == SHIM_SAVE) {
        if (value)
            await_saved();
        shim.yield(shim.core, SHIM_SAVED);
    } else if (parameter == ABI_STATE_LOADED && shim.want == SHIM_LOAD) {
        shim.load_succeeded = value;
        shim.yield(shim.core, SHIM_LOADED);
    }
}

EXPORT void shim_on_message(void *context, int level, const char *message) {
    (void)context;
    if (level <= ABI_MESSAGE_ERROR)
        strncpy(shim.message, message, sizeof(shim.message) - 1);
}

/* Input. */

EXPORT void InitiateControllers(struct abi_control_info info) {
    for (int port = 0; port < SHIM_PORTS; port++) {
        info.controls[port].present = shim.present[port];
        info.controls[port].pak = shim.pak[port];
    }
}

/* The memory in which the console's controller chip (PIF) has its commands. */
static const uint8_t *pif_ram;

/* Whether the chip's command to a port is a poll. Its memory holds a command for each port in turn: how many bytes are sent
 * and answered, what is sent, and room for the answer. */
static int is_polled(int port) {
    enum { SIZE = 0x40, POLL = 1, NO_COMMAND = 0, RESET = 0xFD, END = 0xFE, FILLER = 0xFF, COUNT_BITS = 0x3F };
    const uint8_t *at = pif_ram, *end = pif_ram + SIZE - 2;
    for (int channel = 0; at < end && at[0] != END;) {
        int has_counts = at[0] != NO_COMMAND && at[0] != RESET;
        /* The core takes a byte before the end for a filler too. */
        if (at[0] == FILLER || (has_counts && at[1] == END)) {
            at++;
            continue;
        }
        if (channel++ == port)
            return has_counts && at[2] == POLL;
        at += has_counts ? 2 + (at[0] & COUNT_BITS) + (at[1] & COUNT_BITS) : 1;
    }
    return 0;
}

/* The core calls this for every command to a controller, and for empty ports; only a poll tells the game what is held. */
EXPORT void GetKeys(int port, uint32_t *held) {
    if (!shim.present[port] || !is_polled(port))
        return;
    *held = shim.held[port];
    if (shim.queue_size > 0) {
        *held = *shim.queue++;
        shim.queue_size--;
    }
    if (shim.poll_count < SHIM_POLLS)
        shim.polls[shim.poll_count] = (struct shim_poll){.port = (uint32_t)port, .held = *held};
    shim.poll_count++;
}

EXPORT void ControllerCommand(int port, unsigned char *command) { (void)port, (void)command; }
EXPORT void ReadController(int port, unsigned char *command) { (void)port, (void)command; }
EXPORT void SDL_KeyDown(int modifier, int key) { (void)modifier, (void)key; }
EXPORT void SDL_KeyUp(int modifier, int key) { (void)modifier, (void)key; }

/* Video: display lists are only noted, whether or not the picture will be drawn, so that drawing changes nothing in the
 * console. The last one is drawn when its picture is asked for. */

/* The core keeps the console's memories in one block: at their addresses, or one after the other where there is not enough
 * address space. The distance from RAM to the cartridge tells which. */
static const uint8_t *find_pif_ram(void) {
    enum {
        RAM = 0x800000, CARTRIDGE = 0x4000000, SIGNAL_PROCESSOR = 0x2000, DISK = 0x400000, PIF_ROM = 0x7C0,
        CARTRIDGE_ADDRESS = 0x10000000, PIF_ADDRESS = 0x1FC00000,
    };
    switch (console.header - console.rdram) {
    case CARTRIDGE_ADDRESS: return console.rdram + PIF_ADDRESS + PIF_ROM;
    case RAM: return console.rdram + RAM + CARTRIDGE + SIGNAL_PROCESSOR + DISK + PIF_ROM;
    default: return NULL;
    }
}

EXPORT int InitiateGFX(struct abi_video_info info) {
    console = info;
    pif_ram = find_pif_ram();
    if (!pif_ram)
        shim_on_message(NULL, ABI_MESSAGE_ERROR, "its memories lie as in no known version");
    return pif_ram != NULL;
}

EXPORT void ProcessDList(void) {
    memcpy(shim.task, console.dmem + SHIM_TASK_OFFSET, sizeof(shim.task));
    shim.has_task = 1;
    *console.mi_intr |= RDP_INTERRUPT;
}

EXPORT void ProcessRDPList(void) {}
EXPORT void ChangeWindow(void) {}
EXPORT void MoveScreen(int x, int y) { (void)x, (void)y; }
EXPORT void ShowCFB(void) {}
EXPORT void ViStatusChanged(void) {}
EXPORT void ViWidthChanged(void) {}
EXPORT void ResizeVideoOutput(int width, int height) { (void)width, (void)height; }
EXPORT void SetRenderingCallback(void (*callback)(int)) { (void)callback; }
EXPORT void FBRead(unsigned int address) { (void)address; }
EXPORT void FBWrite(unsigned int address, unsigned int size) { (void)address, (void)size; }
EXPORT void FBGetFrameBufferInfo(void *info) { (void)info; }

EXPORT void ReadScreen2(void *pixels, int *width, int *height, int front) {
    (void)pixels, (void)front;
    *width = SHIM_PICTURE_WIDTH;
    *height = SHIM_PICTURE_HEIGHT;
}

/* Audio. */

EXPORT int InitiateAudio(struct abi_audio_info info) {
    speakers = info;
    return 1;
}

/* The clock that samples are counted by, in NTSC, PAL and Brazilian consoles. */
EXPORT void AiDacrateChanged(int system) {
    static const uint32_t CLOCKS[] = {48681812, 49656530, 48628316};
    if (system >= 0 && system < 3)
        shim.sample_rate = CLOCKS[system] / (*speakers.dac_rate + 1);
}

EXPORT void AiLenChanged(void) {
    uint32_t start = *speakers.dram_address / 4, count = *speakers.length / 4;
    uint32_t size = *console.rdram_size / 4;
    if (!shim.sound || start > size || count > size - start)
        return;
    if (count > SHIM_SAMPLES - shim.sample_count)
        count = (uint32_t)(SHIM_SAMPLES - shim.sample_count);
    memcpy(shim.samples + shim.sample_count, (const uint32_t *)speakers.rdram + start, count * sizeof(uint32_t));
    shim.sample_count += count;
}

EXPORT void ProcessAList(void) {}
EXPORT void SetSpeedFactor(int percent) { (void)percent; }
EXPORT void VolumeUp(void) {}
EXPORT void VolumeDown(void) {}
EXPORT int VolumeGetLevel(void) { return 100; }
EXPORT void VolumeSetLevel(int level) { (void)level; }
EXPORT void VolumeMute(void) {}
EXPORT const char *VolumeGetString(void) { return "100%"; }
