//! Going back and forth on the bundled game leads to the same RAM as playing straight on.

use desmume::{Emulator, Options, Picture};
use env_mkds::game::{Input, MarioKartDs, Session};
use env_mkds::menus::{self, Opponent, Pace};
use env_mkds::runs::Corrections;
use env_mkds::runs::Replay;
use env_mkds::runs::console::Console;
use homebrew::{COURSES, ROM};
use mkds_formats::ghost::Combo;
use mkds_memory::events::RaceEvents;
use mkds_memory::{RAM_BASE, Ram};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Frame, Pad, Touch};
use proptest::prelude::*;
use session::file::{Document, SavedGame, is_session};
use session::{Direction, Error, Game as _, Mark, Poke, Run as _, Snapshot};
use std::ops::ControlFlow;
use std::sync::LazyLock;

type Happening = session::Happening<mkds_memory::events::Event>;
type Log = session::Log<Frame>;

const COMBO: Combo = Combo {
    character: 0,
    kart: 0,
    course: COURSES[0].id,
};

fn power_on() -> Emulator {
    Emulator::open(ROM, &Options::default()).expect("the bundled game starts")
}

/// The inputs that lead through the menus into a race, and some of the race.
fn race_frames(driven: usize) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut note = |frame: &Frame| {
        frames.push(*frame);
        ControlFlow::Continue(())
    };
    menus::enter_race_at(
        &mut power_on(),
        &COMBO,
        Opponent::None,
        Pace::BRISK,
        &mut note,
    )
    .expect("a race");
    let steer = |number: usize| match number / 40 % 4 {
        1 => Pad::A | Pad::LEFT,
        3 => Pad::A | Pad::RIGHT,
        _ => Pad::A,
    };
    frames.extend((0..driven).map(|number| Frame::pad(steer(number))));
    frames
}

fn movie_of(frames: &[Frame]) -> Movie {
    let mut movie = Console::default().blank_movie(ROM).expect("a movie");
    movie.frames = frames.to_vec();
    movie
}

fn session_of(frames: &[Frame]) -> Session {
    Session::new(power_on(), movie_of(frames)).expect("a session")
}

fn play_on(session: &mut Session) {
    while session.step(None).expect("played") {}
}

/// RAM's hash after each number of frames, played straight.
fn hashes(frames: &[Frame]) -> Vec<u64> {
    let mut emulator = power_on();
    let mut hashes = vec![emulator.ram_hash()];
    for frame in frames {
        emulator.step(frame, Picture::Skip).expect("played");
        hashes.push(emulator.ram_hash());
    }
    hashes
}

fn hash(session: &Session) -> u64 {
    session.hash()
}

#[test]
fn every_way_to_a_frame_leads_to_the_same_ram_and_the_same_picture() {
    let frames = race_frames(420);
    let straight = hashes(&frames);
    let mut session = session_of(&frames);
    let mut pictures = vec![session.picture()];
    while session.step(None).expect("played") {
        pictures.push(session.picture());
        assert_eq!(hash(&session), straight[session.frame() as usize]);
    }
    let last = session.length();
    let to = |far: u64| last.saturating_sub(far);
    for frame in [
        to(1),
        61,
        60,
        59,
        to(300),
        1,
        0,
        last,
        to(17),
        to(18),
        to(200),
        to(140),
    ] {
        session.go_to(frame).expect("there");
        assert_eq!(session.frame(), frame);
        assert_eq!(hash(&session), straight[frame as usize], "frame {frame}");
        if frame > 0 {
            assert!(
                session.picture() == pictures[frame as usize],
                "frame {frame}"
            );
        }
    }
    // On from the middle.
    session.go_to(to(100)).expect("there");
    play_on(&mut session);
    assert_eq!(hash(&session), straight[last as usize]);
}

#[test]
fn a_way_may_be_gone_in_pieces() {
    let frames = race_frames(100);
    let straight = hashes(&frames);
    let mut session = session_of(&frames);
    session.set_goal(frames.len() as u64);
    let mut pieces = 1;
    while !session
        .travel(Some(std::time::Instant::now()))
        .expect("gone")
    {
        pieces += 1;
    }
    assert_eq!(
        pieces,
        frames.len(),
        "a deadline that is over leaves a frame each"
    );
    assert_eq!(hash(&session), straight[frames.len()]);
    assert_eq!(session.goal(), None);
}

#[test]
fn taking_over_branches_and_undo_brings_the_old_future_back() {
    let frames = race_frames(200);
    let straight = hashes(&frames);
    let mut session = session_of(&frames);
    play_on(&mut session);
    let (last, turn) = (frames.len() as u64, frames.len() as u64 - 130);
    session.go_to(turn).expect("there");
    session.take_over();
    assert!(session.is_live());
    for _ in 0..130 {
        session
            .step(Some(Input::of(Frame::pad(Pad::B))))
            .expect("played");
    }
    let other = hash(&session);
    assert_ne!(other, straight[last as usize], "braking is not driving");
    let [branch] = session.branches() else {
        panic!("one branch");
    };
    assert_eq!((branch.log.length(), branch.frame), (last, turn));

    assert!(session.undo().expect("undone"));
    session.travel(None).expect("there");
    assert_eq!((session.frame(), session.length()), (turn, last));
    play_on(&mut session);
    assert_eq!(hash(&session), straight[last as usize]);

    assert!(session.redo().expect("done again"));
    session.travel(None).expect("there");
    assert_eq!(hash(&session), other);
    session.switch_to_branch(0).expect("a branch");
    session.travel(None).expect("there");
    play_on(&mut session);
    assert_eq!(hash(&session), straight[last as usize]);

    // Both runs are branches now; going through them makes no more.
    for expected in [other, straight[last as usize], other] {
        session.switch_to_next_branch().expect("a branch");
        session.travel(None).expect("there");
        play_on(&mut session);
        assert_eq!(hash(&session), expected);
        assert_eq!(session.branches().len(), 2);
    }
}

#[test]
fn what_was_driven_before_an_undo_stays_a_branch_when_the_redo_is_gone() {
    let mut session = session_of(&[Frame::default(); 60]);
    session.go_to(40).expect("there");
    session.take_over();
    for _ in 0..30 {
        session
            .step(Some(Input::of(Frame::pad(Pad::B))))
            .expect("played");
    }
    let driven = session.log().clone();
    session.undo().expect("undone");
    session.travel(None).expect("there");
    session.take_over();
    assert!(!session.redo().expect("asked"), "there is nothing to redo");
    let kept = session.branches().iter().find(|it| it.log == driven);
    let kept = kept.expect("the run that was driven is a branch");
    assert_eq!(kept.frame, 70);
    // What another run holds whole is no branch.
    session.undo().expect("undone");
    assert_eq!(
        session.branches().len(),
        2,
        "the movie, and what was driven"
    );
}

#[test]
fn a_write_before_the_first_frame_is_made_again_by_the_session_of_a_file() {
    let mut session = session_of(&[Frame::default(); 30]);
    session
        .poke(Poke {
            address: SPARE,
            bytes: vec![7, 8, 9],
        })
        .expect("written");
    play_on(&mut session);
    let mut again = open(&document_of(&session).to_bytes().expect("a file"));
    again.travel(None).expect("there");
    assert_eq!(hash(&again), hash(&session));
}

#[test]
fn a_write_into_ram_is_part_of_the_run_and_no_movie_hides_it() {
    let frames = race_frames(400);
    let mut session = session_of(&frames);
    session.go_to(frames.len() as u64 - 40).expect("there");
    let address = {
        let ram = Ram::new(session.machine().main_ram()).expect("RAM");
        let path = mkds_memory::path::Path::parse("driver[0].boost_timer").expect("a path");
        path.address(&ram).expect("readable").expect("a driver")
    };
    let poke = Poke {
        address,
        bytes: 90i16.to_le_bytes().to_vec(),
    };
    let unpoked = {
        let mut other = session_of(&frames);
        play_on(&mut other);
        hash(&other)
    };
    session.poke(poke).expect("written");
    let at = session.frame();
    play_on(&mut session);
    let poked = hash(&session);
    assert_ne!(poked, unpoked);
    session.go_to(70).expect("back");
    play_on(&mut session);
    assert_eq!(hash(&session), poked, "the write is made again on the way");
    assert!(matches!(session.movie(), Err(Error::Poked { count: 1, frame }) if frame == at));
    session.go_to(at).expect("back");
    assert!(
        session.movie().is_err(),
        "what is ahead belongs to the movie"
    );
    session.undo().expect("undone");
    session.travel(None).expect("there");
    play_on(&mut session);
    assert_eq!(hash(&session), unpoked);
    let outside = Poke {
        address: RAM_BASE + 0x40_0000 - 1,
        bytes: vec![1, 2],
    };
    assert!(matches!(
        session.poke(outside),
        Err(Error::OutsideRam { .. })
    ));
    assert!(
        session.movie().is_ok(),
        "what was refused was not written down"
    );
}

#[test]
fn a_recorded_run_replays_to_the_same_ram_with_its_checks() {
    let mut session = session_of(&race_frames(0));
    play_on(&mut session);
    for number in 0..700u32 {
        let mut frame = Frame::pad(Pad::A);
        if number % 50 > 40 {
            frame.pad |= Pad::LEFT;
            frame.touch = Some(Touch { x: 30, y: 90 });
        }
        session.step(Some(Input::of(frame))).expect("played");
    }
    // A mistake that is rewound and driven again.
    session.go_to(session.length() - 100).expect("back");
    session.take_over();
    for _ in 0..80 {
        session
            .step(Some(Input::of(Frame::pad(Pad::A))))
            .expect("played");
    }
    let movie = Movie::parse(&session.movie().expect("a movie").to_bytes()).expect("readable");
    let mut replay = Replay::open(ROM, &movie).expect("a replay");
    replay.finish().expect("played");
    assert_eq!(replay.machine().ram_hash(), hash(&session));
    assert_eq!(replay.divergence(), None);
    let comment = replay.comment().expect("the race is named");
    assert_eq!(comment.combo, COMBO);
    // The checks are there: a run that differs is noticed.
    let mut other = movie;
    other.frames[comment.first_frame() as usize + 400] = Frame::pad(Pad::B);
    let mut replay = Replay::open(ROM, &other).expect("a replay");
    replay.finish().expect("played");
    assert!(replay.divergence().is_some());
}

#[test]
fn slots_bring_back_frame_picture_and_what_was_ahead() {
    let frames = race_frames(300);
    let straight = hashes(&frames);
    let mut session = session_of(&frames);
    assert!(matches!(
        session.load_slot(3),
        Err(Error::EmptySlot { slot: 3 })
    ));
    assert!(matches!(session.save_slot(10), Err(Error::NoSuch { .. })));
    let at = frames.len() as u64 - 111;
    session.go_to(at).expect("there");
    let picture = session.picture();
    session.save_slot(3).expect("saved");
    session.go_to(90).expect("back");
    session.take_over();
    for _ in 0..50 {
        session
            .step(Some(Input::of(Frame::default())))
            .expect("played");
    }
    session.load_slot(3).expect("loaded");
    assert_eq!(
        (session.frame(), session.length()),
        (at, frames.len() as u64)
    );
    assert_eq!(hash(&session), straight[at as usize]);
    assert!(session.picture() == picture);
    play_on(&mut session);
    assert_eq!(hash(&session), *straight.last().expect("frames"));
    assert_eq!(session.slots().flatten().collect::<Vec<_>>(), [at]);
    session.undo().expect("undone");
    session.travel(None).expect("there");
    assert_eq!((session.frame(), session.length()), (140, 140));
}

#[test]
fn states_stay_within_their_budget_and_every_frame_stays_in_reach() {
    let frames = race_frames(900);
    let straight = hashes(&frames);
    let mut session = session_of(&frames);
    let budget = 12_000_000;
    session.set_budget(budget);
    while session.step(None).expect("played") {
        assert!(session.keyframes().bytes() <= budget || session.keyframes().frames().count() <= 2);
    }
    let kept: Vec<u64> = session.keyframes().frames().collect();
    assert_eq!(kept[0], 0);
    let all = frames.len() / 60 + 1;
    assert!((3..all).contains(&kept.len()), "{kept:?} of {all}");
    let gaps: Vec<u64> = kept.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        gaps.first() >= gaps.last(),
        "the oldest are thinned: {kept:?}"
    );
    for frame in [frames.len() - 3, 100, frames.len() / 2] {
        session.go_to(frame as u64).expect("there");
        assert_eq!(hash(&session), straight[frame]);
    }
}

#[test]
fn bookmarks_are_set_and_taken_away() {
    let mut session = session_of(&[Frame::default(); 30]);
    session.go_to(20).expect("there");
    session.set_bookmark("jump");
    session.go_to(10).expect("there");
    session.set_bookmark("start");
    let marks: Vec<_> = session
        .bookmarks()
        .iter()
        .map(|(at, name)| (*at, name.as_str()))
        .collect();
    assert_eq!(marks, [(10, "start"), (20, "jump")]);
    session.set_bookmark("");
    assert_eq!(session.bookmarks().len(), 1);
}

/// What happens in a run that is played straight, as `kartscope inspect events` finds it.
fn straight_events(frames: &[Frame]) -> Vec<Happening> {
    let mut emulator = power_on();
    let mut watch = RaceEvents::new().every(1);
    let mut found = Vec::new();
    for (frame, input) in (0..).zip(frames) {
        emulator.step(input, Picture::Skip).expect("played");
        let Ok(ram) = Ram::new(emulator.main_ram()) else {
            continue;
        };
        let events = watch.update(&ram).unwrap_or_default().iter();
        found.extend(events.map(|&event| Happening { frame, event }));
    }
    found
}

#[test]
fn events_do_not_depend_on_the_way_to_a_frame() {
    let frames = race_frames(700);
    let straight = straight_events(&frames);
    assert!(straight.len() > 5, "{straight:?}");
    let length = frames.len() as u64;
    let turn = length - 300;
    let mut session = session_of(&frames);
    for frame in [200, 30, length, 100, turn, length] {
        session.go_to(frame).expect("there");
    }
    assert_eq!(session.happenings(), straight);
    session.go_to(turn).expect("back");
    session.save_slot(0).expect("saved");
    session.take_over();
    let mut other = frames[..turn as usize].to_vec();
    for _ in 0..250 {
        session
            .step(Some(Input::of(Frame::pad(Pad::B))))
            .expect("played");
        other.push(Frame::pad(Pad::B));
    }
    let braked = straight_events(&other);
    assert_ne!(braked, straight);
    assert_eq!(session.happenings(), braked);
    session.undo().expect("undone");
    session.travel(None).expect("there");
    assert_eq!(session.happenings(), straight, "what was known of it is");
    session.redo().expect("done again");
    session.travel(None).expect("there");
    assert_eq!(session.happenings(), braked);
    session.load_slot(0).expect("loaded");
    assert_eq!(session.happenings(), straight);
    session.take_over();
    for _ in 0..250 {
        session
            .step(Some(Input::of(Frame::pad(Pad::B))))
            .expect("played");
    }
    assert_eq!(
        session.happenings(),
        braked,
        "a slot remembers what comes next"
    );
}

#[test]
fn places_of_a_movie_that_was_never_played_are_searched_for() {
    let frames = race_frames(900);
    let straight = straight_events(&frames);
    let checkpoints: Vec<u64> = straight
        .iter()
        .filter(|it| MarioKartDs::mark(&it.event) == Some(Mark::Checkpoint))
        .map(|it| it.frame + 1)
        .collect();
    assert!(checkpoints.len() > 3, "{checkpoints:?}");
    let mut session = session_of(&frames);
    session
        .set_goal_at(Mark::Race, Direction::Forward)
        .expect("ahead");
    session.travel(None).expect("there");
    let race = session.notes().race().expect("a race").first_frame();
    assert_eq!(session.frame(), race);
    for checkpoint in &checkpoints[..3] {
        session
            .set_goal_at(Mark::Checkpoint, Direction::Forward)
            .expect("ahead");
        session.travel(None).expect("there");
        assert_eq!(session.frame(), *checkpoint);
        assert_eq!(
            session.shown_frame(),
            Some(checkpoint - 1),
            "as the command line counts"
        );
    }
    session
        .set_goal_at(Mark::Checkpoint, Direction::Backward)
        .expect("behind");
    session.travel(None).expect("there");
    assert_eq!(session.frame(), checkpoints[1]);
    session
        .set_goal_at(Mark::Lap, Direction::Forward)
        .expect("unknown yet");
    assert!(matches!(
        session.travel(None),
        Err(Error::NoMark { mark: "lap" })
    ));
    session.travel(None).expect("back where it was");
    assert_eq!(session.frame(), checkpoints[1]);
    assert!(session.set_goal_at(Mark::Lap, Direction::Forward).is_err());
    assert!(session.set_goal_at(Mark::Lap, Direction::Backward).is_err());
}

#[test]
fn a_movie_is_saved_whole_from_any_frame_of_it() {
    let mut made = session_of(&race_frames(300));
    play_on(&mut made);
    let mut recorded = made.movie().expect("a movie");
    recorded.header.add_comment("kartscope corrections 20..30");
    recorded.header.set("rerecordCount", "7").expect("a number");
    let mut session = Session::new(power_on(), recorded.clone()).expect("a session");
    session.go_to(40).expect("there");
    assert!(
        session.movie().expect("a movie") == recorded,
        "as it was opened"
    );
    let length = session.length();
    session.go_to(length - 50).expect("there");
    session.take_over();
    for _ in 0..60 {
        session
            .step(Some(Input::of(Frame::pad(Pad::A))))
            .expect("played");
    }
    session.go_to(10).expect("back");
    let movie = session.movie().expect("a movie");
    assert_eq!(movie.frames.len() as u64, length + 10);
    assert_eq!(movie.header.rerecord_count(), Ok(Some(8)));
    let corrections = Corrections::of_movie(&movie).expect("sound");
    assert_eq!(corrections.count(), 10);
    assert!(corrections.contains(20) && corrections.contains(29));
    let mut replay = Replay::open(ROM, &movie).expect("a replay");
    replay.finish().expect("played");
    assert_eq!(replay.divergence(), None);
}

#[test]
fn a_run_is_no_movie_before_it_was_played() {
    let mut session = session_of(&race_frames(100));
    session.go_to(100).expect("there");
    session.take_over();
    session.undo().expect("undone");
    assert!(session.movie().is_ok(), "as it was opened");
    let mut other = session_of(&race_frames(100));
    other.go_to(50).expect("there");
    other.take_over();
    other.step(Some(Input::default())).expect("played");
    let document = document_of(&other);
    let mut again = open(&document.to_bytes().expect("a file"));
    assert!(matches!(
        again.movie(),
        Err(Error::Unseen {
            seen: 0,
            length: 51
        })
    ));
    again.go_to(51).expect("there");
    assert_eq!(again.movie().expect("a movie"), other.movie().expect("one"));
}

type Saved = Document<Snapshot<MarioKartDs>>;

fn document_of(session: &Session) -> Saved {
    Document {
        games: vec![SavedGame {
            name: "run".to_owned(),
            is_driven: true,
            session: session.snapshot(),
        }],
        pins: vec!["driver[0].speed".to_owned()],
        ..Document::default()
    }
}

fn open(bytes: &[u8]) -> Session {
    let document = Saved::parse(bytes).expect("readable");
    let game = document.games.into_iter().next().expect("a game");
    game.session.open(ROM).expect("it opens")
}

/// A session with a bit of everything.
fn busy_session() -> Session {
    let frames = race_frames(200);
    let mut session = session_of(&frames);
    session.go_to(frames.len() as u64 - 80).expect("there");
    session.set_bookmark("jump");
    session.save_slot(4).expect("saved");
    session.take_over();
    for number in 0..90u32 {
        let frame = Frame {
            pad: Pad::A | Pad::LEFT,
            touch: (number > 60).then_some(Touch { x: 3, y: 191 }),
            ..Frame::default()
        };
        session
            .step(Some(Input {
                frame,
                correction: number < 20,
            }))
            .expect("played");
    }
    session
        .poke(Poke {
            address: SPARE,
            bytes: vec![1, 2, 3],
        })
        .expect("written");
    session.step(Some(Input::default())).expect("played");
    session
}

#[test]
fn a_session_is_in_its_file_whole() {
    let mut session = busy_session();
    let bytes = document_of(&session).to_bytes().expect("a file");
    assert!(is_session(&bytes));
    let mut again = open(&bytes);
    assert_eq!(again.goal(), Some(session.frame()));
    again.travel(None).expect("there");
    assert_eq!(hash(&again), hash(&session));
    assert_eq!(again.log(), session.log());
    assert_eq!(again.corrections(), session.corrections());
    assert_eq!(again.bookmarks(), session.bookmarks());
    let told = |session: &Session| -> Vec<_> {
        let branches = session.branches().iter();
        branches
            .map(|it| (it.name.clone(), it.log.clone(), it.frame))
            .collect()
    };
    assert_eq!(told(&again), told(&session));
    for session in [&mut session, &mut again] {
        session.load_slot(4).expect("a slot");
        session.travel(None).expect("there");
    }
    assert_eq!(hash(&again), hash(&session));
    assert_eq!(again.log(), session.log());
    assert!(again.picture() == session.picture());
    let document = Saved::parse(&bytes).expect("readable");
    assert_eq!(document.pins, ["driver[0].speed"]);
    assert_eq!(document.to_bytes().expect("a file"), bytes);
}

#[test]
fn a_file_of_version_1_which_names_no_game_is_read() {
    let bytes = document_of(&busy_session()).to_bytes().expect("a file");
    let text = String::from_utf8(bytes.clone()).expect("JSON");
    let old = text
        .replacen("{\"kartscope_session\":2", "{\"kartscope_session\":1", 1)
        .replacen("\"game\":\"mkds\",", "", 1);
    assert_ne!(old.len(), text.len());
    let document = Saved::parse(old.as_bytes()).expect("readable");
    assert_eq!(document.to_bytes().expect("a file"), bytes);
}

#[test]
fn what_is_no_session_is_refused_by_name() {
    let bytes = document_of(&busy_session()).to_bytes().expect("a file");
    let text = String::from_utf8(bytes).expect("JSON");
    let big = u64::MAX.to_string();
    for (from, to, expected) in [
        (
            "{\"kartscope_session\":2",
            "{\"kartscope_session\":3,\"new\":[]",
            "version of the session: expected 1 to 2, found 3",
        ),
        (
            "\"game\":\"mkds\"",
            "\"game\":\"mk64\"",
            "name of the game: expected mkds, found mk64",
        ),
        ("\"selected\"", "\"chosen\"", "unknown field `chosen`"),
        (
            "\"frames\":20,\"pad\":33",
            &format!("\"frames\":{big},\"pad\":33"),
            "expected at most 20000000 in all runs",
        ),
        ("\"frames\":20", "\"frames\":-20", "invalid value"),
        ("\"pad\":33", "\"pad\":65535", "pad: expected buttons"),
        ("[3,191]", "[3,192]", "touch: expected a y below 192"),
        ("\"slots\":{\"4\"", "\"slots\":{\"12\"", "below 10"),
        ("\"shared\":", "\"shared\":9999", "shared frames"),
        ("\"movie\":\"", "\"movie\":\"%", "movie: expected Base64"),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from}");
        let error = Saved::parse(other.as_bytes()).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
    for length in [0, 1, 20, text.len() / 2, text.len() - 1] {
        assert!(Saved::parse(&text.as_bytes()[..length]).is_err());
    }
    let outside = text.replacen("\"address\":", "\"address\":9", 1);
    assert_ne!(outside, text);
    let outside = Saved::parse(outside.as_bytes()).expect("readable");
    let snapshot = outside.games.into_iter().next().expect("one").session;
    assert!(matches!(snapshot.open(ROM), Err(Error::OutsideRam { .. })));
    let other_rom = Saved::parse(text.as_bytes()).expect("readable");
    let snapshot = other_rom.games.into_iter().next().expect("one").session;
    let mut rom = ROM.to_vec();
    rom[0x5000] ^= 1;
    assert!(matches!(snapshot.open(&rom), Err(Error::Game(_))));
}

/// The file of a busy session.
static BUSY: LazyLock<Vec<u8>> =
    LazyLock::new(|| document_of(&busy_session()).to_bytes().expect("a file"));

proptest! {
    #[test]
    fn damaged_sessions_are_read_or_refused(
        damages in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = BUSY.clone();
        for (at, byte) in damages {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        // What is read can be written, and read again.
        if let Ok(document) = Saved::parse(&bytes) {
            let again = document.to_bytes().expect("a file");
            prop_assert!(Saved::parse(&again).is_ok());
        }
    }
}

/// What can be done in the window.
#[derive(Clone, Debug)]
enum Action {
    Play(u16),
    Go(u16),
    Drive(Pad, u16),
    Poke(u8),
    Undo,
    Redo,
    Save(usize),
    Load(usize),
    Branch(usize),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let pads = prop_oneof![Just(Pad::A), Just(Pad::B | Pad::LEFT), Just(Pad::START)];
    let action = prop_oneof![
        3 => (1..90u16).prop_map(Action::Play),
        3 => any::<u16>().prop_map(Action::Go),
        3 => (pads, 1..70u16).prop_map(|(pad, count)| Action::Drive(pad, count)),
        1 => any::<u8>().prop_map(Action::Poke),
        1 => Just(Action::Undo),
        1 => Just(Action::Redo),
        1 => (0..3usize).prop_map(Action::Save),
        1 => (0..3usize).prop_map(Action::Load),
        1 => (0..4usize).prop_map(Action::Branch),
    ];
    proptest::collection::vec(action, 1..16)
}

/// An address that the bundled game does not use and that hashes cover.
const SPARE: u32 = RAM_BASE + 0x3F_0000;

fn do_it(session: &mut Session, action: &Action) {
    match action {
        Action::Play(count) => {
            for _ in 0..*count {
                session.step(None).expect("played");
            }
        }
        Action::Go(at) => session
            .go_to(u64::from(*at) % (session.length() + 1))
            .expect("there"),
        Action::Drive(pad, count) => {
            session.take_over();
            for _ in 0..*count {
                session
                    .step(Some(Input::of(Frame::pad(*pad))))
                    .expect("played");
            }
        }
        Action::Poke(byte) => session
            .poke(Poke {
                address: SPARE + u32::from(*byte),
                bytes: vec![*byte],
            })
            .expect("written"),
        Action::Undo => drop(session.undo().expect("undone")),
        Action::Redo => drop(session.redo().expect("done again")),
        Action::Save(slot) => session.save_slot(*slot).expect("saved"),
        Action::Load(slot) => drop(session.load_slot(*slot)),
        Action::Branch(number) => drop(session.switch_to_branch(*number)),
    }
    session.travel(None).expect("there");
}

/// RAM after a log was played straight up to a frame.
fn straight_hash(log: &Log, frame: u64) -> u64 {
    let mut emulator = power_on();
    for at in 0..=frame {
        for poke in log.pokes(at) {
            let start = (poke.address - RAM_BASE) as usize;
            emulator.main_ram_mut()[start..start + poke.bytes.len()].copy_from_slice(&poke.bytes);
        }
        if at < frame {
            let input = log.input(at).expect("an input");
            emulator.step(&input.frame, Picture::Skip).expect("played");
        }
    }
    emulator.ram_hash()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_the_log_tells_how_ram_came_about(actions in actions()) {
        let mut session = session_of(&[Frame::default(); 150]);
        for action in &actions {
            do_it(&mut session, action);
            let told = straight_hash(session.log(), session.frame());
            prop_assert_eq!(hash(&session), told, "after {:?}", action);
        }
    }
}
