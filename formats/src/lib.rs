//! What the file formats of every console share: how bytes are refused, how files are read, the references of packed
//! files, and the comments of movies.
#![forbid(unsafe_code)]

pub mod comments;
mod error;
pub mod input;
pub mod references;

pub use error::{Error, Result};
