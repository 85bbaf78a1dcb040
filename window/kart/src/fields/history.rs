//! The samples of a number in the last seconds.

use std::collections::VecDeque;

/// Frames a plot shows: ten seconds.
pub(crate) const SHOWN: u64 = 600;

/// The most samples that are kept, so that a plot is full after going minutes back too.
const KEPT: usize = 18_000;

/// A number in a frame; `None` where there was none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    pub(crate) frame: u64,
    pub(crate) number: Option<f64>,
}

/// Samples in the order of their frames.
#[derive(Debug, Default)]
pub(crate) struct History {
    samples: VecDeque<Sample>,
}

impl History {
    /// Adds the number in `frame`, and removes the samples from there on: after going back in time
    /// they are not valid any more.
    pub(crate) fn push(&mut self, frame: u64, number: Option<f64>) {
        while self.samples.back().is_some_and(|last| last.frame >= frame) {
            self.samples.pop_back();
        }
        self.samples.push_back(Sample { frame, number });
        if self.samples.len() > KEPT {
            self.samples.pop_front();
        }
    }

    /// The frame of the latest sample.
    pub(crate) fn now(&self) -> Option<u64> {
        self.samples.back().map(|sample| sample.frame)
    }

    /// The samples of the frames that a plot shows, oldest first.
    pub(crate) fn shown(&self) -> impl Iterator<Item = Sample> {
        let from = (self.now().unwrap_or(0) + 1).saturating_sub(SHOWN);
        let first = self.samples.partition_point(|sample| sample.frame < from);
        self.samples.range(first..).copied()
    }

    /// The least and the greatest number of those shown.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        let numbers = self.shown().filter_map(|sample| sample.number);
        numbers.fold(None, |range, number| {
            let (least, greatest) = range.unwrap_or((number, number));
            Some((f64::min(least, number), f64::max(greatest, number)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{History, KEPT, SHOWN};

    fn frames(history: &History) -> Vec<u64> {
        history.shown().map(|sample| sample.frame).collect()
    }

    #[test]
    fn ten_seconds_are_shown() {
        let mut history = History::default();
        for frame in 0..1000 {
            history.push(frame, Some(frame as f64));
        }
        assert_eq!(frames(&history), (400..1000).collect::<Vec<_>>());
        assert_eq!(history.range(), Some((400.0, 999.0)));
    }

    #[test]
    fn going_back_cuts_the_future_off_and_shows_the_past_again() {
        let mut history = History::default();
        for frame in 0..1000 {
            history.push(frame, Some(frame as f64));
        }
        history.push(700, Some(-1.0));
        assert_eq!(frames(&history), (101..=700).collect::<Vec<_>>());
        assert_eq!(history.range(), Some((-1.0, 699.0)));
        history.push(700, Some(5000.0));
        assert_eq!(history.range(), Some((101.0, 5000.0)), "a poke in a pause");
    }

    #[test]
    fn nothing_is_no_number() {
        let mut history = History::default();
        assert_eq!(history.range(), None);
        history.push(0, None);
        assert_eq!((history.now(), history.range()), (Some(0), None));
        history.push(2, Some(3.0));
        assert_eq!(history.range(), Some((3.0, 3.0)));
        assert_eq!(history.shown().count(), 2);
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        for frame in 0..2 * KEPT as u64 {
            history.push(frame, None);
        }
        assert_eq!(history.samples.len(), KEPT);
        assert_eq!(history.shown().count(), SHOWN as usize);
    }
}
