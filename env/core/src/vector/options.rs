//! How environments are made and run.

use std::sync::Arc;
use std::time::Duration;

use crate::env::Env;

/// What happens when an episode ends, in Gymnasium's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Autoreset {
    /// The next step resets: it ignores the action and gives the new episode's first observation, with a reward of 0.
    #[default]
    NextStep,
    /// The step that ends an episode also resets: it gives the new episode's first observation, and the last observation
    /// of the ended episode in [`VectorStep::final_observations`](super::VectorStep::final_observations).
    SameStep,
    /// The caller resets environments whose episode ended. Stepping such an environment is an error.
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
    /// The longest that one environment may take for a step or reset. An environment that takes longer is abandoned with
    /// its thread, and its episode fails. Needs worker threads.
    pub deadline: Option<Duration>,
}

/// Makes the environment with the given number.
pub(super) type Factory<E> = Arc<dyn Fn(usize) -> Result<E, <E as Env>::Error> + Send + Sync>;
