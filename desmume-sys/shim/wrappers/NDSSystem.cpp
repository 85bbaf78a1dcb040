// Drawing on demand. The core's frame skipping is delayed: the 3D picture of a frame is rendered at
// the end of the frame before. Here the 3D renderer is not run there at all, and the shim runs it
// at the start of a frame that is drawn, when nothing has changed since; lines are drawn in frames
// that are drawn, and in no others. Sound is mixed on demand, too: see SPU.cpp.

#include "GPU.h"
#include "NDSSystem.h"
#include "gfx3d.h"

#include "hooks.h"

bool hook_draw_frame = true;

#ifdef HAVE_JIT
// The loop that runs blocks, for which jit_loop.h has a cheaper one.
template <bool doarm9, bool doarm7, bool jit>
static std::pair<s32, s32> armInnerLoop(u64 nds_timer_base, s32 s32next, s32 arm9, s32 arm7);
template <> std::pair<s32, s32> armInnerLoop<true, true, true>(u64, s32, s32, s32);
#endif

#define SetWillFrameSkip(skip) SetWillFrameSkip(!hook_draw_frame)
#define gfx3d_VBlankEndSignal(skip) gfx3d_VBlankEndSignal(true)
#define SPU_Emulate_core hook_emulate_sound
#include <NDSSystem.cpp>

#ifdef HAVE_JIT
#include "jit_loop.h"
#endif
