//! Draw lists over the game's picture, rendered by cairo.
