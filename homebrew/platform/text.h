// SPDX-License-Identifier: GPL-3.0-or-later
// Text and panels of both screens: a layer of letters over a layer of boxes, each 32 by 24 cells of 8 by 8 pixels.
#ifndef TEXT_H
#define TEXT_H

#include "font.h"

enum { COLUMNS = 32, ROWS = 24 };

typedef enum {
    INK_WHITE,
    INK_YELLOW,
    INK_GREEN,
    INK_RED,
    INK_BLUE,
    INK_GREY,
    INK_ORANGE,
    INKS,
} Ink;

typedef enum {
    BOX_PLAIN,
    BOX_SELECTED,
    BOX_LOCKED,
    BOX_TITLE,
    BOX_DARK,
    BOXES,
} Box;

typedef enum { BACKDROP_NIGHT, BACKDROP_SKY, BACKDROP_NONE } Backdrop;
// The row of the sky's horizon.
enum { SKY_ROWS = 16 };

// `engine` is MAIN_ENGINE or SUB_ENGINE throughout.
void text_initialise(uint32_t engine);
void text_clear(uint32_t engine);
void text_backdrop(uint32_t engine, Backdrop backdrop);
void text_put(uint32_t engine, int x, int y, Ink ink, const char *text);
void text_put_centred(uint32_t engine, int y, Ink ink, const char *text);
// Letters of twice the size; x and y count small cells.
void text_put_large(uint32_t engine, int x, int y, Ink ink, const char *text);
void text_put_large_centred(uint32_t engine, int y, Ink ink, const char *text);
void text_erase(uint32_t engine, int x, int y, int width, int height);
void text_box(uint32_t engine, int x, int y, int width, int height, Box box);
// A bar of `width` cells filled by `filled` of `width` * 8 pixels.
void text_bar(uint32_t engine, int x, int y, int width, int filled);

// "m:ss.mmm" of a time in milliseconds, "-:--.---" if there is none.
enum { TIME_LENGTH = 8 };
void text_put_time(uint32_t engine, int x, int y, Ink ink, uint32_t milliseconds);
// Right-aligned number of `digits` digits.
void text_put_number(uint32_t engine, int x, int y, Ink ink, uint32_t number, int digits);

#endif
