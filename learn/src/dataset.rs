//! A dataset: a folder with one Parquet file a movie and a `manifest.json`.
//!
//! A row is one step of a race, of as many frames as [`Schema::frames_per_step`] says: the
//! driver's observation *before* the step (`observation.NAME` columns), its input *in* the step
//! (`buttons`, the [`Console`]'s own bits, and the same decoded into `action.*`), and the result *after*
//! the step (`race_progress`, `lap`, `reward`). Columns are numbers or fixed-size lists, so
//! pandas, polars and Hugging Face `datasets` can read the files.
//!
//! A dataset may have pictures: then every row has one, and a last column `observation.picture`, a structure of `bytes` (PNG
//! or JPEG) and `path` (a name, no file), with the key-value `huggingface` in the file, by which `datasets` shows pictures.
//! The picture is what the machine shows when the step begins, so what the player sees who chooses the step's input: it is
//! drawn at the end of the frame before the step. A step lasts from one picture to the next; its `buttons` and `stick` are those
//! that the game reads first in it, the answer to the picture.
//!
//! The vectors of pictures, as an [`Embedder`](crate::embed::Embedder) makes them, may be one more column, `embedding`: a
//! fixed-size list of `f32` behind all others. [`Movie::embedding`] says which vectors a movie's file has; movies that were added
//! later have none until [`embed::add_to`](crate::embed::add_to) adds them. [`Dataset::vectors`] reads them, [`Dataset::read`] does not.
//!
//! The manifest lists every [`Column`] with unit, shape, type, bounds and meaning, and for every
//! movie its file, rows, hash and [`Source`]. It is written last and atomically: a file that it
//! does not name is not part of the dataset, a file that it names is complete.
//!
//! [`Writer`] adds to a folder movie by movie, and goes on where an earlier run ended; [`NewDataset`]
//! makes a folder that appears as a whole; [`Dataset::remove`] takes out the rows of a [`Selection`]. [`Rows`] turn into columns and back, whatever stores those:
//! Parquet here, NumPy in the Python package.
//!
//! ```
//! use learn::dataset::{Column, Dataset, Row, Rows, Schema, Source, Writer};
//! use nds_formats::pad::Pad;
//!
//! # fn main() -> learn::Result<()> {
//! # let temporary = tempfile::tempdir().unwrap();
//! # let folder = temporary.path();
//! let rays = Column::float("rays", "units", (0.0, 3000.0), "distances to walls").of_shape(&[3]);
//! let schema = Schema::new(vec![rays])?;
//! let mut rows = Rows::new(&schema);
//! rows.push(&Row { observation: &[10.0, 250.0, 12.0], held: Pad::A.into(), ..Row::default() });
//!
//! let mut writer = Writer::open(folder, &schema)?;
//! let source = Source { movie: "ghost.dsm".into(), movie_sha256: "00ff".into(), ..Source::default() };
//! if !writer.contains(&source.movie_sha256) {
//!     writer.add(source, &rows)?;
//! }
//!
//! let dataset = Dataset::open(folder)?;
//! assert_eq!(dataset.read(0)?, rows);
//! # Ok(())
//! # }
//! ```

mod columns;
mod console;
mod manifest;
mod new_dataset;
mod parquet_file;
mod pictures;
mod reader;
mod removal;
mod rewriting;
mod rows;
mod schema;
mod selection;
mod vectors;
mod version_1;
mod writer;

pub use columns::action_columns;
pub use console::{Console, Held};
pub use env_core::columns::{Buffer, Cells, Column, DType};
pub use image::RgbImage;
pub use manifest::{Game, MANIFEST, Machine, Manifest, Movie, Outcome, Source, VERSION};
pub use new_dataset::NewDataset;
pub use pictures::{Encoded, Encoding, PICTURE, PictureFormat};
pub use reader::Dataset;
pub use removal::Removal;
pub(crate) use rewriting::Rewriting;
pub use rows::{Row, Rows};
pub use schema::Schema;
pub use selection::Selection;
pub use vectors::Vectors;
pub use writer::Writer;
