//! Writing files and folders: atomically, never over an input, by one process at a time.
//!
//! A command collects what it reads in [`Outputs`] and begins each of its outputs there, before its work. Until
//! [`Output::commit`] the bytes go into a partial file beside the output, `.NAME.kartscope-part`. The process that writes
//! the output holds a lock on that file:
//!
//! - A second process that begins the same output finds the lock and gets [`Error::Busy`].
//! - The system releases the lock when the process ends, also after a crash. The next process that writes into the folder
//!   finds a partial file without a lock, and removes it.
//!
//! A [`FolderLock`] is a lock on the folder itself and needs no file in it. A [`FolderOutput`] is a new folder, whose files appear
//! all at once.
//!
//! An existing output is replaced only if it is of the output's [`Kind`]. Symbolic links are followed, also if
//! the target is missing. Bytes for anything but a regular file, such as `/dev/null`, a fifo or `/dev/stdout`, are written into it.
//!
//! ```
//! use std::io::Write;
//! use outputs::{Error, Kind, Outputs};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let movie = folder.join("race.dsm");
//! std::fs::write(&movie, "version 2\n")?;
//! let outputs = Outputs::of_command([&movie]);
//!
//! let mut picture = outputs.begin(&folder.join("race.png"), Kind::PNG)?;
//! picture.write_all(b"\x89PNG\r\n\x1a\n")?;
//! picture.commit()?;
//!
//! assert!(matches!(outputs.begin(&movie, Kind::PNG), Err(Error::Input { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate needs a Unix: files are identified by device and inode, and locked with `flock`.
#![forbid(unsafe_code)]

mod error;
mod folder;
mod inputs;
mod kind;
mod lock;
mod output;
mod partial;
mod place;
#[cfg(test)]
mod tests;

pub use error::{Error, Result};
pub use folder::{FolderLock, FolderOutput};
pub use inputs::Outputs;
pub use kind::Kind;
pub use output::{Output, write};
