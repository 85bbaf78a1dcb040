//! One environment of many, its tasks and their outcomes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::options::{Autoreset, Factory};
use crate::env::Env;

/// A task for an environment.
pub(super) enum Task<E: Env> {
    Reset {
        seed: Option<u64>,
        options: E::Options,
    },
    Step(E::Action),
}

/// The last step of an episode that ended; empty if the environment failed.
pub(super) struct FinalStep<E: Env> {
    pub(super) observation: Option<E::Obs>,
    pub(super) info: Option<E::Info>,
}

impl<E: Env> Default for FinalStep<E> {
    fn default() -> Self {
        Self {
            observation: None,
            info: None,
        }
    }
}

/// The result of a task.
pub(super) struct Outcome<E: Env> {
    /// `None` keeps the previous observation.
    pub(super) observation: Option<E::Obs>,
    pub(super) reward: f64,
    pub(super) terminated: bool,
    pub(super) truncated: bool,
    pub(super) info: Option<E::Info>,
    /// The last step of the ended episode, if the same step began the next one.
    pub(super) last: Option<FinalStep<E>>,
    pub(super) error: Option<String>,
    /// Whether an episode is running after the task.
    pub(super) runs: bool,
}

impl<E: Env> Outcome<E> {
    pub(super) fn failed(error: String) -> Self {
        Self {
            observation: None,
            reward: 0.0,
            terminated: false,
            truncated: true,
            info: None,
            last: None,
            error: Some(error),
            runs: false,
        }
    }

    fn begun(observation: E::Obs, info: E::Info) -> Self {
        Self {
            observation: Some(observation),
            reward: 0.0,
            terminated: false,
            truncated: false,
            info: Some(info),
            last: None,
            error: None,
            runs: true,
        }
    }
}

/// An environment and its number.
pub(super) struct Lane<E> {
    index: usize,
    /// `None` after a failure: the next reset makes a new one. Boxed, since lanes move to other threads and back in
    /// every step.
    env: Option<Box<E>>,
}

impl<E> Lane<E> {
    pub(super) fn new(index: usize, env: E) -> Self {
        Self {
            index,
            env: Some(Box::new(env)),
        }
    }

    /// A lane whose environment is lost with its abandoned worker.
    pub(super) const fn lost(index: usize) -> Self {
        Self { index, env: None }
    }

    pub(super) fn env(&self) -> Option<&E> {
        self.env.as_deref()
    }

    pub(super) fn env_mut(&mut self) -> Option<&mut E> {
        self.env.as_deref_mut()
    }
}

impl<E: Env> Lane<E> {
    /// Does a task; a failure is reported in the outcome.
    pub(super) fn work(
        &mut self,
        task: Task<E>,
        factory: &Factory<E>,
        autoreset: Autoreset,
    ) -> Outcome<E> {
        match task {
            Task::Reset { seed, options } => self.reset(seed, &options, factory),
            Task::Step(action) => {
                let ended = self.step(&action);
                if ended.runs || autoreset != Autoreset::SameStep {
                    return ended;
                }
                let begun = self.reset(None, &E::Options::default(), factory);
                Outcome {
                    reward: ended.reward,
                    terminated: ended.terminated,
                    truncated: ended.truncated,
                    last: Some(FinalStep {
                        observation: ended.observation,
                        info: ended.info,
                    }),
                    error: ended.error.or(begun.error),
                    ..begun
                }
            }
        }
    }

    fn step(&mut self, action: &E::Action) -> Outcome<E> {
        let Some(env) = &mut self.env else {
            return Outcome::failed("the environment failed before and was not reset".to_owned());
        };
        match guarded(|| env.step(action)) {
            Ok(step) => Outcome {
                runs: !step.is_done(),
                observation: Some(step.observation),
                reward: step.reward,
                terminated: step.terminated,
                truncated: step.truncated,
                info: Some(step.info),
                last: None,
                error: None,
            },
            Err(error) => self.fail(error),
        }
    }

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &E::Options,
        factory: &Factory<E>,
    ) -> Outcome<E> {
        let index = self.index;
        if self.env.is_none() {
            match guarded(|| factory(index)) {
                Ok(env) => self.env = Some(Box::new(env)),
                Err(error) => return Outcome::failed(format!("cannot be made anew: {error}")),
            }
        }
        let Some(env) = &mut self.env else {
            return Outcome::failed("there is no environment".to_owned());
        };
        match guarded(|| env.reset(seed, options)) {
            Ok((observation, info)) => Outcome::begun(observation, info),
            Err(error) => self.fail(error),
        }
    }

    /// Drops the environment, whose state is undefined after a failure.
    fn fail(&mut self, error: String) -> Outcome<E> {
        let env = self.env.take();
        // Dropping it may panic as well; the failure is already reported.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(env)));
        Outcome::failed(error)
    }
}

/// The result of `work`, or the text of its error or panic. After an error the caller must not use again what `work`
/// was changing.
fn guarded<T, E: std::error::Error>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => {
            let text = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned());
            Err(format!("panicked: {}", text.unwrap_or_default()))
        }
    }
}
