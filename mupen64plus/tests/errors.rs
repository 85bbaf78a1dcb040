//! What is wrong is said, and ends only its own emulator.

mod fixture;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fixture::{FRAMES, drawing_rom, endless_rom, is_installed, options, rom, word};
use mupen64plus::{Cpu, Emulator, Error, Frame, Options, PACKAGES, Picture};

fn within(folder: &Path) -> Options {
    Options {
        libraries: Some(folder.to_owned()),
        ..Options::default()
    }
}

#[test]
fn a_missing_core_is_named_with_its_package() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Emulator::open(&rom(), &within(folder.path())).expect_err("no core there");
    assert!(matches!(error, Error::Library { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("libmupen64plus.so.2"), "{text}");
    assert!(
        text.contains(&folder.path().display().to_string()),
        "{text}"
    );
    assert!(
        text.contains(&format!("apt-get install {PACKAGES}")),
        "{text}"
    );
}

#[test]
fn a_core_that_is_none_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("libmupen64plus.so.2"), "no library").expect("written");
    std::fs::create_dir(folder.path().join("mupen64plus")).expect("a folder");
    let rsp = folder.path().join("mupen64plus/mupen64plus-rsp-hle.so");
    std::fs::write(rsp, "no library").expect("written");
    let error = Emulator::open(&rom(), &within(folder.path())).expect_err("no core");
    assert!(matches!(error, Error::Library { .. }), "{error:?}");
}

#[test]
fn a_program_without_a_picture_is_stuck_and_ends_alone() {
    if !is_installed() {
        return;
    }
    for cpu in fixture::MODES {
        let mut other = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        let limited = Options {
            step_limit: Duration::from_millis(300),
            ..options(cpu)
        };
        let error = Emulator::open(&endless_rom(), &limited).expect_err("it never ends");
        assert!(
            matches!(error, Error::Stuck { frame: 0, .. }),
            "{cpu}: {error:?}"
        );
        let before = word(other.ram(), FRAMES);
        other
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
        assert_eq!(word(other.ram(), FRAMES), before + 1);
    }
}

#[test]
fn a_rom_cut_short_runs_or_fails_alone() {
    if !is_installed() {
        return;
    }
    let limited = |cpu| Options {
        step_limit: Duration::from_millis(100),
        ..options(cpu)
    };
    let whole = rom();
    let mut other = Emulator::open(&whole, &Options::default()).expect("an emulator");
    for cpu in fixture::MODES {
        let open = |size: usize| Emulator::open(&whole[..size], &limited(cpu));
        let error = open(0xFFC).expect_err("no program").to_string();
        assert!(
            error.contains("4096 to 67108864 bytes, found 4092"),
            "{error}"
        );
        for size in (0x1000..whole.len()).step_by(0x128) {
            match open(size) {
                Ok(_) => {}
                Err(error) => assert!(
                    matches!(error, Error::Stuck { .. } | Error::Crashed { .. }),
                    "{cpu}: {size}: {error:?}"
                ),
            }
        }
        let before = word(other.ram(), FRAMES);
        other
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
        assert_eq!(word(other.ram(), FRAMES), before + 1);
    }
}

#[test]
fn options_out_of_range_are_named() {
    let mut options = Options::default();
    options.cartridge.count_per_instruction = 9;
    let error = Emulator::open(&rom(), &options).expect_err("9").to_string();
    assert_eq!(
        error,
        "option cartridge.count_per_instruction: expected 1..=4, found 9"
    );
}

#[test]
fn a_rom_of_something_else_is_refused() {
    let error = Emulator::open(b"GBA!", &options(Cpu::Dynarec)).expect_err("no ROM");
    assert!(matches!(error, Error::Rom(_)), "{error:?}");
    let error = error.to_string();
    assert!(error.ends_with("found 47 42 41 21"), "{error}");
}

/// A signal processor that names itself by `VERSION`, and whose tasks do `TASK`.
const SIGNAL_PROCESSOR: &str = r#"
#include <stdlib.h>
int PluginGetVersion(int *kind, int *version, int *interface, const char **name, int *capabilities) {
    *kind = 1, *version = VERSION, *interface = 0x020000;
    if (name)
        *name = "of a test";
    return 0;
}
int PluginStartup(void *core, void *context, void (*message)(void *, int, const char *)) { return 0; }
int PluginShutdown(void) { return 0; }
struct info { void *pointers[64]; };
void InitiateRSP(struct info info, unsigned int *cycles) {}
void RomClosed(void) {}
static int deeper(volatile char *above) {
    volatile char space[4096];
    space[0] = above[0];
    return deeper(space) + space[1];
}
unsigned int DoRspCycles(unsigned int cycles) {
    volatile char start[1] = {0};
    TASK;
    return deeper(start);
}
"#;

/// A folder of libraries with the system's core and this signal processor.
fn libraries(version: &str, task: &str) -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().expect("a folder");
    let plugins = folder.path().join("mupen64plus");
    std::fs::create_dir(&plugins).expect("a folder");
    let system = PathBuf::from(format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH));
    let core = "libmupen64plus.so.2";
    std::fs::copy(system.join(core), folder.path().join(core)).expect("a copy");
    let source = folder.path().join("processor.c");
    std::fs::write(&source, SIGNAL_PROCESSOR).expect("written");
    let compiled = Command::new("cc")
        .args(["-w", "-shared", "-fPIC", "-O0", "-o"])
        .arg(plugins.join("mupen64plus-rsp-hle.so"))
        .arg(&source)
        .arg(format!("-DVERSION={version}"))
        .arg(format!("-DTASK={task}"))
        .status();
    assert!(compiled.expect("a C compiler").success());
    let options = Options {
        step_limit: Duration::from_millis(500),
        ..within(folder.path())
    };
    (folder, options)
}

#[test]
fn a_library_of_another_version_is_named_with_its_package() {
    if !is_installed() {
        return;
    }
    let (_folder, options) = libraries("0x020600", "");
    let error = Emulator::open(&rom(), &options).expect_err("another version");
    let text = error.to_string();
    assert!(matches!(error, Error::Version { .. }), "{text}");
    let expected = "mupen64plus-rsp-hle.so: expected a library of kind 1, version 2.5.9, \
                    found a library of kind 1, version 2.6.0 (\"of a test\")";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains(PACKAGES), "{text}");
}

/// Steps until the program sends its first task.
fn fail(emulator: &mut Emulator) -> Error {
    for _ in 0..3 {
        if let Err(error) = emulator.step(&Frame::default(), Picture::Skip) {
            return error;
        }
    }
    panic!("the task was not sent");
}

#[test]
fn a_crash_ends_its_own_emulator_which_a_reset_revives() {
    if !is_installed() {
        return;
    }
    let mut other = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    for (task, signal) in [
        ("*(volatile int *)16 = 1", 11),
        ("abort()", 6),
        ("__builtin_trap()", 4),
        ("", 11),
    ] {
        let (_folder, options) = libraries("0x020509", task);
        let mut emulator = Emulator::open(&drawing_rom(), &options).expect("an emulator");
        for _ in 0..2 {
            let hash = emulator.ram_hash();
            let error = fail(&mut emulator);
            assert!(
                matches!(error, Error::Crashed { signal: found, .. } if found == signal),
                "{task}: {error:?}"
            );
            assert!(emulator.ram().is_empty());
            let error = emulator
                .step(&Frame::default(), Picture::Skip)
                .expect_err("it crashed");
            assert!(error.to_string().contains("reset the emulator"), "{error}");
            assert!(emulator.save_state().is_err());
            emulator.reset().expect("another copy");
            assert_eq!(emulator.ram_hash(), hash, "{task}");
        }
        other
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    }
}

#[test]
fn a_core_that_hangs_ends_its_own_emulator() {
    if !is_installed() {
        return;
    }
    let (_folder, options) = libraries("0x020509", "for (;;) start[0]++");
    let mut emulator = Emulator::open(&drawing_rom(), &options).expect("an emulator");
    let error = fail(&mut emulator);
    assert!(matches!(error, Error::Stuck { .. }), "{error:?}");
    assert!(error.to_string().contains("within 0.5 s"), "{error}");
    emulator.reset().expect("another copy");
    assert_eq!(emulator.frame_count(), 0);
}
