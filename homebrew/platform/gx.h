// SPDX-License-Identifier: GPL-3.0-or-later
// The 3D engine's frame: camera, models, end of frame.
#ifndef GX_H
#define GX_H

#include "game.h"

// A model's own lengths: a vertex unit (1.0 in 4.12) is 16 course units.
enum { MODEL_SHIFT = 4 };

typedef struct {
    VecFx32 left, up, forward; // each 1.0 long
    VecFx32 position;          // course units
} Pose;

void gx_initialise(void);
// Loads projection and view of a camera, for vertices that count from an origin, each step being 1 << shift raw steps.
void gx_load_camera(const Camera *camera, VecFx32 origin, int shift);
// Loads the matrix that puts a model into the scene of a camera.
void gx_load_pose(const Camera *camera, const Pose *pose);
// A camera for the menus, before the origin and looking at it.
Camera gx_showroom_camera(void);
void gx_end_frame(void);
void gx_vertex(s32 x, s32 y, s32 z);

#endif
