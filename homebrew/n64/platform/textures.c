/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "textures.h"

typedef struct {
    s32 red, green, blue; /* 0 to 31 */
} Color;

static u16 texels[TEXTURES][TEXTURE_SIDE][TEXTURE_SIDE] __attribute__((aligned(8)));

const u16 *texture_texels(Texture texture) { return texels[texture][0]; }

Texture texture_of_surface(u8 surface)
{
    switch (surface) {
    case SURFACE_DIRT:
        return TEXTURE_DIRT;
    case SURFACE_SAND:
        return TEXTURE_SAND;
    case SURFACE_STONE:
        return TEXTURE_WALL;
    case SURFACE_GRASS:
        return TEXTURE_GRASS;
    case SURFACE_ICE:
        return TEXTURE_ICE;
    case SURFACE_BOOST:
        return TEXTURE_BOOST;
    case SURFACE_RAMP:
        return TEXTURE_RAMP;
    case SURFACE_OUT_OF_BOUNDS:
        return TEXTURE_GROUND;
    default:
        return TEXTURE_ROAD;
    }
}

/* Scattered, but the same each time. */
static s32 noise(s32 x, s32 y, s32 span)
{
    u32 hash = (u32)x * 0x9E3779B1u ^ (u32)y * 0x85EBCA6Bu;
    hash = (hash ^ hash >> 15) * 0x2C1B3C6Du;
    return (s32)(hash >> 16) % span - span / 2;
}

static Color grained(Color base, s32 x, s32 y, s32 span)
{
    s32 grain = noise(x, y, span);
    return (Color){base.red + grain, base.green + grain, base.blue + grain};
}

/* Columns lead from the middle of the road to its edge, rows along the lap. */
static Color road(s32 x, s32 y)
{
    enum { LINE = 30, DASH = 16 };
    if (x >= LINE)
        return (Color){30, 30, 29};
    if (x == 0 && y < DASH)
        return (Color){29, 27, 16};
    return grained((Color){13, 13, 15}, x, y, 4);
}

static Color wall(s32 x, s32 y)
{
    enum { BLOCK = 16, CAP = 4 };
    if (y < CAP)
        return (Color){29, 29, 30};
    return (x / BLOCK) & 1 ? grained((Color){27, 7, 5}, x, y, 3) : grained((Color){28, 27, 25}, x, y, 3);
}

static Color grass(s32 x, s32 y)
{
    s32 band = (x / 8 + y / 8) & 1 ? 2 : 0;
    return grained((Color){6 + band / 2, 17 + band, 5}, x, y, 4);
}

/* Arrows that point along the lap. */
static Color arrows(s32 x, s32 y, Color arrow, Color ground)
{
    s32 from_middle = magnitude(x % 16 - 8);
    return (y + from_middle) % 16 < 7 ? arrow : ground;
}

static Color texel(Texture texture, s32 x, s32 y)
{
    switch (texture) {
    case TEXTURE_ROAD:
        return road(x, y);
    case TEXTURE_DIRT:
        return grained((Color){20, 14, 8}, x, y, 6);
    case TEXTURE_SAND:
        return grained((Color){27, 23, 13}, x, y, 4);
    case TEXTURE_GRASS:
        return grass(x, y);
    case TEXTURE_WALL:
        return wall(x, y);
    case TEXTURE_ICE:
        return grained((Color){22, 26, 30}, x, y, 3);
    case TEXTURE_BOOST:
        return arrows(x, y, (Color){31, 27, 4}, (Color){28, 10, 2});
    case TEXTURE_RAMP:
        return arrows(x, y, (Color){10, 26, 31}, (Color){3, 9, 24});
    case TEXTURE_CHECKER:
        return (x / 8 + y / 8) & 1 ? (Color){30, 30, 30} : (Color){3, 3, 4};
    default:
        return (Color){8, 15, 9};
    }
}

static u16 packed(Color color)
{
    return (u16)(clamp(color.red, 0, 31) << 11 | clamp(color.green, 0, 31) << 6 | clamp(color.blue, 0, 31) << 1 | 1);
}

void textures_initialise(void)
{
    for (s32 texture = 0; texture < TEXTURES; texture++)
        for (s32 y = 0; y < TEXTURE_SIDE; y++)
            for (s32 x = 0; x < TEXTURE_SIDE; x++)
                texels[texture][y][x] = packed(texel((Texture)texture, x, y));
}
