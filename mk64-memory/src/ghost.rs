//! Ghosts: what a player pressed, drawn frame after drawn frame.

use ram_views::bit_fields;

/// The most words of a ghost.
pub const GHOST_WORDS: usize = 0x1000;

bit_fields! {
    /// What was pressed for some frames.
    pub struct GhostInput: u32 {
        stick_x_bits: 0, 8, "The stick, positive to the right, as a signed byte.";
        stick_y_bits: 8, 8, "The stick, positive up, as a signed byte.";
        repeats: 16, 8, "The frames that it was pressed for, less one.";
        r: 28, 1, "The right shoulder.";
        z: 29, 1, "Z.";
        b: 30, 1, "B.";
        a: 31, 1, "A.";
    }
}

impl GhostInput {
    /// The stick, positive to the right.
    #[must_use]
    pub const fn stick_x(self) -> i8 {
        self.0 as i8
    }

    /// The stick, positive up.
    #[must_use]
    pub const fn stick_y(self) -> i8 {
        (self.0 >> 8) as i8
    }

    /// The drawn frames that it was pressed for.
    #[must_use]
    pub const fn frames(self) -> u32 {
        self.repeats() + 1
    }
}
