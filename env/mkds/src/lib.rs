//! Mario Kart DS as environments: menus, replay, observations, time trials, a scripted driver.
//!
//! - [`menus`] drives a freshly started game into a time trial;
//! - [`ghost_movie`] turns a save's ghost into a DeSmuME movie, [`replay`] plays a movie and
//!   reports where it diverges from the recording;
//! - [`whole`] refuses an incomplete movie;
//! - [`rom_check`] checks whether a ROM is the one that a movie was made with;
//! - [`recording`] plays a movie and observes and rewards its race;
//! - [`corrections`] are the frames of a movie to train on, where only a part of the movie is;
//! - [`race_env`] is the Gymnasium-style environment, composed by a [`config`] from parts: [`observation`],
//!   [`control`], [`reward`], [`ending`];
//! - [`action`] is a driver's input in a frame;
//! - [`driver`] is what drivers of races see, and turns drivers of observations into drivers of races;
//! - [`scripted`] is a driver that needs no training, [`disturbed`] pushes it off its line to record how it recovers.
#![forbid(unsafe_code)]

pub mod action;
pub mod annotations;
mod checks;
pub mod config;
pub mod control;
pub mod corrections;
mod displace;
pub mod disturbed;
pub mod driver;
pub mod ending;
mod error;
mod foresight;
pub mod ghost_movie;
mod ground;
pub mod menus;
pub mod moment;
pub mod observation;
pub mod race_env;
pub mod race_movie;
mod racing_line;
pub mod recording;
pub mod reference_line;
pub mod replay;
pub mod reward;
pub mod rom_check;
pub mod scripted;
mod starts;
pub mod whole;

pub use error::{Error, Result};

/// The README's program is compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
