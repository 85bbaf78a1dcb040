use super::super::FrameStack;
use super::{LENGTH, Tape};
use crate::{Env, check};

fn stack() -> FrameStack<Tape> {
    FrameStack::new(Tape::new(), 3.try_into().unwrap())
}

#[test]
fn a_stack_keeps_the_contract() {
    assert_eq!(check(&mut stack(), 1), Ok(()));
}

#[test]
fn a_stack_begins_with_the_first_observation_in_every_episode() {
    let mut env = stack();
    for _ in 0..2 {
        let (first, _) = env.reset(None, &()).unwrap();
        let start = first[0][0];
        assert_eq!(first, vec![vec![start, 0.0]; 3]);
        let seen = env.step(&7).unwrap().observation;
        assert_eq!(
            seen,
            [vec![start, 0.0], vec![start, 0.0], vec![start + 1.0, 7.0]]
        );
        let last = (2..=LENGTH).map(|_| env.step(&8).unwrap()).last().unwrap();
        let steps: Vec<f32> = last
            .observation
            .iter()
            .map(|seen| seen[0] - start)
            .collect();
        assert_eq!(steps, [4.0, 5.0, 6.0]);
        assert!(last.terminated);
    }
}
