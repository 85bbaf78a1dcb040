/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COLLISION_H
#define COLLISION_H

#include "mk64.h"

/* The grid divides the course's bounds. */
static inline s32 grid_cell_width(const CourseBounds *bounds) { return (bounds->maxX - bounds->minX) / GRID_SIDE + 1; }
static inline s32 grid_cell_depth(const CourseBounds *bounds) { return (bounds->maxZ - bounds->minZ) / GRID_SIDE + 1; }

/* The highest floor at (x, z) that is at most `reach` above y, or NO_TRIANGLE. A `hint` is tried first, and taken if
   it is not farther below y either: another floor may lie over one that is. */
u16 floor_at(const Vec3f point, f32 reach, u16 hint);
f32 floor_height(u16 triangle, f32 x, f32 z);

/* The walls that a sphere touches push it out; each is reported before it does. */
typedef void WallContact(void *context, u16 triangle, const f32 *normal, f32 depth);
void touch_walls(const Vec3f centre, f32 radius, WallContact *contact, void *context);

#endif
