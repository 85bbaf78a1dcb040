//! Mario Kart 64 (US) as environments: menus, facts from RAM, actions, a scripted driver.
//!
//! - [`menus`] drives a game that was just switched on into a race: a time trial or a Grand Prix;
//! - [`race_env`] is the Gymnasium-style environment, composed by a [`config`] from the parts of [`env_kart`], to which the
//!   [`pixels`] of the console are added;
//! - [`facts`] reads from RAM what the parts of [`env_kart`] depend on, [`control`] holds the console's pad;
//! - [`runs`] are races as [`movie`]s, [`game`] is what a session needs;
//! - [`scripted`] is a driver that needs no training.
//!
//! A step of the emulator is a vertical interrupt, a sixtieth of a second; it is called a frame here. In a race for one
//! player the game reads the pad and draws in every second one, and then plays two ticks of a sixtieth of a second each.
#![forbid(unsafe_code)]

pub mod combo;
pub mod config;
pub mod control;
mod displace;
pub mod emulated;
mod error;
pub mod facts;
pub mod game;
pub mod menus;
pub mod movie;
pub mod pixels;
pub mod race_env;
pub mod runs;
pub mod scripted;
mod starts;

pub use error::{Error, Result};
