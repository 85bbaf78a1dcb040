/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "game.h"

const u8 character_order[CHARACTERS] = {0, 7, 4, 6, 2, 1, 5, 3, 9, 8, 10, 11};

/* Source: MKDS Info. */
const u8 course_ids[COURSES] = {
    20, 22, 31, 18, 27, 28, 33, 24, 30, 17, 25, 19, 34, 26, 32, 29,
    10, 11, 13, 14, 35, 16, 12, 9, 15, 36, 37, 38, 39, 23, 40, 1,
};

/* Source: published lists of the game's files. */
const char *const course_file_names[COURSES] = {
    "cross_course.carc",   "bank_course.carc",   "beach_course.carc",   "mansion_course.carc",
    "desert_course.carc",  "town_course.carc",   "pinball_course.carc", "ridge_course.carc",
    "snow_course.carc",    "clock_course.carc",  "mario_course.carc",   "airship_course.carc",
    "stadium_course.carc", "garden_course.carc", "koopa_course.carc",   "rainbow_course.carc",
    "old_mario_sfc.carc",  "old_momo_64.carc",   "old_peach_agb.carc",  "old_luigi_gc.carc",
    "old_donut_sfc.carc",  "old_frappe_64.carc", "old_koopa_agb.carc",  "old_baby_gc.carc",
    "old_noko_sfc.carc",   "old_choco_64.carc",  "old_luigi_agb.carc",  "old_kinoko_gc.carc",
    "old_choco_sfc.carc",  "old_hyudoro_64.carc", "old_sky_agb.carc",   "old_yoshi_gc.carc",
};

static const char *const main_items[MAIN_ITEMS] = {"Quick race", "Time trial"};
static const char *const mode_items[MODE_ITEMS] = {"Three laps"};

static const char *const opponents[OPPONENTS] = {"Race alone", "Race the ghost"};

static const char *const characters[CHARACTERS] = {
    "Ada", "Basil", "Cleo", "Dorian", "Elmo", "Fenna", "Gus", "Hilde", "Ines", "Jasper", "Kim", "Lotte",
};

static const char *const karts[KARTS] = {
    "Sprocket", "Anvil", "Wisp",   "Marble", "Tugboat", "Feather", "Pebble", "Crate", "Moth",
    "Lantern",  "Boiler", "Dart",  "Acorn",  "Barrow",  "Gnat",    "Comet",  "Hammer", "Swift",
    "Drum",     "Quarry", "Otter", "Wagon",  "Furnace", "Badger",  "Bison",  "Glacier", "Ram",
    "Kettle",   "Plough", "Finch", "Ribbon", "Trunk",   "Spark",   "Cobalt", "Mortar", "Needle",
};

static const char *const cups[CUPS] = {
    "Acorn Cup", "Clover Cup", "Maple Cup", "Summit Cup", "Pebble Cup", "Brook Cup", "Ember Cup", "Aurora Cup",
};

static const char *const courses[] = {
    "Amber Oval", "Cobble Coil", "Clover Cut", "Ridgeback Leap",
};

const char *main_item_name(u32 item) { return main_items[item % MAIN_ITEMS]; }
const char *mode_item_name(u32 item) { return mode_items[item % MODE_ITEMS]; }
const char *opponent_name(u32 opponent) { return opponents[opponent % OPPONENTS]; }
const char *character_name(u32 character) { return characters[character % CHARACTERS]; }
const char *kart_name(u32 kart) { return karts[kart % KARTS]; }
const char *cup_name(u32 cup) { return cups[cup % CUPS]; }

const char *course_name(u32 slot)
{
    return slot < sizeof courses / sizeof *courses ? courses[slot] : "";
}
