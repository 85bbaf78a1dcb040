//! Playing a ghost on the emulator.

use anyhow::{Context, Result};
use desmume::{Cpu, Emulator, Options, Picture, Screens, State};
use env_kart::runs::outcome::RaceOutcome;
use env_mkds::facts;
use mkds_memory::{Race, Ram};
use nds_formats::pad::{Frame, Pad};

use crate::folder::Ghost;

/// Frames after the last input within which the race must finish: a save may lack the last inputs.
const AFTER_THE_INPUTS: u32 = 200;

/// A ghost's race.
pub struct Run<'a> {
    ghost: &'a Ghost,
    emulator: Emulator,
    counter: u32,
}

impl<'a> Run<'a> {
    /// Loads the ghost's state.
    ///
    /// # Errors
    /// When the emulator or the state fails, or the state has no race.
    pub fn new(rom: &[u8], ghost: &'a Ghost, cpu: Cpu) -> Result<Self> {
        let options = Options {
            cpu,
            ..Options::default()
        };
        let mut emulator = Emulator::open(rom, &options)?;
        emulator.load_state(&State::from_dst(&ghost.state, rom, &options)?)?;
        let mut run = Self {
            ghost,
            emulator,
            counter: 0,
        };
        run.counter = run.race()?.state().frame_counter();
        Ok(run)
    }

    /// Plays a frame; returns false after the finish, since the game then reads the cartridge, which is empty.
    ///
    /// # Errors
    /// The emulator's, and when RAM no longer holds the race.
    pub fn step(&mut self, picture: Picture) -> Result<bool> {
        let is_over = self.outcome()?.finished;
        if is_over || self.counter >= self.ghost.end() + AFTER_THE_INPUTS {
            return Ok(false);
        }
        self.emulator
            .step(&self.ghost.frame(self.counter), picture)?;
        self.counter += 1;
        let found = self.race()?.state().frame_counter();
        anyhow::ensure!(
            found == self.counter,
            "frame_counter: expected {}, found {found}",
            self.counter
        );
        Ok(true)
    }

    /// Plays to the end of the ghost's inputs.
    ///
    /// # Errors
    /// As [`Run::step`].
    pub fn play_inputs(&mut self) -> Result<()> {
        while self.counter < self.ghost.end() && self.step(Picture::Skip)? {}
        Ok(())
    }

    /// The total time, milliseconds, if `pad` is held from here to the finish. The run continues from here afterwards.
    ///
    /// # Errors
    /// The emulator's, and when RAM no longer holds the race.
    pub fn total_holding(&mut self, pad: Pad) -> Result<u32> {
        let here = self.emulator.save_state()?;
        for _ in 0..AFTER_THE_INPUTS {
            if self.outcome()?.finished {
                break;
            }
            self.emulator.step(&Frame::pad(pad), Picture::Skip)?;
        }
        let total = self.outcome()?.total_ms;
        self.emulator.load_state(&here)?;
        Ok(total)
    }

    /// Main RAM.
    ///
    /// # Errors
    /// RAM of no known build.
    pub fn ram(&self) -> Result<Ram<'_>> {
        Ok(Ram::new(self.emulator.main_ram())?)
    }

    /// The last drawn picture.
    pub fn screens(&self) -> Screens {
        self.emulator.screens()
    }

    /// The race in RAM.
    ///
    /// # Errors
    /// When there is none.
    pub fn race(&self) -> Result<Race<'_>> {
        self.ram()?
            .race()?
            .with_context(|| format!("no race after frame {}", self.counter))
    }

    /// The outcome of the race so far.
    ///
    /// # Errors
    /// When there is none.
    pub fn outcome(&self) -> Result<RaceOutcome> {
        Ok(RaceOutcome::of(&facts::read(&self.race()?, Pad::empty())?))
    }

    /// The race's frame counter.
    pub fn counter(&self) -> u32 {
        self.counter
    }
}
