//! A test of an environment against the contract of [`Env`].

use std::fmt::Debug;

use crate::env::{Env, Step};
use crate::seeding::{EnvRng, rng};
use crate::space::Space;

/// Steps that [`check`] takes in each of its trajectories.
const DEFAULT_STEPS: usize = 200;
/// Elements drawn from each space.
const SAMPLES: usize = 20;
/// Characters of an observation shown in a violation.
const SHOWN: usize = 120;

/// A broken rule of the contract of [`Env`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// A step before any reset succeeded.
    #[error("step before the first reset: expected an error, found a step")]
    StepBeforeReset,
    /// A step after the end of an episode succeeded.
    #[error("step {step}, after the end of the episode: expected an error, found a step")]
    StepAfterDone {
        /// The number of the step in its trajectory, from 1.
        step: usize,
    },
    /// A reset failed.
    #[error("reset ({when}): expected an observation, found the error: {error}")]
    ResetFailed {
        /// Which reset it was.
        when: &'static str,
        /// The environment's error.
        error: String,
    },
    /// A step within an episode failed.
    #[error("step {step}: expected an observation, found the error: {error}")]
    StepFailed {
        /// The number of the step in its trajectory, from 1.
        step: usize,
        /// The environment's error.
        error: String,
    },
    /// An observation lies outside the observation space.
    #[error(
        "observation of step {step} (0: reset): expected one in the space, found {observation}"
    )]
    ObservationOutside {
        /// The number of the step in its trajectory; 0 is the reset.
        step: usize,
        /// The observation, shortened.
        observation: String,
    },
    /// A reward is infinite or not a number.
    #[error("reward of step {step}: expected a finite number, found {reward}")]
    RewardNotFinite {
        /// The number of the step in its trajectory, from 1.
        step: usize,
        /// The reward.
        reward: f64,
    },
    /// Two resets with one seed, and the same actions after it, led to different things.
    #[error(
        "{what} of step {step} (0: reset): expected the same with the same seed, found {first}, then {second}"
    )]
    NotRepeatable {
        /// The number of the first step that differs; 0 is the reset.
        step: usize,
        /// What differs.
        what: &'static str,
        /// What the first trajectory had, shortened.
        first: String,
        /// What the second had, shortened.
        second: String,
    },
    /// A space gives elements that it does not contain.
    #[error("{space} space: expected a sample inside it, found {sample}")]
    SampleOutside {
        /// `observation` or `action`.
        space: &'static str,
        /// The sample, shortened.
        sample: String,
    },
    /// A space gives different samples for one seed.
    #[error("{space} space: expected the same sample with the same seed")]
    SampleNotRepeatable {
        /// `observation` or `action`.
        space: &'static str,
    },
    /// A space is not the same after an episode.
    #[error("{space} space: expected the same before and after an episode")]
    SpaceChanged {
        /// `observation` or `action`.
        space: &'static str,
    },
    /// Drawing failed within an episode.
    #[error("render: expected a picture or none, found the error: {error}")]
    RenderFailed {
        /// The environment's error.
        error: String,
    },
    /// A picture's bytes do not fit its size.
    #[error("render: expected {expected} bytes for {width} x {height} pixels, found {found}")]
    RenderSize {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// `width * height * 4`.
        expected: usize,
        /// The bytes there are.
        found: usize,
    },
    /// Closing failed.
    #[error("close, time {time}: expected success, found the error: {error}")]
    CloseFailed {
        /// 1, or 2 where closing again failed.
        time: u8,
        /// The environment's error.
        error: String,
    },
}

/// Tests `env`, which must be new, with random actions; it is closed afterwards.
///
/// Takes about 400 steps; see [`check_for`].
///
/// # Errors
/// Every rule that was seen broken. No violation does not prove that there is none: an episode that
/// does not end in time, for one, shows nothing of what comes after its end.
pub fn check<E: Env>(env: &mut E, seed: u64) -> Result<(), Vec<Violation>> {
    check_for(env, seed, DEFAULT_STEPS)
}

/// As [`check`], with trajectories of `steps` steps each.
///
/// # Errors
/// As [`check`].
pub fn check_for<E: Env>(env: &mut E, seed: u64, steps: usize) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    check_space(
        "observation",
        env.observation_space(),
        seed,
        &mut violations,
    );
    check_space("action", env.action_space(), seed, &mut violations);
    let action = env.action_space().sample(&mut rng(Some(seed)));
    if env.step(&action).is_ok() {
        violations.push(Violation::StepBeforeReset);
    }
    check_trajectories(env, seed, steps, &mut violations);
    for (when, seed) in [("without a seed", None), ("with another seed", Some(!seed))] {
        if let Err(error) = env.reset(seed, &E::Options::default()) {
            violations.push(Violation::ResetFailed {
                when,
                error: error.to_string(),
            });
        }
    }
    for time in [1, 2] {
        if let Err(error) = env.close() {
            violations.push(Violation::CloseFailed {
                time,
                error: error.to_string(),
            });
        }
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations)
    }
}

fn check_space<S: Space>(
    name: &'static str,
    space: &S,
    seed: u64,
    violations: &mut Vec<Violation>,
) {
    let draw = || {
        let mut random = rng(Some(seed));
        (0..SAMPLES)
            .map(|_| space.sample(&mut random))
            .collect::<Vec<_>>()
    };
    let samples = draw();
    if samples != draw() {
        violations.push(Violation::SampleNotRepeatable { space: name });
    }
    if let Some(sample) = samples.iter().find(|sample| !space.contains(sample)) {
        violations.push(Violation::SampleOutside {
            space: name,
            sample: shown(sample),
        });
    }
}

/// Two trajectories from one seed; the second is also drawn, which must not disturb it.
fn check_trajectories<E: Env>(
    env: &mut E,
    seed: u64,
    steps: usize,
    violations: &mut Vec<Violation>,
) {
    let spaces = described_spaces(env);
    let first = Trajectory::drive(env, seed, steps, Drawn::Never);
    let second = Trajectory::drive(env, seed, steps, Drawn::Always);
    violations.extend(first.difference(&second));
    let mut broken = first.violations;
    for violation in second.violations {
        note_once(&mut broken, violation);
    }
    violations.extend(broken);
    for ((space, before), (_, after)) in spaces.into_iter().zip(described_spaces(env)) {
        if before != after {
            violations.push(Violation::SpaceChanged { space });
        }
    }
}

fn described_spaces<E: Env>(env: &E) -> [(&'static str, String); 2] {
    [
        ("observation", format!("{:?}", env.observation_space())),
        ("action", format!("{:?}", env.action_space())),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Never,
    Always,
}

/// What an environment did from one seeded reset on, over as many episodes as fit.
struct Trajectory<Obs> {
    /// One entry for each step, and one for each reset with a reward of 0.
    moments: Vec<Moment<Obs>>,
    violations: Vec<Violation>,
}

struct Moment<Obs> {
    step: usize,
    observation: Obs,
    reward: f64,
    terminated: bool,
    truncated: bool,
}

impl<Obs: Clone + PartialEq + Debug> Trajectory<Obs> {
    fn drive<E: Env<Obs = Obs>>(env: &mut E, seed: u64, steps: usize, drawn: Drawn) -> Self {
        let mut trajectory = Self {
            moments: Vec::new(),
            violations: Vec::new(),
        };
        let mut random = rng(Some(seed));
        if trajectory.reset(env, "with a seed", Some(seed), 0) {
            for step in 1..=steps {
                if drawn == Drawn::Always {
                    trajectory.render(env);
                }
                if !trajectory.step(env, step, &mut random) {
                    break;
                }
            }
        }
        trajectory
    }

    /// Whether the trajectory can go on.
    fn reset<E: Env<Obs = Obs>>(
        &mut self,
        env: &mut E,
        when: &'static str,
        seed: Option<u64>,
        step: usize,
    ) -> bool {
        match env.reset(seed, &E::Options::default()) {
            Ok((observation, _)) => {
                self.note(env, step, Step::new(observation, 0.0, ()));
                true
            }
            Err(error) => {
                self.break_rule(Violation::ResetFailed {
                    when,
                    error: error.to_string(),
                });
                false
            }
        }
    }

    /// Steps, and at the end of an episode starts the next. Whether the trajectory can go on.
    fn step<E: Env<Obs = Obs>>(&mut self, env: &mut E, step: usize, random: &mut EnvRng) -> bool {
        let action = env.action_space().sample(random);
        let (done, moment) = match env.step(&action) {
            Ok(Step {
                observation,
                reward,
                terminated,
                truncated,
                ..
            }) => {
                let moment = Step {
                    observation,
                    reward,
                    terminated,
                    truncated,
                    info: (),
                };
                (moment.is_done(), moment)
            }
            Err(error) => {
                self.break_rule(Violation::StepFailed {
                    step,
                    error: error.to_string(),
                });
                return false;
            }
        };
        self.note(env, step, moment);
        if !done {
            return true;
        }
        if env.step(&action).is_ok() {
            self.break_rule(Violation::StepAfterDone { step });
        }
        self.reset(env, "after an episode", None, step)
    }

    fn note<E: Env<Obs = Obs>>(&mut self, env: &E, step: usize, moment: Step<Obs, ()>) {
        let Step {
            observation,
            reward,
            terminated,
            truncated,
            info: (),
        } = moment;
        if !env.observation_space().contains(&observation) {
            let observation = shown(&observation);
            self.break_rule(Violation::ObservationOutside { step, observation });
        }
        if !reward.is_finite() {
            self.break_rule(Violation::RewardNotFinite { step, reward });
        }
        self.moments.push(Moment {
            step,
            observation,
            reward,
            terminated,
            truncated,
        });
    }

    fn render<E: Env<Obs = Obs>>(&mut self, env: &mut E) {
        match env.render() {
            Ok(Some(frame)) => {
                let (width, height, found) = (frame.width, frame.height, frame.rgba.len());
                let expected = width.saturating_mul(height).saturating_mul(4);
                if found != expected {
                    self.break_rule(Violation::RenderSize {
                        width,
                        height,
                        expected,
                        found,
                    });
                }
            }
            Ok(None) => {}
            Err(error) => self.break_rule(Violation::RenderFailed {
                error: error.to_string(),
            }),
        }
    }

    fn break_rule(&mut self, violation: Violation) {
        note_once(&mut self.violations, violation);
    }

    /// The first difference between two trajectories.
    fn difference(&self, other: &Self) -> Option<Violation> {
        let mut pairs = self.moments.iter().zip(&other.moments);
        let (first, second) = pairs.find(|(first, second)| !first.is_same(second))?;
        let named = first.described().into_iter().zip(second.described());
        let ((what, first_value), (_, second_value)) = named.into_iter().find(|(a, b)| a != b)?;
        Some(Violation::NotRepeatable {
            step: first.step,
            what,
            first: shorten(first_value),
            second: shorten(second_value),
        })
    }
}

impl<Obs: PartialEq + Debug> Moment<Obs> {
    /// Equal, where a reward that is not a number equals itself.
    fn is_same(&self, other: &Self) -> bool {
        self.observation == other.observation
            && self.reward.to_bits() == other.reward.to_bits()
            && self.terminated == other.terminated
            && self.truncated == other.truncated
    }

    fn described(&self) -> [(&'static str, String); 4] {
        [
            ("observation", format!("{:?}", self.observation)),
            ("reward", self.reward.to_string()),
            ("termination", self.terminated.to_string()),
            ("truncation", self.truncated.to_string()),
        ]
    }
}

/// A rule that is broken again and again is one finding.
fn note_once(violations: &mut Vec<Violation>, violation: Violation) {
    let kind = std::mem::discriminant(&violation);
    if !violations
        .iter()
        .any(|known| std::mem::discriminant(known) == kind)
    {
        violations.push(violation);
    }
}

fn shown(value: &impl Debug) -> String {
    shorten(format!("{value:?}"))
}

fn shorten(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
