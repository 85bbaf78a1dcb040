//! Behavioural cloning: a network that imitates the inputs of the dataset's drivers.
//!
//! The input for the decision in frame *t* is the observation before *t* (and, for `mlp`, of the
//! frames before it), normalised with the training movies' mean and deviation, and the actions
//! *t*-1 … *t*-k. The action of *t* itself is the label and not part of the input. A cloned driver
//! that sees its previous actions tends to repeat them for ever (the copycat
//! problem), so the previous actions are hidden in a part of the training samples.
//!
//! `pilotnet`, `tensorkart` and `small` see the row's picture alone, and decide what is held on the
//! console's pad: the stick as a number or the directional pad as a class, and the buttons that the
//! game uses. Pictures stay encoded in memory; threads decode, scale and mirror those of the next
//! batches while the network computes.
//!
//! A head decides each number of an action: one of several
//! classes (steering: left, straight, right), yes or no (accelerate, brake, drift, item), or a
//! number. Rare classes weigh more in the loss, within limits, and so do rare magnitudes of a number:
//! on a course with long straights, the curves.
//!
//! A model is a folder with `model.json` ([`Card`]) and the safetensors files it names. Every
//! epoch ends with a checkpoint; a run that was interrupted and resumed gives the same bits as
//! an uninterrupted one.

mod adamw;
mod batch;
mod card;
pub(crate) mod checkpoint;
mod config;
mod frames;
mod heads;
mod metrics;
mod network;
mod normalisation;
mod pictures;
mod split;
mod train;
mod version_1;

pub use card::{CARD, Card, FileReference, VERSION};
pub use config::{Config, ModelName, NumberLoss, PictureConfig};
pub use heads::PerHead;
pub use metrics::{Confusion, Decisions, Epoch, SplitMetrics};
pub use normalisation::Normalisation;
pub use train::{Plan, Progress, Run, StopReason, Summary, train};

pub(crate) use adamw::AdamW;
#[cfg(test)]
pub(crate) use card::Preparation;
pub(crate) use card::{checkpoint_file, remove_unnamed, weights_file, write_tensors};
pub(crate) use heads::{Heads, Kind};
pub(crate) use metrics::logit_shifts;
pub(crate) use network::{Memory, Network, Widths};
pub(crate) use pictures::{Pictures, Scaler, Wanted, for_each_batch};
