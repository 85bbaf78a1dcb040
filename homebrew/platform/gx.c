// SPDX-License-Identifier: GPL-3.0-or-later
#include "gx.h"

#include "course_view.h"
#include "fixed.h"
#include "hardware.h"

// Haze: the far end of the course fades into the lower colour of the sky.
enum { FOG_START = 1000, FOG_STEPS = 32, HAZE = RGB15(27, 29, 31) };

// Depth is compared as W in view units; fog counts its upper 15 of 24 bits.
static u32 fog_depth(u32 course_units) { return (course_units << (12 - VIEW_SHIFT)) >> 9; }

static void fog_initialise(void)
{
    // Shift 8: a step of the table is 4 of those, so 32 steps are 1024 course units.
    FOG_COLOR = HAZE | 31u << 16;
    FOG_OFFSET = (u16)fog_depth(FOG_START);
    for (int step = 0; step < FOG_STEPS; step++)
        FOG_TABLE[step] = (u8)(step * 127 / (FOG_STEPS - 1));
}

void gx_initialise(void)
{
    DISP3DCNT = DISP3DCNT_TEXTURES | DISP3DCNT_BLEND | DISP3DCNT_ANTIALIAS | DISP3DCNT_FOG | DISP3DCNT_FOG_SHIFT(8);
    // The clear picture is transparent: the sky of the 2D engine shows through it.
    CLEAR_COLOR = 63u << 24;
    CLEAR_DEPTH = 0x7FFF;
    fog_initialise();
    GX_VIEWPORT = 255u << 16 | 191u << 24;
    GX_TEXIMAGE_PARAM = 0;
}

void gx_end_frame(void) { GX_SWAP_BUFFERS = SWAP_MANUAL_SORT | SWAP_W_BUFFER; }

void gx_vertex(s32 x, s32 y, s32 z)
{
    GX_VTX_16 = (u16)x | (u32)(u16)y << 16;
    GX_VTX_16 = (u16)z;
}

static void load_projection(const Camera *camera)
{
    fx32 near = camera->frustum_near >> VIEW_SHIFT, far = camera->frustum_far >> VIEW_SHIFT;
    fx32 cotangent = fx_div(camera->fov_cos, camera->fov_sin);
    const s32 matrix[16] = {
        fx_div(cotangent, camera->aspect_ratio), 0, 0, 0,
        0, cotangent, 0, 0,
        0, 0, -fx_div(far + near, far - near), -FX_ONE,
        0, 0, -fx_div(2 * fx_mul(far, near), far - near), 0,
    };
    GX_MTX_MODE = GX_MODE_PROJECTION;
    for (int i = 0; i < 16; i++)
        GX_MTX_LOAD_4X4 = (u32)matrix[i];
    GX_MTX_MODE = GX_MODE_POSITION_VECTOR;
}

static VecFx32 turn_into_view(const Camera *camera, VecFx32 a)
{
    const VecFx32 *row = camera->view_matrix.rows;
    return vec((fx32)(((s64)a.x * row[0].x + (s64)a.y * row[1].x + (s64)a.z * row[2].x) >> 12),
               (fx32)(((s64)a.x * row[0].y + (s64)a.y * row[1].y + (s64)a.z * row[2].y) >> 12),
               (fx32)(((s64)a.x * row[0].z + (s64)a.y * row[1].z + (s64)a.z * row[2].z) >> 12));
}

static void load_row(VecFx32 row)
{
    GX_MTX_LOAD_4X3 = (u32)row.x;
    GX_MTX_LOAD_4X3 = (u32)row.y;
    GX_MTX_LOAD_4X3 = (u32)row.z;
}

static VecFx32 shifted(VecFx32 a, int left)
{
    return left >= 0 ? vec(a.x << left, a.y << left, a.z << left) : vec(a.x >> -left, a.y >> -left, a.z >> -left);
}

void gx_load_camera(const Camera *camera, VecFx32 origin, int shift)
{
    load_projection(camera);
    for (int i = 0; i < 3; i++)
        load_row(shifted(camera->view_matrix.rows[i], shift - VIEW_SHIFT));
    load_row(shifted(turn_into_view(camera, vec_sub(origin, camera->position)), -VIEW_SHIFT));
}

void gx_load_pose(const Camera *camera, const Pose *pose)
{
    load_row(shifted(turn_into_view(camera, pose->left), MODEL_SHIFT - VIEW_SHIFT));
    load_row(shifted(turn_into_view(camera, pose->up), MODEL_SHIFT - VIEW_SHIFT));
    load_row(shifted(turn_into_view(camera, pose->forward), MODEL_SHIFT - VIEW_SHIFT));
    load_row(shifted(turn_into_view(camera, vec_sub(pose->position, camera->position)), -VIEW_SHIFT));
}

Camera gx_showroom_camera(void)
{
    // Looks down the negative Z axis, half of the vertical angle being 16.3 degrees.
    Camera camera = {
        .position = {0, FX(16), FX(78)},
        .view_matrix = {.rows = {{FX_ONE, 0, 0}, {0, 4055, 576}, {0, -576, 4055}}},
        .fov_sin = 1149,
        .fov_cos = 3931,
        .aspect_ratio = FX_ONE * 4 / 3,
        .frustum_near = FX(8),
        .frustum_far = FX(400),
    };
    return camera;
}
