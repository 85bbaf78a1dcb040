use super::spaces::check_space;
use super::*;
use crate::env::{RenderFrame, Step};
use crate::seeding::EnvRng;
use crate::space::{BoxSpace, Discrete, MultiBinary, SpaceIssue};
use rand::RngExt;

/// The rules a [`Cart`] can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    StepsBeforeReset,
    StepsAfterDone,
    ResetFails,
    StepFails,
    ResetOutside,
    StepOutside,
    RewardNotANumber,
    RewardInfinite,
    ForgetsSeed,
    KeepsStateAtReset,
    RewardDrifts,
    EndsAtRandom,
    DrawingMoves,
    DrawingFails,
    DrawsTooFew,
    SpaceGrows,
    SecondCloseFails,
    FailsWithoutSeed,
    FailsWithOtherSeed,
    TruncatesAtOnce,
    SeedsItself,
    SeedsItselfWithConstant,
    RepeatsItsSeed,
    StartsOutsideLater,
    DrawsNothing,
    DrawsLarger,
    NeverEnds,
    LosesNumbers,
}

/// A cart on a line, pushed left or right with some noise. It ends at the line's ends, and is
/// truncated after 50 steps.
struct Cart {
    flaw: Flaw,
    observations: BoxSpace,
    actions: Discrete,
    random: EnvRng,
    unseeded: EnvRng,
    seed: Option<u64>,
    resets: u32,
    position: Option<f32>,
    steps: u32,
    steps_ever: u32,
    closed: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct CartError(&'static str);

impl Cart {
    fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            observations: BoxSpace::uniform(-1.0, 1.0, &[2]).unwrap(),
            actions: Discrete::starting_at(-1, 3).unwrap(),
            random: rng(None),
            unseeded: rng(None),
            seed: None,
            resets: 0,
            position: (flaw == Flaw::StepsBeforeReset).then_some(0.0),
            steps: 0,
            steps_ever: 0,
            closed: false,
        }
    }

    fn observe(&self, position: f32) -> Vec<f32> {
        vec![
            position.clamp(-1.0, 1.0),
            (self.steps as f32 / 50.0).min(1.0),
        ]
    }
}

impl Env for Cart {
    type Obs = Vec<f32>;
    type Action = i64;
    type Info = ();
    type Options = ();
    type Error = CartError;
    type ObservationSpace = BoxSpace;
    type ActionSpace = Discrete;

    fn observation_space(&self) -> &BoxSpace {
        &self.observations
    }

    fn action_space(&self) -> &Discrete {
        &self.actions
    }

    fn reset(&mut self, seed: Option<u64>, (): &()) -> Result<(Vec<f32>, ()), CartError> {
        match seed {
            _ if self.flaw == Flaw::ResetFails => return Err(CartError("no cart")),
            None if self.flaw == Flaw::FailsWithoutSeed => return Err(CartError("no seed")),
            Some(_) if self.flaw == Flaw::ForgetsSeed => {}
            Some(8..) if self.flaw == Flaw::FailsWithOtherSeed => {
                return Err(CartError("other seed"));
            }
            Some(seed) => {
                self.random = rng(Some(seed));
                self.seed = Some(seed);
            }
            None if self.flaw == Flaw::SeedsItself => self.random = rng(None),
            None if self.flaw == Flaw::SeedsItselfWithConstant => self.random = rng(Some(3)),
            None if self.flaw == Flaw::RepeatsItsSeed => self.random = rng(self.seed),
            None => {}
        }
        self.resets = if seed.is_some() { 0 } else { self.resets + 1 };
        let start = self.random.random_range(-0.2..0.2);
        let kept = if self.flaw == Flaw::KeepsStateAtReset {
            self.steps_ever as f32 / 1e4
        } else {
            0.0
        };
        self.position = Some(start + kept);
        self.steps = 0;
        let mut observation = self.observe(start + kept);
        if self.flaw == Flaw::ResetOutside
            || self.flaw == Flaw::StartsOutsideLater && self.resets == 4
        {
            observation.push(0.0);
        }
        if self.flaw == Flaw::SpaceGrows && self.steps_ever > 0 {
            self.observations = BoxSpace::uniform(-2.0, 2.0, &[2]).unwrap();
        }
        Ok((observation, ()))
    }

    fn step(&mut self, action: &i64) -> Result<Step<Vec<f32>, ()>, CartError> {
        let position = self.position.ok_or(CartError("no episode"))?;
        if self.flaw == Flaw::StepFails && self.steps == 5 {
            return Err(CartError("a wheel came off"));
        }
        self.steps += 1;
        self.steps_ever += 1;
        let position = position + 0.1 * *action as f32 + self.random.random_range(-0.02..0.02);
        let mut observation = self.observe(position);
        let mut reward = -f64::from(position.abs());
        let mut terminated = position.abs() >= 1.0;
        match self.flaw {
            Flaw::StepOutside if self.steps == 3 => observation[0] = 1.5,
            Flaw::LosesNumbers if self.steps == 3 => observation.truncate(1),
            Flaw::RewardNotANumber => reward = f64::NAN,
            Flaw::RewardInfinite => reward = f64::INFINITY,
            Flaw::RewardDrifts => reward += f64::from(self.steps_ever),
            Flaw::EndsAtRandom => terminated |= self.unseeded.random_bool(0.2),
            Flaw::NeverEnds => terminated = false,
            _ => {}
        }
        let truncated = match self.flaw {
            Flaw::NeverEnds => false,
            Flaw::TruncatesAtOnce => true,
            _ => self.steps == 50,
        };
        let step = Step::new(observation, reward, ())
            .terminated(terminated)
            .truncated(truncated);
        let goes_on = !step.is_done() || self.flaw == Flaw::StepsAfterDone;
        self.position = goes_on.then_some(position);
        Ok(step)
    }

    fn render(&mut self) -> Result<Option<RenderFrame>, CartError> {
        match (self.flaw, &mut self.position) {
            (Flaw::DrawingFails, _) => return Err(CartError("no canvas")),
            (Flaw::DrawingMoves, Some(position)) => *position += 0.01,
            _ => {}
        }
        let (width, height) = match self.flaw {
            Flaw::DrawsNothing => (2, 0),
            Flaw::DrawsLarger if self.steps > 0 => (2, 4),
            _ => (2, 3),
        };
        let missing = usize::from(self.flaw == Flaw::DrawsTooFew);
        Ok(Some(RenderFrame {
            width,
            height,
            rgba: vec![0; width * height * 4 - missing],
        }))
    }

    fn close(&mut self) -> Result<(), CartError> {
        match self.flaw == Flaw::SecondCloseFails && self.closed {
            true => Err(CartError("closed")),
            false => {
                self.closed = true;
                Ok(())
            }
        }
    }
}

fn violations(flaw: Flaw) -> Vec<Violation> {
    check(&mut Cart::new(flaw), 7).err().unwrap_or_default()
}

/// The one violation a flaw leads to.
fn violation(flaw: Flaw) -> Violation {
    let violations = violations(flaw);
    assert_eq!(violations.len(), 1, "{flaw:?}: {violations:?}");
    violations.into_iter().next().unwrap()
}

#[test]
fn a_good_environment_passes_with_any_seed() {
    for seed in [0, 1, u64::MAX] {
        assert_eq!(check(&mut Cart::new(Flaw::None), seed), Ok(()));
    }
}

#[test]
fn steps_outside_of_episodes_are_seen() {
    assert_eq!(
        violation(Flaw::StepsBeforeReset),
        Violation::StepBeforeReset
    );
    assert!(matches!(
        violation(Flaw::StepsAfterDone),
        Violation::StepAfterDone { step: 1.. }
    ));
}

#[test]
fn failures_are_seen_with_their_cause() {
    for (flaw, message) in [
        (
            Flaw::ResetFails,
            "reset (with a seed): expected an observation, found the error: no cart",
        ),
        (
            Flaw::StepFails,
            "step 6: expected an observation, found the error: a wheel came off",
        ),
        (
            Flaw::DrawingFails,
            "render: expected a picture or none, found the error: no canvas",
        ),
        (
            Flaw::SecondCloseFails,
            "close, time 2: expected success, found the error: closed",
        ),
        (
            Flaw::FailsWithoutSeed,
            "reset (after an episode): expected an observation, found the error: no seed",
        ),
        (
            Flaw::FailsWithOtherSeed,
            "reset (with another seed): expected an observation, found the error: other seed",
        ),
    ] {
        let violations = violations(flaw);
        assert!(
            violations.iter().any(|v| v.to_string() == message),
            "{flaw:?}: {violations:?}"
        );
    }
}

#[test]
fn observations_outside_the_space_are_seen() {
    assert!(matches!(
        violation(Flaw::ResetOutside),
        Violation::ObservationOutside { step: 0, .. }
    ));
    let outside = violation(Flaw::StepOutside);
    assert!(matches!(
        outside,
        Violation::ObservationOutside { step: 3, .. }
    ));
    assert!(outside.to_string().contains("found [1.5, "), "{outside}");
    assert!(matches!(
        violation(Flaw::LosesNumbers),
        Violation::ObservationOutside { step: 3, .. }
    ));
}

#[test]
fn rewards_must_be_finite() {
    for flaw in [Flaw::RewardNotANumber, Flaw::RewardInfinite] {
        assert!(matches!(
            violation(flaw),
            Violation::RewardNotFinite { step: 1, .. }
        ));
    }
}

#[test]
fn one_seed_must_give_one_trajectory() {
    for (flaw, expected) in [
        (Flaw::ForgetsSeed, "observation"),
        (Flaw::KeepsStateAtReset, "observation"),
        (Flaw::RewardDrifts, "reward"),
        (Flaw::EndsAtRandom, "termination"),
        (Flaw::DrawingMoves, "observation"),
    ] {
        match violation(flaw) {
            Violation::NotRepeatable {
                what,
                first,
                second,
                ..
            } => {
                assert_eq!(what, expected, "{flaw:?}");
                assert_ne!(first, second);
            }
            other => panic!("{flaw:?}: {other}"),
        }
    }
}

#[test]
fn pictures_must_have_all_their_pixels() {
    let expected = Violation::RenderSize {
        width: 2,
        height: 3,
        expected: 24,
        found: 23,
    };
    assert_eq!(violation(Flaw::DrawsTooFew), expected);
}

#[test]
fn spaces_must_not_change() {
    assert_eq!(
        violation(Flaw::SpaceGrows),
        Violation::SpaceChanged {
            space: "observation"
        }
    );
}

/// A space that breaks its own rules, for `check_space` only.
#[derive(Debug)]
enum BadSpace {
    GivesOutsiders,
    IgnoresSeed(std::cell::Cell<i64>),
}

impl Space for BadSpace {
    type Element = i64;

    fn sample<R: rand::Rng + ?Sized>(&self, _: &mut R) -> i64 {
        match self {
            Self::GivesOutsiders => 10,
            Self::IgnoresSeed(next) => next.replace(next.get() + 1),
        }
    }

    fn contains(&self, value: &i64) -> bool {
        matches!(self, Self::IgnoresSeed(_)) || *value < 10
    }
}

#[test]
fn spaces_must_hold_and_repeat_their_samples() {
    let mut report = Report::default();
    for space in [BadSpace::GivesOutsiders, BadSpace::IgnoresSeed(0.into())] {
        check_space(Role::Action, &space, 0, &mut report);
    }
    let expected = [
        Violation::SampleOutside {
            space: "action",
            sample: "10".into(),
        },
        Violation::SampleNotRepeatable { space: "action" },
    ];
    assert_eq!(report.violations, expected);
}

#[test]
fn an_empty_space_is_a_violation_and_odd_bounds_a_warning() {
    let mut report = Report::default();
    let odd = BoxSpace::uniform(0.0, f32::INFINITY, &[2]).unwrap();
    check_space(Role::Observation, &odd, 0, &mut report);
    check_space(Role::Observation, &MultiBinary::new(0), 0, &mut report);
    assert_eq!(
        report.violations,
        [Violation::SpaceEmpty {
            space: "observation",
            issue: SpaceIssue::Empty,
        }]
    );
    let warnings = [Warning::Space {
        role: Role::Observation,
        issue: SpaceIssue::NoHigh { index: 0 },
    }];
    assert_eq!(report.warnings, warnings);
    assert_eq!(
        warnings[0].to_string(),
        "observation space: element 0: expected a finite high, found inf"
    );
}

#[test]
fn resets_without_a_seed_must_not_seed() {
    assert!(matches!(
        violation(Flaw::SeedsItself),
        Violation::NotRepeatable { .. }
    ));
    // Even where no episode ends within the trajectories.
    let found = check_for(&mut Cart::new(Flaw::SeedsItself), 7, 2).unwrap_err();
    assert!(
        matches!(&found[..], [Violation::NotRepeatable { step: 0, .. }]),
        "{found:?}"
    );
    for flaw in [Flaw::SeedsItselfWithConstant, Flaw::RepeatsItsSeed] {
        assert!(matches!(
            violation(flaw),
            Violation::UnseededStartsAlike { resets: 5, .. }
        ));
    }
}

#[test]
fn every_start_must_lie_in_the_space() {
    let found = check_for(&mut Cart::new(Flaw::StartsOutsideLater), 7, 2).unwrap_err();
    assert!(
        matches!(&found[..], [Violation::ObservationOutside { step: 0, .. }]),
        "{found:?}"
    );
}

#[test]
fn an_episode_of_one_truncated_step_is_none() {
    assert_eq!(violation(Flaw::TruncatesAtOnce), Violation::TruncatedAtOnce);
}

#[test]
fn pictures_need_pixels_and_had_better_keep_their_size() {
    let (width, height) = (2, 0);
    assert_eq!(
        violation(Flaw::DrawsNothing),
        Violation::RenderEmpty { width, height }
    );
    let report = Check::new(7).run(&mut Cart::new(Flaw::DrawsLarger));
    let resized = Warning::PictureResized {
        first: (2, 3),
        second: (2, 4),
    };
    assert_eq!(
        (report.violations, report.warnings),
        (vec![], vec![resized])
    );
}

#[test]
fn untested_rules_are_warnings() {
    let report = Check::new(7).steps(60).run(&mut Cart::new(Flaw::NeverEnds));
    let no_end = Warning::NoEnd { steps: 60 };
    assert_eq!((report.violations, report.warnings), (vec![], vec![no_end]));
    let report = Check::new(7).steps(60).run(&mut Cart::new(Flaw::None));
    assert_eq!(report, Report::default());
}

#[test]
fn a_report_has_a_line_for_each_finding() {
    let mut report = Check::new(7).run(&mut Cart::new(Flaw::TruncatesAtOnce));
    report.warnings.push(Warning::NoEnd { steps: 9 });
    assert_eq!(
        report.to_string(),
        "violation: step 1: expected an episode of more than one step, found it truncated\n\
         warning: 9 steps: expected the end of an episode, found none; more steps may show one\n"
    );
}
