//! Nearest neighbours by [Qdrant](https://qdrant.tech), behind the same trait as the exact engine.
//!
//! Both engines are made from an exact index and give what it has: the same description, rows, payloads and filters.
//! `Edge` is Qdrant inside the process, with an index in a folder, behind the feature `edge`. `Server` is a collection of a Qdrant
//! server's, behind the feature `server`. Neither feature is on by default. [`open`] and [`copy`] choose the engine by the
//! place, and name the feature that is missing.
//!
//! Qdrant finds neighbours by a graph (HNSW), so that it may miss some: [`search::recall`] measures how many. It passes over all
//! vectors, and misses none, where there are few of them, or few that meet the conditions. Which neighbours are near is Qdrant's answer;
//! how far they are is computed here from their vectors, as the exact engine does.
#![forbid(unsafe_code)]

mod address;
#[cfg(feature = "edge")]
mod edge;
#[cfg(any(feature = "edge", feature = "server"))]
mod graph;
#[cfg(any(feature = "edge", feature = "server"))]
mod header;
mod place;
#[cfg(any(feature = "edge", feature = "server"))]
mod point;
#[cfg(feature = "server")]
mod server;

pub use address::Address;
#[cfg(feature = "edge")]
pub use edge::Edge;
#[cfg(any(feature = "edge", feature = "server"))]
pub use graph::Graph;
pub use place::{Progress, copy, is_server, open, require_engine};
#[cfg(feature = "server")]
pub use server::{Access, Server};
