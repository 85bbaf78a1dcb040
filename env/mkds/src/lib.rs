//! Mario Kart DS as environments: menus, replay, observations, time trials, a scripted driver.
//!
//! - [`menus`] drives a freshly started game into a time trial;
//! - [`runs`] are races as movies: recorded, replayed, checked, annotated, observed and rewarded, and made of ghosts;
//! - [`race_env`] is the Gymnasium-style environment, composed by a [`config`] from the parts of [`env_kart`]:
//!   [`observation`], [`reward`], [`ending`] and others, to which the [`pixels`] of the DS are added;
//! - [`facts`] reads from RAM what these parts depend on, [`ram`] does so for any console, [`control`] and [`action`] hold the DS's pad;
//! - [`driver`] is what drivers of races see, [`scripted`] a driver that needs no training.
#![forbid(unsafe_code)]

pub mod action;
pub mod config;
pub mod control;
mod displace;
pub mod driver;
mod emulated;
mod error;
pub mod facts;
pub mod game;
pub mod menus;
pub mod pixels;
pub mod race_env;
pub mod ram;
pub mod runs;
pub mod scripted;
mod starts;

pub use env_kart::{ending, observation, reward};
pub use error::{Error, Result};

/// The README's program is compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
