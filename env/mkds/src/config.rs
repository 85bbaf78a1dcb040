//! The configuration of an environment: race, observation, actions, rewards and episode ends, in code or in a TOML or
//! JSON file.
//!
//! ```
//! use env_mkds::config::RaceEnvConfig;
//!
//! let config = RaceEnvConfig::from_toml(r#"
//!     course = "lm"
//!     frame_skip = 4
//!     actions = "driving"
//!     terminate = "race_end"
//!     truncate = { any = [{ steps = 2000 }, { stuck = { frames = 600 } }, { wrong_way = { frames = 120 } }] }
//!
//!     [start]
//!     from = { lap = { count = 20 } }
//!     vary = { heading = 0.1 }
//!
//!     [[observation]]
//!     term = "rays"
//!     count = 32
//!
//!     [[observation]]
//!     term = "motion"
//!
//!     [[reward.terms]]
//!     term = "progress"
//!     weight = 100.0
//!
//!     [[reward.terms]]
//!     term = "wall"
//!     value = -0.1
//! "#)?;
//! assert_eq!(config.frame_skip, 4);
//! assert_eq!(RaceEnvConfig::from_json(&config.to_json())?, config);
//! # Ok::<(), env_mkds::Error>(())
//! ```

use std::sync::Arc;

use desmume::Options;
use env_kart::{
    beginning,
    ending::Ending,
    observation::{Buttons, Rays, Term, TimeTrialV1},
    reward::{RewardTerm, Rewards},
    settings::Settings,
};
use mkds_formats::ghost::Combo;
use mkds_formats::names::{CHARACTERS, Course, KARTS};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    control::{ActionSet, Button},
    facts::GO_FRAME,
    pixels::Pixels,
};

pub use env_kart::beginning::{StartVariation, States};
pub use env_kart::choice::NumberOrName;

/// `frameCounter` of starts on the grid that name none: half a second before the start signal.
pub const GRID_FRAME: u32 = GO_FRAME - 30;

/// How episodes begin; see [`env_kart::beginning::Start`]. Frames are of `frameCounter`, and the race starts at frame
/// 301. States are read as [`desmume::State::bytes`] writes them, or DeSmuME.
pub type Start = beginning::Start<GRID_FRAME>;

/// The source of the states that episodes begin with; see [`env_kart::beginning::StartFrom`].
pub type StartFrom = beginning::StartFrom<GRID_FRAME>;

/// The game that a configuration is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Game {
    /// Mario Kart DS.
    #[default]
    #[serde(rename = "mkds")]
    MarioKartDs,
}

/// The configuration of a race environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RaceEnvConfig {
    /// The game: `"mkds"`. Configurations without it are of this game, so that it is not written.
    #[serde(skip_serializing)]
    pub game: Game,
    /// The character.
    pub character: NumberOrName,
    /// The kart.
    pub kart: NumberOrName,
    /// The course.
    pub course: NumberOrName,
    /// Frames that each action is held, at least 1.
    pub frame_skip: u32,
    /// The terms of the observation, in order.
    pub observation: Vec<Term>,
    /// The screens, as the last field of the observation.
    pub pixels: Option<Pixels>,
    /// The set of actions.
    pub actions: ActionSet,
    /// The rewards.
    pub reward: Rewards,
    /// The event that terminates an episode.
    pub terminate: Ending,
    /// The event that truncates an episode.
    pub truncate: Ending,
    /// The starts of episodes.
    pub start: Start,
    /// Whether each step draws its last frame, for [`env_core::Env::render`].
    #[serde(skip)]
    pub render: bool,
    /// The emulator's options.
    #[serde(skip)]
    pub options: Options,
    /// The save memory to power on with.
    #[serde(skip)]
    pub battery: Option<Arc<[u8]>>,
}

impl Default for RaceEnvConfig {
    /// As [`RaceEnvConfig::driving`], for Mario in his first kart on the course in the first slot.
    fn default() -> Self {
        Self::driving(Combo {
            character: 0,
            kart: 0,
            course: mkds_formats::names::COURSE_SLOTS[0].id,
        })
    }
}

impl RaceEnvConfig {
    /// The preset `Driving-v0`: what datasets and models observe and press, [`Term::driving`] and
    /// [`ActionSet::Driving`], four frames a step, starting shortly before the start signal; truncated after 4000 steps
    /// or when the kart is stuck. Datasets and models name their own step length.
    pub fn driving(combo: Combo) -> Self {
        Self {
            game: Game::MarioKartDs,
            character: NumberOrName::Number(combo.character),
            kart: NumberOrName::Number(combo.kart),
            course: NumberOrName::Number(combo.course),
            frame_skip: 4,
            observation: Term::driving(),
            pixels: None,
            actions: ActionSet::Driving,
            reward: Rewards::default(),
            terminate: Ending::RaceEnd,
            truncate: Ending::Any(vec![Ending::Steps(4000), Ending::stuck()]),
            start: Start::default(),
            render: false,
            options: Options::default(),
            battery: None,
        }
    }

    /// The preset `MarioKartDS-v0`, as published (source: gym-mkds): the observation is rays to the road's edge and the
    /// keypad bits, the action is the keypad bits, progress is rewarded with 1 for the whole race, and the race's end
    /// terminates. Episodes begin on the grid.
    pub fn mario_kart_ds_v0(ray_max_dist: f32, ray_count: usize) -> Self {
        Self {
            frame_skip: 1,
            observation: vec![
                Term::Rays(Rays {
                    range: ray_max_dist,
                    count: ray_count,
                    ..Rays::default()
                }),
                Term::Buttons(Buttons {}),
            ],
            actions: ActionSet::Keymask,
            reward: Rewards {
                terms: vec![RewardTerm::Progress { weight: 1.0 }],
                clip: None,
            },
            truncate: Ending::Never,
            ..Self::default()
        }
    }

    /// The preset `TimeTrial-v1`, as published (source: marIOkart): its observation dictionary, latched drifts, rewards
    /// for drifts, boosts and speed, truncation of slow karts, and 20 starts along a lap.
    pub fn time_trial_v1() -> Self {
        Self {
            frame_skip: 1,
            observation: vec![Term::TimeTrialV1(TimeTrialV1 {})],
            actions: ActionSet::DriftLatch,
            reward: Rewards {
                terms: vec![
                    RewardTerm::Boost { value: 0.5 },
                    RewardTerm::Charge { value: 1.0 },
                    RewardTerm::Drift { value: 0.2 },
                    RewardTerm::Slow {
                        below: 0.4,
                        value: -1.0,
                    },
                    RewardTerm::Time { value: -0.2 },
                    RewardTerm::Speed { weight: 0.5 },
                    RewardTerm::CheckpointAngle {
                        value: 0.2,
                        within: 0.3,
                        within_drifting: 0.5,
                    },
                ],
                clip: Some(2.0),
            },
            truncate: Ending::SlowSpeed {
                below: 0.4,
                frames: 120,
            },
            start: Start {
                from: StartFrom::Lap { count: 20 },
                vary: StartVariation::default(),
            },
            ..Self::default()
        }
    }

    /// The preset `Pixels-v0`: four grey pictures of 84 x 84, four frames a step, six combinations of buttons.
    pub fn pixels_v0() -> Self {
        use Button::{A, B, Left, R, Right};
        Self {
            observation: Vec::new(),
            pixels: Some(Pixels::default()),
            actions: ActionSet::Choice(vec![
                vec![A],
                vec![A, Left],
                vec![A, Right],
                vec![A, R, Left],
                vec![A, R, Right],
                vec![B],
            ]),
            ..Self::default()
        }
    }

    /// The ids of character, kart and course.
    ///
    /// # Errors
    /// [`env_kart::Error::Setting`] for unknown names and numbers.
    pub fn combo(&self) -> Result<Combo> {
        let course = match &self.course {
            NumberOrName::Number(id) => Some(*id),
            NumberOrName::Name(name) => Course::by_abbreviation(name).map(|course| course.id),
        };
        Ok(Combo {
            character: self.character.among("character", &CHARACTERS)?,
            kart: self.kart.among("kart", &KARTS)?,
            course: course.ok_or_else(|| {
                let expected = "a course's abbreviation, as f8c";
                self.course.refusal("course", expected)
            })?,
        })
    }

    /// Those of its settings that every game has.
    pub(crate) fn settings(&self) -> Settings<'_, Button, GRID_FRAME> {
        Settings {
            frame_skip: self.frame_skip,
            observation: &self.observation,
            pictures: self.pixels.map(|pixels| pixels.pictures()),
            actions: &self.actions,
            reward: &self.reward,
            terminate: &self.terminate,
            truncate: &self.truncate,
            start: &self.start,
            render: self.render,
        }
    }

    /// Checks all settings that can be checked without the game.
    ///
    /// # Errors
    /// [`env_kart::Error::Setting`] with the first invalid setting.
    pub fn check(&self) -> Result<()> {
        self.combo()?;
        Ok(self.settings().check()?)
    }

    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// [`Error::Config`] with the place of a malformed or unknown setting, and as [`RaceEnvConfig::check`].
    pub fn from_toml(text: &str) -> Result<Self> {
        let config: Self =
            toml::from_str(text).map_err(|error| Error::Config(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// As [`RaceEnvConfig::from_toml`].
    pub fn from_json(text: &str) -> Result<Self> {
        let config: Self =
            serde_json::from_str(text).map_err(|error| Error::Config(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// The configuration as JSON, for [`RaceEnvConfig::from_json`].
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("names and numbers")
    }
}
