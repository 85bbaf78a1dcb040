//! What stands in for watched work in a build without the window.

use anyhow::{Result, ensure};
use desmume::{Emulator, Picture};
use nds_formats::pad::Pad;

/// Nobody.
pub struct Viewers;

/// No place.
pub struct Viewer<'a>(std::marker::PhantomData<&'a Viewers>);

impl Viewers {
    /// There is none.
    pub fn viewer(&self) -> Viewer<'_> {
        Viewer(std::marker::PhantomData)
    }
}

impl Viewer<'_> {
    /// Nobody looks.
    pub fn picture(&self) -> Picture {
        Picture::Skip
    }

    /// Nobody looks.
    pub fn show(&self, _emulator: &Emulator, _pad: Pad) {}
}

/// Does some work unseen.
///
/// # Errors
/// The work's, and when it is to be watched.
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
