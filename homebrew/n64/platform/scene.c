/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include "actors.h"
#include "angle.h"
#include "course.h"
#include "gfx.h"
#include "kart.h"
#include "kart_model.h"
#include "scenery.h"
#include "textures.h"

#define NEAR 8.0f
#define FAR 6000.0f
#define FARTHEST_BATCH 4200.0f
#define SIDE_SHARE 0.62f         /* tangent of half the picture's width as an angle, and a bit */
#define ASPECT (320.0f / 240)
#define MODEL_SCALE (0.75f / 8)  /* units of the course in one of the kart's model */
#define SHADOW_LIFT 0.4f
#define SHOWROOM_VIEW 45.0f
enum { BATCHES_MAX = 256, COURSE_LIST_MAX = 8000, BOXES_MAX = 24 };

static Gfx course_list[COURSE_LIST_MAX];
static const Gfx *batch_lists[BATCHES_MAX];

/* The camera's axes and place, for what is drawn this frame. */
typedef struct {
    Vec3f pos, right, up, forward;
    f32 focus; /* 1 / tangent of half the field of view */
} Eye;

static f32 dot(const Vec3f a, const Vec3f b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static int is_ghost(const Player *player) { return (player->type & PLAYER_INVISIBLE) != 0; }

/* ---- Preparation ---- */

static void list_batch(const CourseFile *file, const CourseBatch *batch)
{
    const u8 *corner = course_triangles(file, batch);
    s32 count = batch->triangleCount;
    gfx_vertices(&course_vertices(file)[batch->firstVertex], batch->vertexCount);
    for (; count >= 2; count -= 2, corner += 6)
        gfx_two_triangles(corner[0], corner[1], corner[2], corner[3], corner[4], corner[5]);
    if (count > 0)
        gfx_triangle(corner[0], corner[1], corner[2]);
}

static void prepare_course(void)
{
    static const CourseFile *prepared;
    const CourseFile *file = course_loaded();
    Gfx *at = course_list;
    if (prepared == file)
        return;
    for (s32 i = 0; i < file->batchCount && i < BATCHES_MAX; i++) {
        const CourseBatch *batch = &course_batches(file)[i];
        if (at + 2 + batch->triangleCount > course_list + COURSE_LIST_MAX)
            break;
        batch_lists[i] = at;
        gfx_open(at);
        list_batch(file, batch);
        at = gfx_close();
    }
    prepared = file;
}

void scene_prepare(void)
{
    prepare_course();
    scenery_prepare();
    kart_effects_prepare();
    for (s32 i = 0; i < PLAYERS; i++)
        if (player_exists(&gPlayers[i]))
            kart_model_prepare(i, gPlayers[i].characterId, is_ghost(&gPlayers[i]));
}

/* ---- Camera ---- */

static void look(Eye *eye, const Vec3f pos, const Vec3f at, f32 field_of_view)
{
    f32 length = 0;
    s32 half = (s32)(field_of_view * (65536.0f / 720));
    for (s32 i = 0; i < 3; i++) {
        eye->pos[i] = pos[i];
        eye->forward[i] = at[i] - pos[i];
        length += eye->forward[i] * eye->forward[i];
    }
    length = square_root(length);
    for (s32 i = 0; i < 3; i++)
        eye->forward[i] /= length;
    f32 plan = length_in_plan(eye->forward[0], eye->forward[2]);
    eye->right[0] = -eye->forward[2] / plan;
    eye->right[1] = 0;
    eye->right[2] = eye->forward[0] / plan;
    eye->up[0] = -eye->right[2] * eye->forward[1];
    eye->up[1] = plan;
    eye->up[2] = eye->right[0] * eye->forward[1];
    eye->focus = cosine(half) / sine(half);
}

/* World to clip coordinates. */
static void project(const Eye *eye)
{
    const f32 depth = (NEAR + FAR) / (FAR - NEAR), offset = 2 * NEAR * FAR / (FAR - NEAR);
    Matrix matrix;
    for (s32 i = 0; i < 3; i++) {
        matrix[i][0] = eye->right[i] * eye->focus / ASPECT;
        matrix[i][1] = eye->up[i] * eye->focus;
        matrix[i][2] = eye->forward[i] * depth;
        matrix[i][3] = eye->forward[i];
    }
    matrix[3][0] = -dot(eye->pos, eye->right) * eye->focus / ASPECT;
    matrix[3][1] = -dot(eye->pos, eye->up) * eye->focus;
    matrix[3][2] = -dot(eye->pos, eye->forward) * depth - offset;
    matrix[3][3] = -dot(eye->pos, eye->forward);
    gfx_projection(matrix);
}

static const Matrix identity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};

/* ---- Sky ---- */

enum { HILL_SAMPLES = 10, HILLS_TURN = 48, HILL_ANGLE = 0x10000 / HILLS_TURN };

static s32 hill_height(s32 sample)
{
    static const u8 heights[] = {9, 14, 22, 17, 11, 15, 26, 20, 12, 8, 13, 19, 24, 15, 10, 16};
    return heights[sample % (s32)COUNT(heights)];
}

static void corner(Vtx *vertex, s32 x, s32 y, u32 rgb)
{
    *vertex = (Vtx){
        .pos = {(s16)x, (s16)y, 0}, .color = {(u8)(rgb >> 16), (u8)(rgb >> 8), (u8)rgb, 255}};
}

static void band(Vtx vertices[4], s32 top, s32 bottom, u32 high, u32 low)
{
    corner(&vertices[0], 0, top, high);
    corner(&vertices[1], SCREEN_WIDTH, top, high);
    corner(&vertices[2], 0, bottom, low);
    corner(&vertices[3], SCREEN_WIDTH, bottom, low);
}

static void draw_sky(const Eye *eye)
{
    enum { SKY = 0x3878D8, HAZE = 0xC8E4F8, GROUND = 0x487850, DEEP = 0x284830, HILL = 0x5C8C78, HILL_FOOT = 0x7CA890 };
    enum { FRAMES = 2 };
    static Vtx vertices[FRAMES][8 + 2 * (HILL_SAMPLES + 1)] __attribute__((aligned(8)));
    static const Matrix flat = {
        {2.0f / SCREEN_WIDTH, 0, 0, 0}, {0, -2.0f / SCREEN_HEIGHT, 0, 0}, {0, 0, 1, 0}, {-1, 1, 0, 1}};
    Vtx *vertex = vertices[gGlobalTimer & 1];
    f32 focus = eye->focus * SCREEN_HEIGHT / 2;
    s32 horizon = SCREEN_HEIGHT / 2 + (s32)(focus * eye->forward[1] / eye->up[1]);
    band(&vertex[0], 0, horizon, SKY, HAZE);
    band(&vertex[4], horizon, SCREEN_HEIGHT, GROUND, DEEP);
    /* Hills turn with the camera. */
    u16 turned_left = (u16)-gCameras[0].rotation[1];
    s32 first = turned_left / HILL_ANGLE + HILL_SAMPLES / 2 + HILLS_TURN;
    for (s32 i = 0; i <= HILL_SAMPLES; i++) {
        s32 sample = first - i;
        f32 angle = (f32)((s32)turned_left + 0x10000 - sample * HILL_ANGLE) * (6.2831853f / 65536);
        s32 x = SCREEN_WIDTH / 2 + (s32)(angle * focus);
        corner(&vertex[8 + 2 * i], x, horizon - hill_height(sample), HILL);
        corner(&vertex[9 + 2 * i], x, horizon + 2, HILL_FOOT);
    }
    gfx_mode(DRAW_BACKDROP);
    gfx_projection(flat);
    gfx_model(identity);
    gfx_vertices(vertex, 8 + 2 * (HILL_SAMPLES + 1));
    gfx_two_triangles(0, 2, 1, 1, 2, 3);
    gfx_two_triangles(4, 6, 5, 5, 6, 7);
    for (s32 at = 8; at < 8 + 2 * HILL_SAMPLES; at += 2)
        gfx_two_triangles(at, at + 1, at + 2, at + 2, at + 1, at + 3);
}

/* ---- Course ---- */

static int is_visible(const Eye *eye, const CourseBatch *batch)
{
    Vec3f to = {batch->middle[0] - eye->pos[0], batch->middle[1] - eye->pos[1], batch->middle[2] - eye->pos[2]};
    f32 radius = batch->radius, depth = dot(to, eye->forward);
    if (depth < -radius || depth > FARTHEST_BATCH + radius)
        return 0;
    return magnitude_f(dot(to, eye->right)) < at_least_f(depth, 0) * SIDE_SHARE + radius * 1.2f;
}

static void draw_course(const Eye *eye)
{
    const CourseFile *file = course_loaded();
    s32 texture = -1;
    gfx_mode(DRAW_TEXTURED);
    for (s32 i = 0; i < file->batchCount && i < BATCHES_MAX; i++) {
        const CourseBatch *batch = &course_batches(file)[i];
        if (!is_visible(eye, batch))
            continue;
        s32 wanted = (s32)texture_of_surface(batch->surface);
        if (wanted != texture)
            gfx_load_texture(texture_texels((Texture)wanted), wanted == TEXTURE_ROAD);
        texture = wanted;
        gfx_call(batch_lists[i]);
    }
}

/* ---- Item boxes ---- */

#define FARTHEST_BOX 1500.0f

static void draw_box(const Actor *actor)
{
    enum { HALF = 5, CLEAR = 150 };
    static const Vtx corners[8] = {
        {{-HALF, -HALF, -HALF}, 0, {0, 0}, {255, 80, 80, CLEAR}}, {{HALF, -HALF, -HALF}, 0, {0, 0}, {255, 220, 80, CLEAR}},
        {{HALF, -HALF, HALF}, 0, {0, 0}, {80, 220, 120, CLEAR}},  {{-HALF, -HALF, HALF}, 0, {0, 0}, {80, 160, 255, CLEAR}},
        {{-HALF, HALF, -HALF}, 0, {0, 0}, {200, 120, 255, CLEAR}}, {{HALF, HALF, -HALF}, 0, {0, 0}, {255, 255, 255, CLEAR}},
        {{HALF, HALF, HALF}, 0, {0, 0}, {255, 180, 220, CLEAR}},  {{-HALF, HALF, HALF}, 0, {0, 0}, {160, 255, 255, CLEAR}},
    };
    f32 x = heading_x(actor->rotation[1]), z = heading_z(actor->rotation[1]);
    const Matrix matrix = {{z, 0, -x, 0}, {0, 1, 0, 0}, {x, 0, z, 0}, {actor->pos[0], actor->pos[1], actor->pos[2], 1}};
    gfx_model(matrix);
    gfx_vertices(corners, COUNT(corners));
    gfx_two_triangles(0, 1, 5, 0, 5, 4);
    gfx_two_triangles(1, 2, 6, 1, 6, 5);
    gfx_two_triangles(2, 3, 7, 2, 7, 6);
    gfx_two_triangles(3, 0, 4, 3, 4, 7);
    gfx_two_triangles(4, 5, 6, 4, 6, 7);
}

static void draw_boxes(const Eye *eye)
{
    s32 room = BOXES_MAX;
    gfx_mode(DRAW_GLASS);
    for (s32 i = 0; i < ACTORS && room > 0; i++) {
        const Actor *actor = &gActorList[i];
        if (actor->type != ACTOR_ITEM_BOX || !actor_is_present(actor))
            continue;
        Vec3f to = {actor->pos[0] - eye->pos[0], actor->pos[1] - eye->pos[1], actor->pos[2] - eye->pos[2]};
        f32 depth = dot(to, eye->forward);
        if (depth < NEAR || depth > FARTHEST_BOX)
            continue;
        draw_box(actor);
        room--;
    }
}

/* ---- Karts ---- */

static void kart_matrix(const Player *player, f32 height, Matrix matrix)
{
    for (s32 row = 0; row < 3; row++) {
        for (s32 column = 0; column < 3; column++)
            matrix[row][column] = player->orientation[row][column] * MODEL_SCALE;
        matrix[row][3] = 0;
        matrix[3][row] = player->pos[row];
    }
    matrix[3][1] = height;
    matrix[3][3] = 1;
}

static void place_shadow(const Player *player)
{
    Matrix matrix;
    kart_matrix(player, player->surfaceHeight + SHADOW_LIFT, matrix);
    gfx_model(matrix);
}

static void place_kart(const Player *player)
{
    Matrix matrix;
    kart_matrix(player, player->pos[1] - player->boundingBoxSize, matrix);
    gfx_model(matrix);
}

static void draw_karts(void)
{
    gfx_mode(DRAW_SHADED);
    for (s32 i = 0; i < PLAYERS; i++)
        if (player_exists(&gPlayers[i]) && !is_ghost(&gPlayers[i])) {
            place_kart(&gPlayers[i]);
            kart_model_draw(i);
        }
    gfx_mode(DRAW_GLASS);
    for (s32 i = 0; i < PLAYERS; i++) {
        const Player *player = &gPlayers[i];
        if (!player_exists(player))
            continue;
        if (!player->rescue) {
            place_shadow(player);
            kart_model_draw_shadow();
        }
        place_kart(player);
        if (is_ghost(player))
            kart_model_draw(i);
        kart_effects_draw(player);
    }
}

void scene_draw(void)
{
    Eye eye;
    look(&eye, gCameras[0].pos, gCameras[0].lookAt, gCameraFov[0]);
    draw_sky(&eye);
    project(&eye);
    gfx_model(identity);
    draw_course(&eye);
    scenery_draw();
    draw_karts();
    draw_boxes(&eye);
}

void scene_draw_kart(s32 character)
{
    enum { TURN_A_FRAME = 0x180 };
    static const Vec3f from = {0, 16, -44}, at = {0, -2, 0};
    static s32 shown = -1;
    Eye eye;
    s32 angle = gMenuTimingCounter * TURN_A_FRAME;
    f32 s = sine(angle) * MODEL_SCALE, c = cosine(angle) * MODEL_SCALE;
    const Matrix matrix = {{c, 0, -s, 0}, {0, MODEL_SCALE, 0, 0}, {s, 0, c, 0}, {0, -10, 0, 1}};
    if (shown != character || gMenuTimingCounter <= 1)
        kart_model_prepare(0, character, 0);
    shown = character;
    look(&eye, from, at, SHOWROOM_VIEW);
    project(&eye);
    gfx_mode(DRAW_SHADED);
    gfx_model(matrix);
    kart_model_draw(0);
}
