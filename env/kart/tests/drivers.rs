//! Drivers of observations at the controls of a race.

mod slot_car;

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use env_core::Driver;
use env_kart::action::DrivingAction;
use env_kart::control::ActionSet;
use env_kart::driver::{ObservingDriver, RaceView, Steps, race_frame};
use env_kart::observation::{Keymask, Observation, Observer, Term};
use env_kart::race_env::RaceGame;
use machine::{Machine, Picture};
use slot_car::{SlotCar, SlotCars};

/// Accelerates in every other step and keeps what it saw.
#[derive(Clone, Default)]
struct Turns {
    seen: Rc<RefCell<Vec<Observation>>>,
    resets: Rc<RefCell<u32>>,
}

impl Driver<Observation> for Turns {
    type Action = DrivingAction;
    type Error = Infallible;

    fn reset(&mut self) {
        *self.resets.borrow_mut() += 1;
    }

    fn act(&mut self, observation: &Observation) -> Result<DrivingAction, Infallible> {
        let mut seen = self.seen.borrow_mut();
        seen.push(observation.clone());
        Ok(DrivingAction {
            accelerate: seen.len() % 2 == 1,
            ..DrivingAction::default()
        })
    }
}

/// What the driver presses in the first frames of a race in which inputs count. It is reset before one of them.
fn press(frames_per_step: u32, frames: usize, reset_before: usize) -> (Vec<bool>, Turns) {
    let mut machine = SlotCar::default();
    let leave_garage = SlotCars::input(true);
    machine.step(&leave_garage, Picture::Skip).expect("it goes");
    let turns = Turns::default();
    let keymask = Keymask {
        greatest: 1,
        ..Keymask::default()
    };
    let observer = Observer::new(&[Term::Buttons(Default::default())], keymask).expect("a term");
    let length = frames_per_step.try_into().expect("not 0");
    let steps = Steps {
        observer,
        pictures: None,
        actions: ActionSet::Driving,
        frames: length,
    };
    let mut driver = ObservingDriver::<SlotCars, _>::new(turns.clone(), steps).expect("a set");
    let (mut pads, mut pad) = (Vec::new(), false);
    while pads.len() < frames {
        let facts = SlotCars::facts(&machine, pad).expect("a car");
        let facts = facts.expect("it is on the road");
        if pads.len() == reset_before {
            driver.reset();
        }
        let counted = race_frame::<SlotCars>(&facts) >= SlotCars::FIRST_INPUT;
        let view = RaceView {
            machine: &machine,
            facts,
        };
        pad = driver.act(&view).expect("no error is possible");
        if counted {
            pads.push(pad);
        } else {
            assert!(!pad, "before inputs count");
        }
        let input = SlotCars::input(pad);
        machine.step(&input, Picture::Skip).expect("it goes");
    }
    (pads, turns)
}

#[test]
fn decisions_are_held_for_the_frames_of_a_step() {
    let (pads, turns) = press(4, 10, 10);
    let (on, off) = (true, false);
    assert_eq!(pads, [on, on, on, on, off, off, off, off, on, on]);
    // It sees what was held in the frame before each step.
    let seen = turns.seen.borrow();
    let words: Vec<u16> = seen.iter().map(|seen| seen.words[0]).collect();
    assert_eq!(words, [0, 1, 0]);
}

#[test]
fn a_step_of_a_frame_is_decided_in_every_frame() {
    let (pads, turns) = press(1, 5, 5);
    assert_eq!(pads, [true, false, true, false, true]);
    assert_eq!(turns.seen.borrow().len(), 5);
}

#[test]
fn a_reset_begins_a_step_and_reaches_the_driver() {
    let (pads, turns) = press(4, 6, 2);
    assert_eq!(pads, [true, true, false, false, false, false]);
    assert_eq!(*turns.resets.borrow(), 1);
}
