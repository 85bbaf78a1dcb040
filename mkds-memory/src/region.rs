//! The builds of the game.

/// The build of the game, by how far its structures lie from the US game's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    delta: i32,
    code: [u8; 4],
}

impl Region {
    /// The US game (AMCE).
    pub const US: Self = Self {
        delta: 0,
        code: *b"AMCE",
    };

    /// The region of the game `code` whose structures lie `delta` bytes from the US game's.
    pub(crate) const fn at(delta: i32, code: [u8; 4]) -> Self {
        Self { delta, code }
    }

    /// Bytes from the US game's structures to this region's.
    #[must_use]
    pub const fn delta(self) -> i32 {
        self.delta
    }

    /// The code of the game in the header that the console keeps, e.g. `AMCE`; zeros if it keeps
    /// none.
    #[must_use]
    pub const fn game_code(self) -> [u8; 4] {
        self.code
    }
}
