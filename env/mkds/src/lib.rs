//! Mario Kart DS as environments: menus, replay, observations, time trials, a scripted driver.
//!
//! - [`menus`] drives a freshly started game into a time trial;
//! - [`ghost_movie`] turns a save's ghost into a DeSmuME movie, [`replay`] plays a movie back and
//!   says where it leaves the recorded course of events;
//! - [`observation`] and [`action`] are what a driver sees and does;
//! - [`time_trial`] is the Gymnasium-style environment;
//! - [`scripted`] is a driver that needs no training.
#![forbid(unsafe_code)]

pub mod action;
mod checks;
mod error;
pub mod ghost_movie;
mod ground;
pub mod menus;
pub mod observation;
mod observer;
pub mod race_movie;
mod racing_line;
pub mod replay;
pub mod scripted;
pub mod time_trial;

pub use error::{Error, Result};

/// The README's program is compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
