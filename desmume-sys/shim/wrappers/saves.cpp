// States in memory. The core's own load resets the whole console first, which costs more than the
// reading; every field that matters is in the chunks, so they are read over the running console.

#include <saves.cpp>

#include "hooks.h"

void hook_write_state(EMUFILE &state)
{
#ifdef HAVE_JIT
    // Whoever goes on from here compiles afresh: so does the run that is saved, to stay the same.
    hook_flush_jit();
    arm_jit_sync();
#endif
    writechunks(state);
}

bool hook_read_state(EMUFILE &state, s32 size)
{
#ifdef HAVE_JIT
    hook_flush_jit();
#endif
    // The battery file keeps what lies past the state's size: start from an empty one.
    MMU_new.backupDevice.load_movie_blank();
    SAV_silent_fail_flag = false;
    nds._DebugConsole = FALSE;
    if (!ReadStateChunks(state, size) || state.fail()) {
        return false;
    }
    loadstate();
    return true;
}
