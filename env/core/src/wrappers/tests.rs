use rand::RngExt;

use crate::env::{Env, RenderFrame, Step};
use crate::seeding::{EnvRng, rng};
use crate::space::{BoxSpace, Discrete};

mod actions;
mod autoreset;
mod limits;
mod numbers;
mod records;
mod stack;
mod statistics;

/// Steps in an episode of a [`Tape`].
const LENGTH: u32 = 6;

/// Its observation is the step, counted from a random whole number, and the action taken there, which
/// is the reward too. The colour of its picture of one pixel is the step.
#[derive(Debug)]
struct Tape {
    observations: BoxSpace,
    actions: Discrete,
    random: EnvRng,
    start: f32,
    at: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tape is over")]
struct Over;

impl Tape {
    fn new() -> Self {
        let high = vec![10.0 + LENGTH as f32, 99.0];
        Self {
            observations: BoxSpace::new(vec![0.0; 2], high, &[2]).unwrap(),
            actions: Discrete::new(100).unwrap(),
            random: rng(None),
            start: 0.0,
            at: None,
        }
    }

    fn seen(&self, at: u32, action: i64) -> Vec<f32> {
        vec![self.start + at as f32, action as f32]
    }
}

impl Env for Tape {
    type Obs = Vec<f32>;
    type Action = i64;
    type Info = &'static str;
    type Options = ();
    type Error = Over;
    type ObservationSpace = BoxSpace;
    type ActionSpace = Discrete;

    fn observation_space(&self) -> &BoxSpace {
        &self.observations
    }

    fn action_space(&self) -> &Discrete {
        &self.actions
    }

    fn reset(&mut self, seed: Option<u64>, (): &()) -> Result<(Vec<f32>, &'static str), Over> {
        if seed.is_some() {
            self.random = rng(seed);
        }
        self.start = self.random.random_range(0..=10_u8).into();
        self.at = Some(0);
        Ok((self.seen(0, 0), "reset"))
    }

    fn step(&mut self, action: &i64) -> Result<Step<Vec<f32>, &'static str>, Over> {
        let at = self.at.ok_or(Over)? + 1;
        self.at = (at < LENGTH).then_some(at);
        Ok(Step::new(self.seen(at, *action), *action as f64, "step").terminated(at == LENGTH))
    }

    fn render(&mut self) -> Result<Option<RenderFrame>, Over> {
        let at = self.at.unwrap_or(LENGTH) as u8;
        Ok(Some(RenderFrame {
            width: 1,
            height: 1,
            rgba: vec![at, 1, 2, 255],
        }))
    }
}

/// The actions that the environment took for the given ones, in an episode from `seed`.
fn taken<E: Env<Obs = Vec<f32>, Action = i64, Options = (), Error = Over>>(
    env: &mut E,
    seed: Option<u64>,
    asked: [i64; LENGTH as usize],
) -> Vec<i64> {
    env.reset(seed, &()).unwrap();
    let take = |action: &i64| env.step(action).unwrap().observation[1] as i64;
    asked.iter().map(take).collect()
}
