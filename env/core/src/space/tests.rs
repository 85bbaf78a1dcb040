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
    /// A picture and what is known besides.
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

proptest! {
    #[test]
    fn boxes_of_any_bounds_hold_their_samples(bounds in proptest::collection::vec((any::<f32>(), any::<f32>()), 1..8), seed: u64) {
        let (low, high): (Vec<f32>, Vec<f32>) =
            bounds.iter().map(|(a, b)| (a.min(*b), a.max(*b))).unzip();
        if let Ok(space) = BoxSpace::new(low, high, &[bounds.len()]) {
            check_samples(&space, seed);
        }
    }
}
