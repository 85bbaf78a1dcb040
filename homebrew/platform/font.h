// SPDX-License-Identifier: GPL-3.0-or-later
// The lettering of both games: ASCII 0x20..0x5F, six pixels by seven, one byte a row, bit 5 leftmost.
#ifndef FONT_H
#define FONT_H

#include <stdint.h>

enum { FONT_FIRST = 0x20, FONT_GLYPHS = 64, FONT_ROWS = 7 };
extern const uint8_t FONT[FONT_GLYPHS][FONT_ROWS];

#endif
