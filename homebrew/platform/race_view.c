// SPDX-License-Identifier: GPL-3.0-or-later
#include "race_view.h"

#include "course_view.h"
#include "fixed.h"
#include "gx.h"
#include "hardware.h"
#include "kart_model.h"
#include "text.h"

enum { SKY_LAYER = 3, LARGEST_LEAN = 900, LEAN_EASE = 4, MAX_SHADOW_AIR = 2 };

static KartMotion motions[RACERS_MAX];

void race_view_enter(const Game *g)
{
    kart_model_choose(0, g->kart, g->character);
    if (racer_count() > 1)
        kart_model_choose(1, g->ghost.kart, g->ghost.character);
    text_backdrop(MAIN_ENGINE, BACKDROP_SKY);
    for (u32 id = 0; id < RACERS_MAX; id++)
        motions[id] = (KartMotion){.translucent = id > 0};
}

// The sky turns with the camera: 512 pixels of it are half a turn, so that it moves as the ground's far end does.
// Its horizon stands where the plane at infinity meets the picture.
static void turn_sky(const Camera *camera)
{
    const VecFx32 *row = camera->view_matrix.rows;
    fx32 ahead_x = -row[0].z, ahead_z = -row[2].z, ahead_y = -row[1].z;
    // An angle good enough for a backdrop: the diamond angle, 4.0 a turn.
    fx32 sum = at_least(magnitude(ahead_x) + magnitude(ahead_z), 1);
    fx32 part = fx_div(ahead_x, sum);
    fx32 diamond = ahead_z >= 0 ? part : 2 * FX_ONE - part;
    BGHOFS(MAIN_ENGINE, SKY_LAYER) = (u16)(-diamond * 256 / FX_ONE);
    fx32 cotangent = fx_div(camera->fov_cos, camera->fov_sin);
    s32 below_middle = fx_mul(fx_mul(ahead_y, cotangent), FX(96)) >> 12;
    BGVOFS(MAIN_ENGINE, SKY_LAYER) = (u16)(SKY_ROWS * 8 - (96 + below_middle));
}

static s32 steering_of(const Driver *driver)
{
    if (driver->control_flags & CONTROL_STEER_LEFT)
        return FX_ONE;
    return driver->control_flags & CONTROL_STEER_RIGHT ? -FX_ONE : 0;
}

static void move_kart(KartMotion *motion, const Driver *driver)
{
    s32 lean = at_most(at_least(driver->lean, -FX_ONE), FX_ONE) * LARGEST_LEAN / FX_ONE / 2;
    if (driver->motion_flags & MOTION_DRIFTING)
        lean = driver->drift_direction == DRIFT_LEFT ? LARGEST_LEAN : -LARGEST_LEAN;
    motion->frame++;
    motion->steer += (steering_of(driver) - motion->steer) / LEAN_EASE;
    motion->roll += (lean - motion->roll) / LEAN_EASE;
    // A wheel of 3.25 units turns once in 20 units of way.
    motion->wheel_angle += (u32)(driver->forward_speed * 16 / 20);
    // A ghost is its kart alone: neither shadow nor sparks.
    if (motion->translucent)
        return;
    motion->sparks = driver->motion_flags & MOTION_DRIFTING ? at_most(driver->drift_charge, 4) : 0;
    motion->flame = (driver->control_flags & (CONTROL_BOOST | CONTROL_MINI_TURBO)) != 0;
    motion->shadow = driver->airborne_frames <= MAX_SHADOW_AIR;
}

static void draw_kart(const Game *g, u32 id)
{
    const Driver *driver = racer(id);
    Pose pose = {.position = driver->position};
    kart_model_axes(driver, &pose.left, &pose.up, &pose.forward);
    if (g->screen != SCREEN_PAUSE)
        move_kart(&motions[id], driver);
    kart_model_draw(id, race_camera(), &pose, &motions[id]);
}

void race_view_draw(const Game *g)
{
    const Camera *camera = race_camera();
    turn_sky(camera);
    gx_load_camera(camera, course_view_origin(), course_view_shift());
    course_view_draw(camera);
    for (u32 id = 0; id < racer_count(); id++)
        draw_kart(g, id);
}
