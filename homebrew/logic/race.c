/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "race.h"

#include "camera.h"
#include "course.h"
#include "driver.h"
#include "fixed.h"
#include "game.h"
#include "ghost.h"
#include "memory.h"
#include "params.h"

#define MODE_TIME_TRIAL 1u
#define CLASS_150CC 2u
#define FRAME_MICROSECONDS 16715u /* 59.8261 frames a second */
#define TIME_CAP 599999u          /* 9:59.999 */
#define FINISH_SHOWN 90u          /* frames from the finish to the result */
#define GO_FRAME (RECORDING_START + GO_RECORDED_FRAME)
#define START_HELD_MIN 10u
#define START_HELD_MAX 30u
#define START_BOOST_TICKS 40
#define LAP_TIMES 5

static const u16 nickname[10] = {'P', 'L', 'A', 'Y', 'E', 'R'};

/* ---- Loading ---- */

static void set_config(u32 character, u32 kart, u32 slot)
{
    RaceConfig *config = race_config();
    clear_memory(config, sizeof *config);
    config->course = course_ids[slot % COURSES];
    config->cup = slot / COURSES_PER_CUP;
    config->race_mode = MODE_TIME_TRIAL;
    config->engine_class = CLASS_150CC;
    config->drivers[0].character = character;
    config->drivers[0].kart = kart;
    config->drivers[0].nickname = HEAP_NICKNAME;
    copy_memory(AT(u8, HEAP_NICKNAME), nickname, sizeof nickname);
    *AT(Word, COURSE_ID) = course_ids[slot % COURSES];
}

static void set_status(void)
{
    RaceStatus *status = race_status();
    clear_memory(status, sizeof *status);
    status->one_by_sections = FX_ONE / (map_data()->last_section_order + 1);
    status->one_by_laps = FX_ONE / (s32)course_laps();
    status->uncontrollable = 1;
    course_enter(&status->drivers[0], player()->position);
}

static void set_pointers(void)
{
    *AT(Word, P_DRIVERS) = HEAP_DRIVERS;
    *AT(Word, DRIVER_COUNT) = 1;
    *AT(Word, P_RACE_STATUS) = HEAP_RACE_STATUS;
    *AT(Word, P_MAP_DATA) = HEAP_MAP_DATA;
    *AT(Word, P_RACE_STATE) = HEAP_RACE_STATE;
    *AT(Word, P_CAMERA) = HEAP_CAMERA;
    *AT(Word, HEAP_SCENE_STATE + SCENE_STATE_WORD) = SCENE_RACE;
}

void race_start(u32 character, u32 kart, u32 slot)
{
    params_load();
    set_config(character, kart, slot);
    const NkmStart *start = AT(NkmStart, map_data()->ktps);
    clear_memory(AT(u8, HEAP_DRIVERS), 8 * sizeof(Driver));
    driver_create(player(), character, kart);
    driver_place(player(), start->position, yaw_of_degrees(start->rotation.y));
    set_status();
    clear_memory(race_state(), sizeof(RaceState));
    race_state()->frame_counter = 1;
    camera_place(race_camera(), player());
    recording_clear();
    Game *g = game();
    g->recording_full = 0;
    g->boosted_start = 0;
    g->start_held = 0;
    g->new_record = 0;
    g->ghost_stored = 0;
    g->finish_frames = 0;
    set_pointers();
}

void race_unload(void)
{
    *AT(Word, P_DRIVERS) = 0;
    *AT(Word, DRIVER_COUNT) = 0;
    *AT(Word, P_RACE_STATUS) = 0;
    *AT(Word, P_MAP_DATA) = 0;
    *AT(Word, P_RACE_STATE) = 0;
    *AT(Word, P_CAMERA) = 0;
    *AT(Word, HEAP_SCENE_STATE + SCENE_STATE_WORD) = SCENE_MENU;
}

/* ---- The race ---- */

u32 race_countdown(void)
{
    u32 frame = race_state()->frame_counter;
    if (frame >= GO_FRAME)
        return 0;
    return frame + 180u >= GO_FRAME ? (GO_FRAME - frame + 59u) / 60u : 4u;
}

static int finished(void)
{
    return player_status()->state == DRIVER_STATUS_FINISHED;
}

/* Counts A before GO; pressed a moment before it, and kept, it boosts the start. */
static void charge_start(u16 keys)
{
    Game *g = game();
    if (keys & KEY_A) {
        if (g->start_held < 255)
            g->start_held++;
    } else {
        g->start_held = 0;
    }
    player()->start_power = at_most(g->start_held * (FX_ONE / (s32)START_HELD_MAX), FX_ONE);
}

static void go(void)
{
    Game *g = game();
    RaceStatus *status = race_status();
    status->uncontrollable = 0;
    status->clock_runs = 1;
    if (g->start_held >= START_HELD_MIN && g->start_held <= START_HELD_MAX) {
        g->boosted_start = 1;
        driver_boost(player(), START_BOOST_TICKS);
    }
}

static u32 clock_milliseconds(u32 frames)
{
    return (u32)((u64)frames * FRAME_MICROSECONDS / 1000u);
}

static void count_time(void)
{
    RaceStatus *status = race_status();
    DriverStatus *racer = player_status();
    status->race_frames++;
    racer->lap_frames++;
    u32 total = clock_milliseconds(status->race_frames);
    racer->total_milliseconds = total < TIME_CAP ? total : TIME_CAP;
    racer->total_time = race_time(racer->total_milliseconds);
}

/* A lap lasts from the sum of those before it, so that laps add up to the total. */
static void close_lap(void)
{
    DriverStatus *racer = player_status();
    u32 before = 0;
    for (s32 lap = 0; lap < racer->lap - 1 && lap < LAP_TIMES; lap++)
        before += milliseconds_of(racer->lap_times[lap]);
    if (racer->lap >= 1 && racer->lap <= LAP_TIMES)
        racer->lap_times[racer->lap - 1] = race_time(racer->total_milliseconds - before);
    racer->lap_frames = 0;
    racer->highest_lap = (u16)racer->lap;
}

static void finish(void)
{
    Game *g = game();
    DriverStatus *racer = player_status();
    racer->state = DRIVER_STATUS_FINISHED;
    racer->race_progress = FX_ONE;
    race_status()->clock_runs = 0;
    race_status()->finished_drivers = 1;
    g->new_record = racer->total_milliseconds < g->best_ms[g->slot];
    if (!g->new_record)
        return;
    g->best_ms[g->slot] = racer->total_milliseconds;
    if (!g->recording_full) {
        ghost_store(g->slot, race_config(), racer);
        g->ghost_stored = 1;
    }
}

static void follow_course(void)
{
    DriverStatus *racer = player_status();
    if (finished())
        return;
    if (!course_follow(racer, player()->position))
        return;
    close_lap();
    if (racer->lap >= (s32)course_laps())
        finish();
}

/* Runs with the frame counter still at this frame: recorded frame n has counter RECORDING_START + n. */
void race_tick(void)
{
    Game *g = game();
    RaceState *state = race_state();
    const Controller *pad = AT(Controller, CONTROLLERS);
    u32 frame = state->frame_counter;
    u16 keys = pad->pad.held;
    int driving = frame >= GO_FRAME && !finished();

    if (frame >= RECORDING_START && !finished() && !g->recording_full)
        g->recording_full = !recording_add(keys);
    if (frame == GO_FRAME)
        go();
    if (frame < GO_FRAME)
        charge_start(keys);
    if (driving)
        count_time();
    driver_tick(player(), driving ? keys : 0u, driving ? pad->pad.pressed : 0u);
    follow_course();
    camera_follow(race_camera(), player());
    if (finished())
        g->finish_frames++;

    state->last_frame_counter = (s32)frame;
    state->frame_counter = frame + 1u;
    state->frame_modulo8 = (s32)(state->frame_counter % 8u);
    state->odd_frame = (s32)(state->frame_counter % 2u);
}

int race_over(void)
{
    return game()->finish_frames >= FINISH_SHOWN;
}
