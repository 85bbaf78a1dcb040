/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "game.h"

const u8 character_order[CHARACTERS] = {0, 7, 4, 6, 2, 1, 5, 3, 9, 8, 10, 11};

/* Source: MKDS Info. */
const u8 course_ids[COURSES] = {
    20, 22, 31, 18, 27, 28, 33, 24, 30, 17, 25, 19, 34, 26, 32, 29,
    10, 11, 13, 14, 35, 16, 12, 9, 15, 36, 37, 38, 39, 23, 40, 1,
};

static const char *const main_items[MAIN_ITEMS] = {"Quick race", "Time trial"};
static const char *const mode_items[MODE_ITEMS] = {"Three laps alone"};

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
const char *character_name(u32 character) { return characters[character % CHARACTERS]; }
const char *kart_name(u32 kart) { return karts[kart % KARTS]; }
const char *cup_name(u32 cup) { return cups[cup % CUPS]; }

const char *course_name(u32 slot)
{
    return slot < sizeof courses / sizeof *courses ? courses[slot] : "";
}
