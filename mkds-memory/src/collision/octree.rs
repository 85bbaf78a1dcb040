//! Which prisms lie near a point.

pub use mkds_formats::kcl::PrismNumbers;
use mkds_formats::kcl::{self, Area};
use nds_formats::fx::VecFx32;

use crate::error::{Error, Result};

/// The octree over a course's prisms, as a [`kcl::Octree`] walks it: errors give addresses of the console's RAM.
#[derive(Debug, Clone, Copy)]
pub struct Octree<'a>(kcl::Octree<'a>);

impl<'a> Octree<'a> {
    /// An octree over `prisms` prisms in `bytes`, which lie at `address`, 0 in a file, and may go on behind it.
    pub(crate) const fn new(area: Area, prisms: usize, address: u32, bytes: &'a [u8]) -> Self {
        Self(kcl::Octree::new(area, prisms, address as usize, bytes))
    }

    /// The box that it divides, and the sizes that its leaves were made for.
    #[must_use]
    pub const fn area(&self) -> &Area {
        self.0.area()
    }

    /// As [`kcl::Octree::prisms_at`].
    ///
    /// # Errors
    ///
    /// [`Error::Octree`] if a node or list on the way leaves main RAM, or is none that the game could follow.
    #[inline]
    pub fn prisms_at(&self, point: VecFx32) -> Result<PrismNumbers<'a>> {
        self.0.prisms_at(point).map_err(Error::Octree)
    }

    /// Its bytes up to the last that a lookup can reach.
    ///
    /// # Errors
    ///
    /// [`Error::Octree`] if a lookup somewhere would fail.
    pub fn checked(&self) -> Result<&'a [u8]> {
        self.0.checked().map_err(Error::Octree)
    }
}
