//! Many environments in one process, stepped together or as they get ready.
//!
//! [`VectorEnv::step`] is Gymnasium's vector environment: all act, all are waited for. [`VectorEnv::send`] and
//! [`VectorEnv::receive`] are its two halves: whichever environments finish first are given first. All observations are
//! rows of one [`Batch`].
//!
//! Environments are moved by value to worker threads and back. Any free worker takes the next one, so that a slow
//! environment holds up nobody but itself. An environment that fails, panics or takes too long fails its own episode;
//! it is replaced by a new one, and the others go on.

mod lane;
mod pool;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::columns::{Batch, Columnar};
use crate::env::Env;
use crate::space::Space;

use lane::{Lane, Last, Outcome, Task, Told};
use pool::Pool;

/// What happens when an episode ends, in Gymnasium's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Autoreset {
    /// The next step resets: it ignores the action and gives the new episode's first observation, with a reward of 0.
    #[default]
    NextStep,
    /// The step that ends an episode also resets: it gives the new episode's first observation, and the ended one's last
    /// one besides, as [`VectorStep::final_observations`].
    SameStep,
    /// Nothing: whoever steps resets those that ended. Stepping one that ended is an error.
    Disabled,
}

/// How environments are run.
#[derive(Debug, Clone, Copy, Default)]
pub struct VectorOptions {
    /// Worker threads; with 0, the calling thread steps all environments, one after the other. The calling thread helps them
    /// where it waits for all, so that one fewer than there are processors is enough.
    pub threads: usize,
    /// What happens when an episode ends.
    pub autoreset: Autoreset,
    /// The longest that one environment may take for a step or reset. Whoever takes longer is given up with its thread:
    /// its episode fails. Takes worker threads.
    pub deadline: Option<Duration>,
}

/// Why something asked of a [`VectorEnv`] was not done. Nothing was stepped or reset then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VectorError {
    /// There is nothing to do for as many environments as given.
    #[error("{what}: expected {expected}, found {found}")]
    Count {
        /// What there are too many or too few of.
        what: &'static str,
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// There is no such environment.
    #[error("environment {index}: expected one below {count}")]
    NoSuch {
        /// The number.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// An action lies outside the action space.
    #[error("environment {index}, action: expected one of {space}, found {action}")]
    Action {
        /// The environment.
        index: usize,
        /// The action space.
        space: String,
        /// The action.
        action: String,
    },
    /// The environment's episode is over, or has not begun.
    #[error("environment {index}: step without a running episode, reset it first")]
    NeedsReset {
        /// The environment.
        index: usize,
    },
    /// The environment still does what it was last sent.
    #[error("environment {index}: it was sent something already, receive that first")]
    Busy {
        /// The environment.
        index: usize,
    },
    /// An environment could not be made at first.
    #[error("environment {index} cannot be made: {reason}")]
    Make {
        /// The environment.
        index: usize,
        /// Why.
        reason: String,
    },
    /// A deadline without worker threads.
    #[error("a deadline takes worker threads: expected at least 1, found 0")]
    NoThreads,
}

/// What the environments came to: one row or entry each. Entries of environments that have not been received since they
/// were sent something are those of before.
#[derive(Debug)]
pub struct VectorStep<Info> {
    /// The observations.
    pub observations: Batch,
    /// The rewards of the step.
    pub rewards: Vec<f64>,
    /// The episode ended within the task.
    pub terminated: Vec<bool>,
    /// The episode ended from outside, or failed.
    pub truncated: Vec<bool>,
    /// What is told besides; `None` where the environment failed.
    pub infos: Vec<Option<Info>>,
    /// With [`Autoreset::SameStep`], the last observations of episodes that ended in this step.
    pub final_observations: Batch,
    /// Which rows of them are.
    pub has_final: Vec<bool>,
    /// What was told with those.
    pub final_infos: Vec<Option<Info>>,
    /// Why the environment's episode failed.
    pub errors: Vec<Option<String>>,
}

impl<Info> VectorStep<Info> {
    fn new(blank: Batch) -> Self {
        let count = blank.rows();
        Self {
            final_observations: blank.clone(),
            observations: blank,
            rewards: vec![0.0; count],
            terminated: vec![false; count],
            truncated: vec![false; count],
            infos: (0..count).map(|_| None).collect(),
            has_final: vec![false; count],
            final_infos: (0..count).map(|_| None).collect(),
            errors: vec![None; count],
        }
    }
}

/// Where an environment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// An episode ended, failed, or never began.
    Over,
}

/// Makes the environment of a number.
pub(crate) type Factory<E> = Arc<dyn Fn(usize) -> Result<E, <E as Env>::Error> + Send + Sync>;

/// Environments that are stepped together.
pub struct VectorEnv<E: Env> {
    observation_space: E::ObservationSpace,
    action_space: E::ActionSpace,
    autoreset: Autoreset,
    deadline: Option<Duration>,
    /// `None` while a worker has it.
    lanes: Vec<Option<Lane<E>>>,
    phases: Vec<Phase>,
    /// Counts what was sent to each environment: answers to what was given up are told by it.
    turns: Vec<u64>,
    /// When a worker began with it.
    began: Vec<Option<Instant>>,
    in_flight: HashSet<usize>,
    ready: Vec<usize>,
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
            .field("in_flight", &self.in_flight)
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
    E::ObservationSpace: Columnar + Clone,
    E::ActionSpace: Clone,
{
    /// `count` environments that `make` makes by their numbers.
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
        Ok(Self {
            step: VectorStep::new(Batch::new(observation_space.columns(), count)),
            observation_space,
            action_space,
            autoreset: options.autoreset,
            deadline: options.deadline,
            lanes: lanes.into_iter().map(Some).collect(),
            phases: vec![Phase::Over; count],
            turns: vec![0; count],
            began: vec![None; count],
            in_flight: HashSet::new(),
            ready: Vec::new(),
            pool: (options.threads > 0)
                .then(|| Pool::new(options.threads, factory.clone(), options.autoreset)),
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

    /// Sets the longest that one environment may take for a step or reset, those on their way included: a first reset
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

    /// What the environments last came to.
    pub const fn last(&self) -> &VectorStep<E::Info> {
        &self.step
    }

    /// An environment, to look at; `None` while it is on its way, and after it failed until it is reset.
    pub fn env(&self, index: usize) -> Option<&E> {
        self.lanes.get(index)?.as_ref()?.env()
    }

    /// An environment, to draw or to ask. Stepping it oneself leaves its episode.
    pub fn env_mut(&mut self, index: usize) -> Option<&mut E> {
        self.lanes.get_mut(index)?.as_mut()?.env_mut()
    }

    /// The seeds of environments that begin with `seed`: each one's is one more than the last's.
    pub fn seeds(&self, seed: Option<u64>) -> Vec<Option<u64>> {
        let seed = |index| seed.map(|seed| seed.wrapping_add(index as u64));
        (0..self.len()).map(seed).collect()
    }

    /// Resets all environments, or those that `mask` marks, and waits for them. A reset that fails is told by
    /// [`VectorStep::errors`]; it is tried again when an episode is next to begin.
    ///
    /// # Errors
    /// [`VectorError::Count`] for too many or too few seeds or marks, [`VectorError::Busy`] if something was sent and not
    /// received.
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
        if let Some(index) = self.in_flight.iter().min() {
            return Err(VectorError::Busy { index: *index });
        }
        let marked = |index: &usize| mask.is_none_or(|mask| mask[*index]);
        let chosen: Vec<usize> = (0..self.len()).filter(marked).collect();
        for index in &chosen {
            let task = Task::Reset {
                seed: seeds[*index],
                options: options.clone(),
            };
            self.dispatch(*index, task);
        }
        self.collect(chosen.len(), true);
        self.ready.clear();
        Ok(&self.step)
    }

    /// Steps all environments and waits for them.
    ///
    /// # Errors
    /// As [`VectorEnv::send`], for the first environment that cannot be stepped; then none is.
    pub fn step(&mut self, actions: &[E::Action]) -> Result<&VectorStep<E::Info>, VectorError> {
        let all: Vec<usize> = (0..self.len()).collect();
        self.send(&all, actions)?;
        self.collect(self.len(), true);
        self.ready.clear();
        Ok(&self.step)
    }

    /// Has some environments act, without waiting for them. With [`Autoreset::NextStep`] those whose episode is over are
    /// reset instead.
    ///
    /// # Errors
    /// [`VectorError`] for other numbers of actions than environments, environments that there are not, that are busy, or
    /// whose episode is over where nothing resets them, and actions outside the action space. Nothing is sent then.
    pub fn send(&mut self, indices: &[usize], actions: &[E::Action]) -> Result<(), VectorError> {
        if indices.len() != actions.len() {
            return Err(VectorError::Count {
                what: "actions",
                expected: indices.len(),
                found: actions.len(),
            });
        }
        for (position, (index, action)) in indices.iter().zip(actions).enumerate() {
            let index = *index;
            if index >= self.len() {
                let count = self.len();
                return Err(VectorError::NoSuch { index, count });
            }
            if self.in_flight.contains(&index) || indices[..position].contains(&index) {
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
        for (index, action) in indices.iter().zip(actions) {
            let task = match self.phases[*index] {
                Phase::Running => Task::Step(action.clone()),
                Phase::Over => Task::Reset {
                    seed: None,
                    options: E::Options::default(),
                },
            };
            self.dispatch(*index, task);
        }
        Ok(())
    }

    /// Waits until at least `count` of the environments that were sent something are ready, and gives their numbers, in
    /// the order they got ready. Fewer are given where fewer are on their way.
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

    fn dispatch(&mut self, index: usize, task: Task<E>) {
        let Some(mut lane) = self.lanes[index].take() else {
            return;
        };
        self.turns[index] += 1;
        match &mut self.pool {
            None => {
                let outcome = lane.work(task, &self.factory, self.autoreset);
                self.lanes[index] = Some(lane);
                self.take_down(index, outcome);
            }
            Some(pool) => {
                self.in_flight.insert(index);
                self.began[index] = None;
                pool.send(lane, task, self.turns[index]);
            }
        }
    }

    /// Waits until `count` environments are ready or none is on its way. Who waits for all may `help`, unless there is a
    /// deadline: nobody can give up the calling thread.
    fn collect(&mut self, count: usize, help: bool) {
        while self.ready.len() < count && !self.in_flight.is_empty() {
            let next = self.next_deadline();
            let Some(pool) = &mut self.pool else { return };
            let helped = match help && next.is_none() {
                true => pool.help(),
                false => None,
            };
            match helped.or_else(|| pool.receive(next)) {
                Some(Told::Began { index, turn }) if turn == self.turns[index] => {
                    self.began[index] = Some(Instant::now());
                }
                Some(Told::Done {
                    turn,
                    lane,
                    outcome,
                }) if turn == self.turns[lane.index()] => {
                    let index = lane.index();
                    self.lanes[index] = Some(lane);
                    self.in_flight.remove(&index);
                    self.take_down(index, outcome);
                }
                // Of an environment that was given up.
                Some(_) => {}
                None => self.give_up_the_late(),
            }
        }
    }

    /// When the first of those at work will have taken too long.
    fn next_deadline(&self) -> Option<Instant> {
        let deadline = self.deadline?;
        let began = self.in_flight.iter().filter_map(|index| self.began[*index]);
        // Nobody has begun yet: look again after as long as the longest may take.
        Some(began.min().unwrap_or_else(Instant::now) + deadline)
    }

    fn give_up_the_late(&mut self) {
        let (Some(deadline), Some(pool)) = (self.deadline, &mut self.pool) else {
            return;
        };
        let late: Vec<usize> = self
            .in_flight
            .iter()
            .copied()
            .filter(|index| self.began[*index].is_some_and(|began| began.elapsed() >= deadline))
            .collect();
        for index in &late {
            pool.give_up(*index, self.turns[*index]);
            self.turns[*index] += 1;
            self.lanes[*index] = Some(Lane::lost(*index));
            self.in_flight.remove(index);
        }
        for index in late {
            let error = format!("took longer than {} s", deadline.as_secs_f64());
            self.take_down(index, Outcome::failed(error));
        }
    }

    /// Writes what an environment came to into its row.
    fn take_down(&mut self, index: usize, outcome: Outcome<E>) {
        let (space, step) = (&self.observation_space, &mut self.step);
        step.has_final[index] = false;
        step.final_infos[index] = None;
        if let Some(Last { observation, info }) = outcome.last {
            match &observation {
                Some(observation) => step.final_observations.write(index, space, observation),
                // It failed: the last observation is the one before.
                None => step.final_observations.copy_row(&step.observations, index),
            }
            step.has_final[index] = true;
            step.final_infos[index] = info;
        }
        if let Some(observation) = &outcome.observation {
            step.observations.write(index, space, observation);
        }
        step.rewards[index] = outcome.reward;
        step.terminated[index] = outcome.terminated;
        step.truncated[index] = outcome.truncated;
        step.infos[index] = outcome.info;
        step.errors[index] = outcome.error;
        self.phases[index] = match outcome.runs {
            true => Phase::Running,
            false => Phase::Over,
        };
        self.ready.push(index);
    }
}
