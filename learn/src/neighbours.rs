//! Driving by nearest neighbours: the driver does what was done where the game looked most alike.
//!
//! An [`Embedder`](crate::embed::Embedder) turns the pictures of a dataset into vectors, which an index keeps with what was held there
//! ([`build`]). A [`Player`] embeds the picture that it sees, finds the nearest ones, and holds what their drivers held: the mean of
//! the stick, and each button that most of them held. A [`Settings`] says how many neighbours count and how; what else belongs to
//! a situation (earlier pictures, earlier actions); when to follow the run that was found; and what to do where nothing is near.
//!
//! A model is a folder with `model.json` ([`Card`]) and the exact index; [`train`] makes it. The card names the index that is searched: the
//! exact one, or a copy of it that another [`Engine`] has.

mod card;
mod index;
mod player;
mod settings;
mod situation;
mod sources;

pub use card::{Card, FORMAT};
pub use index::{Engine, Making, build, fields, train};
pub use player::{Found, Player};
pub use settings::{Fallback, Settings, Weighting};
pub use sources::Sources;
