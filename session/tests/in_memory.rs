//! Sessions of a machine in memory: no emulator, no RAM but two bytes, and a game of a few lines.

mod walker;

use std::time::Instant;

use machine::{Machine, Picture};
use session::file::{Document, SavedGame};
use session::{Direction, Error, Input, Mark, Poke, Run, Session, Snapshot};
use walker::{Steps, Walk, Walker};

/// Inputs that differ from frame to frame.
fn movie(frames: u64) -> Vec<i8> {
    (0..frames).map(|frame| (frame * 7 % 5) as i8).collect()
}

fn session(frames: u64) -> Session<Walk> {
    Session::new(Walker::default(), movie(frames)).expect("a session")
}

/// The hash after each number of frames, played straight.
fn straight(movie: &[i8]) -> Vec<u64> {
    let mut walker = Walker::default();
    let mut hashes = vec![walker.hash()];
    for steps in movie {
        let input = Steps { steps: *steps };
        walker.step(&input, Picture::Skip).expect("walked");
        hashes.push(walker.hash());
    }
    hashes
}

#[test]
fn every_way_to_a_frame_leads_to_the_same_hash_and_picture() {
    let expected = straight(&movie(1000));
    let mut session = session(1000);
    for frame in [1000, 3, 999, 61, 60, 59, 500, 120, 0, 1000, 17] {
        session.go_to(frame).expect("there");
        assert_eq!(session.hash(), expected[frame as usize], "frame {frame}");
        if frame > 0 {
            assert_eq!(session.picture()[0], session.ram().expect("RAM").bytes[0]);
        }
    }
}

#[test]
fn a_machine_without_ram_plays_and_takes_no_writes() {
    let walker = Walker::without_ram();
    let mut session = Session::<Walk>::new(walker, movie(100)).expect("a session");
    session.go_to(70).expect("there");
    assert_eq!(session.hash(), straight(&movie(100))[70]);
    assert!(session.ram().is_none());
    let write = Poke {
        address: 100,
        bytes: vec![1],
    };
    assert!(matches!(
        session.poke(write),
        Err(Error::OutsideRam { span, .. }) if span.is_empty()
    ));
}

#[test]
fn laps_are_marked_and_found_by_their_frame() {
    let mut session = session(1000);
    session
        .set_goal_at(Mark::Lap, Direction::Forward)
        .expect("unknown yet");
    while !session.travel(Some(Instant::now())).expect("on the way") {}
    let lap = session.frame();
    let hashes = straight(&movie(1000));
    let rings = |frame: u64| hashes[frame as usize] >> 8;
    assert_eq!((rings(lap - 1), rings(lap)), (0, 1));
    session.go_to(1000).expect("there");
    assert_eq!(session.places(Mark::Lap).len() as u64, rings(1000));
    assert_eq!(
        session.latest_events(1)[0].1,
        format!("ring {}", rings(1000))
    );
}

#[test]
fn branches_writes_and_undo_go_into_a_file_and_back() {
    let mut session = session(300);
    session.go_to(200).expect("there");
    session.take_over();
    session
        .poke(Poke {
            address: 100,
            bytes: vec![9],
        })
        .expect("written");
    for _ in 0..70 {
        session
            .step(Some(Input {
                frame: Steps { steps: -2 },
                correction: true,
            }))
            .expect("walked");
    }
    assert!(session.corrections().into_iter().flatten().eq(200..270));
    assert!(matches!(
        session.movie(),
        Err(Error::Poked { frame: 200, .. })
    ));
    let document = Document {
        games: vec![SavedGame {
            name: "walk".to_owned(),
            is_driven: true,
            session: session.to_file(),
        }],
        ..Document::default()
    };
    let bytes = document.to_bytes().expect("a file");
    let document = Document::<Snapshot<Walk>>::parse(&bytes).expect("readable");
    let saved = document.games.into_iter().next().expect("a game").session;
    let mut again = saved.open(&[]).expect("it opens");
    again.travel(None).expect("there");
    assert_eq!((again.frame(), again.hash()), (270, session.hash()));
    assert!(again.corrections().into_iter().flatten().eq(200..270));
    again.switch_to_branch(0).expect("a branch");
    again.go_to(300).expect("there");
    assert_eq!(again.hash(), straight(&movie(300))[300]);
    let outside = again.poke(Poke {
        address: 101,
        bytes: vec![1, 2],
    });
    let message = outside.expect_err("one byte too many").to_string();
    assert!(message.contains("0x00000064..0x00000066"), "{message}");
}

#[test]
fn an_input_with_an_unknown_part_is_refused() {
    let bytes = Document {
        games: vec![SavedGame {
            name: "walk".to_owned(),
            is_driven: false,
            session: session(3).snapshot(),
        }],
        ..Document::default()
    }
    .to_bytes()
    .expect("a file");
    let text = String::from_utf8(bytes).expect("JSON");
    for (held, expected) in [
        (r#"{"frames":2,"steps":1}"#, None),
        (
            r#"{"frames":2,"steps":1,"jump":1}"#,
            Some("unknown field `jump`"),
        ),
        (r#"{"steps":1}"#, Some("missing field `frames`")),
        (r#"{"frames":2,"steps":300}"#, Some("invalid value")),
        (
            r#"{"frames":2,"steps":1,"correction":7}"#,
            Some("invalid type"),
        ),
    ] {
        let other = text.replacen("\"inputs\":[]", &format!("\"inputs\":[{held}]"), 1);
        assert_ne!(other, text);
        let read = Document::<Snapshot<Walk>>::parse(other.as_bytes());
        match (read, expected) {
            (Ok(_), None) => {}
            (Err(error), Some(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (read, _) => panic!("{held}: {read:?}"),
        }
    }
}
