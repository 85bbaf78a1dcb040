//! What was done to a machine, frame by frame.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A live frame, and whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Input<I> {
    /// What is pressed.
    pub frame: I,
    /// A human took the controls from an agent for it.
    pub correction: bool,
}

impl<I> Input<I> {
    /// A frame that is no correction.
    #[must_use]
    pub const fn of(frame: I) -> Self {
        Self {
            frame,
            correction: false,
        }
    }
}

/// Bytes that are written into main RAM between two frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poke {
    /// Where, as the machine's RAM is addressed.
    pub address: u32,
    /// What.
    pub bytes: Vec<u8>,
}

/// All that was done to a machine since its beginning. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log<I> {
    inputs: Arc<Vec<Input<I>>>,
    /// By the frame before which they were made.
    pokes: Arc<BTreeMap<u64, Vec<Poke>>>,
}

impl<I: Copy + PartialEq> Log<I> {
    /// A log of inputs that are no corrections.
    #[must_use]
    pub fn of(frames: impl IntoIterator<Item = I>) -> Self {
        Self::from_inputs(frames.into_iter().map(Input::of))
    }

    pub(crate) fn from_inputs(inputs: impl IntoIterator<Item = Input<I>>) -> Self {
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
    pub fn input(&self, frame: u64) -> Option<Input<I>> {
        self.inputs.get(usize::try_from(frame).ok()?).copied()
    }

    /// The inputs, in order.
    #[must_use]
    pub fn inputs(&self) -> &[Input<I>] {
        &self.inputs
    }

    /// What was written into RAM before a frame, in order.
    #[must_use]
    pub fn pokes(&self, frame: u64) -> &[Poke] {
        self.pokes.get(&frame).map_or(&[], Vec::as_slice)
    }

    /// The frames in which a human corrected an agent.
    #[must_use]
    pub fn corrections(&self) -> Vec<Range<u64>> {
        corrections(&self.inputs)
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

    pub(crate) fn push(&mut self, input: Input<I>) {
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

/// The frames of a run that are corrections, in ranges.
#[must_use]
pub fn corrections<I>(inputs: &[Input<I>]) -> Vec<Range<u64>> {
    let mut end = 0;
    let runs = inputs.chunk_by(|a, b| a.correction == b.correction);
    let runs = runs.map(|run| {
        let start = end;
        end += run.len() as u64;
        (run[0].correction, start..end)
    });
    runs.filter(|(correction, _)| *correction)
        .map(|(_, range)| range)
        .collect()
}
