//! The rules of resets and their seeds.

use super::{Report, Violation, shown};
use crate::env::Env;
use crate::space::Space;

/// Resets without a seed after one with it: enough for few starts to be unlikely to look like one.
const UNSEEDED: usize = 5;

/// Resets again and again, without a step in between.
pub(super) fn check_resets<E: Env>(env: &mut E, seed: u64, report: &mut Report) {
    let mut starts = |when, seed| starts(env, when, seed, report);
    let (Some(first), Some(again), Some(other)) = (
        starts("with a seed", seed),
        starts("with a seed again", seed),
        starts("with another seed", !seed),
    ) else {
        return;
    };
    if let Some((first, second)) = first.iter().zip(&again).find(|(a, b)| a != b) {
        report.violate_once(Violation::NotRepeatable {
            step: 0,
            what: "observation, after resets with and without a seed,",
            first: shown(first),
            second: shown(second),
        });
    }
    let is_one = |starts: &[E::Obs]| starts.windows(2).all(|pair| pair[0] == pair[1]);
    if first[0] != other[0] && is_one(&first[1..]) && is_one(&other[1..]) {
        report.violate_once(Violation::UnseededStartsAlike {
            resets: UNSEEDED,
            observation: shown(&first[1]),
        });
    }
}

/// The first observations after a reset with `seed` and [`UNSEEDED`] more without one.
fn starts<E: Env>(
    env: &mut E,
    when: &'static str,
    seed: u64,
    report: &mut Report,
) -> Option<Vec<E::Obs>> {
    let seeds = std::iter::once((when, Some(seed)))
        .chain(std::iter::repeat_n(("without a seed", None), UNSEEDED));
    let mut starts = Vec::with_capacity(1 + UNSEEDED);
    for (when, seed) in seeds {
        match env.reset(seed, &E::Options::default()) {
            Ok((observation, _)) => starts.push(observation),
            Err(error) => {
                let error = error.to_string();
                report.violate_once(Violation::ResetFailed { when, error });
                return None;
            }
        }
    }
    let space = env.observation_space();
    if let Some(outside) = starts.iter().find(|start| !space.contains(start)) {
        report.violate_once(Violation::ObservationOutside {
            step: 0,
            observation: shown(outside),
        });
    }
    Some(starts)
}
