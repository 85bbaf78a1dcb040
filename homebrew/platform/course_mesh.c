// SPDX-License-Identifier: GPL-3.0-or-later
#include "course_mesh.h"

#include "fixed.h"
#include "hardware.h"

Mesh course_mesh;

// ---- Corners that several prisms share ----

// A prism's corners are computed from rounded normals: corners nearer than this are one.
enum { BUCKET_SHIFT = 7, BUCKETS = 2048, NO_VERTEX = 0xFFFF };
static u16 first_in_bucket[BUCKETS], next_in_bucket[MAX_VERTICES];

static u32 bucket_of(int x, int z)
{
    return (((u32)(x >> BUCKET_SHIFT) * 73u) ^ ((u32)(z >> BUCKET_SHIFT) * 151u)) % BUCKETS;
}

static u16 add_vertex(Vertex vertex)
{
    u32 index = course_mesh.vertex_count;
    if (index == MAX_VERTICES)
        return 0;
    course_mesh.vertices[index] = vertex;
    course_mesh.vertex_count++;
    return (u16)index;
}

static s32 units(s32 count) { return count << course_mesh.unit_bits; }

static s32 weld_distance(void) { return units(3) / 4; }

static u16 find_near(u32 bucket, Vertex vertex)
{
    s32 weld = weld_distance();
    for (u16 i = first_in_bucket[bucket]; i != NO_VERTEX; i = next_in_bucket[i]) {
        Vertex other = course_mesh.vertices[i];
        if (magnitude(other.x - vertex.x) <= weld && magnitude(other.y - vertex.y) <= weld &&
            magnitude(other.z - vertex.z) <= weld)
            return i;
    }
    return NO_VERTEX;
}

static u16 weld_vertex(Vertex vertex)
{
    s32 weld = weld_distance();
    for (s32 dx = -weld; dx <= weld; dx += 2 * weld)
        for (s32 dz = -weld; dz <= weld; dz += 2 * weld) {
            u16 near = find_near(bucket_of(vertex.x + dx, vertex.z + dz), vertex);
            if (near != NO_VERTEX)
                return near;
        }
    u16 index = add_vertex(vertex);
    u32 bucket = bucket_of(vertex.x, vertex.z);
    next_in_bucket[index] = first_in_bucket[bucket];
    first_in_bucket[bucket] = index;
    return index;
}

// ---- Colours ----

typedef struct {
    u8 red, green, blue; // 0..31
    u8 skin, ground;
} Look;

static Look look_of(u16 attribute)
{
    static const Look looks[KCL_TYPES] = {
        [KCL_ROAD] = {17, 17, 19, SKIN_ASPHALT, GROUND_ROAD},
        [KCL_SLIPPERY_ROAD] = {20, 26, 30, SKIN_ASPHALT, GROUND_ROAD},
        [KCL_WEAK_OFF_ROAD] = {25, 21, 12, SKIN_GRASS, GROUND_OFF_ROAD},
        [KCL_OFF_ROAD] = {11, 22, 7, SKIN_GRASS, GROUND_OFF_ROAD},
        [4] = {17, 17, 19, SKIN_ASPHALT, GROUND_ROAD},
        [KCL_HEAVY_OFF_ROAD] = {18, 13, 7, SKIN_GRASS, GROUND_OFF_ROAD},
        [KCL_SLIPPERY_ROAD2] = {20, 26, 30, SKIN_ASPHALT, GROUND_ROAD},
        [KCL_BOOST_PANEL] = {31, 22, 3, SKIN_ARROWS, GROUND_BOOST},
        [KCL_WALL] = {31, 31, 31, SKIN_WALL, GROUND_NONE},
        [KCL_JUMP_PAD] = {6, 18, 31, SKIN_ARROWS, GROUND_BOOST},
        [13] = {17, 17, 19, SKIN_ASPHALT, GROUND_NONE},
        [14] = {27, 27, 30, SKIN_WALL, GROUND_NONE},
        [16] = {31, 31, 31, SKIN_WALL, GROUND_NONE},
        [KCL_BOOST_PAD_MINIMUM_SPEED] = {31, 12, 3, SKIN_ARROWS, GROUND_BOOST},
        [19] = {17, 17, 19, SKIN_ASPHALT, GROUND_ROAD},
        [20] = {17, 17, 19, SKIN_ASPHALT, GROUND_ROAD},
        [21] = {31, 28, 20, SKIN_WALL, GROUND_NONE},
    };
    u32 type = ATTRIBUTE_COLLISION_TYPE(attribute);
    return type < KCL_TYPES ? looks[type] : (Look){0};
}

// Types without a look are not drawn: falls, invisible walls, triggers.
static int is_drawn(Look look) { return look.red | look.green | look.blue; }

// Light falls from high on one side: what faces it is fully lit, what turns away keeps two thirds.
static u16 shade(Look look, VecFx16 normal)
{
    s32 lit = (normal.x * 5 + normal.y * 13 + normal.z * 8) >> 4; // 12 fractional bits, about 1.0 at most
    s32 light = 21 + clamp(lit, 0, FX_ONE) * 11 / FX_ONE;
    return RGB15(look.red * light >> 5, look.green * light >> 5, look.blue * light >> 5);
}

// ---- Triangles from prisms ----

static struct {
    const VecFx32 *positions;
    const VecFx16 *normals;
    const Prism *prisms;
    u32 prism_count, next_prism;
    u32 prism_faces; // faces made from prisms; kerbs follow them
    u32 next_edge, next_start_column;
    u32 last_road; // the face on which the start line was laid last
    const Cpoi *checkpoints;
    u32 checkpoint_count;
    u16 previous_attribute;
    int previous_joinable; // the last face is a triangle that the next one may complete to a quad
} source;

static VecFx32 wide(VecFx16 a) { return vec(a.x, a.y, a.z); }


// source: the prism's definition, FACTS of the collision format.
static void prism_corners(const Prism *prism, VecFx32 corner[3])
{
    VecFx32 face = wide(source.normals[prism->face_normal_index]);
    VecFx32 across1 = vec_cross(wide(source.normals[prism->edge_normal_1_index]), face);
    VecFx32 across2 = vec_cross(wide(source.normals[prism->edge_normal_2_index]), face);
    VecFx32 edge3 = wide(source.normals[prism->edge_normal_3_index]);
    corner[0] = source.positions[prism->position_index];
    corner[1] = vec_add(corner[0], vec_scale(across2, fx_div(prism->height, vec_dot(edge3, across2))));
    corner[2] = vec_add(corner[0], vec_scale(across1, fx_div(prism->height, vec_dot(edge3, across1))));
}

// Orders the corners counter-clockwise as seen from where the normal points.
static void turn_to_normal(u16 corner[3], VecFx16 normal)
{
    Vertex a = course_mesh.vertices[corner[0]], b = course_mesh.vertices[corner[1]], c = course_mesh.vertices[corner[2]];
    s64 nx = (s64)(b.y - a.y) * (c.z - a.z) - (s64)(b.z - a.z) * (c.y - a.y);
    s64 ny = (s64)(b.z - a.z) * (c.x - a.x) - (s64)(b.x - a.x) * (c.z - a.z);
    s64 nz = (s64)(b.x - a.x) * (c.y - a.y) - (s64)(b.y - a.y) * (c.x - a.x);
    if (nx * normal.x + ny * normal.y + nz * normal.z < 0) {
        u16 swapped = corner[1];
        corner[1] = corner[2];
        corner[2] = swapped;
    }
}

static void add_face(Face face)
{
    if (course_mesh.face_count < MAX_FACES)
        course_mesh.faces[course_mesh.face_count++] = face;
}

static int turns_left(Vertex a, Vertex b, Vertex c, VecFx16 normal)
{
    s64 nx = (s64)(b.y - a.y) * (c.z - b.z) - (s64)(b.z - a.z) * (c.y - b.y);
    s64 ny = (s64)(b.z - a.z) * (c.x - b.x) - (s64)(b.x - a.x) * (c.z - b.z);
    s64 nz = (s64)(b.x - a.x) * (c.y - b.y) - (s64)(b.y - a.y) * (c.x - b.x);
    return nx * normal.x + ny * normal.y + nz * normal.z > 0;
}

static int is_convex(const u16 corner[4], VecFx16 normal)
{
    const Vertex *v = course_mesh.vertices;
    for (int i = 0; i < 4; i++)
        if (!turns_left(v[corner[i]], v[corner[(i + 1) & 3]], v[corner[(i + 2) & 3]], normal))
            return 0;
    return 1;
}

// Joins a triangle to the face before it, if both are halves of a convex quad of one look.
static int join(Face *before, const u16 triangle[3], u16 color, VecFx16 normal)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            // The shared edge runs i -> i+1 in one triangle and back in the other.
            if (before->corner[i] != triangle[(j + 1) % 3] || before->corner[(i + 1) % 3] != triangle[j])
                continue;
            u16 quad[4] = {before->corner[i], triangle[(j + 2) % 3], before->corner[(i + 1) % 3],
                           before->corner[(i + 2) % 3]};
            if (before->color != color || !is_convex(quad, normal))
                return 0;
            for (int k = 0; k < 4; k++)
                before->corner[k] = quad[k];
            before->corners = 4;
            return 1;
        }
    return 0;
}

static void add_prism(const Prism *prism)
{
    Look look = look_of(prism->attribute);
    if (!is_drawn(look))
        return;
    VecFx16 normal = source.normals[prism->face_normal_index];
    VecFx32 corner[3];
    Face face = {.corners = 3, .skin = look.skin, .ground = look.ground, .color = shade(look, normal)};
    face.type = ATTRIBUTE_COLLISION_TYPE(prism->attribute);
    prism_corners(prism, corner);
    for (int i = 0; i < 3; i++)
        face.corner[i] = weld_vertex(course_view_vertex(corner[i]));
    turn_to_normal(face.corner, normal);

    if (source.previous_joinable && source.previous_attribute == prism->attribute &&
        join(&course_mesh.faces[course_mesh.face_count - 1], face.corner, face.color, normal)) {
        source.previous_joinable = 0;
        return;
    }
    add_face(face);
    source.previous_joinable = 1;
    source.previous_attribute = prism->attribute;
}

// ---- Kerbs ----

enum { EDGES = 16384, KERB_WIDTH = 11 };
static u32 edge_keys[EDGES];
static u8 edge_uses[EDGES]; // EDGE_*
enum { EDGE_PAVED = 1, EDGE_OFF_ROAD = 2 };

static int is_paved(const Face *face) { return face->ground == GROUND_ROAD || face->ground == GROUND_BOOST; }

static u32 edge_slot(u16 a, u16 b)
{
    u32 key = a < b ? (u32)a << 16 | b : (u32)b << 16 | a;
    u32 slot = key * 2654435761u >> 18;
    while (edge_keys[slot] != 0 && edge_keys[slot] != key)
        slot = (slot + 1) % EDGES;
    edge_keys[slot] = key;
    return slot;
}

static void note_edges(const Face *face)
{
    if (face->ground == GROUND_NONE)
        return;
    for (int i = 0; i < face->corners; i++)
        edge_uses[edge_slot(face->corner[i], face->corner[(i + 1) % face->corners])] |=
            is_paved(face) ? EDGE_PAVED : EDGE_OFF_ROAD;
}

static Vertex between(Vertex a, Vertex b, s32 part, s32 whole)
{
    return (Vertex){(s16)(a.x + (b.x - a.x) * part / whole), (s16)(a.y + (b.y - a.y) * part / whole),
                    (s16)(a.z + (b.z - a.z) * part / whole)};
}

// Height above the road that far pixels' depth can still resolve.
static s32 kerb_rise(void) { return units(7) / 8; }

static Vertex raised(Vertex a) { return (Vertex){a.x, (s16)(a.y + kerb_rise()), a.z}; }

// The point at KERB_WIDTH from `from` towards `to`, along the neighbouring edge of the face,
// so that kerbs of successive edges meet.
static Vertex inwards(Vertex from, Vertex to)
{
    s32 dx = to.x - from.x, dz = to.z - from.z;
    s32 length = (s32)square_root((u64)((s64)dx * dx + (s64)dz * dz));
    return between(from, to, at_most(units(KERB_WIDTH), length / 3), at_least(length, 1));
}

static void add_kerbs(Face face)
{
    for (int i = 0; i < face.corners; i++) {
        int j = (i + 1) % face.corners, after = (j + 1) % face.corners, before = (i + face.corners - 1) % face.corners;
        if (edge_uses[edge_slot(face.corner[i], face.corner[j])] != (EDGE_PAVED | EDGE_OFF_ROAD))
            continue;
        Vertex a = course_mesh.vertices[face.corner[i]], b = course_mesh.vertices[face.corner[j]];
        Vertex a2 = inwards(a, course_mesh.vertices[face.corner[before]]);
        Vertex b2 = inwards(b, course_mesh.vertices[face.corner[after]]);
        Face kerb = {.corners = 4, .skin = SKIN_KERB, .color = RGB15(31, 31, 31)};
        kerb.corner[0] = weld_vertex(raised(a));
        kerb.corner[1] = weld_vertex(raised(b));
        kerb.corner[2] = weld_vertex(raised(b2));
        kerb.corner[3] = weld_vertex(raised(a2));
        add_face(kerb);
    }
}

// ---- The start line ----

enum { START_COLUMNS = 48, START_ROWS = 2, START_BLOCK = 14 };

static const Cpoi *start_line(void)
{
    for (u32 i = 0; i < source.checkpoint_count; i++)
        if (source.checkpoints[i].key_id == 0)
            return &source.checkpoints[i];
    return source.checkpoints;
}

static Vertex middle_of(const Cpoi *line)
{
    return course_view_vertex(vec((line->x1 + line->x2) / 2, 0, (line->z1 + line->z2) / 2));
}

// A checkpoint's line runs from left to right: the race crosses it at a right angle.
static void forward_of(const Cpoi *line, s32 *x, s32 *z)
{
    VecFx32 forward = vec_normal(vec(line->z2 - line->z1, 0, line->x1 - line->x2), vec(0, 0, FX_ONE));
    *x = forward.x;
    *z = forward.z;
}

void course_mesh_race_direction(Vertex near, s32 *x, s32 *z)
{
    const Cpoi *nearest = source.checkpoints;
    s64 least = INT64_MAX;
    for (u32 i = 0; i < source.checkpoint_count; i++) {
        Vertex middle = middle_of(&source.checkpoints[i]);
        s64 dx = middle.x - near.x, dz = middle.z - near.z, distance = dx * dx + dz * dz;
        if (distance < least) {
            least = distance;
            nearest = &source.checkpoints[i];
        }
    }
    forward_of(nearest, x, z);
}

static int covers(const Face *face, s32 x, s32 z)
{
    for (int i = 0; i < face->corners; i++) {
        Vertex a = course_mesh.vertices[face->corner[i]], b = course_mesh.vertices[face->corner[(i + 1) % face->corners]];
        if ((s64)(b.x - a.x) * (z - a.z) - (s64)(b.z - a.z) * (x - a.x) > 0)
            return 0;
    }
    return 1;
}

static s16 height_at(const Face *face, s32 x, s32 z)
{
    Vertex a = course_mesh.vertices[face->corner[0]], b = course_mesh.vertices[face->corner[1]],
           c = course_mesh.vertices[face->corner[2]];
    s64 nx = (s64)(b.y - a.y) * (c.z - a.z) - (s64)(b.z - a.z) * (c.y - a.y);
    s64 ny = (s64)(b.z - a.z) * (c.x - a.x) - (s64)(b.x - a.x) * (c.z - a.z);
    s64 nz = (s64)(b.x - a.x) * (c.y - a.y) - (s64)(b.y - a.y) * (c.x - a.x);
    return (s16)(ny == 0 ? a.y : a.y - (nx * (x - a.x) + nz * (z - a.z)) / ny);
}

// Whether there is road at a place; returns the point just above it. The face of the previous place is tried first, since
// searching all faces takes half a frame for a column of the start line.
static int find_road(s32 x, s32 z, Vertex *point)
{
    for (u32 i = 0; i <= source.prism_faces; i++) {
        u32 index = i == 0 ? source.last_road : i - 1;
        const Face *face = &course_mesh.faces[index];
        if (!is_paved(face) || !covers(face, x, z))
            continue;
        source.last_road = index;
        *point = (Vertex){(s16)x, (s16)(height_at(face, x, z) + kerb_rise()), (s16)z};
        return 1;
    }
    return 0;
}

// Two squares, one behind the other, of the chequered line; none beyond the road's edges.
static void lay_start_column(u32 column)
{
    s32 forward_x, forward_z;
    forward_of(start_line(), &forward_x, &forward_z);
    Vertex middle = middle_of(start_line());
    Vertex corner[START_ROWS + 1][2];
    for (int row = 0; row <= START_ROWS; row++)
        for (int side = 0; side < 2; side++) {
            s32 along = units(((s32)column + side - START_COLUMNS / 2) * START_BLOCK);
            s32 ahead = units((row - 1) * START_BLOCK);
            s32 x = middle.x + ((forward_x * ahead - forward_z * along) >> 12);
            s32 z = middle.z + ((forward_z * ahead + forward_x * along) >> 12);
            if (!find_road(x, z, &corner[row][side]))
                return;
        }
    for (u32 row = 0; row < START_ROWS; row++) {
        Face block = {.corners = 4, .skin = SKIN_PLAIN, .ground = GROUND_START};
        block.color = (row + column) & 1 ? RGB15(30, 30, 30) : RGB15(3, 3, 4);
        block.corner[0] = add_vertex(corner[row][0]);
        block.corner[1] = add_vertex(corner[row][1]);
        block.corner[2] = add_vertex(corner[row + 1][1]);
        block.corner[3] = add_vertex(corner[row + 1][0]);
        add_face(block);
    }
}

// ---- The build, in small steps ----

// Puts the vertices' origin in the middle of the course, in steps of the textures' size, and chooses their scale.
static void measure_course(u32 count)
{
    enum { STEP = FX(64), MARGIN = FX(64), FINEST = 4 };
    VecFx32 low = source.positions[0], high = low;
    for (u32 i = 1; i < count; i++) {
        VecFx32 at = source.positions[i];
        low = vec(at_most(low.x, at.x), at_most(low.y, at.y), at_most(low.z, at.z));
        high = vec(at_least(high.x, at.x), at_least(high.y, at.y), at_least(high.z, at.z));
    }
    VecFx32 half = vec_scale(vec_sub(high, low), FX_ONE / 2), middle = vec_add(low, half);
    s32 reach = at_least(half.x, at_least(half.y, half.z)) + STEP + MARGIN;
    course_mesh.origin = vec(middle.x & -STEP, middle.y & -STEP, middle.z & -STEP);
    course_mesh.unit_bits = FINEST;
    while (reach >> (12 - course_mesh.unit_bits) > INT16_MAX)
        course_mesh.unit_bits--;
}

void course_mesh_begin(void)
{
    const CollisionHeader *kcl = collision();
    // The prism pointer points one entry before prism 1, and the octree follows the last prism.
    source.positions = AT(VecFx32, kcl->positions);
    source.normals = AT(VecFx16, kcl->normals);
    source.prisms = AT(Prism, kcl->prisms);
    source.prism_count = (kcl->octree - kcl->prisms) / sizeof(Prism) - 1;
    source.next_prism = 0;
    source.next_edge = 0;
    source.next_start_column = 0;
    source.last_road = 0;
    source.checkpoints = AT(Cpoi, map_data()->cpoi);
    source.checkpoint_count = map_data()->cpoi_count;
    source.previous_joinable = 0;
    measure_course((kcl->normals - kcl->positions) / sizeof(VecFx32));
    course_mesh.vertex_count = 0;
    course_mesh.face_count = 0;
    for (int i = 0; i < BUCKETS; i++)
        first_in_bucket[i] = NO_VERTEX;
    for (int i = 0; i < EDGES; i++) {
        edge_keys[i] = 0;
        edge_uses[i] = 0;
    }
}

int course_mesh_continue(void)
{
    enum { PRISMS_AT_ONCE = 8 };
    for (int i = 0; i < PRISMS_AT_ONCE && source.next_prism < source.prism_count; i++) {
        source.next_prism++;
        add_prism(&source.prisms[source.next_prism]);
        source.prism_faces = course_mesh.face_count;
    }
    if (source.next_prism < source.prism_count)
        return 1;
    // First every edge is noted, then kerbs are laid where the road meets off-road ground.
    for (int i = 0; i < PRISMS_AT_ONCE && source.next_edge < 2 * source.prism_faces; i++, source.next_edge++) {
        const Face *face = &course_mesh.faces[source.next_edge % source.prism_faces];
        if (source.next_edge < source.prism_faces)
            note_edges(face);
        else if (is_paved(face))
            add_kerbs(*face);
    }
    if (source.next_edge < 2 * source.prism_faces)
        return 1;
    if (source.next_start_column < START_COLUMNS)
        lay_start_column(source.next_start_column++);
    return source.next_start_column < START_COLUMNS;
}
