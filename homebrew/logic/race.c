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

#define FRAME_MICROSECONDS 16715u /* 59.8261 frames a second */
#define TIME_CAP 599999u          /* 9:59.999 */
#define FINISH_SHOWN 90u          /* frames from the finish to the result */
#define GO_FRAME (RECORDING_START + GO_RECORDED_FRAME)
#define START_HELD_MIN 10u
#define START_HELD_MAX 30u
#define START_BOOST_TICKS 40
#define LAP_TIMES 5
#define SEEN_BEHIND_EVERY 7u       /* frames from one in which the second counter is behind to the next */
#define PLAYER 0u
#define GHOST 1u

static const u16 nickname[10] = {'P', 'L', 'A', 'Y', 'E', 'R'};

static Controller *controller(u32 id)
{
    return &AT(Controller, CONTROLLER_SLOTS)[id % CONTROLLER_SLOTS_COUNT];
}

/* ---- Loading ---- */

static void set_racer(u32 id, u32 character, u32 kart, u32 kind, u32 name)
{
    race_config()->driver[id] = (DriverConfig){
        .character = character,
        .kart = kart,
        .kind = kind,
        .driver_index = id,
        .ghost_kind = kind == DRIVER_KIND_GHOST ? GHOST_KIND_PERSONAL : GHOST_KIND_NONE,
        .nickname = name,
    };
}

static void set_config(u32 character, u32 kart, u32 slot)
{
    const Game *g = game();
    MultiConfig *config = race_multi_config();
    clear_memory(config, sizeof *config);
    config->current.course = course_ids[slot % COURSES];
    config->current.cup = slot / COURSES_PER_CUP;
    config->current.race_mode = RACE_MODE_TIME_TRIAL;
    config->current.cc_mode = ENGINE_CC_150;
    config->current.time_trial_ghost = g->racers > GHOST ? GHOST_KIND_PERSONAL : GHOST_KIND_NONE;
    for (u32 id = 0; id < 8; id++)
        config->current.driver[id].kind = DRIVER_KIND_NONE;
    config->driver_count = g->racers;
    set_racer(PLAYER, character, kart, DRIVER_KIND_PLAYER, HEAP_NICKNAME);
    copy_memory(AT(u8, HEAP_NICKNAME), nickname, sizeof nickname);
    *AT(Word, COURSE_ID) = course_ids[slot % COURSES];
}

static void set_ghost(const Ghost *ghost)
{
    MultiConfig *config = race_multi_config();
    set_racer(GHOST, ghost->character, ghost->kart, DRIVER_KIND_GHOST, HEAP_GHOST_NICKNAME);
    config->has_personal_ghost = 1;
    config->personal_ghost_time = config->ghost_time = ghost->time;
    for (u32 lap = 0; lap < LAP_TIMES; lap++)
        config->ghost_lap_times[lap] = ghost->laps[lap];
}

static void create_racers(void)
{
    const Ktps *start = AT(Ktps, map_data()->ktps);
    clear_memory(AT(u8, HEAP_DRIVERS), 8 * sizeof(Driver));
    for (u32 id = 0; id < racer_count(); id++) {
        const DriverConfig *config = &race_config()->driver[id];
        driver_create(racer(id), id, config->character, config->kart);
        driver_place(racer(id), start->position, yaw_of_degrees(start->rotation.y));
        racer(id)->role_flags = id == GHOST ? ROLE_GHOST : ROLE_PLAYER;
    }
}

/* Places by what is finished, then by what is driven; the first of equal racers is ahead. */
static int is_ahead(u32 id, u32 other)
{
    const DriverStatus *a = racer_status(id), *b = racer_status(other);
    if (a->state == DRIVER_STATUS_FINISHED && b->state == DRIVER_STATUS_FINISHED &&
        a->total_milliseconds != b->total_milliseconds)
        return a->total_milliseconds < b->total_milliseconds;
    if (a->race_progress != b->race_progress)
        return a->race_progress > b->race_progress;
    return id < other;
}

static void update_places(void)
{
    for (u32 id = 0; id < racer_count(); id++) {
        u32 place = 0;
        for (u32 other = 0; other < racer_count(); other++)
            place += other != id && is_ahead(other, id);
        racer(id)->place = (s32)place;
        racer_status(id)->place_and_driver = (u16)(place | id << 4);
        race_status()->drivers_by_place[place] = (s8)id;
    }
}

static void set_status(void)
{
    RaceStatus *status = race_status();
    clear_memory(status, sizeof *status);
    status->inverse_checkpoint_path_count = FX_ONE / (map_data()->max_section_order + 1);
    status->inverse_lap_count = FX_ONE / (s32)course_laps();
    status->uncontrollable = 1;
    for (u32 place = 0; place < 8; place++)
        status->drivers_by_place[place] = -1;
    for (u32 id = 0; id < racer_count(); id++)
        course_enter(racer_status(id), racer(id)->position);
    update_places();
}

/* The racer's entry in the table of collision objects; ghosts have one too, for tools that read it. */
static void update_collision_entries(void)
{
    for (u32 id = 0; id < racer_count(); id++) {
        Driver *driver = racer(id);
        AT(CollisionEntry, HEAP_COLLISION_ENTRIES)[id] = (CollisionEntry){
            .z_maximum = driver->position.z + driver->sphere_radius,
            .z_minimum = driver->position.z - driver->sphere_radius,
            .position = ADDRESS_OF(&driver->position),
            .radius = driver->sphere_radius,
            .flags = COLLISION_ENTRY_DRIVER,
            .object = ADDRESS_OF(driver),
        };
        driver->collision_entry_1 = (s16)id;
    }
}

static void set_pointers(void)
{
    *AT(Word, P_DRIVERS) = HEAP_DRIVERS;
    *AT(Word, DRIVER_COUNT) = racer_count();
    *AT(Word, P_RACE_STATUS) = HEAP_RACE_STATUS;
    *AT(Word, P_MAP_DATA) = HEAP_MAP_DATA;
    *AT(Word, P_RACE_STATE) = HEAP_RACE_STATE;
    *AT(Word, P_CAMERA) = HEAP_CAMERA;
    *AT(Word, COLLISION_ENTRY_COUNT) = racer_count();
    *AT(Word, P_COLLISION_ENTRIES) = HEAP_COLLISION_ENTRIES;
    *AT(Word, HEAP_SCENE + (u32)offsetof(Scene, state)) = SCENE_RACE;
}

static void clear_counters(void)
{
    Game *g = game();
    for (u32 id = 0; id < RACERS_MAX; id++) {
        g->start_held[id] = 0;
        g->held[id] = 0;
    }
    g->new_record = 0;
    g->ghost_stored = 0;
    g->finish_frames = 0;
}

/* The second frame counter at the end of a frame. The real game increments it at another moment than the
 * first: seen once a frame, it is as far as the first in most frames and one behind in some. */
static s32 second_counter(u32 frame)
{
    int real = *AT(u8, ROM_HEADER + HEADER_REAL_TIMING) == 1;
    return (s32)(real && frame % SEEN_BEHIND_EVERY != 0 ? frame : frame - 1u);
}

void race_start(u32 character, u32 kart, u32 slot, u32 opponent)
{
    int with_ghost = opponent == OPPONENT_GHOST;
    game()->racers = with_ghost ? RACERS_MAX : 1;
    params_load();
    set_config(character, kart, slot);
    recording_start();
    clear_memory(AT(u8, HEAP_GHOST_RECORDING), sizeof(Recording));
    if (with_ghost) {
        ghost_take();
        set_ghost(&game()->ghost);
        playback_start();
    }
    create_racers();
    set_status();
    update_collision_entries();
    clear_memory(race_state(), sizeof(RaceState));
    race_state()->frame_counter = 1;
    race_state()->frame_counter_2 = second_counter(1);
    camera_place(race_camera(), player());
    clear_counters();
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
    *AT(Word, COLLISION_ENTRY_COUNT) = 0;
    *AT(Word, P_COLLISION_ENTRIES) = 0;
    *AT(Word, HEAP_SCENE + (u32)offsetof(Scene, state)) = SCENE_MENU;
    recorders_stop();
}

/* ---- The race ---- */

u32 race_countdown(void)
{
    u32 frame = race_state()->frame_counter;
    if (frame >= GO_FRAME)
        return 0;
    return frame + 180u >= GO_FRAME ? (GO_FRAME - frame + 59u) / 60u : 4u;
}

static int finished(u32 id)
{
    return racer_status(id)->state == DRIVER_STATUS_FINISHED;
}

/* Counts A before GO; pressed a moment before it, and kept, it boosts the start. */
static void charge_start(u32 id, u32 keys)
{
    u8 *held = &game()->start_held[id];
    if (keys & KEY_A) {
        if (*held < 255)
            (*held)++;
    } else {
        *held = 0;
    }
    racer(id)->start_engine_power = at_most(*held * (FX_ONE / (s32)START_HELD_MAX), FX_ONE);
}

static void go(u32 id)
{
    u8 held = game()->start_held[id];
    if (held >= START_HELD_MIN && held <= START_HELD_MAX)
        driver_boost(racer(id), START_BOOST_TICKS);
}

static u32 clock_milliseconds(u32 frames)
{
    return (u32)((u64)frames * FRAME_MICROSECONDS / 1000u);
}

/* The clock runs from GO until the last racer has finished. */
static void run_clock(u32 frame)
{
    RaceStatus *status = race_status();
    int running = frame >= GO_FRAME && status->finished_driver_count < racer_count();
    status->uncontrollable = frame < GO_FRAME;
    status->clock.running = running;
    if (running)
        status->clock.frames++;
}

static void count_time(u32 id)
{
    DriverStatus *status = racer_status(id);
    status->lap_frame_counter++;
    u32 total = clock_milliseconds(race_status()->clock.frames);
    status->total_milliseconds = total < TIME_CAP ? total : TIME_CAP;
    status->total_time = race_time(status->total_milliseconds);
    if (id == PLAYER)
        race_status()->clock.lap_time = race_time(clock_milliseconds(status->lap_frame_counter));
}

/* A lap lasts from the sum of those before it, so that laps add up to the total. */
static void close_lap(DriverStatus *status)
{
    u32 before = 0;
    for (s32 lap = 0; lap < status->lap - 1 && lap < LAP_TIMES; lap++)
        before += milliseconds_of(status->lap_times[lap]);
    if (status->lap >= 1 && status->lap <= LAP_TIMES)
        status->lap_times[status->lap - 1] = race_time(status->total_milliseconds - before);
    status->lap_frame_counter = 0;
    status->highest_reached_lap = (u16)status->lap;
}

/* Keeps the player's best time, with the ghost of the race if its recording is complete. */
static void keep_record(const DriverStatus *status)
{
    Game *g = game();
    int whole = recording_finish();
    g->new_record = status->total_milliseconds < g->best_ms[g->slot];
    if (!g->new_record)
        return;
    g->best_ms[g->slot] = status->total_milliseconds;
    g->ghost_stored = (u8)whole;
    if (whole)
        ghost_store(g->slot, race_config(), status);
}

static void finish(u32 id)
{
    DriverStatus *status = racer_status(id);
    status->state = DRIVER_STATUS_FINISHED;
    status->race_progress = FX_ONE;
    race_status()->finished_driver_count++;
    if (race_status()->finished_driver_count == racer_count())
        race_status()->clock.running = 0;
    if (id == PLAYER)
        keep_record(status);
}

static void follow_course(u32 id)
{
    DriverStatus *status = racer_status(id);
    if (finished(id) || !course_follow(status, racer(id)->position))
        return;
    close_lap(status);
    if (status->lap >= (s32)course_laps())
        finish(id);
}

static void play_ghost(ControllerPad *pad)
{
    u16 keys = playback_next();
    pad->pressed = keys & (u16)~pad->held;
    pad->released = pad->held & (u16)~keys;
    pad->held = keys;
}

/* The buttons that a racer holds in this tick: recorded ones, or those that are recorded. */
static u16 keys_of(u32 id, u32 frame)
{
    ControllerPad *pad = &controller(id)->pad;
    if (frame >= RECORDING_START && id == GHOST)
        play_ghost(pad);
    if (frame >= RECORDING_START && id == PLAYER && !finished(id))
        recording_add(pad->held);
    return pad->held;
}

static void racer_tick(u32 id, u32 frame)
{
    Game *g = game();
    u32 keys = keys_of(id, frame);
    /* New in this tick, not in this frame: a pause in between leaves a race as it was recorded. */
    u32 pressed = keys & ~(u32)g->held[id];
    int driving = frame >= GO_FRAME && !finished(id);
    g->held[id] = (u16)keys;
    if (frame == GO_FRAME)
        go(id);
    if (frame < GO_FRAME)
        charge_start(id, keys);
    if (driving)
        count_time(id);
    driver_tick(racer(id), driving ? keys : 0u, driving ? pressed : 0u);
    follow_course(id);
}

/* Runs with the frame counter still at this frame: recorded frame n has counter RECORDING_START + n. */
void race_tick(void)
{
    RaceState *state = race_state();
    u32 frame = state->frame_counter;
    run_clock(frame);
    for (u32 id = 0; id < racer_count(); id++)
        racer_tick(id, frame);
    update_places();
    update_collision_entries();
    camera_follow(race_camera(), player());
    if (finished(PLAYER))
        game()->finish_frames++;

    state->frame_counter = frame + 1u;
    state->frame_counter_2 = second_counter(state->frame_counter);
    state->frame_counter_modulo8 = (s32)(state->frame_counter % 8u);
    state->is_odd_frame = (s32)(state->frame_counter % 2u);
    state->frame_counter_modulo_driver_count = (s32)(state->frame_counter % racer_count());
}

int race_over(void)
{
    return game()->finish_frames >= FINISH_SHOWN;
}
