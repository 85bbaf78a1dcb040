// SPDX-License-Identifier: GPL-3.0-or-later
// Faces rebuilt from the prisms of a collision file: triangles with shared corners, neighbours joined to quads,
// kerbs laid along the edges of the road and a chequered line across its start.
#ifndef COURSE_MESH_H
#define COURSE_MESH_H

#include "course_view.h"

typedef enum { SKIN_PLAIN, SKIN_ASPHALT, SKIN_GRASS, SKIN_WALL, SKIN_KERB, SKIN_ARROWS, SKINS } Skin;

enum { MAX_VERTICES = 8192, MAX_FACES = 5120 };

typedef struct {
    u16 corner[MAX_CORNERS]; // indices of vertices, counter-clockwise seen from the front
    u16 color;               // RGB15, shaded
    u8 corners;              // 3 or 4
    u8 skin;                 // Skin
    u8 ground;               // Ground
    u8 type;                 // collision type; 0 for what was added
    u16 cell;                // filled in by the view
} Face;

typedef struct {
    Vertex vertices[MAX_VERTICES];
    Face faces[MAX_FACES];
    u32 vertex_count, face_count;
    VecFx32 origin; // of the vertices, in the course
    int unit_bits;  // fractional bits of a vertex coordinate in course units
} Mesh;

extern Mesh course_mesh;

// Begins with the course that is loaded.
void course_mesh_begin(void);
// The direction of the race near a vertex, along x and z, 1.0 long in fx32.
void course_mesh_race_direction(Vertex near, s32 *x, s32 *z);
// Takes the next few prisms; returns whether there are more to come.
int course_mesh_continue(void);

#endif
