//! The game's logic, built natively.

mod card;
mod ghost;
mod physics;
mod race;
mod ram;
mod support;
