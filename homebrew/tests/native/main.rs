//! The game's logic, built natively.

mod physics;
mod race;
mod support;
