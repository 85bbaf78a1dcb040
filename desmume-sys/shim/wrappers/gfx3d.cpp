// Geometry. The lists of polygons and vertices are given back to the system at power-on instead of
// being written, 12 MB of which a game touches little. Render lists are made on demand, and what a batch of
// commands does to the schedule is done once: see below.

#include <cstring>

#include "NDSSystem.h"
#include "gfx3d.h"
#include "pages.h"

#include "hooks.h"

// Every command sets the time of the next batch, which the end of the batch sets again.
static inline void reschedule_fifo(u32 cost)
{
    if (!hook_gx_batch) {
        NDS_RescheduleGXFIFO(cost);
    }
}

#define memset fill
#define NDS_RescheduleGXFIFO reschedule_fifo
#define gfx3d_execute3D core_execute3D
#define gfx3d_VBlankSignal core_VBlankSignal
#define gfx3d_VBlankEndSignal core_VBlankEndSignal
#include <gfx3d.cpp>
#undef NDS_RescheduleGXFIFO
#undef gfx3d_execute3D
#undef gfx3d_VBlankSignal
#undef gfx3d_VBlankEndSignal

// Where the core's commands would leave its tables: hardware takes five bits for the place of a matrix on the stack,
// and the strip that a vertex continues may have gone with the picture before.
static void keep_inside(u8 command, u32 &parameter)
{
    const u8 RESTORE_MATRIX = 0x14;
    const u32 MATRICES = 32;
    if (command == RESTORE_MATRIX) {
        parameter %= MATRICES;
    }
    const bool is_vertex = command >= 0x23 && command <= 0x28;
    const bool is_strip = vtxFormat == GFX3D_TRIANGLE_STRIP || vtxFormat == GFX3D_QUAD_STRIP;
    if (is_vertex && is_strip && vertListCount[listTwiddle] + tempVertInfo.count < 2) {
        tempVertInfo.first = TRUE;
    }
}

void gfx3d_execute3D()
{
    if (isSwapBuffers) {
        return;
    }
    // As many commands as the core takes at once.
    const int BATCH = 64;
    hook_gx_batch = true;
    int executed = 0;
    u8 command;
    u32 parameter;
    while (executed < BATCH && GFX_PIPErecv(&command, &parameter)) {
        keep_inside(command, parameter);
        gfx3d_execute(command, parameter);
        ++executed;
    }
    hook_end_gx_batch();
    if (executed != 0) {
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
    sent.count = count;
    hook_lists_wait = true;
}

void gfx3d_VBlankEndSignal(bool skip)
{
    if (!skip && hook_lists_wait) {
        gfx3d_GenerateRenderLists(CurrentRenderer->GetPreferredPolygonClippingMode());
        hook_lists_wait = false;
    }
    core_VBlankEndSignal(skip);
}
