// Geometry. The lists of polygons and vertices are given back to the system at power-on instead of
// being written, 12 MB of which a game touches little. Vertices and render lists are made on demand, and what a batch
// of commands does to the schedule is done once: see below.

#include <algorithm>
#include <cstring>
#include <vector>

#include "FIFO.h"
#include "MMU.h"
#include "NDSSystem.h"
#include "gfx3d.h"
#include "pages.h"

#include "hooks.h"

#include "gx_fifo.h"

// The core's commands reschedule the FIFO one by one, and so does the end of a picture. Here a batch of commands does
// it once, and gfx3d_VBlankSignal for the picture.
static inline void reschedule_fifo(u32) {}
const u32 TIME_OF_PICTURE = 392;

// In the core's definition of SetVertex this names a parameter's type, a function; in its calls it is a value, so that
// they call the function here.
struct Draft {};
static void set_vertex(Draft);
#define SetVertex() set_vertex(Draft())

// Not used: what they call once is then part of what calls it here.
static void core_execute3D();
static void core_send_word(u32 word);
static void core_send_command(u32 command, u32 parameter);

#define memset fill
#define GFX_FIFOsend gx_fifo::send
#define NDS_RescheduleGXFIFO reschedule_fifo
#define gfx3d_reset core_reset
#define gfx3d_execute3D core_execute3D
#define gfx3d_sendCommandToFIFO core_send_word
#define gfx3d_sendCommand core_send_command
#define gfx3d_VBlankSignal core_VBlankSignal
#define gfx3d_VBlankEndSignal core_VBlankEndSignal
#include <gfx3d.cpp>
#undef SetVertex
#undef GFX_FIFOsend
#undef NDS_RescheduleGXFIFO
#undef gfx3d_reset
#undef gfx3d_execute3D
#undef gfx3d_sendCommandToFIFO
#undef gfx3d_sendCommand
#undef gfx3d_VBlankSignal
#undef gfx3d_VBlankEndSignal

// Vertices on demand. The core transforms each vertex when it is sent. Here a list of polygons gets its vertices when
// it is drawn or written into a state, of what was sent and of the matrices at that time. All else that a vertex does
// is done at once, as in the core: counts, polygons, texture coordinates.
namespace vertices {

struct Sent
{
    s16 coordinates[3];
    u8 colour[3];
    s32 s, t;
    u32 matrices;
};

struct Matrices
{
    s32 position[16], projection[16];
};

// A primitive that is not complete may lie behind the last vertex of the list.
const size_t MOST = VERTLIST_SIZE + 4;

struct List
{
    Sent sent[MOST];
    std::vector<Matrices> matrices;
    // How many vertices and polygons need nothing more.
    size_t made, polygons;
};
List lists[2];

bool matrices_changed = true;

void note_matrices(List &list)
{
    matrices_changed = false;
    list.matrices.emplace_back();
    Matrices &matrices = list.matrices.back();
    MatrixCopy(matrices.position, mtxCurrent[MATRIXMODE_POSITION]);
    MatrixCopy(matrices.projection, mtxCurrent[MATRIXMODE_PROJECTION]);
}

// For what was written one by one just now: a load of all of it at once would wait until that has reached the cache.
template <typename From, typename To> FORCEINLINE void copy_one_by_one(const From *from, To *to, u32 count)
{
    for (u32 place = 0; place < count; ++place) {
        to[place] = *(const volatile From *)(from + place);
    }
}

FORCEINLINE void send(List &list, size_t index)
{
    if (matrices_changed) {
        note_matrices(list);
    }
    Sent &vertex = list.sent[index];
    copy_one_by_one(s16coord, vertex.coordinates, 3);
    copy_one_by_one(colorRGB, vertex.colour, 3);
    vertex.s = last_s;
    vertex.t = last_t;
    vertex.matrices = (u32)list.matrices.size() - 1;
    list.made = std::min(list.made, index);
}

void make(const Sent &sent, const Matrices &matrices, VERT &vertex)
{
    s32 place[4] = {sent.coordinates[0], sent.coordinates[1], sent.coordinates[2], 1 << 12};
    GEM_TransformVertex(matrices.position, place);
    GEM_TransformVertex(matrices.projection, place);
    for (int axis = 0; axis < 4; ++axis) {
        vertex.coord[axis] = place[axis] / 4096.0f;
    }
    vertex.texcoord[0] = sent.s / 16.0f;
    vertex.texcoord[1] = sent.t / 16.0f;
    for (int channel = 0; channel < 3; ++channel) {
        vertex.color[channel] = GFX3D_5TO6_LOOKUP(sent.colour[channel]);
    }
    vertex.color_to_float();
}

// Whether a polygon without texture is a line, as the core finds it.
bool is_line(const POLY &polygon, const VERT *from)
{
    const VERT &a = from[polygon.vertIndexes[0]];
    const VERT &b = from[polygon.vertIndexes[1]];
    const VERT &c = from[polygon.vertIndexes[2]];
    return (a.x == b.x && a.y == b.y) || (b.x == c.x && b.y == c.y) || (a.y == b.y && b.y == c.y) ||
           (a.x == b.x && b.x == c.x);
}

void make(int number)
{
    List &list = lists[number];
    VERT *const to = vertLists + VERTLIST_SIZE * number;
    const size_t count = std::min<size_t>(vertListCount[number], VERTLIST_SIZE);
    for (; list.made < count; ++list.made) {
        const Sent &sent = list.sent[list.made];
        make(sent, list.matrices[sent.matrices], to[list.made]);
    }
    POLYLIST &polygons = polylists[number];
    for (; list.polygons < polygons.count; ++list.polygons) {
        POLY &polygon = polygons.list[list.polygons];
        if (polygon.texParam.PackedFormat == TEXMODE_NONE && is_line(polygon, to)) {
            polygon.vtxFormat = (PolygonPrimitiveType)(polygon.vtxFormat + 4);
        }
    }
}

void begin_list()
{
    lists[listTwiddle].matrices.clear();
    matrices_changed = true;
}

FORCEINLINE void finish_polygon(List &list, u32 corners)
{
    list.polygons = std::min<size_t>(list.polygons, polylist->count);
    POLY &polygon = polylist->list[polylist->count];
    polygon.type = corners == 3 ? POLYGON_TYPE_TRIANGLE : POLYGON_TYPE_QUAD;
    copy_one_by_one(tempVertInfo.map, polygon.vertIndexes, corners);
    if (vtxFormat == GFX3D_QUAD_STRIP) {
        std::swap(polygon.vertIndexes[2], polygon.vertIndexes[3]);
    }
    polygon.vtxFormat = vtxFormat;
    polygon.attribute = polyAttrInProcess;
    polygon.texParam = currentPolyTexParam;
    polygon.texPalette = currentPolyTexPalette;
    polygon.viewport = viewport;
    ++polylist->count;
}

// What of a strip's polygon the next one begins with.
FORCEINLINE void continue_strip(size_t third, u32 corners)
{
    if (corners == 3) {
        tempVertInfo.map[triStripToggle ? 1 : 0] = third;
        triStripToggle ^= 1;
    } else {
        tempVertInfo.map[0] = third;
        tempVertInfo.map[1] = third + 1;
    }
    tempVertInfo.first = false;
    tempVertInfo.count = 2;
}

} // namespace vertices

static void set_vertex(Draft)
{
    if (texCoordTransformMode == TextureTransformationMode_VertexSource) {
        const s32 *const matrix = mtxCurrent[MATRIXMODE_TEXTURE];
        const auto transform = [matrix](int axis, s32 offset) {
            return (s32)((s64)(GEM_Mul32x16To64(matrix[axis], s16coord[0]) +
                               GEM_Mul32x16To64(matrix[4 + axis], s16coord[1]) +
                               GEM_Mul32x16To64(matrix[8 + axis], s16coord[2]) + ((s64)offset << 24)) >>
                         24);
        };
        last_s = transform(0, _s);
        last_t = transform(1, _t);
    }
    size_t &count = vertListCount[listTwiddle];
    if (count >= VERTLIST_SIZE || polylist->count >= POLYLIST_SIZE) {
        return;
    }
    const bool is_strip = vtxFormat == GFX3D_TRIANGLE_STRIP || vtxFormat == GFX3D_QUAD_STRIP;
    const u32 corners = vtxFormat == GFX3D_TRIANGLES || vtxFormat == GFX3D_TRIANGLE_STRIP ? 3 : 4;
    // The strip that a vertex continues may have gone with the picture before.
    if (is_strip && count + tempVertInfo.count < 2) {
        tempVertInfo.first = TRUE;
    }
    const u32 known = is_strip && !tempVertInfo.first ? 2 : 0;
    const size_t index = count + tempVertInfo.count - known;
    vertices::List &list = vertices::lists[listTwiddle];
    vertices::send(list, index);
    tempVertInfo.map[tempVertInfo.count] = index;
    ++tempVertInfo.count;
    if ((u32)tempVertInfo.count != corners) {
        return;
    }
    vertices::finish_polygon(list, corners);
    const size_t third = count + 2 - known;
    count += corners - known;
    if (is_strip) {
        vertices::continue_strip(third, corners);
    } else {
        tempVertInfo.count = 0;
    }
}

void hook_make_vertices()
{
    vertices::make(0);
    vertices::make(1);
}

void hook_vertices_were_read()
{
    for (vertices::List &list : vertices::lists) {
        list.made = list.polygons = SIZE_MAX;
    }
    vertices::begin_list();
}

void gfx3d_reset()
{
    core_reset();
    hook_lists_wait = false;
    vertices::begin_list();
}

void hook_send_to_geometry_fifo(const u32 *words, u32 count)
{
    gx_fifo::send_batch([words, count]() {
        // What it holds stays in registers meanwhile.
        GXF_Hardware hardware = gxf_hardware;
        for (u32 word = 0; word < count; ++word) {
            hardware.receive(words[word]);
        }
        gxf_hardware = hardware;
    });
}

void gfx3d_sendCommandToFIFO(u32 word)
{
    gx_fifo::send_batch([word]() { gxf_hardware.receive(word); });
}

void gfx3d_sendCommand(u32 command, u32 parameter)
{
    gx_fifo::send_batch([command, parameter]() { core_send_command(command, parameter); });
}

// Whether it may change the position or the projection matrix.
static bool is_matrix_command(u8 command)
{
    return command >= 0x12 && command <= 0x1C;
}

// Where the core's command would leave its tables: hardware takes five bits for the place of a matrix on the stack.
static u32 keep_inside(u8 command, u32 parameter)
{
    const u8 RESTORE_MATRIX = 0x14;
    const u32 MATRICES = 32;
    return command == RESTORE_MATRIX ? parameter % MATRICES : parameter;
}

void gfx3d_execute3D()
{
    if (isSwapBuffers) {
        return;
    }
    // As many commands as the core takes at once.
    const u32 BATCH = 64;
    const u32 count = std::min(gxFIFO.size, BATCH);
    gx_fifo::receive_batch(count, [](u8 command, u32 parameter) {
        if (is_matrix_command(command)) {
            vertices::matrices_changed = true;
            parameter = keep_inside(command, parameter);
        }
        gfx3d_execute(command, parameter);
    });
    if (count != 0) {
        NDS_RescheduleGXFIFO(1);
        MMU.gfx3dCycles = nds_timer + 1;
    }
}

// The core clips and sorts the polygons of each picture when the game has sent it. Here that waits until the
// picture is drawn; the core is shown an empty list meanwhile. Nothing that it is made of changes before then:
// the lists are replaced, and the mode of sorting is set, only with the next picture.
bool hook_lists_wait = false;

void gfx3d_VBlankSignal()
{
    if (!isSwapBuffers) {
        return;
    }
    POLYLIST &sent = *polylist;
    const size_t count = sent.count;
    sent.count = 0;
    core_VBlankSignal();
    NDS_RescheduleGXFIFO(TIME_OF_PICTURE);
    sent.count = count;
    hook_lists_wait = true;
    vertices::begin_list();
}

void gfx3d_VBlankEndSignal(bool skip)
{
    if (!skip && hook_lists_wait) {
        vertices::make(listTwiddle ^ 1);
        gfx3d_GenerateRenderLists(CurrentRenderer->GetPreferredPolygonClippingMode());
        hook_lists_wait = false;
    }
    core_VBlankEndSignal(skip);
}
