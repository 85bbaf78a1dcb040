//! A movie answers the game's polls, one by one, and is written from them.

mod fixture;

use fixture::{FRAMES, MIXED, MODES, flooding_rom, inputs, is_installed, polling_rom, rom, word};
use mupen64plus::{
    Buttons, Cartridge, Cpu, Emulator, Error, Frame, Options, Pad, Picture, Playback, Poll, Port,
};
use n64_formats::m64::{Controller, Movie, Sample, Start};

fn two_controllers(cpu: Cpu) -> Options {
    Options {
        cpu,
        ports: [
            Port::ControllerPak,
            Port::Controller,
            Port::Empty,
            Port::Empty,
        ],
        ..Options::default()
    }
}

/// Samples that all differ.
fn samples(count: usize) -> Vec<Sample> {
    let pads = inputs(count).into_iter().map(|frame| frame.pads[0]);
    pads.map(Sample::from).collect()
}

fn movie_of(samples: Vec<Sample>) -> Movie {
    let mut movie = Movie::new(Start::PowerOn);
    let ports = two_controllers(Cpu::Dynarec).ports;
    movie.header.set_controllers(ports.map(Controller::from));
    movie.samples = samples;
    movie
}

fn got(polls: &[Poll]) -> impl Iterator<Item = Sample> {
    polls.iter().map(|poll| poll.pad.into())
}

/// What a run has come to: the hash of its RAM in every frame, and its polls.
#[derive(PartialEq)]
struct Run {
    hashes: Vec<u64>,
    polls: Vec<Vec<Poll>>,
}

/// Plays a movie from power-on for some frames.
fn play(cpu: Cpu, movie: &Movie, frames: usize) -> (Run, usize) {
    let mut playback = Playback::new(&movie.samples).expect("inputs");
    let options = Options {
        cpu,
        ports: movie.header.controllers().map(Port::from),
        ..Options::default()
    };
    let emulator = Emulator::open_polled(&polling_rom(), &options, &[], &mut playback);
    let mut emulator = emulator.expect("an emulator");
    let mut run = Run {
        hashes: vec![emulator.ram_hash()],
        polls: vec![emulator.polls().to_vec()],
    };
    for _ in 0..frames {
        let stepped = emulator.step_polled(&mut playback, Picture::Skip);
        stepped.expect("a step");
        run.hashes.push(emulator.ram_hash());
        run.polls.push(emulator.polls().to_vec());
    }
    (run, playback.position())
}

#[test]
fn a_movie_goes_into_a_run_and_back_whatever_the_game_polls() {
    if !is_installed() {
        return;
    }
    let movie = movie_of(samples(1000));
    let mut runs = Vec::new();
    for cpu in MODES {
        let (run, used) = play(cpu, &movie, 60);
        // The program polls before its first picture, then in some interrupts not at all, in others up to four times; the
        // second controller always first.
        let counts: Vec<usize> = run.polls.iter().map(Vec::len).collect();
        assert_eq!(counts[0], 2, "{cpu}");
        for count in [0, 3, 6, 9, 12] {
            assert!(counts[1..].contains(&count), "{cpu}: {count}: {counts:?}");
        }
        let ports: Vec<usize> = run.polls[1..]
            .concat()
            .iter()
            .map(|poll| poll.port)
            .collect();
        assert!(ports.chunks(3).all(|turn| turn == [1, 0, 1]), "{cpu}");
        let written = movie_of(got(&run.polls.concat()).collect());
        assert!(used > 60 && used < movie.samples.len(), "{cpu}: {used}");
        assert_eq!(written.samples, movie.samples[..used], "{cpu}");
        let read = Movie::parse(&written.to_bytes()).expect("a movie");
        let (again, all) = play(cpu, &read, 60);
        assert!(again == run && all == used, "{cpu}");
        runs.push(run);
    }
    assert!(runs[0] == runs[1] && runs[1] == runs[2], "between modes");
}

#[test]
fn a_run_by_frames_is_a_movie_and_comes_back_from_it() {
    if !is_installed() {
        return;
    }
    let options = two_controllers(Cpu::Dynarec);
    let mut emulator = Emulator::open(&polling_rom(), &options).expect("an emulator");
    let mut samples: Vec<Sample> = got(emulator.polls()).collect();
    let mut frames = inputs(60);
    for frame in &mut frames {
        frame.pads[1].buttons = frame.pads[0].buttons ^ Buttons::Z;
        emulator.step(frame, Picture::Skip).expect("a step");
        samples.extend(got(emulator.polls()));
    }
    let mut playback = Playback::new(&samples).expect("inputs");
    let replayed = Emulator::open_polled(&polling_rom(), &options, &[], &mut playback);
    let mut replayed = replayed.expect("an emulator");
    let mut by_frames = Emulator::open(&polling_rom(), &options).expect("an emulator");
    for frame in &frames {
        let stepped = replayed.step_polled(&mut playback, Picture::Skip);
        stepped.expect("a step");
        let held = replayed.held().expect("one frame");
        assert!(held == *frame || replayed.polls().is_empty() && held == Frame::default());
        by_frames.step(&held, Picture::Skip).expect("a step");
    }
    assert!(playback.is_over());
    assert_eq!(replayed.ram_hash(), emulator.ram_hash());
    assert_eq!(by_frames.ram_hash(), emulator.ram_hash());
}

#[test]
fn different_answers_in_an_interrupt_are_no_frame() {
    if !is_installed() {
        return;
    }
    let options = two_controllers(Cpu::Dynarec);
    let mut emulator = Emulator::open(&polling_rom(), &options).expect("an emulator");
    let mut playback = Playback::new(&samples(1000)).expect("inputs");
    while emulator.polls().len() < 3 {
        let stepped = emulator.step_polled(&mut playback, Picture::Skip);
        stepped.expect("a step");
    }
    let [first, _, other] = [0, 1, 2].map(|poll| emulator.polls()[poll].pad);
    let error = emulator.held().expect_err("two inputs").to_string();
    let frame = emulator.frame_count();
    assert_eq!(
        error,
        format!(
            "frame {frame}: controller 2: expected the same input in every poll, found {first} and {other}"
        )
    );
}

#[test]
fn after_a_movie_nothing_is_held_and_a_state_continues_in_it() {
    if !is_installed() {
        return;
    }
    let samples = samples(40);
    let options = two_controllers(Cpu::Dynarec);
    let mut playback = Playback::new(&samples).expect("inputs");
    let mut emulator = Emulator::open(&polling_rom(), &options).expect("an emulator");
    let mut all = Vec::new();
    let mut middle = None;
    for _ in 0..60 {
        if playback.position() > 10 && middle.is_none() {
            middle = Some((
                emulator.save_state().expect("a state"),
                playback.clone(),
                all.len(),
            ));
        }
        let stepped = emulator.step_polled(&mut playback, Picture::Skip);
        stepped.expect("a step");
        all.extend_from_slice(emulator.polls());
    }
    let (held, after) = all.split_at(samples.len());
    assert!(got(held).eq(samples));
    assert!(!after.is_empty());
    assert!(after.iter().all(|poll| poll.pad == Pad::default()));

    let end = emulator.ram_hash();
    let (state, mut playback, passed) = middle.expect("a movie of more than ten polls");
    emulator.load_state(&state).expect("it loads");
    assert!(emulator.polls().is_empty());
    let mut rest = Vec::new();
    while emulator.frame_count() < 60 {
        let stepped = emulator.step_polled(&mut playback, Picture::Skip);
        stepped.expect("a step");
        rest.extend_from_slice(emulator.polls());
    }
    assert_eq!(rest, all[passed..]);
    assert_eq!(emulator.ram_hash(), end);
}

#[test]
fn a_reset_is_the_power_on_of_the_movie() {
    if !is_installed() {
        return;
    }
    let mut playback = Playback::new(&samples(2)).expect("inputs");
    let options = two_controllers(Cpu::Dynarec);
    let emulator = Emulator::open_polled(&polling_rom(), &options, &[], &mut playback);
    let mut emulator = emulator.expect("an emulator");
    let (polls, hash) = (emulator.polls().to_vec(), emulator.ram_hash());
    assert_eq!((playback.position(), polls.len()), (2, 2));
    let unheld = Emulator::open(&polling_rom(), &options).expect("an emulator");
    assert_ne!(word(unheld.ram(), MIXED), word(emulator.ram(), MIXED));
    emulator
        .step(&Frame::default(), Picture::Skip)
        .expect("a step");
    emulator.reset().expect("a reset");
    assert_eq!((emulator.polls(), emulator.ram_hash()), (&*polls, hash));
}

#[test]
fn ports_are_written_into_movies_and_read_from_them() {
    let ports = [
        Port::Empty,
        Port::Controller,
        Port::ControllerPak,
        Port::RumblePak,
    ];
    let mut movie = Movie::new(Start::PowerOn);
    movie.header.set_controllers(ports.map(Controller::from));
    assert_eq!(movie.header.controllers().map(Port::from), ports);
}

#[test]
fn samples_that_are_no_input_are_refused() {
    let mut samples = samples(5);
    samples[3] = Sample::RESET;
    let error = Playback::new(&samples).expect_err("a reset").to_string();
    assert_eq!(
        error,
        "movie: sample 3: expected buttons and the stick, found a reset of the console"
    );
    samples[1] = Sample([0x80, 0x40, 0, 0]);
    let error = Playback::new(&samples).expect_err("a bit").to_string();
    assert_eq!(
        error,
        "movie: sample 1: expected buttons and the stick, found a bit that no button has"
    );
}

#[test]
fn more_polls_than_are_kept_are_an_error() {
    if !is_installed() {
        return;
    }
    let options = Options {
        cartridge: Cartridge {
            count_per_instruction: 1,
            controller_delay: 1,
            ..Cartridge::default()
        },
        ports: [Port::Controller; 4],
        ..Options::default()
    };
    let mut emulator = Emulator::open(&flooding_rom(), &options).expect("an emulator");
    let mut step = || emulator.step(&Frame::default(), Picture::Skip);
    let error = step().and_then(|()| step()).expect_err("too many polls");
    assert!(matches!(error, Error::Core { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("polled its controllers"), "{text}");

    // Those of a program that polls once are kept in the usual timing and in this one.
    let mut emulator = Emulator::open(&rom(), &options).expect("an emulator");
    let before = word(emulator.ram(), FRAMES);
    emulator
        .step(&Frame::default(), Picture::Skip)
        .expect("a step");
    assert_eq!(word(emulator.ram(), FRAMES), before + 1);
    assert_eq!(emulator.polls().len(), 4);
}
