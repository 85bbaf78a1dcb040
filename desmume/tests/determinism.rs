//! The same ROM, options and input give the same RAM in every run.

mod fixture;

use std::thread;

use desmume::{Cpu, Emulator, Options, Picture};
use fixture::{STATE, random_inputs, rom, rom_of, word};
use nds_formats::pad::{Commands, Frame, Pad};

const JIT: Cpu = Cpu::Jit { block_size: 100 };

fn modes() -> Vec<Cpu> {
    if desmume_has_jit() {
        vec![Cpu::Interpreter, JIT]
    } else {
        vec![Cpu::Interpreter]
    }
}

fn desmume_has_jit() -> bool {
    matches!(Cpu::default(), Cpu::Jit { .. })
}

fn options(cpu: Cpu) -> Options {
    Options {
        cpu,
        ..Options::default()
    }
}

/// The RAM hash after each frame.
fn hashes(emulator: &mut Emulator, inputs: &[Frame], picture: Picture) -> Vec<u64> {
    inputs
        .iter()
        .map(|input| {
            emulator.step(input, picture).expect("a step");
            emulator.ram_hash()
        })
        .collect()
}

#[test]
fn the_program_runs_and_sees_the_pad() {
    for cpu in modes() {
        let mut emulator = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        for _ in 0..10 {
            emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a step");
        }
        let frames = word(emulator.main_ram(), STATE);
        assert!(
            (9..=10).contains(&frames),
            "{cpu:?}: {frames} frames seen by the program"
        );
        assert_eq!(emulator.frame_count(), 10);
        emulator
            .step(&Frame::pad(Pad::A | Pad::RIGHT | Pad::L), Picture::Skip)
            .expect("a step");
        let keys = word(emulator.main_ram(), STATE + 8);
        assert_eq!(
            !keys & 0x3FF,
            (Pad::A | Pad::RIGHT | Pad::L).bits().into(),
            "{cpu:?}"
        );
    }
}

#[test]
fn runs_repeat_after_a_reset_and_in_other_emulators() {
    let inputs = random_inputs(1, 100);
    for cpu in modes() {
        let mut first = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        let expected = hashes(&mut first, &inputs, Picture::Skip);
        assert!(
            expected.windows(2).all(|pair| pair[0] != pair[1]),
            "RAM changes every frame"
        );

        first.reset().expect("a reset");
        assert_eq!(first.frame_count(), 0);
        assert_eq!(
            hashes(&mut first, &inputs, Picture::Skip),
            expected,
            "{cpu:?} after a reset"
        );

        let mut second = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        assert_eq!(
            hashes(&mut second, &inputs, Picture::Skip),
            expected,
            "{cpu:?}, a second one"
        );
        assert_eq!(
            first.ram_hash(),
            second.ram_hash(),
            "the first one is not disturbed by the second"
        );
    }
}

#[test]
fn an_emulator_that_ran_another_game_before_is_as_new() {
    let inputs = random_inputs(2, 100);
    let mut fresh = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let expected = hashes(&mut fresh, &inputs, Picture::Draw);

    // Another program (a counter in RAM), in another mode, then the first one in the same image.
    let counter = rom_of(&[0xE3A0_1621, 0xE280_0001, 0xE581_0000, 0xEAFF_FFFC]);
    let interpreter = options(Cpu::Interpreter);
    let mut other = Emulator::open_with_battery(&counter, &interpreter, Some(&[7; 1 << 18]))
        .expect("an emulator");
    hashes(&mut other, &random_inputs(3, 60), Picture::Draw);
    drop(other);
    let mut reused = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    assert_eq!(hashes(&mut reused, &inputs, Picture::Draw), expected);
}

#[test]
fn pictures_do_not_change_the_run() {
    let inputs = random_inputs(4, 100);
    let mut emulator = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let skipped = hashes(&mut emulator, &inputs, Picture::Skip);
    emulator.reset().expect("a reset");
    assert_eq!(hashes(&mut emulator, &inputs, Picture::Draw), skipped);
}

#[test]
fn emulators_on_two_threads_run_as_alone() {
    for cpu in modes() {
        let run = move |seed| {
            let mut emulator = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
            hashes(&mut emulator, &random_inputs(seed, 100), Picture::Skip)
        };
        let alone = [run(10), run(11)];
        let threads = [
            thread::spawn(move || run(10)),
            thread::spawn(move || run(11)),
        ];
        let together = threads.map(|thread| thread.join().expect("a thread"));
        assert_eq!(together, alone, "{cpu:?}");
    }
}

#[test]
fn an_emulator_moves_between_threads() {
    let inputs = random_inputs(5, 100);
    let mut stays = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let expected = hashes(&mut stays, &inputs, Picture::Skip);

    let mut moves = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let mut found = hashes(&mut moves, &inputs[..50], Picture::Skip);
    let rest = inputs[50..].to_vec();
    found.extend(
        thread::spawn(move || hashes(&mut moves, &rest, Picture::Skip))
            .join()
            .expect("a thread"),
    );
    assert_eq!(found, expected);
}

#[test]
fn the_reset_command_restarts_the_game() {
    let mut emulator = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    for _ in 0..20 {
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    }
    let reset = Frame {
        commands: Commands::RESET,
        ..Frame::default()
    };
    emulator.step(&reset, Picture::Skip).expect("a step");
    assert!(
        word(emulator.main_ram(), STATE) <= 1,
        "the program starts again"
    );
    assert_eq!(emulator.frame_count(), 21, "but the frame count continues");
}

#[test]
fn the_cpu_mode_belongs_to_the_run() {
    if !desmume_has_jit() {
        return;
    }
    let run = |cpu| {
        let mut emulator = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        hashes(&mut emulator, &random_inputs(6, 30), Picture::Skip)
    };
    assert_ne!(
        run(Cpu::Interpreter),
        run(JIT),
        "polls are counted: timing shows"
    );
}
