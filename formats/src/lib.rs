//! What the file formats of every console share: how bytes are refused, how files are read,
//! and the references of packed files.
#![forbid(unsafe_code)]

mod error;
pub mod input;
pub mod references;

pub use error::{Error, Result};
