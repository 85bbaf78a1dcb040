//! The commands, one file each.

pub mod completions;
#[cfg(feature = "torch")]
pub mod contest;
pub mod data;
#[cfg(feature = "window")]
pub mod debug;
pub mod doctor;
pub mod drive;
#[cfg(feature = "torch")]
pub mod eval;
pub mod ghosts;
pub mod inspect;
pub mod process;
pub mod record;
pub mod replay;
#[cfg(feature = "torch")]
pub mod search;
#[cfg(feature = "torch")]
pub mod train;
pub mod verify;
