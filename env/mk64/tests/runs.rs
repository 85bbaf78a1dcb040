//! Races of the bundled game as movies: recorded, replayed, read back, and played by sessions.

mod bundled;

use std::ops::ControlFlow;
use std::sync::OnceLock;

use bundled::{is_installed, time_trial};
use env_kart::Error as KartError;
use env_kart::disturbed::DisturbedDriver;
use env_kart::runs::{RunGame as _, checks::Checks, race_movie};
use env_mk64::Error;
use env_mk64::game::{MarioKart64, Session};
use env_mk64::movie::Movie;
use env_mk64::runs::console::Console;
use env_mk64::runs::ghost_movie;
use env_mk64::runs::{Opponent, RaceComment, RaceMovie, Replay, Setup, StateStart};
use env_mk64::scripted::{ScriptedDriver, Style};
use formats::comments::Comments as _;
use homebrew_n64::{COURSES, ROM};
use mupen64plus::{Buttons, Picture, Storage};
use n64_formats::m64::{self, Start};
use session::Run as _;

/// More frames than a race of three laps takes.
const FRAME_LIMIT: u64 = 9000;

fn go_on<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A race of the scripted driver on the second course; `None` where the emulator is not installed.
fn driven() -> Option<&'static RaceMovie> {
    static DRIVEN: OnceLock<Option<RaceMovie>> = OnceLock::new();
    let drive = || {
        is_installed().then(|| {
            let setup = Setup {
                rom: ROM,
                console: &Console::default(),
                combo: time_trial(COURSES[1].id),
                opponent: Opponent::None,
                expected_ms: None,
                frame_limit: FRAME_LIMIT,
            };
            let mut driver = ScriptedDriver::new(Style::default());
            race_movie::record(&setup, &mut driver, &mut |_| go_on(())).expect("a race")
        })
    };
    DRIVEN.get_or_init(drive).as_ref()
}

fn read(bytes: &[u8]) -> Movie {
    Movie::parse(bytes).expect("a movie")
}

/// RAM's hash after a replay, which follows the recorded race to its end.
fn replayed(mut replay: Replay) -> u64 {
    assert!(replay.finish().expect("it plays").finished);
    assert_eq!(replay.divergence(), None);
    replay.require_finish().expect("whole");
    replay.machine().ram_hash()
}

#[test]
fn a_driven_race_is_replayed_from_its_file() {
    let Some(run) = driven() else { return };
    assert!(run.outcome.finished);
    assert_eq!(run.lap_ms.len(), 3);
    let laps: u32 = run.lap_ms.iter().sum();
    assert_eq!(laps, run.outcome.total_ms);
    let movie = read(&run.movie.to_bytes());
    let comment = RaceComment::of_movie(&movie).expect("sound").expect("one");
    assert_eq!(
        (comment.combo, comment.total_ms),
        (run.combo, Some(run.outcome.total_ms))
    );
    assert_eq!(movie.frames(), run.movie.frames());
    let hashes = [0, 1].map(|_| replayed(Replay::open(ROM, &movie).expect("its ROM")));
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn a_movie_without_comments_is_played_poll_by_poll() {
    let Some(run) = driven() else { return };
    let (plain, comments) = m64::comments::split(&run.movie.to_bytes())
        .map(|(plain, comments)| (plain.to_vec(), comments))
        .expect("ours");
    assert!(!comments.is_empty());
    let mut movie = read(&plain);
    assert!(!movie.is_by_frames());
    let by_frames = MarioKart64::by_frames(ROM, &movie, None).expect("it plays");
    // The frames after the last poll are in no sample.
    let frames = by_frames.frames();
    assert_eq!(frames, &run.movie.frames()[..frames.len()]);
    let fewer = run.movie.frames().len() - frames.len();
    assert!(fewer < 4, "{fewer} frames");
    let mut replay = Replay::open(ROM, &movie).expect("its ROM");
    assert_eq!(
        replay.finish().expect("it plays").total_ms,
        run.outcome.total_ms
    );

    movie.header.set_start(Start::Eeprom);
    let error = Replay::open(ROM, &movie)
        .expect_err("nothing saved")
        .to_string();
    assert!(error.contains("had saved"), "{error}");
}

#[test]
fn a_changed_input_and_another_rom_are_found() {
    let Some(run) = driven() else { return };
    let file = run.movie.to_bytes();
    let (samples, _) = m64::comments::split(&file).expect("ours");
    // A sample of four bytes in the middle, in the race.
    let sample = samples.len() / 8 * 4;
    let mut changed = file.clone();
    changed[sample] ^= 1 << 7;
    let mut replay = Replay::open(ROM, &read(&changed)).expect("its ROM");
    replay.finish().expect("it plays");
    assert!(replay.divergence().is_some());

    let mut other = file;
    other[0xE4] ^= 1;
    let error = Replay::open(ROM, &read(&other)).expect_err("another ROM");
    assert!(matches!(error, Error::WrongRom { .. }), "{error}");
}

#[test]
fn a_race_is_driven_on_from_a_save_state_and_replayed() {
    let Some(run) = driven() else { return };
    let mut replay = Replay::open(ROM, &run.movie).expect("its ROM");
    for _ in 0..run.start_frame + 400 {
        replay.step(Picture::Skip).expect("it plays");
    }
    let state = replay.machine_mut().save_state().expect("a state");
    let drive = |file: &[u8]| {
        let start = StateStart::open(ROM, &Console::default(), file).expect("the state");
        let mut driver = ScriptedDriver::new(Style::default());
        race_movie::record_from_state(start, FRAME_LIMIT, &mut driver, &mut |_| go_on(()))
            .expect("a race")
    };
    // Either kind of file is the same beginning.
    let own = drive(&state.bytes());
    let other = drive(&state.to_st());
    assert_eq!(own.movie.to_bytes(), other.movie.to_bytes());
    assert!(own.outcome.finished && own.start_frame < 0);
    let file = own.state.expect("the state's file");
    let movie = read(&own.movie.to_bytes());
    replayed(Replay::open_from_state(ROM, &movie, &file).expect("the state loads"));
    let error = Replay::open(ROM, &movie).expect_err("no state");
    assert!(
        matches!(error, Error::Kart(KartError::StateNeeded)),
        "{error}"
    );
    assert!(Replay::open_from_state(ROM, &movie, &file[..file.len() / 2]).is_err());
}

#[test]
fn what_was_saved_before_travels_in_the_movie() {
    if !is_installed() {
        return;
    }
    let console = Console {
        saved: vec![(Storage::Eeprom, vec![0x5A; 512])],
        ..Console::default()
    };
    let movie = console.blank_movie(ROM).expect("a movie");
    assert_eq!(movie.header.start(), Start::Eeprom);
    let read = read(&movie.to_bytes());
    assert_eq!(Console::of_movie(&read).expect("sound"), console);
    let replay = Replay::open(ROM, &read).expect("its ROM");
    assert_eq!(
        replay.machine().storage(Storage::Eeprom)[..512],
        [0x5A; 512]
    );
    let mut damaged = read;
    damaged.add_comment("kartscope saved eeprom ???");
    assert!(Console::of_movie(&damaged).is_err());
}

#[test]
fn a_session_plays_a_movie_and_writes_it_down_again() {
    let Some(run) = driven() else { return };
    let machine = Console::default().switch_on(ROM).expect("an emulator");
    let mut session = Session::new(machine, run.movie.clone()).expect("a session");
    while session.step_with(None, Picture::Skip).expect("it plays") {}
    assert_eq!(session.race_start(), Some(run.start_frame));
    let movie = session.movie().expect("fully played");
    assert_eq!(movie.to_bytes(), run.movie.to_bytes());
    // Cut off in the race and played on by hand, it is a movie of another race that replays.
    let cut = u64::try_from(run.start_frame).expect("from power-on") + 500;
    session.go_to(cut).expect("there");
    session.take_over();
    for _ in 0..60 {
        session.step(Some(session.last_input())).expect("it plays");
    }
    let hash = session.hash();
    let movie = session.movie().expect("fully played");
    let mut replay = Replay::open(ROM, &read(&movie.to_bytes())).expect("its ROM");
    replay.finish().expect("it plays");
    assert_eq!(replay.divergence(), None);
    assert_eq!(replay.machine().ram_hash(), hash);
}

#[test]
fn a_race_becomes_the_games_ghost_and_the_ghost_the_same_race() {
    let Some(run) = driven() else { return };
    let ghost = ghost_movie::to_ghost(ROM, &run.movie, &mut |_| go_on(()));
    let ghost = ghost.expect("the game keeps the race");
    assert_eq!(ghost.time().0 * 10, run.outcome.total_ms);
    assert_eq!(ghost_movie::combo_of(&ghost).expect("a race"), run.combo);
    let console = Console::default();
    let again = ghost_movie::from_ghost(ROM, &console, &ghost, &mut |_| go_on(())).expect("a race");
    again.outcome.require_match().expect("its time");
    assert_eq!(again.lap_ms, run.lap_ms);
    let checks = |run: &RaceMovie| Checks::from_comments(run.movie.comments()).expect("ours");
    assert_eq!(checks(&again), checks(run), "the motion in every frame");
}

#[test]
fn a_disturbed_race_names_every_frame_that_its_driver_drove_itself() {
    if !is_installed() {
        return;
    }
    let setup = Setup {
        rom: ROM,
        console: &Console::default(),
        combo: time_trial(COURSES[1].id),
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 1200,
    };
    let mut driver = DisturbedDriver::new(ScriptedDriver::new(Style::calm(3)), 3);
    let run = race_movie::record(&setup, &mut driver, &mut |_| go_on(())).expect("a race");
    let ranges = driver.corrections(&run).ranges().to_vec();
    assert!(ranges.len() > 5, "{ranges:?}");
    let frames = run.movie.frames();
    assert!(ranges[ranges.len() - 1].end <= frames.len() as u64);
    for pair in ranges.windows(2) {
        let driven = pair[1].end - pair[1].start;
        let is_last = pair[1] == ranges[ranges.len() - 1];
        assert!(is_last || (50..130).contains(&driven), "{pair:?}");
        let push = pair[0].end..pair[1].start;
        assert!((8..45).contains(&(push.end - push.start)), "{push:?}");
        // The game reads its pad in every other frame; between, movies have what it read last.
        let pads = push.skip(1).map(|frame| frames[frame as usize].pads[0]);
        let pads: Vec<_> = pads.collect();
        assert!(pads.windows(2).all(|pair| pair[0] == pair[1]), "{pads:?}");
        assert!(pads[0].buttons.contains(Buttons::A), "{pads:?}");
    }
}
