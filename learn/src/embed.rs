//! Pictures as vectors: nearby vectors are those of pictures that look alike.
//!
//! An [`Embedder`] says in its [`Embedding`] which vectors it makes, so that a column of a dataset or an index of them refuses those
//! of another. A vector depends on its picture alone: not on the other pictures of a call, nor on the number of threads. So vectors
//! can be computed once: [`add_to`] writes those of a dataset's pictures into the dataset.
//!
//! | embedder | weights | vector |
//! |---|---|---|
//! | [`Pixels`] | none | brightness of a small picture |
//! | `Network::MobileNetV2`, the default | torchvision's, which `make setup` installs | 1,280 numbers |
//! | `Network::EfficientNetLite0` | converted from TensorFlow's, which `make setup` installs | 1,280 numbers |
//! | `Network::ResNet50` | a file of the user's, with torchvision's names | 2,048 numbers |
//! | `Features` of a driver that sees pictures | the folder of `train pilotnet` | what the network's last layer sees: 10 numbers of PilotNet and TensorKart's, 64 of the small network |

pub mod choice;
mod column;
#[cfg(feature = "torch")]
mod convolution;
#[cfg(feature = "torch")]
mod features;
#[cfg(feature = "torch")]
mod network;
#[cfg(feature = "torch")]
mod networks;
#[cfg(feature = "torch")]
mod onnx;
mod picture;
mod pixels;
#[cfg(feature = "torch")]
mod pth;
#[cfg(feature = "torch")]
pub mod tuning;
#[cfg(feature = "torch")]
mod weights;

pub use column::{Progress, add_to};
#[cfg(feature = "torch")]
pub(crate) use column::{of_movie, require_vectors};
pub use picture::Picture;
pub use pixels::Pixels;
pub use search::Embedding;

#[cfg(feature = "torch")]
pub use features::Features;
#[cfg(feature = "torch")]
pub use network::NetworkEmbedder;
#[cfg(feature = "torch")]
pub use networks::Network;
#[cfg(feature = "torch")]
pub use weights::Weights;

use crate::Result;

/// What turns pictures into vectors.
pub trait Embedder {
    /// Which vectors it makes.
    fn embedding(&self) -> &Embedding;

    /// The vector of each picture.
    ///
    /// # Errors
    /// The embedder's own; none because of what a picture shows.
    fn embed(&mut self, pictures: &[Picture<'_>]) -> Result<Vec<Vec<f32>>>;
}
