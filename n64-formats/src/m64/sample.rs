//! The answer of a controller.

use crate::pad::Pad;

/// What a game got when it asked a controller: two bytes of buttons and the stick, as the controller sends them.
///
/// The buttons leave two bits over. Where both are set, the console is reset instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Sample(pub [u8; 4]);

/// The two bits that no button has, in the second byte.
const RESERVED: u8 = 0xC0;

impl Sample {
    /// The console is reset.
    pub const RESET: Self = Self([0, RESERVED, 0, 0]);

    /// What was held.
    #[must_use]
    pub fn pad(self) -> Pad {
        Pad::from_sample(self.0)
    }

    /// Whether the console is reset.
    #[must_use]
    pub const fn is_reset(self) -> bool {
        self.0[1] & RESERVED == RESERVED
    }
}

impl From<Pad> for Sample {
    fn from(pad: Pad) -> Self {
        Self(pad.to_sample())
    }
}
