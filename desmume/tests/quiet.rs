//! An emulator prints nothing, writes no file and starts no thread. These are properties of a
//! process, so that the test runs the emulator in a separate one.

mod fixture;

use std::fs;
use std::process::Command;

use desmume::{Emulator, Options, Picture};
use fixture::{halting_rom, random_inputs, rom};

const CHILD: &str = "DESMUME_QUIET_CHILD";

fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// Runs in the child process only.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let threads_before = threads();
    let battery = vec![3; 256 << 10];
    let mut emulator = Emulator::open_with_battery(&rom(), &Options::default(), Some(&battery))
        .expect("an emulator");
    for input in random_inputs(1, 60) {
        emulator.step(&input, Picture::Draw).expect("a step");
    }
    let state = emulator.save_state().expect("a state");
    emulator.load_state(&state).expect("a load");
    emulator.reset().expect("a reset");
    assert_eq!(threads(), threads_before);
    drop(emulator);
    Emulator::open(&halting_rom(), &Options::default())
        .expect("an emulator")
        .step(&random_inputs(1, 1)[0], Picture::Skip)
        .expect_err("a halt");
    // Larger than its header states, for which the core would print a warning.
    let mut large = rom();
    large.resize(1 << 20, 0xFF);
    Emulator::open(&large, &Options::default()).expect("an emulator");
    Emulator::open(&[0; 10], &Options::default()).expect_err("no ROM");
}

#[test]
fn an_emulator_leaves_no_trace() {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("TMPDIR", home.path())
        .current_dir(home.path())
        .output()
        .expect("the child process");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}{stderr}");

    let of_libtest =
        |line: &&str| line.is_empty() || line.starts_with("running ") || line.starts_with("test ");
    let printed: Vec<_> = stdout.lines().filter(|line| !of_libtest(line)).collect();
    assert_eq!(printed, [""; 0], "on stdout");
    assert_eq!(stderr, "");
    let files: Vec<_> = fs::read_dir(home.path()).expect("the folder").collect();
    assert!(files.is_empty(), "{files:?}");
}
