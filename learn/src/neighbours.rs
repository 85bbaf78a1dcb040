//! Driving by nearest neighbours: the driver does what was done where the game looked most alike.
//!
//! An [`Embedder`](crate::embed::Embedder) turns the pictures of a dataset into vectors, which an index keeps with what was held there
//! ([`build`]). A [`Player`] embeds the picture that it sees, finds the nearest ones, and holds what their drivers held: the mean of
//! the stick, and each button that most of them held. A [`Settings`] says how many neighbours count and how; what else belongs to
//! a situation (earlier pictures, earlier actions); when to follow the run that was found; and what to do where nothing is near.
//!
//! A model is a folder with `model.json` ([`Card`]) and the index that it names; [`train`] makes it.

mod card;
mod index;
mod player;
mod settings;
mod situation;
mod sources;

pub use card::{Card, FORMAT};
pub use index::{build, fields, train};
pub use player::{Found, Player};
pub use settings::{Fallback, Settings, Weighting};
pub use sources::Sources;
