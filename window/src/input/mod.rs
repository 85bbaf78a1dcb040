//! What a player does: keys, game controllers and the mouse, to the console's buttons and touches.
//!
//! Each of [`Keyboard`], [`Controllers`] and [`Stylus`] is asked once a frame. What was pressed and
//! released since the last time still counts for that frame; what a frame got is what is recorded.

mod bindings;
mod button;
mod controllers;
mod dialog;
mod held;
mod keyboard;
mod stylus;

pub use bindings::{BindingError, Bindings, Key, Trigger};
pub use button::Button;
pub use controllers::{Controllers, together};
pub use dialog::BindingsDialog;
pub use keyboard::Keyboard;
pub use stylus::Stylus;
