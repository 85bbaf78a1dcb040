//! Playing from pictures: embedding, and decisions in a race of the bundled Nintendo 64 game.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use env_core::Driver as _;
use env_kart::driver::{ObservingDriver, RaceView};
use env_kart::race_env::RaceGame as _;
use env_mk64::combo::{Combo, Mode};
use env_mk64::game::MarioKart64;
use env_mk64::menus::enter_race;
use homebrew_n64::{COURSES, ROM};
use learn::dataset::Dataset;
use learn::device::Device;
use learn::embed::{Picture as Pixels, choice};
use learn::model::Model;
use mupen64plus::{Emulator, Frame, Options, Pad, Picture};

use crate::timing::{median, milliseconds};

/// What is measured with.
#[derive(Args)]
pub struct Arguments {
    /// A dataset with pictures
    dataset: PathBuf,
    /// A driver of nearest neighbours
    model: PathBuf,
}

/// Pictures that are embedded, and decisions that are made.
const PICTURES: usize = 100;
const DECISIONS: usize = 100;
/// Frames of a race before the first decision that counts: those of the countdown.
const COUNTDOWN: usize = 300;

/// Prints the figures. Embedders compute on one thread.
pub fn measure(arguments: &Arguments) -> Result<()> {
    let rate = embeddings_per_second(&arguments.dataset)?;
    crate::print("embed_per_s", rate, "pictures/s", ">= 60")?;
    crate::print(
        "knn_decision_ms",
        decision_ms(&arguments.model)?,
        "ms",
        "<= 33",
    )
}

/// Pictures of a dataset's first movie that the default embedder makes vectors of in a second.
fn embeddings_per_second(dataset: &Path) -> Result<f64> {
    let rows = Dataset::open(dataset)?.read(0)?;
    let mut embedder = choice::open("mobilenet_v2", None)?;
    let times = (0..rows.len().min(PICTURES)).map(|row| {
        let picture = rows.picture(row)?.context("no pictures")?;
        let pixels = Pixels::new(picture.width(), picture.height(), &picture)?;
        milliseconds(&mut || {
            embedder.embed(&[pixels])?;
            Ok(())
        })
    });
    Ok(1000.0 / median(times.collect::<Result<_>>()?)?)
}

/// Milliseconds of a frame that is drawn and of the decision after it: picture, embedding, search and action.
fn decision_ms(model: &Path) -> Result<f64> {
    let model = Model::load(model, Device::Cpu)?;
    model.check::<MarioKart64>()?;
    let steps = model.steps::<MarioKart64>();
    let mut driver = ObservingDriver::<MarioKart64, _>::new(model, steps)?;
    let mut emulator = Emulator::open(ROM, &Options::default())?;
    let combo = Combo {
        character: 0,
        course: COURSES[0].id,
        mode: Mode::TimeTrial,
    };
    enter_race(&mut emulator, &combo, &mut |_, _| ControlFlow::Continue(()))?;
    driver.reset();
    let (mut pad, mut frames, mut times) = (Pad::default(), 0, Vec::new());
    while times.len() < DECISIONS {
        let draws = driver.needs_picture();
        let milliseconds = milliseconds(&mut || {
            let picture = if draws { Picture::Draw } else { Picture::Skip };
            emulator.step(&Frame::first(pad), picture)?;
            let facts = MarioKart64::facts(&emulator, pad)?.context("no race")?;
            let machine = &emulator;
            pad = driver.act(&RaceView { machine, facts })?;
            Ok(())
        })?;
        frames += 1;
        if draws && frames > COUNTDOWN {
            times.push(milliseconds);
        }
    }
    median(times)
}
