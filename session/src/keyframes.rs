//! States along a run, to go back to.

use std::collections::BTreeMap;
use std::sync::Arc;

use machine::State;

use crate::{Error, Result};

/// Bytes that two states share or do not.
const PAGE: usize = 4096;

/// A state in pages, those that are as in the state before shared with it: a second of a race changes few of them.
#[derive(Clone, Debug)]
struct Paged {
    pages: Vec<Arc<[u8]>>,
}

impl Paged {
    fn of(state: &impl State, before: Option<&Self>) -> Self {
        let shared = |number: usize, page: &[u8]| {
            let page_before = before?.pages.get(number)?;
            (**page_before == *page).then(|| page_before.clone())
        };
        let bytes = state.to_bytes();
        let pages = bytes.chunks(PAGE).enumerate();
        Self {
            pages: pages
                .map(|(number, page)| shared(number, page).unwrap_or_else(|| page.into()))
                .collect(),
        }
    }

    fn state<S: State>(&self) -> Result<S> {
        S::from_bytes(&self.pages.concat()).map_err(Error::machine)
    }

    /// Bytes that go when it goes.
    fn own_bytes(&self) -> usize {
        let own = self
            .pages
            .iter()
            .filter(|page| Arc::strong_count(page) == 1);
        own.map(|page| page.len()).sum()
    }
}

/// A frame to go back to: the machine's state, and the data that the events of the next frame depend on.
#[derive(Clone, Debug)]
struct Kept<W> {
    state: Paged,
    watch: W,
}

/// States by frame, within a budget of memory: as it fills, those of long ago are thinned.
#[derive(Debug)]
pub struct Keyframes<W> {
    kept: BTreeMap<u64, Kept<W>>,
    budget: usize,
    bytes: usize,
}

impl<W: Clone> Keyframes<W> {
    /// No states yet, and at most `budget` bytes of them. The first and the last are kept however small it is.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self {
            kept: BTreeMap::new(),
            budget,
            bytes: 0,
        }
    }

    /// The frames that have a state, in order.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.kept.keys().copied()
    }

    /// Bytes that the states take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a frame has a state.
    pub(crate) fn contains(&self, frame: u64) -> bool {
        self.kept.contains_key(&frame)
    }

    /// The last frame up to `frame` that has a state.
    pub(crate) fn before(&self, frame: u64) -> Option<u64> {
        self.kept
            .range(..=frame)
            .next_back()
            .map(|(frame, _)| *frame)
    }

    /// The state of a frame, and the data that the next one's events depend on.
    ///
    /// # Errors
    /// None but for broken memory: states are checked as those of files are.
    pub(crate) fn get<S: State>(&self, frame: u64) -> Option<Result<(S, W)>> {
        let kept = self.kept.get(&frame)?;
        Some(kept.state.state().map(|state| (state, kept.watch.clone())))
    }

    /// Keeps a frame's state, and the data that the next one's events depend on.
    pub(crate) fn insert(&mut self, frame: u64, state: &impl State, watch: &W) {
        self.remove(frame);
        let before = self.kept.range(..frame).next_back();
        let state = Paged::of(state, before.map(|(_, before)| &before.state));
        self.bytes += state.own_bytes();
        let watch = watch.clone();
        self.kept.insert(frame, Kept { state, watch });
        while self.bytes > self.budget {
            let Some(frame) = self.least_missed() else {
                break;
            };
            self.remove(frame);
        }
    }

    /// Forgets the states after `frame`.
    pub(crate) fn truncate(&mut self, frame: u64) {
        while let Some((last, _)) = self.kept.range(frame + 1..).next_back() {
            self.remove(*last);
        }
    }

    /// Changes the budget.
    pub fn set_budget(&mut self, budget: usize) {
        self.budget = budget;
    }

    fn remove(&mut self, frame: u64) {
        if let Some(kept) = self.kept.remove(&frame) {
            self.bytes -= kept.state.own_bytes();
        }
    }

    /// The state whose loss makes the least difference: the gap that it would leave is small for how long ago it was.
    fn least_missed(&self) -> Option<u64> {
        let (last, _) = self.kept.last_key_value()?;
        let neighbours = self
            .frames()
            .zip(self.frames().skip(1).zip(self.frames().skip(2)));
        let cost =
            |before: u64, frame: u64, after: u64| (after - before) as f64 / (last - frame) as f64;
        neighbours
            .map(|(before, (frame, after))| (cost(before, frame, after), frame))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, frame)| frame)
    }
}
