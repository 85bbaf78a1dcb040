//! How episodes begin: the states that they start from, and random changes to them.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, Result};

/// How episodes begin. Starts on the grid wait for frame `GRID` of the race unless they name another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start<const GRID: u32> {
    /// The states that episodes begin with.
    #[serde(default)]
    pub from: StartFrom<GRID>,
    /// How those states are varied.
    #[serde(default)]
    pub vary: StartVariation,
}

impl<const GRID: u32> Start<GRID> {
    /// The most states that episodes may begin with: each may take several megabytes.
    const MOST_STATES: RangeInclusive<usize> = 1..=256;
    /// The earliest frame is not 0, since menus lead to one of a race's first frames.
    const FRAMES: RangeInclusive<u32> = 10..=100_000;

    /// Checks the settings. The files that they name are not read.
    ///
    /// # Errors
    /// [`Error::Setting`] with the first invalid setting.
    pub fn check(&self) -> Result<()> {
        self.vary.check()?;
        let setting =
            |setting, expected, found: String| Err(Error::setting(setting, expected, found));
        match &self.from {
            StartFrom::Grid { frame } if !Self::FRAMES.contains(frame) => {
                setting("start.from.grid.frame", "10 to 100000", frame.to_string())
            }
            StartFrom::Lap { count } if !Self::MOST_STATES.contains(count) => {
                setting("start.from.lap.count", "1 to 256", count.to_string())
            }
            StartFrom::States(States {
                frame: Some(frame), ..
            }) if !Self::FRAMES.contains(frame) => {
                setting("start.from.states.frame", "10 to 100000", frame.to_string())
            }
            StartFrom::States(States { files, .. })
                if !Self::MOST_STATES.contains(&files.len()) =>
            {
                let found = format!("{} files", files.len());
                setting("start.from.states.files", "1 to 256 files", found)
            }
            _ => Ok(()),
        }
    }
}

/// The source of the states that episodes begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StartFrom<const GRID: u32> {
    /// Power-on; there is no race until the agent has gone through the menus.
    PowerOn,
    /// The grid of a time trial, at a frame of the race.
    Grid {
        /// The race's own count of frames, from 10 on; by default `GRID`.
        #[serde(default = "grid_frame::<GRID>")]
        frame: u32,
    },
    /// States along a lap of the scripted driver, evenly by progress; each reset draws one.
    Lap {
        /// How many.
        count: usize,
    },
    /// States saved to files; each reset draws one.
    States(States),
    /// A frame of a movie.
    Movie {
        /// The movie.
        path: PathBuf,
        /// The frame, counted from 0. By default the start signal of the movie's race, or the first frame of a movie
        /// that starts from a later state.
        #[serde(default)]
        frame: Option<u64>,
        /// Whether the movie continues to play, in place of the agent, until it ends.
        #[serde(default)]
        play_on: bool,
    },
}

const fn grid_frame<const GRID: u32>() -> u32 {
    GRID
}

impl<const GRID: u32> Default for StartFrom<GRID> {
    fn default() -> Self {
        Self::Grid { frame: GRID }
    }
}

/// Files of save states. A configuration may write them as a bare list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct States {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The race's own count of frames, from 10 on: states from earlier in the race wait for this frame with no buttons
    /// held. By default no state waits.
    pub frame: Option<u32>,
}

impl<'de> Deserialize<'de> for States {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(StatesVisitor)
    }
}

struct StatesVisitor;

impl<'de> Visitor<'de> for StatesVisitor {
    type Value = States;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of files, or files and a frame")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> std::result::Result<States, A::Error> {
        let files = Vec::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(States { files, frame: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<States, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            files: Vec<PathBuf>,
            #[serde(default)]
            frame: Option<u32>,
        }
        let Fields { files, frame } = Fields::deserialize(MapAccessDeserializer::new(map))?;
        Ok(States { files, frame })
    }
}

/// Random changes to the state that an episode begins with. Each value is drawn uniformly, by the reset's seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StartVariation {
    /// The kart is moved up to this far to either side, units.
    pub lateral: f32,
    /// The kart is turned up to this far to either side, radians.
    pub heading: f32,
    /// Up to this many frames pass before the driver takes over.
    pub wait_frames: u32,
}

impl StartVariation {
    /// Checks that lengths and angles are numbers from 0 on.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn check(self) -> Result<()> {
        for (setting, value) in [
            ("start.vary.lateral", self.lateral),
            ("start.vary.heading", self.heading),
        ] {
            if !value.is_finite() || value < 0.0 {
                let found = value.to_string();
                return Err(Error::setting(setting, "a number from 0 on", found));
            }
        }
        Ok(())
    }
}
