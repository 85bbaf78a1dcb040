//! A test of an environment against the contract of [`Env`].

mod resets;
mod spaces;
mod trajectory;
mod violation;
mod warning;

use std::fmt::{self, Debug};

use crate::env::Env;
use crate::seeding::rng;
use crate::space::{Role, Space};

pub use violation::Violation;
pub use warning::Warning;

/// Steps that [`check`] takes in each of its trajectories.
const DEFAULT_STEPS: usize = 200;
/// Characters of an observation shown in a violation.
const SHOWN: usize = 120;

/// Tests `env`, which must be new, with random actions; it is closed afterwards.
///
/// Takes about 400 steps; see [`check_for`], and [`Check`] for warnings too.
///
/// # Errors
/// A violation for each rule that the environment broke. Their absence proves nothing about what was not tested:
/// if no episode ends within the steps taken, for example, the rules about resets after an episode are untested.
pub fn check<E: Env>(env: &mut E, seed: u64) -> Result<(), Vec<Violation>> {
    check_for(env, seed, DEFAULT_STEPS)
}

/// As [`check`], with trajectories of `steps` steps each.
///
/// # Errors
/// As [`check`].
pub fn check_for<E: Env>(env: &mut E, seed: u64, steps: usize) -> Result<(), Vec<Violation>> {
    let report = Check::new(seed).steps(steps).run(env);
    if report.violations.is_empty() {
        Ok(())
    } else {
        Err(report.violations)
    }
}

/// A test of environments, as [`check`], with settings.
///
/// ```
/// # use env_core::{Check, Env};
/// # fn test<E: Env>(mut env: E) {
/// let report = Check::new(7).steps(1000).run(&mut env);
/// assert!(report.violations.is_empty() && report.warnings.is_empty(), "{report}");
/// # }
/// ```
///
/// The rules are those of Gymnasium's `check_env` as far as types leave them open, and some more:
///
/// - spaces contain their samples, give the same samples for the same seed, are not empty and do not change;
/// - a step is an error before the first reset and after the end of an episode;
/// - observations of resets and steps lie in their space, and rewards are finite;
/// - the same seed and actions give the same observations, rewards and ends, also over resets
///   without a seed, and whether states are drawn or not;
/// - resets without a seed continue the seed's random sequence and do not restart it;
/// - the first step of an episode is not truncated;
/// - pictures have all their pixels; closing twice is fine.
///
/// The info of steps and resets is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    seed: u64,
    steps: usize,
}

/// The findings of a [`Check`], each rule once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The rules broken.
    pub violations: Vec<Violation>,
    /// What breaks no rule but is seldom intended, or could not be tested.
    pub warnings: Vec<Warning>,
}

impl Check {
    /// A test with two trajectories from `seed`, of 200 steps each.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            steps: DEFAULT_STEPS,
        }
    }

    /// The same test, with trajectories of `steps` steps each.
    pub const fn steps(self, steps: usize) -> Self {
        Self { steps, ..self }
    }

    /// Tests `env`, which must be new, with random actions; it is closed afterwards.
    pub fn run<E: Env>(self, env: &mut E) -> Report {
        let mut report = Report::default();
        let (seed, report_to) = (self.seed, &mut report);
        spaces::check_space(Role::Observation, env.observation_space(), seed, report_to);
        spaces::check_space(Role::Action, env.action_space(), seed, report_to);
        check_step_before_reset(env, seed, report_to);
        let spaces = spaces::DescribedSpaces::of(env);
        trajectory::check_trajectories(env, seed, self.steps, report_to);
        resets::check_resets(env, seed, report_to);
        spaces.check_same(env, report_to);
        check_close(env, report_to);
        report
    }
}

fn check_step_before_reset<E: Env>(env: &mut E, seed: u64, report: &mut Report) {
    let action = env.action_space().sample(&mut rng(Some(seed)));
    if env.step(&action).is_ok() {
        report.violations.push(Violation::StepBeforeReset);
    }
}

fn check_close<E: Env>(env: &mut E, report: &mut Report) {
    for time in [1, 2] {
        if let Err(error) = env.close() {
            let error = error.to_string();
            report
                .violations
                .push(Violation::CloseFailed { time, error });
        }
    }
}

impl Report {
    /// A rule that is broken again and again is one finding.
    fn violate_once(&mut self, violation: Violation) {
        push_once(&mut self.violations, violation);
    }

    fn warn_once(&mut self, warning: Warning) {
        push_once(&mut self.warnings, warning);
    }

    fn merge(&mut self, other: Self) {
        for violation in other.violations {
            self.violate_once(violation);
        }
        for warning in other.warnings {
            self.warn_once(warning);
        }
    }
}

fn push_once<T>(findings: &mut Vec<T>, new: T) {
    let kind = std::mem::discriminant(&new);
    if !findings
        .iter()
        .any(|old| std::mem::discriminant(old) == kind)
    {
        findings.push(new);
    }
}

impl fmt::Display for Report {
    /// A line for each finding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for violation in &self.violations {
            writeln!(f, "violation: {violation}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        Ok(())
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
