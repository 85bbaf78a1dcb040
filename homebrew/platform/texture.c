// SPDX-License-Identifier: GPL-3.0-or-later
#include "texture.h"

#include "hardware.h"

enum { SIZE = 64, OPAQUE = 0x8000 };

// Grain: a hash of the texel, 0..15.
static u32 grain(u32 x, u32 y)
{
    u32 hash = x * 374761393u + y * 668265263u;
    hash = (hash ^ (hash >> 13)) * 1274126177u;
    return (hash >> 20) & 15;
}

static u32 chequer(u32 x, u32 y, u32 size) { return ((x / size) ^ (y / size)) & 1; }

static u16 grey(u32 level) { return RGB15(level, level, level); }

// Fine grain, and large faint squares by which the eye reads speed.
static u16 asphalt(u32 x, u32 y) { return grey(26 + grain(x, y) / 4 + 2 * chequer(x, y, 32)); }

static u16 grass(u32 x, u32 y) { return grey(22 + grain(x / 2, y / 2) / 3 + 4 * chequer(x, y, 32)); }

// A red and a white block, with a dark foot.
static u16 wall(u32 x, u32 y)
{
    u32 level = y % SIZE < 60 ? 26 + grain(x, y) / 4 : 14;
    return x < SIZE / 2 ? RGB15(level, level / 4, level / 4) : grey(level);
}

// Red and white blocks across the kerb.
static u16 kerb(u32 x, u32 y)
{
    (void)y;
    return x < SIZE / 2 ? RGB15(27, 5, 4) : RGB15(30, 30, 29);
}

static u16 arrows(u32 x, u32 y)
{
    u32 from_middle = x < SIZE / 2 ? SIZE / 2 - x : x - SIZE / 2;
    return (y + SIZE - from_middle) % SIZE < SIZE / 2 ? grey(31) : RGB15(17, 12, 12);
}

static u16 (*const painters[SKINS])(u32, u32) = {
    [SKIN_ASPHALT] = asphalt, [SKIN_GRASS] = grass, [SKIN_WALL] = wall, [SKIN_KERB] = kerb, [SKIN_ARROWS] = arrows};

void texture_initialise(void)
{
    VRAMCNT_B = VRAM_ENABLE | VRAM_LCDC;
    for (int skin = 0; skin < SKINS; skin++)
        if (painters[skin])
            for (u32 y = 0; y < SIZE; y++)
                for (u32 x = 0; x < SIZE; x++)
                    VRAM_B_LCDC[((u32)skin * SIZE + y) * SIZE + x] = painters[skin](x, y) | OPAQUE;
    VRAMCNT_B = VRAM_ENABLE | VRAM_B_TEXTURE;
}

u32 texture_parameter(Skin skin)
{
    if (skin == SKIN_PLAIN)
        return 0;
    u32 address = (u32)skin * SIZE * SIZE * 2 / 8;
    u32 source = skin == SKIN_ASPHALT || skin == SKIN_GRASS ? TEXTURE_FROM_VERTEX : 0;
    return address | TEXTURE_REPEAT | TEXTURE_64X64 | TEXTURE_DIRECT | source;
}

void texture_project_from_above(void)
{
    // A vertex coordinate is taken as a texture coordinate: a texel is a course unit in courses that sixteenths of a unit
    // describe, and more in larger ones, where finer coordinates would overflow as well.
    enum { SCALE = 4096 };
    static const s32 matrix[16] = {SCALE * 4096, 0, 0, 0, 0, 0, 0, 0, 0, SCALE * 4096, 0, 0, 0, 0, 0, 4096};
    GX_MTX_MODE = GX_MODE_TEXTURE;
    for (int i = 0; i < 16; i++)
        GX_MTX_LOAD_4X4 = (u32)matrix[i];
    GX_MTX_MODE = GX_MODE_POSITION_VECTOR;
    GX_TEXCOORD = 0;
}
