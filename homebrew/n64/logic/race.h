/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RACE_H
#define RACE_H

#include "mk64.h"

enum { STAGING_TICKS = 240, LIGHT_TICKS = 60 };

/* The choices of the pause and of the result. */
typedef enum { CHOICE_CONTINUE, CHOICE_RETRY, CHOICE_COURSE, CHOICE_QUIT, CHOICE_SAVE_GHOST, CHOICES } Choice;

void race_start(void);
/* One drawn frame: two ticks. */
void race_frame(void);

/* What the renderer reads. */
const char *race_choice_name(s32 choice);
/* The choice under the cursor, or -1 while there is none, and the last one that is offered. */
s32 race_choice(void);
s32 race_last_choice(void);
/* Lights that are on: 0 to 3; 4 = GO. */
s32 race_lights(void);

#endif
