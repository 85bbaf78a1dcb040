/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "game.h"

#include "angle.h"
#include "menus.h"
#include "race.h"
#include "save.h"

enum { STAY = -1 };

static s32 menu_next;

void game_power_on(void)
{
    Controller **pads = &gControllerOne;
    Player **players = &gPlayerOne;
    angle_initialise();
    for (s32 i = 0; i < PLAYERS; i++) {
        pads[i] = &gControllers[i];
        players[i] = &gPlayers[i];
    }
    gLoadedCourseId = -1;
    gPlayerCount = 1;
    gCCSelection = CC_100;
    gModeSelection = MODE_TIME_TRIAL;
    gGamestate = GAMESTATE_INIT;
    save_load();
    game_open_menus(MENU_LOGO);
}

void game_open_race(void) { gGamestateNext = GAMESTATE_RACE; }

void game_open_menus(s32 menu)
{
    menu_next = menu;
    gGamestateNext = GAMESTATE_MENU;
}

static void change_state(void)
{
    gGamestate = gGamestateNext;
    gGamestateNext = STAY;
    if (gGamestate == GAMESTATE_RACE) {
        gRaceState = RACE_SETUP;
        race_start();
    } else {
        gRaceState = RACE_INIT;
        menus_enter(menu_next);
    }
}

void game_frame(void)
{
    gGlobalTimer++;
    if (gGamestateNext != STAY)
        change_state();
    else if (gGamestate == GAMESTATE_RACE)
        race_frame();
    else
        menus_frame();
}
