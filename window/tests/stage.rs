//! A game in the window, played, rewound, taken over and shown, on a machine in memory: no emulator, no display.

#[path = "../../session/tests/walker/mod.rs"]
mod walker;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use drawing::DrawList;
use env_core::Driver;
use machine::{Buttons, Held, Machine, Picture, Ram};
use session::Session;
use walker::{Steps, Walk, Walker};
use window::game::{Display, DisplayOptions, NoDisplay};
use window::pace::Speed;
use window::{Live, Stage};

/// What a display is told.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    seen: Vec<(u8, i8)>,
    passed: usize,
    moves: usize,
}

struct Recorder(Rc<RefCell<Told>>);

impl Display<Steps> for Recorder {
    fn frame_shown(&mut self, ram: Option<Ram<'_>>, input: &Steps) {
        let place = ram.expect("RAM").bytes[0];
        self.0.borrow_mut().seen.push((place, input.steps));
    }

    fn frame_skipped(&mut self, _: Option<Ram<'_>>) {
        self.0.borrow_mut().passed += 1;
    }

    fn jumped(&mut self) {
        self.0.borrow_mut().moves += 1;
    }

    fn draw(&self, _: Option<Ram<'_>>, _: &Steps, _: DisplayOptions<'_>, _: &mut DrawList) {}
}

/// Steps three to the right in every frame.
struct Marcher;

impl Driver<Session<Walk>> for Marcher {
    type Action = Option<Steps>;
    type Error = anyhow::Error;

    fn reset(&mut self) {}

    fn act(&mut self, _: &Session<Walk>) -> anyhow::Result<Option<Steps>> {
        Ok(Some(Steps { steps: 3 }))
    }
}

fn stage(frames: usize, live: Live<Walk>) -> Stage {
    let session = Session::new(Walker::default(), vec![1; frames]).expect("a session");
    Stage::new("walk".to_owned(), session, live, Box::new(NoDisplay))
}

fn nothing() -> Held {
    Held::default()
}

fn right() -> Held {
    Held {
        buttons: Buttons::RIGHT,
        stick: [0, 0],
        touch: None,
    }
}

fn later() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}

/// Lets a second of the screen go by.
fn second(stage: &mut Stage, read_held: &mut dyn FnMut() -> Held) {
    for _ in 0..60 {
        let passed = Duration::from_micros(16_667);
        stage.tick(passed, read_held, later()).expect("played");
    }
}

#[test]
fn a_movie_plays_at_its_machines_speed_and_stops_at_its_end() {
    let mut stage = stage(15, Live::Nothing);
    assert_eq!(Walker::HARDWARE.frame_rate.hertz(), 10.0);
    second(&mut stage, &mut nothing);
    assert!(
        (9..=10).contains(&stage.run().frame()),
        "ten frames a second"
    );
    second(&mut stage, &mut nothing);
    assert_eq!((stage.run().frame(), stage.is_playing()), (15, false));
}

#[test]
fn a_human_who_takes_over_drives_and_can_be_undone() {
    let mut stage = stage(15, Live::Nothing);
    stage.set_speed(Speed::Times(0.5));
    second(&mut stage, &mut right);
    let watched = stage.run().frame();
    assert!(
        (4..=5).contains(&watched),
        "{watched}: hands do not count yet"
    );
    stage.take_controls().expect("taken");
    assert!(stage.is_taken() && stage.run().is_live());
    second(&mut stage, &mut right);
    assert!(stage.run().length() > watched);
    let place = stage.run().ram().expect("RAM").bytes[0];
    let driven = stage.run().frame() - watched;
    assert_eq!(
        u64::from(place),
        2 * watched + 2 * driven,
        "a drift and a step each"
    );
    assert_eq!(stage.run().left().len(), 1);
    assert!(stage.run_mut().undo().expect("undone"));
    stage.travel(later()).expect("there");
    assert_eq!((stage.run().frame(), stage.run().length()), (watched, 15));
}

#[test]
fn keys_correct_an_agent_and_rewinding_goes_back() {
    let mut stage = stage(0, Live::Agent(Box::new(Marcher)));
    for number in 0..10 {
        let mut read_held = || if number < 6 { nothing() } else { right() };
        stage.play(&mut read_held, Picture::Draw).expect("played");
    }
    let corrected = stage.run().corrections().into_iter().flatten();
    assert!(corrected.eq(6..10));
    let place = stage.run().ram().expect("RAM").bytes[0];
    assert_eq!(place, 6 * 4 + 4 * 2);
    assert!(!stage.is_taken(), "the agent goes on");
    stage.rewind(later()).expect("back");
    assert_eq!((stage.run().frame(), stage.is_playing()), (8, false));
}

#[test]
fn a_display_is_told_of_every_frame_once_and_of_jumps() {
    let told = Rc::new(RefCell::new(Told::default()));
    let session = Session::<Walk>::new(Walker::default(), vec![1; 9]).expect("a session");
    let display = Box::new(Recorder(told.clone()));
    let mut stage = Stage::new("walk".to_owned(), session, Live::Nothing, display);
    for picture in [Picture::Draw, Picture::Skip, Picture::Skip, Picture::Draw] {
        stage.play(&mut nothing, picture).expect("played");
    }
    let expected = Told {
        // The frame before one that is shown after others were passed is seen again: rewards are told from it.
        seen: vec![(2, 1), (6, 1), (8, 1)],
        passed: 2,
        moves: 1,
    };
    assert_eq!(*told.borrow(), expected);
    stage.run_mut().set_goal(2);
    stage.travel(later()).expect("there");
    let now = told.borrow();
    assert_eq!((now.seen.last(), now.moves), (Some(&(4, 1)), 2));
}
