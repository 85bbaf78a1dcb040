//! The rows of the smallest distances.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::num::NonZeroUsize;

/// A row at a distance. Rows are ordered by distance, equally distant ones by number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) distance: f64,
    pub(crate) row: u32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance
            .total_cmp(&other.distance)
            .then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// Of all rows that were offered, those of the smallest distances.
pub(crate) struct Smallest {
    most: usize,
    /// The largest is on top.
    heap: BinaryHeap<Candidate>,
}

impl Smallest {
    pub(crate) fn new(most: NonZeroUsize) -> Self {
        Self {
            most: most.get(),
            heap: BinaryHeap::new(),
        }
    }

    /// A row farther away than this is none of the smallest.
    #[inline]
    pub(crate) fn limit(&self) -> f64 {
        match self.heap.peek() {
            Some(largest) if self.heap.len() == self.most => largest.distance,
            _ => f64::INFINITY,
        }
    }

    pub(crate) fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.most {
            self.heap.push(candidate);
        } else if let Some(mut largest) = self.heap.peek_mut()
            && candidate < *largest
        {
            *largest = candidate;
        }
    }

    pub(crate) fn into_sorted(self) -> Vec<Candidate> {
        self.heap.into_sorted_vec()
    }
}
