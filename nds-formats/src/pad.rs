//! What a player can do to the DS in one video frame.

use bitflags::bitflags;

bitflags! {
    /// The held buttons, as in DeSmuME's keypad word: the DS's KEYINPUT order, then X, Y and the
    /// debug button; 1 = held.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Pad: u16 {
        /// Accelerate.
        const A = 1;
        /// Brake and reverse.
        const B = 2;
        /// Select.
        const SELECT = 4;
        /// Start.
        const START = 8;
        /// Right on the cross.
        const RIGHT = 16;
        /// Left on the cross.
        const LEFT = 32;
        /// Up on the cross.
        const UP = 64;
        /// Down on the cross.
        const DOWN = 128;
        /// The right shoulder: hop and drift.
        const R = 256;
        /// The left shoulder: use an item.
        const L = 512;
        /// X: use an item.
        const X = 1024;
        /// Y.
        const Y = 2048;
        /// The debug button, which retail consoles lack.
        const DEBUG = 4096;
    }
}

bitflags! {
    /// What happens to the console in a frame besides buttons and touch.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Commands: u8 {
        /// Noise reaches the microphone.
        const MICROPHONE = 1;
        /// The console is switched off and on again.
        const RESET = 2;
        /// The lid is moved.
        const LID = 4;
    }
}

/// A touched point of the lower screen, in pixels: x 0..256, y 0..192 from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Touch {
    /// Pixels from the left.
    pub x: u8,
    /// Pixels from the top.
    pub y: u8,
}

/// The whole input of one video frame. The default is "nothing is pressed".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Frame {
    /// Held buttons.
    pub pad: Pad,
    /// The touched point, if the stylus is down.
    pub touch: Option<Touch>,
    /// Which of the movie's microphone samples is heard (`micsampleN` in its header).
    pub microphone: u8,
    /// Reset, lid and microphone.
    pub commands: Commands,
}

impl Frame {
    /// A frame in which only buttons are held.
    pub const fn pad(pad: Pad) -> Self {
        Self {
            pad,
            touch: None,
            microphone: 0,
            commands: Commands::empty(),
        }
    }
}
