// SPDX-License-Identifier: GPL-3.0-or-later
#include "menus.h"

#include "course_view.h"
#include "fixed.h"
#include "gx.h"
#include "hardware.h"
#include "kart_model.h"
#include "params.h"
#include "text.h"

// The contents of a menu; it is drawn again only when these change.
typedef struct {
    u32 screen;
    u8 main_item, mode_item, character_cell, kart, cup, course_row, refused, opponent, ghost_offered;
} Shown;

static Shown shown;
static int stale;
static u32 turntable;

static int same(const Shown *a, const Shown *b)
{
    return a->screen == b->screen && a->main_item == b->main_item && a->mode_item == b->mode_item &&
           a->character_cell == b->character_cell && a->kart == b->kart && a->cup == b->cup &&
           a->course_row == b->course_row && a->refused == b->refused && a->opponent == b->opponent &&
           a->ghost_offered == b->ghost_offered;
}

int menus_own(Screen screen) { return screen <= SCREEN_LOADING; }

void menus_enter(void)
{
    stale = 1;
    text_backdrop(MAIN_ENGINE, BACKDROP_NIGHT);
    text_backdrop(SUB_ENGINE, BACKDROP_NIGHT);
}

// ---- Parts ----

static void heading(const char *title)
{
    text_box(MAIN_ENGINE, 0, 0, COLUMNS, 4, BOX_TITLE);
    text_put_large_centred(MAIN_ENGINE, 1, INK_WHITE, title);
}

static void hint(const char *text)
{
    text_box(SUB_ENGINE, 0, 21, COLUMNS, 3, BOX_DARK);
    text_put_centred(SUB_ENGINE, 22, INK_GREY, text);
}

static void row(int y, const char *text, int selected)
{
    text_box(SUB_ENGINE, 4, y, 24, 5, selected ? BOX_SELECTED : BOX_PLAIN);
    text_put(SUB_ENGINE, 7, y + 2, selected ? INK_YELLOW : INK_WHITE, text);
    if (selected)
        text_put(SUB_ENGINE, 5, y + 2, INK_YELLOW, ">");
}

static int length_of(const char *text)
{
    int length = 0;
    while (text[length])
        length++;
    return length;
}

// A cell of a grid of four columns, its label on one line or, where there are two words, on two.
static void grid_cell(int x, int y, int height, const char *label, Box box, Ink ink)
{
    enum { WIDTH = 8, LONGEST = 8 };
    char line[2][LONGEST + 1] = {{0}, {0}};
    int lines = 1, length = 0;
    for (; *label; label++) {
        if (*label == ' ' && lines == 1) {
            lines = 2;
            length = 0;
        } else if (length < LONGEST) {
            line[lines - 1][length++] = *label;
        }
    }
    text_box(SUB_ENGINE, x, y, WIDTH, height, box);
    for (int i = 0; i < lines; i++)
        text_put(SUB_ENGINE, x + (WIDTH - length_of(line[i]) + 1) / 2, y + (height + 1) / 2 - lines + 2 * i, ink, line[i]);
}

static int cup_is_open(u32 cup)
{
    for (u32 i = 0; i < COURSES_PER_CUP; i++)
        if (course_is_here(cup * COURSES_PER_CUP + i))
            return 1;
    return 0;
}

// ---- Screens ----

static void draw_title(void)
{
    text_put_large_centred(MAIN_ENGINE, 3, INK_YELLOW, "KARTSCOPE");
    text_put_centred(MAIN_ENGINE, 6, INK_WHITE, "Three laps against the clock");
    text_box(SUB_ENGINE, 8, 9, 16, 5, BOX_SELECTED);
    text_put_large_centred(SUB_ENGINE, 10, INK_WHITE, "PRESS A");
    text_put_centred(SUB_ENGINE, 22, INK_GREY, "Free software, GPL 3 or later");
}

static void draw_main(const Game *g)
{
    heading("MAIN MENU");
    for (u32 item = 0; item < MAIN_ITEMS; item++)
        row(5 + 6 * (int)item, main_item_name(item), g->main_item == item);
    hint("A: choose   B: back");
}

static void draw_mode(const Game *g)
{
    heading("TIME TRIAL");
    for (u32 item = 0; item < MODE_ITEMS; item++)
        row(5 + 6 * (int)item, mode_item_name(item), g->mode_item == item);
    hint("A: choose   B: back");
}

static void draw_characters(const Game *g)
{
    heading("CHARACTER");
    for (u32 cell = 0; cell < CHARACTERS; cell++) {
        int selected = g->character_cell == cell;
        grid_cell(8 * (int)(cell % MENU_COLUMNS), 7 * (int)(cell / MENU_COLUMNS), 7,
                  character_name(character_order[cell]), selected ? BOX_SELECTED : BOX_PLAIN,
                  selected ? INK_YELLOW : INK_WHITE);
    }
    text_put_large_centred(MAIN_ENGINE, 21, INK_YELLOW, character_name(character_order[g->character_cell]));
    hint("A: choose   B: back");
}

static void figure(int y, const char *name, s32 value, s32 low, s32 high)
{
    enum { BAR_WIDTH = 14 };
    text_put(SUB_ENGINE, 4, y, INK_WHITE, name);
    text_bar(SUB_ENGINE, 14, y, BAR_WIDTH, 16 + (value - low) * (8 * BAR_WIDTH - 16) / (high - low));
}

static void draw_karts(const Game *g)
{
    enum { NEIGHBOURS = 1 };
    heading("KART");
    text_box(SUB_ENGINE, 2, 2, 28, 5, BOX_SELECTED);
    text_put_large_centred(SUB_ENGINE, 3, INK_YELLOW, kart_name(g->kart));
    text_put_large(SUB_ENGINE, 0, 3, INK_WHITE, "<");
    text_put_large(SUB_ENGINE, 30, 3, INK_WHITE, ">");
    text_put_number(SUB_ENGINE, 13, 8, INK_WHITE, g->kart + 1u, 2);
    text_put(SUB_ENGINE, 15, 8, INK_GREY, "/36");
    text_box(SUB_ENGINE, 2, 10, 28, 11, BOX_PLAIN);
    const KartParameters *params = AT(KartParameters, kart_params_address(g->kart));
    figure(12, "Speed", params->max_speed, 20600, 22400);
    figure(14, "Pick-up", params->base_acceleration, 160, 285);
    figure(16, "Handling", params->handling, 205, 290);
    figure(18, "Weight", params->weight, 2800, 5700);
    hint("Left, right   A: choose");
}

static void draw_cups(const Game *g)
{
    heading("CUP");
    for (u32 cup = 0; cup < CUPS; cup++) {
        int selected = g->cup == cup, open = cup_is_open(cup);
        grid_cell(8 * (int)(cup % MENU_COLUMNS), 10 * (int)(cup / MENU_COLUMNS), 10, cup_name(cup),
                  selected ? BOX_SELECTED : open ? BOX_PLAIN : BOX_LOCKED,
                  selected ? INK_YELLOW : open ? INK_WHITE : INK_GREY);
    }
    text_put_large_centred(MAIN_ENGINE, 21, INK_YELLOW, cup_name(g->cup));
    hint("A: choose   B: back");
}

static void draw_course_row(const Game *g, u32 course)
{
    u32 slot = g->cup * COURSES_PER_CUP + course;
    int y = 5 * (int)course, selected = g->course_row == course, open = course_is_here(slot);
    text_box(SUB_ENGINE, 1, y, 30, 5, selected ? BOX_SELECTED : open ? BOX_PLAIN : BOX_LOCKED);
    if (!open) {
        text_put(SUB_ENGINE, 4, y + 2, selected && g->refused ? INK_RED : INK_GREY, "Locked");
        return;
    }
    text_put(SUB_ENGINE, 4, y + 1, selected ? INK_YELLOW : INK_WHITE, course_name(slot));
    text_put(SUB_ENGINE, 4, y + 3, INK_GREY, "Best time");
    text_put_time(SUB_ENGINE, 15, y + 3, INK_GREEN, g->best_ms[slot]);
    if (selected)
        text_put(SUB_ENGINE, 2, y + 1, INK_YELLOW, ">");
}

static void draw_courses(const Game *g)
{
    heading("COURSE");
    for (u32 course = 0; course < COURSES_PER_CUP; course++)
        draw_course_row(g, course);
    text_put_large_centred(MAIN_ENGINE, 21, INK_YELLOW, cup_name(g->cup));
    hint("A: choose   B: back");
}

static void draw_confirm(const Game *g)
{
    heading("READY?");
    text_box(SUB_ENGINE, 2, 0, 28, 10, BOX_PLAIN);
    text_put(SUB_ENGINE, 4, 1, INK_GREY, "Course");
    text_put(SUB_ENGINE, 12, 1, INK_WHITE, course_name(g->slot));
    text_put(SUB_ENGINE, 4, 3, INK_GREY, "Driver");
    text_put(SUB_ENGINE, 12, 3, INK_WHITE, character_name(g->character));
    text_put(SUB_ENGINE, 4, 5, INK_GREY, "Kart");
    text_put(SUB_ENGINE, 12, 5, INK_WHITE, kart_name(g->kart));
    text_put(SUB_ENGINE, 4, 7, INK_GREY, "Best");
    text_put_time(SUB_ENGINE, 12, 7, INK_GREEN, g->best_ms[g->slot]);
    row(10, opponent_name(OPPONENT_NONE), g->opponent == OPPONENT_NONE);
    if (g->ghost_offered)
        row(15, opponent_name(OPPONENT_GHOST), g->opponent == OPPONENT_GHOST);
    hint("A: start   B: back");
}

static void draw_loading(const Game *g)
{
    heading("GET READY");
    text_put_large_centred(MAIN_ENGINE, 21, INK_YELLOW, "LOADING...");
    text_put_centred(SUB_ENGINE, 11, INK_WHITE, course_name(g->slot));
}

static void draw_screen(const Game *g)
{
    switch (g->screen) {
    case SCREEN_TITLE:
        draw_title();
        break;
    case SCREEN_MAIN:
        draw_main(g);
        break;
    case SCREEN_MODE:
        draw_mode(g);
        break;
    case SCREEN_CHARACTER:
        draw_characters(g);
        break;
    case SCREEN_KART:
        draw_karts(g);
        break;
    case SCREEN_CUP:
        draw_cups(g);
        break;
    case SCREEN_COURSE:
        draw_courses(g);
        break;
    case SCREEN_CONFIRM:
        draw_confirm(g);
        break;
    default:
        draw_loading(g);
        break;
    }
}

// ---- The kart on the upper screen ----

static void choose_model(const Game *g)
{
    u32 character = g->screen < SCREEN_KART ? character_order[g->character_cell] : g->character;
    kart_model_choose(0, g->screen < SCREEN_KART ? 3 * character : g->kart, character);
}

static void draw_model(const Game *g)
{
    turntable += 256;
    Camera camera = gx_showroom_camera();
    VecFx32 forward = vec_of_yaw(turntable), left = vec_of_yaw(turntable + 0x4000);
    Pose pose = {.left = left, .up = {0, FX_ONE, 0}, .forward = forward};
    KartMotion motion = {.shadow = 1, .frame = g->screen_frames};
    choose_model(g);
    gx_load_camera(&camera, pose.position, VIEW_SHIFT);
    kart_model_draw(0, &camera, &pose, &motion);
}

void menus_draw(const Game *g)
{
    Shown now = {g->screen, g->main_item, g->mode_item, g->character_cell, g->kart, g->cup, g->course_row,
                 g->refused > 0, g->opponent, g->ghost_offered};
    if (stale || !same(&now, &shown)) {
        text_clear(MAIN_ENGINE);
        text_clear(SUB_ENGINE);
        draw_screen(g);
        shown = now;
        stale = 0;
    }
    draw_model(g);
}
