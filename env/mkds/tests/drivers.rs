//! Drivers of observations at the controls of a race.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use env_core::Driver;
use env_mkds::control::KEYMASK;
use env_mkds::driver::{ObservingDriver, RaceView};
use env_mkds::observation::{Observation, Observer, Term};
use homebrew::{COURSES, native::Game};
use mkds_formats::ghost::{Combo, PLAYBACK_DELAY};
use mkds_memory::{Race, Ram};
use nds_formats::pad::Pad;

/// Presses A and B in turn and keeps what it saw.
#[derive(Clone, Default)]
struct Turns {
    seen: Rc<RefCell<Vec<Observation>>>,
    resets: Rc<RefCell<u32>>,
}

impl Driver<Observation> for Turns {
    type Action = Pad;
    type Error = Infallible;

    fn reset(&mut self) {
        *self.resets.borrow_mut() += 1;
    }

    fn act(&mut self, observation: &Observation) -> Result<Pad, Infallible> {
        let mut seen = self.seen.borrow_mut();
        seen.push(observation.clone());
        Ok([Pad::A, Pad::B][seen.len() % 2])
    }
}

fn race(game: &Game) -> Option<Race<'_>> {
    Ram::new(game.ram()).expect("RAM").race().expect("sound")
}

/// What the driver presses in the first frames of a race in which inputs count. It is reset before one of them.
fn press(frames_per_step: u32, frames: usize, reset_before: usize) -> (Vec<Pad>, Turns) {
    let mut game = Game::new(None).expect("the bundled game starts");
    let combo = Combo {
        character: 0,
        kart: 0,
        course: COURSES[0].id,
    };
    game.start_race(combo).expect("the course is there");
    while race(&game).is_none() {
        game.tick(Pad::empty());
    }
    let turns = Turns::default();
    let observer = Observer::new(&[Term::Buttons(Default::default())], KEYMASK).expect("a term");
    let length = frames_per_step.try_into().expect("not 0");
    let mut driver = ObservingDriver::new(turns.clone(), observer, length);
    let (mut pads, mut pad) = (Vec::new(), Pad::empty());
    while pads.len() < frames {
        let race = race(&game).expect("it goes on");
        if pads.len() == reset_before {
            driver.reset();
        }
        let counted = race.state().frame_counter() as usize > PLAYBACK_DELAY;
        let view = RaceView { race, pad };
        pad = driver.act(&view).expect("no error is possible");
        if counted {
            pads.push(pad);
        } else {
            assert_eq!(pad, Pad::empty(), "before inputs count");
        }
        game.tick(pad);
    }
    (pads, turns)
}

#[test]
fn decisions_are_held_for_the_frames_of_a_step() {
    let (pads, turns) = press(4, 10, 10);
    let (a, b) = (Pad::A, Pad::B);
    assert_eq!(pads, [b, b, b, b, a, a, a, a, b, b]);
    // It sees the buttons of the frame before each step.
    let seen = turns.seen.borrow();
    let words: Vec<u16> = seen.iter().map(|seen| seen.words[0]).collect();
    assert_eq!(words, [0, b.bits(), a.bits()]);
}

#[test]
fn a_step_of_a_frame_is_decided_in_every_frame() {
    let (pads, turns) = press(1, 5, 5);
    assert_eq!(pads, [Pad::B, Pad::A, Pad::B, Pad::A, Pad::B]);
    assert_eq!(turns.seen.borrow().len(), 5);
}

#[test]
fn a_reset_begins_a_step_and_reaches_the_driver() {
    let (pads, turns) = press(4, 6, 2);
    assert_eq!(pads, [Pad::B, Pad::B, Pad::A, Pad::A, Pad::A, Pad::A]);
    assert_eq!(*turns.resets.borrow(), 1);
}
