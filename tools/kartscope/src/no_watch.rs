//! Replacement for watched work in a build without the window.

use anyhow::{Result, ensure};
use env_kart::race_env::{PadOf, RaceGame};
use env_kart::runs::MachineOf;
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use machine::Picture;

/// A game whose races a window would show.
pub trait Watchable: RaceGame {}

impl Watchable for MarioKartDs {}

impl Watchable for MarioKart64 {}

/// No viewers.
pub struct Viewers<G>(std::marker::PhantomData<fn() -> G>);

/// A viewer that shows nothing.
pub struct Viewer<'a, G>(std::marker::PhantomData<&'a Viewers<G>>);

impl<G: Watchable> Viewers<G> {
    /// No window.
    pub fn none() -> Self {
        Self(std::marker::PhantomData)
    }

    /// A viewer that shows nothing.
    pub fn claim(&self) -> Viewer<'_, G> {
        Viewer(std::marker::PhantomData)
    }
}

impl<G: Watchable> Viewer<'_, G> {
    /// Pictures are not needed.
    pub fn picture(&self) -> Picture {
        Picture::Skip
    }

    /// Does nothing.
    pub fn show(&self, _: &MachineOf<G>, _: PadOf<G>) {}
}

/// Does some work without a window.
///
/// # Errors
/// The work's, and when `is_watched`.
pub fn perform<G: Watchable, T: Send>(
    is_watched: bool,
    _games: usize,
    _title: &str,
    work: impl FnOnce(&Viewers<G>) -> Result<T> + Send,
) -> Result<T> {
    ensure!(
        !is_watched,
        "--window: expected a build with the feature \"window\", found one without"
    );
    work(&Viewers::none())
}
