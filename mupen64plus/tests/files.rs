//! States go between this crate and Mupen64Plus as it is, driven without this crate's shim.
#![allow(clippy::print_stdout, reason = "tests say when they skip")]

mod fixture;

use std::path::{Path, PathBuf};
use std::process::Command;

use fixture::{FRAMES, inputs, is_installed, options, rom, word};
use mupen64plus::{Cpu, Emulator, Frame, Picture, State};

/// A frontend with video and input plugins that do nothing. It loads a state at the first chance, if one is named, and saves
/// one at the first vertical interrupt after that.
const FRONTEND: &str = r#"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include "abi.h"

static void *core;
static char *to_load, *to_save;
static __typeof__(CoreDoCommand) *command;
static int attached_as, loaded;

int PluginGetVersion(int *kind, int *version, int *interface, const char **name, int *capabilities) {
    *kind = attached_as;
    *version = 0x010000;
    *interface = attached_as == ABI_VIDEO ? ABI_VIDEO_VERSION : ABI_INPUT_VERSION;
    return 0;
}
int RomOpen(void) { return 1; }
int InitiateGFX(struct abi_video_info info) { return 1; }
void InitiateControllers(struct abi_control_info info) {
    info.controls[0].present = 1;
    info.controls[0].pak = ABI_PAK_MEMORY;
}
void UpdateScreen(void) {
    if (!to_load || loaded)
        command(ABI_STATE_SAVE, ABI_STATE_COMPLETE, to_save);
}
#define NOTHING(name) void name(void) {}
NOTHING(RomClosed) NOTHING(ProcessDList) NOTHING(ProcessRDPList) NOTHING(ChangeWindow) NOTHING(MoveScreen) NOTHING(ShowCFB)
NOTHING(ViStatusChanged) NOTHING(ViWidthChanged) NOTHING(ResizeVideoOutput) NOTHING(SetRenderingCallback) NOTHING(FBRead)
NOTHING(FBWrite) NOTHING(FBGetFrameBufferInfo) NOTHING(ReadScreen2) NOTHING(GetKeys) NOTHING(ControllerCommand)
NOTHING(ReadController) NOTHING(SDL_KeyDown) NOTHING(SDL_KeyUp)

static void on_state(void *context, int parameter, int value) {
    enum { EMULATION = 1, RUNNING = 2 };
    if (parameter == EMULATION && value == RUNNING && to_load)
        command(ABI_STATE_LOAD, 0, to_load);
    else if (parameter == ABI_STATE_LOADED && !(loaded = value))
        _Exit(4);
    else if (parameter == ABI_STATE_SAVED)
        command(ABI_STOP, 0, NULL);
}

static void on_message(void *context, int level, const char *message) {
    if (level <= ABI_MESSAGE_ERROR)
        fprintf(stderr, "%s\n", message);
}

#define FIND(name) __typeof__(name) *name##_ = dlsym(core, #name); if (!name##_) return 2
#define TRY(call) do { int error = (call); if (error) { fprintf(stderr, "%s: %d\n", #call, error); return 3; } } while (0)

int main(int count, char **arguments) {
    static char rom[1 << 20];
    core = dlopen(arguments[1], RTLD_NOW);
    if (!core)
        return 1;
    FILE *file = fopen(arguments[2], "rb");
    int size = (int)fread(rom, 1, sizeof rom, file), no = 0, yes = 1, mode = atoi(arguments[5]);
    to_save = arguments[3];
    to_load = arguments[4][0] ? arguments[4] : NULL;
    FIND(CoreStartup);
    FIND(CoreShutdown);
    FIND(CoreAttachPlugin);
    FIND(CoreDetachPlugin);
    FIND(CoreDoCommand);
    FIND(ConfigOpenSection);
    FIND(ConfigSetParameter);
    command = CoreDoCommand_;
    TRY(CoreStartup_(ABI_FRONTEND_VERSION, arguments[6], arguments[6], NULL, on_message, NULL, on_state));
    TRY(CoreDetachPlugin_(ABI_RSP));
    void *section;
    TRY(ConfigOpenSection_("Core", &section));
    TRY(ConfigSetParameter_(section, "R4300Emulator", ABI_INT, &mode));
    TRY(ConfigSetParameter_(section, "DisableExtraMem", ABI_BOOL, &yes));
    TRY(ConfigSetParameter_(section, "RandomizeInterrupt", ABI_BOOL, &no));
    TRY(command(ABI_ROM_OPEN, size, rom));
    static const int PLUGINS[] = {ABI_VIDEO, ABI_AUDIO, ABI_INPUT, ABI_RSP};
    for (int i = 0; i < 4; i++) {
        attached_as = PLUGINS[i];
        int ours = attached_as == ABI_VIDEO || attached_as == ABI_INPUT;
        TRY(CoreAttachPlugin_(attached_as, ours ? dlopen(NULL, RTLD_NOW) : NULL));
    }
    TRY(command(ABI_EXECUTE, 0, NULL));
    for (int i = 0; i < 4; i++)
        TRY(CoreDetachPlugin_(PLUGINS[i]));
    TRY(command(ABI_ROM_CLOSE, 0, NULL));
    TRY(CoreShutdown_());
    return 0;
}
"#;

/// Mupen64Plus, compiled with that frontend.
struct Frontend(tempfile::TempDir);

impl Frontend {
    fn compile() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("frontend.c");
        std::fs::write(&source, FRONTEND).expect("written");
        let compiled = Command::new("cc")
            .args(["-w", "-std=gnu11", "-I"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("shim"))
            .arg("-o")
            .arg(folder.path().join("frontend"))
            .arg(&source)
            .args(["-rdynamic", "-ldl"])
            .status();
        assert!(compiled.expect("a C compiler").success());
        std::fs::write(folder.path().join("game.z64"), rom()).expect("written");
        Self(folder)
    }

    /// Loads a state, if there is one, and returns what it saves then.
    fn resave(&self, state: Option<&[u8]>, cpu: Cpu) -> Vec<u8> {
        let path = |name: &str| self.0.path().join(name);
        let to_load = state.map(|state| {
            std::fs::write(path("loaded.st"), state).expect("written");
            path("loaded.st")
        });
        let system = PathBuf::from(format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH));
        let mode = match cpu {
            Cpu::PureInterpreter => "0",
            Cpu::CachedInterpreter => "1",
            Cpu::Dynarec => "2",
        };
        let output = Command::new(path("frontend"))
            .arg(system.join("libmupen64plus.so.2"))
            .args([path("game.z64"), path("saved.st")])
            .arg(to_load.unwrap_or_default())
            .arg(mode)
            .arg(self.0.path())
            .output()
            .expect("a process");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {errors}", output.status);
        std::fs::read(path("saved.st")).expect("a saved state")
    }
}

fn hashes(emulator: &mut Emulator, inputs: &[Frame]) -> Vec<u64> {
    let step = |input| {
        emulator.step(input, Picture::Skip).expect("a step");
        emulator.ram_hash()
    };
    inputs.iter().map(step).collect()
}

#[test]
fn mupen64plus_loads_what_is_exported_and_what_it_saves_goes_on_here() {
    if !is_installed() {
        return;
    }
    let frontend = Frontend::compile();
    let inputs = inputs(60);
    let (before, after) = inputs.split_at(30);
    for cpu in fixture::MODES {
        let mut emulator = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        hashes(&mut emulator, before);
        let state = emulator.save_state().expect("a state");
        // In the frontend it goes on for a frame in which nothing is held.
        let [at_save] = hashes(&mut emulator, &[Frame::default()])[..] else {
            panic!("one frame");
        };
        let reference = hashes(&mut emulator, after);
        let saved = frontend.resave(Some(&state.to_st()), cpu);
        let saved = State::from_bytes(&saved).expect("a state of Mupen64Plus's");
        emulator.load_state(&saved).expect("it loads");
        assert_eq!(emulator.ram_hash(), at_save, "{cpu}");
        assert!(hashes(&mut emulator, after) == reference, "{cpu}");
    }
}

#[test]
fn a_state_that_mupen64plus_saved_at_its_start_runs() {
    if !is_installed() {
        return;
    }
    let saved = Frontend::compile().resave(None, Cpu::Dynarec);
    let state = State::from_bytes(&saved).expect("a state of Mupen64Plus's");
    assert!(State::is_one(&saved));
    assert_eq!(state.frame_count(), 0);
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    hashes(&mut emulator, &inputs(20));
    emulator.load_state(&state).expect("it loads");
    let loaded = emulator.save_state().expect("a state");
    let run = hashes(&mut emulator, &inputs(20));
    let frames = word(emulator.ram(), FRAMES);
    assert!((18..=20).contains(&frames), "{frames}");
    emulator.load_state(&loaded).expect("it loads");
    assert!(hashes(&mut emulator, &inputs(20)) == run);
}
