//! The games whose fields the panel shows.

use anyhow::Result;
use ram_views::FieldValue;
use ram_views::layout::Source;
use ram_views::path::Path;
use ram_views::symbol::{Image, Program};

/// A game whose fields the panel shows: a build of it knows their addresses.
pub trait FieldGame: Program {
    /// What the search suggests to look for.
    const EXAMPLE: &'static str;

    /// The game in the machine's whole main memory.
    ///
    /// # Errors
    /// The bytes are not all of it, or hold no known build.
    fn image(ram: &[u8]) -> Result<Image<'_, Self>>;

    /// Writes a field of the game in the machine's whole main memory.
    ///
    /// # Errors
    /// Those of [`FieldGame::image`]; the field can't hold the value, or lies behind a null pointer.
    fn write(ram: &mut [u8], path: &Path<Self>, value: &FieldValue) -> Result<()>;

    /// The publications that a field is known from.
    fn publishers(source: Source) -> &'static str;
}
