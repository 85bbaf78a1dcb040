//! Nearest neighbours of vectors, such as the embeddings of pictures.
//!
//! [`Search`] is the one interface. [`Exact`] is the default engine and the reference of the others: an index in one
//! file, made by a [`Builder`], whose answers are exact and the same on every machine.
//!
//! An index carries a [`Description`]: which embedder made its vectors, with which weights and which preprocessing, how they are
//! compared, and which [`Field`]s each vector's payload has. [`Description::require`] refuses an index of another kind by name.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use search::{Builder, Condition, Description, Embedding, Exact, Field, Kind, Metric, Query, Search, Value};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("race.index");
//! let embedding = Embedding {
//!     embedder: "pixels".to_owned(),
//!     weights_sha256: None,
//!     preprocessing: "grey, 2x1".to_owned(),
//!     dimension: 2,
//! };
//! let fields = vec![Field::new("row", Kind::Integer), Field::new("course", Kind::Text)];
//! let description = Description { embedding, metric: Metric::Euclidean, fields };
//! let mut builder = Builder::new(description)?;
//! builder.push(&[0.0, 0.0], &[Value::Integer(0), Value::from("oval")])?;
//! builder.push(&[3.0, 4.0], &[Value::Integer(1), Value::from("hairpins")])?;
//! builder.write(outputs::Output::begin(&path, Exact::KIND)?)?;
//!
//! let index = Exact::open(&path)?;
//! let on_hairpins = [Condition::new("course", ["hairpins"])];
//! let query = Query { vector: &[0.0, 0.0], neighbours: NonZeroUsize::MIN, filter: &on_hairpins };
//! let nearest = index.nearest(&query)?;
//! assert_eq!((nearest[0].row, nearest[0].distance), (1, 5.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod builder;
mod codes;
mod description;
mod engine;
mod error;
mod exact;
mod file;
mod geometry;
mod payload;
mod quantised;
mod smallest;

pub use builder::Builder;
pub use description::{Description, Embedding, Metric};
pub use engine::{Neighbour, Query, Search, recall};
pub use error::{Error, Result};
pub use exact::Exact;
pub use payload::{Condition, Field, Kind, Value};
