use super::super::{Autoreset, RecordEpisodes, TimeLimit};
use super::{LENGTH, Tape};
use crate::{Check, Env, Report};

#[test]
fn autoreset_keeps_the_contract_except_for_resets() {
    let report = Check::new(1)
        .autoreset()
        .run(&mut Autoreset::new(Tape::new()));
    assert_eq!(report, Report::default());
}

#[test]
fn the_step_after_the_last_starts_the_next_episode() {
    let mut env = Autoreset::new(Tape::new());
    env.reset(Some(1), &()).unwrap();
    for _ in 0..3 {
        let last = (0..LENGTH).map(|_| env.step(&5).unwrap()).last().unwrap();
        assert!(last.terminated);
        assert_eq!((last.reward, last.info), (5.0, "step"));
        let next = env.step(&7).unwrap();
        assert!(!next.is_done());
        assert_eq!((next.reward, next.info), (0.0, "reset"));
        assert_eq!(next.observation[1], 0.0, "no action was taken");
    }
}

#[test]
fn a_truncated_episode_is_followed_by_the_next_too() {
    let mut env = Autoreset::new(TimeLimit::new(Tape::new(), 2));
    env.reset(Some(1), &()).unwrap();
    let ends: Vec<bool> = (0..7).map(|_| env.step(&0).unwrap().truncated).collect();
    assert_eq!(ends, [false, true, false, false, true, false, false]);
}

#[test]
fn a_reset_asked_for_is_not_repeated() {
    let mut env = Autoreset::new(Tape::new());
    env.reset(Some(1), &()).unwrap();
    for _ in 0..LENGTH {
        env.step(&0).unwrap();
    }
    env.reset(None, &()).unwrap();
    assert_eq!(env.step(&3).unwrap().reward, 3.0);
}

#[test]
fn records_inside_know_every_episode() {
    let recorder = RecordEpisodes::new(Tape::new(), 10.try_into().unwrap());
    let mut env = Autoreset::new(recorder);
    env.reset(Some(1), &()).unwrap();
    for _ in 0..2 * (LENGTH + 1) {
        env.step(&2).unwrap();
    }
    let episodes = env.inner_mut().take_episodes();
    let lengths: Vec<_> = episodes.iter().map(|episode| episode.length).collect();
    assert_eq!(lengths, [u64::from(LENGTH); 2]);
}
