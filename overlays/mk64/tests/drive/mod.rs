//! Races of the bundled game in the emulator, driven by the scripted driver.
#![allow(dead_code, reason = "not every file of tests needs all of it")]

use std::ops::ControlFlow;

use env_kart::control::Button as _;
use env_mk64::combo::{Combo, Mode};
use env_mk64::control::Button;
use env_mk64::menus::enter_race;
use env_mk64::scripted::{Pursuit, Style};
use mk64_memory::Race;
use mk64_memory::course::Course;
use mupen64plus::{Emulator, Options, Picture};
use n64_formats::pad::Frame;
use overlays::{History, Races, Scene};
use overlays_mk64::Mk64Races;
use track::RayFan;

/// A race, its course and its history.
pub(crate) struct Drive {
    pub(crate) emulator: Emulator,
    pub(crate) course: Course,
    pub(crate) history: History,
    pub(crate) input: Frame,
    driver: Pursuit,
}

impl Drive {
    /// The first frame of a time trial on the bundled course with the game's number `course`; `None` where the emulator
    /// is not installed.
    pub(crate) fn on(course: u8) -> Option<Self> {
        Self::of(course, Mode::TimeTrial)
    }

    /// The first frame of a race.
    #[allow(clippy::print_stdout, reason = "tests say when they skip")]
    pub(crate) fn of(course: u8, mode: Mode) -> Option<Self> {
        let mut emulator = match Emulator::open(homebrew_n64::ROM, &Options::default()) {
            Err(error @ mupen64plus::Error::Library { .. }) => {
                println!("skipped: {error}");
                return None;
            }
            emulator => emulator.expect("an emulator"),
        };
        let combo = Combo {
            character: 0,
            course,
            mode,
        };
        enter_race(&mut emulator, &combo, &mut |_, _| ControlFlow::Continue(())).expect("a race");
        let course = Mk64Races::read_course(&race(&emulator)).expect("a course");
        let driver = Pursuit::new(&course, Style::default());
        Some(Self {
            emulator,
            course,
            history: History::default(),
            input: Frame::default(),
            driver,
        })
    }

    pub(crate) fn race(&self) -> Race<'_> {
        race(&self.emulator)
    }

    /// Drives for some frames.
    pub(crate) fn go(&mut self, frames: usize) -> &mut Self {
        for _ in 0..frames {
            let action = self.driver.act(&race(&self.emulator)).expect("a decision");
            self.input = Frame::first(Button::driving(action));
            self.step(Picture::Skip);
            let race = race(&self.emulator);
            let facts = Mk64Races::facts(&race, &self.input).expect("facts");
            let course = Mk64Races::course_id(&race).expect("a course");
            self.history.see(course, &facts);
        }
        self
    }

    /// Plays a frame with the last input.
    pub(crate) fn step(&mut self, picture: Picture) {
        self.emulator.step(&self.input, picture).expect("a frame");
    }

    /// The scene with the path driven so far and sensor rays.
    pub(crate) fn scene(&self) -> Scene<'_> {
        let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
        let scene = Mk64Races::scene(&self.race(), &self.course, &self.input);
        scene
            .expect("a scene")
            .with_rays(&fan)
            .with_history(&self.history)
    }
}

fn race(emulator: &Emulator) -> Race<'_> {
    let race = Mk64Races::race(emulator.ram());
    race.expect("RAM").expect("a race")
}
