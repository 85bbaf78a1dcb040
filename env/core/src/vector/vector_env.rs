//! Many environments that are stepped together or as they get ready.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::block::{self, Block};
use super::error::VectorError;
use super::lane::{Lane, Outcome, Task};
use super::options::{Autoreset, Factory, VectorOptions};
use super::pool::{Message, Pool};
use super::step::{Rows, VectorStep};
use crate::columns::{Batch, Columnar};
use crate::env::Env;
use crate::space::Space;

/// Whether an environment has a running episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// An episode ended, failed, or never began.
    Over,
}

/// Environments that are stepped together.
pub struct VectorEnv<E: Env> {
    observation_space: E::ObservationSpace,
    action_space: E::ActionSpace,
    autoreset: Autoreset,
    deadline: Option<Duration>,
    /// `None` while a worker has it.
    lanes: Vec<Option<Lane<E>>>,
    phases: Vec<Phase>,
    /// How many tasks were sent to each environment. Messages about an abandoned task carry an older count and are dropped.
    turns: Vec<u64>,
    /// The blocks that workers have or will have, by their first environment: when a worker began, `None` while they wait.
    in_flight: BTreeMap<usize, Option<Instant>>,
    ready: Vec<usize>,
    /// Blocks without environments, whose rows are filled again.
    spare: Vec<Block<E>>,
    /// About how long an environment takes for a task; `None` before the first.
    pace: Option<Duration>,
    threads: usize,
    pool: Option<Pool<E>>,
    factory: Factory<E>,
    step: VectorStep<E::Info>,
}

impl<E: Env> std::fmt::Debug for VectorEnv<E> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VectorEnv")
            .field("environments", &self.lanes.len())
            .field("autoreset", &self.autoreset)
            .field("in_flight", &self.in_flight.len())
            .finish_non_exhaustive()
    }
}

impl<E> VectorEnv<E>
where
    E: Env + Send + 'static,
    E::Obs: Send,
    E::Action: Send,
    E::Info: Send,
    E::Options: Clone + Send,
    E::ObservationSpace: Columnar + Clone + Send,
    E::ActionSpace: Clone,
{
    /// `count` environments; `make` makes each from its number.
    ///
    /// # Errors
    /// [`VectorError::Make`] with the first that cannot be made, [`VectorError::Count`] for none, and
    /// [`VectorError::NoThreads`] for a deadline without threads.
    pub fn new(
        make: impl Fn(usize) -> Result<E, E::Error> + Send + Sync + 'static,
        count: usize,
        options: VectorOptions,
    ) -> Result<Self, VectorError> {
        if options.deadline.is_some() && options.threads == 0 {
            return Err(VectorError::NoThreads);
        }
        let factory: Factory<E> = Arc::new(make);
        let lanes = (0..count)
            .map(|index| {
                let made = factory(index).map_err(|error| VectorError::Make {
                    index,
                    reason: error.to_string(),
                });
                Ok(Lane::new(index, made?))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let first = lanes.first().and_then(Lane::env);
        let first = first.ok_or(VectorError::Count {
            what: "environments",
            expected: 1,
            found: 0,
        })?;
        let (observation_space, action_space) = (
            first.observation_space().clone(),
            first.action_space().clone(),
        );
        let pool = (options.threads > 0).then(|| {
            let space = observation_space.clone();
            Pool::new(options.threads, space, factory.clone(), options.autoreset)
        });
        Ok(Self {
            step: VectorStep::new(Batch::new(observation_space.columns(), count)),
            observation_space,
            action_space,
            autoreset: options.autoreset,
            deadline: options.deadline,
            lanes: lanes.into_iter().map(Some).collect(),
            phases: vec![Phase::Over; count],
            turns: vec![0; count],
            in_flight: BTreeMap::new(),
            ready: Vec::new(),
            spare: Vec::new(),
            pace: None,
            threads: options.threads,
            pool,
            factory,
        })
    }

    /// How many environments there are.
    pub fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Whether there are none; there always is one.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// The space of one environment's observations.
    pub const fn observation_space(&self) -> &E::ObservationSpace {
        &self.observation_space
    }

    /// The space of one environment's actions.
    pub const fn action_space(&self) -> &E::ActionSpace {
        &self.action_space
    }

    /// What happens when an episode ends.
    pub const fn autoreset(&self) -> Autoreset {
        self.autoreset
    }

    /// The longest that one environment may take for a step or reset.
    pub const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Sets the longest that one environment may take for a step or reset, pending ones included: a first reset
    /// may need more time than steps.
    ///
    /// # Errors
    /// [`VectorError::NoThreads`] for a deadline without threads; then it stays as it is.
    pub fn set_deadline(&mut self, deadline: Option<Duration>) -> Result<(), VectorError> {
        if deadline.is_some() && self.pool.is_none() {
            return Err(VectorError::NoThreads);
        }
        self.deadline = deadline;
        Ok(())
    }

    /// The latest results of the environments.
    pub const fn last(&self) -> &VectorStep<E::Info> {
        &self.step
    }

    /// An environment, for reading; `None` while a worker has it, and after it failed until it is reset.
    pub fn env(&self, index: usize) -> Option<&E> {
        self.lanes.get(index)?.as_ref()?.env()
    }

    /// An environment, for drawing or reading. A caller that steps it directly breaks the episode that is tracked here.
    pub fn env_mut(&mut self, index: usize) -> Option<&mut E> {
        self.lanes.get_mut(index)?.as_mut()?.env_mut()
    }

    /// Seeds for all environments, counted up from `seed`.
    pub fn seeds(&self, seed: Option<u64>) -> Vec<Option<u64>> {
        let seed = |index| seed.map(|seed| seed.wrapping_add(index as u64));
        (0..self.len()).map(seed).collect()
    }

    /// Resets all environments, or those that `mask` marks, and waits for them. The error of a reset that fails is in
    /// [`VectorStep::errors`]; the environment is reset again when its next episode is due.
    ///
    /// # Errors
    /// [`VectorError::Count`] for too many or too few seeds or marks, [`VectorError::Busy`] if a result is pending.
    pub fn reset(
        &mut self,
        seeds: &[Option<u64>],
        options: &E::Options,
        mask: Option<&[bool]>,
    ) -> Result<&VectorStep<E::Info>, VectorError> {
        self.check_count("seeds", seeds.len())?;
        if let Some(mask) = mask {
            self.check_count("marks", mask.len())?;
        }
        if let Some(index) = self.in_flight.keys().next() {
            return Err(VectorError::Busy { index: *index });
        }
        let marked = |index: &usize| mask.is_none_or(|mask| mask[*index]);
        let chosen: Vec<usize> = (0..self.len()).filter(marked).collect();
        let reset = |index: usize| Task::Reset {
            seed: seeds[index],
            options: options.clone(),
        };
        let tasks = chosen.iter().map(|index| reset(*index)).collect();
        self.dispatch(&chosen, tasks, self.block_size(chosen.len()));
        self.collect(chosen.len(), true);
        self.ready.clear();
        Ok(&self.step)
    }

    /// Steps all environments and waits for them.
    ///
    /// # Errors
    /// As [`VectorEnv::send`], for the first environment that cannot be stepped; then no environment is stepped.
    pub fn step(&mut self, actions: &[E::Action]) -> Result<&VectorStep<E::Info>, VectorError> {
        let all: Vec<usize> = (0..self.len()).collect();
        self.check(&all, actions)?;
        let tasks = self.tasks(&all, actions);
        self.dispatch(&all, tasks, self.block_size(all.len()));
        self.collect(self.len(), true);
        self.ready.clear();
        Ok(&self.step)
    }

    /// Sends actions to some environments, without waiting for the results. With [`Autoreset::NextStep`] environments
    /// whose episode is over are reset instead.
    ///
    /// # Errors
    /// [`VectorError`] if the numbers of actions and environments differ, an environment does not exist, is busy, or needs
    /// a reset by the caller, and for actions outside the action space. Nothing is sent then.
    pub fn send(&mut self, indices: &[usize], actions: &[E::Action]) -> Result<(), VectorError> {
        self.check(indices, actions)?;
        let tasks = self.tasks(indices, actions);
        self.dispatch(indices, tasks, 1);
        Ok(())
    }

    /// Checks that these environments can be stepped with these actions.
    fn check(&self, indices: &[usize], actions: &[E::Action]) -> Result<(), VectorError> {
        if indices.len() != actions.len() {
            return Err(VectorError::Count {
                what: "actions",
                expected: indices.len(),
                found: actions.len(),
            });
        }
        let mut named = vec![false; self.len()];
        for (index, action) in indices.iter().zip(actions) {
            let index = *index;
            if index >= self.len() {
                let count = self.len();
                return Err(VectorError::NoSuch { index, count });
            }
            if self.lanes[index].is_none() || std::mem::replace(&mut named[index], true) {
                return Err(VectorError::Busy { index });
            }
            if !self.action_space.contains(action) {
                return Err(VectorError::Action {
                    index,
                    space: format!("{:?}", self.action_space),
                    action: format!("{action:?}"),
                });
            }
            if self.phases[index] == Phase::Over && self.autoreset == Autoreset::Disabled {
                return Err(VectorError::NeedsReset { index });
            }
        }
        Ok(())
    }

    /// The tasks of environments that act: those whose episode is over are reset.
    fn tasks(&self, indices: &[usize], actions: &[E::Action]) -> Vec<Task<E>> {
        let task = |(index, action): (&usize, &E::Action)| match self.phases[*index] {
            Phase::Running => Task::Step(action.clone()),
            Phase::Over => Task::Reset {
                seed: None,
                options: E::Options::default(),
            },
        };
        indices.iter().zip(actions).map(task).collect()
    }

    /// Waits until at least `count` of the pending environments are ready, and returns their numbers in
    /// the order in which they finished. Returns fewer if fewer are pending.
    pub fn receive(&mut self, count: usize) -> (Vec<usize>, &VectorStep<E::Info>) {
        self.collect(count, false);
        (std::mem::take(&mut self.ready), &self.step)
    }

    fn check_count(&self, what: &'static str, found: usize) -> Result<(), VectorError> {
        if found == self.len() {
            return Ok(());
        }
        Err(VectorError::Count {
            what,
            expected: self.len(),
            found,
        })
    }

    /// How many environments a thread takes at once, where the caller waits for `count`. With a deadline each is alone, since
    /// one that is late is abandoned with its thread.
    fn block_size(&self, count: usize) -> usize {
        match (self.threads, self.deadline) {
            (0, _) => count,
            (_, Some(_)) => 1,
            // The calling thread helps.
            (threads, None) => block::size(count, threads + 1, self.pace),
        }
    }

    /// Sends tasks to environments, in blocks of up to `size` neighbours.
    fn dispatch(&mut self, indices: &[usize], tasks: Vec<Task<E>>, size: usize) {
        let mut tasks = tasks.into_iter();
        let neighbours = indices.chunk_by(|a, b| a + 1 == *b);
        for indices in neighbours.flat_map(|run| run.chunks(size)) {
            let mut block = self.empty_block(indices.len());
            block.first = indices[0];
            for index in indices {
                self.turns[*index] += 1;
                block.lanes.extend(self.lanes[*index].take());
            }
            block.turn = self.turns[block.first];
            block.tasks.extend(tasks.by_ref().take(indices.len()));
            self.begin(block);
        }
    }

    /// A block without environments, for up to `count` of them.
    fn empty_block(&mut self, count: usize) -> Block<E> {
        let spare = self.spare.pop();
        let spare = spare.filter(|block| block.rows.count() >= count);
        spare.unwrap_or_else(|| Block::new(&self.observation_space, count))
    }

    /// Gives a block to a worker, or does its tasks where there is none.
    fn begin(&mut self, mut block: Block<E>) {
        let Some(pool) = &self.pool else {
            block.work(&self.observation_space, &self.factory, self.autoreset);
            self.end(block);
            return;
        };
        self.in_flight.insert(block.first, None);
        pool.send(Box::new(block));
    }

    /// Takes back the environments of a block, and their results.
    fn end(&mut self, mut block: Block<E>) {
        let (first, count) = (block.first, block.lanes.len());
        for (index, lane) in (first..).zip(block.lanes.drain(..)) {
            self.lanes[index] = Some(lane);
        }
        let pace = block.took / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
        self.pace = Some(self.pace.map_or(pace, |before| (before * 3 + pace) / 4));
        self.take_rows(first..first + count, &mut block.rows);
        self.spare.push(block);
    }

    /// Takes the results of environments, which are ready then.
    fn take_rows(&mut self, indices: Range<usize>, rows: &mut Rows<E::Info>) {
        self.step.take(indices.start, indices.len(), rows);
        for (index, runs) in indices.clone().zip(&rows.runs) {
            self.phases[index] = match runs {
                true => Phase::Running,
                false => Phase::Over,
            };
        }
        self.ready.extend(indices);
    }

    /// Waits until `count` environments are ready or none is pending. With `help`, the calling thread works on waiting
    /// tasks itself, unless there is a deadline: the calling thread cannot be abandoned.
    fn collect(&mut self, count: usize, help: bool) {
        while self.ready.len() < count && !self.in_flight.is_empty() {
            let next = self.next_deadline();
            let Some(pool) = &mut self.pool else { return };
            let helped = match help && next.is_none() {
                true => pool.help(),
                false => None,
            };
            match helped.or_else(|| pool.receive(next)) {
                Some(Message::Began { first, turn }) if turn == self.turns[first] => {
                    self.in_flight.insert(first, Some(Instant::now()));
                }
                Some(Message::Done(block)) if block.turn == self.turns[block.first] => {
                    self.in_flight.remove(&block.first);
                    self.end(*block);
                }
                // From a worker that was abandoned.
                Some(_) => {}
                None => self.abandon_late(),
            }
        }
    }

    /// When the deadline of the first of the running tasks passes.
    fn next_deadline(&self) -> Option<Instant> {
        let deadline = self.deadline?;
        let began = self.in_flight.values().filter_map(|began| *began);
        // No task has begun: check again after one deadline.
        Some(began.min().unwrap_or_else(Instant::now) + deadline)
    }

    /// Abandons the environments whose deadline has passed. Each is alone in its block.
    fn abandon_late(&mut self) {
        let (Some(deadline), Some(pool)) = (self.deadline, &mut self.pool) else {
            return;
        };
        let is_late =
            |began: &Option<Instant>| began.is_some_and(|began| began.elapsed() >= deadline);
        let late: Vec<usize> = self
            .in_flight
            .extract_if(.., |_, began| is_late(began))
            .map(|(index, _)| index)
            .collect();
        for index in &late {
            pool.abandon(*index, self.turns[*index]);
        }
        let error = format!("took longer than {} s", deadline.as_secs_f64());
        for index in late {
            self.turns[index] += 1;
            self.lanes[index] = Some(Lane::lost(index));
            let mut rows = Rows::new(self.observation_space.columns(), 1);
            rows.write::<E>(0, &self.observation_space, Outcome::failed(error.clone()));
            self.take_rows(index..index + 1, &mut rows);
        }
    }
}
