// The shim: one console, driven by the calls of core.h.

#include "core.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "GPU.h"
#include "GPU_Operations.h"
#include "MMU.h"
#include "NDSSystem.h"
#include "SPU.h"
#include "arm_jit.h"
#include "armcpu.h"
#include "common.h"
#include "debug.h"
#include "driver.h"
#include "emufile.h"
#include "firmware.h"
#include "gfx3d.h"
#include "mc.h"
#include "movie.h"
#include "path.h"
#include "rasterize.h"
#include "render3D.h"
#include "version.h"
#include "wifi.h"

#include "hooks.h"
#include "pages.h"

// What the core expects of its front end.
volatile bool execute = false;
SoundInterface_struct *SNDCoreList[] = {&SNDDummy, NULL};
GPU3DInterface *core3DList[] = {&gpu3DNull, &gpu3DRasterize, NULL};

namespace {

const size_t SCREEN_WIDTH = GPU_FRAMEBUFFER_NATIVE_WIDTH;
const size_t SCREEN_HEIGHT = GPU_FRAMEBUFFER_NATIVE_HEIGHT;

// The file name reaches main RAM, so every ROM gets the same.
const char *const ROM_NAME = "game.nds";

char message[512];
char failed_assertion[256];
bool initialised = false;
bool loaded = false;

int32_t fail(core_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return status;
}

// Runs `body`, which returns a status, and stops every exception and failed assertion.
template <typename Body> int32_t guarded(Body body)
{
    failed_assertion[0] = '\0';
    try {
        const int32_t status = body();
        return failed_assertion[0] == '\0' ? status : fail(CORE_EXCEPTION, "%s", failed_assertion);
    } catch (const std::exception &exception) {
        return fail(CORE_EXCEPTION, "%s", exception.what());
    } catch (...) {
        return fail(CORE_EXCEPTION, "an exception that is no std::exception");
    }
}

// A block of the caller's memory as the core's file: writes past its end are counted, not made.
class Block : public EMUFILE
{
  public:
    Block(u8 *bytes, size_t capacity, size_t length)
        : bytes(bytes), capacity(capacity), length(length), position(0)
    {
    }

    EMUFILE *memwrap() override { return this; }
    FILE *get_fp() override { return NULL; }

    int fprintf(const char *, ...) override
    {
        _failbit = true;
        return 0;
    }

    int fgetc() override
    {
        u8 byte;
        return _fread(&byte, 1) == 1 ? byte : -1;
    }

    int fputc(int byte) override
    {
        const u8 value = (u8)byte;
        fwrite(&value, 1);
        return 0;
    }

    char *fgets(char *, int) override
    {
        _failbit = true;
        return NULL;
    }

    size_t _fread(const void *to, size_t count) override
    {
        const size_t available = position < length ? length - position : 0;
        const size_t taken = std::min(count, available);
        memcpy(const_cast<void *>(to), bytes + std::min(position, length), taken);
        position += taken;
        if (taken < count) {
            _failbit = true;
        }
        return taken;
    }

    size_t fwrite(const void *from, size_t count) override
    {
        if (position + count <= capacity) {
            memcpy(bytes + position, from, count);
        }
        position += count;
        length = std::max(length, position);
        return count;
    }

    int fseek(int offset, int origin) override
    {
        const s64 base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? (s64)position : (s64)length;
        position = (size_t)std::max<s64>(0, base + offset);
        return 0;
    }

    int ftell() override { return (int)position; }
    int size() override { return (int)length; }
    void fflush() override {}
    void truncate(s32 new_length) override { length = (size_t)new_length; }

  private:
    u8 *bytes;
    size_t capacity;
    size_t length;
    size_t position;
};

static_assert(DESMUME_SAMPLE_RATE == 44100, "what core.h says of core_sound()");

// Collects the sound of a frame. The core mixes its channels for whoever says to be recording, and
// hands over every line's samples; the channels themselves go on alike whether they are mixed or not.
class Recorder : public BaseDriver
{
  public:
    bool WAV_IsRecording() override { return on; }

    void AVI_SoundUpdate(void *line, int count) override
    {
        if (!on) {
            return;
        }
        const size_t taken = std::min((size_t)count, CAPACITY - length);
        memcpy(samples + 2 * length, line, taken * 2 * sizeof(s16));
        length += taken;
    }

    void turn(bool turned_on)
    {
        on = turned_on;
        clear();
    }

    void clear() { length = 0; }
    const s16 *begin() const { return samples; }
    size_t size() const { return length; }

  private:
    // A frame has 738 samples at most; what a longer one would have more is left out.
    static const size_t CAPACITY = 1024;

    bool on = false;
    size_t length = 0;
    s16 samples[2 * CAPACITY];
};

Recorder recorder;

void ignore_log(const Logger &, const char *) {}
void ignore_message(const char *, ...) {}

bool agree(const char *, ...)
{
    return true;
}

msgBoxInterface quiet_messages = {ignore_message, agree, ignore_message, ignore_message};

// How colours are faded: 11 MB that starting writes whole.
void give_large_pages_to_tables()
{
    prefer_large_pages(PixelOperation::BrightnessUpTable555);
    prefer_large_pages(PixelOperation::BrightnessUpTable666);
    prefer_large_pages(PixelOperation::BrightnessUpTable888);
    prefer_large_pages(PixelOperation::BrightnessDownTable555);
    prefer_large_pages(PixelOperation::BrightnessDownTable666);
    prefer_large_pages(PixelOperation::BrightnessDownTable888);
}

int32_t initialise()
{
    if (initialised) {
        return CORE_OK;
    }
    for (unsigned channel = 0; channel < 20; ++channel) {
        Logger::log(channel, __FILE__, __LINE__, &ignore_log);
    }
    msgbox = &quiet_messages;
    driver = &recorder;
    // One core: the renderers start no threads of their own.
    CommonSettings.num_cores = 1;
    CommonSettings.SPU_sync_mode = 0;
    CommonSettings.SPU_sync_method = 0;
    CommonSettings.spuInterpolationMode = 0;
    path.ReadPathSettings();
    give_large_pages_to_tables();
    if (NDS_Init() != 0) {
        return fail(CORE_EXCEPTION, "the core does not start");
    }
    GPU->Change3DRendererByID(RENDERID_SOFTRASTERIZER);
    initialised = true;
    return CORE_OK;
}

void copy_text(u16 *to, u8 &length, size_t room, const u16 *from, size_t count)
{
    length = (u8)std::min(count, room);
    std::fill(to, to + room, 0);
    std::copy(from, from + length, to);
}

void apply(const core_settings &settings)
{
    CommonSettings.use_jit = settings.jit_block_size != 0;
    CommonSettings.jit_max_block_size = std::max<u32>(settings.jit_block_size, 1);
    CommonSettings.advanced_timing = settings.advanced_timing != 0;

    currMovieData.rtcStart = DateTime(settings.year, settings.month, settings.day, settings.hour,
                                      settings.minute, settings.second);

    NDS_GetDefaultFirmwareConfig(CommonSettings.fwConfig);
    FirmwareConfig &firmware = CommonSettings.fwConfig;
    firmware.favoriteColor = settings.favourite_colour;
    firmware.birthdayMonth = settings.birth_month;
    firmware.birthdayDay = settings.birth_day;
    firmware.language = settings.language;
    copy_text(firmware.nickname, firmware.nicknameLength, MAX_FW_NICKNAME_LENGTH, settings.nickname,
              settings.nickname_length);
    copy_text(firmware.message, firmware.messageLength, MAX_FW_MESSAGE_LENGTH, settings.message,
              settings.message_length);
}

// The battery memory as the core writes it into its states: the only way in and out of it that
// needs no file.
struct Battery {
    std::vector<u8> state;

    static const u32 VERSION = 5;
    static const u32 RUNNING = 1;

    // Empty until the chip is known: it was given, or the game has used it.
    std::vector<u8> bytes() const
    {
        std::vector<u8> copy(state);
        EMUFILE_MEMORY file(&copy);
        // version, write enable, command, address size, address counter
        file.fseek(5 * sizeof(u32), SEEK_SET);
        const u32 phase = file.read_u32LE();
        std::vector<u8> data;
        if (phase == RUNNING) {
            file.read_buffer(data);
        }
        return data;
    }

    static Battery read()
    {
        Battery battery;
        EMUFILE_MEMORY file(&battery.state);
        MMU_new.backupDevice.save_state(file);
        return battery;
    }

    static Battery of(const u8 *bytes, size_t size, u32 address_size)
    {
        Battery battery;
        EMUFILE_MEMORY file(&battery.state);
        std::vector<u8> data(bytes, bytes + size);
        std::vector<u8> nothing;
        file.write_32LE((u32)VERSION);
        file.write_bool32(false); // write enable
        file.write_32LE((u32)0);  // command
        file.write_32LE(address_size);
        file.write_32LE((u32)0); // address counter
        file.write_32LE((u32)RUNNING);
        file.write_buffer(data);
        file.write_buffer(nothing); // bytes seen while detecting
        file.write_32LE((u32)0);    // address
        file.write_u8((u8)0);       // motion pack
        file.write_u8((u8)0);
        file.write_bool32(false); // reset command
        file.write_u8((u8)0);     // write protection
        file.write_32LE((u32)0);  // position
        return battery;
    }

    void insert()
    {
        MMU_new.backupDevice.load_movie_blank();
        EMUFILE_MEMORY file(&state);
        MMU_new.backupDevice.load_state(file);
    }
};

int32_t insert_battery(const u8 *bytes, size_t size)
{
    if (bytes == NULL || size == 0) {
        MMU_new.backupDevice.load_movie_blank();
        return CORE_OK;
    }
    const u32 unknown = 0xFFFFFFFF;
    const u32 address_size =
        size <= MC_SIZE_64MBITS ? BackupDevice::addr_size_for_old_save_size((int)size) : unknown;
    if (address_size == unknown) {
        return fail(CORE_BATTERY,
                    "battery memory of %zu bytes: expected a chip's size (512 bytes, 8, 32, 64, "
                    "128, 256, 512 KiB, 1, 2 or 8 MiB)",
                    size);
    }
    Battery::of(bytes, size, address_size).insert();
    return CORE_OK;
}

// The core's reset says nothing when it gives up before the game's programs are in RAM; the last
// thing it does there is to set POSTFLG, as the console's firmware would.
bool has_booted()
{
    return MMU.ARM9_REG[0x300] == 1;
}

// After the core's reset: it forgets what the 3D engine's control register says, but not that it
// has read it, and then ignores a game that sets it to the same value again.
// The registers that scroll backgrounds are zero at power-on; the core only knows so of registers that were written.
void reset_scrolling()
{
    for (const u32 engine : {0x04000000, 0x04001000}) {
        for (u32 offset = 0x10; offset < 0x20; offset += 2) {
            _MMU_write16<ARMCPU_ARM9>(engine + offset, 0);
        }
    }
}

void finish_reset()
{
    reset_scrolling();
    gfx3d.state.savedDISP3DCNT.value = 0;
    gfx3d.state.fogDensityTable = MMU.ARM9_REG + 0x0360;
    gfx3d.state.edgeMarkColorTable = (u16 *)(MMU.ARM9_REG + 0x0330);
    execute = true;
}

// The wireless hardware allocates at every reset what only stopping it frees.
void reset_console()
{
    wifiHandler->CommStop();
    NDS_Reset();
    finish_reset();
}

// Switches the console off and on in the middle of a run: battery memory and clock go on.
void reset_running_console()
{
    Battery battery = Battery::read();
    const int frames = currFrameCounter;
    reset_console();
    battery.insert();
    currFrameCounter = frames;
}

void apply(const core_input &input)
{
    const u16 pad = input.pad;
    const auto held = [pad](int bit) { return (pad >> bit & 1) != 0; };
    // The core's letters: T = select, S = start, W and E the left and right shoulder, G = debug, F = lid.
    NDS_setPad(held(4), held(5), held(7), held(6), held(2), held(3), held(1), held(0), held(11),
               held(10), held(9), held(8), held(12), input.lid != 0);
    if (input.touching != 0) {
        NDS_setTouchPos(input.touch_x, input.touch_y);
    } else {
        NDS_releaseTouch();
    }
    NDS_setMic(input.microphone != 0);
    NDS_beginProcessingInput();
    NDS_endProcessingInput();
}

const char *reason(NDSErrorCode code)
{
    switch (code) {
    case NDSError_SystemPoweredOff:
        return "the game switched the console off";
    case NDSError_JITUnmappedAddressException:
    case NDSError_NoError: // The JIT halts the console without a code.
        return "a jump to unmapped memory";
    case NDSError_ARMUndefinedInstructionException:
        return "an undefined instruction";
    default:
        return "an unknown reason";
    }
}

const char *processor(NDSErrorTag tag)
{
    switch (tag) {
    case NDSErrorTag_ARM9:
        return " on the ARM9";
    case NDSErrorTag_ARM7:
        return " on the ARM7";
    default:
        return "";
    }
}

int32_t report_halt()
{
    if (hook_frame_is_endless) {
        return fail(CORE_HALTED, "the frame did not end within %u cycles (ARM9 at 0x%08X, ARM7 at 0x%08X)",
                    HOOK_MOST_CYCLES, NDS_ARM9.instruct_adr, NDS_ARM7.instruct_adr);
    }
    const NDSError error = NDS_GetLastError();
    return fail(CORE_HALTED, "%s%s (ARM9 at 0x%08X, ARM7 at 0x%08X)", reason(error.code),
                processor(error.tag), NDS_ARM9.instruct_adr, NDS_ARM7.instruct_adr);
}

} // namespace

void shim_assertion_failed(const char *assertion, const char *file, int line)
{
    const char *const name = strrchr(file, '/') == NULL ? file : strrchr(file, '/') + 1;
    snprintf(failed_assertion, sizeof(failed_assertion), "assertion %s failed in %s, line %d",
             assertion, name, line);
    execute = false;
}

const char *core_message(void)
{
    return message;
}

const char *core_version(void)
{
    return EMU_DESMUME_NAME_AND_VERSION();
}

int32_t core_power_on(const core_settings *settings, const uint8_t *rom, size_t rom_size,
                      const uint8_t *battery, size_t battery_size)
{
    return guarded([&]() -> int32_t {
        if (settings->jit_block_size != 0) {
#ifdef HAVE_JIT
            if (hook_jit_error() != 0) {
                return fail(CORE_JIT, "the system forbids executable memory: %s",
                            strerror(hook_jit_error()));
            }
#else
            return fail(CORE_JIT, "the JIT is for x86-64 processors");
#endif
        }
        if (rom_size > 0x20000000) {
            return fail(CORE_ROM, "%zu bytes: expected at most 512 MiB", rom_size);
        }
        const int32_t status = initialise();
        if (status != CORE_OK) {
            return status;
        }
        core_unload();
        apply(*settings);
        hook_set_rom(rom, (u32)rom_size);
        if (NDS_LoadROM(ROM_NAME) < 1) {
            core_unload();
            return fail(CORE_ROM, "the core refuses it");
        }
        loaded = true;
        if (!has_booted()) {
            core_unload();
            return fail(CORE_ROM, "its secure area cannot be decrypted");
        }
        finish_reset();
        return insert_battery(battery, battery_size);
    });
}

void core_unload(void)
{
    guarded([]() -> int32_t {
        execute = false;
        loaded = false;
        recorder.turn(false);
        if (initialised) {
            NDS_FreeROM();
        }
        hook_set_rom(NULL, 0);
#ifdef HAVE_JIT
        arm_jit_reset(false);
#endif
        return CORE_OK;
    });
}

int32_t core_step(const core_input *input, uint8_t draw)
{
    return guarded([&]() -> int32_t {
        if (!loaded) {
            return fail(CORE_UNLOADED, "no ROM is loaded");
        }
        recorder.clear();
        if (!execute) {
            return report_halt();
        }
        if (input->reset != 0) {
            reset_running_console();
            apply(core_input());
        } else {
            apply(*input);
        }
        hook_draw_frame = draw != 0;
        if (hook_draw_frame) {
            gfx3d_VBlankEndSignal(false);
        }
        NDS_exec<false>();
        return execute ? CORE_OK : report_halt();
    });
}

uint8_t *core_main_ram(void)
{
    return MMU.MAIN_MEM;
}

void core_set_sound(uint8_t on)
{
    recorder.turn(on != 0);
}

const int16_t *core_sound(size_t *count)
{
    *count = recorder.size();
    return recorder.begin();
}

int32_t core_screens(uint8_t *rgba, size_t size)
{
    return guarded([&]() -> int32_t {
        const size_t screen_bytes = SCREEN_WIDTH * SCREEN_HEIGHT * 4;
        if (size != 2 * screen_bytes) {
            return fail(CORE_SPACE, "a picture of %zu bytes: expected %zu", size, 2 * screen_bytes);
        }
        if (!loaded) {
            return fail(CORE_UNLOADED, "no ROM is loaded");
        }
        const NDSDisplayInfo &display = GPU->GetDisplayInfo();
        for (size_t screen = 0; screen < 2; ++screen) {
            const u16 *from = static_cast<const u16 *>(display.renderedBuffer[screen]);
            u8 *to = rgba + screen * screen_bytes;
            for (size_t pixel = 0; pixel < SCREEN_WIDTH * SCREEN_HEIGHT; ++pixel, to += 4) {
                for (int channel = 0; channel < 3; ++channel) {
                    const u8 five_bits = from[pixel] >> (5 * channel) & 0x1F;
                    to[channel] = (u8)(five_bits << 3 | five_bits >> 2);
                }
                to[3] = 0xFF;
            }
        }
        return CORE_OK;
    });
}

int32_t core_state_save(uint8_t *state, size_t capacity, size_t *size)
{
    return guarded([&]() -> int32_t {
        if (!loaded) {
            return fail(CORE_UNLOADED, "no ROM is loaded");
        }
        Block file(state, capacity, 0);
        hook_write_state(file);
        *size = (size_t)file.size();
        if (*size > capacity) {
            return fail(CORE_SPACE, "a state of %zu bytes: there is room for %zu", *size, capacity);
        }
        return CORE_OK;
    });
}

int32_t core_state_load(const uint8_t *state, size_t size)
{
    return guarded([&]() -> int32_t {
        if (!loaded) {
            return fail(CORE_UNLOADED, "no ROM is loaded");
        }
        Block file(const_cast<u8 *>(state), size, size);
        if (!hook_read_state(file, (s32)size)) {
            execute = false;
            return fail(CORE_STATE, "a chunk that is unknown or of the wrong size before byte %d",
                        file.ftell());
        }
        execute = true;
        return CORE_OK;
    });
}

int32_t core_battery(uint8_t *battery, size_t capacity, size_t *size)
{
    return guarded([&]() -> int32_t {
        if (!loaded) {
            return fail(CORE_UNLOADED, "no ROM is loaded");
        }
        const std::vector<u8> bytes = Battery::read().bytes();
        *size = bytes.size();
        if (*size > capacity) {
            return fail(CORE_SPACE, "%zu bytes of battery memory: there is room for %zu", *size,
                        capacity);
        }
        std::copy(bytes.begin(), bytes.end(), battery);
        return CORE_OK;
    });
}

int32_t core_set_battery(const uint8_t *battery, size_t size)
{
    return guarded([&]() -> int32_t {
        if (!loaded) {
            return fail(CORE_UNLOADED, "no ROM is loaded");
        }
        return insert_battery(battery, size);
    });
}
