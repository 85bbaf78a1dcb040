/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SOUND_H
#define SOUND_H

void sound_initialise(void);
/* Hands on the sound of one drawn frame: the engine, the start lights, hits. */
void sound_frame(void);

#endif
