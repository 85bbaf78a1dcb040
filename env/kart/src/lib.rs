//! What environments of kart games share. A game supplies the [facts](facts::Facts) of a frame and its
//! [track](track::Track), and the buttons of its console; everything here follows from these.
//!
//! - [`facts`] are what a frame says about the player's kart, [`moment`] is a frame on its track;
//! - [`observation`], [`reward`], [`ending`] and [`beginning`] are the parts of a configuration that need no console;
//! - [`settings`] are what the configurations of all games have, [`choice`] a character or course in them;
//! - [`race_env`] is the environment of any kart game, a [`RaceGame`](race_env::RaceGame);
//! - [`starts`] makes the states that episodes begin with;
//! - [`referee`] rewards the frames of an episode and detects its end;
//! - [`pictures`] are the console's pictures as a field of an observation;
//! - [`action`] is a driver's input, [`control`] turns sets of actions into the console's pad;
//! - [`runs`] are races as movies, of any [`RunGame`](runs::RunGame): recorded, replayed, checked and annotated;
//! - [`driver`] is what drivers of races see, [`disturbed`] pushes one off its line to record how it recovers;
//! - [`line_driver`] is a driver that needs no training, for the [`handling`] of a game's karts, [`reference_line`] a recorded line to be rewarded for.
#![forbid(unsafe_code)]

pub mod action;
pub mod beginning;
pub mod choice;
pub mod control;
pub mod disturbed;
pub mod driver;
pub mod ending;
mod error;
pub mod facts;
mod foresight;
mod ground;
pub mod handling;
pub mod line_driver;
pub mod moment;
pub mod observation;
pub mod pictures;
pub mod race_env;
mod racing_line;
pub mod referee;
pub mod reference_line;
pub mod reward;
pub mod runs;
pub mod settings;
pub mod starts;

pub use error::{Error, Result};
