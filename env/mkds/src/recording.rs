//! The race of a movie as an environment sees it: for each frame the observation, the input and the reward.

use desmume::{Emulator, Picture};
use mkds_formats::ghost::{Combo, PLAYBACK_DELAY};
use mkds_formats::names;
use mkds_memory::{Race, Ram, course::Course};
use nds_formats::pad::Pad;

use crate::{
    Error, Result, menus,
    moment::{Circuit, Moment, Standing},
    observation::{Observation, Observer},
    replay::{self, Replay, ReplayOutcome},
    reward::{Rewarder, Rewards},
};

/// One frame of a race.
#[derive(Clone, Debug)]
pub struct RaceFrame {
    /// The observation before the frame.
    pub observation: Observation,
    /// The numbers before it.
    pub before: Standing,
    /// The buttons held in it.
    pub pad: Pad,
    /// The numbers after it.
    pub after: Standing,
    /// The reward for it.
    pub reward: f64,
}

/// The race of a movie that was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRace {
    /// Character, kart and course.
    pub combo: Combo,
    /// Whether the race finished, and in which time.
    pub outcome: ReplayOutcome,
    /// The laps that were finished, in milliseconds.
    pub lap_times_ms: Vec<u32>,
}

impl RecordedRace {
    /// The course's abbreviation in lower case, as file names and datasets have it.
    pub fn course_name(&self) -> String {
        names::course_code(self.combo.course)
    }
}

/// Plays a movie and observes its race, from the first frame in which inputs count to the finish.
#[derive(Debug)]
pub struct Recording {
    replay: Replay,
    observer: Observer,
    rewarder: Rewarder,
    /// The race's course, once there is a race.
    circuit: Option<Circuit>,
    /// The buttons held last, in the race.
    pad: Pad,
    combo: Option<Combo>,
    lap_times_ms: Vec<u32>,
}

impl Recording {
    /// A recording of the race that `replay` plays. `rewards` have no reference lines.
    ///
    /// # Errors
    /// [`Error::Setting`] for invalid rewards.
    pub fn new(replay: Replay, observer: Observer, rewards: Rewards) -> Result<Self> {
        let mut no_lines = |path: &std::path::Path| {
            Err(Error::Setting {
                setting: "reward.terms",
                expected: "terms without a reference line",
                found: path.display().to_string(),
            })
        };
        Ok(Self {
            replay,
            observer,
            rewarder: Rewarder::new(rewards, &mut no_lines)?,
            circuit: None,
            pad: Pad::empty(),
            combo: None,
            lap_times_ms: Vec::new(),
        })
    }

    /// Plays the movie's next frame, whose input is `pad`; returns the frame of the race, or `None` outside it.
    ///
    /// # Errors
    /// The emulator's, [`Error::RaceLost`] if the race is left before its finish, and [`Error::Diverged`] if the replay
    /// differs from the recorded race.
    pub fn step(&mut self, pad: Pad, picture: Picture) -> Result<Option<RaceFrame>> {
        let before = self.look()?;
        self.replay.step(picture)?;
        let frame = match before {
            Some((observation, before)) => Some(self.advance(observation, before, pad)?),
            None => None,
        };
        match self.replay.divergence() {
            Some(divergence) => Err(Error::Diverged(divergence.clone())),
            None => Ok(frame),
        }
    }

    /// The observation and numbers before the next frame; `None` outside a race and before the frames in which inputs
    /// count.
    fn look(&mut self) -> Result<Option<(Observation, Standing)>> {
        if self.replay.outcome().finished {
            return Ok(None);
        }
        let Some(race) = race(&self.replay)? else {
            return Ok(None);
        };
        if race.state().frame_counter() as usize <= PLAYBACK_DELAY {
            return Ok(None);
        }
        let circuit = match &mut self.circuit {
            Some(circuit) => circuit,
            none => none.insert(Circuit::new(Course::read(&race)?)),
        };
        let moment = Moment::new(race, circuit, self.pad)?;
        let mut observation = Observation::default();
        self.observer.observe(&moment, &mut observation);
        Ok(Some((observation, moment.now)))
    }

    /// The frame of the race that was played last.
    fn advance(
        &mut self,
        observation: Observation,
        before: Standing,
        pad: Pad,
    ) -> Result<RaceFrame> {
        self.pad = pad;
        let lost = Error::RaceLost {
            frame: self.replay.emulator().frame_count(),
        };
        let (Some(circuit), Some(race)) = (&self.circuit, race(&self.replay)?) else {
            return Err(lost);
        };
        let moment = Moment::new(race, circuit, pad)?;
        self.combo = menus::combo(&race).or(self.combo);
        self.lap_times_ms = replay::lap_times_ms(&race)?;
        Ok(RaceFrame {
            observation,
            before,
            pad,
            reward: self.rewarder.reward(&moment, &before),
            after: moment.now,
        })
    }

    /// The emulator, after the frame last played.
    pub fn emulator(&self) -> &Emulator {
        self.replay.emulator()
    }

    /// Ends the recording once all frames were played.
    ///
    /// # Errors
    /// As [`Replay::require_finish`], and [`Error::RaceMissing`].
    pub fn finish(self) -> Result<RecordedRace> {
        self.replay.require_finish()?;
        let combo = self.combo.ok_or(Error::RaceMissing)?;
        Ok(RecordedRace {
            combo,
            outcome: self.replay.outcome(),
            lap_times_ms: self.lap_times_ms,
        })
    }
}

fn race(replay: &Replay) -> Result<Option<Race<'_>>> {
    Ok(Ram::new(replay.emulator().main_ram())?.race()?)
}
