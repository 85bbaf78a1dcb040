//! Arguments that several commands have.

mod misuse;
mod output_path;
mod race;
pub mod values;

pub use misuse::Misuse;
pub use output_path::OutputPath;
pub use race::RaceChoice;
#[cfg(feature = "window")]
pub use race::one_course;
