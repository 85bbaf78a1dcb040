//! What the file formats of every console share: how bytes are refused, and the references of packed files.
#![forbid(unsafe_code)]

mod error;
pub mod references;

pub use error::{Error, Result};
