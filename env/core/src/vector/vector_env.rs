//! Many environments that are stepped together or as they get ready.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::VectorError;
use super::lane::{FinalStep, Lane, Message, Outcome, Task};
use super::options::{Autoreset, Factory, VectorOptions};
use super::pool::Pool;
use super::step::VectorStep;
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
    /// When a worker began with each environment's task; `None` while the task waits.
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
    /// As [`VectorEnv::send`], for the first environment that cannot be stepped; then no environment is stepped.
    pub fn step(&mut self, actions: &[E::Action]) -> Result<&VectorStep<E::Info>, VectorError> {
        let all: Vec<usize> = (0..self.len()).collect();
        self.send(&all, actions)?;
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

    fn dispatch(&mut self, index: usize, task: Task<E>) {
        let Some(mut lane) = self.lanes[index].take() else {
            return;
        };
        self.turns[index] += 1;
        match &mut self.pool {
            None => {
                let outcome = lane.work(task, &self.factory, self.autoreset);
                self.lanes[index] = Some(lane);
                self.write_row(index, outcome);
            }
            Some(pool) => {
                self.in_flight.insert(index);
                self.began[index] = None;
                pool.send(lane, task, self.turns[index]);
            }
        }
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
                Some(Message::Began { index, turn }) if turn == self.turns[index] => {
                    self.began[index] = Some(Instant::now());
                }
                Some(Message::Done {
                    turn,
                    lane,
                    outcome,
                }) if turn == self.turns[lane.index()] => {
                    let index = lane.index();
                    self.lanes[index] = Some(lane);
                    self.in_flight.remove(&index);
                    self.write_row(index, outcome);
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
        let began = self.in_flight.iter().filter_map(|index| self.began[*index]);
        // No task has begun: check again after one deadline.
        Some(began.min().unwrap_or_else(Instant::now) + deadline)
    }

    fn abandon_late(&mut self) {
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
            pool.abandon(*index, self.turns[*index]);
            self.turns[*index] += 1;
            self.lanes[*index] = Some(Lane::lost(*index));
            self.in_flight.remove(index);
        }
        for index in late {
            let error = format!("took longer than {} s", deadline.as_secs_f64());
            self.write_row(index, Outcome::failed(error));
        }
    }

    /// Writes an environment's result into its row.
    fn write_row(&mut self, index: usize, outcome: Outcome<E>) {
        let (space, step) = (&self.observation_space, &mut self.step);
        step.has_final[index] = false;
        step.final_infos[index] = None;
        if let Some(FinalStep { observation, info }) = outcome.last {
            match &observation {
                Some(observation) => step.final_observations.write(index, space, observation),
                // The environment failed: its last observation is that of the step before.
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
