//! The games whose fields the panel shows.

use ram_views::symbol::Program;

/// A game whose fields the panel shows.
pub trait FieldGame: Program {
    /// What the search suggests to look for.
    const EXAMPLE: &'static str;
}
