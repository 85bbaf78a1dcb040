/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screens and the effects of buttons on them.
 */
#include "game.h"

#include "course.h"
#include "ghost.h"
#include "memory.h"
#include "params.h"
#include "race.h"

#define INPUT_DELAY 10u    /* frames before a screen takes input */
/* A race loads in parts, each within a frame, so that no frame shows a half-loaded race. It starts once it
 * is loaded, and after this many frames at the earliest, in which a renderer prepares the course. */
#define LOAD_GHOST_FRAME 2u
#define LOAD_COURSE_FRAME 3u
#define LOADING_FRAMES 30u
#define OFFER_GHOST_FRAME 2u
#define REFUSED_FRAMES 30
#define KEYS_NOT_READ 0xFFFu /* until the first keypad update every key reads pressed */

static void show(Screen screen)
{
    game()->screen = screen;
    game()->screen_frames = 0;
    if (screen == SCREEN_LOADING)
        game()->course.state = COURSE_NONE;
}

/* Whether a course's slot holds a sound ghost; its time is the best one then. */
static int read_ghost(u32 slot)
{
    Game *g = game();
    int sound = course_is_here(slot) && ghost_read(slot, &g->ghost);
    g->best_ms[slot % COURSES] = sound ? milliseconds_of(g->ghost.time) : MS_NONE;
    return sound;
}

void game_power_on(void)
{
    clear_memory(game(), sizeof(Game));
    clear_memory(AT(u8, CONTROLLER_SLOTS), CONTROLLER_SLOTS_COUNT * sizeof(Controller));
    clear_memory(AT(u8, HEAP_INPUT), sizeof(RawInput));
    clear_memory(AT(u8, HEAP_RACE_CONFIG), sizeof(MultiConfig));
    clear_memory(AT(u8, HEAP_SCENE), HEAP_SCENE_SIZE);
    *AT(Word, P_INPUT) = HEAP_INPUT;
    *AT(Word, P_RACE_CONFIG) = HEAP_RACE_CONFIG;
    *AT(Word, P_SCENE) = HEAP_SCENE;
    clear_memory(AT(u8, HEAP_PLAYER_RECORDING), sizeof(Recording));
    clear_memory(AT(u8, HEAP_GHOST_RECORDING), sizeof(Recording));
    params_load(); /* the kart screen shows figures */
    race_unload();
    nitrofs_find_courses(game()->course_files);
    for (u32 slot = 0; slot < COURSES; slot++)
        read_ghost(slot);
    show(SCREEN_TITLE);
}

/* ---- Moving cursors ---- */

static u8 wrap(s32 value, s32 count)
{
    return (u8)((value + count) % count);
}

/* Up and down through a list. */
static u8 move_in_list(u8 item, u32 pressed, s32 count)
{
    if (pressed & KEY_DOWN)
        return wrap(item + 1, count);
    return pressed & KEY_UP ? wrap(item - 1, count) : item;
}

/* All four ways through a grid whose last row is full. */
static u8 move_in_grid(u8 cell, u32 pressed, s32 count)
{
    s32 row = cell / MENU_COLUMNS, column = cell % MENU_COLUMNS;
    if (pressed & KEY_RIGHT)
        column = wrap(column + 1, MENU_COLUMNS);
    else if (pressed & KEY_LEFT)
        column = wrap(column - 1, MENU_COLUMNS);
    if (pressed & KEY_DOWN)
        row = wrap(row + 1, count / MENU_COLUMNS);
    else if (pressed & KEY_UP)
        row = wrap(row - 1, count / MENU_COLUMNS);
    return (u8)(row * MENU_COLUMNS + column);
}

static u8 move_in_row(u8 item, u32 pressed, s32 count)
{
    if (pressed & KEY_RIGHT)
        return wrap(item + 1, count);
    return pressed & KEY_LEFT ? wrap(item - 1, count) : item;
}

/* ---- Screens ---- */

static void choose_character(Game *g)
{
    g->character = character_order[g->character_cell % CHARACTERS];
    g->kart = (u8)(3 * g->character);
    show(SCREEN_KART);
}

static void choose_course(Game *g)
{
    u32 slot = g->cup * COURSES_PER_CUP + g->course_row;
    if (!course_is_here(slot)) {
        g->refused = REFUSED_FRAMES;
        return;
    }
    g->slot = (u8)slot;
    g->opponent = OPPONENT_NONE;
    g->ghost_offered = 0;
    show(SCREEN_CONFIRM);
}

static void main_tick(Game *g)
{
    g->main_item = move_in_list(g->main_item, g->pressed, MAIN_ITEMS);
    if (g->pressed & KEY_A) {
        g->quick_race = g->main_item == MAIN_QUICK_RACE;
        show(g->quick_race ? SCREEN_CUP : SCREEN_MODE);
    } else if (g->pressed & KEY_B) {
        show(SCREEN_TITLE);
    }
}

static void mode_tick(Game *g)
{
    g->mode_item = move_in_list(g->mode_item, g->pressed, MODE_ITEMS);
    if (g->pressed & KEY_A)
        show(SCREEN_CHARACTER);
    else if (g->pressed & KEY_B)
        show(SCREEN_MAIN);
}

static void character_tick(Game *g)
{
    g->character_cell = move_in_grid(g->character_cell, g->pressed, CHARACTERS);
    if (g->pressed & KEY_A)
        choose_character(g);
    else if (g->pressed & KEY_B)
        show(SCREEN_MODE);
}

static void kart_tick(Game *g)
{
    g->kart = move_in_row(g->kart, g->pressed, KARTS);
    if (g->pressed & KEY_A)
        show(SCREEN_CUP);
    else if (g->pressed & KEY_B)
        show(SCREEN_CHARACTER);
}

static void cup_tick(Game *g)
{
    g->cup = move_in_grid(g->cup, g->pressed, CUPS);
    if (g->pressed & KEY_A) {
        g->course_row = 0;
        show(SCREEN_COURSE);
    } else if (g->pressed & KEY_B) {
        show(g->quick_race ? SCREEN_MAIN : SCREEN_KART);
    }
}

static void course_tick(Game *g)
{
    g->course_row = move_in_list(g->course_row, g->pressed, COURSES_PER_CUP);
    if (g->pressed & KEY_A)
        choose_course(g);
    else if (g->pressed & KEY_B)
        show(SCREEN_CUP);
}

static void confirm_tick(Game *g)
{
    if (g->ghost_offered)
        g->opponent = move_in_list(g->opponent, g->pressed, OPPONENTS);
    if (g->pressed & KEY_A)
        show(SCREEN_LOADING);
    else if (g->pressed & KEY_B)
        show(SCREEN_COURSE);
}

static void loading_tick(Game *g)
{
    switch (g->screen_frames) {
    case LOAD_GHOST_FRAME:
        if (!read_ghost(g->slot) && g->opponent == OPPONENT_GHOST)
            show(SCREEN_COURSE);
        return;
    case LOAD_COURSE_FRAME:
        course_load(g->slot);
        return;
    default:
        break;
    }
    CourseState course = course_load_continue();
    if (course == COURSE_REFUSED) {
        show(SCREEN_COURSE);
    } else if (course == COURSE_LOADED && g->screen_frames >= LOADING_FRAMES) {
        race_start(g->character, g->kart, g->slot, g->opponent);
        show(SCREEN_RACE);
    }
}

static void playing_tick(Game *g)
{
    race_tick();
    if (race_over())
        show(SCREEN_RESULT);
    else if (g->pressed & KEY_START)
        show(SCREEN_PAUSE);
}

static void leave_race(Screen screen)
{
    race_unload();
    show(screen);
}

static void pause_tick(Game *g)
{
    if (g->pressed & KEY_A)
        show(SCREEN_RACE);
    else if (g->pressed & KEY_B)
        leave_race(SCREEN_COURSE);
}

static void result_tick(Game *g)
{
    if (g->pressed & KEY_A)
        leave_race(SCREEN_LOADING);
    else if (g->pressed & KEY_B)
        leave_race(SCREEN_COURSE);
}

/* ---- A frame ---- */

static void read_keys(Game *g, u16 keys)
{
    keys &= KEYS_NOT_READ;
    if (keys == KEYS_NOT_READ)
        keys = 0;
    g->pressed = keys & (u16)~g->keys;
    g->keys = keys;
    ControllerPad *pad = &AT(Controller, CONTROLLER_SLOTS)->pad;
    pad->released = pad->held & (u16)~keys;
    pad->pressed = g->pressed;
    pad->held = keys;
    AT(RawInput, HEAP_INPUT)->pressed = keys;
}

void game_tick(u16 keys)
{
    Game *g = game();
    read_keys(g, keys);
    g->screen_frames++;
    if (g->refused > 0)
        g->refused--;
    if (g->screen == SCREEN_RACE) {
        playing_tick(g);
        return;
    }
    if (g->screen == SCREEN_LOADING) {
        loading_tick(g);
        return;
    }
    if (g->screen == SCREEN_CONFIRM && g->screen_frames == OFFER_GHOST_FRAME)
        g->ghost_offered = (u8)read_ghost(g->slot);
    if (g->screen_frames <= INPUT_DELAY)
        return;
    switch (g->screen) {
    case SCREEN_TITLE:
        if (g->pressed & (KEY_A | KEY_START))
            show(SCREEN_MAIN);
        break;
    case SCREEN_MAIN:
        main_tick(g);
        break;
    case SCREEN_MODE:
        mode_tick(g);
        break;
    case SCREEN_CHARACTER:
        character_tick(g);
        break;
    case SCREEN_KART:
        kart_tick(g);
        break;
    case SCREEN_CUP:
        cup_tick(g);
        break;
    case SCREEN_COURSE:
        course_tick(g);
        break;
    case SCREEN_CONFIRM:
        confirm_tick(g);
        break;
    case SCREEN_PAUSE:
        pause_tick(g);
        break;
    case SCREEN_RESULT:
        result_tick(g);
        break;
    default:
        break;
    }
}

void game_start_race(u32 character, u32 kart, u32 slot, u32 opponent)
{
    Game *g = game();
    g->main_item = MAIN_TIME_TRIAL;
    for (u32 cell = 0; cell < CHARACTERS; cell++) {
        if (character_order[cell] == character)
            g->character_cell = (u8)cell;
    }
    g->character = (u8)(character % CHARACTERS);
    g->kart = (u8)(kart % KARTS);
    g->slot = (u8)(slot % COURSES);
    g->cup = g->slot / COURSES_PER_CUP;
    g->course_row = g->slot % COURSES_PER_CUP;
    g->opponent = (u8)(opponent % OPPONENTS);
    race_unload();
    show(SCREEN_LOADING);
}
