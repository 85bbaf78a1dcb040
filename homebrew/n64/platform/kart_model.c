/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kart_model.h"

#include "../../platform/kart_blocks.h"

enum { QUADS_MAX = 160, LIST_MAX = QUADS_MAX * 2 + 4, QUADS_AT_ONCE = 8, CORNERS = 4, GHOST_OPACITY = 110 };

typedef struct {
    Vtx vertices[QUADS_MAX][CORNERS];
    Gfx list[LIST_MAX];
    s32 quads;
} Model;

static Model models[PLAYERS] __attribute__((aligned(8)));
static Model *model;
static u8 opacity; /* of what is added to it */

typedef struct {
    s32 x, y, z;
} Corner;

static void add_quad(const Corner corner[CORNERS], Color color, s32 light)
{
    if (model->quads >= QUADS_MAX)
        return;
    Vtx *vertices = model->vertices[model->quads++];
    u8 red = (u8)(color.red * light / 4), green = (u8)(color.green * light / 4), blue = (u8)(color.blue * light / 4);
    for (s32 i = 0; i < CORNERS; i++)
        vertices[i] = (Vtx){
            .pos = {(s16)corner[i].x, (s16)corner[i].y, (s16)corner[i].z},
            .color = {red, green, blue, opacity},
        };
}

static Color paint_color(u32 paint, s32 character)
{
    switch (paint) {
    case PAINT_BODY:
        return bodies[character * 5 % 12];
    case PAINT_TRIM:
        return bodies[(character * 7 + 8) % 12];
    case PAINT_SUIT:
        return suits[character];
    case PAINT_HELMET:
        return helmets[character];
    case PAINT_SKIN:
        return skins[character % 4];
    case PAINT_VISOR:
        return (Color){6, 10, 16};
    case PAINT_METAL:
        return (Color){18, 19, 21};
    default:
        return (Color){5, 5, 6};
    }
}

static void add_block(const Block *block, s32 character)
{
    static const struct {
        u8 side, corner[CORNERS], light;
    } sides[] = {
        {TOP, {4, 7, 6, 5}, 32}, {BACK, {0, 4, 5, 1}, 24}, {FRONT, {2, 6, 7, 3}, 26},
        {LEFT, {1, 5, 6, 2}, 29}, {RIGHT, {3, 7, 4, 0}, 20},
    };
    Corner corner[8]; /* lower then upper rectangle: right back, left back, left front, right front */
    for (s32 i = 0; i < 8; i++) {
        int high = i >= 4, left = (i & 3) == 1 || (i & 3) == 2, front = (i & 3) >= 2;
        s32 half = high ? block->high_half : block->low_half;
        corner[i].x = block->x + (left ? half : -half);
        corner[i].y = high ? block->high_y : block->low_y;
        if (high)
            corner[i].z = front ? block->high_front : block->high_back;
        else
            corner[i].z = front ? block->low_front : block->low_back;
    }
    for (u32 i = 0; i < COUNT(sides); i++) {
        const u8 *at = sides[i].corner;
        const Corner quad[CORNERS] = {corner[at[0]], corner[at[1]], corner[at[2]], corner[at[3]]};
        if (block->sides & sides[i].side)
            add_quad(quad, paint_color(block->paint, character), sides[i].light);
    }
}

static Corner rim(s32 side, s32 x, s32 z, s32 eighths)
{
    const s8 *place = wheel_rim[(side + WHEEL_SIDES) % WHEEL_SIDES];
    return (Corner){x, WHEEL_RADIUS + place[1] * eighths / 8, z + place[0] * eighths / 8};
}

static void add_disc(s32 x, s32 z, s32 outward, s32 eighths, Color color)
{
    for (s32 half = 0; half < WHEEL_SIDES; half += WHEEL_SIDES / 2) {
        Corner quad[CORNERS];
        for (s32 i = 0; i < CORNERS; i++)
            quad[i] = rim(outward > 0 ? half - i : half + i, x, z, eighths);
        add_quad(quad, color, 32);
    }
}

static void add_wheel(s32 x, s32 z)
{
    s32 outward = x > 0 ? 1 : -1;
    for (s32 side = 0; side < WHEEL_SIDES; side++) {
        const Corner quad[CORNERS] = {rim(side, x + WHEEL_HALF, z, 8), rim(side, x - WHEEL_HALF, z, 8),
                                      rim(side + 1, x - WHEEL_HALF, z, 8), rim(side + 1, x + WHEEL_HALF, z, 8)};
        add_quad(quad, side & 1 ? (Color){4, 4, 5} : (Color){8, 8, 9}, 32);
    }
    add_disc(x + outward * WHEEL_HALF, z, outward, 8, (Color){9, 9, 10});
    add_disc(x + outward * (WHEEL_HALF + 1), z, outward, 4, (Color){24, 24, 26});
}

static void list_quads(void)
{
    gfx_open(model->list);
    for (s32 first = 0; first < model->quads; first += QUADS_AT_ONCE) {
        s32 count = at_most(model->quads - first, QUADS_AT_ONCE);
        gfx_vertices(model->vertices[first], count * CORNERS);
        for (s32 i = 0; i < count * CORNERS; i += CORNERS)
            gfx_two_triangles(i, i + 1, i + 2, i, i + 2, i + 3);
    }
    gfx_close();
}

void kart_model_prepare(s32 number, s32 character, int translucent)
{
    character %= CHARACTERS;
    model = &models[number];
    model->quads = 0;
    opacity = translucent ? GHOST_OPACITY : 255;
    for (s32 i = 0; i < BLOCKS; i++)
        add_block(&blocks[i], character);
    add_wheel(WHEEL_X, FRONT_Z);
    add_wheel(-WHEEL_X, FRONT_Z);
    add_wheel(WHEEL_X, REAR_Z);
    add_wheel(-WHEEL_X, REAR_Z);
    list_quads();
}

void kart_model_draw(s32 number) { gfx_call(models[number].list); }

void kart_model_draw_shadow(void)
{
    enum { WIDE = 62, LONG = 92, HIGH = 4, DARK = 120 };
    static const Vtx corners[CORNERS] = {
        {{-WIDE, HIGH, -LONG}, 0, {0, 0}, {0, 0, 0, DARK}},
        {{-WIDE, HIGH, LONG}, 0, {0, 0}, {0, 0, 0, DARK}},
        {{WIDE, HIGH, LONG}, 0, {0, 0}, {0, 0, 0, DARK}},
        {{WIDE, HIGH, -LONG}, 0, {0, 0}, {0, 0, 0, DARK}},
    };
    gfx_vertices(corners, CORNERS);
    gfx_two_triangles(0, 1, 2, 0, 2, 3);
}

/* ---- Sparks and flames ---- */

enum { SPIKE = 3, SPARK_SPIKES = 6, FLAME_SPIKES = 4, SPARK_COLORS = 3 };

static Vtx sparks[SPARK_COLORS][SPARK_SPIKES][SPIKE] __attribute__((aligned(8)));
static Vtx flames[FLAME_SPIKES][SPIKE] __attribute__((aligned(8)));

static void spike(Vtx vertices[SPIKE], Corner base, s32 width, s32 length, s32 rise, u32 rgb)
{
    const Corner corner[SPIKE] = {
        {base.x - width, base.y, base.z}, {base.x + width, base.y, base.z}, {base.x, base.y + rise, base.z - length}};
    for (s32 i = 0; i < SPIKE; i++)
        vertices[i] = (Vtx){
            .pos = {(s16)corner[i].x, (s16)corner[i].y, (s16)corner[i].z},
            .color = {(u8)(rgb >> 16), (u8)(rgb >> 8), (u8)rgb, i < 2 ? 255 : 160},
        };
}

void kart_effects_prepare(void)
{
    static const u32 spark_colors[SPARK_COLORS] = {0xFFF8C0, 0xFFC030, 0xFF5020};
    for (s32 color = 0; color < SPARK_COLORS; color++)
        for (s32 i = 0; i < SPARK_SPIKES; i++) {
            s32 side = i & 1 ? 1 : -1, row = i / 2;
            spike(sparks[color][i], (Corner){side * (WHEEL_X + 8 * row - 8), 4 + 4 * row, REAR_Z - 18}, 9,
                  36 + 10 * row, 24 + 8 * row, spark_colors[color]);
        }
    for (s32 i = 0; i < FLAME_SPIKES; i++) {
        int inner = i >= 2;
        spike(flames[i], (Corner){i & 1 ? 22 : -22, inner ? 44 : 42, inner ? -106 : -104}, inner ? 7 : 12,
              inner ? 40 : 70, 4, inner ? 0xFFF080 : 0xFF9010);
    }
}

static void draw_spikes(const Vtx *vertices, s32 count)
{
    gfx_vertices(vertices, count * SPIKE);
    for (s32 i = 0; i < count * SPIKE; i += SPIKE)
        gfx_triangle(i, i + 1, i + 2);
}

void kart_effects_draw(const Player *player)
{
    if (player->effects & EFFECT_DRIFT)
        draw_spikes(sparks[clamp(player->driftState, 0, SPARK_COLORS - 1)][0], SPARK_SPIKES);
    if (player->boostPower > 0)
        draw_spikes(flames[0], FLAME_SPIKES);
}
