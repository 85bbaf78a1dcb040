// Drawing on demand. The core's frame skipping is delayed: the 3D picture of a frame is rendered at
// the end of the frame before. Here the 3D renderer is not run there at all, and the shim runs it
// at the start of a frame that is drawn, when nothing has changed since; lines are drawn in frames
// that are drawn, and in no others. Sound is mixed on demand, too: see SPU.cpp.
//
// What the geometry FIFO needs is rescheduled apart from all other hardware: see jit_loop.h.
//
// A frame has a budget. The core runs its loop until the screens have been drawn once, which a console whose
// schedule was forged never does.

#include <algorithm>
#include <tuple>

#include "GPU.h"
#include "NDSSystem.h"
#include "gfx3d.h"
#include "wifi.h"

#include "hooks.h"

bool hook_draw_frame = true;

bool hook_frame_is_endless = false;
static u64 frame_begin;

// What a frame may take: some frames' time in cycles, and as many rounds of the loop, since a round can take no time.
static void keep_to_budget()
{
    if (nds.cpuloopIterationCount == 1) {
        frame_begin = nds_timer;
        hook_frame_is_endless = false;
    } else if ((u32)nds.cpuloopIterationCount > HOOK_MOST_CYCLES || nds_timer - frame_begin > HOOK_MOST_CYCLES) {
        hook_frame_is_endless = true;
        execute = false;
    }
}

// The core asks for the wireless hardware in every round of its loop, and then whether it is to go on.
static FORCEINLINE WifiHandler *&wifi_of_round()
{
    keep_to_budget();
    return wifiHandler;
}

#ifdef HAVE_JIT
// The loop that runs blocks, for which jit_loop.h has a cheaper one.
template <bool doarm9, bool doarm7, bool jit>
static std::pair<s32, s32> armInnerLoop(u64 nds_timer_base, s32 s32next, s32 arm9, s32 arm7);
template <> std::pair<s32, s32> armInnerLoop<true, true, true>(u64, s32, s32, s32);
#endif

// Whether, since the loop began, words entered or left the geometry FIFO. The core reschedules all hardware for that.
bool geometry_was_rescheduled;

void hook_reschedule_geometry()
{
    if (CommonSettings.use_jit) {
        geometry_was_rescheduled = true;
    } else {
        NDS_Reschedule();
    }
}

#define NDS_RescheduleGXFIFO core_reschedule_geometry
#define SetWillFrameSkip(skip) SetWillFrameSkip(!hook_draw_frame)
#define gfx3d_VBlankEndSignal(skip) gfx3d_VBlankEndSignal(true)
#define SPU_Emulate_core hook_emulate_sound
#define wifiHandler wifi_of_round()
#include <NDSSystem.cpp>
#undef wifiHandler
#undef NDS_RescheduleGXFIFO

void NDS_RescheduleGXFIFO(u32 cost)
{
    if (!sequencer.gxfifo.enabled) {
        MMU.gfx3dCycles = nds_timer;
        sequencer.gxfifo.enabled = true;
    }
    MMU.gfx3dCycles += cost;
    hook_reschedule_geometry();
}

#ifdef HAVE_JIT
#include "jit_loop.h"
#endif
