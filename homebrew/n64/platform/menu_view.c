/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include "course.h"
#include "gfx.h"
#include "letters.h"
#include "menus.h"
#include "save.h"
#include "scene.h"

#define NIGHT 0x182848FFu
#define STRIPE 0x203860FFu

static void draw_background(void)
{
    enum { STEP = 24 };
    letters_panel(0, 0, SCREEN_WIDTH, SCREEN_HEIGHT, NIGHT);
    for (s32 y = 0; y < SCREEN_HEIGHT; y += STEP * 2)
        letters_panel(0, y, SCREEN_WIDTH, STEP, STRIPE);
}

static void draw_item(s32 x, s32 y, s32 width, int chosen, int usable, const char *text)
{
    letters_panel(x, y, width, 18, chosen ? PANEL_CHOSEN : PANEL);
    letters_put(x + 6, y + 5, 1, usable ? WHITE : GREY, text);
}

static void draw_title(void)
{
    letters_centre(40, 4, YELLOW, "KARTSCOPE");
    letters_centre(82, 2, WHITE, "SIXTY-FOUR");
    if (gMenuSelection == MENU_TITLE && (gMenuTimingCounter & 16))
        letters_centre(220, 1, WHITE, "PRESS START");
    scene_draw_kart(0);
}

static void draw_main(void)
{
    letters_centre(20, 2, YELLOW, "GAME SELECT");
    draw_item(30, 60, 80, gMainMenuSelection == MAIN_PLAYERS, 1, "1 PLAYER");
    for (s32 i = 0; i < MODE_ITEMS; i++) {
        int chosen = gMainMenuSelection >= MAIN_MODE && gModeSelection == mode_of_item(i);
        draw_item(120, 60 + 22 * i, 90, chosen, 1, mode_name(i));
    }
    if (gModeSelection == MODE_GRAND_PRIX)
        for (s32 i = 0; i < CLASS_ITEMS; i++)
            draw_item(220, 60 + 22 * i, 70, gMainMenuSelection >= MAIN_SUBMODE && gCCSelection == i, 1, class_name(i));
    else
        draw_item(220, 60, 70, gMainMenuSelection >= MAIN_SUBMODE, 1, "BEGIN");
    if (gMainMenuSelection == MAIN_OK)
        letters_centre(180, 2, GREEN, "OK?");
}

static void draw_characters(void)
{
    letters_centre(20, 2, YELLOW, "DRIVER SELECT");
    for (s32 i = 0; i < CHARACTERS; i++)
        draw_item(24 + i % GRID_COLUMNS * 70, 48 + i / GRID_COLUMNS * 24, 62, gCharacterGridSelections[0] == i + 1, 1,
                  character_name(character_grid[i]));
    if (gPlayerSelectMenuSelection == CHARACTER_OK)
        letters_centre(216, 2, GREEN, "OK?");
    scene_draw_kart(character_grid[(u8)(gCharacterGridSelections[0] - 1) % CHARACTERS]);
}

static void draw_record(s32 y, const char *title, u32 time, u16 character)
{
    char text[TIME_TEXT];
    text_of_time(text, time);
    letters_put(60, y, 1, GREY, title);
    letters_put(130, y, 1, WHITE, time < NO_TIME ? text : "-:--.--");
    if (time < NO_TIME)
        letters_put(200, y, 1, WHITE, character_name(character));
}

static void draw_records(s16 course)
{
    u16 character;
    u32 time = save_record(course, &character);
    draw_record(172, "BEST", time, character);
    time = save_lap_record(course, &character);
    draw_record(184, "BEST LAP", time, character);
}

static void draw_courses(void)
{
    s32 cup = (u8)gCupSelection % CUPS;
    letters_centre(14, 2, YELLOW, "COURSE SELECT");
    for (s32 i = 0; i < CUPS; i++)
        draw_item(8 + 77 * i, 44, 73, i == cup, 1, cup_name(i));
    for (s32 i = 0; i < COURSES_PER_CUP; i++) {
        s32 course = cup_courses[cup][i];
        int chosen = gSubMenuSelection >= COURSE_COURSE && gCourseIndexInCup == i;
        draw_item(60, 80 + 22 * i, 200, chosen, course_exists(course), course_name(course));
    }
    if (gSubMenuSelection >= COURSE_COURSE && gModeSelection == MODE_TIME_TRIAL)
        draw_records(gCurrentCourseId);
    if (gSubMenuSelection == COURSE_OK)
        letters_centre(200, 2, GREEN, "OK?");
}

void menu_draw(void)
{
    letters_begin();
    draw_background();
    switch (gMenuSelection) {
    case MENU_LOGO:
    case MENU_TITLE:
        draw_title();
        break;
    case MENU_MAIN:
        draw_main();
        break;
    case MENU_CHARACTER:
        draw_characters();
        break;
    case MENU_COURSE:
        draw_courses();
        break;
    }
}
