/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "course.h"

#include "angle.h"
#include "collision.h"

enum { TRIANGLES_MAX = NO_TRIANGLE, INDICES_MAX = 0x8000, GRID_MARGIN = 20, TURN_POINTS = 5 };
#define STEEP 0.5f /* a normal that leans more belongs to a wall */
#define EDGE_SHARE 0.8f /* of the road's half width, where the side paths lead */
enum { GENTLE_TURN = 0x300, SHARP_TURN = 0x600 }; /* of the path in TURN_POINTS */

static CollisionTriangle mesh[TRIANGLES_MAX];
static u16 indices[INDICES_MAX];
static TrackPathPoint centre[POINTS_MAX], left[POINTS_MAX], right[POINTS_MAX];
static s16 section_types[POINTS_MAX], expected_rotation[POINTS_MAX];
static const CourseFile *loaded;

const u8 cup_courses[CUPS][COURSES_PER_CUP] = {{8, 9, 6, 11}, {10, 5, 1, 0}, {14, 12, 7, 2}, {18, 4, 3, 13}};

int course_exists(s32 id) { return id >= 0 && id < COURSE_IDS && course_files[id]; }

s32 course_place(s32 id)
{
    const u8 *courses = cup_courses[0];
    for (s32 place = 0; place < CUPS * COURSES_PER_CUP; place++)
        if (courses[place] == id)
            return place;
    return 0;
}

const char *course_name(s32 id) { return course_exists(id) ? course_files[id]->name : "-"; }
const CourseFile *course_loaded(void) { return loaded; }

static const void *part(const CourseFile *file, u32 offset) { return (const u8 *)file + offset; }
const Vtx *course_vertices(const CourseFile *file) { return part(file, file->vertices); }
const CourseBatch *course_batches(const CourseFile *file) { return part(file, file->batches); }

const u8 *course_triangles(const CourseFile *file, const CourseBatch *batch)
{
    return (const u8 *)part(file, file->triangles) + 3 * batch->firstTriangle;
}

s32 path_count(void) { return gPathCountByPathIndex[0]; }

s32 path_wrapped(s32 index)
{
    s32 count = path_count();
    return index < 0 ? index + count : index >= count ? index - count : index;
}

const TrackPathPoint *path_point(s32 index) { return &gPathCentre[0][path_wrapped(index)]; }

f32 path_half_width(s32 index)
{
    return ((const u16 *)part(loaded, loaded->halfWidths))[path_wrapped(index)];
}

/* ---- Mesh ---- */

static u16 facing(const Vec3f normal)
{
    f32 x = magnitude_f(normal[0]), y = magnitude_f(normal[1]), z = magnitude_f(normal[2]);
    if (y >= STEEP)
        return FACES_Y;
    return x > z ? FACES_X : FACES_Z;
}

static void add_triangle(const Vtx *const corners[3], u16 surface, u16 section)
{
    CollisionTriangle *triangle = &mesh[gCollisionTriangleCount++];
    f32 u[3], v[3];
    for (s32 axis = 0; axis < 3; axis++) {
        s16 a = corners[0]->pos[axis], b = corners[1]->pos[axis], c = corners[2]->pos[axis];
        u[axis] = b - a;
        v[axis] = c - a;
        triangle->min[axis] = (s16)at_most(at_most(a, b), c);
        triangle->max[axis] = (s16)at_least(at_least(a, b), c);
        triangle->vertices[axis] = corners[axis];
    }
    f32 *normal = triangle->normal;
    normal[0] = u[1] * v[2] - u[2] * v[1];
    normal[1] = u[2] * v[0] - u[0] * v[2];
    normal[2] = u[0] * v[1] - u[1] * v[0];
    f32 length = square_root(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
    triangle->distance = 0;
    for (s32 axis = 0; axis < 3; axis++) {
        normal[axis] /= length;
        triangle->distance -= normal[axis] * corners[0]->pos[axis];
    }
    triangle->surface = surface;
    triangle->flags = facing(normal) | section;
}

static void make_mesh(const CourseFile *file)
{
    gCollisionMesh = mesh;
    gCollisionTriangleCount = 0;
    for (s32 i = 0; i < file->batchCount; i++) {
        const CourseBatch *batch = &course_batches(file)[i];
        const Vtx *vertices = &course_vertices(file)[batch->firstVertex];
        const u8 *numbers = course_triangles(file, batch);
        for (s32 k = 0; k < batch->triangleCount; k++, numbers += 3) {
            const Vtx *corners[3] = {&vertices[numbers[0]], &vertices[numbers[1]], &vertices[numbers[2]]};
            add_triangle(corners, batch->surface, batch->section);
        }
    }
    gCollisionMeshCount = gCollisionTriangleCount;
}

static void measure_bounds(void)
{
    CourseBounds *bounds = &gCourseBounds;
    *bounds = (CourseBounds){-0x8000, 0x7FFF, -0x8000, 0x7FFF, -0x8000, 0x7FFF};
    for (s32 i = 0; i < gCollisionTriangleCount; i++) {
        const CollisionTriangle *triangle = &mesh[i];
        bounds->maxX = (s16)at_least(bounds->maxX, triangle->max[0]);
        bounds->minX = (s16)at_most(bounds->minX, triangle->min[0]);
        bounds->maxY = (s16)at_least(bounds->maxY, triangle->max[1]);
        bounds->minY = (s16)at_most(bounds->minY, triangle->min[1]);
        bounds->maxZ = (s16)at_least(bounds->maxZ, triangle->max[2]);
        bounds->minZ = (s16)at_most(bounds->minZ, triangle->min[2]);
    }
}

/* Whether a triangle may touch a rectangle of the plan: its bounds overlap, and no edge has all corners outside. */
static int touches(const CollisionTriangle *triangle, const s32 low[2], const s32 high[2])
{
    if (triangle->max[0] < low[0] || triangle->min[0] > high[0] || triangle->max[2] < low[1] ||
        triangle->min[2] > high[1])
        return 0;
    if (!(triangle->flags & FACES_Y))
        return 1;
    for (s32 i = 0; i < 3; i++) {
        const s16 *a = triangle->vertices[i]->pos, *b = triangle->vertices[(i + 1) % 3]->pos;
        const s16 *inside = triangle->vertices[(i + 2) % 3]->pos;
        s32 dx = b[0] - a[0], dz = b[2] - a[2];
        s32 sign = dx * (inside[2] - a[2]) - dz * (inside[0] - a[0]) < 0 ? -1 : 1;
        s32 x = -sign * dz > 0 ? high[0] : low[0], z = sign * dx > 0 ? high[1] : low[1];
        if (sign * (dx * (z - a[2]) - dz * (x - a[0])) < 0)
            return 0;
    }
    return 1;
}

/* The triangles of each cell, in their order. The first pass counts them, so that the second knows their places. */
static void fill_grid(int counted)
{
    const CourseBounds *bounds = &gCourseBounds;
    s32 width = grid_cell_width(bounds), depth = grid_cell_depth(bounds);
    for (s32 i = 0; i < gCollisionTriangleCount; i++) {
        const CollisionTriangle *triangle = &mesh[i];
        s32 first_x = at_least((triangle->min[0] - GRID_MARGIN - bounds->minX) / width, 0);
        s32 first_z = at_least((triangle->min[2] - GRID_MARGIN - bounds->minZ) / depth, 0);
        s32 last_x = at_most((triangle->max[0] + GRID_MARGIN - bounds->minX) / width, GRID_SIDE - 1);
        s32 last_z = at_most((triangle->max[2] + GRID_MARGIN - bounds->minZ) / depth, GRID_SIDE - 1);
        for (s32 z = first_z; z <= last_z; z++)
            for (s32 x = first_x; x <= last_x; x++) {
                s32 low[2] = {bounds->minX + x * width - GRID_MARGIN, bounds->minZ + z * depth - GRID_MARGIN};
                s32 high[2] = {low[0] + width + 2 * GRID_MARGIN, low[1] + depth + 2 * GRID_MARGIN};
                GridCell *cell = &gCollisionGrid[x + GRID_SIDE * z];
                if (!touches(triangle, low, high))
                    continue;
                if (counted && cell->first + cell->count < INDICES_MAX)
                    indices[cell->first + cell->count] = (u16)i;
                cell->count++;
            }
    }
}

static void make_grid(void)
{
    u32 first = 0;
    gCollisionIndices = indices;
    clear_memory(gCollisionGrid, sizeof gCollisionGrid);
    fill_grid(0);
    for (u32 i = 0; i < COUNT(gCollisionGrid); i++) {
        u32 count = gCollisionGrid[i].count;
        gCollisionGrid[i] = (GridCell){(u16)first, 0};
        first += count;
    }
    fill_grid(1);
}

/* ---- Paths ---- */

static s16 direction_at(s32 point)
{
    const s16 *from = path_point(point)->pos, *to = path_point(path_wrapped(point + 1))->pos;
    return yaw_of(to[0] - from[0], to[2] - from[2]);
}

static void make_side(TrackPathPoint *side, s32 point, f32 offset)
{
    s16 yaw = direction_at(point);
    side[point] = centre[point];
    side[point].pos[0] = (s16)(centre[point].pos[0] + heading_z(yaw) * offset);
    side[point].pos[2] = (s16)(centre[point].pos[2] - heading_x(yaw) * offset);
}

static s16 section_type(s16 turn)
{
    if (magnitude(turn) < GENTLE_TURN)
        return SECTION_STRAIGHT;
    if (magnitude(turn) < SHARP_TURN)
        return turn > 0 ? SECTION_LEANS_RIGHT : SECTION_LEANS_LEFT;
    return turn > 0 ? SECTION_RIGHT : SECTION_LEFT;
}

static void make_paths(const CourseFile *file)
{
    const TrackPathPoint *points = part(file, file->points);
    gPathCountByPathIndex[0] = file->pointCount;
    for (s32 i = 0; i < file->pointCount; i++)
        centre[i] = points[i];
    gCurrentPath = gPathCentre[0] = centre;
    gPathLeft[0] = left;
    gPathRight[0] = right;
    gPathSectionTypes[0] = section_types;
    gPathExpectedRotation[0] = expected_rotation;
    gPathStartZ = centre[0].pos[2];
    gCourseDirection = 1;
    gLateralTrackFactor = EDGE_SHARE * path_half_width(0);
    for (s32 i = 0; i < file->pointCount; i++) {
        f32 edge = EDGE_SHARE * path_half_width(i);
        s16 ahead = direction_at(path_wrapped(i + TURN_POINTS)), behind = direction_at(path_wrapped(i - TURN_POINTS));
        make_side(left, i, edge);
        make_side(right, i, -edge);
        expected_rotation[i] = direction_at(i);
        section_types[i] = section_type((s16)(ahead - behind));
    }
}

void course_load(s16 id)
{
    if (gLoadedCourseId == id && loaded)
        return;
    loaded = course_files[id];
    make_mesh(loaded);
    measure_bounds();
    make_grid();
    make_paths(loaded);
    gLoadedCourseId = id;
}
