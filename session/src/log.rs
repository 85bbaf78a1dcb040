//! What was done to a console, frame by frame.

use std::collections::BTreeMap;
use std::sync::Arc;

use env_mkds::runs::corrections::Corrections;
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;

use crate::Result;

/// A live frame, and whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// What is pressed.
    pub frame: Frame,
    /// A human took the controls from an agent for it.
    pub correction: bool,
}

impl Input {
    /// A frame that is no correction.
    #[must_use]
    pub const fn of(frame: Frame) -> Self {
        Self {
            frame,
            correction: false,
        }
    }
}

/// Bytes that are written into main RAM between two frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poke {
    /// Where, from 0x02000000 on.
    pub address: u32,
    /// What.
    pub bytes: Vec<u8>,
}

/// All that was done to a console since its beginning. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    inputs: Arc<Vec<Input>>,
    /// By the frame before which they were made.
    pokes: Arc<BTreeMap<u64, Vec<Poke>>>,
}

impl Log {
    /// A log of inputs that are no corrections.
    #[must_use]
    pub fn of(frames: impl IntoIterator<Item = Frame>) -> Self {
        Self::from_inputs(frames.into_iter().map(Input::of))
    }

    /// Takes a movie's frames, with what its comments say of corrections.
    pub(crate) fn of_movie(movie: &mut Movie) -> Result<Self> {
        let corrections = Corrections::of_movie(movie)?;
        let frames = (0..).zip(std::mem::take(&mut movie.frames));
        Ok(Self::from_inputs(frames.map(|(number, frame)| Input {
            frame,
            correction: corrections.contains(number),
        })))
    }

    pub(crate) fn from_inputs(inputs: impl IntoIterator<Item = Input>) -> Self {
        Self {
            inputs: Arc::new(inputs.into_iter().collect()),
            pokes: Arc::default(),
        }
    }

    /// How many frames it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.inputs.len() as u64
    }

    /// The input of a frame, counted from 0.
    #[must_use]
    pub fn input(&self, frame: u64) -> Option<Input> {
        self.inputs.get(usize::try_from(frame).ok()?).copied()
    }

    /// The inputs, the first first.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What was written into RAM before a frame, in order.
    #[must_use]
    pub fn pokes(&self, frame: u64) -> &[Poke] {
        self.pokes.get(&frame).map_or(&[], Vec::as_slice)
    }

    /// What was pressed in each frame.
    pub(crate) fn frames(&self) -> impl Iterator<Item = Frame> {
        self.inputs.iter().map(|input| input.frame)
    }

    /// All writes into RAM by the frame before which they were made.
    pub(crate) fn all_pokes(&self) -> impl Iterator<Item = (u64, &Poke)> {
        let frames = self.pokes.iter();
        frames.flat_map(|(frame, pokes)| pokes.iter().map(|poke| (*frame, poke)))
    }

    /// How many writes there are, and the frame of the first.
    pub(crate) fn first_poke(&self) -> Option<(usize, u64)> {
        let first = *self.pokes.keys().next()?;
        Some((self.pokes.values().map(Vec::len).sum(), first))
    }

    pub(crate) fn push(&mut self, input: Input) {
        Arc::make_mut(&mut self.inputs).push(input);
    }

    pub(crate) fn poke(&mut self, frame: u64, poke: Poke) {
        let pokes = Arc::make_mut(&mut self.pokes);
        pokes.entry(frame).or_default().push(poke);
    }

    /// Forgets the inputs from `frame` on, and the writes after it.
    pub(crate) fn truncate(&mut self, frame: u64) {
        let length = usize::try_from(frame).unwrap_or(usize::MAX);
        Arc::make_mut(&mut self.inputs).truncate(length);
        if self.pokes.range(frame + 1..).next().is_some() {
            Arc::make_mut(&mut self.pokes).retain(|at, _| *at <= frame);
        }
    }

    /// Whether the inputs of another log are the first of this one.
    pub(crate) fn begins_with(&self, other: &Self) -> bool {
        self.inputs.starts_with(&other.inputs)
    }

    /// The last frame up to which both logs lead to the same RAM.
    pub(crate) fn common(&self, other: &Self) -> u64 {
        let inputs = self.inputs.iter().zip(other.inputs.iter());
        let same = inputs.take_while(|(a, b)| a.frame == b.frame).count() as u64;
        let frames = self.pokes.keys().chain(other.pokes.keys());
        let differs = frames
            .filter(|frame| self.pokes.get(frame) != other.pokes.get(frame))
            .min();
        // A state is taken before the writes of its frame are made.
        differs.map_or(same, |frame| same.min(*frame))
    }
}
