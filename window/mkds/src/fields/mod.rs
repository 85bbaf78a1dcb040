//! All of RAM as a tree of fields, in a panel beside the game.
//!
//! What the panel shows is kept apart from how it is drawn: `tree` and `search` say which rows there
//! are, `value` what is in them, `pins` and `history` what they were; `panel` and what it is made of
//! put that on the screen.

mod cells;
mod columns;
mod edit;
mod editor;
mod history;
mod panel;
mod pin_list;
mod pins;
mod plot;
mod row;
mod search;
mod style;
mod tree;
mod value;
mod window_panel;

pub use panel::FieldPanel;
pub use pins::PinError;
