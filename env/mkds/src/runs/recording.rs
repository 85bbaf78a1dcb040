//! The race of a movie as an environment sees it: for each frame the observation, the input and the reward.

use desmume::{Emulator, Picture};
use env_kart::{
    facts::Facts,
    observation::{Observation, Observer},
    reward::{Rewarder, Rewards},
};
use mkds_formats::ghost::{Combo, PLAYBACK_DELAY};
use mkds_formats::names;
use mkds_memory::course::Course;
use nds_formats::pad::Pad;

use super::{
    outcome::{self, RaceOutcome},
    replay::Replay,
};
use crate::{Error, Result, emulated, facts, menus};

/// One frame of a race.
#[derive(Clone, Debug)]
pub struct RaceFrame {
    /// The observation before the frame.
    pub observation: Observation,
    /// The numbers before it.
    pub before: Facts,
    /// The buttons held in it.
    pub pad: Pad,
    /// The numbers after it.
    pub after: Facts,
    /// The reward for it.
    pub reward: f64,
}

/// The race of a movie that was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRace {
    /// Character, kart and course.
    pub combo: Combo,
    /// Whether the race finished, and in which time.
    pub outcome: RaceOutcome,
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
    course: Option<Course>,
    /// The buttons held last, in the race.
    pad: Pad,
    combo: Option<Combo>,
    lap_times_ms: Vec<u32>,
}

impl Recording {
    /// A recording of the race that `replay` plays. `rewards` have no reference lines.
    ///
    /// # Errors
    /// [`env_kart::Error::Setting`] for invalid rewards.
    pub fn new(replay: Replay, observer: Observer, rewards: Rewards) -> Result<Self> {
        let mut no_lines = |path: &std::path::Path| {
            let found = path.display().to_string();
            let expected = "terms without a reference line";
            Err(Error::setting("reward.terms", expected, found))
        };
        Ok(Self {
            replay,
            observer,
            rewarder: Rewarder::new(rewards, &mut no_lines)?,
            course: None,
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
    fn look(&mut self) -> Result<Option<(Observation, Facts)>> {
        if self.replay.outcome().finished {
            return Ok(None);
        }
        let Some(race) = emulated::find_race(self.replay.emulator())? else {
            return Ok(None);
        };
        if race.state().frame_counter() as usize <= PLAYBACK_DELAY {
            return Ok(None);
        }
        let course = match &mut self.course {
            Some(course) => course,
            none => none.insert(Course::read(&race)?),
        };
        let moment = facts::moment(&race, course, self.pad)?;
        let mut observation = Observation::default();
        self.observer.observe(&moment, &mut observation);
        Ok(Some((observation, moment.now)))
    }

    /// The frame of the race that was played last.
    fn advance(&mut self, observation: Observation, before: Facts, pad: Pad) -> Result<RaceFrame> {
        self.pad = pad;
        let lost = Error::RaceLost {
            frame: self.replay.emulator().frame_count(),
        };
        let race = emulated::find_race(self.replay.emulator())?;
        let (Some(course), Some(race)) = (&self.course, race) else {
            return Err(lost);
        };
        let moment = facts::moment(&race, course, pad)?;
        self.combo = menus::combo(&race).or(self.combo);
        self.lap_times_ms = outcome::lap_times_ms(&race)?;
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
