// SPDX-License-Identifier: GPL-3.0-or-later
// Faces are sorted into square cells of the course; each cell has one list of 3D commands for the ground and one for
// faces with their own texture coordinates, packed once. A frame then only chooses the visible cells and copies their lists to the engine.
#include "course_view.h"

#include "course_mesh.h"
#include "fixed.h"
#include "gx_list.h"
#include "hardware.h"
#include "memory.h"
#include "texture.h"

enum { MAX_CELLS = 512, LIST_WORDS = 72 * 1024, PASSES = 2, PASS_GROUND = 0, PASS_MAPPED = 1 };

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

// Whole course units of a vertex coordinate.
static s32 to_units(s32 coordinate) { return coordinate >> course_mesh.unit_bits; }

// Skins whose corners carry texture coordinates of their own come after those that are laid from above.
static int pass_of(Skin skin)
{
    return skin == SKIN_WALL || skin == SKIN_KERB || skin == SKIN_ARROWS ? PASS_MAPPED : PASS_GROUND;
}

void course_view_initialise(void) { texture_initialise(); }

void course_view_expect(u32 slot)
{
    // An unfinished view still reads the course's files, which are about to be replaced.
    if (build.stage != READY || build.slot != slot)
        build.stage = EMPTY;
    build.slot = slot;
}

void course_view_begin(void)
{
    if (build.stage != EMPTY)
        return;
    build.stage = MESHING;
    course_mesh_begin();
}

// ---- Placing faces into cells ----

static void measure_course(void)
{
    s32 max_x, max_z;
    build.min_x = max_x = to_units(course_mesh.vertices[0].x);
    build.min_z = max_z = to_units(course_mesh.vertices[0].z);
    for (u32 i = 1; i < course_mesh.vertex_count; i++) {
        s32 x = to_units(course_mesh.vertices[i].x), z = to_units(course_mesh.vertices[i].z);
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
    *x = to_units((*x * third) >> 12);
    *z = to_units((*z * third) >> 12);
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
        s32 dx = to_units(course_mesh.vertices[face->corner[i]].x) - cell->x;
        s32 dz = to_units(course_mesh.vertices[face->corner[i]].z) - cell->z;
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

// How far a corner of a wall stands above the corner right below it; 0 for the lower ones.
static s32 height_above_foot(const Face *face, Vertex vertex)
{
    s32 height = 0, same_place = 2 << course_mesh.unit_bits;
    for (int i = 0; i < face->corners; i++) {
        Vertex other = course_mesh.vertices[face->corner[i]];
        if (magnitude(other.x - vertex.x) <= same_place && magnitude(other.z - vertex.z) <= same_place)
            height = at_least(height, vertex.y - other.y);
    }
    return height;
}

static s32 distance_between(Vertex a, Vertex b)
{
    s64 x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
    return (s32)square_root((u64)(x * x + y * y + z * z));
}

// Coordinates have 4 fractional bits, and a texel is one course unit.
static u32 texel(s32 s, s32 t)
{
    int finer = 4 - course_mesh.unit_bits;
    return (u16)(s << finer) | (u32)(u16)(t << finer) << 16;
}

// A strip's next corner. Walls and kerbs carry their texture along the strip, `way` being how far it has come.
static void pack_corner(GxList *list, const Face *face, u32 corner, s32 way)
{
    Vertex vertex = course_mesh.vertices[face->corner[corner & 3]];
    if (face->skin == SKIN_WALL)
        gx_list_command(list, GX_CMD_TEXCOORD, texel(way, -height_above_foot(face, vertex)));
    else if (face->skin == SKIN_KERB)
        gx_list_command(list, GX_CMD_TEXCOORD, texel(way, 0));
    gx_list_vertex(list, vertex);
}

typedef struct {
    u16 faces[32];
    u8 entry[32]; // the corner of each face at which the strip enters it: it leaves between the next two
    u32 length;
} Strip;

static u8 packed[MAX_FACES];

// The quad of the same look that can continue a strip, with an edge from corner `from` to corner `to`.
static int follow(Strip *strip, const u16 *faces, u32 count)
{
    const Face *face = &course_mesh.faces[strip->faces[strip->length - 1]];
    u8 entry = strip->entry[strip->length - 1];
    u16 from = face->corner[(entry + 3) & 3], to = face->corner[(entry + 2) & 3];
    for (u32 i = 0; i < count; i++) {
        const Face *next = &course_mesh.faces[faces[i]];
        if (packed[faces[i]] || next->corners != 4 || next->skin != face->skin || next->type != face->type)
            continue;
        for (u8 corner = 0; corner < 4; corner++) {
            if (next->corner[corner] != from || next->corner[(corner + 1) & 3] != to)
                continue;
            for (u32 k = 0; k < strip->length; k++)
                if (strip->faces[k] == faces[i])
                    return 0;
            strip->faces[strip->length] = faces[i];
            strip->entry[strip->length] = corner;
            strip->length++;
            return 1;
        }
    }
    return 0;
}

static Strip strip_from(u16 face, u8 entry, const u16 *faces, u32 count)
{
    Strip strip = {.faces = {face}, .entry = {entry}, .length = 1};
    while (strip.length < sizeof(strip.faces) / sizeof(strip.faces[0]) && follow(&strip, faces, count)) {
    }
    return strip;
}

static Strip longest_strip(u16 face, const u16 *faces, u32 count)
{
    Strip longest = strip_from(face, 0, faces, count);
    for (u8 entry = 1; entry < 4; entry++) {
        Strip strip = strip_from(face, entry, faces, count);
        if (strip.length > longest.length)
            longest = strip;
    }
    return longest;
}

static void pack_strip(GxList *list, const Strip *strip)
{
    s32 way = 0;
    gx_list_command(list, GX_CMD_BEGIN_VTXS, GX_QUAD_STRIP);
    for (u32 i = 0; i < strip->length; i++) {
        const Face *face = &course_mesh.faces[strip->faces[i]];
        u32 entry = strip->entry[i];
        packed[strip->faces[i]] = 1;
        gx_list_command(list, GX_CMD_COLOR, face->color);
        if (i == 0) {
            pack_corner(list, face, entry, way);
            pack_corner(list, face, entry + 1, way);
        }
        way += distance_between(course_mesh.vertices[face->corner[entry]],
                                course_mesh.vertices[face->corner[(entry + 3) & 3]]);
        pack_corner(list, face, entry + 3, way);
        pack_corner(list, face, entry + 2, way);
    }
}

// Arrows point the way of the race.
static u32 arrow_texel(Vertex vertex, Vertex panel)
{
    s32 x, z;
    course_mesh_race_direction(panel, &x, &z);
    return texel((vertex.z * x - vertex.x * z) >> 12, -((vertex.x * x + vertex.z * z) >> 12));
}

static void pack_single(GxList *list, const Face *face)
{
    gx_list_command(list, GX_CMD_COLOR, face->color);
    for (u32 i = 0; i < face->corners; i++) {
        Vertex vertex = course_mesh.vertices[face->corner[i]];
        if (face->skin == SKIN_ARROWS)
            gx_list_command(list, GX_CMD_TEXCOORD, arrow_texel(vertex, course_mesh.vertices[face->corner[0]]));
        gx_list_vertex(list, vertex);
    }
}

static int in_strips(const Face *face)
{
    return face->corners == 4 && face->skin != SKIN_ARROWS && face->skin != SKIN_PLAIN;
}

static void pack_singles(GxList *list, const u16 *faces, u32 count, Skin skin, u8 corners)
{
    int begun = 0;
    for (u32 i = 0; i < count; i++) {
        const Face *face = &course_mesh.faces[faces[i]];
        if (face->skin != skin || face->corners != corners || in_strips(face))
            continue;
        if (!begun)
            gx_list_command(list, GX_CMD_BEGIN_VTXS, corners == 3 ? GX_TRIANGLES : GX_QUADS);
        begun = 1;
        pack_single(list, face);
    }
}

static void pack_skin(GxList *list, const u16 *faces, u32 count, Skin skin)
{
    u32 any = 0;
    for (u32 i = 0; i < count; i++)
        any |= course_mesh.faces[faces[i]].skin == skin;
    if (!any)
        return;
    gx_list_command(list, GX_CMD_TEXIMAGE_PARAM, texture_parameter(skin));
    for (u32 i = 0; i < count; i++) {
        const Face *face = &course_mesh.faces[faces[i]];
        if (face->skin != skin || packed[faces[i]] || !in_strips(face))
            continue;
        Strip strip = longest_strip(faces[i], faces, count);
        pack_strip(list, &strip);
    }
    pack_singles(list, faces, count, skin, 3);
    pack_singles(list, faces, count, skin, 4);
}

static void pack_cell(Cell *cell, const u16 *faces)
{
    for (int pass = 0; pass < PASSES; pass++) {
        GxList list;
        gx_list_begin(&list, &list_words[build.words], &list_words[LIST_WORDS]);
        for (int skin = 0; skin < SKINS; skin++)
            if (pass_of((Skin)skin) == pass)
                pack_skin(&list, faces, cell->faces, (Skin)skin);
        cell->first[pass] = build.words;
        cell->words[pass] = (u16)gx_list_end(&list);
        build.words += cell->words[pass];
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
        memset(packed, 0, sizeof(packed));
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
    s32 ahead_x = -camera->view_matrix.rows[0].z, ahead_z = -camera->view_matrix.rows[2].z;
    s32 right_x = camera->view_matrix.rows[0].x, right_z = camera->view_matrix.rows[2].x;
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
        // At its widest the view's half width is 7/8 of its depth; the circle reaches 4/3 of its radius into that slope.
        if (depth < -cell->radius || depth > VIEW_DISTANCE || side > (depth * 7 >> 3) + cell->radius * 4 / 3)
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
    draw_pass(PASS_MAPPED);
    GX_TEXIMAGE_PARAM = 0;
}

// ---- Places ----

VecFx32 course_view_origin(void) { return course_mesh.origin; }

int course_view_shift(void) { return 12 - course_mesh.unit_bits; }

Vertex course_view_vertex(VecFx32 place)
{
    int shift = course_view_shift();
    s32 half = 1 << (shift - 1);
    VecFx32 from_origin = vec_sub(place, course_mesh.origin);
    return (Vertex){(s16)((from_origin.x + half) >> shift), (s16)((from_origin.y + half) >> shift),
                    (s16)((from_origin.z + half) >> shift)};
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
