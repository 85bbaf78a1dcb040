/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "letters.h"

#include "../../platform/font.h"
#include "gfx.h"

enum { COLUMNS = 16, FONT_WIDTH = COLUMNS * LETTER, FONT_HEIGHT = FONT_GLYPHS / COLUMNS * LETTER, INK = 15 };
/* The last row and column of a letter's place are empty. */
enum { ADVANCE = LETTER - 1, DRAWN = LETTER - 1 };

/* Four bits a texel. */
static u8 font[FONT_HEIGHT][FONT_WIDTH / 2] __attribute__((aligned(8)));
static u8 in_text_mode;

void letters_initialise(void)
{
    for (s32 glyph = 0; glyph < FONT_GLYPHS; glyph++)
        for (s32 row = 0; row < FONT_ROWS; row++)
            for (s32 column = 0; column < 6; column++) {
                s32 x = glyph % COLUMNS * LETTER + column, y = glyph / COLUMNS * LETTER + row;
                if (FONT[glyph][row] >> (5 - column) & 1)
                    font[y][x / 2] |= x & 1 ? INK : INK << 4;
            }
}

void letters_begin(void)
{
    gfx_load_font(font[0], FONT_WIDTH, FONT_HEIGHT);
    gfx_mode(DRAW_TEXT);
    in_text_mode = 1;
}

static void put(s32 x, s32 y, s32 scale, const char *text)
{
    for (; *text; text++, x += ADVANCE * scale) {
        s32 glyph = *text - FONT_FIRST;
        if (glyph >= 'a' - FONT_FIRST && glyph <= 'z' - FONT_FIRST)
            glyph -= 'a' - 'A';
        if (glyph > 0 && glyph < FONT_GLYPHS)
            gfx_glyph(x, y, DRAWN, glyph % COLUMNS * LETTER, glyph / COLUMNS * LETTER, scale);
    }
}

static void want_text_mode(void)
{
    if (!in_text_mode)
        gfx_mode(DRAW_TEXT);
    in_text_mode = 1;
}

void letters_put(s32 x, s32 y, s32 scale, u32 rgba, const char *text)
{
    enum { SHADOW = 0x000000C0 };
    want_text_mode();
    gfx_color(SHADOW);
    put(x + scale, y + scale, scale, text);
    gfx_color(rgba);
    put(x, y, scale, text);
}

void letters_centre(s32 y, s32 scale, u32 rgba, const char *text)
{
    s32 length = 0;
    while (text[length])
        length++;
    letters_put((SCREEN_WIDTH - length * ADVANCE * scale) / 2, y, scale, rgba, text);
}

void letters_panel(s32 x, s32 y, s32 width, s32 height, u32 rgba)
{
    if (in_text_mode)
        gfx_mode(DRAW_FLAT);
    in_text_mode = 0;
    gfx_color(rgba);
    gfx_rectangle(x, y, width, height);
}

void text_of_number(char text[NUMBER_TEXT], u32 number)
{
    char digits[NUMBER_TEXT];
    s32 count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && count < NUMBER_TEXT - 1);
    for (s32 i = 0; i < count; i++)
        text[i] = digits[count - 1 - i];
    text[count] = 0;
}

void text_of_time(char text[TIME_TEXT], u32 centiseconds)
{
    enum { MINUTE = 6000 };
    u32 minutes = centiseconds / MINUTE, rest = centiseconds % MINUTE;
    text[0] = (char)('0' + minutes % 10);
    text[1] = ':';
    text[2] = (char)('0' + rest / 1000);
    text[3] = (char)('0' + rest / 100 % 10);
    text[4] = '.';
    text[5] = (char)('0' + rest / 10 % 10);
    text[6] = (char)('0' + rest % 10);
    text[7] = 0;
}
