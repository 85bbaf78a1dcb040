//! Mario Kart DS as environments: menus, replay, observations, time trials, a scripted driver.
//!
//! - [`menus`] drives a freshly started game into a time trial;
//! - [`ghost_movie`] turns a save's ghost into a DeSmuME movie, [`replay`] plays a movie and
//!   reports where it diverges from the recording;
//! - [`whole`] refuses an incomplete movie;
//! - [`rom_check`] checks whether a ROM is the one that a movie was made with;
//! - [`corrections`] are the frames of a movie to train on, where only a part of the movie is;
//! - [`race_env`] is the Gymnasium-style environment, composed by a [`config`] from the parts of [`env_kart`]:
//!   [`observation`], [`reward`], [`ending`] and others, to which the [`pixels`] of the DS are added;
//! - [`facts`] reads from RAM what these parts depend on, [`control`] and [`action`] hold the DS's pad;
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
mod error;
pub mod facts;
pub mod ghost_movie;
pub mod menus;
pub mod pixels;
pub mod race_env;
pub mod race_movie;
pub mod replay;
pub mod rom_check;
pub mod scripted;
mod starts;
pub mod whole;

pub use env_kart::{ending, observation, reward};
pub use error::{Error, Result};

/// The README's program is compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
