//! The buttons of controllers, one by one.

use machine::Buttons;
use serde::{Deserialize, Serialize};

/// A button that something can be bound to.
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
    /// The Nintendo 64's trigger: use an item.
    Z,
    /// The upper one of the Nintendo 64's four yellow buttons.
    #[serde(rename = "c-up")]
    CUp,
    /// The lower yellow button.
    #[serde(rename = "c-down")]
    CDown,
    /// The left yellow button.
    #[serde(rename = "c-left")]
    CLeft,
    /// The right yellow button.
    #[serde(rename = "c-right")]
    CRight,
}

impl Button {
    /// Every button, in the order in which a list shows them.
    pub const ALL: [Self; 17] = [
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
        Self::Z,
        Self::CUp,
        Self::CDown,
        Self::CLeft,
        Self::CRight,
    ];

    /// Its name for users.
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
            Self::Z => "Z (Nintendo 64)",
            Self::CUp => "C up",
            Self::CDown => "C down",
            Self::CLeft => "C left",
            Self::CRight => "C right",
        }
    }

    /// The stick of a game controller that holds it too when it is pushed far enough.
    #[must_use]
    pub const fn stick(self) -> Option<&'static str> {
        match self {
            Self::Up | Self::Down | Self::Left | Self::Right => Some("Left stick"),
            Self::CUp | Self::CDown | Self::CLeft | Self::CRight => Some("Right stick"),
            _ => None,
        }
    }

    /// The held buttons with only this one.
    #[must_use]
    pub const fn held(self) -> Buttons {
        match self {
            Self::Up => Buttons::UP,
            Self::Down => Buttons::DOWN,
            Self::Left => Buttons::LEFT,
            Self::Right => Buttons::RIGHT,
            Self::A => Buttons::A,
            Self::B => Buttons::B,
            Self::X => Buttons::X,
            Self::Y => Buttons::Y,
            Self::L => Buttons::L,
            Self::R => Buttons::R,
            Self::Start => Buttons::START,
            Self::Select => Buttons::SELECT,
            Self::Z => Buttons::Z,
            Self::CUp => Buttons::C_UP,
            Self::CDown => Buttons::C_DOWN,
            Self::CLeft => Buttons::C_LEFT,
            Self::CRight => Buttons::C_RIGHT,
        }
    }
}

#[cfg(test)]
mod tests {
    use machine::Buttons;

    use super::Button;

    #[test]
    fn every_button_is_there_once() {
        let mut all = Buttons::empty();
        for button in Button::ALL {
            assert!(!all.intersects(button.held()), "{button:?}");
            all |= button.held();
        }
        assert_eq!(all, Buttons::all());
    }
}
