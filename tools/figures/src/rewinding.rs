//! How long it takes to go to any frame of a played race, and what its states take.

use std::ops::ControlFlow;

use anyhow::Result;
use desmume::{Emulator, Options, Picture};
use env_mkds::action::PadAction;
use env_mkds::game::{Input, Session};
use env_mkds::menus::{self, Opponent, Pace};
use env_mkds::runs::console::Console;
use env_mkds::scripted::{Pursuit, Style};
use homebrew::{COURSES, ROM};
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use mkds_memory::course::Course;
use nds_formats::pad::Frame;
use session::Run as _;

use crate::timing::{median, milliseconds};

/// Two minutes of a race.
const FRAMES: u64 = 7200;
/// Frames that are gone to, all over the run.
const VISITS: u64 = 200;

/// Prints the median and the longest time to go to a frame, and the size of a state.
pub fn measure() -> Result<()> {
    let combo = Combo {
        character: 0,
        kart: 0,
        course: COURSES[0].id,
    };
    let options = Options::default();
    let mut menus = Vec::new();
    let mut note = |frame: &Frame| {
        menus.push(*frame);
        ControlFlow::Continue(())
    };
    let mut emulator = Emulator::open(ROM, &options)?;
    menus::enter_race_at(
        &mut emulator,
        &combo,
        Opponent::None,
        Pace::BRISK,
        &mut note,
    )?;
    let mut movie = Console::new(options.clone()).blank_movie(ROM)?;
    movie.frames = menus;
    let mut session = Session::new(Emulator::open(ROM, &options)?, movie)?;
    while session.step(None)? {}
    let mut driver = None;
    while session.frame() < FRAMES {
        let frame = match Ram::new(session.machine().main_ram())?.race()? {
            Some(race) => {
                let driver = match &mut driver {
                    Some(driver) => driver,
                    none => none.insert(Pursuit::new(&Course::read(&race)?, Style::default())),
                };
                Frame::pad(driver.act(&race)?.to_pad())
            }
            None => Frame::default(),
        };
        session.step_with(Some(Input::of(frame)), Picture::Skip)?;
    }
    let states = session.keyframes().frames().count();
    let times: Vec<f64> = (1..=VISITS)
        .map(|visit| {
            milliseconds(&mut || {
                // A stride that has no factor in common with the run's length leads everywhere.
                session.go_to(visit * 2011 % FRAMES)?;
                std::hint::black_box(session.picture());
                Ok(())
            })
        })
        .collect::<Result<_>>()?;
    let worst = times.iter().copied().fold(0.0, f64::max);
    let kilobytes = session.keyframes().bytes() as f64 / states as f64 / 1e3;
    crate::print("scrub_ms", median(times)?, "ms", "<= 50")?;
    crate::print("scrub_worst_ms", worst, "ms", "<= 50")?;
    crate::print("state_kb", kilobytes, "kB", "")?;
    Ok(())
}
