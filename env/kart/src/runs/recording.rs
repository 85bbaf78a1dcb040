//! The race of a movie as an environment sees it: for each frame the observation, the input and the reward.

use machine::Picture;

use super::{MachineOf, RunGame, RunResult, nothing_held, outcome::RaceOutcome, replay::Replay};
use crate::{
    Error,
    driver::race_frame,
    facts::Facts,
    moment::Moment,
    observation::{Observation, Observer},
    race_env::{PadOf, RaceGame},
    reward::{Rewarder, Rewards},
};

/// The frame of a movie that is played next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Its index in the movie.
    pub frame: u64,
    /// Whether it will be a frame of the race.
    pub is_race: bool,
}

/// A frame of a movie that was played.
#[derive(Clone, Debug)]
pub struct Played<G: RaceGame> {
    /// Its index in the movie.
    pub frame: u64,
    /// What was held on the pad in it.
    pub pad: PadOf<G>,
    /// What the race was like; `None` outside a race.
    pub race: Option<RaceFrame>,
}

/// One frame of a race.
#[derive(Clone, Debug)]
pub struct RaceFrame {
    /// The observation before the frame.
    pub observation: Observation,
    /// The facts before it.
    pub before: Facts,
    /// The facts after it.
    pub after: Facts,
    /// The reward for it.
    pub reward: f64,
}

/// The race of a movie that was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRace<G: RunGame> {
    /// Which race it is.
    pub combo: G::Combo,
    /// Whether the race finished, and in which time.
    pub outcome: RaceOutcome,
    /// The laps that were finished, in milliseconds.
    pub lap_times_ms: Vec<u32>,
}

/// Plays a movie and observes its race, from the first frame in which inputs count to the finish.
pub struct Recording<G: RunGame> {
    replay: Replay<G>,
    observer: Observer,
    rewarder: Rewarder,
    /// The race's course, once there is a race.
    course: Option<G::Course>,
    /// What was held last, in the race.
    pad: PadOf<G>,
    combo: Option<G::Combo>,
    lap_times_ms: Vec<u32>,
}

impl<G: RunGame> std::fmt::Debug for Recording<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}

impl<G: RunGame> Recording<G> {
    /// A recording of the race that `replay` plays. `rewards` have no reference lines.
    ///
    /// # Errors
    /// [`Error::Setting`] for invalid rewards.
    pub fn new(replay: Replay<G>, observer: Observer, rewards: Rewards) -> RunResult<Self, G> {
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
            pad: nothing_held::<G>(),
            combo: None,
            lap_times_ms: Vec::new(),
        })
    }

    /// Plays the movie's next frame, whose picture is drawn or not as `picture` says; `None` after the last one.
    ///
    /// # Errors
    /// The machine's, [`Error::RaceLost`] if the race is left before its finish, and [`Error::Diverged`] if the replay
    /// differs from the recorded race.
    pub fn step(
        &mut self,
        picture: impl FnOnce(Ahead) -> Picture,
    ) -> RunResult<Option<Played<G>>, G> {
        let Some(pad) = self.replay.next_input().map(G::pad) else {
            return Ok(None);
        };
        let before = self.look()?;
        let ahead = Ahead {
            frame: self.replay.next_frame(),
            is_race: before.is_some(),
        };
        let Some(frame) = self.replay.step(picture(ahead))? else {
            return Ok(None);
        };
        let race = match before {
            Some((observation, before)) => Some(self.advance(frame, observation, before, pad)?),
            None => None,
        };
        match self.replay.divergence() {
            Some(divergence) => Err(Error::Diverged(divergence.clone()).into()),
            None => Ok(Some(Played { frame, pad, race })),
        }
    }

    /// The observation and facts before the next frame; `None` outside a race and before the frames in which inputs
    /// count.
    fn look(&mut self) -> RunResult<Option<(Observation, Facts)>, G> {
        if self.replay.outcome().finished {
            return Ok(None);
        }
        let machine = self.replay.machine();
        let Some(facts) = G::facts(machine, self.pad)? else {
            return Ok(None);
        };
        if race_frame::<G>(&facts) < G::FIRST_INPUT {
            return Ok(None);
        }
        let course = match &mut self.course {
            Some(course) => course,
            none => none.insert(G::read_course(machine)?),
        };
        let moment = Moment::new(facts, G::track(course));
        let mut observation = Observation::default();
        self.observer.observe(&moment, &mut observation);
        Ok(Some((observation, moment.now)))
    }

    /// The frame of the race that was played last.
    fn advance(
        &mut self,
        frame: u64,
        observation: Observation,
        before: Facts,
        pad: PadOf<G>,
    ) -> RunResult<RaceFrame, G> {
        self.pad = pad;
        let machine = self.replay.machine();
        let (Some(course), Some(facts)) = (&self.course, G::facts(machine, pad)?) else {
            return Err(Error::RaceLost { frame: frame + 1 }.into());
        };
        let moment = Moment::new(facts, G::track(course));
        self.combo = G::combo(machine)?.or(self.combo);
        self.lap_times_ms = G::lap_times_ms(machine)?;
        Ok(RaceFrame {
            observation,
            before,
            reward: self.rewarder.reward(&moment, &before),
            after: moment.now,
        })
    }

    /// The machine, after the frame last played.
    pub fn machine(&self) -> &MachineOf<G> {
        self.replay.machine()
    }

    /// Ends the recording once all frames were played.
    ///
    /// # Errors
    /// As [`Replay::require_finish`], and [`Error::RaceMissing`].
    pub fn finish(self) -> RunResult<RecordedRace<G>, G> {
        self.replay.require_finish()?;
        let combo = self.combo.ok_or(Error::RaceMissing)?;
        Ok(RecordedRace {
            combo,
            outcome: self.replay.outcome(),
            lap_times_ms: self.lap_times_ms,
        })
    }
}
