// SPDX-License-Identifier: GPL-3.0-or-later
// The course as the 3D engine shows it, made from its collision file when a race is loaded.
#ifndef COURSE_VIEW_H
#define COURSE_VIEW_H

#include "game.h"

// Lengths of the picture: a unit of view space is 64 units of the course. Vertices count from the middle of the course,
// in sixteenths of its units, or in as fine a part as lets VTX_16 reach its ends.
enum { VIEW_SHIFT = 6 };

void course_view_initialise(void);
// Makes room for the view of a course that is about to be loaded; a complete view of the same course stays.
void course_view_expect(u32 slot);
// Starts to build that view from the loaded course, if it does not exist.
void course_view_begin(void);
// Continues to build until the picture is drawn down to scan line `until_line`. Returns whether the view is complete.
int course_view_build(int until_line);
// Draws what the camera sees; the view matrix must be loaded.
void course_view_draw(const Camera *camera);

// The drivable faces, for the map.
typedef enum { GROUND_NONE, GROUND_ROAD, GROUND_OFF_ROAD, GROUND_BOOST, GROUND_START } Ground;
enum { MAX_CORNERS = 4 };
typedef struct {
    s16 x, y, z; // as VTX_16 takes them
} Vertex;
// The vertex of a place of the course.
Vertex course_view_vertex(VecFx32 place);
// The place of vertex (0, 0, 0).
VecFx32 course_view_origin(void);
// A step of a vertex coordinate is 1 << this many raw steps of the course.
int course_view_shift(void);
u32 course_view_faces(void);
Ground course_view_face(u32 face, int *corners, Vertex corner[MAX_CORNERS]);

#endif
