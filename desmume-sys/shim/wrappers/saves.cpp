// States in memory. The core's own load resets the whole console first, which costs more than the
// reading; every field that matters is in the chunks, so they are read over the running console.

#include <saves.cpp>

#include "hooks.h"

void hook_write_state(EMUFILE &state)
{
    hook_flush_jit();
    writechunks(state);
}

bool hook_read_state(EMUFILE &state, s32 size)
{
    hook_flush_jit();
    // The battery file keeps what lies past the state's size: start from an empty one.
    MMU_new.backupDevice.load_movie_blank();
    SAV_silent_fail_flag = false;
    nds._DebugConsole = FALSE;
    if (!ReadStateChunks(state, size)) {
        return false;
    }
    loadstate();
    return true;
}
