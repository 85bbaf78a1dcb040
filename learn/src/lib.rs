//! Datasets, behavioural cloning and closed-loop evaluation.
//!
//! - [`dataset`]: a folder of Parquet files, one a movie, with a manifest beside them.
//! - [`record`]: the rows of a movie's race.
//! - [`statistics`] of a dataset, and datasets of [`tensorkart`]'s recordings and back.
//! - [`cleaning`]: the rows of a dataset that a model should not learn from.
//! - [`bc`] (feature `torch`): behavioural cloning of a dataset's driving, with checkpoints and
//!   exact resume.
//! - [`policy`] (feature `torch`): trained models as drivers, on numbers or pictures.
//! - [`embed`]: pictures as vectors, by pretrained networks (feature `torch`) or as they are.
//! - [`neighbours`] (feature `torch`): drivers that do what was done where the game looked most alike.
//! - [`model`] (feature `torch`): a trained driver of any kind, from its folder.
//! - [`mod@evaluate`]: closed-loop races of any driver from varied starts, with a report.
//!
//! Without the default feature `torch` the crate needs no libtorch; datasets and evaluation stay.

#![forbid(unsafe_code)]

mod action;
#[cfg(feature = "torch")]
pub mod bc;
pub mod cleaning;
pub mod dataset;
#[cfg(feature = "torch")]
pub mod device;
mod difference;
pub mod embed;
mod error;
pub mod evaluate;
mod files;
#[cfg(feature = "torch")]
pub mod model;
#[cfg(feature = "torch")]
pub mod neighbours;
#[cfg(feature = "torch")]
mod pad;
#[cfg(feature = "torch")]
pub mod policy;
pub mod record;
pub mod statistics;
pub mod tensorkart;
#[cfg(feature = "torch")]
mod threads;

pub use error::{Error, Result};

// torch-sys is a direct dependency only so that the build script learns libtorch's folder.
#[cfg(feature = "torch")]
use torch_sys as _;
