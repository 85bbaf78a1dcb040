// Drawing on demand. The core's frame skipping is delayed: the 3D picture of a frame is rendered at
// the end of the frame before. Here the 3D renderer is not run there at all, and the shim runs it
// at the start of a frame that is drawn, when nothing has changed since; lines are drawn in frames
// that are drawn, and in no others. Sound is mixed on demand, too: see SPU.cpp.

#include "GPU.h"
#include "NDSSystem.h"
#include "gfx3d.h"

#include "hooks.h"

bool hook_draw_frame = true;

#define SetWillFrameSkip(skip) SetWillFrameSkip(!hook_draw_frame)
#define gfx3d_VBlankEndSignal(skip) gfx3d_VBlankEndSignal(true)
#define SPU_Emulate_core hook_emulate_sound
#include <NDSSystem.cpp>
