//! Replacement for watched work in a build without the window.

use anyhow::{Result, ensure};
use desmume::{Emulator, Picture};
use nds_formats::pad::Pad;

/// No viewers.
pub struct Viewers;

/// A viewer that shows nothing.
pub struct Viewer<'a>(std::marker::PhantomData<&'a Viewers>);

impl Viewers {
    /// A viewer that shows nothing.
    pub fn claim(&self) -> Viewer<'_> {
        Viewer(std::marker::PhantomData)
    }
}

impl Viewer<'_> {
    /// Pictures are not needed.
    pub fn picture(&self) -> Picture {
        Picture::Skip
    }

    /// Does nothing.
    pub fn show(&self, _emulator: &Emulator, _pad: Pad) {}
}

/// Does some work without a window.
///
/// # Errors
/// The work's, and when `is_watched`.
pub fn perform<T: Send>(
    is_watched: bool,
    _seats: usize,
    _title: &str,
    work: impl FnOnce(&Viewers) -> Result<T> + Send,
) -> Result<T> {
    ensure!(
        !is_watched,
        "--window: expected a build with the feature \"window\", found one without"
    );
    work(&Viewers)
}
