/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A slot is a header (source: HaroohiePals headers, ghost_header_t), the
 * runs of buttons and a checksum, all under a word cipher.
 */
#include "ghost.h"

#include "game.h"
#include "ghost_cipher.h"
#include "memory.h"

#define SLOTS_START 0xAF00u
#define SLOT_SIZE 0xE00u
#define SLOT_WORDS (SLOT_SIZE / 4u)
#define SIGNATURE 0x47504B4Eu /* NKPG */
#define RUNS_MAX 1764u
#define RUN_FRAMES_MAX 255u
#define LAPS ((u32)GHOST_LAPS)
#define NICKNAME_SIZE 20u

/* Places in a decrypted slot. */
#define AT_COMBO 0x04u
#define AT_TIME 0x08u
#define AT_NICKNAME 0x0Cu
#define AT_LAPS 0x20u
#define AT_INPUT 0x30u
#define AT_CHECKSUM (SLOT_SIZE - 2u)
#define AT_SEED (SLOT_SIZE - 4u) /* two bytes that the checksum takes as zero */

#define RECORDED_DIRECTIONS (RECORDED_RIGHT | RECORDED_LEFT | RECORDED_DOWN | RECORDED_UP)

/* ---- Recordings ---- */

static Controller *controller(u32 id)
{
    return &AT(Controller, CONTROLLER_SLOTS)[id];
}

static void start(Controller *controller, u32 recording, u32 state, u32 mode)
{
    int clear = AT(Recording, recording)->length == 0;
    controller->recorder = (Recorder){.recording = recording, .state = state, .is_cleared = clear};
    controller->mode = mode;
}

void recording_start(void)
{
    clear_memory(AT(u8, HEAP_PLAYER_RECORDING), sizeof(Recording));
    start(controller(0), HEAP_PLAYER_RECORDING, RECORDER_RECORDING, CONTROLLER_RECORDER);
}

void playback_start(void)
{
    start(controller(1), HEAP_GHOST_RECORDING, RECORDER_PLAYING, CONTROLLER_REPLAYER);
}

void recorders_stop(void)
{
    start(controller(0), HEAP_PLAYER_RECORDING, RECORDER_IDLE, CONTROLLER_DIRECT);
    start(controller(1), HEAP_GHOST_RECORDING, RECORDER_IDLE, CONTROLLER_DISABLED);
}

static u8 ghost_buttons(u16 keys)
{
    u8 buttons = keys & RECORDED_DIRECTIONS;
    if (keys & KEY_A)
        buttons |= RECORDED_A;
    if (keys & KEY_B)
        buttons |= RECORDED_B;
    if (keys & KEY_R)
        buttons |= RECORDED_R;
    if (keys & (KEY_X | KEY_L))
        buttons |= RECORDED_ITEM;
    return buttons;
}

static u16 keys_of(u8 buttons)
{
    u16 keys = buttons & RECORDED_DIRECTIONS;
    if (buttons & RECORDED_A)
        keys |= KEY_A;
    if (buttons & RECORDED_B)
        keys |= KEY_B;
    if (buttons & RECORDED_R)
        keys |= KEY_R;
    if (buttons & RECORDED_ITEM)
        keys |= KEY_X;
    return keys;
}

void recording_add(u16 keys)
{
    Recorder *recorder = &controller(0)->recorder;
    Recording *record = AT(Recording, HEAP_PLAYER_RECORDING);
    u8 buttons = ghost_buttons(keys);
    u32 runs = record->length / 2u;
    if (recorder->state != RECORDER_RECORDING)
        return;
    if (runs > 0 && runs <= RUNS_MAX) {
        RecordedRun *last = &record->run[runs - 1u];
        if (last->keys == buttons && last->duration < RUN_FRAMES_MAX) {
            last->duration++;
            recorder->wait++;
            return;
        }
    }
    if (runs >= RUNS_MAX) {
        recorder->state = RECORDER_BUFFER_FULL;
        return;
    }
    record->run[runs] = (RecordedRun){buttons, 1};
    record->length += 2u;
    recorder->current_run = (u16)runs;
    recorder->wait = 1;
    recorder->is_cleared = 0;
}

int recording_finish(void)
{
    Recorder *recorder = &controller(0)->recorder;
    int whole = recorder->state == RECORDER_RECORDING;
    if (whole)
        recorder->state = RECORDER_IDLE;
    return whole;
}

u16 playback_next(void)
{
    Recorder *recorder = &controller(1)->recorder;
    const Recording *record = AT(Recording, HEAP_GHOST_RECORDING);
    u32 runs = record->length / 2u;
    if (recorder->state != RECORDER_PLAYING)
        return 0;
    while (recorder->current_run < runs && recorder->current_run < RUNS_MAX &&
           recorder->wait >= record->run[recorder->current_run].duration) {
        recorder->current_run++;
        recorder->wait = 0;
    }
    if (recorder->current_run >= runs || recorder->current_run >= RUNS_MAX) {
        recorder->state = RECORDER_IDLE;
        return 0;
    }
    recorder->wait++;
    return keys_of(record->run[recorder->current_run].keys);
}

/* ---- Times ---- */

RaceTime race_time(u32 milliseconds)
{
    return (RaceTime){
        .milliseconds = (u16)(milliseconds % 1000u),
        .minutes = (u8)(milliseconds / 60000u),
        .seconds = (u8)(milliseconds / 1000u % 60u),
    };
}

u32 milliseconds_of(RaceTime time)
{
    return time.minutes * 60000u + time.seconds * 1000u + time.milliseconds;
}

/* ---- Slots ---- */

static u8 *slot_bytes(void)
{
    return AT(u8, HEAP_GHOST_SLOT);
}

static u32 get32(u32 at)
{
    const u8 *bytes = slot_bytes() + at;
    return (u32)bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 | (u32)bytes[3] << 24;
}

static void put32(u32 at, u32 value)
{
    u8 *bytes = slot_bytes() + at;
    for (u32 i = 0; i < 4; i++)
        bytes[i] = (u8)(value >> (8u * i));
}

/* The cipher is its own inverse: words under a stream of sums from four tables, whose
 * lengths have no common divisor; the first place of the last table is the key. */
static void cipher_slot(u32 key)
{
    u32 a = 0, b = 0, c = 0, d = key;
    for (u32 i = 0; i < SLOT_WORDS; i++) {
        put32(4u * i, get32(4u * i) ^ (m1[a] + m2[b] + m3[c] + m4[d]));
        if (++a < sizeof m1 / sizeof *m1)
            continue;
        a = 0;
        if (++b < sizeof m2 / sizeof *m2)
            continue;
        b = 0;
        if (++c < sizeof m3 / sizeof *m3)
            continue;
        c = 0;
        d = (d + 1u) % (sizeof m4 / sizeof *m4);
    }
}

/* CRC-16/XMODEM over all but the checksum, with the bytes before it taken as zero; a whole byte
 * at a time, as the eight steps of 0x1021 combine, to be done within the frame of the finish. */
static u16 slot_checksum(void)
{
    const u8 *bytes = slot_bytes();
    u32 crc = 0;
    for (u32 i = 0; i < AT_CHECKSUM; i++) {
        u32 mixed = crc >> 8 ^ (i < AT_SEED ? bytes[i] : 0u);
        mixed ^= mixed >> 4;
        crc = (crc << 8 ^ mixed << 12 ^ mixed << 5 ^ mixed) & 0xFFFFu;
    }
    return (u16)crc;
}

/* Reads and decrypts a slot. 0 = empty or damaged. */
static int read_slot(u32 slot)
{
    platform_save_read(SLOTS_START + SLOT_SIZE * slot, slot_bytes(), SLOT_SIZE);
    for (u32 key = 0; key < sizeof m4 / sizeof *m4; key++) {
        if ((get32(0) ^ (m1[0] + m2[0] + m3[0] + m4[key])) != SIGNATURE)
            continue;
        cipher_slot(key);
        u16 stored = (u16)(slot_bytes()[AT_CHECKSUM] << 8 | slot_bytes()[AT_CHECKSUM + 1u]);
        return stored == slot_checksum();
    }
    return 0;
}

static RaceTime unpacked_lap(u32 lap)
{
    const u8 *bytes = slot_bytes() + AT_LAPS + 3u * lap;
    u32 packed = (u32)bytes[0] << 16 | (u32)bytes[1] << 8 | bytes[2];
    return (RaceTime){
        .milliseconds = (u16)(packed & 1023u),
        .minutes = (u8)(packed >> 17 & 127u),
        .seconds = (u8)(packed >> 10 & 127u),
    };
}

int ghost_read(u32 slot, Ghost *ghost)
{
    if (!read_slot(slot))
        return 0;
    u32 combo = get32(AT_COMBO), time = get32(AT_TIME), length = get32(AT_INPUT);
    *ghost = (Ghost){
        .character = combo & 15u,
        .kart = combo >> 4 & 63u,
        .time = {(u16)(time >> 22 & 1023u), (u8)(time >> 8 & 127u), (u8)(time >> 15 & 127u)},
    };
    for (u32 lap = 0; lap < LAPS; lap++)
        ghost->laps[lap] = unpacked_lap(lap);
    return ghost->character < CHARACTERS && ghost->kart < KARTS && length <= 2u * RUNS_MAX &&
           (combo >> 10 & 63u) == course_ids[slot % COURSES];
}

void ghost_take(void)
{
    u32 length = get32(AT_INPUT);
    Recording *record = AT(Recording, HEAP_GHOST_RECORDING);
    record->length = length <= 2u * RUNS_MAX ? length : 2u * RUNS_MAX;
    copy_memory(record->run, slot_bytes() + AT_INPUT + 4u, record->length);
    copy_memory(AT(u8, HEAP_GHOST_NICKNAME), slot_bytes() + AT_NICKNAME, NICKNAME_SIZE);
}

static void put_lap(u32 lap, RaceTime time)
{
    u32 packed = (u32)time.minutes << 17 | (u32)time.seconds << 10 | time.milliseconds;
    u8 *bytes = slot_bytes() + AT_LAPS + 3u * lap;
    bytes[0] = (u8)(packed >> 16);
    bytes[1] = (u8)(packed >> 8);
    bytes[2] = (u8)packed;
}

void ghost_store(u32 slot, const RaceConfig *config, const DriverStatus *status)
{
    const Recording *record = AT(Recording, HEAP_PLAYER_RECORDING);
    u32 length = record->length <= 2u * RUNS_MAX ? record->length : 2u * RUNS_MAX;
    RaceTime total = status->total_time;
    u8 *bytes = slot_bytes();
    clear_memory(bytes, SLOT_SIZE);
    put32(0, SIGNATURE);
    put32(AT_COMBO, config->driver[0].character | config->driver[0].kart << 4 | config->course << 10);
    put32(AT_TIME, 1u | (u32)total.minutes << 8 | (u32)total.seconds << 15 | (u32)total.milliseconds << 22);
    copy_memory(bytes + AT_NICKNAME, AT(u8, config->driver[0].nickname), NICKNAME_SIZE);
    for (u32 lap = 0; lap < LAPS; lap++)
        put_lap(lap, status->lap_times[lap]);
    put32(AT_INPUT, length);
    copy_memory(bytes + AT_INPUT + 4u, record->run, length);
    u16 crc = slot_checksum();
    bytes[AT_CHECKSUM] = (u8)(crc >> 8);
    bytes[AT_CHECKSUM + 1u] = (u8)crc;
    cipher_slot(crc % (sizeof m4 / sizeof *m4));
    platform_save_write(SLOTS_START + SLOT_SIZE * slot, bytes, SLOT_SIZE);
}
