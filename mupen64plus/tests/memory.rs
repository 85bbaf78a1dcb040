//! Memory: of another emulator, and over many of them, steps, resets and states.
#![allow(clippy::print_stdout, reason = "the figures are told too")]

mod fixture;

use std::fs;

use fixture::{drawing_rom, inputs, is_installed};
use mupen64plus::{Emulator, Options, Picture};

/// The process's resident memory, in bytes.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").expect("Linux's figures");
    let pages = pages.split(' ').nth(1).expect("a second number");
    pages.parse::<usize>().expect("a number") * 4096
}

const MEGABYTE: usize = 1_000_000;

fn open() -> Emulator {
    Emulator::open(&drawing_rom(), &Options::default()).expect("an emulator")
}

/// Steps, pictures, states and a reset.
fn use_all(emulator: &mut Emulator) {
    for (frame, input) in inputs(60).iter().enumerate() {
        let picture = if frame % 20 == 19 {
            Picture::Draw
        } else {
            Picture::Skip
        };
        emulator.step(input, picture).expect("a step");
    }
    let state = emulator.save_state().expect("a state");
    emulator.load_state(&state).expect("it loads");
    emulator.reset().expect("a reset");
}

#[test]
fn memory_is_bounded() {
    if !is_installed() {
        return;
    }
    // What the process needs once: Mesa, the core's libraries.
    let mut first = open();
    use_all(&mut first);
    let before = resident();
    let mut second = open();
    use_all(&mut second);
    let another = resident().saturating_sub(before);
    println!("another emulator: {} MB", another / MEGABYTE);
    assert!(
        another <= 120 * MEGABYTE,
        "another emulator takes {another} bytes"
    );

    for _ in 0..20 {
        use_all(&mut second);
    }
    let before = resident();
    for _ in 0..100 {
        use_all(&mut second);
    }
    let growth = resident().saturating_sub(before);
    println!("6,000 steps and 100 resets: {} MB", growth / MEGABYTE);
    assert!(growth <= 20 * MEGABYTE, "use takes {growth} bytes");

    for _ in 0..3 {
        use_all(&mut open());
    }
    let before = resident();
    for _ in 0..20 {
        use_all(&mut open());
    }
    let growth = resident().saturating_sub(before);
    println!("20 emulators made and dropped: {} MB", growth / MEGABYTE);
    assert!(
        growth <= 40 * MEGABYTE,
        "dropped emulators keep {growth} bytes"
    );
}
