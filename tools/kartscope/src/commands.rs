//! The commands, one file each.

#[cfg(all(feature = "window", feature = "torch"))]
pub mod agent;
pub mod completions;
#[cfg(feature = "torch")]
mod contest;
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
pub mod train;
pub mod verify;
