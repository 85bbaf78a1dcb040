/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TEXTURES_H
#define TEXTURES_H

#include "gfx.h"

typedef enum {
    TEXTURE_ROAD,
    TEXTURE_DIRT,
    TEXTURE_SAND,
    TEXTURE_GRASS,
    TEXTURE_WALL,
    TEXTURE_ICE,
    TEXTURE_BOOST,
    TEXTURE_RAMP,
    TEXTURE_GROUND,
    TEXTURE_CHECKER,
    TEXTURES,
} Texture;

/* Paints them all. */
void textures_initialise(void);
const u16 *texture_texels(Texture texture);
Texture texture_of_surface(u8 surface);

#endif
