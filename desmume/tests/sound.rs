//! The samples are what the console plays, frame by frame, and mixing them does not change the run.

mod fixture;

use desmume::{Cpu, Emulator, Options, Picture, SAMPLE_RATE};
use fixture::{CAPTURED, random_inputs, rom, singing_rom, uncaptured_rom};
use nds_formats::pad::{Commands, Frame};

/// Video frames a second.
const FRAME_RATE: f64 = 59.8261;

fn open(rom: &[u8], cpu: Cpu) -> Emulator {
    let options = Options {
        cpu,
        ..Options::default()
    };
    Emulator::open(rom, &options).expect("an emulator")
}

fn open_singing() -> Emulator {
    open(&singing_rom(), Cpu::default())
}

fn modes() -> [Cpu; 2] {
    [Cpu::Interpreter, Cpu::default()]
}

fn run(emulator: &mut Emulator, inputs: &[Frame], picture: Picture) {
    for input in inputs {
        emulator.step(input, picture).expect("a step");
    }
}

fn taken(emulator: &mut Emulator) -> Vec<[i16; 2]> {
    let mut samples = Vec::new();
    emulator.take_sound(&mut samples);
    samples
}

/// The samples of each frame.
fn played(emulator: &mut Emulator, inputs: &[Frame], picture: Picture) -> Vec<Vec<[i16; 2]>> {
    let frame = |input| {
        emulator.step(input, picture).expect("a step");
        taken(emulator)
    };
    inputs.iter().map(frame).collect()
}

/// The RAM hash after each frame, while one of the two emulators plays.
fn assert_same_run(silent: &mut Emulator, playing: &mut Emulator, inputs: &[Frame]) {
    for (frame, input) in inputs.iter().enumerate() {
        silent.step(input, Picture::Skip).expect("a step");
        playing.step(input, Picture::Skip).expect("a step");
        assert_eq!(silent.ram_hash(), playing.ram_hash(), "frame {frame}");
    }
}

#[test]
fn sound_does_not_change_the_run() {
    let inputs = random_inputs(1, 200);
    for cpu in modes() {
        for rom in [singing_rom(), uncaptured_rom(), homebrew::ROM.to_vec()] {
            let mut silent = open(&rom, cpu);
            let mut playing = open(&rom, cpu);
            playing.set_sound(true);
            assert_same_run(&mut silent, &mut playing, &inputs);
            let states =
                [silent, playing].map(|mut emulator| emulator.save_state().expect("a state"));
            let [without, with] = states.map(|state| {
                let mut listener = open(&rom, cpu);
                listener.set_sound(true);
                listener.load_state(&state).expect("a load");
                played(&mut listener, &inputs[..60], Picture::Skip)
            });
            assert!(without == with, "{cpu:?}: what is heard after the states");
        }
    }
}

#[test]
fn what_a_game_captures_of_its_sound_is_in_ram() {
    let mut emulator = open_singing();
    run(&mut emulator, &random_inputs(2, 60), Picture::Skip);
    let captured = &emulator.main_ram()[CAPTURED..CAPTURED + 0x1000];
    let quiet = captured.chunks(2).filter(|sample| **sample == [0, 0]);
    assert!(
        quiet.count() < 100,
        "sound must affect the RAM hashes of the other tests"
    );
}

#[test]
fn sound_may_be_turned_on_and_off_in_a_run() {
    for rom in [singing_rom(), uncaptured_rom()] {
        turn_on_and_off(&rom);
    }
}

fn turn_on_and_off(rom: &[u8]) {
    let mut silent = open(rom, Cpu::default());
    let mut playing = open(rom, Cpu::default());
    let mut always = open(rom, Cpu::default());
    always.set_sound(true);
    for (index, inputs) in random_inputs(3, 120).chunks(10).enumerate() {
        let on = index % 2 == 0;
        playing.set_sound(on);
        assert_same_run(&mut silent, &mut playing, inputs);
        run(&mut always, inputs, Picture::Skip);
        let expected = taken(&mut always);
        let expected = if on { expected } else { Vec::new() };
        assert!(
            taken(&mut playing) == expected,
            "the same as if sound had always been on"
        );
    }
    assert!(taken(&mut silent).is_empty());
    playing.set_sound(true);
    run(&mut playing, &random_inputs(3, 5), Picture::Skip);
    playing.set_sound(false);
    assert!(taken(&mut playing).is_empty(), "turned off, it forgets");
}

#[test]
fn states_go_on_the_same_with_sound_and_without() {
    for cpu in modes() {
        for rom in [singing_rom(), uncaptured_rom()] {
            assert_states_go_on(&rom, cpu);
        }
    }
}

fn assert_states_go_on(rom: &[u8], cpu: Cpu) {
    let before = random_inputs(4, 90);
    let after = random_inputs(5, 90);
    let mut emulator = open(rom, cpu);
    emulator.set_sound(true);
    run(&mut emulator, &before, Picture::Skip);
    let state = emulator.save_state().expect("a state");
    taken(&mut emulator);
    let expected = played(&mut emulator, &after, Picture::Skip);
    let hash = emulator.ram_hash();

    for sound in [false, true] {
        let mut other = open(rom, cpu);
        other.set_sound(sound);
        run(&mut other, &before[..7], Picture::Skip);
        other.load_state(&state).expect("a load");
        assert!(taken(&mut other).is_empty(), "of before the state");
        let found = played(&mut other, &after, Picture::Skip);
        assert!(
            if sound {
                found == expected
            } else {
                found.concat().is_empty()
            },
            "{cpu:?}, sound {sound}: a state holds no sound mode"
        );
        assert_eq!(other.ram_hash(), hash, "{cpu:?}, sound {sound}");
    }
}

#[test]
fn a_frame_lasts_as_long_as_its_samples() {
    for (name, rom) in [("mute", rom()), ("singing", singing_rom())] {
        let mut emulator = open(&rom, Cpu::default());
        emulator.set_sound(true);
        let frames = played(&mut emulator, &random_inputs(6, 1200), Picture::Skip);
        // The first frame lacks what passes before the game starts.
        let frames = &frames[1..];
        let count = frames.concat().len() as f64;
        let expected = f64::from(SAMPLE_RATE) * frames.len() as f64 / FRAME_RATE;
        assert!(
            (count - expected).abs() < 2.0,
            "{name}: expected {expected} samples, found {count}"
        );
        let even = frames.iter().all(|frame| [737, 738].contains(&frame.len()));
        assert!(even, "{name}: every frame has its share");
    }
}

#[test]
fn it_plays_what_the_program_plays() {
    let mut emulator = open_singing();
    emulator.set_sound(true);
    let frames = random_inputs(7, 60);
    let samples = played(&mut emulator, &frames, Picture::Skip).concat();
    let loudest = |side: usize| {
        samples
            .iter()
            .map(|sample| sample[side].unsigned_abs())
            .max()
    };
    assert!(loudest(0) > Some(5000) && loudest(1) > Some(5000));
    assert!(samples.iter().any(|[left, right]| left != right), "stereo");

    let mut mute = open(&rom(), Cpu::default());
    mute.set_sound(true);
    let samples = played(&mut mute, &frames, Picture::Skip).concat();
    assert!(samples.iter().all(|sample| *sample == [0, 0]));
}

#[test]
fn pictures_do_not_change_the_sound() {
    let inputs = random_inputs(8, 60);
    let play = |picture| {
        let mut emulator = open_singing();
        emulator.set_sound(true);
        played(&mut emulator, &inputs, picture)
    };
    assert!(play(Picture::Skip) == play(Picture::Draw));
}

#[test]
fn at_most_a_second_waits_to_be_taken() {
    let inputs = random_inputs(9, 150);
    let mut taking = open_singing();
    taking.set_sound(true);
    let all = played(&mut taking, &inputs, Picture::Skip).concat();

    let mut forgetting = open_singing();
    forgetting.set_sound(true);
    run(&mut forgetting, &inputs, Picture::Skip);
    let mut samples = vec![[1, 2]];
    forgetting.take_sound(&mut samples);
    let (given, last) = samples.split_at(1);
    assert_eq!(given, [[1, 2]], "samples are added to what is there");
    assert_eq!(last.len(), SAMPLE_RATE as usize);
    assert!(all.ends_with(last), "the last ones are kept");
    assert!(taken(&mut forgetting).is_empty(), "taken once");
}

#[test]
fn a_reset_begins_anew_and_plays_on() {
    let inputs = random_inputs(10, 40);
    let mut emulator = open_singing();
    emulator.set_sound(true);
    let expected = played(&mut emulator, &inputs, Picture::Skip);
    run(&mut emulator, &inputs, Picture::Skip);
    emulator.reset().expect("a reset");
    assert!(taken(&mut emulator).is_empty(), "of before the reset");
    assert!(played(&mut emulator, &inputs, Picture::Skip) == expected);

    let command = Frame {
        commands: Commands::RESET,
        ..Frame::default()
    };
    emulator.step(&command, Picture::Skip).expect("a step");
    run(&mut emulator, &inputs, Picture::Skip);
    let samples = taken(&mut emulator);
    assert!(samples.iter().any(|sample| *sample != [0, 0]));
}

#[test]
fn the_next_emulator_of_an_image_is_silent() {
    let inputs = random_inputs(11, 20);
    let mut first = open_singing();
    first.set_sound(true);
    run(&mut first, &inputs, Picture::Skip);
    drop(first);
    // All images of the pool, since the one that was used can be any of them.
    let mut others: Vec<Emulator> = (0..=desmume::pooled_images())
        .map(|_| open_singing())
        .collect();
    for other in &mut others {
        run(other, &inputs, Picture::Skip);
        assert!(taken(other).is_empty());
        other.set_sound(true);
        assert!(taken(other).is_empty(), "no samples from before");
    }
}
