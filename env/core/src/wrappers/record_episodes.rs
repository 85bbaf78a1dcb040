//! Returns and lengths of episodes.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use crate::env::{Env, Step};

/// The return, length and end of an episode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpisodeRecord {
    /// The sum of the rewards, without discount.
    pub episode_return: f64,
    /// How many steps.
    pub length: u64,
    /// The time from the end of the reset to the end of the last step, including the time between steps.
    pub wall_time: Duration,
    /// It reached a terminal state.
    pub terminated: bool,
    /// It was ended from outside.
    pub truncated: bool,
}

/// Keeps a record of each of the last episodes that ended; episodes that a reset interrupted
/// are left out. Wrappers around this one, such as those of rewards, do not affect the records.
///
/// ```
/// # use env_core::{Env, wrappers::RecordEpisodes};
/// # fn drive<E: Env>(env: E, mut act: impl FnMut(&E::Obs) -> E::Action) -> Result<(), E::Error> {
/// let mut env = RecordEpisodes::new(env, const { std::num::NonZeroUsize::new(100).unwrap() });
/// let (mut observation, _) = env.reset(Some(1), &E::Options::default())?;
/// loop {
///     let step = env.step(&act(&observation))?;
///     if step.is_done() { break; }
///     observation = step.observation;
/// }
/// for episode in env.take_episodes() {
///     println!("{} in {} steps", episode.episode_return, episode.length);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RecordEpisodes<E> {
    env: E,
    kept: NonZeroUsize,
    episodes: VecDeque<EpisodeRecord>,
    running: Option<Running>,
}

/// An episode that is not over.
#[derive(Debug, Clone, Copy)]
struct Running {
    episode_return: f64,
    length: u64,
    since: Instant,
}

impl<E> RecordEpisodes<E> {
    /// Keeps the records of the last `kept` episodes of `env`.
    pub const fn new(env: E, kept: NonZeroUsize) -> Self {
        Self {
            env,
            kept,
            episodes: VecDeque::new(),
            running: None,
        }
    }

    /// The records kept, the oldest first.
    pub const fn episodes(&self) -> &VecDeque<EpisodeRecord> {
        &self.episodes
    }

    /// Takes the records out, the oldest first.
    pub fn take_episodes(&mut self) -> VecDeque<EpisodeRecord> {
        std::mem::take(&mut self.episodes)
    }

    inside!(access);

    fn record<Obs, Info>(&mut self, step: &Step<Obs, Info>) {
        let Some(running) = &mut self.running else {
            return;
        };
        running.episode_return += step.reward;
        running.length += 1;
        if step.is_done() {
            let record = EpisodeRecord {
                episode_return: running.episode_return,
                length: running.length,
                wall_time: running.since.elapsed(),
                terminated: step.terminated,
                truncated: step.truncated,
            };
            self.running = None;
            if self.episodes.len() == self.kept.get() {
                self.episodes.pop_front();
            }
            self.episodes.push_back(record);
        }
    }
}

impl<E: Env> Env for RecordEpisodes<E> {
    inside!(types: Obs, Action, Info, Options, Error, ObservationSpace, ActionSpace);

    inside!(observation_space);
    inside!(action_space);
    inside!(render, close);

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error> {
        self.running = None;
        let first = self.env.reset(seed, options)?;
        self.running = Some(Running {
            episode_return: 0.0,
            length: 0,
            since: Instant::now(),
        });
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        self.record(&step);
        Ok(step)
    }
}
