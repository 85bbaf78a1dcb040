//! What a human holds in a frame.

use bitflags::bitflags;

bitflags! {
    /// The buttons of consoles' controllers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Buttons: u32 {
        /// Up on the cross.
        const UP = 1;
        /// Down on the cross.
        const DOWN = 1 << 1;
        /// Left on the cross.
        const LEFT = 1 << 2;
        /// Right on the cross.
        const RIGHT = 1 << 3;
        /// A.
        const A = 1 << 4;
        /// B.
        const B = 1 << 5;
        /// X.
        const X = 1 << 6;
        /// Y.
        const Y = 1 << 7;
        /// The left shoulder.
        const L = 1 << 8;
        /// The right shoulder.
        const R = 1 << 9;
        /// Start.
        const START = 1 << 10;
        /// Select.
        const SELECT = 1 << 11;
        /// Z, the Nintendo 64's trigger.
        const Z = 1 << 12;
        /// The upper one of the Nintendo 64's four yellow buttons.
        const C_UP = 1 << 13;
        /// The lower yellow button.
        const C_DOWN = 1 << 14;
        /// The left yellow button.
        const C_LEFT = 1 << 15;
        /// The right yellow button.
        const C_RIGHT = 1 << 16;
    }
}

impl Buttons {
    /// The same without opposite directions: the cross cannot be pressed on two sides at once.
    #[must_use]
    pub fn without_opposites(mut self) -> Self {
        for both in [Self::UP | Self::DOWN, Self::LEFT | Self::RIGHT] {
            if self.contains(both) {
                self.remove(both);
            }
        }
        self
    }
}

/// All that a human holds in a frame. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Held {
    /// The buttons. A stick that is pushed far enough counts as the cross too, for consoles without a stick.
    pub buttons: Buttons,
    /// An analogue stick, to the right and up, in 127ths of its reach: -127..=127 each.
    pub stick: [i8; 2],
    /// The touched point, in pixels from the upper left of the screen that can be touched.
    pub touch: Option<[u32; 2]>,
}

#[cfg(test)]
mod tests {
    use super::Buttons;

    #[test]
    fn opposite_directions_are_none() {
        let held = Buttons::A | Buttons::LEFT | Buttons::RIGHT | Buttons::UP;
        assert_eq!(held.without_opposites(), Buttons::A | Buttons::UP);
    }
}
