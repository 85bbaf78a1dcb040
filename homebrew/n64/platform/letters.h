/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text and panels over the picture, in pixels.
 */
#ifndef LETTERS_H
#define LETTERS_H

#include "types.h"

enum { LETTER = 8 };
#define WHITE 0xFFFFFFFFu
#define YELLOW 0xFFE040FFu
#define GREY 0x9AA4B0FFu
#define RED 0xFF5048FFu
#define GREEN 0x50E070FFu
#define PANEL 0x101830B0u
#define PANEL_CHOSEN 0xC05018E0u

void letters_initialise(void);
/* Between the two, only text is drawn. */
void letters_begin(void);
void letters_put(s32 x, s32 y, s32 scale, u32 rgba, const char *text);
void letters_centre(s32 y, s32 scale, u32 rgba, const char *text);
void letters_panel(s32 x, s32 y, s32 width, s32 height, u32 rgba);

/* Text made of numbers, each with a terminating zero. */
enum { TIME_TEXT = 10, NUMBER_TEXT = 8 };
/* "m:ss.cc" */
void text_of_time(char text[TIME_TEXT], u32 centiseconds);
void text_of_number(char text[NUMBER_TEXT], u32 number);

#endif
