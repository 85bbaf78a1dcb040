use super::super::{ActionDelay, SettingError, StickyActions};
use super::{LENGTH, Tape, taken};
use crate::{Env, check};

const ASKED: [i64; LENGTH as usize] = [1, 2, 3, 4, 5, 6];

#[test]
fn late_and_sticky_actions_keep_the_contract() {
    assert_eq!(
        check(&mut StickyActions::new(Tape::new(), 0.5).unwrap(), 1),
        Ok(())
    );
    assert_eq!(
        check(&mut ActionDelay::new(Tape::new(), 2, 0).unwrap(), 1),
        Ok(())
    );
}

#[test]
fn actions_stick_as_often_as_asked_for() {
    let mut env = StickyActions::new(Tape::new(), 0.3).unwrap();
    let (mut stuck, mut free) = (0, 0);
    for seed in 0..300 {
        let taken = taken(&mut env, Some(seed), ASKED);
        assert_eq!(taken[0], 1, "nothing to stick to");
        for index in 1..taken.len() {
            if taken[index] == ASKED[index] {
                free += 1;
            } else {
                assert_eq!(taken[index], taken[index - 1]);
                stuck += 1;
            }
        }
    }
    let share = f64::from(stuck) / f64::from(stuck + free);
    assert!((share - 0.3).abs() < 0.05, "{share}");
}

#[test]
fn a_seed_determines_the_repeats_and_no_seed_continues_them() {
    let mut env = StickyActions::new(Tape::new(), 0.5).unwrap();
    let mut episodes = || {
        let first = taken(&mut env, Some(5), ASKED);
        let others: Vec<_> = (0..4).map(|_| taken(&mut env, None, ASKED)).collect();
        (first, others)
    };
    let (first, others) = episodes();
    assert!(others.iter().any(|other| *other != first));
    assert_eq!((first, others), episodes());
}

#[test]
fn probabilities_that_are_none_are_refused() {
    for probability in [-0.1, 1.0, f64::NAN] {
        assert!(matches!(
            StickyActions::new(Tape::new(), probability),
            Err(SettingError::Probability { .. })
        ));
    }
}

#[test]
fn late_actions_come_after_the_first_in_every_episode() {
    let mut env = ActionDelay::new(Tape::new(), 2, 9).unwrap();
    for _ in 0..2 {
        assert_eq!(taken(&mut env, None, ASKED), [9, 9, 1, 2, 3, 4]);
    }
    env.reset(None, &()).unwrap();
    env.step(&7).unwrap();
    assert_eq!(
        taken(&mut env, None, ASKED)[..3],
        [9, 9, 1],
        "a reset drops pending actions"
    );
    let mut at_once = ActionDelay::new(Tape::new(), 0, 9).unwrap();
    assert_eq!(taken(&mut at_once, None, ASKED), ASKED);
}

#[test]
fn the_first_action_must_be_one() {
    assert_eq!(
        ActionDelay::new(Tape::new(), 1, 100).unwrap_err(),
        SettingError::ActionOutside {
            found: "100".into()
        }
    );
}
