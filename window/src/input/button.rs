//! The console's buttons, one by one.

use nds_formats::pad::Pad;
use serde::{Deserialize, Serialize};

/// A button of the console that something can be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Button {
    /// Up on the cross.
    Up,
    /// Down on the cross.
    Down,
    /// Left on the cross.
    Left,
    /// Right on the cross.
    Right,
    /// Accelerate.
    A,
    /// Brake and reverse.
    B,
    /// Use an item.
    X,
    /// The fourth of the face buttons.
    Y,
    /// The left shoulder: use an item.
    L,
    /// The right shoulder: hop and drift.
    R,
    /// Start.
    Start,
    /// Select.
    Select,
}

impl Button {
    /// Every button, in the order in which a list shows them.
    pub const ALL: [Self; 12] = [
        Self::Up,
        Self::Down,
        Self::Left,
        Self::Right,
        Self::A,
        Self::B,
        Self::X,
        Self::Y,
        Self::L,
        Self::R,
        Self::Start,
        Self::Select,
    ];

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "Up",
            Self::Down => "Down",
            Self::Left => "Left",
            Self::Right => "Right",
            Self::A => "A",
            Self::B => "B",
            Self::X => "X",
            Self::Y => "Y",
            Self::L => "L",
            Self::R => "R",
            Self::Start => "Start",
            Self::Select => "Select",
        }
    }

    /// It alone, held.
    #[must_use]
    pub const fn pad(self) -> Pad {
        match self {
            Self::Up => Pad::UP,
            Self::Down => Pad::DOWN,
            Self::Left => Pad::LEFT,
            Self::Right => Pad::RIGHT,
            Self::A => Pad::A,
            Self::B => Pad::B,
            Self::X => Pad::X,
            Self::Y => Pad::Y,
            Self::L => Pad::L,
            Self::R => Pad::R,
            Self::Start => Pad::START,
            Self::Select => Pad::SELECT,
        }
    }
}

/// `pad` without opposite directions: the cross cannot be pressed on two sides at once.
pub(crate) fn without_opposites(mut pad: Pad) -> Pad {
    for both in [Pad::UP | Pad::DOWN, Pad::LEFT | Pad::RIGHT] {
        if pad.contains(both) {
            pad.remove(both);
        }
    }
    pad
}

#[cfg(test)]
mod tests {
    use nds_formats::pad::Pad;

    use super::{Button, without_opposites};

    #[test]
    fn every_button_of_a_retail_console_is_there_once() {
        let mut all = Pad::empty();
        for button in Button::ALL {
            assert!(!all.intersects(button.pad()), "{button:?}");
            all |= button.pad();
        }
        assert_eq!(all, Pad::all() - Pad::DEBUG);
    }

    #[test]
    fn opposite_directions_are_none() {
        let pad = Pad::A | Pad::LEFT | Pad::RIGHT | Pad::UP;
        assert_eq!(without_opposites(pad), Pad::A | Pad::UP);
    }
}
