// What the wrapped files of the core offer the shim beyond the core's own headers.
#pragma once

#include "types.h"

class EMUFILE;

// NDSSystem.cpp: whether the frame being run is drawn.
extern bool hook_draw_frame;

// NDSSystem.cpp: the cycles that a frame may take at most, of which it takes 1120380; whether one took more.
const u32 HOOK_MOST_CYCLES = 4 * 1120380;
extern bool hook_frame_is_endless;

// NDSSystem.cpp: words entered or left the geometry FIFO, and nothing else changed.
void hook_reschedule_geometry();

// SPU.cpp: the sound of one line, mixed if it is recorded or captured.
void hook_emulate_sound();

// gfx3d.cpp: sends words to the geometry FIFO while no time passes.
void hook_send_to_geometry_fifo(const u32 *words, u32 count);

// gfx3d.cpp: whether the render lists of the polygons that were sent last are still to be made.
extern bool hook_lists_wait;

// gfx3d.cpp: makes the vertices of both lists of polygons; both lists were read from a state.
void hook_make_vertices();
void hook_vertices_were_read();

// saves.cpp: the state's chunks without header, and back without resetting the console first.
void hook_write_state(EMUFILE &state);
bool hook_read_state(EMUFILE &state, s32 size);

// arm_jit.cpp: forgets every compiled block; the errno of making the code buffer executable, or 0.
void hook_flush_jit();
int hook_jit_error();

// arm_jit.cpp: compiles the block that a processor is at, and runs it once; the processor's cycles that it took.
template <int PROCNUM> u32 hook_compile();

// NDSSystem.cpp: what compiled blocks call between two of them, with their registers.
extern "C" void blocks_check_arm9();
extern "C" void blocks_check_arm7();

// rom.cpp: the bytes that the core sees as the ROM's file.
void hook_set_rom(const u8 *bytes, u32 size);
