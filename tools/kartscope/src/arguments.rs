//! Arguments that several commands have.

mod embedder;
mod misuse;
mod output_path;
mod race;
pub mod values;

pub use embedder::{EmbedderArguments, EmbedderName};
pub use misuse::Misuse;
pub use output_path::OutputPath;
pub use race::RaceChoice;
#[cfg(feature = "window")]
pub use race::one_course;
