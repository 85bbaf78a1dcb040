use proptest::prelude::*;

use super::*;
use crate::rng;

/// Draws many, checks that each is inside, and that the same seed repeats them.
fn check_samples<S: Space>(space: &S, seed: u64) -> Vec<S::Element> {
    let draw = || {
        let mut random = rng(Some(seed));
        (0..200)
            .map(|_| space.sample(&mut random))
            .collect::<Vec<_>>()
    };
    let samples = draw();
    assert_eq!(samples, draw());
    for sample in &samples {
        assert!(space.contains(sample), "{sample:?}");
    }
    samples
}

#[test]
fn boxes_hold_what_lies_between_their_bounds() {
    let space = BoxSpace::new(vec![0.0, -1.0], vec![1.0, f32::INFINITY], &[2]).unwrap();
    assert!(space.contains(&vec![0.0, 1e30]));
    for outside in [
        vec![1.1, 0.0],
        vec![0.0, -1.1],
        vec![0.0],
        vec![0.0; 3],
        vec![f32::NAN, 0.0],
    ] {
        assert!(!space.contains(&outside), "{outside:?}");
    }
}

#[test]
fn boxes_sample_every_kind_of_bounds() {
    let (inf, max) = (f32::INFINITY, f32::MAX);
    let low = vec![-inf, 3.0, -inf, 0.0, -max, 5.0];
    let high = vec![inf, inf, -3.0, 1.0, max, 5.0];
    let samples = check_samples(&BoxSpace::new(low, high, &[2, 3]).unwrap(), 1);
    let mean = |index: usize| samples.iter().map(|s| s[index]).sum::<f32>() / 200.0;
    assert!(mean(0).abs() < 0.3);
    assert!((mean(1) - 4.0).abs() < 0.3);
    assert!((mean(2) + 4.0).abs() < 0.3);
    assert!((mean(3) - 0.5).abs() < 0.1);
    assert!(
        samples
            .iter()
            .all(|sample| sample[4].is_finite() && sample[5] == 5.0)
    );
}

#[test]
fn spaces_without_elements_cannot_be_made() {
    let bounds = BoxSpace::new(vec![0_u8; 5], vec![1; 5], &[2, 3]);
    assert_eq!(
        bounds.unwrap_err().to_string(),
        "box of shape [2, 3]: expected 6 bounds, found 5"
    );
    assert!(BoxSpace::new(vec![0.0, f32::NAN], vec![1.0; 2], &[2]).is_err());
    assert!(BoxSpace::uniform(1.0, 0.0, &[1]).is_err());
    assert!(BoxSpace::new(vec![0_u8], vec![1], &[usize::MAX, 2]).is_err());
    assert_eq!(Discrete::new(0), Err(SpaceError::Empty { index: 0 }));
    assert!(Discrete::starting_at(i64::MAX, 1).is_err());
    assert_eq!(
        MultiDiscrete::new(vec![2, 0]),
        Err(SpaceError::Empty { index: 1 })
    );
}

#[test]
fn discrete_spaces_sample_all_their_elements() {
    let samples = check_samples(&Discrete::starting_at(-1, 3).unwrap(), 2);
    assert!((-1..2).all(|value| samples.contains(&value)));
    assert!(!Discrete::starting_at(-1, 3).unwrap().contains(&2));
    let samples = check_samples(&MultiDiscrete::new(vec![2, 3]).unwrap(), 3);
    assert!((0..6).all(|value| samples.contains(&vec![value / 3, value % 3])));
    assert!(
        !MultiDiscrete::new(vec![2, 3])
            .unwrap()
            .contains(&vec![2, 0])
    );
    let samples = check_samples(&MultiBinary::new(2), 4);
    assert!((0..4).all(|value| samples.contains(&vec![value & 1 == 1, value & 2 == 2])));
    assert!(!MultiBinary::new(2).contains(&vec![true]));
}

fn issues<S: Space>(space: &S, role: Role) -> Vec<String> {
    let issues = space.issues(role).into_iter();
    issues.map(|issue| issue.to_string()).collect()
}

#[test]
fn boxes_of_every_number_reach_their_bounds_and_stay_between() {
    fn check_extremes<T: Number>(low: T, high: T, near: T) {
        let whole = BoxSpace::uniform(low, high, &[3]).unwrap();
        check_samples(&whole, 1);
        let narrow = BoxSpace::uniform(low, near, &[3]).unwrap();
        let samples = check_samples(&narrow, 2).concat();
        assert!(samples.contains(&low) && samples.contains(&near));
    }
    check_extremes(u8::MIN, u8::MAX, 1);
    check_extremes(u16::MIN, u16::MAX, 1);
    check_extremes(i32::MIN, i32::MAX, i32::MIN + 1);
    check_extremes(i64::MIN, i64::MAX, i64::MIN + 1);
    let samples = check_samples(&BoxSpace::uniform(f64::MIN, f64::MAX, &[3]).unwrap(), 3);
    assert!(samples.concat().iter().all(|sample| sample.is_finite()));
    assert!(samples.concat().iter().any(|sample| *sample < -1e307));
    assert!(samples.concat().iter().any(|sample| *sample > 1e307));
}

#[test]
fn choices_can_start_anywhere() {
    let top = u32::MAX;
    let space = MultiDiscrete::starting_at(vec![3, top], vec![2, 1]).unwrap();
    let samples = check_samples(&space, 1);
    assert!(samples.contains(&vec![3, top]) && samples.contains(&vec![4, top]));
    assert!(!space.contains(&vec![2, top]));
    assert!(!space.contains(&vec![5, top]));
    let starts = MultiDiscrete::starting_at(vec![0], vec![2, 2]);
    assert_eq!(
        starts.unwrap_err().to_string(),
        "multi-discrete space of 2 choices: expected as many starts, found 1"
    );
    let too_far = MultiDiscrete::starting_at(vec![0, top], vec![1, 2]);
    assert!(matches!(
        too_far,
        Err(SpaceError::ChoiceTooFar { index: 1, .. })
    ));
}

#[test]
fn odd_bounds_are_named_once_for_each_kind() {
    let (inf, normal) = (f32::INFINITY, BoxSpace::uniform(-0.5, 0.5, &[2]).unwrap());
    let odd = BoxSpace::new(vec![0.0, 5.0, 0.0, 6.0], vec![1.0, 5.0, inf, 6.0], &[4]).unwrap();
    assert_eq!(
        issues(&odd, Role::Observation),
        [
            "element 1: expected low < high, found 5 for both",
            "element 2: expected a finite high, found inf"
        ]
    );
    let low = BoxSpace::uniform(-inf, 0.0, &[1]).unwrap();
    assert_eq!(
        issues(&low, Role::Observation),
        ["element 0: expected a finite low, found -inf"]
    );
    for role in [Role::Observation, Role::Action] {
        assert!(normal.issues(role).is_empty());
    }
}

#[test]
fn only_vectors_of_actions_should_be_normalized() {
    let vector = |low, high| BoxSpace::new(vec![0.0, low], vec![1.0, high], &[2]).unwrap();
    for (low, high) in [(-1.0, 1.0), (0.0, 1.0), (0.0, 0.5)] {
        assert!(vector(low, high).issues(Role::Action).is_empty());
    }
    for (low, high) in [(-2.0, 2.0), (0.5, 1.0), (-1.0, 0.5), (0.0, 2.0)] {
        assert!(vector(low, high).issues(Role::Observation).is_empty());
        let kind = SpaceIssue::NotNormalized {
            index: 1,
            low,
            high,
        };
        assert_eq!(vector(low, high).issues(Role::Action), [kind]);
    }
    let picture = BoxSpace::uniform(0_u8, 255, &[2, 2]).unwrap();
    assert!(picture.issues(Role::Action).is_empty());
}

#[test]
fn choices_without_options_are_named() {
    let choices = MultiDiscrete::new(vec![]).unwrap();
    for issues in [
        issues(&choices, Role::Action),
        issues(&MultiBinary::new(0), Role::Observation),
    ] {
        assert_eq!(
            issues,
            ["expected elements with something in them, found empty ones"]
        );
    }
}

proptest! {
    #[test]
    fn boxes_of_any_wide_bounds_hold_their_samples(bounds in proptest::collection::vec((any::<f64>(), any::<f64>()), 1..8), seed: u64) {
        let (low, high): (Vec<f64>, Vec<f64>) =
            bounds.iter().map(|(a, b)| (a.min(*b), a.max(*b))).unzip();
        if let Ok(space) = BoxSpace::new(low, high, &[bounds.len()]) {
            check_samples(&space, seed);
        }
    }

    #[test]
    fn boxes_of_any_bounds_hold_their_samples(bounds in proptest::collection::vec((any::<f32>(), any::<f32>()), 1..8), seed: u64) {
        let (low, high): (Vec<f32>, Vec<f32>) =
            bounds.iter().map(|(a, b)| (a.min(*b), a.max(*b))).unzip();
        if let Ok(space) = BoxSpace::new(low, high, &[bounds.len()]) {
            check_samples(&space, seed);
        }
    }
}
