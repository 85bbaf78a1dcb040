//! A kart game in memory: no emulator, and no game that exists.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use std::convert::Infallible;
use std::sync::Arc;

use env_kart::action::DrivingAction;
use env_kart::beginning::StartVariation;
use env_kart::control::{self, ActionSet};
use env_kart::ending::Ending;
use env_kart::facts::{Controls, Facts};
use env_kart::observation::{Keymask, Observer, Term};
use env_kart::race_env::{Prepared, RaceGame, StartState};
use env_kart::referee::Referee;
use env_kart::reward::{RewardTerm, Rewarder, Rewards};
use env_kart::{Error, reference_line::ReferenceLine};
use machine::{FrameRate, Hardware, Held, Machine, Picture, PictureShape, State};
use serde::{Deserialize, Serialize};
use track::{Pose, Surface, Track, Triangle};

/// Frames with the accelerator held from the start to the finish.
pub const DISTANCE: u8 = 40;
/// Units that the kart drives in a frame.
pub const SPEED: f32 = 8.0;

/// A kart on a straight road, with a garage in front of it in which no race runs.
#[derive(Clone, Debug, Default)]
pub struct SlotCar {
    /// Frames driven; the kart leaves the garage with the first.
    pub driven: u8,
    pub frames: u32,
    pub lateral: f32,
    drawn: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    pressed: bool,
}

impl machine::Input for Trigger {
    fn of(_: &Held) -> Self {
        Self::default()
    }
}

#[derive(Clone, Debug)]
pub struct Saved(SlotCar);

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
pub struct Accelerator;

impl control::Button for Accelerator {
    type Pad = bool;

    const KEYMASKS: u32 = 2;

    fn held(buttons: impl IntoIterator<Item = Self>) -> bool {
        buttons.into_iter().next().is_some()
    }

    fn of_bits(buttons: u16, _: [i8; 2]) -> bool {
        buttons & 1 != 0
    }

    fn driving(action: DrivingAction) -> bool {
        action.accelerate
    }
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Failure(#[from] pub Error);

impl From<Infallible> for Failure {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

pub struct SlotCars;

impl RaceGame for SlotCars {
    type Machine = SlotCar;
    type Button = Accelerator;
    type Course = Track;
    /// A movie that plays in place of the agent.
    type Config = Vec<bool>;
    type Error = Failure;

    const GO_FRAME: u32 = 0;

    const FIRST_INPUT: u32 = 3;

    fn prepare(_: &Arc<[u8]>, movie: &Vec<bool>) -> Result<Prepared<Self>, Failure> {
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

    fn open(_: &Arc<[u8]>, _: &Vec<bool>) -> Result<SlotCar, Failure> {
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
            buttons: pressed.into(),
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
