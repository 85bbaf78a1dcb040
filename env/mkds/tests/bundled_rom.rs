//! Menus, movies and the environment on the bundled ROM in the emulator.

use std::ops::ControlFlow;

use desmume::{Emulator, Options, Picture};
use env_kart::runs::race_movie;
use env_mkds::{
    Error,
    menus::{self, Opponent},
    runs::{
        Annotations, RaceComment, RaceMovie, Replay, Setup, StateStart,
        console::Console,
        ghost_movie,
        rom_check::{RomCheck, describe_rom},
    },
    scripted::{ScriptedDriver, Style},
};
use homebrew::{COURSES, ROM, rom_with_real_timing};
use mkds_formats::{ghost::Combo, names::Course, sav::Save};
use mkds_memory::Ram;
use nds_formats::battery;
use nds_formats::{
    dsm::{Movie, Start},
    pad::Pad,
};

const OVAL: Combo = Combo {
    character: 0,
    kart: 0,
    course: COURSES[0].id,
};

fn emulator() -> Emulator {
    Emulator::open(ROM, &Options::default()).expect("the bundled ROM starts")
}

fn go_on<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A scripted race's battery memory, its ghost's slot, and the race's time.
fn driven(combo: Combo, seed: u64) -> (Vec<u8>, usize, u32) {
    let blank = Save::blank();
    let console = Console {
        battery: Some(blank.battery().to_vec()),
        ..Console::default()
    };
    let setup = Setup {
        rom: ROM,
        console: &console,
        combo,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 9000,
    };
    let mut driver = ScriptedDriver::new(Style::seeded(seed));
    let race = race_movie::record(&setup, &mut driver, &mut |_| go_on(())).expect("a race");
    assert!(race.outcome.finished, "the scripted driver finishes");
    let slot = usize::from(Course::by_id(combo.course).expect("a race course").slot);
    (race.saved, slot, race.outcome.total_ms)
}

fn movie_of(combo: Combo, seed: u64) -> RaceMovie {
    let (battery, slot, _) = driven(combo, seed);
    let ghost = Save::parse(&battery)
        .unwrap()
        .ghost(slot)
        .unwrap()
        .expect("a ghost");
    ghost_movie::from_ghost(
        ROM,
        Some(&battery),
        &ghost,
        &Options::default(),
        &mut |_| go_on(()),
    )
    .expect("the ghost becomes a movie")
}

#[test]
fn the_menus_reach_every_course_with_any_character_and_kart() {
    for rom in [ROM, &rom_with_real_timing()] {
        reach_every_course(rom);
    }
}

fn reach_every_course(rom: &[u8]) {
    let choices = [(0, 0), (7, 21), (11, 35), (3, 0), (9, 14), (5, 17)];
    for (number, course) in COURSES.iter().enumerate() {
        for &(character, kart) in choices.iter().skip(number % 2).step_by(2) {
            let combo = Combo {
                character,
                kart,
                course: course.id,
            };
            let mut emulator =
                Emulator::open(rom, &Options::default()).expect("the bundled ROM starts");
            let mut seen = 0;
            let start = menus::enter_race(&mut emulator, &combo, &mut |_| {
                seen += 1;
                ControlFlow::Continue(())
            })
            .unwrap_or_else(|error| panic!("{combo:?}: {error}"));
            let race = Ram::new(emulator.main_ram())
                .unwrap()
                .race()
                .unwrap()
                .unwrap();
            assert_eq!(start + u64::from(race.state().frame_counter()), seen + 1);
            assert_eq!(menus::combo(&race), Some(combo));
        }
    }
}

#[test]
fn menus_without_the_course_report_the_state_in_ram() {
    let locked = Combo {
        course: Course::by_abbreviation("RR").unwrap().id,
        ..OVAL
    };
    let error = menus::enter_race(&mut emulator(), &locked, &mut |_| go_on(())).unwrap_err();
    assert!(matches!(error, Error::NoRace { .. }), "{error}");
    assert!(error.to_string().contains("scene"), "{error}");

    let unknown = Combo { course: 63, ..OVAL };
    let error = menus::enter_race(&mut emulator(), &unknown, &mut |_| go_on(())).unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotInMenus {
                what: "course",
                found: 63,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_menus_stop_when_asked_to() {
    let error = menus::enter_race(&mut emulator(), &OVAL, &mut |_| ControlFlow::Break(()));
    assert!(matches!(
        error,
        Err(Error::Kart(env_kart::Error::Cancelled { frames: 1 }))
    ));
}

#[test]
fn a_driven_race_becomes_a_ghost_a_movie_and_the_same_race_again() {
    let (battery, slot, total_ms) = driven(OVAL, 1);
    let ghost = Save::parse(&battery)
        .unwrap()
        .ghost(slot)
        .unwrap()
        .expect("a ghost");
    assert_eq!(ghost.combo, OVAL);
    assert_eq!(ghost.time.0, total_ms);

    let RaceMovie {
        movie,
        start_frame,
        outcome,
        ..
    } = ghost_movie::from_ghost(ROM, None, &ghost, &Options::default(), &mut |_| go_on(()))
        .expect("the ghost becomes a movie");
    assert!(outcome.finished);
    assert_eq!(
        (outcome.total_ms, outcome.expected_ms),
        (total_ms, Some(total_ms))
    );

    let read = Movie::parse(&movie.to_bytes()).expect("the movie reads back");
    let comment = RaceComment {
        combo: OVAL,
        start_frame,
        total_ms: Some(total_ms),
    };
    assert_eq!(RaceComment::of_movie(&read).unwrap(), Some(comment));
    let mut replays = [0, 1].map(|_| Replay::open(ROM, &read).expect("the movie is for this ROM"));
    for replay in &mut replays {
        assert!(replay.finish().unwrap().matches());
        assert_eq!(replay.divergence(), None);
    }
    assert_eq!(
        replays[0].machine().ram_hash(),
        replays[1].machine().ram_hash()
    );
}

#[test]
fn a_movie_of_a_race_against_the_ghost_shows_both_racers() {
    let (battery, _, ghost_ms) = driven(OVAL, 1);
    let combo = Combo {
        character: 6,
        kart: 20,
        ..OVAL
    };
    let console = Console {
        battery: Some(battery),
        ..Console::default()
    };
    let setup = Setup {
        rom: ROM,
        console: &console,
        combo,
        opponent: Opponent::Ghost,
        expected_ms: None,
        frame_limit: 9000,
    };
    let mut driver = ScriptedDriver::new(Style::seeded(5));
    let run = race_movie::record(&setup, &mut driver, &mut |_| go_on(())).expect("a race");
    assert!(run.outcome.finished);

    let read = Movie::parse(&run.movie.to_bytes()).expect("the movie reads back");
    let mut replay = Replay::open(ROM, &read).expect("the movie is for this ROM");
    assert!(replay.finish().unwrap().matches());
    assert_eq!(replay.divergence(), None);
    let ram = Ram::new(replay.machine().main_ram()).unwrap();
    let race = ram
        .race()
        .unwrap()
        .expect("the result is shown over the race");
    assert_eq!(race.driver_count(), 2);
    let ghost = race.config().driver(1).expect("a second driver");
    assert_eq!((ghost.character().0, ghost.kart().0), (0, 0));
    let times = [0, 1].map(|id| race.driver_status(id).unwrap().total_milliseconds());
    assert_eq!(times[0], run.outcome.total_ms);
    let places = [0, 1].map(|id| race.driver(id).unwrap().place());
    if times[0] < ghost_ms {
        assert_eq!(places, [0, 1]);
    } else {
        assert_eq!((times[1], places), (ghost_ms, [1, 0]));
    }
}

#[test]
fn a_ghost_that_is_not_there_is_no_opponent() {
    let pace = menus::Pace::default();
    let error = menus::enter_race_at(&mut emulator(), &OVAL, Opponent::Ghost, pace, &mut |_| {
        go_on(())
    });
    assert!(matches!(error, Err(Error::NoOpponent { combo: OVAL })));
}

#[test]
fn a_flipped_input_is_found_at_its_frame() {
    let RaceMovie {
        mut movie,
        start_frame,
        ..
    } = movie_of(OVAL, 2);
    let flipped = start_frame as usize + 1500;
    movie.frames[flipped].pad ^= Pad::A;
    let mut replay = Replay::open(ROM, &movie).unwrap();
    replay.finish().unwrap();
    let divergence = replay.divergence().expect("the race is another one");
    assert_eq!(divergence.frame, flipped as u64, "{divergence}");
}

#[test]
fn a_movie_starts_from_a_save_state() {
    let RaceMovie {
        mut movie,
        start_frame,
        ..
    } = movie_of(OVAL, 3);
    let cut = start_frame as usize + 600;
    let mut whole = Replay::open(ROM, &movie).unwrap();
    for _ in 0..cut {
        whole.step(Picture::Skip).unwrap();
    }
    let state = whole.machine_mut().save_state().unwrap();
    let state = state.to_dst().expect("the state's file");
    whole.finish().unwrap();

    movie.frames.drain(..cut);
    movie.header.remove("comment");
    movie.header.set_start(&Start::SaveState);
    let error = Replay::open(ROM, &movie).unwrap_err();
    assert!(
        matches!(error, Error::Kart(env_kart::Error::StateNeeded)),
        "{error}"
    );
    let error = Replay::open_from_state(ROM, &movie, &state[..5000]).unwrap_err();
    assert!(matches!(error, Error::Emulator(_)), "{error}");

    let mut part = Replay::open_from_state(ROM, &movie, &state).expect("the state loads");
    assert!(part.machine_mut().battery().unwrap().is_empty());
    assert!(part.finish().unwrap().finished);
    assert_eq!(part.outcome().total_ms, whole.outcome().total_ms);
    // The replay blanks the state's save memory, so that the game writes its ghost; RAM as a whole may therefore differ.
    let kart = |replay: &Replay| {
        let race = Ram::new(replay.machine().main_ram())
            .unwrap()
            .race()
            .unwrap();
        race.expect("the race").driver(0).unwrap().position()
    };
    assert_eq!(kart(&part), kart(&whole));

    let battery = vec![7; 256 << 10];
    let sram = battery::with_footer(&battery).unwrap();
    movie.header.set_sram(Some(&sram));
    let mut part = Replay::open_from_state(ROM, &movie, &state).expect("the state loads");
    assert_eq!(part.machine_mut().battery().unwrap(), battery);
}

#[test]
fn a_race_driven_on_from_a_save_state_is_the_same_race_again() {
    let RaceMovie {
        movie, start_frame, ..
    } = movie_of(OVAL, 4);
    let counter = 120;
    let mut whole = Replay::open(ROM, &movie).unwrap();
    for _ in 1..start_frame + counter {
        whole.step(Picture::Skip).unwrap();
    }
    let state = whole.machine_mut().save_state().unwrap();
    let drive = |state: &[u8]| {
        let start = StateStart::open(ROM, &Console::default(), state).expect("the state");
        let mut driver = ScriptedDriver::new(Style::seeded(4));
        race_movie::record_from_state(start, 9000, &mut driver, &mut |_| go_on(())).expect("a race")
    };
    // Either kind of file is the same beginning.
    let run = drive(&state.to_dst().unwrap());
    let other = drive(&state.bytes());
    assert_eq!(run.movie.to_bytes(), other.movie.to_bytes());
    assert!(run.outcome.finished);
    assert_eq!((run.combo, run.start_frame), (OVAL, 1 - counter));

    let read = Movie::parse(&run.movie.to_bytes()).expect("the movie reads back");
    let comment = RaceComment {
        combo: OVAL,
        start_frame: 1 - counter,
        total_ms: Some(run.outcome.total_ms),
    };
    assert_eq!(RaceComment::of_movie(&read).unwrap(), Some(comment));
    assert_eq!(comment.first_frame(), 0);
    let file = run.state.expect("the state's file");
    let mut replay = Replay::open_from_state(ROM, &read, &file).expect("the state loads");
    let mut annotations = Annotations::default();
    while let Some(frame) = replay.step(Picture::Skip).unwrap() {
        annotations.see(frame, replay.machine()).unwrap();
    }
    assert_eq!(replay.divergence(), None);
    assert!(replay.outcome().matches());
    // Watching the movie without its comments finds the same race.
    assert_eq!(annotations.race(), Some(comment));
}

#[test]
fn a_save_state_in_no_race_cant_be_driven_on_from() {
    let state = emulator().save_state().unwrap().bytes();
    let start = StateStart::open(ROM, &Console::default(), &state).expect("the state");
    let mut driver = ScriptedDriver::new(Style::default());
    let error = race_movie::record_from_state(start, 9000, &mut driver, &mut |_| go_on(()));
    assert!(matches!(
        error,
        Err(Error::Kart(env_kart::Error::RaceLost { .. }) | Error::Memory(_))
    ));
}

#[test]
fn a_movie_for_another_rom_is_refused() {
    let mut movie = Movie::new();
    movie.header.set_rom_checksum(0x1234_5678);
    let error = Replay::open(ROM, &movie).unwrap_err();
    assert!(
        matches!(
            error,
            Error::WrongRom {
                field: "romChecksum",
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("12345678"), "{error}");

    movie.header.remove("romChecksum");
    movie.header.set_rom_serial("NTR-AMCP-EUR").unwrap();
    let error = Replay::open(ROM, &movie).unwrap_err();
    assert!(
        matches!(
            error,
            Error::WrongRom {
                field: "romSerial",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_rom_is_recognised_with_any_padding() {
    let resized = |size: usize, padding: u8| {
        let mut rom = ROM.to_vec();
        rom.resize(size, padding);
        rom
    };
    let roms = [
        ROM.to_vec(),
        resized(ROM.len().next_power_of_two(), 0xFF),
        resized(ROM.len().next_power_of_two(), 0),
    ];
    let odd = resized(ROM.len() + 1000, 0x55);
    let check = |rom: &[u8], movie: &Movie| RomCheck::of(rom, movie);
    for made_with in roms.iter().chain([&odd]) {
        let mut movie = Movie::new();
        describe_rom(made_with, &mut movie).unwrap();
        let mut foreign = movie.clone();
        foreign.header.remove_comments(|_| true);
        for rom in &roms {
            let found = check(rom, &movie).unwrap();
            let expected = match rom {
                _ if rom == made_with => RomCheck::Same,
                _ if *made_with == odd => RomCheck::SameProgram,
                _ => RomCheck::OtherPadding,
            };
            assert_eq!(found, expected);
            assert_eq!(found.warning().is_none(), rom == made_with);
            let by_checksum = check(rom, &foreign).ok();
            assert_eq!(by_checksum, Some(found).filter(|_| *made_with != odd));
        }
        // The comment detects another game code, version and program, and accepts a change elsewhere in the file.
        for (at, is_same) in [
            (0x0C, false),
            (0x1E, false),
            (0x1000, false),
            (ROM.len() - 1, true),
        ] {
            let mut rom = ROM.to_vec();
            rom[at] ^= 1;
            let found = check(&rom, &movie);
            assert_eq!(found.is_ok(), is_same, "{at:#x}: {found:?}");
            assert!(check(&rom, &foreign).is_err());
        }
    }
    assert_eq!(check(ROM, &Movie::new()).unwrap(), RomCheck::NotNamed);
}

#[test]
fn a_malformed_check_is_an_error() {
    let mut movie = Movie::new();
    movie.header.add_comment("kartscope check 12 xyzw");
    assert!(matches!(
        Replay::open(ROM, &movie),
        Err(Error::Kart(env_kart::Error::Comment { .. }))
    ));
}
