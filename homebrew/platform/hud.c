// SPDX-License-Identifier: GPL-3.0-or-later
#include "hud.h"

#include "fixed.h"
#include "hardware.h"
#include "text.h"

enum { ANNOUNCEMENT_ROW = 7, ANNOUNCEMENT_ROWS = 3, SPEED_WIDTH = 12, LAP_TIMES = 5 };
enum { GO_SHOWN = 60, WRONG_WAY_FRAMES = 20, NOTHING = 0 };

typedef enum { SAY_NOTHING, SAY_3, SAY_2, SAY_1, SAY_GO, SAY_WRONG_WAY, SAY_FINISH, SAY_RECORD, SAY_PAUSE } Announcement;

static struct {
    Announcement announcement;
    u32 screen;
    s32 lap, place;
    u32 speed;
    u32 backwards; // frames in the wrong direction
    fx32 lap_progress;
} shown;

static u32 lap_count(void)
{
    u32 laps = AT(Stag, map_data()->stag)->laps;
    return laps >= 1 && laps <= LAP_TIMES ? laps : 3;
}

static u32 milliseconds(RaceTime time) { return (time.minutes * 60u + time.seconds) * 1000u + time.milliseconds; }

// ---- Upper screen ----

static void draw_lap(s32 lap)
{
    u32 laps = lap_count();
    u32 number = lap < 0 ? 1 : (u32)lap + 1 > laps ? laps : (u32)lap + 1;
    text_box(MAIN_ENGINE, 0, 0, 11, 4, BOX_DARK);
    text_put(MAIN_ENGINE, 1, 2, INK_GREY, "LAP");
    const char digits[4] = {(char)('0' + number), '/', (char)('0' + laps), 0};
    text_put_large(MAIN_ENGINE, 4, 1, INK_WHITE, digits);
}

// Only in a race against a ghost.
static void draw_place(s32 place)
{
    static const char *const places[RACERS_MAX] = {"1st", "2nd"};
    text_box(MAIN_ENGINE, 25, 20, 7, 4, BOX_DARK);
    text_put_large(MAIN_ENGINE, 26, 21, place == 0 ? INK_YELLOW : INK_WHITE, places[place != 0]);
}

static void draw_frame(void)
{
    text_box(MAIN_ENGINE, 19, 0, 13, 3, BOX_DARK);
    text_put(MAIN_ENGINE, 20, 1, INK_GREY, "T");
    text_box(MAIN_ENGINE, 0, 21, SPEED_WIDTH + 10, 3, BOX_DARK);
    text_put(MAIN_ENGINE, SPEED_WIDTH + 5, 22, INK_GREY, "km/h");
}

static void draw_speed(const Driver *driver)
{
    // Full scale is a third above the kart's top speed, which only boosts reach.
    const KartParameters *params = AT(KartParameters, driver->kart_parameters);
    u32 pixels = (u32)magnitude(driver->forward_speed) * (SPEED_WIDTH * 8) / ((u32)params->max_speed * 4 / 3 + 1);
    if (pixels != shown.speed) {
        text_bar(MAIN_ENGINE, 1, 22, SPEED_WIDTH, (int)pixels);
        shown.speed = pixels;
    }
    // 5.2 units a frame, an ordinary kart's top speed, read as 104 km/h.
    text_put_number(MAIN_ENGINE, SPEED_WIDTH + 2, 22, INK_WHITE, (u32)magnitude(driver->forward_speed) * 20 >> 12, 3);
}

static int goes_backwards(const DriverStatus *racer)
{
    fx32 gain = racer->lap_progress - shown.lap_progress;
    shown.lap_progress = racer->lap_progress;
    if (gain < 0 && gain > -FX_ONE / 2)
        shown.backwards = (u32)at_most((s32)shown.backwards + 1, WRONG_WAY_FRAMES + 10);
    else if (gain > 0 || shown.backwards > WRONG_WAY_FRAMES)
        shown.backwards = shown.backwards > 0 ? shown.backwards - 1 : 0;
    return shown.backwards >= WRONG_WAY_FRAMES;
}

static Announcement announcement_of(const Game *g)
{
    static const Announcement countdown[] = {SAY_NOTHING, SAY_1, SAY_2, SAY_3, SAY_NOTHING};
    const DriverStatus *racer = player_status();
    int backwards = goes_backwards(racer);
    u32 go_frame = RECORDING_START + GO_RECORDED_FRAME, frame = race_state()->frame_counter;
    if (g->screen == SCREEN_PAUSE)
        return SAY_PAUSE;
    if (racer->state == DRIVER_STATUS_FINISHED)
        return g->new_record ? SAY_RECORD : SAY_FINISH;
    if (race_countdown() > 0)
        return countdown[race_countdown()];
    if (frame < go_frame + GO_SHOWN)
        return SAY_GO;
    return backwards ? SAY_WRONG_WAY : SAY_NOTHING;
}

static void announce(Announcement announcement)
{
    static const struct {
        const char *text;
        Ink ink;
    } texts[] = {
        [SAY_NOTHING] = {"", INK_WHITE},          [SAY_3] = {"3", INK_RED},
        [SAY_2] = {"2", INK_ORANGE},              [SAY_1] = {"1", INK_YELLOW},
        [SAY_GO] = {"GO!", INK_GREEN},            [SAY_WRONG_WAY] = {"WRONG WAY", INK_RED},
        [SAY_FINISH] = {"FINISH", INK_YELLOW},    [SAY_RECORD] = {"NEW RECORD", INK_YELLOW},
        [SAY_PAUSE] = {"PAUSE", INK_WHITE},
    };
    if (announcement == shown.announcement)
        return;
    shown.announcement = announcement;
    text_erase(MAIN_ENGINE, 0, ANNOUNCEMENT_ROW, COLUMNS, ANNOUNCEMENT_ROWS);
    text_put_large_centred(MAIN_ENGINE, ANNOUNCEMENT_ROW, texts[announcement].ink, texts[announcement].text);
}

static void draw_result(const Game *g)
{
    if (g->screen == shown.screen)
        return;
    shown.screen = g->screen;
    text_erase(MAIN_ENGINE, 4, 10, 24, 10);
    if (g->screen == SCREEN_RACE)
        return;
    text_box(MAIN_ENGINE, 4, 10, 24, 10, BOX_PLAIN);
    if (g->screen == SCREEN_RESULT) {
        text_put(MAIN_ENGINE, 7, 12, INK_GREY, "Total");
        text_put_time(MAIN_ENGINE, 17, 12, INK_YELLOW, player_status()->total_milliseconds);
        text_put(MAIN_ENGINE, 7, 14, INK_GREY, "Best");
        text_put_time(MAIN_ENGINE, 17, 14, INK_GREEN, g->best_ms[g->slot]);
        if (g->ghost_stored)
            text_put_centred(MAIN_ENGINE, 16, INK_WHITE, "Ghost saved");
        text_put_centred(MAIN_ENGINE, 18, INK_WHITE, "A: again   B: courses");
    } else {
        text_put_centred(MAIN_ENGINE, 13, INK_WHITE, "A: go on");
        text_put_centred(MAIN_ENGINE, 16, INK_WHITE, "B: leave the race");
    }
}

// ---- Lower screen ----

static void draw_lap_times(const Game *g)
{
    const DriverStatus *racer = player_status();
    text_put(SUB_ENGINE, 1, 1, INK_YELLOW, course_name(g->slot));
    text_box(SUB_ENGINE, 0, 3, 12, (int)lap_count() * 2 + 3, BOX_DARK);
    for (u32 lap = 0; lap < lap_count(); lap++) {
        int y = 5 + 2 * (int)lap;
        text_put_number(SUB_ENGINE, 1, y, INK_GREY, lap + 1, 1);
        u32 time = milliseconds(racer->lap_times[lap]);
        text_put_time(SUB_ENGINE, 3, y, INK_WHITE, time ? time : MS_NONE);
    }
    text_box(SUB_ENGINE, 0, 15, 12, 5, BOX_DARK);
    text_put(SUB_ENGINE, 1, 16, INK_GREY, "Best");
    text_put_time(SUB_ENGINE, 3, 18, INK_GREEN, g->best_ms[g->slot]);
    text_put(SUB_ENGINE, 1, 21, INK_BLUE, character_name(g->character));
    text_put(SUB_ENGINE, 9, 21, INK_WHITE, kart_name(race_config()->driver[0].kart));
}

void hud_enter(void)
{
    text_clear(MAIN_ENGINE);
    text_clear(SUB_ENGINE);
    draw_frame();
    shown.announcement = SAY_NOTHING;
    shown.screen = SCREEN_RACE;
    shown.lap = shown.place = -1000;
    shown.speed = ~0u;
    shown.backwards = 0;
    shown.lap_progress = player_status()->lap_progress;
}

void hud_draw(const Game *g)
{
    const DriverStatus *racer = player_status();
    s32 progress = racer->lap + (racer->state == DRIVER_STATUS_FINISHED);
    if (progress != shown.lap) {
        draw_lap(racer->lap);
        draw_lap_times(g);
        shown.lap = progress;
    }
    text_put_time(MAIN_ENGINE, 23, 1, INK_WHITE, racer->total_milliseconds);
    if (racer_count() > 1 && player()->place != shown.place) {
        shown.place = player()->place;
        draw_place(shown.place);
    }
    draw_speed(player());
    draw_result(g);
    announce(announcement_of(g));
}
