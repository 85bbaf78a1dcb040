//! Environments that a thread takes together, their tasks and their results.

use std::time::{Duration, Instant};

use super::lane::{Lane, Task};
use super::options::{Autoreset, Factory};
use super::step::Rows;
use crate::columns::Columnar;
use crate::env::Env;

/// About how long a thread works on a block: long for the queue, short beside what others still have to do at the end of
/// a step.
const WORK: Duration = Duration::from_micros(100);

/// Neighbouring environments on their way to a thread and back.
pub(super) struct Block<E: Env> {
    /// The number of the first environment.
    pub(super) first: usize,
    /// How many tasks were sent to the first environment with this one.
    pub(super) turn: u64,
    pub(super) lanes: Vec<Lane<E>>,
    /// One for each environment.
    pub(super) tasks: Vec<Task<E>>,
    /// The results, from row 0 on. There may be more rows than environments.
    pub(super) rows: Rows<E::Info>,
    /// How long the tasks took.
    pub(super) took: Duration,
}

impl<E: Env> Block<E>
where
    E::ObservationSpace: Columnar,
{
    /// A block without environments, for up to `count` of them.
    pub(super) fn new(space: &E::ObservationSpace, count: usize) -> Self {
        Self {
            first: 0,
            turn: 0,
            lanes: Vec::with_capacity(count),
            tasks: Vec::with_capacity(count),
            rows: Rows::new(space.columns(), count),
            took: Duration::ZERO,
        }
    }

    /// Does the tasks, one after the other.
    pub(super) fn work(
        &mut self,
        space: &E::ObservationSpace,
        factory: &Factory<E>,
        autoreset: Autoreset,
    ) {
        let begin = Instant::now();
        for (row, (lane, task)) in self.lanes.iter_mut().zip(self.tasks.drain(..)).enumerate() {
            self.rows
                .write(row, space, lane.work(task, factory, autoreset));
        }
        self.took = begin.elapsed();
    }
}

/// How many environments make a block, so that each of `threads` threads has as many blocks and works on one for about
/// [`WORK`], where `count` environments take `pace` each; 1 while that is not known.
pub(super) fn size(count: usize, threads: usize, pace: Option<Duration>) -> usize {
    let Some(pace) = pace else { return 1 };
    let share = count.div_ceil(threads);
    let work = pace.saturating_mul(u32::try_from(share).unwrap_or(u32::MAX));
    let blocks = (work.as_nanos() / WORK.as_nanos()).max(1);
    share
        .div_ceil(usize::try_from(blocks).unwrap_or(usize::MAX))
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_environments_are_taken_together_and_slow_ones_alone() {
        let micros = |micros| Some(Duration::from_micros(micros));
        assert_eq!(size(64, 2, None), 1);
        assert_eq!(size(64, 2, micros(1000)), 1);
        assert_eq!(size(64, 2, micros(7)), 16);
        assert_eq!(size(64, 2, micros(0)), 32);
        assert_eq!(size(5, 2, micros(1)), 3);
        assert_eq!(size(1, 4, micros(1)), 1);
    }
}
