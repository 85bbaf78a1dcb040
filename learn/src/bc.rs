//! Behavioural cloning: a network that imitates the inputs of the dataset's drivers.
//!
//! The input for the decision in frame *t* is the observation before *t* (and, for `mlp`, of the
//! frames before it), normalised with the training movies' mean and deviation, and the actions
//! *t*-1 … *t*-k. The action of *t* itself is the label and not part of the input. A cloned driver
//! that sees its previous actions tends to repeat them for ever (the copycat
//! problem), so the previous actions are hidden in a part of the training samples.
//!
//! A head decides each number of an action, after the dataset's action columns: one of several
//! classes (steering: left, straight, right), yes or no (accelerate, brake, drift, item), or a
//! number. Rare classes weigh more in the loss, within limits.
//!
//! A model is a folder with `model.json` ([`Card`]) and the safetensors files it names. Every
//! epoch ends with a checkpoint; a run that was interrupted and resumed gives the same bits as
//! an uninterrupted one.

mod adamw;
mod card;
mod config;
mod frames;
mod heads;
mod metrics;
mod network;
mod normalisation;
mod split;
mod train;
mod version_1;

pub use card::{CARD, Card, FileReference, VERSION};
pub use config::{Config, ModelName};
pub use heads::PerHead;
pub use metrics::{Confusion, Epoch, SplitMetrics};
pub use normalisation::Normalisation;
pub use train::{Plan, Progress, Run, StopReason, Summary, train};

#[cfg(test)]
pub(crate) use card::Preparation;
pub(crate) use heads::{Heads, Kind};
pub(crate) use metrics::logit_shifts;
pub(crate) use network::{Memory, Network, Widths};
