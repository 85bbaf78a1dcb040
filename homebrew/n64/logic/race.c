/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "race.h"

#include "actors.h"
#include "course.h"
#include "game.h"
#include "ghost.h"
#include "kart.h"
#include "pads.h"
#include "progress.h"
#include "rivals.h"
#include "save.h"
#include "view.h"

#define TICK (1.0f / 60)
#define GRID_BACK 40.0f    /* from the line to the first place */
#define GRID_STEP 22.0f
#define GRID_SIDE_STEP 24.0f
enum { TICKS_PER_FRAME = 2, START_BOOST_MIN = 2, START_BOOST_MAX = 18, START_BOOST_TICKS = 45, RANKS_TICKS = 150 };
enum { GO_TICKS = 60, CENTISECONDS = 100, START_YAW = -0x8000 };

static s32 state_ticks;             /* since gRaceState changed */
static s16 start_held[PLAYERS];     /* ticks for which A was held just before GO */
static s32 choice;
static u8 ghost_saved;

static const u8 points[PLAYERS] = {9, 6, 3, 1, 0, 0, 0, 0};

static int has_ghost(void) { return gModeSelection == MODE_TIME_TRIAL && (gPlayers[1].type & PLAYER_INVISIBLE); }

/* ---- Start ---- */

static void enter(s32 state)
{
    gRaceState = state;
    state_ticks = 0;
}

static void place(s32 number, u16 type, u16 character, s32 grid)
{
    Vec3f position = {path_point(0)->pos[0] + (grid & 1 ? -GRID_SIDE_STEP : GRID_SIDE_STEP), path_point(0)->pos[1],
                      gPathStartZ + GRID_BACK + GRID_STEP * grid};
    Player *player = &gPlayers[number];
    kart_create(player, type | PLAYER_EXISTS | PLAYER_START_SEQUENCE, character, position, START_YAW);
    player->rank = (s16)grid;
    gRankByPlayer[number] = grid;
    progress_start(player);
}

static void place_rivals(void)
{
    u16 character = 0;
    for (s32 number = 1; number < PLAYERS; number++, character++) {
        if (character == gPlayers[0].characterId)
            character++;
        place(number, PLAYER_CPU, character, number - 1);
        gPlayers[number].topSpeed = rival_top_speed(gPlayers[number].topSpeed, number - 1);
    }
}

void race_start(void)
{
    clear_memory(gPlayers, sizeof gPlayers);
    clear_memory(gPlayerHud, sizeof gPlayerHud);
    /* A tool may ask for a course that this game does not have. */
    if (!course_exists(gCurrentCourseId))
        gCurrentCourseId = cup_courses[0][0];
    course_load(gCurrentCourseId);
    gCourseTimer = 0;
    gCourseTimerRuns = 0;
    gRaceFrameCounter = 0;
    gIsGamePaused = 0;
    for (s32 i = 0; i < PLAYERS; i++) {
        start_held[i] = 0;
        gTimeLastTouchedFinishLine[i] = 0;
        gRankByPlayer[i] = i;
    }
    u16 character = (u16)gCharacterSelections[0];
    if (gModeSelection == MODE_GRAND_PRIX) {
        place(0, PLAYER_HUMAN, character, PLAYERS - 1);
        place_rivals();
    } else {
        place(0, PLAYER_HUMAN, character, 0);
        gPlayers[0].item = ITEM_TRIPLE_MUSHROOM;
        ghost_saved = 0;
        ghost_load();
        if (ghost_exists()) {
            place(1, PLAYER_HUMAN | PLAYER_INVISIBLE, gPlayerGhostCharacter, 0);
            gPlayers[1].item = ITEM_TRIPLE_MUSHROOM;
            ghost_start_replay();
        }
        ghost_start_recording();
    }
    actors_place();
    view_reset();
    choice = -1;
    enter(RACE_STAGING);
}

static void go(void)
{
    for (s32 i = 0; i < PLAYERS; i++) {
        gPlayers[i].type &= ~(u16)PLAYER_START_SEQUENCE;
        if (start_held[i] >= START_BOOST_MIN && start_held[i] <= START_BOOST_MAX)
            kart_boost(&gPlayers[i], EFFECT_MUSHROOM, START_BOOST_TICKS);
    }
    gCourseTimerRuns = 1;
    enter(RACE_RACING);
}

s32 race_lights(void)
{
    if (gRaceState == RACE_STAGING)
        return at_most(state_ticks / LIGHT_TICKS, 3);
    return gRaceState == RACE_RACING && state_ticks < GO_TICKS ? 4 : 0;
}

/* ---- Laps and finish ---- */

static s32 centiseconds(f32 seconds) { return (s32)(seconds * CENTISECONDS); }

static void finish(Player *player)
{
    player->type |= PLAYER_CINEMATIC | PLAYER_CPU;
    if (player != &gPlayers[0])
        return;
    Hud *hud = &gPlayerHud[0];
    hud->complete = 1;
    gCourseTimerRuns = 0;
    if (gModeSelection == MODE_TIME_TRIAL) {
        ghost_keep((s32)hud->totalTime, player->characterId);
        save_times(hud, player->characterId);
    } else {
        for (s32 rank = 0; rank < PLAYERS; rank++)
            gGrandPrixPoints[gPlayersByRank[rank] & (PLAYERS - 1)] += points[rank];
    }
    enter(RACE_RANKS);
}

static void complete_lap(Player *player)
{
    s32 number = player_number(player);
    if (number == 0 && player->lap > 0 && player->lap <= LAPS) {
        Hud *hud = &gPlayerHud[0];
        u32 time = (u32)centiseconds(gTimeLastTouchedFinishLine[0]);
        hud->lapCompletionTimes[player->lap - 1] = time;
        hud->lapDurations[player->lap - 1] = time - hud->lastLineTime;
        hud->lastLineTime = time;
        hud->totalTime = time;
    }
    if (player->lap == LAPS)
        finish(player);
}

static void update_hud(void)
{
    Hud *hud = &gPlayerHud[0];
    hud->lap = (s8)at_least(gPlayers[0].lap, 0);
    if (!hud->complete)
        hud->totalTime = (u32)centiseconds(gCourseTimer);
}

/* ---- A tick ---- */

static void pad_of(const Player *player, Controller *pad, int first_tick)
{
    s32 number = player_number(player);
    if (player->type & PLAYER_CPU)
        rival_drive(player, pad);
    else
        *pad = player->type & PLAYER_INVISIBLE ? gControllers[PAD_PLAYER_GHOST] : gControllers[number];
    if (!first_tick)
        pad->pressed = pad->released = 0;
}

static void tick_player(Player *player, int first_tick)
{
    Controller pad;
    pad_of(player, &pad, first_tick);
    if (player->type & PLAYER_START_SEQUENCE) {
        s16 *held = &start_held[player_number(player)];
        *held = pad.buttons & BUTTON_A ? *held + 1 : 0;
        return;
    }
    kart_tick(player, &pad);
    if (player->rescue && player == &gPlayers[0])
        ghost_void_recording();
    if (progress_update(player))
        complete_lap(player);
}

static void tick(int first_tick)
{
    gRaceFrameCounter++;
    state_ticks++;
    if (gCourseTimerRuns)
        gCourseTimer += TICK;
    for (s32 i = 0; i < PLAYERS; i++)
        if (player_exists(&gPlayers[i]))
            tick_player(&gPlayers[i], first_tick);
    karts_collide();
    actors_tick();
    progress_rank();
    update_hud();
    view_tick();
    if (gRaceState == RACE_STAGING && state_ticks >= STAGING_TICKS)
        go();
    if (gRaceState == RACE_RANKS && state_ticks >= RANKS_TICKS) {
        enter(RACE_FINISHED);
        choice = CHOICE_RETRY;
    }
}

/* ---- Pause and result ---- */

const char *race_choice_name(s32 which)
{
    static const char *const names[CHOICES] = {"CONTINUE", "RETRY", "COURSE CHANGE", "QUIT", "SAVE GHOST"};
    static const char *const next[CHOICES] = {"", "NEXT COURSE", "COURSE CHANGE", "QUIT", ""};
    return (gRaceState == RACE_FINISHED && gModeSelection == MODE_GRAND_PRIX ? next : names)[which % CHOICES];
}

s32 race_choice(void) { return choice; }

s32 race_last_choice(void)
{
    int offered = gRaceState == RACE_FINISHED && gModeSelection == MODE_TIME_TRIAL && ghost_exists() && !ghost_saved;
    return offered ? CHOICE_SAVE_GHOST : CHOICE_QUIT;
}

static void next_course(void)
{
    if (gCourseIndexInCup + 1 >= COURSES_PER_CUP) {
        game_open_menus(MENU_CHARACTER);
        return;
    }
    gCourseIndexInCup++;
    gCurrentCourseId = cup_courses[(u8)gCupSelection % CUPS][gCourseIndexInCup];
    game_open_race();
}

static void choose(void)
{
    s32 chosen = choice;
    choice = -1;
    gIsGamePaused = 0;
    switch (chosen) {
    case CHOICE_RETRY:
        if (gModeSelection == MODE_GRAND_PRIX && gRaceState == RACE_FINISHED)
            next_course();
        else
            game_open_race();
        break;
    case CHOICE_COURSE:
        game_open_menus(MENU_COURSE);
        break;
    case CHOICE_QUIT:
        game_open_menus(MENU_MAIN);
        break;
    case CHOICE_SAVE_GHOST:
        ghost_saved = (u8)ghost_save();
        choice = CHOICE_RETRY;
        break;
    }
}

static void move_cursor(s32 first)
{
    u16 pressed = pads_pressed(&gControllers[0]);
    if (pressed & DPAD_UP)
        choice = at_least(choice - 1, first);
    if (pressed & DPAD_DOWN)
        choice = at_most(choice + 1, race_last_choice());
    if (pressed & BUTTON_A)
        choose();
}

static int pause_asked(void) { return gRaceState == RACE_RACING && (gControllers[0].pressed & BUTTON_START); }

void race_frame(void)
{
    if (gIsGamePaused) {
        if (gControllers[0].pressed & BUTTON_START) {
            gIsGamePaused = 0;
            choice = -1;
        } else {
            move_cursor(CHOICE_CONTINUE);
        }
        return;
    }
    if (pause_asked()) {
        gIsGamePaused = 1;
        choice = CHOICE_CONTINUE;
        ghost_void_recording();
        return;
    }
    if (gRaceState == RACE_STAGING || gRaceState == RACE_RACING)
        ghost_record(&gControllers[0]);
    if (has_ghost())
        ghost_replay(&gControllers[PAD_PLAYER_GHOST]);
    for (s32 i = 0; i < TICKS_PER_FRAME; i++)
        tick(i == 0);
    if (gRaceState == RACE_FINISHED)
        move_cursor(CHOICE_RETRY);
}
