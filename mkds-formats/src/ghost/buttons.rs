//! The buttons of a ghost, and how long they are held.

use bitflags::bitflags;
use nds_formats::pad::Pad;

bitflags! {
    /// A ghost's buttons. Unknown combinations are kept as they are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct GhostButtons: u8 {
        /// A: accelerate.
        const A = 0x01;
        /// B: brake.
        const B = 0x02;
        /// R: hop and drift.
        const R = 0x04;
        /// X or L: use an item.
        const ITEM = 0x08;
        /// Right.
        const RIGHT = 0x10;
        /// Left.
        const LEFT = 0x20;
        /// Down.
        const DOWN = 0x40;
        /// Up.
        const UP = 0x80;
    }
}

/// Ghost buttons and the pad's, without the item's two: X stands for it on the pad.
const SAME_BUTTONS: [(GhostButtons, Pad); 8] = [
    (GhostButtons::A, Pad::A),
    (GhostButtons::B, Pad::B),
    (GhostButtons::R, Pad::R),
    (GhostButtons::ITEM, Pad::X),
    (GhostButtons::RIGHT, Pad::RIGHT),
    (GhostButtons::LEFT, Pad::LEFT),
    (GhostButtons::DOWN, Pad::DOWN),
    (GhostButtons::UP, Pad::UP),
];

impl From<GhostButtons> for Pad {
    /// The item button becomes X.
    fn from(buttons: GhostButtons) -> Self {
        SAME_BUTTONS
            .iter()
            .filter(|(ghost, _)| buttons.contains(*ghost))
            .map(|(_, pad)| *pad)
            .collect()
    }
}

impl From<Pad> for GhostButtons {
    /// X and L become the item button; what a ghost cannot hold is dropped.
    fn from(pad: Pad) -> Self {
        let same = SAME_BUTTONS
            .iter()
            .filter(|(_, button)| pad.contains(*button));
        let buttons: Self = same.map(|(ghost, _)| *ghost).collect();
        buttons
            | if pad.contains(Pad::L) {
                Self::ITEM
            } else {
                Self::empty()
            }
    }
}

/// Buttons held without change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// What is held.
    pub buttons: GhostButtons,
    /// For how many video frames.
    pub frames: u8,
}

/// Adds a frame to the runs.
pub(super) fn extend(runs: &mut Vec<Run>, buttons: GhostButtons) {
    match runs.last_mut() {
        Some(run) if run.buttons == buttons && run.frames < u8::MAX => run.frames += 1,
        _ => runs.push(Run { buttons, frames: 1 }),
    }
}
