//! What other processes do: the same run, whatever the display, without a word.
#![allow(clippy::print_stdout, reason = "the parts say what they have found")]

mod fixture;

use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;
use std::time::SystemTime;

use fixture::{MODES, drawing_rom, inputs, is_installed, options, polling_rom, rom};
use mupen64plus::{Cpu, Emulator, Error, Frame, Options, Picture, Video};

/// Says which of the parts below a child process of this test is to play.
const PART: &str = "MUPEN64PLUS_TEST_PART";

/// Runs one of the tests below in a process of its own.
fn child(part: &str, variables: &[(&str, &str)]) -> Output {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", part, "--nocapture", "--test-threads=1"])
        .env(PART, part)
        .envs(variables.iter().copied())
        .output()
        .expect("a process")
}

/// Whether this process is to play a part.
fn plays(part: &str) -> bool {
    std::env::var(PART).is_ok_and(|played| played == part)
}

/// Runs a part, and returns what it has said between its marks.
fn said(part: &str, variables: &[(&str, &str)]) -> String {
    between_marks(&child(part, variables))
}

fn between_marks(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    let (_, said) = text
        .split_once('<')
        .unwrap_or_else(|| panic!("{text}\n{errors}"));
    let (said, _) = said.split_once('>').expect("an end");
    said.to_owned()
}

/// One hash over the RAM of every thousandth of 10,000 frames.
fn long_run(cpu: Cpu) -> u64 {
    let mut emulator = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
    let mut hash = 0_u64;
    for (frame, input) in inputs(10_000).iter().enumerate() {
        emulator.step(input, Picture::Skip).expect("a step");
        if frame % 1000 == 999 {
            hash = hash.rotate_left(7) ^ emulator.ram_hash();
        }
    }
    hash
}

#[test]
fn part_long_run() {
    if plays("part_long_run") {
        println!("<{}>", long_run(Cpu::Dynarec));
    }
}

#[test]
fn ten_thousand_frames_are_the_same_in_every_mode_and_process() {
    if !is_installed() {
        return;
    }
    let hashes = MODES.map(long_run);
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:x?}");
    // Two other processes at once.
    let others = thread::scope(|scope| {
        let others = [(); 2].map(|()| scope.spawn(|| said("part_long_run", &[])));
        others.map(|other| other.join().expect("no panic"))
    });
    assert_eq!(others, [hashes[0].to_string(), hashes[0].to_string()]);
}

#[test]
fn part_draw() {
    if !plays("part_draw") {
        return;
    }
    let mut lit = Vec::new();
    for video in [Video::Glide64mk2, Video::Rice] {
        let options = Options {
            video,
            ..Options::default()
        };
        println!("<");
        let mut emulator = Emulator::open(&drawing_rom(), &options).expect("an emulator");
        for _ in 0..10 {
            emulator
                .step(&Frame::default(), Picture::Draw)
                .expect("a step");
        }
        lit.push(
            emulator
                .picture()
                .iter()
                .any(|byte| ![0, 255].contains(byte)),
        );
        emulator.reset().expect("a reset");
        drop(emulator);
        println!(">");
    }
    assert!(lit[0], "a picture");
}

#[test]
fn part_polls() {
    if !plays("part_polls") {
        return;
    }
    let block = Vec::<u8>::new().try_reserve_exact(512 << 20);
    let options = options(Cpu::Dynarec);
    let mut emulator = Emulator::open(&polling_rom(), &options).expect("an emulator");
    let mut polls = emulator.polls().to_vec();
    for input in inputs(60) {
        emulator.step(&input, Picture::Skip).expect("a step");
        polls.extend_from_slice(emulator.polls());
    }
    println!("<{} {polls:?}>", block.is_ok());
}

#[test]
fn polls_are_seen_where_the_core_packs_its_memories_for_want_of_address_space() {
    if !is_installed() {
        return;
    }
    let output = Command::new("sh")
        .args(["-c", r#"ulimit -v 500000; exec "$0" "$@""#])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "part_polls", "--nocapture", "--test-threads=1"])
        .env(PART, "part_polls")
        .output();
    let packed = between_marks(&output.expect("a process"));
    let polls = packed.strip_prefix("false ");
    let polls = polls.expect("too little address space for the whole block");
    assert_eq!(said("part_polls", &[]), format!("true {polls}"));
    assert!(polls.contains("port: 0"), "{polls}");
}

/// When the files of the packages' data were last written, and how large they are.
fn data_files() -> Vec<(PathBuf, SystemTime, u64)> {
    let Ok(folder) = std::fs::read_dir("/usr/share/games/mupen64plus") else {
        return Vec::new();
    };
    let files = folder.map(|entry| {
        let path = entry.expect("an entry").path();
        let data = path.metadata().expect("its data");
        (path, data.modified().expect("a time"), data.len())
    });
    files.collect()
}

#[test]
fn nothing_is_printed_or_written_and_a_dead_display_is_not_asked() {
    if !is_installed() {
        return;
    }
    let files = data_files();
    let dead = [
        ("DISPLAY", ":4711"),
        ("WAYLAND_DISPLAY", "dead"),
        ("SDL_VIDEODRIVER", "x11"),
    ];
    for variables in [&[][..], &dead] {
        let output = child("part_draw", variables);
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}\n{errors}");
        assert_eq!(text.matches("<\n>\n").count(), 2, "{text}");
        assert_eq!(errors, "");
    }
    assert!(
        data_files() == files,
        "the packages' files are as they were"
    );
}

#[test]
fn part_refused() {
    if !plays("part_refused") {
        return;
    }
    for video in [Video::Rice, Video::Glide64mk2] {
        let options = Options {
            video,
            ..Options::default()
        };
        let mut emulator = Emulator::open(&drawing_rom(), &options).expect("an emulator");
        let mut step = |picture| emulator.step(&Frame::default(), picture);
        for _ in 0..4 {
            step(Picture::Skip).expect("a step");
        }
        for _ in 0..2 {
            let error = step(Picture::Draw).expect_err("no EGL");
            assert!(
                matches!(error, Error::Picture { .. }),
                "{video:?}: {error:?}"
            );
            println!("<{error}>");
        }
        step(Picture::Skip).expect("it still runs");
        assert_eq!(emulator.frame_count(), 7);
    }
}

#[test]
fn without_egl_all_but_pictures_works_and_the_packages_are_named() {
    if !is_installed() {
        return;
    }
    let said = said("part_refused", &[("__EGL_VENDOR_LIBRARY_DIRS", "/nowhere")]);
    assert!(
        said.starts_with("cannot draw the Nintendo 64's picture: "),
        "{said}"
    );
    assert!(said.contains("egl"), "{said}");
    assert!(said.contains("apt-get install"), "{said}");
    assert!(said.contains("libgl1-mesa-dri"), "{said}");
}
