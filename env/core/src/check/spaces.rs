//! The rules of spaces.

use super::{Report, Violation, Warning, shown};
use crate::env::Env;
use crate::seeding::rng;
use crate::space::{Role, Space, SpaceIssue};

/// Elements drawn from each space.
const SAMPLES: usize = 20;

pub(super) fn check_space<S: Space>(role: Role, space: &S, seed: u64, report: &mut Report) {
    let name = role.name();
    let draw = || {
        let mut random = rng(Some(seed));
        (0..SAMPLES)
            .map(|_| space.sample(&mut random))
            .collect::<Vec<_>>()
    };
    let samples = draw();
    if samples != draw() {
        let violation = Violation::SampleNotRepeatable { space: name };
        report.violations.push(violation);
    }
    if let Some(sample) = samples.iter().find(|sample| !space.contains(sample)) {
        report.violations.push(Violation::SampleOutside {
            space: name,
            sample: shown(sample),
        });
    }
    for issue in space.issues(role) {
        if issue == SpaceIssue::Empty {
            let violation = Violation::SpaceEmpty { space: name, issue };
            report.violations.push(violation);
        } else {
            report.warnings.push(Warning::Space { role, issue });
        }
    }
}

/// Descriptions of an environment's spaces, to check later that the spaces did not change.
pub(super) struct DescribedSpaces([(Role, String); 2]);

impl DescribedSpaces {
    pub(super) fn of<E: Env>(env: &E) -> Self {
        Self([
            (Role::Observation, format!("{:?}", env.observation_space())),
            (Role::Action, format!("{:?}", env.action_space())),
        ])
    }

    pub(super) fn check_same<E: Env>(self, env: &E, report: &mut Report) {
        for ((role, before), (_, after)) in self.0.into_iter().zip(Self::of(env).0) {
            if before != after {
                let space = role.name();
                report.violations.push(Violation::SpaceChanged { space });
            }
        }
    }
}
