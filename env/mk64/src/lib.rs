//! Mario Kart 64 (US) as environments: menus, facts from RAM, actions, a scripted driver.
//!
//! - [`menus`] drives a game that was just switched on into a race: a time trial or a Grand Prix;
//! - [`facts`] reads from RAM what the parts of [`env_kart`] depend on, [`control`] holds the console's pad;
//! - [`scripted`] is a driver that needs no training.
//!
//! A step of the emulator is a vertical interrupt, a sixtieth of a second; it is called a frame here. In a race for one
//! player the game reads the pad and draws in every second one, and then plays two ticks of a sixtieth of a second each.
#![forbid(unsafe_code)]

pub mod combo;
pub mod control;
pub mod emulated;
mod error;
pub mod facts;
pub mod game;
pub mod menus;
pub mod scripted;

pub use error::{Error, Result};
