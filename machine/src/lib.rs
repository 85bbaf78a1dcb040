//! What plays a game frame by frame: a console, or anything that answers as one.
//!
//! A [`Machine`] takes an input and steps one frame. It shows a picture, sounds, may have RAM, and its whole state can be
//! saved and loaded. Sessions, windows and environments are written for machines; an emulator, a game in memory and a
//! learnt world are machines.
#![forbid(unsafe_code)]

mod controls;

use std::fmt::Debug;
use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use controls::{Buttons, Held};

/// Whether a frame's picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Picture {
    /// Not drawn: several times faster on an emulator. The machine keeps the picture that was last drawn.
    Skip,
    /// Drawn, exactly as if every frame before had been drawn too, as far as the machine can.
    Draw,
}

/// The shape of a machine's picture: one or more screens of the same size, one above the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PictureShape {
    /// Pixels a row.
    pub width: u32,
    /// Rows of one screen.
    pub height: u32,
    /// How many screens there are.
    pub count: u32,
    /// The number of the screen that can be touched, if there is one.
    pub touch: Option<u32>,
}

impl PictureShape {
    /// The whole picture as RGBA, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.width as usize * self.height as usize * self.count as usize * 4
    }
}

/// Frames a second, as the fraction that the machine's clock makes: `frames` in `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRate {
    /// Frames in all the seconds.
    pub frames: u32,
    /// Seconds.
    pub seconds: u32,
}

impl FrameRate {
    /// Frames a second.
    #[must_use]
    pub const fn hertz(self) -> f64 {
        self.frames as f64 / self.seconds as f64
    }

    /// Seconds a frame.
    #[must_use]
    pub const fn frame_seconds(self) -> f64 {
        self.seconds as f64 / self.frames as f64
    }
}

/// What is fixed about a kind of machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hardware {
    /// The shape of its picture.
    pub picture: PictureShape,
    /// Frames a second at its own speed.
    pub frame_rate: FrameRate,
    /// Stereo samples a second of its sound; 0 for a machine without sound.
    pub sample_rate: u32,
}

/// The input of one frame. The default is that nothing is pressed.
///
/// It is written into files as a map of its parts.
pub trait Input:
    Copy + Default + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The input that a human gives who holds `held`. What the machine does not have is ignored.
    fn of(held: &Held) -> Self;
}

/// A machine's whole state, as bytes. Cheap to clone.
pub trait State: Clone + Debug + Sized + 'static {
    /// Why bytes are no state.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The bytes that [`from_bytes`](Self::from_bytes) reads.
    fn to_bytes(&self) -> Vec<u8>;

    /// Reads a state.
    ///
    /// # Errors
    /// The bytes are no state of such a machine.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Self::Error>;
}

/// A machine that plays one game.
///
/// The same inputs from the same state lead to the same state, whichever frames were drawn or heard.
pub trait Machine: Debug + 'static {
    /// The input of a frame.
    type Input: Input;
    /// The whole state.
    type State: State<Error = Self::Error>;
    /// Why it can't go on.
    type Error: std::error::Error + Send + Sync + 'static;

    /// What is fixed about machines of this kind.
    const HARDWARE: Hardware;

    /// Plays one frame.
    ///
    /// # Errors
    /// The machine's own.
    fn step(&mut self, input: &Self::Input, picture: Picture) -> Result<(), Self::Error>;

    /// Writes the picture that was last drawn, RGBA with rows from the top, into `rgba`, which has
    /// [`PictureShape::bytes`] bytes; black before the first.
    fn write_picture(&self, rgba: &mut [u8]);

    /// The picture that was last drawn, as [`write_picture`](Self::write_picture) writes it.
    fn picture(&self) -> Vec<u8> {
        let mut rgba = vec![0; Self::HARDWARE.picture.bytes()];
        self.write_picture(&mut rgba);
        rgba
    }

    /// Saves the whole state.
    ///
    /// # Errors
    /// The machine's own.
    fn save_state(&mut self) -> Result<Self::State, Self::Error>;

    /// Loads a state of this machine's game.
    ///
    /// # Errors
    /// It is of another game or another setting.
    fn load_state(&mut self, state: &Self::State) -> Result<(), Self::Error>;

    /// A 64-bit hash of what the next frames depend on and a game computes: RAM where there is any.
    fn hash(&self) -> u64;

    /// Main RAM; `None` for a machine without RAM.
    fn ram(&self) -> Option<Ram<'_>> {
        None
    }

    /// The bytes of [`ram`](Self::ram), to write into. The game sees them in the next frame.
    fn ram_mut(&mut self) -> Option<&mut [u8]> {
        None
    }

    /// Turns the sound on or off. It is off at first.
    fn set_sound(&mut self, _on: bool) {}

    /// Moves the samples since the last call to the end of `into`, left and right.
    fn take_sound(&mut self, _into: &mut Vec<[i16; 2]>) {}
}

/// Main RAM.
#[derive(Debug, Clone, Copy)]
pub struct Ram<'a> {
    /// The address of the first byte.
    pub base: u32,
    /// The bytes, as the machine holds them.
    pub bytes: &'a [u8],
}

impl Ram<'_> {
    /// The addresses that it has.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        let base = u64::from(self.base);
        base..base + self.bytes.len() as u64
    }

    /// The place of `size` bytes at an address; `None` if they are not all within it.
    #[must_use]
    pub fn range(&self, address: u32, size: usize) -> Option<Range<usize>> {
        let start = address.checked_sub(self.base)? as usize;
        let end = start.checked_add(size)?;
        (end <= self.bytes.len()).then_some(start..end)
    }
}
