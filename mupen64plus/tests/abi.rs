//! The numbers and layouts of `shim/abi.h` are those of the installed headers.

use std::path::Path;
use std::process::Command;

/// Where the package of headers puts them.
const HEADERS: &str = "/usr/include/mupen64plus";

const COMPARISON: &str = r#"
#include <stddef.h>
#include "m64p_types.h"
#include "m64p_plugin.h"
#include "m64p_frontend.h"
#include "m64p_config.h"
#include "m64p_debugger.h"
#include "abi.h"

#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #theirs)
#define SIZE(ours, theirs) SAME(sizeof(struct ours), sizeof(theirs))
#define PLACE(ours, our_field, theirs, their_field) \
    SAME(offsetof(struct ours, our_field), offsetof(theirs, their_field))

SAME(ABI_SUCCESS, M64ERR_SUCCESS);
SAME(ABI_UNSUPPORTED, M64ERR_UNSUPPORTED);
SAME(ABI_RSP, M64PLUGIN_RSP);
SAME(ABI_VIDEO, M64PLUGIN_GFX);
SAME(ABI_AUDIO, M64PLUGIN_AUDIO);
SAME(ABI_INPUT, M64PLUGIN_INPUT);
SAME(ABI_CORE, M64PLUGIN_CORE);
SAME(ABI_INT, M64TYPE_INT);
SAME(ABI_FLOAT, M64TYPE_FLOAT);
SAME(ABI_BOOL, M64TYPE_BOOL);
SAME(ABI_STRING, M64TYPE_STRING);
SAME(ABI_MESSAGE_ERROR, M64MSG_ERROR);
SAME(ABI_ROM_OPEN, M64CMD_ROM_OPEN);
SAME(ABI_ROM_CLOSE, M64CMD_ROM_CLOSE);
SAME(ABI_ROM_GET_SETTINGS, M64CMD_ROM_GET_SETTINGS);
SAME(ABI_EXECUTE, M64CMD_EXECUTE);
SAME(ABI_STOP, M64CMD_STOP);
SAME(ABI_STATE_LOAD, M64CMD_STATE_LOAD);
SAME(ABI_STATE_SAVE, M64CMD_STATE_SAVE);
SAME(ABI_CORE_STATE_SET, M64CMD_CORE_STATE_SET);
SAME(ABI_ROM_SET_SETTINGS, M64CMD_ROM_SET_SETTINGS);
SAME(ABI_SPEED_LIMITER, M64CORE_SPEED_LIMITER);
SAME(ABI_STATE_LOADED, M64CORE_STATE_LOADCOMPLETE);
SAME(ABI_STATE_SAVED, M64CORE_STATE_SAVECOMPLETE);
SAME(ABI_MEMORY_RDRAM, M64P_DBG_PTR_RDRAM);
SAME(ABI_MEMORY_VI, M64P_DBG_PTR_VI_REG);
SAME(ABI_PAK_NONE, PLUGIN_NONE);
SAME(ABI_PAK_MEMORY, PLUGIN_MEMPAK);
SAME(ABI_PAK_RUMBLE, PLUGIN_RUMBLE_PAK);
SAME(ABI_SAVE_EEPROM_4K, SAVETYPE_EEPROM_4K);
SAME(ABI_SAVE_EEPROM_16K, SAVETYPE_EEPROM_16K);
SAME(ABI_SAVE_SRAM, SAVETYPE_SRAM);
SAME(ABI_SAVE_FLASH, SAVETYPE_FLASH_RAM);
SAME(ABI_SAVE_NONE, SAVETYPE_NONE);
SAME(ABI_GL_DOUBLE_BUFFER, M64P_GL_DOUBLEBUFFER);
SAME(ABI_GL_BUFFER_SIZE, M64P_GL_BUFFER_SIZE);
SAME(ABI_GL_DEPTH_SIZE, M64P_GL_DEPTH_SIZE);

SIZE(abi_rom_settings, m64p_rom_settings);
PLACE(abi_rom_settings, md5, m64p_rom_settings, MD5);
PLACE(abi_rom_settings, save, m64p_rom_settings, savetype);
PLACE(abi_rom_settings, status, m64p_rom_settings, status);
PLACE(abi_rom_settings, players, m64p_rom_settings, players);
PLACE(abi_rom_settings, rumble, m64p_rom_settings, rumble);
PLACE(abi_rom_settings, transfer_pak, m64p_rom_settings, transferpak);
PLACE(abi_rom_settings, memory_pak, m64p_rom_settings, mempak);
PLACE(abi_rom_settings, bio_pak, m64p_rom_settings, biopak);
PLACE(abi_rom_settings, no_expansion, m64p_rom_settings, disableextramem);
PLACE(abi_rom_settings, count_per_op, m64p_rom_settings, countperop);
PLACE(abi_rom_settings, si_dma_duration, m64p_rom_settings, sidmaduration);
PLACE(abi_rom_settings, ai_dma_modifier, m64p_rom_settings, aidmamodifier);

SIZE(abi_cheat_code, m64p_cheat_code);
PLACE(abi_cheat_code, value, m64p_cheat_code, value);

SIZE(abi_control, CONTROL);
PLACE(abi_control, raw, CONTROL, RawData);
PLACE(abi_control, pak, CONTROL, Plugin);
PLACE(abi_control, type, CONTROL, Type);
SIZE(abi_control_info, CONTROL_INFO);

SIZE(abi_video_info, GFX_INFO);
PLACE(abi_video_info, rdram, GFX_INFO, RDRAM);
PLACE(abi_video_info, dmem, GFX_INFO, DMEM);
PLACE(abi_video_info, imem, GFX_INFO, IMEM);
PLACE(abi_video_info, mi_intr, GFX_INFO, MI_INTR_REG);
PLACE(abi_video_info, dpc[0], GFX_INFO, DPC_START_REG);
PLACE(abi_video_info, dpc[7], GFX_INFO, DPC_TMEM_REG);
PLACE(abi_video_info, vi[0], GFX_INFO, VI_STATUS_REG);
PLACE(abi_video_info, vi[1], GFX_INFO, VI_ORIGIN_REG);
PLACE(abi_video_info, vi[13], GFX_INFO, VI_Y_SCALE_REG);
PLACE(abi_video_info, check_interrupts, GFX_INFO, CheckInterrupts);
PLACE(abi_video_info, version, GFX_INFO, version);
PLACE(abi_video_info, sp_status, GFX_INFO, SP_STATUS_REG);
PLACE(abi_video_info, rdram_size, GFX_INFO, RDRAM_SIZE);

SIZE(abi_audio_info, AUDIO_INFO);
PLACE(abi_audio_info, rdram, AUDIO_INFO, RDRAM);
PLACE(abi_audio_info, dram_address, AUDIO_INFO, AI_DRAM_ADDR_REG);
PLACE(abi_audio_info, length, AUDIO_INFO, AI_LEN_REG);
PLACE(abi_audio_info, dac_rate, AUDIO_INFO, AI_DACRATE_REG);
PLACE(abi_audio_info, check_interrupts, AUDIO_INFO, CheckInterrupts);

SIZE(abi_size, m64p_2d_size);
SIZE(abi_window, m64p_video_extension_functions);
PLACE(abi_window, init, m64p_video_extension_functions, VidExtFuncInit);
PLACE(abi_window, quit, m64p_video_extension_functions, VidExtFuncQuit);
PLACE(abi_window, list_modes, m64p_video_extension_functions, VidExtFuncListModes);
PLACE(abi_window, list_rates, m64p_video_extension_functions, VidExtFuncListRates);
PLACE(abi_window, set_mode, m64p_video_extension_functions, VidExtFuncSetMode);
PLACE(abi_window, set_mode_with_rate, m64p_video_extension_functions, VidExtFuncSetModeWithRate);
PLACE(abi_window, get_proc, m64p_video_extension_functions, VidExtFuncGLGetProc);
PLACE(abi_window, set_attribute, m64p_video_extension_functions, VidExtFuncGLSetAttr);
PLACE(abi_window, get_attribute, m64p_video_extension_functions, VidExtFuncGLGetAttr);
PLACE(abi_window, swap, m64p_video_extension_functions, VidExtFuncGLSwapBuf);
PLACE(abi_window, set_caption, m64p_video_extension_functions, VidExtFuncSetCaption);
PLACE(abi_window, toggle_fullscreen, m64p_video_extension_functions, VidExtFuncToggleFS);
PLACE(abi_window, resize, m64p_video_extension_functions, VidExtFuncResizeWindow);
PLACE(abi_window, default_framebuffer, m64p_video_extension_functions, VidExtFuncGLGetDefaultFramebuffer);
"#;

#[test]
#[allow(clippy::print_stdout, reason = "tests say when they skip")]
fn every_number_and_layout_is_that_of_the_headers() {
    if !Path::new(HEADERS).is_dir() {
        println!("skipped: libmupen64plus-dev is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("comparison.c");
    std::fs::write(&source, COMPARISON).expect("written");
    let output = Command::new("cc")
        .args(["-std=gnu11", "-fsyntax-only", "-I", HEADERS, "-I"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("shim"))
        .arg(&source)
        .output()
        .expect("a C compiler");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
}
