//! Measures kartscope, for `cargo xtask bench`.
//!
//! Each group of figures is a subcommand. It prints a line of JSON for each figure: its `name`, its `value`, its `unit` and its
//! `goal`, which may be empty. `answer` measures on request instead, so that its measurements can alternate with those of
//! other programs.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "a program has no interface to other crates")]

mod drawing;
mod first_step;
mod memory;
mod mk64;
mod native;
mod pictures;
mod race;
mod rewinding;
mod sensors;
mod timing;

use std::fmt::Display;
use std::io::Write;

use anyhow::Result;
use clap::Parser;
use serde_json::json;

/// Measure kartscope.
#[derive(Parser)]
enum Group {
    /// Answer questions on standard input about a race of a movie
    Answer(race::Arguments),
    /// Emulators and environments in a race of a movie
    Race(race::Arguments),
    /// From a ROM's bytes to the end of the first step
    FirstStep,
    /// Fields, observations, courses and rays
    Sensors,
    /// What rays cost on courses of more and more triangles: a line for each size
    RayGrowth,
    /// Overlays
    Drawing,
    /// Going to any frame of a played race
    Rewinding,
    /// Emulators of the Nintendo 64 in a race of Mario Kart 64
    Mk64(mk64::Arguments),
    /// The memory that 400,000 steps of them with random resets take
    Mk64Soak(mk64::Arguments),
    /// Races of the bundled game without an emulator
    Native,
    /// Embedding pictures, and deciding by those that look alike
    Pictures(pictures::Arguments),
}

fn main() -> Result<()> {
    match Group::parse() {
        Group::Answer(arguments) => race::answer(&arguments),
        Group::Race(arguments) => race::measure(&arguments),
        Group::FirstStep => first_step::measure(),
        Group::Sensors => sensors::measure(),
        Group::RayGrowth => sensors::measure_growth(),
        Group::Drawing => drawing::measure(),
        Group::Rewinding => rewinding::measure(),
        Group::Mk64(arguments) => mk64::measure(&arguments),
        Group::Mk64Soak(arguments) => mk64::soak(&arguments),
        Group::Native => native::measure(),
        Group::Pictures(arguments) => pictures::measure(&arguments),
    }
}

/// Prints a figure.
fn print(name: &str, value: f64, unit: &str, goal: &str) -> Result<()> {
    print_line(&json!({ "name": name, "value": value, "unit": unit, "goal": goal }))
}

/// Prints a line.
fn print_line(line: &impl Display) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
