/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "camera.h"

#include "fixed.h"
#include "memory.h"

#define DISTANCE FX(62)
#define ELEVATION FX(30)
#define TARGET_ELEVATION FX(13)
#define DIRECTION_EASE 410     /* of the way to the kart's direction a tick */
#define HEIGHT_EASE 819
#define HALF_ANGLE 5461        /* 30 degrees */
#define HALF_ANGLE_BOOST 6007  /* 33 degrees: a boost widens the view */
#define ANGLE_STEP 55
#define NEAR FX(4)
#define FAR FX(4000)
#define ASPECT 5461            /* 4 : 3 */

static const VecFx32 world_up = {0, FX_ONE, 0};

/* A view matrix for row vectors: columns right, up and back; translation divided by 16. */
static void look(Camera *camera)
{
    VecFx32 back = vec_normal(vec_sub(camera->position, camera->target), vec(0, 0, -FX_ONE));
    VecFx32 right = vec_normal(vec_cross(world_up, back), vec(-FX_ONE, 0, 0));
    VecFx32 up = vec_cross(back, right);
    camera->right = right;
    camera->up = up;
    camera->view_matrix.rows[0] = vec(right.x, up.x, back.x);
    camera->view_matrix.rows[1] = vec(right.y, up.y, back.y);
    camera->view_matrix.rows[2] = vec(right.z, up.z, back.z);
    VecFx32 to = camera->position;
    camera->view_matrix.translation = vec(-vec_dot(to, right) / 16, -vec_dot(to, up) / 16, -vec_dot(to, back) / 16);
}

static void set_angle(Camera *camera)
{
    camera->fov_sin = (fx16)sine((u32)camera->fov);
    camera->fov_cos = (fx16)cosine((u32)camera->fov);
    fx32 top = fx_mul(NEAR, fx_div(camera->fov_sin, camera->fov_cos));
    camera->frustum_top = top;
    camera->frustum_bottom = -top;
    camera->frustum_right = fx_mul(top, ASPECT);
    camera->frustum_left = -camera->frustum_right;
}

/* Behind the kart along the camera's own direction, at a height that follows the kart's slowly. */
static void stand_behind(Camera *camera, const Driver *driver)
{
    VecFx32 kart = vec(driver->position.x, camera->elevation, driver->position.z);
    camera->look_at_target = driver->position;
    camera->target = vec(driver->position.x, driver->position.y + TARGET_ELEVATION, driver->position.z);
    camera->position = vec_sub(kart, vec_scale(camera->target_direction, DISTANCE));
    camera->position.y += ELEVATION;
    camera->look_at_position = camera->position;
    look(camera);
    set_angle(camera);
}

static VecFx32 flat_direction(const Driver *driver)
{
    VecFx32 middle = vec_lerp(driver->velocity_direction, driver->direction, FX_ONE / 2);
    middle.y = 0;
    return vec_normal(middle, vec_of_yaw(driver->yaw));
}

void camera_place(Camera *camera, const Driver *driver)
{
    clear_memory(camera, sizeof *camera);
    camera->fov = camera->target_fov = HALF_ANGLE;
    camera->aspect_ratio = ASPECT;
    camera->frustum_near = NEAR;
    camera->frustum_far = FAR;
    camera->world_up = world_up;
    camera->target_elevation = TARGET_ELEVATION;
    camera->target_direction = vec_of_yaw(driver->yaw);
    camera->elevation = driver->position.y;
    stand_behind(camera, driver);
    camera->previous_position = camera->position;
}

void camera_follow(Camera *camera, const Driver *driver)
{
    camera->frame_counter++;
    camera->previous_position = camera->position;
    VecFx32 direction = vec_lerp(camera->target_direction, flat_direction(driver), DIRECTION_EASE);
    camera->target_direction = vec_normal(direction, vec_of_yaw(driver->yaw));
    camera->elevation += fx_mul(driver->position.y - camera->elevation, HEIGHT_EASE);
    camera->target_fov = driver->control_flags & CONTROL_BOOST ? HALF_ANGLE_BOOST : HALF_ANGLE;
    camera->fov += clamp(camera->target_fov - camera->fov, -ANGLE_STEP, ANGLE_STEP);
    stand_behind(camera, driver);
}
