//! The debug window: a game, or several side by side, with overlays drawn over each.
//!
//! [`run`] opens the window and returns when it is closed. What is played is a [`Stage`]: a run that can be paused,
//! rewound and taken over; the window shows and plays stages. It knows machines and runs; what a game adds, its
//! overlays and its panel of fields, is given to it ([`game`]). What needs no display is separate:
//! [`stage`], [`pace`], [`layout`], [`view`]. Another window has parts of this one: [`style`], [`header`], [`messages`], [`accessible`].
#![forbid(unsafe_code)]

pub mod accessible;
mod actions;
mod animation;
mod app;
mod autosave;
mod command;
mod content;
mod dialogs;
mod feed;
pub mod game;
mod go_to;
pub mod header;
pub mod input;
mod labels;
pub mod layout;
pub mod messages;
mod opener;
mod opening;
pub mod pace;
mod saving;
mod screen;
mod session_file;
pub mod settings;
mod shortcuts;
mod side;
pub mod sound;
pub mod stage;
pub mod style;
mod timeline;
pub mod view;

pub use app::window::{Closed, ClosedGame, Setup, require_display, run};
pub use content::Content;
pub use feed::{Feed, FeedSender, feed};
pub use opener::{Games, Opened, Opener, Request, WindowState};
pub use stage::{Agent, Live, Stage};
