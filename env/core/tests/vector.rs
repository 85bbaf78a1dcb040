//! Environments stepped together: results do not depend on the number of threads, and a failure affects only its own
//! environment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use env_core::columns::{Batch, Cells};
use env_core::space::{BoxSpace, Discrete};
use env_core::vector::{Autoreset, VectorEnv, VectorError, VectorOptions, VectorStep};
use env_core::{Env, EnvRng, Space, Step, rng};

/// Counts up to a number drawn by the seed; action 9 fails, 8 panics, 7 waits for the test's permission.
struct Counter {
    observations: BoxSpace,
    actions: Discrete,
    random: EnvRng,
    end: i64,
    at: Option<i64>,
    /// The least that it counts to.
    least: i64,
    permission: Option<Receiver<()>>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(&'static str);

impl Counter {
    fn new() -> Self {
        Self {
            observations: BoxSpace::uniform(0.0, 100.0, &[2]).expect("a box"),
            actions: Discrete::new(10).expect("actions"),
            random: rng(None),
            end: 0,
            at: None,
            least: 3,
            permission: None,
        }
    }

    fn see(&self, at: i64) -> Vec<f32> {
        vec![at as f32, self.end as f32]
    }
}

impl Env for Counter {
    type Obs = Vec<f32>;
    type Action = i64;
    type Info = i64;
    type Options = i64;
    type Error = Broken;
    type ObservationSpace = BoxSpace;
    type ActionSpace = Discrete;

    fn observation_space(&self) -> &BoxSpace {
        &self.observations
    }

    fn action_space(&self) -> &Discrete {
        &self.actions
    }

    fn reset(&mut self, seed: Option<u64>, start: &i64) -> Result<(Vec<f32>, i64), Broken> {
        if seed.is_some() {
            self.random = rng(seed);
        }
        if *start < 0 {
            return Err(Broken("no such start"));
        }
        self.end = self.least + Discrete::new(5).expect("ends").sample(&mut self.random);
        self.at = Some(*start);
        Ok((self.see(*start), self.end))
    }

    fn step(&mut self, action: &i64) -> Result<Step<Vec<f32>, i64>, Broken> {
        let at = self.at.as_mut().ok_or(Broken("reset first"))?;
        match action {
            9 => return Err(Broken("nine")),
            8 => panic!("eight"),
            7 => {
                let permission = self
                    .permission
                    .as_ref()
                    .ok_or(Broken("no permission channel"))?;
                // The sender may have been dropped, which is a permission too.
                let _ = permission.recv();
            }
            _ => {}
        }
        *at += 1;
        let at = *at;
        let step = Step::new(self.see(at), *action as f64, at).terminated(at >= self.end);
        if step.is_done() {
            self.at = None;
        }
        Ok(step)
    }
}

fn counters(count: usize, options: VectorOptions) -> VectorEnv<Counter> {
    VectorEnv::new(|_| Ok(Counter::new()), count, options).expect("counters")
}

fn with(threads: usize, autoreset: Autoreset) -> VectorOptions {
    VectorOptions {
        threads,
        autoreset,
        deadline: None,
    }
}

/// All results of a step as text, to compare.
fn described(step: &VectorStep<i64>) -> String {
    let floats = |batch: &Batch| format!("{:?}", batch.column(0));
    let finals: Vec<_> = (0..step.has_final.len())
        .filter(|index| step.has_final[*index])
        .map(|index| format!("{index}: {:?}", step.final_observations.row(0, index)))
        .collect();
    format!(
        "{} {:?} {:?} {:?} {:?} {finals:?} {:?} {:?}",
        floats(&step.observations),
        step.rewards,
        step.terminated,
        step.truncated,
        step.infos,
        step.final_infos,
        step.errors
    )
}

const COUNT: usize = 5;

/// The results of the same run, stepped all at once or as environments get ready.
fn run(threads: usize, autoreset: Autoreset, asynchronous: bool) -> Vec<String> {
    let mut envs = counters(COUNT, with(threads, autoreset));
    let seeds = envs.seeds(Some(40));
    let mut all = vec![described(envs.reset(&seeds, &0, None).unwrap())];
    for round in 0..30i64 {
        let actions: Vec<i64> = (0..COUNT as i64).map(|index| (round + index) % 5).collect();
        if asynchronous {
            let order = [3, 0, 4, 1, 2];
            for index in order {
                envs.send(&[index], &actions[index..=index]).unwrap();
            }
            let mut ready = Vec::new();
            while ready.len() < COUNT {
                ready.extend(envs.receive(1).0);
            }
            ready.sort_unstable();
            assert_eq!(ready, [0, 1, 2, 3, 4]);
        } else {
            envs.step(&actions).unwrap();
        }
        all.push(described(envs.last()));
        if autoreset == Autoreset::Disabled {
            let over: Vec<bool> = envs.last().terminated.clone();
            if over.contains(&true) {
                let none = envs.seeds(None);
                all.push(described(envs.reset(&none, &0, Some(&over)).unwrap()));
            }
        }
    }
    all
}

#[test]
fn all_ways_to_step_tell_the_same() {
    for autoreset in [
        Autoreset::NextStep,
        Autoreset::SameStep,
        Autoreset::Disabled,
    ] {
        let inline = run(0, autoreset, false);
        for (threads, asynchronous) in [(1, false), (3, false), (2, true)] {
            assert_eq!(
                inline,
                run(threads, autoreset, asynchronous),
                "{autoreset:?}"
            );
        }
    }
}

#[test]
fn a_batch_is_what_its_environments_are_alone() {
    let mut envs = counters(COUNT, with(2, Autoreset::NextStep));
    let seeds = envs.seeds(Some(7));
    envs.reset(&seeds, &0, None).unwrap();
    let mut alone: Vec<Counter> = (0..COUNT).map(|_| Counter::new()).collect();
    for (env, seed) in alone.iter_mut().zip(&seeds) {
        env.reset(*seed, &0).unwrap();
    }
    let mut over = [false; COUNT];
    for _ in 0..25 {
        let step = envs.step(&[2; COUNT]).unwrap();
        for (index, env) in alone.iter_mut().enumerate() {
            let (seen, reward, done) = if over[index] {
                (env.reset(None, &0).unwrap().0, 0.0, false)
            } else {
                let step = env.step(&2).unwrap();
                (step.observation, step.reward, step.terminated)
            };
            assert_eq!(step.observations.row(0, index), Cells::F32(&seen));
            assert_eq!(
                (step.rewards[index], step.terminated[index]),
                (reward, done)
            );
            over[index] = done;
        }
    }
}

#[test]
fn the_step_that_ends_an_episode_gives_both_observations() {
    let mut envs = counters(1, with(0, Autoreset::SameStep));
    envs.reset(&[Some(1)], &0, None).unwrap();
    let end = envs.last().infos[0].expect("the end");
    for at in 1..end {
        let step = envs.step(&[0]).unwrap();
        assert_eq!(
            step.observations.row(0, 0),
            Cells::F32(&[at as f32, end as f32])
        );
        assert!(!step.has_final[0]);
    }
    let step = envs.step(&[3]).unwrap();
    assert!(step.terminated[0] && step.has_final[0]);
    assert_eq!(step.rewards[0], 3.0);
    assert_eq!(
        step.final_observations.row(0, 0),
        Cells::F32(&[end as f32, end as f32])
    );
    assert_eq!(step.final_infos[0], Some(end));
    let Cells::F32(first) = step.observations.row(0, 0) else {
        panic!("another type")
    };
    assert_eq!(first[0], 0.0);
    let step = envs.step(&[0]).unwrap();
    assert!(!step.has_final[0]);
}

#[test]
fn without_autoreset_a_step_after_the_end_is_refused() {
    let mut envs = counters(2, with(0, Autoreset::Disabled));
    assert_eq!(
        envs.step(&[0, 0]).err(),
        Some(VectorError::NeedsReset { index: 0 })
    );
    let seeds = envs.seeds(Some(0));
    envs.reset(&seeds, &0, None).unwrap();
    while !envs.step(&[0, 0]).unwrap().terminated.contains(&true) {}
    let over = envs.last().terminated.clone();
    let index = over.iter().position(|over| *over).expect("one");
    assert_eq!(
        envs.step(&[0, 0]).err(),
        Some(VectorError::NeedsReset { index })
    );
    let none = envs.seeds(None);
    envs.reset(&none, &0, Some(&over)).unwrap();
    envs.step(&[0, 0]).expect("both run");
}

#[test]
fn a_mask_resets_those_that_it_marks_alone() {
    let mut envs = counters(3, with(2, Autoreset::NextStep));
    let seeds = envs.seeds(Some(5));
    envs.reset(&seeds, &0, None).unwrap();
    envs.step(&[0; 3]).unwrap();
    envs.reset(&[Some(9); 3], &2, Some(&[false, true, false]))
        .unwrap();
    let at = |index| match envs.last().observations.row(0, index) {
        Cells::F32(cells) => cells[0],
        _ => f32::NAN,
    };
    assert_eq!([at(0), at(1), at(2)], [1.0, 2.0, 1.0]);
}

#[test]
fn a_failing_environment_fails_only_its_own_episode_and_is_replaced() {
    for (threads, failing, reason) in [
        (0, 9, "nine"),
        (2, 9, "nine"),
        (0, 8, "eight"),
        (2, 8, "eight"),
    ] {
        let made = Arc::new(AtomicUsize::new(0));
        let count = made.clone();
        let make = move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Counter::new())
        };
        let mut envs = VectorEnv::new(make, 3, with(threads, Autoreset::NextStep)).unwrap();
        let seeds = envs.seeds(Some(3));
        envs.reset(&seeds, &0, None).unwrap();
        envs.step(&[1; 3]).unwrap();
        let step = envs.step(&[1, failing, 1]).unwrap();
        let error = step.errors[1].clone().expect("an error");
        assert!(error.contains(reason), "{error}");
        assert_eq!(
            (step.truncated.as_slice(), step.rewards[1]),
            (&[false, true, false][..], 0.0)
        );
        // Its observation is the previous one.
        let Cells::F32(rows) = step.observations.column(0) else {
            panic!("another type")
        };
        assert_eq!([rows[0], rows[2], rows[4]], [2.0, 1.0, 2.0]);
        assert!(step.infos[1].is_none() && envs.env(1).is_none());
        let step = envs.step(&[1; 3]).unwrap();
        assert_eq!(step.errors, [None, None, None]);
        assert!(!step.truncated[1] && step.infos[1].is_some());
        assert_eq!(made.load(Ordering::Relaxed), 4);
        envs.step(&[1; 3]).unwrap();
    }
}

#[test]
fn a_failure_in_the_same_step_begins_a_new_episode() {
    let mut envs = counters(1, with(0, Autoreset::SameStep));
    envs.reset(&[Some(3)], &0, None).unwrap();
    envs.step(&[1]).unwrap();
    let before = format!("{:?}", envs.last().observations.row(0, 0));
    let step = envs.step(&[9]).unwrap();
    assert!(step.truncated[0] && step.has_final[0] && step.errors[0].is_some());
    assert_eq!(format!("{:?}", step.final_observations.row(0, 0)), before);
    assert!(step.infos[0].is_some() && step.final_infos[0].is_none());
    assert!(envs.step(&[1]).unwrap().errors[0].is_none());
}

#[test]
fn a_reset_that_fails_is_tried_again() {
    let mut envs = counters(2, with(2, Autoreset::NextStep));
    let seeds = envs.seeds(Some(1));
    let step = envs.reset(&seeds, &-1, None).unwrap();
    assert!(
        step.errors
            .iter()
            .all(|error| error.as_deref() == Some("no such start"))
    );
    let step = envs.step(&[0, 0]).unwrap();
    assert_eq!(step.errors, [None, None]);
    assert_eq!(step.truncated, [false, false]);
}

#[test]
fn an_environment_that_cannot_be_replaced_stays_failed_until_it_can() {
    let broken = Arc::new(AtomicUsize::new(0));
    let left = broken.clone();
    let make = move |_| match left.load(Ordering::Relaxed) {
        0 => Ok(Counter::new()),
        _ => {
            left.fetch_sub(1, Ordering::Relaxed);
            Err(Broken("out of stock"))
        }
    };
    let mut envs = VectorEnv::new(make, 1, with(0, Autoreset::NextStep)).unwrap();
    envs.reset(&[Some(1)], &0, None).unwrap();
    broken.store(2, Ordering::Relaxed);
    envs.step(&[9]).unwrap();
    for _ in 0..2 {
        let error = envs.step(&[0]).unwrap().errors[0]
            .clone()
            .expect("an error");
        assert!(error.contains("out of stock"), "{error}");
    }
    assert_eq!(envs.step(&[0]).unwrap().errors[0], None);
}

/// Counters whose action 7 waits until the sender that comes with them is dropped.
fn waiting(count: usize, threads: usize) -> (VectorEnv<Counter>, Sender<()>) {
    let (permission, wait) = bounded(0);
    let make = move |_| {
        Ok(Counter {
            // Longer than any test runs: a replaced environment is not seeded.
            least: 60,
            permission: Some(wait.clone()),
            ..Counter::new()
        })
    };
    let options = VectorOptions {
        threads,
        autoreset: Autoreset::NextStep,
        deadline: None,
    };
    (
        VectorEnv::new(make, count, options).expect("counters"),
        permission,
    )
}

#[test]
fn who_takes_too_long_is_given_up_and_the_others_go_on() {
    let (mut envs, permission) = waiting(3, 2);
    let seeds = envs.seeds(Some(1));
    envs.reset(&seeds, &0, None).unwrap();
    // Twice as many as threads, one after the other: each is replaced by a new worker.
    for late in [1, 2, 0, 1] {
        let mut actions = [1; 3];
        actions[late] = 7;
        envs.send(&[0, 1, 2], &actions).unwrap();
        let (mut on_time, _) = envs.receive(2);
        on_time.sort_unstable();
        let others: Vec<usize> = (0..3).filter(|index| *index != late).collect();
        assert_eq!(on_time, others);
        // Only the late one is left, which waits longer than any deadline.
        envs.set_deadline(Some(Duration::from_millis(20))).unwrap();
        let (given_up, step) = envs.receive(1);
        assert_eq!(given_up, [late]);
        let failed: Vec<usize> = (0..3)
            .filter(|index| step.errors[*index].is_some())
            .collect();
        assert_eq!(failed, [late]);
        let error = step.errors[late].clone().expect("an error");
        assert!(error.contains("longer than 0.02 s"), "{error}");
        assert!(step.truncated[late]);
        envs.set_deadline(None).unwrap();
        // All environments begin again or continue.
        let step = envs.step(&[1; 3]).unwrap();
        assert_eq!(step.errors, [None, None, None]);
    }
    // The late workers finish, and their messages are ignored.
    drop(permission);
    for _ in 0..20 {
        assert_eq!(envs.step(&[1; 3]).unwrap().errors, [None, None, None]);
    }
}

#[test]
fn the_fast_do_not_wait_for_the_slow() {
    let (mut envs, permission) = waiting(3, 2);
    let seeds = envs.seeds(Some(1));
    envs.reset(&seeds, &0, None).unwrap();
    envs.send(&[0, 1, 2], &[7, 1, 1]).unwrap();
    let (mut ready, _) = envs.receive(2);
    ready.sort_unstable();
    assert_eq!(ready, [1, 2]);
    envs.send(&[1], &[1]).unwrap();
    assert_eq!(envs.receive(1).0, [1]);
    assert_eq!(envs.send(&[0], &[1]), Err(VectorError::Busy { index: 0 }));
    assert_eq!(
        envs.reset(&seeds, &0, None).err(),
        Some(VectorError::Busy { index: 0 })
    );
    permission.send(()).expect("it waits");
    assert_eq!(envs.receive(9).0, [0]);
    assert_eq!(envs.receive(1).0, [0_usize; 0]);
}

#[test]
fn dropping_ends_the_workers() {
    struct Noted(Counter, Sender<()>);
    impl Env for Noted {
        type Obs = Vec<f32>;
        type Action = i64;
        type Info = i64;
        type Options = i64;
        type Error = Broken;
        type ObservationSpace = BoxSpace;
        type ActionSpace = Discrete;
        fn observation_space(&self) -> &BoxSpace {
            self.0.observation_space()
        }
        fn action_space(&self) -> &Discrete {
            self.0.action_space()
        }
        fn reset(&mut self, seed: Option<u64>, start: &i64) -> Result<(Vec<f32>, i64), Broken> {
            self.0.reset(seed, start)
        }
        fn step(&mut self, action: &i64) -> Result<Step<Vec<f32>, i64>, Broken> {
            self.0.step(action)
        }
    }
    impl Drop for Noted {
        fn drop(&mut self) {
            // The test may have ended.
            let _ = self.1.send(());
        }
    }
    let (note, dropped) = unbounded();
    let make = move |_| Ok(Noted(Counter::new(), note.clone()));
    let mut envs = VectorEnv::new(make, 8, with(2, Autoreset::NextStep)).unwrap();
    let seeds = envs.seeds(Some(1));
    envs.reset(&seeds, &0, None).unwrap();
    let all: Vec<usize> = (0..8).collect();
    envs.send(&all, &[1; 8]).unwrap();
    // Some are at work, some wait.
    drop(envs);
    assert_eq!(
        dropped.iter().count(),
        8,
        "and no worker is left that could record more"
    );
}

#[test]
fn invalid_settings_are_refused_before_any_work() {
    let mut envs = counters(2, with(0, Autoreset::NextStep));
    let seeds = envs.seeds(Some(1));
    envs.reset(&seeds, &0, None).unwrap();
    let before = described(envs.last());
    assert!(matches!(envs.step(&[0]), Err(VectorError::Count { .. })));
    let refused = envs.step(&[0, 10]).err();
    assert!(
        matches!(refused, Some(VectorError::Action { index: 1, .. })),
        "{refused:?}"
    );
    assert_eq!(
        envs.send(&[2], &[0]),
        Err(VectorError::NoSuch { index: 2, count: 2 })
    );
    assert_eq!(
        envs.send(&[1, 1], &[0, 0]),
        Err(VectorError::Busy { index: 1 })
    );
    assert!(matches!(
        envs.reset(&[None], &0, None),
        Err(VectorError::Count { .. })
    ));
    assert!(matches!(
        envs.reset(&seeds, &0, Some(&[true])),
        Err(VectorError::Count { .. })
    ));
    assert_eq!(described(envs.last()), before);
    let none = VectorEnv::<Counter>::new(|_| Ok(Counter::new()), 0, VectorOptions::default());
    assert!(matches!(none, Err(VectorError::Count { .. })));
    let broken = VectorEnv::<Counter>::new(
        |index| {
            if index == 1 {
                Err(Broken("out of stock"))
            } else {
                Ok(Counter::new())
            }
        },
        3,
        VectorOptions::default(),
    );
    assert!(matches!(broken, Err(VectorError::Make { index: 1, .. })));
    let deadline = VectorOptions {
        deadline: Some(Duration::from_secs(1)),
        ..VectorOptions::default()
    };
    let refused = VectorEnv::<Counter>::new(|_| Ok(Counter::new()), 1, deadline);
    assert!(matches!(refused, Err(VectorError::NoThreads)));
}
