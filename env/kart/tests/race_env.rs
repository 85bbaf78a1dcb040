//! Environments of a kart game in memory: the environment needs no emulator and no game that exists.

use std::convert::Infallible;

use env_core::{Env, check};
use env_kart::action::DrivingAction;
use env_kart::beginning::StartVariation;
use env_kart::control::{self, ActionSet, RaceAction};
use env_kart::ending::Ending;
use env_kart::facts::{Controls, Facts};
use env_kart::observation::{Keymask, Observer, Term};
use env_kart::race_env::{Prepared, RaceEnv, RaceFactory, RaceGame, ResetOptions, StartState};
use env_kart::referee::{RACE_GONE, Referee};
use env_kart::reward::{RewardTerm, Rewarder, Rewards};
use env_kart::{Error, reference_line::ReferenceLine};
use machine::{FrameRate, Hardware, Held, Machine, Picture, PictureShape, State};
use serde::{Deserialize, Serialize};
use track::{Pose, Surface, Track, Triangle};

/// Frames with the accelerator held from the start to the finish.
const DISTANCE: u8 = 40;
/// Units that the kart drives in a frame.
const SPEED: f32 = 8.0;

/// A kart on a straight road, with a garage in front of it in which no race runs.
#[derive(Clone, Debug, Default)]
struct SlotCar {
    /// Frames driven; the kart leaves the garage with the first.
    driven: u8,
    frames: u32,
    lateral: f32,
    drawn: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Trigger {
    pressed: bool,
}

impl machine::Input for Trigger {
    fn of(_: &Held) -> Self {
        Self::default()
    }
}

#[derive(Clone, Debug)]
struct Saved(SlotCar);

impl State for Saved {
    type Error = Infallible;

    fn to_bytes(&self) -> Vec<u8> {
        vec![self.0.driven]
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Infallible> {
        Ok(Self(SlotCar {
            driven: bytes.first().copied().unwrap_or(0),
            ..SlotCar::default()
        }))
    }
}

impl Machine for SlotCar {
    type Input = Trigger;
    type State = Saved;
    type Error = Infallible;

    const HARDWARE: Hardware = Hardware {
        picture: PictureShape {
            width: 1,
            height: 1,
            count: 1,
            touch: None,
        },
        frame_rate: FrameRate {
            frames: 30,
            seconds: 1,
        },
        sample_rate: 0,
    };

    fn step(&mut self, input: &Trigger, picture: Picture) -> Result<(), Infallible> {
        self.frames += 1;
        self.driven += u8::from(input.pressed);
        if picture == Picture::Draw {
            self.drawn = self.driven;
        }
        Ok(())
    }

    fn write_picture(&self, rgba: &mut [u8]) {
        rgba.copy_from_slice(&[self.drawn, 0, 0, 255]);
    }

    fn save_state(&mut self) -> Result<Saved, Infallible> {
        Ok(Saved(self.clone()))
    }

    fn load_state(&mut self, state: &Saved) -> Result<(), Infallible> {
        *self = state.0.clone();
        Ok(())
    }

    fn hash(&self) -> u64 {
        self.driven.into()
    }
}

#[derive(Clone, Copy, Debug)]
struct Accelerator;

impl control::Button for Accelerator {
    type Pad = bool;

    const KEYMASKS: u32 = 2;

    fn held(buttons: impl IntoIterator<Item = Self>) -> bool {
        buttons.into_iter().next().is_some()
    }

    fn of_keymask(mask: u16) -> bool {
        mask & 1 != 0
    }

    fn driving(action: DrivingAction) -> bool {
        action.accelerate
    }
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Failure(#[from] Error);

impl From<Infallible> for Failure {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

struct SlotCars;

impl RaceGame for SlotCars {
    type Machine = SlotCar;
    type Button = Accelerator;
    type Course = Track;
    /// A movie that plays in place of the agent.
    type Config = Vec<bool>;
    type Error = Failure;

    const GO_FRAME: u32 = 0;

    fn prepare(_: &[u8], movie: &Vec<bool>) -> Result<Prepared<Self>, Failure> {
        let mut machine = SlotCar::default();
        let in_the_garage = StartState::after(&mut machine, &Self::input(false))?;
        let mut on_the_road = StartState::after(&mut machine, &Self::input(true))?;
        on_the_road.movie = movie.iter().map(|pressed| Self::input(*pressed)).collect();
        let rewards = Rewards {
            terms: vec![RewardTerm::Progress { weight: 1.0 }],
            clip: None,
        };
        let mut no_lines = |_: &std::path::Path| -> Result<ReferenceLine, Error> {
            Err(Error::setting("line", "none", "one"))
        };
        let rewarder = Rewarder::new(rewards, &mut no_lines)?;
        Ok(Prepared {
            machine,
            start_states: vec![on_the_road, in_the_garage],
            observer: Observer::new(&Term::driving(), Keymask::default())?,
            referee: Referee::new(rewarder, &Ending::RaceEnd, &Ending::Steps(30))?,
            actions: ActionSet::Choice(vec![vec![], vec![Accelerator]]),
            pictures: None,
            frame_skip: 3,
            vary: StartVariation::default(),
            render: true,
        })
    }

    fn open(_: &[u8], _: &Vec<bool>) -> Result<SlotCar, Failure> {
        Ok(SlotCar::default())
    }

    fn course_id(machine: &SlotCar) -> Result<Option<u32>, Failure> {
        Ok((machine.driven > 0).then_some(7))
    }

    fn read_course(_: &SlotCar) -> Result<Track, Failure> {
        let road = Surface {
            kind: 0,
            carries: true,
            stops: false,
            is_road: true,
        };
        let [left, right, far] = [[50.0, 0.0, -50.0], [-50.0, 0.0, -50.0], [0.0, 0.0, 900.0]];
        let triangle = Triangle {
            corners: [left, right, far],
            normal: [0.0, 1.0, 0.0],
            surface: road,
        };
        Ok(Track::new(vec![triangle], Vec::new(), None))
    }

    fn track(course: &Track) -> &Track {
        course
    }

    fn facts(machine: &SlotCar, pressed: bool) -> Result<Option<Facts>, Failure> {
        let progress = f32::from(machine.driven) / f32::from(DISTANCE);
        let facts = Facts {
            since_start: machine.frames.into(),
            race_progress: progress,
            lap_progress: progress,
            pose: Pose {
                position: [machine.lateral, 0.0, f32::from(machine.driven) * SPEED],
                ..Facts::default().pose
            },
            speed: if pressed { SPEED } else { 0.0 },
            controls: Self::controls(pressed),
            ..Facts::default()
        };
        Ok((machine.driven > 0).then_some(facts))
    }

    fn controls(pressed: bool) -> Controls {
        Controls {
            accelerate: pressed,
            ..Controls::default()
        }
    }

    fn input(pressed: bool) -> Trigger {
        Trigger { pressed }
    }

    fn pad(input: &Trigger) -> bool {
        input.pressed
    }

    fn displace(machine: &mut SlotCar, lateral: f32, _: f32) -> Result<(), Failure> {
        machine.lateral += lateral;
        Ok(())
    }
}

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
