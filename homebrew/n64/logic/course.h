/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Course files, as tools/xtask makes them from the descriptions, and the collision mesh and paths made from one.
 */
#ifndef COURSE_H
#define COURSE_H

#include "mk64.h"

typedef struct {
    char magic[4];
    char name[32];
    u16 vertexCount, batchCount, triangleCount, pointCount;
    u32 vertices, batches, points, halfWidths, triangles; /* offsets in the file */
} CourseFile;

/* Triangles of one surface in one section that share up to 32 vertices. */
typedef struct {
    u16 firstVertex, firstTriangle;
    u8 vertexCount, triangleCount, surface, section;
    Vec3s middle;
    u16 radius;
} CourseBatch;

enum { COURSE_IDS = 20, POINTS_MAX = 1024 };

/* By course id; 0 where this game has none. */
extern const CourseFile *const course_files[COURSE_IDS];

extern const u8 cup_courses[CUPS][COURSES_PER_CUP];

int course_exists(s32 id);
/* Its place in the order of the cups, in which saves keep courses; that of the first for others. */
s32 course_place(s32 id);
const char *course_name(s32 id);

/* Makes the mesh, grid and paths of a course. */
void course_load(s16 id);
const CourseFile *course_loaded(void);
const Vtx *course_vertices(const CourseFile *file);
const CourseBatch *course_batches(const CourseFile *file);
/* Of a batch: three numbers of its vertices each. */
const u8 *course_triangles(const CourseFile *file, const CourseBatch *batch);

s32 path_count(void);
/* A point before or after the others of the lap. */
const TrackPathPoint *path_point(s32 index);
f32 path_half_width(s32 index);
s32 path_wrapped(s32 index);

#endif
