//! A machine in memory, and a game of a few lines on it: sessions and windows are tested without an emulator.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use machine::{Buttons, FrameRate, Hardware, Held, Machine, Picture, PictureShape, Ram, State};
use serde::{Deserialize, Serialize};
use session::{Game, Input, Mark, MovieFormat};

/// Steps to the side of one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    pub steps: i8,
}

impl machine::Input for Steps {
    fn of(held: &Held) -> Self {
        let side = |button| i8::from(held.buttons.contains(button));
        Self {
            steps: side(Buttons::RIGHT) - side(Buttons::LEFT),
        }
    }
}

/// A walker on a ring of 256 places, who drifts one place a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walker {
    /// The place, and how many rings were walked.
    ram: [u8; 2],
    /// The place that is shown.
    drawn: u8,
    /// Shows no RAM, as a learnt world has none.
    hides_ram: bool,
}

impl Walker {
    /// A walker without RAM, as a learnt world is.
    pub fn without_ram() -> Self {
        Self {
            hides_ram: true,
            ..Self::default()
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("expected 2 bytes, found {0}")]
pub struct NoState(usize);

#[derive(Clone, Debug)]
pub struct Places([u8; 2]);

impl State for Places {
    type Error = NoState;

    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, NoState> {
        let places = bytes.try_into().map_err(|_| NoState(bytes.len()))?;
        Ok(Self(places))
    }
}

impl Machine for Walker {
    type Input = Steps;
    type State = Places;
    type Error = NoState;

    const HARDWARE: Hardware = Hardware {
        picture: PictureShape {
            width: 1,
            height: 1,
            count: 1,
            touch: None,
        },
        frame_rate: FrameRate {
            frames: 10,
            seconds: 1,
        },
        sample_rate: 0,
    };

    fn step(&mut self, input: &Steps, picture: Picture) -> Result<(), NoState> {
        let (place, is_round) = self.ram[0].overflowing_add_signed(input.steps.saturating_add(1));
        self.ram = [place, self.ram[1].wrapping_add(is_round.into())];
        if picture == Picture::Draw {
            self.drawn = place;
        }
        Ok(())
    }

    fn write_picture(&self, rgba: &mut [u8]) {
        rgba.copy_from_slice(&[self.drawn, 0, 0, 255]);
    }

    fn save_state(&mut self) -> Result<Places, NoState> {
        Ok(Places(self.ram))
    }

    fn load_state(&mut self, state: &Places) -> Result<(), NoState> {
        self.ram = state.0;
        Ok(())
    }

    fn hash(&self) -> u64 {
        u64::from(u16::from_le_bytes(self.ram))
    }

    fn ram(&self) -> Option<Ram<'_>> {
        (!self.hides_ram).then_some(Ram {
            base: 100,
            bytes: &self.ram,
        })
    }

    fn ram_mut(&mut self) -> Option<&mut [u8]> {
        (!self.hides_ram).then_some(&mut self.ram)
    }
}

/// The game: a ring is a lap.
#[derive(Clone, Debug)]
pub enum Walk {}

/// Rings walked up to the last frame, and whether it ended one.
#[derive(Clone, Debug, Default)]
pub struct Rings {
    rings: u8,
    events: Vec<u8>,
}

impl Game for Walk {
    type Machine = Walker;
    type Watch = Rings;
    type Event = u8;
    /// The frames that were noted.
    type Notes = Vec<u64>;
    type Movie = Vec<i8>;
    type Error = Infallible;

    const NAME: &'static str = "walker";

    const MOVIES: MovieFormat = MovieFormat {
        ending: "walk",
        is_one: |_| true,
    };

    fn watch(watch: &mut Rings, machine: &Walker) {
        watch.events.clear();
        if machine.ram[1] != watch.rings {
            watch.events.push(machine.ram[1]);
        }
        watch.rings = machine.ram[1];
    }

    fn events(watch: &Rings) -> &[u8] {
        &watch.events
    }

    fn describe(ring: &u8) -> String {
        format!("ring {ring}")
    }

    fn mark(_: &u8) -> Option<Mark> {
        Some(Mark::Lap)
    }

    fn note(notes: &mut Vec<u64>, frame: u64, _: &Walker) -> Result<(), Infallible> {
        assert_eq!(frame, notes.len() as u64, "every frame comes once");
        notes.push(frame);
        Ok(())
    }

    fn forget(notes: &mut Vec<u64>, frames: u64) {
        notes.retain(|frame| *frame < frames);
    }

    fn race_start(notes: &Vec<u64>) -> Option<i64> {
        (!notes.is_empty()).then_some(0)
    }

    fn take_inputs(movie: &mut Vec<i8>) -> Result<Vec<Input<Steps>>, Infallible> {
        let steps = std::mem::take(movie).into_iter();
        Ok(steps.map(|steps| Input::of(Steps { steps })).collect())
    }

    fn movie(
        _: &Vec<i8>,
        inputs: &[Input<Steps>],
        _: u64,
        _: Option<&Vec<u64>>,
    ) -> Result<Vec<i8>, Infallible> {
        Ok(inputs.iter().map(|input| input.frame.steps).collect())
    }

    fn movie_to_bytes(movie: &Vec<i8>) -> Vec<u8> {
        movie.iter().map(|steps| steps.cast_unsigned()).collect()
    }

    fn parse_movie(bytes: &[u8]) -> Result<Vec<i8>, Infallible> {
        Ok(bytes.iter().map(|byte| byte.cast_signed()).collect())
    }

    fn state_path(movie: &Path, _: &[u8]) -> Result<PathBuf, Infallible> {
        Ok(movie.with_extension("place"))
    }

    fn open(_: &[u8], _: &Vec<i8>, _: Option<&[u8]>) -> Result<Walker, Infallible> {
        Ok(Walker::default())
    }
}
