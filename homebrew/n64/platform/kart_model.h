/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KART_MODEL_H
#define KART_MODEL_H

#include "gfx.h"

/* Makes the display list of a kart and its driver, one for each player. */
void kart_model_prepare(s32 number, s32 character, int translucent);
void kart_model_draw(s32 number);
void kart_model_draw_shadow(void);

void kart_effects_prepare(void);
/* The sparks of a drift and the flames of a boost. */
void kart_effects_draw(const Player *player);


#endif
