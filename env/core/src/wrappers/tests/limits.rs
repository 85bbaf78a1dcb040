use std::num::NonZeroU32;

use super::super::{FrameSkip, TimeLimit, TimeLimitError};
use crate::check;
use crate::env::{Env, Step};
use crate::space::Discrete;

/// Counts its steps; ends at 10.
struct Counter {
    observations: Discrete,
    actions: Discrete,
    at: Option<i64>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no episode")]
struct NoEpisode;

impl Counter {
    fn new() -> Self {
        Self {
            observations: Discrete::new(11).unwrap(),
            actions: Discrete::new(1).unwrap(),
            at: None,
        }
    }
}

impl Env for Counter {
    type Obs = i64;
    type Action = i64;
    type Info = ();
    type Options = ();
    type Error = NoEpisode;
    type ObservationSpace = Discrete;
    type ActionSpace = Discrete;

    fn observation_space(&self) -> &Discrete {
        &self.observations
    }

    fn action_space(&self) -> &Discrete {
        &self.actions
    }

    fn reset(&mut self, _: Option<u64>, (): &()) -> Result<(i64, ()), NoEpisode> {
        self.at = Some(0);
        Ok((0, ()))
    }

    fn step(&mut self, _: &i64) -> Result<Step<i64, ()>, NoEpisode> {
        let at = self.at.ok_or(NoEpisode)? + 1;
        self.at = (at < 10).then_some(at);
        Ok(Step::new(at, 1.0, ()).terminated(at == 10))
    }
}

fn skip(repeat: u32) -> FrameSkip<Counter> {
    FrameSkip::new(Counter::new(), NonZeroU32::new(repeat).unwrap())
}

#[test]
fn wrappers_keep_the_contract() {
    assert_eq!(check(&mut TimeLimit::new(Counter::new(), 4), 0), Ok(()));
    assert_eq!(check(&mut TimeLimit::new(skip(3), 2), 0), Ok(()));
    assert_eq!(check(&mut skip(4), 0), Ok(()));
}

#[test]
fn a_time_limit_truncates_its_last_step_of_every_episode() {
    let mut env = TimeLimit::new(Counter::new(), 3);
    for _ in 0..2 {
        env.reset(None, &()).unwrap();
        let ends: Vec<bool> = (0..3).map(|_| env.step(&0).unwrap().truncated).collect();
        assert_eq!(ends, [false, false, true]);
        assert_eq!(env.step(&0), Err(TimeLimitError::Over { max_steps: 3 }));
    }
}

#[test]
fn a_task_that_ends_at_the_limit_is_both() {
    let mut env = TimeLimit::new(Counter::new(), 10);
    env.reset(None, &()).unwrap();
    let last = (0..10).map(|_| env.step(&0).unwrap()).last().unwrap();
    assert!(last.terminated && last.truncated);
}

#[test]
fn skipped_frames_add_their_rewards_up_to_the_end() {
    let mut env = skip(4);
    env.reset(None, &()).unwrap();
    let rewards: Vec<f64> = (0..3).map(|_| env.step(&0).unwrap().reward).collect();
    assert_eq!(rewards, [4.0, 4.0, 2.0]);
    assert_eq!(env.step(&0), Err(NoEpisode));
}
