// SPDX-License-Identifier: GPL-3.0-or-later
// One step of the game a video frame, then the picture of it, then sleep until the next vertical blank.
#include "course.h"
#include "course_view.h"
#include "game.h"
#include "gx.h"
#include "hardware.h"
#include "hud.h"
#include "map.h"
#include "menus.h"
#include "race_view.h"
#include "save.h"
#include "sound.h"
#include "text.h"

// Courses are prepared in slices that end at this line, so that no frame of the game is lost.
enum { PREPARE_UNTIL_LINE = 150 };
enum { ALL_KEYS = 0x3FF, EXTENDED_KEYS = 3 };

static void initialise_screens(void)
{
    POWCNT1 = POWER_ALL;
    VRAMCNT_A = VRAM_ENABLE | VRAM_A_MAIN_BG;
    VRAMCNT_C = VRAM_ENABLE | VRAM_C_SUB_BG;
    DISPCNT(MAIN_ENGINE) = DISPCNT_GRAPHICS | DISPCNT_3D_ON_BG0 | DISPCNT_BG(0) | DISPCNT_BG(1) | DISPCNT_BG(2);
    DISPCNT(SUB_ENGINE) = DISPCNT_GRAPHICS | DISPCNT_BITMAP_MODE | DISPCNT_OBJ_1D | DISPCNT_BG(1) | DISPCNT_BG(2);
    BGCNT(MAIN_ENGINE, 0) = BGCNT_PRIORITY(2);
    text_initialise(MAIN_ENGINE);
    text_initialise(SUB_ENGINE);
    gx_initialise();
    course_view_initialise();
    map_initialise();
}

static void initialise_interrupts(void)
{
    IME = 0;
    DISPSTAT = DISPSTAT_VBLANK_REQUEST;
    IE = INTERRUPT_VBLANK;
    IF = ~0u;
    // The processor masks interrupts itself; this only lets a request end its sleep.
    IME = 1;
}

static void sleep_until_vblank(void)
{
    wait_for_interrupt();
    IF = INTERRUPT_VBLANK;
}

static u16 read_keys(void)
{
    u32 released = (KEYINPUT & ALL_KEYS) | (SHARED_EXTKEYIN & EXTENDED_KEYS) << 10;
    return (u16)(~released & (ALL_KEYS | EXTENDED_KEYS << 10));
}

static void prepare_course(Screen screen)
{
    if (screen >= SCREEN_LOADING && game()->course.state == COURSE_LOADED)
        course_view_begin();
    if (course_view_build(PREPARE_UNTIL_LINE))
        map_build(PREPARE_UNTIL_LINE);
}

static void change_screen(Screen from, Screen to)
{
    if (to == SCREEN_LOADING) {
        course_view_expect(game()->slot);
        map_clear();
    }
    if (menus_own(from) == menus_own(to) && to != SCREEN_LOADING)
        return;
    map_show(!menus_own(to));
    if (menus_own(to)) {
        menus_enter();
    } else {
        race_view_enter(game());
        hud_enter();
    }
}

static void draw_race(void)
{
    race_view_draw(game());
    hud_draw(game());
    for (u32 id = 0; id < racer_count(); id++)
        map_put_kart(id, racer(id));
}

int main(void)
{
    initialise_screens();
    sound_initialise();
    game_power_on();
    menus_enter();
    initialise_interrupts();
    for (Screen screen = SCREEN_TITLE;;) {
        sleep_until_vblank();
        game_tick(read_keys());
        if (game()->screen != screen)
            change_screen(screen, game()->screen);
        screen = game()->screen;
        sound_play(game());
        if (menus_own(screen))
            menus_draw(game());
        else
            draw_race();
        gx_end_frame();
        prepare_course(screen);
        save_continue();
    }
}
