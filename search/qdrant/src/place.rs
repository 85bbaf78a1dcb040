//! Indexes of any engine by their place.

use std::ops::ControlFlow;
use std::path::Path;

use search::{Exact, Result, Search};

use crate::Address;

/// Receives how many rows are copied, and may end the work.
pub type Progress<'a> = dyn FnMut(u64) -> ControlFlow<()> + 'a;

/// An index of any engine.
type Index = Box<dyn Search + Send>;

/// Whether a place is the address of a server's collection.
#[must_use]
pub fn is_server(place: &Path) -> bool {
    let text = place.to_str();
    text.is_some_and(|text| {
        ["http://", "https://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
    })
}

/// Opens an index: the exact engine's is a file, that of Qdrant in the process a folder, a Qdrant server's an [`Address`]. The server's
/// API key is that of the environment.
///
/// # Errors
/// Those of the engine; [`search::Error::Argument`] when this build has no such engine.
pub fn open(place: &Path) -> Result<Index> {
    match place.to_str() {
        Some(text) if is_server(place) => server::open(Address::parse(text, None)?),
        _ if place.is_dir() => edge::open(place),
        _ => Ok(Box::new(Exact::open(place)?)),
    }
}

/// Copies an exact index to a new folder, for Qdrant in the process, or to a collection of a server's, which it completes if an
/// earlier copy was interrupted. The collection has the default name if the place has none. `None` when `progress` ended the work.
///
/// # Errors
/// As [`open`], and when something else is in the folder or the collection.
pub fn copy(exact: &Exact, place: &Path, progress: &mut Progress<'_>) -> Result<Option<Index>> {
    match place.to_str() {
        Some(text) if is_server(place) => {
            let embedder = &exact.description().embedding.embedder;
            server::copy(exact, Address::parse(text, Some(embedder))?, progress)
        }
        _ => edge::copy(exact, place, progress),
    }
}

/// Fails unless this build has the engine that a copy to `place` is for.
///
/// # Errors
/// [`search::Error::Argument`] that names the feature to build with.
pub fn require_engine(place: &Path) -> Result<()> {
    let (has, feature) = match is_server(place) {
        true => (cfg!(feature = "server"), "qdrant-server"),
        false => (cfg!(feature = "edge"), "qdrant-edge"),
    };
    match has {
        true => Ok(()),
        false => Err(missing(place.display(), feature)),
    }
}

fn missing(place: impl std::fmt::Display, feature: &str) -> search::Error {
    let expected = format!("a build with the feature \"{feature}\"");
    search::Error::argument(place.to_string(), expected, "one without")
}

#[cfg(feature = "edge")]
mod edge {
    use super::{Exact, Index, Path, Progress, Result};
    use crate::Edge;

    pub(super) fn open(folder: &Path) -> Result<Index> {
        Ok(Box::new(Edge::open(folder)?))
    }

    pub(super) fn copy(
        exact: &Exact,
        folder: &Path,
        progress: &mut Progress<'_>,
    ) -> Result<Option<Index>> {
        let copied = Edge::build(exact, folder, progress)?;
        Ok(copied.map(|edge| Box::new(edge) as Index))
    }
}

#[cfg(not(feature = "edge"))]
mod edge {
    use super::{Exact, Index, Path, Progress, Result, missing};

    pub(super) fn open(folder: &Path) -> Result<Index> {
        Err(missing(folder.display(), "qdrant-edge"))
    }

    pub(super) fn copy(_: &Exact, folder: &Path, _: &mut Progress<'_>) -> Result<Option<Index>> {
        Err(missing(folder.display(), "qdrant-edge"))
    }
}

#[cfg(feature = "server")]
mod server {
    use super::{Address, Exact, Index, Progress, Result};
    use crate::{Access, Server};

    pub(super) fn open(address: Address) -> Result<Index> {
        Ok(Box::new(Server::open(
            address,
            Access::from_environment()?,
        )?))
    }

    pub(super) fn copy(
        exact: &Exact,
        address: Address,
        progress: &mut Progress<'_>,
    ) -> Result<Option<Index>> {
        let copied = Server::upload(exact, address, Access::from_environment()?, progress)?;
        Ok(copied.map(|server| Box::new(server) as Index))
    }
}

#[cfg(not(feature = "server"))]
mod server {
    use super::{Address, Exact, Index, Progress, Result, missing};

    pub(super) fn open(address: Address) -> Result<Index> {
        Err(missing(address, "qdrant-server"))
    }

    pub(super) fn copy(_: &Exact, address: Address, _: &mut Progress<'_>) -> Result<Option<Index>> {
        Err(missing(address, "qdrant-server"))
    }
}
