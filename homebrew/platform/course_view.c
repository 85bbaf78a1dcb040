// SPDX-License-Identifier: GPL-3.0-or-later
// Faces are sorted into square cells of the course; each cell has one list of 3D commands for the ground and one for
// what stands upright, packed once. A frame then only chooses the cells in sight and copies their lists to the engine.
#include "course_view.h"

#include "course_mesh.h"
#include "fixed.h"
#include "hardware.h"
#include "texture.h"

enum { MAX_CELLS = 512, LIST_WORDS = 72 * 1024, PASSES = 2, PASS_GROUND = 0, PASS_UPRIGHT = 1 };
enum { UNIT_BITS = 12 - VERTEX_SHIFT }; // fractional bits of a vertex coordinate in course units

typedef struct {
    u32 first[PASSES]; // in list_words
    u16 words[PASSES]; // multiples of 8
    u16 polygons;
    s16 x, z, radius; // bounding circle, course units
    u16 faces;
} Cell;

static Cell cells[MAX_CELLS];
static u32 list_words[LIST_WORDS] __attribute__((aligned(32)));
static u16 sorted_faces[MAX_FACES];

static struct {
    enum { EMPTY, MESHING, PLACING, SORTING, PACKING, READY } stage;
    u32 slot;
    u32 next;  // face or cell to go on with
    u32 first; // first sorted face of that cell
    u32 words;
    s32 min_x, min_z; // course units
    s32 cell_shift, columns, rows;
} build;

static Skin skin_at(u32 face) { return course_mesh.faces[face].skin; }

static int pass_of(Skin skin) { return skin == SKIN_WALL || skin == SKIN_ARROWS ? PASS_UPRIGHT : PASS_GROUND; }

void course_view_initialise(void) { texture_initialise(); }

void course_view_load(u32 slot)
{
    const CourseFile *file = platform_course((int)slot);
    if (file == NULL || (build.stage != EMPTY && build.slot == slot))
        return;
    build.slot = slot;
    build.stage = MESHING;
    course_mesh_begin(file);
}

// ---- Placing faces into cells ----

static void measure_course(void)
{
    s32 max_x, max_z;
    build.min_x = max_x = course_mesh.vertices[0].x >> UNIT_BITS;
    build.min_z = max_z = course_mesh.vertices[0].z >> UNIT_BITS;
    for (u32 i = 1; i < course_mesh.vertex_count; i++) {
        s32 x = course_mesh.vertices[i].x >> UNIT_BITS, z = course_mesh.vertices[i].z >> UNIT_BITS;
        build.min_x = at_most(build.min_x, x);
        build.min_z = at_most(build.min_z, z);
        max_x = at_least(max_x, x);
        max_z = at_least(max_z, z);
    }
    build.cell_shift = 7;
    do {
        build.cell_shift++;
        build.columns = ((max_x - build.min_x) >> build.cell_shift) + 1;
        build.rows = ((max_z - build.min_z) >> build.cell_shift) + 1;
    } while (build.columns * build.rows > MAX_CELLS);
    for (int i = 0; i < MAX_CELLS; i++)
        cells[i] = (Cell){0};
}

static void face_centre(const Face *face, s32 *x, s32 *z)
{
    *x = *z = 0;
    for (int i = 0; i < face->corners; i++) {
        *x += course_mesh.vertices[face->corner[i]].x;
        *z += course_mesh.vertices[face->corner[i]].z;
    }
    s32 third = face->corners == 3 ? 1365 : 1024; // 4096 / corners
    *x = (*x * third) >> (12 + UNIT_BITS);
    *z = (*z * third) >> (12 + UNIT_BITS);
}

static void place_face(u32 index)
{
    Face *face = &course_mesh.faces[index];
    s32 x, z;
    face_centre(face, &x, &z);
    s32 column = clamp((x - build.min_x) >> build.cell_shift, 0, build.columns - 1);
    s32 row = clamp((z - build.min_z) >> build.cell_shift, 0, build.rows - 1);
    face->cell = (u16)(row * build.columns + column);
    Cell *cell = &cells[face->cell];
    cell->x = (s16)(build.min_x + (column << build.cell_shift) + (1 << (build.cell_shift - 1)));
    cell->z = (s16)(build.min_z + (row << build.cell_shift) + (1 << (build.cell_shift - 1)));
    for (int i = 0; i < face->corners; i++) {
        s32 dx = (course_mesh.vertices[face->corner[i]].x >> UNIT_BITS) - cell->x;
        s32 dz = (course_mesh.vertices[face->corner[i]].z >> UNIT_BITS) - cell->z;
        cell->radius = (s16)at_least(cell->radius, (s32)square_root((u64)(u32)(dx * dx + dz * dz)) + 1);
    }
    cell->faces++;
    cell->polygons++;
}

// Faces by cell; within a cell the packing goes over them once for each kind.
static void sort_faces(void)
{
    static u16 place[MAX_CELLS];
    u32 first = 0;
    for (s32 cell = 0; cell < build.columns * build.rows; cell++) {
        place[cell] = (u16)first;
        first += cells[cell].faces;
    }
    for (u32 face = 0; face < course_mesh.face_count; face++)
        sorted_faces[place[course_mesh.faces[face].cell]++] = (u16)face;
}

// ---- Packing ----

// Commands go four to a word, followed by their parameters.
static struct {
    u32 *out, *end;
    u32 commands;
    u32 command_count, parameter_count;
    u32 parameters[4 * 4];
} packer;

static void flush_commands(void)
{
    if (packer.command_count == 0 || packer.out + 1 + packer.parameter_count > packer.end)
        return;
    *packer.out++ = packer.commands;
    for (u32 i = 0; i < packer.parameter_count; i++)
        *packer.out++ = packer.parameters[i];
    packer.commands = packer.command_count = packer.parameter_count = 0;
}

static void command1(u32 command, u32 parameter)
{
    packer.commands |= command << (8 * packer.command_count++);
    packer.parameters[packer.parameter_count++] = parameter;
    if (packer.command_count == 4)
        flush_commands();
}

static void command_vertex(Vertex vertex)
{
    packer.commands |= (u32)GX_CMD_VTX_16 << (8 * packer.command_count++);
    packer.parameters[packer.parameter_count++] = (u16)vertex.x | (u32)(u16)vertex.y << 16;
    packer.parameters[packer.parameter_count++] = (u16)vertex.z;
    if (packer.command_count == 4)
        flush_commands();
}

// How far a corner of a wall stands above the corner right below it; 0 for the lower ones.
static s32 height_above_foot(const Face *face, Vertex vertex)
{
    enum { SAME_PLACE = 2 << UNIT_BITS };
    s32 height = 0;
    for (int i = 0; i < face->corners; i++) {
        Vertex other = course_mesh.vertices[face->corner[i]];
        if (magnitude(other.x - vertex.x) <= SAME_PLACE && magnitude(other.z - vertex.z) <= SAME_PLACE)
            height = at_least(height, vertex.y - other.y);
    }
    return height;
}

// Texels of a wall: along its foot from its first corner, and up. One texel is one course unit.
static u32 wall_texel(const Face *face, Vertex vertex)
{
    Vertex first = course_mesh.vertices[face->corner[0]];
    s32 dx = 0, dz = 0;
    for (int i = 1; i < face->corners; i++) {
        Vertex other = course_mesh.vertices[face->corner[i]];
        s32 x = other.x - first.x, z = other.z - first.z;
        if ((s64)x * x + (s64)z * z > (s64)dx * dx + (s64)dz * dz) {
            dx = x;
            dz = z;
        }
    }
    s32 length = at_least((s32)square_root((u64)((s64)dx * dx + (s64)dz * dz)), 1);
    s32 s = (s32)(((s64)(vertex.x - first.x) * dx + (s64)(vertex.z - first.z) * dz) / length);
    return (u16)s | (u32)(u16)-height_above_foot(face, vertex) << 16;
}

// Arrows point from the first edge of the panel to the opposite one, once over the panel's length.
static u32 arrow_texel(int corner)
{
    enum { SIZE = 64 << 4 };
    u32 s = corner == 1 || corner == 2 ? SIZE : 0, t = corner >= 2 ? 0 : SIZE;
    return s | t << 16;
}

static void pack_face(const Face *face)
{
    command1(GX_CMD_COLOR, face->color);
    for (int i = 0; i < face->corners; i++) {
        Vertex vertex = course_mesh.vertices[face->corner[i]];
        if (face->skin == SKIN_WALL)
            command1(GX_CMD_TEXCOORD, wall_texel(face, vertex));
        else if (face->skin == SKIN_ARROWS)
            command1(GX_CMD_TEXCOORD, arrow_texel(i));
        command_vertex(vertex);
    }
}

static void pack_kind(const u16 *faces, u32 count, Skin skin, u8 corners)
{
    int begun = 0;
    for (u32 i = 0; i < count; i++) {
        const Face *face = &course_mesh.faces[faces[i]];
        if (skin_at(faces[i]) != skin || face->corners != corners)
            continue;
        if (!begun) {
            command1(GX_CMD_TEXIMAGE_PARAM, texture_parameter(skin));
            command1(GX_CMD_BEGIN_VTXS, corners == 3 ? GX_TRIANGLES : GX_QUADS);
            begun = 1;
        }
        pack_face(face);
    }
}

static void pack_cell(Cell *cell, const u16 *faces)
{
    for (int pass = 0; pass < PASSES; pass++) {
        packer.out = &list_words[build.words];
        packer.end = &list_words[LIST_WORDS - 8];
        for (int skin = 0; skin < SKINS; skin++)
            if (pass_of((Skin)skin) == pass)
                for (u8 corners = 3; corners <= 4; corners++)
                    pack_kind(faces, cell->faces, (Skin)skin, corners);
        flush_commands();
        u32 end = (u32)(packer.out - list_words);
        while (end % 8 != 0)
            list_words[end++] = GX_CMD_NOP;
        cell->first[pass] = build.words;
        cell->words[pass] = (u16)(end - build.words);
        build.words = end;
    }
}

static void build_step(void)
{
    switch (build.stage) {
    case MESHING:
        if (!course_mesh_continue()) {
            measure_course();
            build.next = 0;
            build.stage = PLACING;
        }
        break;
    case PLACING:
        for (int i = 0; i < 16 && build.next < course_mesh.face_count; i++)
            place_face(build.next++);
        if (build.next == course_mesh.face_count)
            build.stage = SORTING;
        break;
    case SORTING:
        sort_faces();
        build.next = build.first = build.words = 0;
        build.stage = PACKING;
        break;
    case PACKING:
        pack_cell(&cells[build.next], &sorted_faces[build.first]);
        build.first += cells[build.next].faces;
        build.next++;
        if (build.next == (u32)(build.columns * build.rows))
            build.stage = READY;
        break;
    case EMPTY:
    case READY:
        break;
    }
}

static int before_line(int until_line)
{
    int line = VCOUNT;
    return line >= 192 || line < until_line;
}

int course_view_build(int until_line)
{
    while (build.stage != EMPTY && build.stage != READY && before_line(until_line))
        build_step();
    return build.stage == READY;
}

// ---- Drawing ----

// Cells in sight, nearest first by bands of distance.
enum { BANDS = 16, BAND_SHIFT = 7, NO_CELL = 0xFFFF, VIEW_DISTANCE = 2000, MAX_POLYGONS = 1700 };

static u16 band_first[BANDS], band_next[MAX_CELLS];

static void choose_cells(const Camera *camera)
{
    // The view looks along the negative third column; its first column points to the right.
    s32 ahead_x = -camera->mtx.row[0].z, ahead_z = -camera->mtx.row[2].z;
    s32 right_x = camera->mtx.row[0].x, right_z = camera->mtx.row[2].x;
    s32 camera_x = (camera->position.x - course_mesh.origin.x) >> 12;
    s32 camera_z = (camera->position.z - course_mesh.origin.z) >> 12;
    for (int band = 0; band < BANDS; band++)
        band_first[band] = NO_CELL;
    for (s32 i = build.columns * build.rows - 1; i >= 0; i--) {
        const Cell *cell = &cells[i];
        if (cell->faces == 0)
            continue;
        s32 dx = cell->x - camera_x, dz = cell->z - camera_z;
        s32 depth = (dx * ahead_x + dz * ahead_z) >> 12;
        s32 side = magnitude((dx * right_x + dz * right_z) >> 12);
        // Half the view's width grows at most as fast as its depth; the circle's own reach is widened likewise.
        if (depth < -cell->radius || depth > VIEW_DISTANCE || side > depth + cell->radius * 3 / 2)
            continue;
        int band = at_most(at_least(depth, 0) >> BAND_SHIFT, BANDS - 1);
        band_next[i] = band_first[band];
        band_first[band] = (u16)i;
    }
}

static void draw_pass(int pass)
{
    u32 polygons = 0;
    for (int band = 0; band < BANDS; band++)
        for (u16 i = band_first[band]; i != NO_CELL; i = band_next[i]) {
            polygons += cells[i].polygons;
            if (polygons > MAX_POLYGONS)
                return;
            gx_submit(&list_words[cells[i].first[pass]], cells[i].words[pass]);
        }
}

void course_view_draw(const Camera *camera)
{
    if (build.stage != READY)
        return;
    choose_cells(camera);
    GX_POLYGON_ATTR = POLYGON_SHOW_FRONT | POLYGON_FOG | POLYGON_FAR_CLIP | POLYGON_ALPHA(31) | POLYGON_ID(1);
    texture_project_from_above();
    draw_pass(PASS_GROUND);
    draw_pass(PASS_UPRIGHT);
    GX_TEXIMAGE_PARAM = 0;
}

// ---- Places ----

VecFx32 course_view_origin(void) { return course_mesh.origin; }

Vertex course_view_vertex(VecFx32 place)
{
    s32 half = 1 << (VERTEX_SHIFT - 1);
    VecFx32 from_origin = vec_sub(place, course_mesh.origin);
    return (Vertex){(s16)((from_origin.x + half) >> VERTEX_SHIFT), (s16)((from_origin.y + half) >> VERTEX_SHIFT),
                    (s16)((from_origin.z + half) >> VERTEX_SHIFT)};
}

// ---- For the map ----

u32 course_view_faces(void) { return build.stage == READY ? course_mesh.face_count : 0; }

Ground course_view_face(u32 index, int *corners, Vertex corner[MAX_CORNERS])
{
    const Face *face = &course_mesh.faces[index];
    *corners = face->corners;
    for (int i = 0; i < face->corners; i++)
        corner[i] = course_mesh.vertices[face->corner[i]];
    return face->ground;
}
