//! Environments of a kart game in memory: the environment needs no emulator and no game that exists.

mod slot_car;

use env_core::{Env, check};
use env_kart::Error;
use env_kart::beginning::StartVariation;
use env_kart::control::RaceAction;
use env_kart::race_env::{RaceEnv, RaceFactory, ResetOptions};
use env_kart::referee::RACE_GONE;
use slot_car::{DISTANCE, Failure, SlotCars};

fn env(movie: &[bool]) -> RaceEnv<SlotCars> {
    RaceEnv::open(Vec::new(), movie.to_vec()).expect("an environment")
}

fn on_the_road() -> ResetOptions {
    ResetOptions {
        start: Some(0),
        variation: None,
    }
}

const WAIT: RaceAction = RaceAction::Index(0);
const DRIVE: RaceAction = RaceAction::Index(1);

#[test]
fn the_contract_of_environments_holds() {
    assert_eq!(check(&mut env(&[]), 3), Ok(()));
}

#[test]
fn a_race_is_rewarded_until_it_ends() {
    let mut env = env(&[]);
    assert!(matches!(env.step(&DRIVE), Err(Failure(Error::NotReset))));
    let (_, info) = env.reset(Some(1), &on_the_road()).expect("a race");
    assert!(info.race_started);
    let (mut reward, mut steps) = (0.0, 0);
    let last = loop {
        let step = env.step(&DRIVE).expect("it drives");
        (reward, steps) = (reward + step.reward, steps + 1);
        if step.is_done() {
            break step;
        }
    };
    // 39 frames are left, 3 a step.
    assert_eq!(steps, 13);
    assert!(last.terminated && !last.truncated);
    assert_eq!(last.info.ended_by, Some("race_end"));
    assert!((reward - 39.0 / 40.0).abs() < 1e-5, "{reward}");
    let picture = env.render().expect("drawn").expect("a picture");
    assert_eq!(picture.rgba, [DISTANCE, 0, 0, 255]);
    let mut waiting = env.reset(None, &on_the_road()).map(|_| 0).expect("a race");
    while !env.step(&WAIT).expect("it waits").truncated {
        waiting += 1;
    }
    assert_eq!(waiting, 29);
}

#[test]
fn a_movie_plays_in_place_of_the_agent() {
    let mut env = env(&[true, false, true, true, true]);
    env.reset(Some(1), &on_the_road()).expect("a race");
    env.step(&WAIT).expect("played");
    assert_eq!((env.machine().driven, env.pad()), (3, true));
    // The movie's last two frames, then the agent's.
    env.step(&WAIT).expect("played");
    assert_eq!((env.machine().driven, env.pad()), (5, false));
}

#[test]
fn a_kart_is_moved_within_the_variation_and_only_in_a_race() {
    let mut env = env(&[]);
    let vary = |start| ResetOptions {
        start: Some(start),
        variation: Some(StartVariation {
            lateral: 20.0,
            ..StartVariation::default()
        }),
    };
    let mut places = Vec::new();
    for seed in 0..20 {
        env.reset(Some(seed), &vary(0)).expect("a race");
        places.push(env.machine().lateral);
    }
    assert!(places.iter().all(|place| (-20.0..=20.0).contains(place)));
    assert!(places.iter().any(|place| *place < -5.0) && places.iter().any(|place| *place > 5.0));
    let (_, info) = env.reset(Some(1), &vary(1)).expect("the garage");
    assert!(!info.race_started && env.machine().lateral == 0.0);
}

#[test]
fn a_race_that_is_gone_truncates() {
    let mut env = env(&[]);
    env.reset(Some(1), &on_the_road()).expect("a race");
    env.machine_mut().driven = 0;
    let step = env.step(&WAIT).expect("no race");
    assert!(step.truncated);
    assert_eq!(step.info.ended_by, Some(RACE_GONE));
}

#[test]
fn environments_of_one_factory_share_a_course() {
    let factory = RaceFactory::<SlotCars>::new(Vec::new(), Vec::new()).expect("a factory");
    let [mut first, mut second] = [0, 1].map(|_| factory.make().expect("an environment"));
    for env in [&mut first, &mut second] {
        env.reset(Some(1), &on_the_road()).expect("a race");
    }
    let [first, second] = [&first, &second].map(|env| env.course().expect("a course"));
    assert!(std::ptr::eq(first, second));
}
