/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PADS_H
#define PADS_H

#include "mk64.h"

/* Gives a controller the state it has from now on; what is pressed and released follows from the state before. */
void pads_set(Controller *pad, s32 x, s32 y, u16 buttons);
/* The fourth, all pads together. */
void pads_combine(void);
/* The stick and the direction pad together. */
u16 pads_pressed(const Controller *pad);

#endif
