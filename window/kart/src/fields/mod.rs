//! All of RAM as a tree of fields, in a panel beside the game.
//!
//! The model is separate from the widgets: `tree` and `search` determine the rows, `value` their
//! values, `pins` and `history` the pinned fields and their samples; `panel`, `columns`, `cells`,
//! `editor` and `pin_list` are the widgets.

mod cells;
mod columns;
mod edit;
mod editor;
mod game;
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

pub use game::FieldGame;
pub use panel::FieldPanel;
pub use pins::PinError;
