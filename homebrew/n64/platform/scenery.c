/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenery.h"

#include "angle.h"
#include "collision.h"
#include "course.h"
#include "gfx.h"
#include "textures.h"

enum { CORNERS = 4, START_QUADS = 4, TREES_MAX = 96, TREE_VERTICES = 10, TREE_LIST = 12 };
enum { TREE_STEP = 14, ROOT = -170, CROWN_LOW = 12, CROWN_HIGH = 52, CROWN_HALF = 13, TRUNK_HALF = 2 };
#define TREE_FROM_ROAD 120.0f /* beyond the widest shoulder that a wall bounds */

static Vtx start[START_QUADS][CORNERS] __attribute__((aligned(8)));
static Vtx trees[TREES_MAX][TREE_VERTICES] __attribute__((aligned(8)));
static s32 tree_count;
static Gfx tree_list[TREES_MAX * TREE_LIST];

/* ---- Start ---- */

/* A flat piece between two opposite corners, with its texture repeated every `repeat` units. */
static void piece(Vtx vertices[CORNERS], const Vec3s low, const Vec3s high, s32 repeat)
{
    enum { TEXTURE_UNITS = TEXTURE_SIDE * 32 };
    int upright = low[1] != high[1];
    s32 wide = (high[0] - low[0]) * TEXTURE_UNITS / repeat;
    s32 deep = (upright ? high[1] - low[1] : high[2] - low[2]) * TEXTURE_UNITS / repeat;
    for (s32 i = 0; i < CORNERS; i++) {
        int right = i == 1 || i == 2, far = i >= 2;
        vertices[i] = (Vtx){
            .pos = {right ? high[0] : low[0], upright && far ? high[1] : low[1], far ? high[2] : low[2]},
            .texture = {(s16)(right ? wide : 0), (s16)(far ? deep : 0)},
            .color = {255, 255, 255, 255},
        };
    }
}

/* A chequered strip across the road, and a banner over it on two posts. */
static void prepare_start(void)
{
    enum { HALF_DEPTH = 8, BEAM_LOW = 64, BEAM_HIGH = 80, POST_HALF = 3, LIFT = 1, REPEAT = 28 };
    const s16 *line = path_point(0)->pos;
    s16 half = (s16)path_half_width(0), y = line[1], z = line[2];
    s16 left = (s16)(line[0] - half), right = (s16)(line[0] + half);
    piece(start[0], (Vec3s){left, y + LIFT, z + HALF_DEPTH}, (Vec3s){right, y + LIFT, z - HALF_DEPTH}, 2 * HALF_DEPTH);
    piece(start[1], (Vec3s){left, y + BEAM_LOW, z}, (Vec3s){right, y + BEAM_HIGH, z}, REPEAT);
    piece(start[2], (Vec3s){left - POST_HALF, y, z}, (Vec3s){left + POST_HALF, y + BEAM_HIGH, z}, REPEAT);
    piece(start[3], (Vec3s){right - POST_HALF, y, z}, (Vec3s){right + POST_HALF, y + BEAM_HIGH, z}, REPEAT);
}

static void draw_start(void)
{
    gfx_mode(DRAW_TEXTURED_BOTH);
    gfx_load_texture(texture_texels(TEXTURE_CHECKER), 0);
    gfx_vertices(start[0], START_QUADS * CORNERS);
    for (s32 i = 0; i < START_QUADS * CORNERS; i += CORNERS)
        gfx_two_triangles(i, i + 1, i + 2, i, i + 2, i + 3);
}

/* ---- Trees ---- */

static Vtx tree_vertex(const Vec3s foot, s32 x, s32 y, s32 z, u32 rgb)
{
    return (Vtx){
        .pos = {(s16)(foot[0] + x), (s16)(foot[1] + y), (s16)(foot[2] + z)},
        .color = {(u8)(rgb >> 16), (u8)(rgb >> 8), (u8)rgb, 255},
    };
}

/* A pyramid on two crossed boards that reach down to the ground far below. */
static void add_tree(const Vec3s foot)
{
    enum { BARK = 0x5A4030, LEAF = 0x2C6E34, LEAF_DARK = 0x1E5028, LEAF_TOP = 0x4C9A48 };
    Vtx *vertex = trees[tree_count++];
    for (s32 i = 0; i < 4; i++) {
        s32 x = i == 0 || i == 3 ? -CROWN_HALF : CROWN_HALF, z = i < 2 ? -CROWN_HALF : CROWN_HALF;
        vertex[i] = tree_vertex(foot, x, CROWN_LOW, z, i & 1 ? LEAF : LEAF_DARK);
    }
    vertex[4] = tree_vertex(foot, 0, CROWN_HIGH, 0, LEAF_TOP);
    vertex[5] = tree_vertex(foot, -TRUNK_HALF, ROOT, 0, BARK);
    vertex[6] = tree_vertex(foot, TRUNK_HALF, ROOT, 0, BARK);
    vertex[7] = tree_vertex(foot, 0, CROWN_LOW, 0, BARK);
    vertex[8] = tree_vertex(foot, 0, ROOT, -TRUNK_HALF, BARK);
    vertex[9] = tree_vertex(foot, 0, ROOT, TRUNK_HALF, BARK);
}

/* Whether a place is over the ground below the course, and not on a part of the course itself. */
static int is_beside_course(const Vec3s foot)
{
    enum { REACH = 150 };
    for (s32 i = 0; i < 5; i++) {
        Vec3f place = {foot[0] + (i == 1 ? CROWN_HALF : i == 2 ? -CROWN_HALF : 0), foot[1],
                       foot[2] + (i == 3 ? CROWN_HALF : i == 4 ? -CROWN_HALF : 0)};
        u16 floor = floor_at(place, REACH, NO_TRIANGLE);
        if (floor == NO_TRIANGLE || gCollisionMesh[floor].surface != SURFACE_OUT_OF_BOUNDS)
            return 0;
    }
    return 1;
}

static void plant(s32 point, f32 offset)
{
    const s16 *middle = path_point(point)->pos;
    s16 yaw = gPathExpectedRotation[0][point];
    Vec3s foot = {(s16)(middle[0] + heading_z(yaw) * offset), middle[1], (s16)(middle[2] - heading_x(yaw) * offset)};
    if (tree_count < TREES_MAX && is_beside_course(foot))
        add_tree(foot);
}

static void prepare_trees(void)
{
    tree_count = 0;
    for (s32 point = 0; point < path_count(); point += TREE_STEP) {
        f32 far = path_half_width(point) + TREE_FROM_ROAD + point * 7 % 30;
        plant(point, far);
        plant(path_wrapped(point + TREE_STEP / 2), -far);
    }
    gfx_open(tree_list);
    for (s32 i = 0; i < tree_count; i++) {
        gfx_vertices(trees[i], TREE_VERTICES);
        gfx_two_triangles(5, 6, 7, 8, 9, 7);
        gfx_two_triangles(1, 0, 4, 2, 1, 4);
        gfx_two_triangles(3, 2, 4, 0, 3, 4);
    }
    gfx_close();
}

void scenery_prepare(void)
{
    prepare_start();
    prepare_trees();
}

void scenery_draw(void)
{
    draw_start();
    gfx_mode(DRAW_SHADED_BOTH);
    gfx_call(tree_list);
}
