//! Sessions of a machine in memory: no emulator, no RAM but two bytes, and a game of a few lines.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Instant;

use machine::{Buttons, Hardware, Held, Machine, Picture, Ram, Screens, State};
use serde::{Deserialize, Serialize};
use session::file::{Document, SavedGame, Snapshot};
use session::{Error, Game, Input, Mark, MovieFormat, Poke, Run, Session, Way};

/// Steps to the side of one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    steps: i8,
}

impl machine::Input for Steps {
    fn of(held: &Held) -> Self {
        let side = |button| i8::from(held.buttons.contains(button));
        Self {
            steps: side(Buttons::RIGHT) - side(Buttons::LEFT),
        }
    }
}

/// A walker on a ring of 256 places, who drifts one place a frame.
#[derive(Clone, Debug, Default, PartialEq)]
struct Walker {
    /// The place, and how many rings were walked.
    ram: [u8; 2],
    /// The place that is shown.
    drawn: u8,
}

#[derive(Debug, thiserror::Error)]
#[error("expected 2 bytes, found {0}")]
struct NoState(usize);

#[derive(Clone, Debug)]
struct Places([u8; 2]);

impl State for Places {
    type Error = NoState;

    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, NoState> {
        let places = bytes.try_into().map_err(|_| NoState(bytes.len()))?;
        Ok(Self(places))
    }
}

impl Machine for Walker {
    type Input = Steps;
    type State = Places;
    type Error = NoState;

    const HARDWARE: Hardware = Hardware {
        screens: Screens {
            width: 1,
            height: 1,
            count: 1,
            touch: None,
        },
        frame_rate: 10.0,
        sample_rate: 0,
        buttons: Buttons::LEFT.union(Buttons::RIGHT),
    };

    fn step(&mut self, input: &Steps, picture: Picture) -> Result<(), NoState> {
        let (place, is_round) = self.ram[0].overflowing_add_signed(input.steps.saturating_add(1));
        self.ram = [place, self.ram[1].wrapping_add(is_round.into())];
        if picture == Picture::Draw {
            self.drawn = place;
        }
        Ok(())
    }

    fn picture(&self) -> Vec<u8> {
        vec![self.drawn, 0, 0, 255]
    }

    fn save_state(&mut self) -> Result<Places, NoState> {
        Ok(Places(self.ram))
    }

    fn load_state(&mut self, state: &Places) -> Result<(), NoState> {
        self.ram = state.0;
        Ok(())
    }

    fn hash(&self) -> u64 {
        u64::from(u16::from_le_bytes(self.ram))
    }

    fn ram(&self) -> Option<Ram<'_>> {
        Some(Ram {
            base: 100,
            bytes: &self.ram,
        })
    }

    fn ram_mut(&mut self) -> Option<&mut [u8]> {
        Some(&mut self.ram)
    }
}

/// The game: a ring is a lap.
#[derive(Clone, Debug)]
enum Walk {}

/// Rings walked up to the last frame, and whether it ended one.
#[derive(Clone, Debug, Default)]
struct Rings {
    rings: u8,
    events: Vec<u8>,
}

impl Game for Walk {
    type Machine = Walker;
    type Watch = Rings;
    type Event = u8;
    /// The frames that were noted.
    type Notes = Vec<u64>;
    type Movie = Vec<i8>;
    type Error = Infallible;

    const MOVIES: MovieFormat = MovieFormat {
        ending: "walk",
        is_one: |_| true,
    };

    fn watch(watch: &mut Rings, machine: &Walker) {
        watch.events.clear();
        if machine.ram[1] != watch.rings {
            watch.events.push(machine.ram[1]);
        }
        watch.rings = machine.ram[1];
    }

    fn events(watch: &Rings) -> &[u8] {
        &watch.events
    }

    fn describe(ring: &u8) -> String {
        format!("ring {ring}")
    }

    fn mark(_: &u8) -> Option<Mark> {
        Some(Mark::Lap)
    }

    fn note(notes: &mut Vec<u64>, frame: u64, _: &Walker) -> Result<(), Infallible> {
        assert_eq!(frame, notes.len() as u64, "every frame comes once");
        notes.push(frame);
        Ok(())
    }

    fn forget(notes: &mut Vec<u64>, frames: u64) {
        notes.retain(|frame| *frame < frames);
    }

    fn race_start(notes: &Vec<u64>) -> Option<i64> {
        (!notes.is_empty()).then_some(0)
    }

    fn take_inputs(movie: &mut Vec<i8>) -> Result<Vec<Input<Steps>>, Infallible> {
        let steps = std::mem::take(movie).into_iter();
        Ok(steps.map(|steps| Input::of(Steps { steps })).collect())
    }

    fn movie(
        _: &Vec<i8>,
        inputs: &[Input<Steps>],
        _: u64,
        _: Option<&Vec<u64>>,
    ) -> Result<Vec<i8>, Infallible> {
        Ok(inputs.iter().map(|input| input.frame.steps).collect())
    }

    fn movie_to_bytes(movie: &Vec<i8>) -> Vec<u8> {
        movie.iter().map(|steps| steps.cast_unsigned()).collect()
    }

    fn parse_movie(bytes: &[u8]) -> Result<Vec<i8>, Infallible> {
        Ok(bytes.iter().map(|byte| byte.cast_signed()).collect())
    }

    fn state_path(movie: &Path, _: &[u8]) -> Result<PathBuf, Infallible> {
        Ok(movie.with_extension("place"))
    }

    fn open(_: &[u8], _: &Vec<i8>, _: Option<&[u8]>) -> Result<Walker, Infallible> {
        Ok(Walker::default())
    }
}

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
fn laps_are_marked_and_found_by_their_frame() {
    let mut session = session(1000);
    session
        .set_goal_at(Mark::Lap, Way::On)
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
    session.take_over().expect("taken");
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
    assert_eq!(session.corrections(), [200..270]);
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
    assert_eq!(again.corrections(), [200..270]);
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
