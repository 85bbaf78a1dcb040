/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collision.h"

#define BEHIND 6.0f /* how far behind a wall a sphere's centre is still pushed out */

static const GridCell *cell_at(f32 x, f32 z)
{
    const CourseBounds *bounds = &gCourseBounds;
    s32 column = ((s32)x - bounds->minX) / grid_cell_width(bounds);
    s32 row = ((s32)z - bounds->minZ) / grid_cell_depth(bounds);
    if (column < 0 || column >= GRID_SIDE || row < 0 || row >= GRID_SIDE)
        return 0;
    return &gCollisionGrid[column + GRID_SIDE * row];
}

/* On which side of the edge from a to b a point lies, in a plane of two axes. */
static f32 side(const Vtx *a, const Vtx *b, f32 u, f32 v, s32 axis_u, s32 axis_v)
{
    return (f32)(b->pos[axis_u] - a->pos[axis_u]) * (v - a->pos[axis_v]) -
           (f32)(b->pos[axis_v] - a->pos[axis_v]) * (u - a->pos[axis_u]);
}

static int is_inside(const CollisionTriangle *triangle, f32 u, f32 v, s32 axis_u, s32 axis_v)
{
    const Vtx *const *corner = triangle->vertices;
    f32 first = side(corner[0], corner[1], u, v, axis_u, axis_v);
    f32 second = side(corner[1], corner[2], u, v, axis_u, axis_v);
    if (first * second < 0)
        return 0;
    f32 third = side(corner[2], corner[0], u, v, axis_u, axis_v);
    return second * third >= 0 && first * third >= 0;
}

/* Bounds are whole numbers, so comparing whole parts rejects no point inside. */
static int is_floor_over(u16 index, f32 x, f32 z)
{
    const CollisionTriangle *triangle = &gCollisionMesh[index];
    const s16 *min = triangle->min, *max = triangle->max;
    s32 column = (s32)x, row = (s32)z;
    if (!(triangle->flags & FACES_Y) || column < min[0] || column > max[0] || row < min[2] || row > max[2])
        return 0;
    return is_inside(triangle, x, z, 0, 2);
}

f32 floor_height(u16 index, f32 x, f32 z)
{
    const CollisionTriangle *triangle = &gCollisionMesh[index];
    const f32 *normal = triangle->normal;
    return -(normal[0] * x + normal[2] * z + triangle->distance) / normal[1];
}

u16 floor_at(const Vec3f point, f32 reach, u16 hint)
{
    f32 x = point[0], z = point[2], limit = point[1] + reach;
    if (hint < gCollisionTriangleCount && is_floor_over(hint, x, z) &&
        magnitude_f(floor_height(hint, x, z) - point[1]) <= reach)
        return hint;
    const GridCell *cell = cell_at(x, z);
    if (!cell)
        return NO_TRIANGLE;
    u16 best = NO_TRIANGLE;
    f32 highest = 0;
    for (s32 i = 0; i < cell->count; i++) {
        u16 index = gCollisionIndices[cell->first + i];
        if (!is_floor_over(index, x, z))
            continue;
        f32 height = floor_height(index, x, z);
        if (height <= limit && (best == NO_TRIANGLE || height > highest)) {
            best = index;
            highest = height;
        }
    }
    return best;
}

static int overlaps(const CollisionTriangle *triangle, const s32 low[3], const s32 high[3])
{
    return high[0] >= triangle->min[0] && low[0] <= triangle->max[0] && high[2] >= triangle->min[2] &&
           low[2] <= triangle->max[2] && high[1] >= triangle->min[1] && low[1] <= triangle->max[1];
}

void touch_walls(const Vec3f centre, f32 radius, WallContact *contact, void *context)
{
    const GridCell *cell = cell_at(centre[0], centre[2]);
    if (!cell)
        return;
    s32 low[3], high[3];
    for (s32 axis = 0; axis < 3; axis++) {
        low[axis] = (s32)(centre[axis] - radius) - 1;
        high[axis] = (s32)(centre[axis] + radius) + 1;
    }
    for (s32 i = 0; i < cell->count; i++) {
        u16 index = gCollisionIndices[cell->first + i];
        const CollisionTriangle *triangle = &gCollisionMesh[index];
        if ((triangle->flags & FACES_Y) || !overlaps(triangle, low, high))
            continue;
        const f32 *normal = triangle->normal;
        f32 distance =
            normal[0] * centre[0] + normal[1] * centre[1] + normal[2] * centre[2] + triangle->distance;
        s32 axis = triangle->flags & FACES_X ? 2 : 0;
        if (distance < radius && distance > -BEHIND && is_inside(triangle, centre[axis], centre[1], axis, 1))
            contact(context, index, normal, radius - distance);
    }
}
