use proptest::prelude::*;

use super::*;
use crate::{dict_space, rng};

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

dict_space! {
    /// A picture and other values.
    struct Both => Seen {
        /// Pixels.
        picture: BoxSpace<u8>,
        /// More.
        rest: (Discrete, MultiBinary),
    }
}

#[test]
fn composite_spaces_hold_what_all_their_parts_hold() {
    let space = Both {
        picture: BoxSpace::uniform(10, 20, &[2, 2]).unwrap(),
        rest: (Discrete::new(4).unwrap(), MultiBinary::new(3)),
    };
    check_samples(&space, 5);
    let good = Seen {
        picture: vec![10, 11, 12, 20],
        rest: (3, vec![true; 3]),
    };
    assert!(space.contains(&good));
    assert!(!space.contains(&Seen {
        picture: vec![9; 4],
        ..good.clone()
    }));
    assert!(!space.contains(&Seen {
        rest: (4, vec![true; 3]),
        ..good.clone()
    }));
    assert!(!space.contains(&Seen {
        rest: (3, vec![true; 2]),
        ..good
    }));
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
fn masks_limit_what_is_drawn() {
    let mut random = rng(Some(1));
    let discrete = Discrete::starting_at(10, 4).unwrap();
    let mask = [false, true, false, true];
    let drawn: Vec<i64> = (0..50)
        .map(|_| discrete.sample_masked(&mask, &mut random).unwrap())
        .collect();
    assert!(drawn.contains(&11) && drawn.contains(&13));
    assert!(drawn.iter().all(|element| [11, 13].contains(element)));

    let buttons = MultiBinary::new(3);
    let mask = [Some(true), None, Some(false)];
    let drawn: Vec<Vec<bool>> = (0..50)
        .map(|_| buttons.sample_masked(&mask, &mut random).unwrap())
        .collect();
    assert!(drawn.iter().all(|held| held[0] && !held[2]));
    assert!(drawn.iter().any(|held| held[1]) && drawn.iter().any(|held| !held[1]));

    let choices = MultiDiscrete::starting_at(vec![0, 5], vec![2, 3]).unwrap();
    let masks = [vec![false, true], vec![true, false, true]];
    let drawn: Vec<Vec<u32>> = (0..50)
        .map(|_| choices.sample_masked(&masks, &mut random).unwrap())
        .collect();
    assert!(drawn.contains(&vec![1, 5]) && drawn.contains(&vec![1, 7]));
    assert!(drawn.iter().all(|choice| choice[0] == 1 && choice[1] != 6));
}

#[test]
fn masks_must_fit_and_allow_something() {
    let random = &mut rng(Some(1));
    let length = |index, expected, found| MaskError::Length {
        index,
        expected,
        found,
    };
    let discrete = Discrete::new(2).unwrap();
    assert_eq!(
        discrete.sample_masked(&[true; 3], random),
        Err(length(0, 2, 3))
    );
    assert_eq!(
        discrete.sample_masked(&[false; 2], random),
        Err(MaskError::NothingAllowed { index: 0 })
    );
    assert_eq!(
        MultiBinary::new(2).sample_masked(&[None], random),
        Err(length(0, 2, 1))
    );
    let choices = MultiDiscrete::new(vec![1, 2]).unwrap();
    assert_eq!(
        choices.sample_masked(&[vec![true]], random),
        Err(length(0, 2, 1))
    );
    assert_eq!(
        choices.sample_masked(&[vec![true], vec![true]], random),
        Err(length(1, 2, 1))
    );
    assert_eq!(
        choices.sample_masked(&[vec![true], vec![false; 2]], random),
        Err(MaskError::NothingAllowed { index: 1 })
    );
}

#[test]
fn seeded_spaces_go_on_until_seeded_again() {
    let space = BoxSpace::uniform(0.0, 1.0, &[4]).unwrap();
    let mut seeded = Seeded::new(space.clone(), Some(3));
    let (first, second) = (seeded.sample(), seeded.sample());
    assert_ne!(first, second);
    seeded.seed(Some(3));
    assert_eq!([seeded.sample(), seeded.sample()], [first.clone(), second]);
    assert_eq!(first, space.sample(&mut rng(Some(3))));
}

#[test]
fn stacks_hold_lists_of_their_length() {
    let n = std::num::NonZeroUsize::new(3).unwrap();
    let space = Stacked::new(Discrete::new(5).unwrap(), n);
    check_samples(&space, 1);
    assert!(space.contains(&vec![0, 4, 2]));
    assert!(!space.contains(&vec![0, 4]));
    assert!(!space.contains(&vec![0, 5, 2]));
}

#[test]
fn other_bounds_for_floats_leave_the_rest_to_the_space() {
    /// A list of numbers and a gear from 0 to 3.
    #[derive(Debug, Clone, PartialEq)]
    struct Geared(Vec<f32>, i64);
    impl AsRef<[f32]> for Geared {
        fn as_ref(&self) -> &[f32] {
            &self.0
        }
    }
    impl AsMut<[f32]> for Geared {
        fn as_mut(&mut self) -> &mut [f32] {
            &mut self.0
        }
    }
    #[derive(Debug)]
    struct GearedSpace(BoxSpace, Discrete);
    impl Space for GearedSpace {
        type Element = Geared;
        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Geared {
            Geared(self.0.sample(rng), self.1.sample(rng))
        }
        fn contains(&self, value: &Geared) -> bool {
            self.0.contains(&value.0) && self.1.contains(&value.1)
        }
    }
    let inner = || {
        let numbers = BoxSpace::uniform(5.0, 6.0, &[2]).unwrap();
        GearedSpace(numbers, Discrete::new(4).unwrap())
    };
    let space = FloatBounds::new(inner(), -1.0, 1.0).unwrap();
    check_samples(&space, 1);
    assert_eq!(space.width(), 2);
    assert!(space.contains(&Geared(vec![-1.0, 1.0], 3)));
    assert!(!space.contains(&Geared(vec![-1.0, 1.1], 3)));
    assert!(!space.contains(&Geared(vec![-1.0, f32::NAN], 3)));
    assert!(!space.contains(&Geared(vec![-1.0], 3)));
    assert!(!space.contains(&Geared(vec![-1.0, 1.0], 4)));
    assert!(FloatBounds::unbounded(inner()).contains(&Geared(vec![-1e30, 1e30], 0)));
    assert!(FloatBounds::new(inner(), 1.0, f32::NAN).is_err());
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
        let kind = SpaceIssueKind::NotNormalized {
            index: 1,
            low,
            high,
        };
        assert_eq!(vector(low, high).issues(Role::Action), [kind.into()]);
    }
    let picture = BoxSpace::uniform(0_u8, 255, &[2, 2]).unwrap();
    assert!(picture.issues(Role::Action).is_empty());
}

#[test]
fn composite_spaces_name_the_part_that_is_odd() {
    let space = Both {
        picture: BoxSpace::uniform(7, 7, &[2, 2]).unwrap(),
        rest: (Discrete::new(4).unwrap(), MultiBinary::new(0)),
    };
    assert_eq!(
        issues(&space, Role::Observation),
        [
            "picture: element 0: expected low < high, found 7 for both",
            "rest.1: expected elements with something in them, found empty ones"
        ]
    );
    let choices = MultiDiscrete::new(vec![]).unwrap();
    assert_eq!(issues(&choices, Role::Action).len(), 1);
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
