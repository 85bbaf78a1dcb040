/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include "course.h"
#include "gfx.h"
#include "kart.h"
#include "letters.h"
#include "menus.h"
#include "race.h"

enum { MAP_X = 238, MAP_Y = 146, MAP_SIDE = 64, MAP_STEP = 4, MAP_LIST_MAX = POINTS_MAX / MAP_STEP + 8, DOT = 4 };

static Gfx map_list[MAP_LIST_MAX];
static f32 map_scale, map_middle[2];

/* ---- Map ---- */

static s32 map_x(f32 x) { return MAP_X + MAP_SIDE / 2 + (s32)((x - map_middle[0]) * map_scale); }
static s32 map_y(f32 z) { return MAP_Y + MAP_SIDE / 2 + (s32)((z - map_middle[1]) * map_scale); }

static void measure_map(void)
{
    f32 low[2], high[2];
    for (s32 axis = 0; axis < 2; axis++) {
        low[axis] = high[axis] = path_point(0)->pos[2 * axis];
        for (s32 i = 1; i < path_count(); i++) {
            f32 at = path_point(i)->pos[2 * axis];
            low[axis] = at_most_f(low[axis], at);
            high[axis] = at_least_f(high[axis], at);
        }
        map_middle[axis] = (low[axis] + high[axis]) / 2;
    }
    map_scale = MAP_SIDE / at_least_f(high[0] - low[0], high[1] - low[1]);
}

/* The road as a chain of small squares. */
void hud_prepare(void)
{
    enum { ROAD = 0xFFFFFFB0u };
    measure_map();
    gfx_open(map_list);
    gfx_color(ROAD);
    for (s32 i = 0; i < path_count(); i += MAP_STEP)
        gfx_rectangle(map_x(path_point(i)->pos[0]) - 1, map_y(path_point(i)->pos[2]) - 1, 3, 3);
    gfx_close();
}

static void draw_map(void)
{
    static const u32 colors[PLAYERS] = {0xFF3030FF, 0x40D060FF, 0x60A0FFFF, 0xFFE040FF,
                                        0xC060FFFF, 0xFF9030FF, 0xFFA0D0FF, 0x40E0E0FF};
    gfx_mode(DRAW_FLAT);
    gfx_call(map_list);
    for (s32 i = PLAYERS - 1; i >= 0; i--) {
        if (!player_exists(&gPlayers[i]))
            continue;
        gfx_color(gPlayers[i].type & PLAYER_INVISIBLE ? GREY : colors[i]);
        gfx_rectangle(map_x(gPlayers[i].pos[0]) - DOT / 2, map_y(gPlayers[i].pos[2]) - DOT / 2, DOT, DOT);
    }
}

/* ---- Panels ---- */

static void put_time(s32 x, s32 y, s32 scale, u32 rgba, u32 time)
{
    char text[TIME_TEXT];
    text_of_time(text, time);
    letters_put(x, y, scale, rgba, text);
}

static void draw_lap(void)
{
    char text[] = "LAP 1/3";
    text[4] = (char)('1' + clamp(gPlayers[0].lap, 0, LAPS - 1));
    letters_put(14, 12, 2, WHITE, text);
}

static void draw_rank(void)
{
    static const char *const ranks[PLAYERS] = {"1ST", "2ND", "3RD", "4TH", "5TH", "6TH", "7TH", "8TH"};
    if (gModeSelection == MODE_GRAND_PRIX)
        letters_put(14, 206, 3, YELLOW, ranks[clamp(gPlayers[0].rank, 0, PLAYERS - 1)]);
}

static void draw_speed(void)
{
    char text[NUMBER_TEXT];
    u32 speed = (u32)(gPlayers[0].speed * KMH);
    text_of_number(text, speed);
    letters_put(speed < 10 ? 270 : 256, 218, 2, WHITE, text);
    letters_put(290, 224, 1, WHITE, "KMH");
}

static void draw_item(void)
{
    static const char *const mushrooms[] = {"O", "OO", "OOO"};
    s32 count = gPlayers[0].item - ITEM_MUSHROOM;
    if (count >= 0 && count < (s32)COUNT(mushrooms))
        letters_put(150, 12, 2, RED, mushrooms[count]);
}

static void draw_start(void)
{
    s32 lights = race_lights();
    for (s32 i = 0; i < 3 && lights > 0; i++)
        letters_panel(124 + 26 * i, 56, 20, 20, lights == 4 ? GREEN : i < lights ? RED : PANEL);
    if (lights == 4)
        letters_centre(86, 3, GREEN, "GO!");
}

static void draw_wrong_way(void)
{
    if (gWrongWayFlag[0] && (gGlobalTimer & 16))
        letters_centre(90, 3, RED, "WRONG WAY");
}

static void draw_laps(void)
{
    const Hud *hud = &gPlayerHud[0];
    letters_panel(76, 70, 168, 72, PANEL);
    for (s32 lap = 0; lap < LAPS; lap++) {
        char name[] = "LAP 1";
        name[4] = (char)('1' + lap);
        letters_put(90, 78 + 14 * lap, 1, WHITE, name);
        put_time(170, 78 + 14 * lap, 1, WHITE, hud->lapDurations[lap]);
    }
    letters_put(90, 124, 1, YELLOW, "TOTAL");
    put_time(170, 124, 1, YELLOW, hud->totalTime);
}

static void draw_ranks(void)
{
    letters_panel(76, 40, 168, 106, PANEL);
    for (s32 rank = 0; rank < PLAYERS; rank++) {
        s32 number = gPlayersByRank[rank] & (PLAYERS - 1), y = 46 + 12 * rank;
        char place[] = "1", points[NUMBER_TEXT];
        place[0] = (char)('1' + rank);
        text_of_number(points, gGrandPrixPoints[number]);
        letters_put(90, y, 1, WHITE, place);
        letters_put(110, y, 1, number == 0 ? YELLOW : WHITE, character_name(gPlayers[number].characterId));
        letters_put(206, y, 1, WHITE, points);
    }
}

static void draw_choices(s32 first, s32 y)
{
    s32 chosen = race_choice();
    for (s32 i = first; i <= race_last_choice(); i++) {
        letters_panel(96, y + 16 * (i - first), 128, 14, i == chosen ? PANEL_CHOSEN : PANEL);
        letters_centre(y + 3 + 16 * (i - first), 1, WHITE, race_choice_name(i));
    }
}

void hud_draw(void)
{
    draw_map();
    letters_begin();
    letters_panel(8, 8, 112, 22, PANEL);
    letters_panel(204, 8, 108, 22, PANEL);
    draw_lap();
    put_time(212, 12, 2, WHITE, gPlayerHud[0].totalTime);
    draw_rank();
    draw_speed();
    draw_item();
    draw_start();
    draw_wrong_way();
    if (gPlayerHud[0].complete && gModeSelection == MODE_TIME_TRIAL)
        draw_laps();
    else if (gPlayerHud[0].complete)
        draw_ranks();
    if (gIsGamePaused)
        draw_choices(CHOICE_CONTINUE, 88);
    else if (race_choice() >= 0)
        draw_choices(CHOICE_RETRY, 152);
}
