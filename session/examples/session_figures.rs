//! Prints how long it takes to go to any frame of a played race, and what its states take: figures of `cargo xtask bench`.
#![allow(clippy::print_stdout, reason = "the answer")]

use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::Result;
use desmume::{Emulator, Options, Picture};
use env_mkds::action::PadAction;
use env_mkds::menus::{self, Opponent, Pace};
use env_mkds::runs::race_movie::blank_movie;
use env_mkds::scripted::{Pursuit, Style};
use homebrew::{COURSES, ROM};
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use mkds_memory::course::Course;
use nds_formats::pad::Frame;
use session::{Input, Session};

/// Two minutes of a race.
const FRAMES: u64 = 7200;
/// Frames that are gone to, all over the run.
const VISITS: u64 = 200;

fn main() -> Result<()> {
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
    let mut movie = blank_movie(ROM, &options, None)?;
    movie.frames = menus;
    let mut session = Session::new(Emulator::open(ROM, &options)?, movie)?;
    while session.step(None)? {}
    let mut driver = None;
    while session.frame() < FRAMES {
        let frame = match Ram::new(session.emulator().main_ram())?.race()? {
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
    let mut times: Vec<f64> = (1..=VISITS)
        .map(|visit| {
            let begin = Instant::now();
            // A stride that has no factor in common with the run's length leads everywhere.
            session.go_to(visit * 2011 % FRAMES)?;
            std::hint::black_box(session.screens());
            Ok(begin.elapsed().as_secs_f64() * 1e3)
        })
        .collect::<Result<_>>()?;
    times.sort_by(f64::total_cmp);
    println!(
        r#"{{"scrub_ms":{},"scrub_worst_ms":{},"states":{states},"state_kb":{}}}"#,
        times[times.len() / 2],
        times[times.len() - 1],
        session.keyframes().bytes() as f64 / states as f64 / 1e3,
    );
    Ok(())
}
