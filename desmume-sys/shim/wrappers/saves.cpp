// States in memory. The core's own load resets the whole console first, which costs more than the
// reading; every field that matters is in the chunks, so they are read over the running console.
//
// A frame's 3D picture is rendered only when it is asked for (see NDSSystem.cpp), so that a state
// also needs the polygons that wait for it: they follow the core's chunks. The polygons of the next
// picture, as far as the game has sent them, are in the chunks but for a field: they follow too.
//
// States hold zero for a polygon's bounds on the screen (miny, maxy): the only bytes in which they differ from those
// of the unchanged core. The core works the bounds out with the render lists, for the polygons that are not clipped
// away, to sort just these, and reads them nowhere else: they reach neither RAM nor a picture. In a state of the core
// the rest have what an older polygon had in their place. Here render lists are made only when a picture is drawn
// (see gfx3d.cpp): with zeros, a state does not depend on what was drawn before.

#include <saves.cpp>

#include <algorithm>
#include <iterator>

#include "arm_jit.h"

#include "hooks.h"

// What the game has sent so far for the next picture.
extern POLYLIST *polylist;

static void forget_bounds(POLYLIST &polygons)
{
    for (size_t index = 0; index < polygons.count; ++index) {
        polygons.list[index].miny = polygons.list[index].maxy = 0;
    }
}

static void write_polygons(EMUFILE &state, const POLYLIST &polygons)
{
    state.write_32LE((u32)polygons.count);
    state.fwrite(polygons.list, polygons.count * sizeof(POLY));
}

static bool read_polygons(EMUFILE &state, POLYLIST &polygons)
{
    const u32 count = state.read_u32LE();
    if (count > POLYLIST_SIZE) {
        return false;
    }
    polygons.count = count;
    return state.fread(polygons.list, count * sizeof(POLY)) == count * sizeof(POLY);
}

static void write_pictures(EMUFILE &state)
{
    write_polygons(state, *polylist);
    write_polygons(state, *gfx3d.polylist);
    state.write_32LE((u32)gfx3d.vertListCount);
    state.fwrite(gfx3d.vertList, gfx3d.vertListCount * sizeof(VERT));
}

static bool read_pictures(EMUFILE &state)
{
    if (!read_polygons(state, *polylist) || !read_polygons(state, *gfx3d.polylist)) {
        return false;
    }
    const u32 vertices = state.read_u32LE();
    if (vertices > VERTLIST_SIZE) {
        return false;
    }
    gfx3d.vertListCount = vertices;
    state.fread(gfx3d.vertList, vertices * sizeof(VERT));
    gfx3d.renderState.fogDensityTable = gfx3d.state.fogDensityTable;
    gfx3d.renderState.edgeMarkColorTable = gfx3d.state.edgeMarkColorTable;
    hook_lists_wait = true;
    hook_vertices_were_read();
    return true;
}

// The second 4 MiB of main RAM are a debug console's: a third of a state, and always empty here.
static void leave_out_debug_memory()
{
    const auto is_debug_memory = [](const SFORMAT &field) { return field.v == MMU.MAIN_MEM + 0x400000; };
    // What is left behind the removed field is the table's end once more.
    (void)std::remove_if(std::begin(SF_MEM), std::end(SF_MEM), is_debug_memory);
}

void hook_write_state(EMUFILE &state)
{
    leave_out_debug_memory();
#ifdef HAVE_JIT
    // Whoever goes on from here compiles afresh: so does the run that is saved, to stay the same.
    hook_flush_jit();
    arm_jit_sync();
#endif
    hook_make_vertices();
    forget_bounds(*polylist);
    forget_bounds(*gfx3d.polylist);
    writechunks(state);
    write_pictures(state);
}

bool hook_read_state(EMUFILE &state, s32 size)
{
    leave_out_debug_memory();
#ifdef HAVE_JIT
    hook_flush_jit();
#endif
    // The battery file keeps what lies past the state's size: start from an empty one.
    MMU_new.backupDevice.load_movie_blank();
    SAV_silent_fail_flag = false;
    nds._DebugConsole = FALSE;
    if (!ReadStateChunks(state, size) || !read_pictures(state) || state.fail()) {
        return false;
    }
    loadstate();
    return true;
}
