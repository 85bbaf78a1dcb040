// SPDX-License-Identifier: GPL-3.0-or-later
#include "kart_model.h"

#include "fixed.h"
#include "gx_list.h"
#include "hardware.h"
#include "kart_blocks.h"

// Lengths of the model are eighths of a course unit: 32 of 4096 of a vertex unit of 16.
enum { EIGHTH = 4096 / (8 << MODEL_SHIFT) };

enum { BODY_WORDS = 1024, WHEEL_WORDS = 128, WHEEL_LEFT = 0, WHEEL_RIGHT = 1 };
typedef struct {
    u32 kart, character;
    int chosen;
    u32 body[BODY_WORDS], wheels[2][WHEEL_WORDS];
    u32 body_words, wheel_words[2];
    u8 width, height, length;
} Model;

static Model models[KART_MODELS];

// ---- Packing ----

static void pack_quad(GxList *list, u16 color, const Vertex corner[4])
{
    gx_list_command(list, GX_CMD_COLOR, color);
    for (int i = 0; i < 4; i++)
        gx_list_vertex(list, corner[i]);
}

static u16 lit(Color color, int light) // light in 32nds
{
    return RGB15(color.red * light / 32, color.green * light / 32, color.blue * light / 32);
}

static Color paint_color(u32 paint, u32 kart, u32 character)
{
    switch (paint) {
    case PAINT_BODY:
        return bodies[kart * 5 % 12];
    case PAINT_TRIM:
        return bodies[(kart * 7 + kart / 12 + 8) % 12];
    case PAINT_SUIT:
        return suits[character % CHARACTERS];
    case PAINT_HELMET:
        return helmets[character % CHARACTERS];
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

static Vertex model_vertex(const Model *model, int x, int y, int z)
{
    return (Vertex){(s16)(x * EIGHTH * model->width >> 4), (s16)(y * EIGHTH * model->height >> 4),
                    (s16)(z * EIGHTH * model->length >> 4)};
}

// The head keeps its own proportions: it grows around the neck.
static int head_scaled(const Block *block, int value, int neck, u32 character)
{
    if (block->paint != PAINT_HELMET && block->paint != PAINT_SKIN && block->paint != PAINT_VISOR)
        return value;
    return neck + (value - neck) * head_sizes[character % CHARACTERS] / 16;
}

static void pack_block(GxList *list, const Block *block, const Model *model)
{
    enum { NECK_Y = 74, NECK_Z = -20 };
    u32 character = model->character;
    Color color = paint_color(block->paint, model->kart, character);
    Vertex v[8]; // lower then upper rectangle: right back, left back, left front, right front
    for (int i = 0; i < 8; i++) {
        int high = i >= 4, left = (i & 3) == 1 || (i & 3) == 2, front = (i & 3) >= 2;
        int half = head_scaled(block, high ? block->high_half : block->low_half, 0, character);
        int z = high ? (front ? block->high_front : block->high_back) : (front ? block->low_front : block->low_back);
        int y = high ? block->high_y : block->low_y;
        v[i] = model_vertex(model, block->x + (left ? half : -half), head_scaled(block, y, NECK_Y, character),
                            head_scaled(block, z, NECK_Z, character));
    }
    static const struct {
        u8 side, corner[4], light;
    } sides[] = {
        {TOP, {4, 7, 6, 5}, 32},   {BACK, {0, 4, 5, 1}, 24},  {FRONT, {2, 6, 7, 3}, 26},
        {LEFT, {1, 5, 6, 2}, 29}, {RIGHT, {3, 7, 4, 0}, 20},
    };
    for (u32 i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        const u8 *c = sides[i].corner;
        const Vertex quad[4] = {v[c[0]], v[c[1]], v[c[2]], v[c[3]]};
        if (block->sides & sides[i].side)
            pack_quad(list, lit(color, sides[i].light), quad);
    }
}

// A corner of a wheel's hexagon; size in eighths of the rim.
static Vertex rim_vertex(int side, int x, int size)
{
    const s8 *rim = wheel_rim[(side + WHEEL_SIDES) % WHEEL_SIDES];
    return (Vertex){(s16)(x * EIGHTH), (s16)(rim[1] * EIGHTH * size / 8), (s16)(rim[0] * EIGHTH * size / 8)};
}

// A hexagon of two quads that faces along x (direction 1) or against it (-1).
static void pack_disc(GxList *list, int direction, int x, int size, u16 color)
{
    for (int half = 0; half < WHEEL_SIDES; half += WHEEL_SIDES / 2) {
        Vertex quad[4];
        for (int i = 0; i < 4; i++)
            quad[i] = rim_vertex(direction > 0 ? half - i : half + i, direction * x, size);
        pack_quad(list, color, quad);
    }
}

// The tread as a strip around the wheel, and the side that faces away from the kart.
static u32 pack_wheel(u32 *words, int direction)
{
    GxList list;
    gx_list_begin(&list, words, words + WHEEL_WORDS);
    gx_list_command(&list, GX_CMD_BEGIN_VTXS, GX_QUAD_STRIP);
    for (int side = 0; side <= WHEEL_SIDES; side++) {
        gx_list_command(&list, GX_CMD_COLOR, side & 1 ? RGB15(4, 4, 5) : RGB15(8, 8, 9));
        gx_list_vertex(&list, rim_vertex(side, WHEEL_HALF, 8));
        gx_list_vertex(&list, rim_vertex(side, -WHEEL_HALF, 8));
    }
    gx_list_command(&list, GX_CMD_BEGIN_VTXS, GX_QUADS);
    pack_disc(&list, direction, WHEEL_HALF, 8, RGB15(9, 9, 10));
    pack_disc(&list, direction, WHEEL_HALF + 1, 4, RGB15(24, 24, 26));
    return gx_list_end(&list);
}

void kart_model_choose(u32 which, u32 kart, u32 character)
{
    Model *model = &models[which];
    if (model->chosen && model->kart == kart && model->character == character)
        return;
    model->chosen = 1;
    model->kart = kart;
    model->character = character;
    model->width = builds[kart % 3][0];
    model->height = builds[kart % 3][1];
    model->length = builds[kart % 3][2];
    GxList list;
    gx_list_begin(&list, model->body, model->body + BODY_WORDS);
    gx_list_command(&list, GX_CMD_BEGIN_VTXS, GX_QUADS);
    for (int i = 0; i < BLOCKS; i++)
        pack_block(&list, &blocks[i], model);
    model->body_words = gx_list_end(&list);
    model->wheel_words[WHEEL_LEFT] = pack_wheel(model->wheels[WHEEL_LEFT], 1);
    model->wheel_words[WHEEL_RIGHT] = pack_wheel(model->wheels[WHEEL_RIGHT], -1);
}

// ---- Drawing ----

static void multiply_row(VecFx32 row)
{
    GX_MTX_MULT_4X3 = (u32)row.x;
    GX_MTX_MULT_4X3 = (u32)row.y;
    GX_MTX_MULT_4X3 = (u32)row.z;
}

static void draw_wheel(const Model *model, int x, int z, s32 steer, u32 angle)
{
    enum { LARGEST_TURN = 0x1400 };
    u32 turn = (u32)(steer * LARGEST_TURN / FX_ONE);
    fx32 turn_sin = sine(turn), turn_cos = cosine(turn), roll_sin = sine(angle), roll_cos = cosine(angle);
    Vertex hub = model_vertex(model, x, 0, z);
    GX_MTX_PUSH = 0;
    multiply_row(vec(turn_cos, 0, -turn_sin));
    multiply_row(vec(fx_mul(roll_sin, turn_sin), roll_cos, fx_mul(roll_sin, turn_cos)));
    multiply_row(vec(fx_mul(roll_cos, turn_sin), -roll_sin, fx_mul(roll_cos, turn_cos)));
    multiply_row(vec(hub.x, WHEEL_RADIUS * EIGHTH, hub.z));
    int side = x > 0 ? WHEEL_LEFT : WHEEL_RIGHT;
    gx_submit(model->wheels[side], model->wheel_words[side]);
    GX_MTX_POP = 1;
}

static void draw_shadow(void)
{
    enum { HALF_WIDTH = 70, HALF_LENGTH = 108, HEIGHT = 6 };
    static const s16 corner[8][2] = {{-1, -2}, {1, -2}, {2, -1}, {2, 1}, {1, 2}, {-1, 2}, {-2, 1}, {-2, -1}};
    static const u8 quads[3][4] = {{0, 7, 2, 1}, {7, 6, 3, 2}, {6, 5, 4, 3}};
    GX_POLYGON_ATTR = POLYGON_SHOW_FRONT | POLYGON_SHOW_BACK | POLYGON_ALPHA(14) | POLYGON_ID(2);
    GX_BEGIN_VTXS = GX_QUADS;
    GX_COLOR = 0;
    for (int quad = 0; quad < 3; quad++)
        for (int i = 0; i < 4; i++) {
            const s16 *at = corner[quads[quad][i]];
            gx_vertex(at[0] * HALF_WIDTH * EIGHTH / 2, HEIGHT * EIGHTH, at[1] * HALF_LENGTH * EIGHTH / 2);
        }
}

static void spike(int x, int y, int z, int width, int length, int rise)
{
    gx_vertex((x - width) * EIGHTH, y * EIGHTH, z * EIGHTH);
    gx_vertex((x + width) * EIGHTH, y * EIGHTH, z * EIGHTH);
    gx_vertex(x * EIGHTH, (y + rise) * EIGHTH, (z - length) * EIGHTH);
}

static void draw_sparks(const KartMotion *motion)
{
    static const u16 colors[4] = {RGB15(31, 31, 24), RGB15(31, 26, 6), RGB15(31, 14, 2), RGB15(8, 20, 31)};
    GX_COLOR = colors[(motion->sparks - 1) & 3];
    for (int side = -1; side <= 1; side += 2)
        for (int i = 0; i < 3; i++) {
            int flicker = (int)((motion->frame * 7 + (u32)i * 5) % 9);
            spike(side * (WHEEL_X + 8 * i - 8), 4 + 4 * i, REAR_Z - 18, 9, 30 + 9 * flicker, 24 + 7 * flicker - 10 * i);
        }
}

static void draw_flame(const KartMotion *motion)
{
    int flicker = (int)(motion->frame % 3) * 14;
    for (int side = -1; side <= 1; side += 2) {
        GX_COLOR = RGB15(31, 18, 2);
        spike(side * 22, 42, -104, 12, 60 + flicker, 4);
        GX_COLOR = RGB15(31, 30, 14);
        spike(side * 22, 44, -105, 7, 36 + flicker, 3);
    }
}

void kart_model_draw(u32 which, const Camera *camera, const Pose *pose, const KartMotion *motion)
{
    // Where translucent polygons of one number overlap, only the first is drawn: the parts behind it do not show through.
    enum { SOLID = POLYGON_ALPHA(31), TRANSLUCENT = POLYGON_ALPHA(13), SOLID_ID = 3, TRANSLUCENT_ID = 5 };
    const Model *model = &models[which];
    gx_load_pose(camera, pose);
    if (motion->shadow)
        draw_shadow();
    GX_POLYGON_ATTR = POLYGON_SHOW_FRONT | (motion->translucent ? TRANSLUCENT | POLYGON_ID(TRANSLUCENT_ID)
                                                                : SOLID | POLYGON_ID(SOLID_ID));
    GX_BEGIN_VTXS = GX_QUADS;
    draw_wheel(model, WHEEL_X, FRONT_Z, motion->steer, motion->wheel_angle);
    draw_wheel(model, -WHEEL_X, FRONT_Z, motion->steer, motion->wheel_angle);
    draw_wheel(model, WHEEL_X, REAR_Z, 0, motion->wheel_angle);
    draw_wheel(model, -WHEEL_X, REAR_Z, 0, motion->wheel_angle);

    Pose body = *pose;
    body.up = vec_add(pose->up, vec_scale(pose->left, motion->roll));
    body.left = vec_sub(pose->left, vec_scale(pose->up, motion->roll));
    gx_load_pose(camera, &body);
    gx_submit(model->body, model->body_words);
    if (motion->sparks == 0 && !motion->flame)
        return;
    GX_POLYGON_ATTR = POLYGON_SHOW_FRONT | POLYGON_SHOW_BACK | POLYGON_ALPHA(31) | POLYGON_ID(4);
    GX_BEGIN_VTXS = GX_TRIANGLES;
    if (motion->sparks != 0)
        draw_sparks(motion);
    if (motion->flame)
        draw_flame(motion);
}
