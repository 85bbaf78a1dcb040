/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "menus.h"

#include "course.h"
#include "game.h"
#include "pads.h"

enum { FADE_FRAMES = 8, LOGO_FRAMES = 90, TITLE_DELAY = 46 };

/* Row by row. */
const u8 character_grid[CHARACTERS] = {0, 1, 6, 3, 2, 4, 5, 7};

static const char *const characters[CHARACTERS] = {"ADA", "BASIL", "CLEO", "FENNA", "DORIAN", "GUS", "INES", "HILDE"};
static const char *const cups[CUPS] = {"ACORN", "CLOVER", "MAPLE", "SUMMIT"};
static const char *const modes[MODE_ITEMS] = {"GRAND PRIX", "TIME TRIALS"};
static const char *const classes[CLASS_ITEMS] = {"50 CC", "100 CC", "150 CC"};
static const u8 mode_ids[MODE_ITEMS] = {MODE_GRAND_PRIX, MODE_TIME_TRIAL};

const char *character_name(s32 character) { return characters[character % CHARACTERS]; }
const char *cup_name(s32 cup) { return cups[cup % CUPS]; }
const char *mode_name(s32 item) { return modes[item % MODE_ITEMS]; }
const char *class_name(s32 item) { return classes[item % CLASS_ITEMS]; }
s32 mode_of_item(s32 item) { return mode_ids[item % MODE_ITEMS]; }

static u16 pressed;

static int advanced(void) { return (pressed & (BUTTON_A | BUTTON_START)) != 0; }
static int went_back(void) { return (pressed & BUTTON_B) != 0; }
static s32 vertical(void) { return (pressed & DPAD_DOWN ? 1 : 0) - (pressed & DPAD_UP ? 1 : 0); }
static s32 horizontal(void) { return (pressed & DPAD_RIGHT ? 1 : 0) - (pressed & DPAD_LEFT ? 1 : 0); }

void menus_enter(s32 menu)
{
    gMenuSelection = menu;
    gMenuFade = FADE_FRAMES;
    gMenuTimingCounter = 0;
    gMenuDelayTimer = 0;
    switch (menu) {
    case MENU_MAIN:
        gMainMenuSelection = MAIN_PLAYERS;
        break;
    case MENU_CHARACTER:
        gPlayerSelectMenuSelection = CHARACTER_PICK;
        gCharacterGridIsSelected[0] = 0;
        if (gCharacterGridSelections[0] == 0)
            gCharacterGridSelections[0] = 1;
        break;
    case MENU_COURSE:
        gSubMenuSelection = COURSE_CUP;
        break;
    }
}

static void title(void)
{
    if (gMenuDelayTimer >= TITLE_DELAY && advanced())
        menus_enter(MENU_MAIN);
}

static void main_menu(void)
{
    s32 step = vertical();
    if (gMainMenuSelection == MAIN_MODE && step != 0)
        gModeSelection = mode_of_item(step > 0);
    else if (gMainMenuSelection == MAIN_SUBMODE && gModeSelection == MODE_GRAND_PRIX)
        gCCSelection = clamp(gCCSelection + step, CC_50, CC_150);
    if (advanced()) {
        if (gMainMenuSelection == MAIN_OK)
            menus_enter(MENU_CHARACTER);
        else
            gMainMenuSelection++;
    } else if (went_back()) {
        if (gMainMenuSelection == MAIN_PLAYERS)
            menus_enter(MENU_TITLE);
        else
            gMainMenuSelection--;
    }
}

static void pick_character(void)
{
    s32 cell = gCharacterGridSelections[0] - 1, column = cell % GRID_COLUMNS, row = cell / GRID_COLUMNS;
    column = clamp(column + horizontal(), 0, GRID_COLUMNS - 1);
    row = clamp(row + vertical(), 0, CHARACTERS / GRID_COLUMNS - 1);
    cell = row * GRID_COLUMNS + column;
    gCharacterGridSelections[0] = (s8)(cell + 1);
    if (advanced()) {
        gCharacterSelections[0] = (s8)character_grid[cell];
        gCharacterGridIsSelected[0] = 1;
        gPlayerSelectMenuSelection = CHARACTER_OK;
    } else if (went_back()) {
        menus_enter(MENU_MAIN);
    }
}

static void character_menu(void)
{
    if (gPlayerSelectMenuSelection == CHARACTER_PICK) {
        pick_character();
    } else if (advanced()) {
        menus_enter(MENU_COURSE);
    } else if (went_back()) {
        gPlayerSelectMenuSelection = CHARACTER_PICK;
        gCharacterGridIsSelected[0] = 0;
    }
}

static s16 chosen_course(void)
{
    return cup_courses[(u8)gCupSelection % CUPS][(u8)gCourseIndexInCup % COURSES_PER_CUP];
}

/* A Grand Prix needs all courses of the cup. */
static int cup_is_complete(void)
{
    for (s32 i = 0; i < COURSES_PER_CUP; i++)
        if (!course_exists(cup_courses[(u8)gCupSelection % CUPS][i]))
            return 0;
    return 1;
}

static void pick_cup(void)
{
    gCupSelection = (s8)clamp(gCupSelection + horizontal(), 0, CUPS - 1);
    if (went_back()) {
        menus_enter(MENU_CHARACTER);
    } else if (advanced() && gModeSelection != MODE_GRAND_PRIX) {
        gCourseIndexInCup = 0;
        gSubMenuSelection = COURSE_COURSE;
    } else if (advanced() && cup_is_complete()) {
        gCourseIndexInCup = 0;
        gSubMenuSelection = COURSE_OK;
        clear_memory(gGrandPrixPoints, sizeof gGrandPrixPoints);
    }
}

static void course_menu(void)
{
    switch (gSubMenuSelection) {
    case COURSE_CUP:
        pick_cup();
        break;
    case COURSE_COURSE:
        gCourseIndexInCup = (s8)clamp(gCourseIndexInCup + vertical(), 0, COURSES_PER_CUP - 1);
        if (advanced() && course_exists(chosen_course()))
            gSubMenuSelection = COURSE_OK;
        else if (went_back())
            gSubMenuSelection = COURSE_CUP;
        break;
    case COURSE_OK:
        if (advanced())
            game_open_race();
        else if (went_back())
            gSubMenuSelection = gModeSelection == MODE_GRAND_PRIX ? COURSE_CUP : COURSE_COURSE;
        break;
    }
    gCurrentCourseId = chosen_course();
}

void menus_frame(void)
{
    gMenuTimingCounter++;
    gMenuDelayTimer++;
    if (gMenuFade > 0) {
        gMenuFade--;
        return;
    }
    pressed = pads_pressed(&gControllers[PAD_ALL]);
    switch (gMenuSelection) {
    case MENU_LOGO:
        if (pressed || gMenuTimingCounter > LOGO_FRAMES)
            menus_enter(MENU_TITLE);
        break;
    case MENU_TITLE:
        title();
        break;
    case MENU_MAIN:
        main_menu();
        break;
    case MENU_CHARACTER:
        character_menu();
        break;
    case MENU_COURSE:
        course_menu();
        break;
    }
}
