//! The rules of episodes.

use std::fmt::Debug;

use super::{Report, Violation, Warning, shorten, shown};
use crate::env::{Env, Step};
use crate::seeding::{EnvRng, rng};
use crate::space::Space;

/// Two trajectories from one seed; the second is also drawn, which must not disturb it.
pub(super) fn check_trajectories<E: Env>(
    env: &mut E,
    seed: u64,
    steps: usize,
    report: &mut Report,
) {
    let mut drive = |drawn| Trajectory::drive(env, seed, steps, drawn);
    let (first, second) = (drive(false), drive(true));
    if let Some(difference) = first.difference(&second) {
        report.violate_once(difference);
    }
    if !first
        .moments
        .iter()
        .chain(&second.moments)
        .any(Moment::is_done)
    {
        report.warn_once(Warning::NoEnd { steps });
    }
    report.merge(first.report);
    report.merge(second.report);
}

/// The results of an environment from one seeded reset on, over as many episodes as fit.
struct Trajectory<Obs> {
    /// One entry for each step, and one for each reset with a reward of 0.
    moments: Vec<Moment<Obs>>,
    picture: Option<(usize, usize)>,
    report: Report,
}

struct Moment<Obs> {
    step: usize,
    observation: Obs,
    reward: f64,
    terminated: bool,
    truncated: bool,
}

impl<Obs: Clone + PartialEq + Debug> Trajectory<Obs> {
    /// Each state is drawn if `drawn`.
    fn drive<E: Env<Obs = Obs>>(env: &mut E, seed: u64, steps: usize, drawn: bool) -> Self {
        let mut trajectory = Self {
            moments: Vec::new(),
            picture: None,
            report: Report::default(),
        };
        let mut random = rng(Some(seed));
        if trajectory.reset(env, "with a seed", Some(seed), 0) {
            for step in 1..=steps {
                if drawn {
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
                if step == 1 && truncated {
                    self.break_rule(Violation::TruncatedAtOnce);
                }
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
        !done || self.reset_after_done(env, step, &action)
    }

    /// Starts the next episode. Whether the trajectory can go on.
    fn reset_after_done<E: Env<Obs = Obs>>(
        &mut self,
        env: &mut E,
        step: usize,
        action: &E::Action,
    ) -> bool {
        if env.step(action).is_ok() {
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
                if width == 0 || height == 0 {
                    self.break_rule(Violation::RenderEmpty { width, height });
                } else if found != expected {
                    self.break_rule(Violation::RenderSize {
                        width,
                        height,
                        expected,
                        found,
                    });
                }
                let second = (width, height);
                let first = *self.picture.get_or_insert(second);
                if first != second {
                    let resized = Warning::PictureResized { first, second };
                    self.report.warn_once(resized);
                }
            }
            Ok(None) => {}
            Err(error) => self.break_rule(Violation::RenderFailed {
                error: error.to_string(),
            }),
        }
    }

    fn break_rule(&mut self, violation: Violation) {
        self.report.violate_once(violation);
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

impl<Obs> Moment<Obs> {
    fn is_done(&self) -> bool {
        self.terminated || self.truncated
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
