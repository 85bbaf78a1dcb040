//! The bundled game, in a race: 3D pictures, battery memory, and the JIT with a real program.

mod fixture;

use desmume::{Emulator, Options, Picture, Screens, State};
use fixture::random_inputs;
use nds_formats::pad::{Frame, Pad};

/// From power-on to the title's first screen, and from the title through the menus (time trial, the
/// first character, kart, cup and course) into a race: frames to wait, then a button.
const TO_THE_RACE: &[(usize, Pad)] = &[
    (360, Pad::A),
    (110, Pad::DOWN),
    (8, Pad::A),
    (60, Pad::A),
    (60, Pad::A),
    (60, Pad::A),
    (60, Pad::A),
    (60, Pad::A),
    (60, Pad::A),
    (400, Pad::A),
];

fn in_a_race() -> Emulator {
    let mut emulator =
        Emulator::open(homebrew::ROM, &Options::default()).expect("the bundled game starts");
    enter_a_race(&mut emulator);
    emulator
}

fn enter_a_race(emulator: &mut Emulator) {
    for &(wait, button) in TO_THE_RACE {
        for _ in 0..wait {
            emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a step");
        }
        for _ in 0..2 {
            emulator
                .step(&Frame::pad(button), Picture::Skip)
                .expect("a step");
        }
    }
}

/// Random driving, always on the accelerator.
fn driving(seed: u64, frames: usize) -> Vec<Frame> {
    let steer = Pad::LEFT | Pad::RIGHT | Pad::R;
    random_inputs(seed, frames)
        .into_iter()
        .map(|input| Frame::pad(Pad::A | (input.pad & steer)))
        .collect()
}

fn hashes(emulator: &mut Emulator, inputs: &[Frame]) -> Vec<u64> {
    inputs
        .iter()
        .map(|input| {
            emulator.step(input, Picture::Skip).expect("a step");
            emulator.ram_hash()
        })
        .collect()
}

/// Both screens after each frame.
fn pictures(emulator: &mut Emulator, inputs: &[Frame]) -> Vec<Screens> {
    inputs
        .iter()
        .map(|input| {
            emulator.step(input, Picture::Draw).expect("a step");
            emulator.screens()
        })
        .collect()
}

#[test]
fn a_race_goes_on_the_same_however_it_got_there() {
    let inputs = driving(1, 400);
    let mut never_saved = in_a_race();
    let expected = hashes(&mut never_saved, &inputs);

    let mut saved = in_a_race();
    let state = saved.save_state().expect("a state");
    assert!(hashes(&mut saved, &inputs) == expected, "after saving");
    saved.load_state(&state).expect("a load");
    assert!(hashes(&mut saved, &inputs) == expected, "after loading");

    let mut other = Emulator::open(homebrew::ROM, &Options::default()).expect("an emulator");
    other.load_state(&state).expect("a load");
    assert!(
        hashes(&mut other, &inputs) == expected,
        "in another emulator"
    );
}

#[test]
fn pictures_in_3d_are_right_after_skipped_frames() {
    let mut always = in_a_race();
    let mut sometimes = in_a_race();
    let mut last = None;
    for (frame, input) in driving(2, 90).iter().enumerate() {
        always.step(input, Picture::Draw).expect("a step");
        // Single frames, pairs and longer runs of drawn and of skipped frames.
        if [0, 2, 3, 7, 8, 9, 10].contains(&(frame % 15)) {
            sometimes.step(input, Picture::Draw).expect("a step");
            let picture = sometimes.screens();
            assert!(picture == always.screens(), "frame {frame}");
            assert_ne!(
                Some(&picture),
                last.as_ref(),
                "frame {frame}: the picture changes"
            );
            last = Some(picture);
        } else {
            sometimes.step(input, Picture::Skip).expect("a step");
        }
        assert_eq!(sometimes.ram_hash(), always.ram_hash(), "frame {frame}");
    }
}

/// Prints hashes of a picture and a state of a race: see the next test.
#[test]
#[allow(clippy::print_stdout, reason = "what the next test reads")]
fn a_picture_and_a_state_of_a_race() {
    let mut emulator = in_a_race();
    let shown = pictures(&mut emulator, &driving(6, 3))
        .pop()
        .expect("three pictures");
    let first = &shown.as_rgba()[..4];
    assert!(
        shown.as_rgba().chunks(4).any(|pixel| pixel != first),
        "one colour all over"
    );
    let saved = without_time(&emulator.save_state().expect("a state"));
    println!(
        "race: picture {:016x}, state {:016x}",
        xxhash_rust::xxh3::xxh3_64(shown.as_rgba()),
        xxhash_rust::xxh3::xxh3_64(&saved)
    );
}

/// Regression: the core drew with uninitialised numbers, so that pictures depended on earlier contents of memory; and it
/// saved some of its sound hardware's.
#[test]
fn pictures_and_states_do_not_depend_on_what_memory_held() {
    let program = std::env::current_exe().expect("a test has a program");
    let race = |fill: &str| {
        let output = std::process::Command::new(&program)
            .args(["--exact", "a_picture_and_a_state_of_a_race", "--nocapture"])
            .env("MALLOC_PERTURB_", fill)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find_map(|line| line.split("race: ").nth(1));
        line.unwrap_or_else(|| panic!("no hashes: {text}"))
            .to_owned()
    };
    let plain = race("0");
    for fill in ["1", "85", "170"] {
        assert_eq!(
            race(fill),
            plain,
            "memory filled with the complement of {fill}"
        );
    }
}

#[test]
fn pictures_after_loading_a_state_are_those_of_the_run() {
    let mut emulator = in_a_race();
    let state = emulator.save_state().expect("a state");
    let inputs = driving(3, 10);
    let expected = pictures(&mut emulator, &inputs);
    hashes(&mut emulator, &driving(4, 40));
    emulator.load_state(&state).expect("a load");
    assert!(pictures(&mut emulator, &inputs) == expected);

    let mut other = Emulator::open(homebrew::ROM, &Options::default()).expect("an emulator");
    other.load_state(&state).expect("a load");
    assert!(
        pictures(&mut other, &inputs) == expected,
        "in another emulator"
    );
}

/// A state's bytes without the time of saving and the checksum over it.
fn without_time(state: &State) -> Vec<u8> {
    const CHECKSUM: std::ops::Range<usize> = 72..80;
    // The core's name of the field, its count and its size come before its eight bytes.
    const NAME: &[u8] = b"GTIM\x01\0\0\0\x08\0\0\0";
    let mut bytes = state.bytes();
    bytes[CHECKSUM].fill(0);
    let name = bytes
        .windows(NAME.len())
        .position(|window| window == NAME)
        .expect("the time of saving");
    let time = name + NAME.len();
    bytes[time..time + 8].fill(0);
    bytes
}

#[test]
fn states_do_not_depend_on_the_pictures_drawn_before() {
    const FRAMES: usize = 60;
    let inputs = driving(6, FRAMES);
    let saved_after = |is_drawn: &dyn Fn(usize) -> bool| {
        let mut emulator = in_a_race();
        for (frame, input) in inputs.iter().enumerate() {
            // The last pictures are part of a state.
            let picture = if is_drawn(frame) || frame + 2 >= FRAMES {
                Picture::Draw
            } else {
                Picture::Skip
            };
            emulator.step(input, picture).expect("a step");
        }
        without_time(&emulator.save_state().expect("a state"))
    };
    let expected = saved_after(&|_| true);
    let patterns: [(&str, &dyn Fn(usize) -> bool); 3] = [
        ("no frame", &|_| false),
        ("every seventh frame", &|frame| frame % 7 == 0),
        ("frames in twos", &|frame| frame % 5 < 2),
    ];
    for (drawn, is_drawn) in patterns {
        assert!(saved_after(is_drawn) == expected, "{drawn} was drawn");
    }
}

#[test]
fn pictures_after_skipped_frames_are_the_same_from_a_state() {
    let mut emulator = in_a_race();
    hashes(&mut emulator, &driving(7, 31));
    let state = emulator.save_state().expect("a state");
    let inputs = driving(8, 8);
    let expected = pictures(&mut emulator, &inputs);
    for first in 0..inputs.len() {
        emulator.load_state(&state).expect("a load");
        hashes(&mut emulator, &inputs[..first]);
        let found = pictures(&mut emulator, &inputs[first..]);
        assert!(found == expected[first..], "from frame {first} on");
    }
}

#[test]
fn pictures_after_a_reset_are_those_of_a_new_emulator() {
    let mut emulator = in_a_race();
    let inputs = driving(5, 5);
    let expected = pictures(&mut emulator, &inputs);
    emulator.reset().expect("a reset");
    enter_a_race(&mut emulator);
    assert!(pictures(&mut emulator, &inputs) == expected);
}

/// Steps of the sound's waves in half a second, with these buttons held.
fn heard_edges(emulator: &mut Emulator, pad: Pad) -> usize {
    let mut samples = Vec::new();
    emulator.take_sound(&mut samples);
    samples.clear();
    for _ in 0..30 {
        emulator
            .step(&Frame::pad(pad), Picture::Skip)
            .expect("a step");
    }
    emulator.take_sound(&mut samples);
    samples.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

#[test]
fn the_engine_rises_with_the_speed_and_stops_for_a_pause() {
    let mut emulator = in_a_race();
    emulator.set_sound(true);
    let at_rest = heard_edges(&mut emulator, Pad::empty());
    assert!(at_rest > 50, "{at_rest} edges");
    for _ in 0..180 {
        emulator
            .step(&Frame::pad(Pad::A), Picture::Skip)
            .expect("a step");
    }
    let at_speed = heard_edges(&mut emulator, Pad::A);
    assert!(at_speed > 2 * at_rest, "{at_rest}, then {at_speed} edges");
    heard_edges(&mut emulator, Pad::START);
    assert_eq!(heard_edges(&mut emulator, Pad::empty()), 0);
}

#[test]
fn the_game_finds_its_battery_memory() {
    let mut emulator = Emulator::open(homebrew::ROM, &Options::default()).expect("an emulator");
    for _ in 0..300 {
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    }
    let battery = emulator.battery().expect("a battery");
    assert!(!battery.is_empty(), "the chip was detected");

    let full: Vec<u8> = (0..256 << 10)
        .map(|index: u32| (index % 251) as u8)
        .collect();
    let mut given = Emulator::open_with_battery(homebrew::ROM, &Options::default(), Some(&full))
        .expect("an emulator");
    for _ in 0..300 {
        given
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    }
    assert_eq!(given.battery().expect("a battery").len(), full.len());
}
