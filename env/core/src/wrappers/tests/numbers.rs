use super::super::{
    ClipObservation, ClipReward, NormalizeObservation, NormalizeReward, RescaleReward,
    RunningStatistics, SettingError,
};
use super::{LENGTH, Tape};
use crate::{Env, Space, Violation, check};

/// Rewards of an episode of actions 1, 2, 3 and so on.
fn rewards<E: Env<Action = i64, Options = ()>>(env: &mut E) -> Vec<f64> {
    env.reset(Some(1), &()).unwrap();
    let actions = 1..=i64::from(LENGTH);
    actions
        .map(|action| env.step(&action).unwrap().reward)
        .collect()
}

/// Observations of some episodes of actions 1, 2, 3 and so on.
fn observations<E: Env<Action = i64, Options = ()>>(env: &mut E, episodes: u64) -> Vec<E::Obs> {
    let mut seen = Vec::new();
    for seed in 0..episodes {
        seen.push(env.reset(Some(seed), &()).unwrap().0);
        let actions = 1..=i64::from(LENGTH);
        seen.extend(actions.map(|action| env.step(&action).unwrap().observation));
    }
    seen
}

#[test]
fn changed_numbers_keep_the_contract() {
    let mut normal = NormalizeObservation::new(Tape::new());
    observations(&mut normal, 3);
    normal.set_frozen(true);
    // The check needs a new environment, whose step before the first reset fails; the statistics are kept.
    let statistics = normal.statistics().clone();
    let mut normal = NormalizeObservation::new(Tape::new());
    normal.set_statistics(statistics).unwrap();
    normal.set_frozen(true);
    assert_eq!(check(&mut normal, 1), Ok(()));
    let mut rewards = NormalizeReward::new(Tape::new(), 0.9).unwrap();
    rewards.set_frozen(true);
    assert_eq!(check(&mut rewards, 1), Ok(()));
    let clipped = ClipObservation::new(Tape::new(), 2.0, 5.0).unwrap();
    let clipped = ClipReward::new(clipped, -1.0, 1.0).unwrap();
    assert_eq!(
        check(&mut RescaleReward::new(clipped, 2.0, 1.0).unwrap(), 1),
        Ok(())
    );
}

#[test]
fn statistics_that_go_on_break_repetition_and_nothing_else() {
    let found = [
        check(&mut NormalizeObservation::new(Tape::new()), 1),
        check(&mut NormalizeReward::new(Tape::new(), 0.9).unwrap(), 1),
    ];
    for found in found {
        for violation in found.unwrap_err() {
            let repetition = matches!(violation, Violation::NotRepeatable { .. });
            assert!(repetition, "{violation}");
        }
    }
}

#[test]
fn normal_observations_have_mean_0_and_variance_1() {
    let mut env = NormalizeObservation::new(Tape::new());
    observations(&mut env, 200);
    env.set_frozen(true);
    let before = env.statistics().clone();
    let seen = observations(&mut env, 200);
    assert_eq!(*env.statistics(), before, "frozen");
    for index in 0..2 {
        let numbers = || seen.iter().map(|seen| f64::from(seen[index]));
        let count = seen.len() as f64;
        let mean = numbers().sum::<f64>() / count;
        let variance = numbers().map(|number| (number - mean).powi(2)).sum::<f64>() / count;
        assert!(mean.abs() < 1e-3, "{mean}");
        assert!((variance - 1.0).abs() < 1e-3, "{variance}");
    }
}

#[test]
fn statistics_carry_over_to_another_environment() {
    let mut first = NormalizeObservation::new(Tape::new());
    observations(&mut first, 20);
    first.set_frozen(true);
    let mut second = NormalizeObservation::new(Tape::new());
    let saved = serde_json::to_string(first.statistics()).unwrap();
    second
        .set_statistics(serde_json::from_str(&saved).unwrap())
        .unwrap();
    assert_eq!(second.statistics(), first.statistics());
    second.set_frozen(true);
    assert_eq!(observations(&mut first, 3), observations(&mut second, 3));
}

#[test]
fn statistics_of_other_numbers_are_refused() {
    let mut env = NormalizeObservation::new(Tape::new());
    let before = env.statistics().clone();
    assert_eq!(
        env.set_statistics(RunningStatistics::new(3))
            .unwrap_err()
            .to_string(),
        "statistics: expected those of 2 numbers, found those of 3"
    );
    assert_eq!(*env.statistics(), before);
    let mut rewards = NormalizeReward::new(Tape::new(), 0.9).unwrap();
    assert_eq!(
        rewards.set_statistics(RunningStatistics::new(2)),
        Err(SettingError::StatisticsWidth {
            expected: 1,
            found: 2
        })
    );
}

#[test]
fn normal_rewards_are_divided_by_the_deviation_of_discounted_sums() {
    let discount = 0.5;
    let mut env = NormalizeReward::new(Tape::new(), discount).unwrap();
    let mut expected = RunningStatistics::new(1);
    for _ in 0..3 {
        let mut discounted = 0.0;
        for (index, normal) in rewards(&mut env).into_iter().enumerate() {
            let reward = index as f64 + 1.0;
            discounted = discounted * discount + reward;
            expected.update(&[discounted]);
            let deviation = (expected.variance()[0] + 1e-8).sqrt();
            assert!((normal - reward / deviation).abs() < 1e-9);
        }
    }
    assert_eq!(*env.statistics(), expected);
    env.set_frozen(true);
    rewards(&mut env);
    assert_eq!(*env.statistics(), expected);
    assert!(NormalizeReward::new(Tape::new(), 1.1).is_err());
    assert!(NormalizeReward::new(Tape::new(), f64::NAN).is_err());
}

#[test]
fn clipped_observations_stay_within_their_bounds() {
    let mut env = ClipObservation::new(Tape::new(), 2.0, 4.0).unwrap();
    env.reset(Some(1), &()).unwrap();
    let actions = [0, 3, 50];
    let seen = actions.map(|action| env.step(&action).unwrap().observation[1]);
    assert_eq!(seen, [2.0, 3.0, 4.0]);
    assert!(!env.observation_space().contains(&vec![3.0, 5.0]));
    assert!(ClipObservation::new(Tape::new(), 1.0, 0.0).is_err());
}

#[test]
fn rewards_are_clipped_and_rescaled() {
    let mut clipped = ClipReward::new(Tape::new(), 2.0, 4.5).unwrap();
    assert_eq!(rewards(&mut clipped), [2.0, 2.0, 3.0, 4.0, 4.5, 4.5]);
    let mut rescaled = RescaleReward::new(Tape::new(), -2.0, 1.0).unwrap();
    assert_eq!(
        rewards(&mut rescaled),
        [-1.0, -3.0, -5.0, -7.0, -9.0, -11.0]
    );
    assert!(ClipReward::new(Tape::new(), 1.0, 0.0).is_err());
    assert!(ClipReward::new(Tape::new(), 0.0, f64::INFINITY).is_err());
    assert!(RescaleReward::new(Tape::new(), f64::NAN, 0.0).is_err());
}
