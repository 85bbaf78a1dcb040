//! The configuration of an environment: race, observation, actions, rewards and episode ends, in code or in a TOML or
//! JSON file.
//!
//! ```
//! use env_mk64::config::RaceEnvConfig;
//!
//! let config = RaceEnvConfig::from_toml(r#"
//!     character = "Peach"
//!     course = "Mario Raceway"
//!     frame_skip = 2
//!     actions = { stick = { reach = 80, buttons = ["a", "b", "r"] } }
//!     terminate = "race_end"
//!     truncate = { any = [{ steps = 2000 }, { stuck = { frames = 600 } }] }
//!
//!     [[observation]]
//!     term = "rays"
//!     count = 32
//!
//!     [[reward.terms]]
//!     term = "progress"
//!     weight = 100.0
//! "#)?;
//! assert_eq!(RaceEnvConfig::from_json(&config.to_json())?, config);
//! # Ok::<(), env_mk64::Error>(())
//! ```

use std::sync::Arc;

use env_kart::beginning;
use env_kart::ending::Ending;
use env_kart::observation::Term;
use env_kart::reward::{RewardTerm, Rewards};
use env_kart::settings::Settings;
use mk64_formats::names::{CHARACTERS, COURSES, Course};
use mupen64plus::{Options, Storage};
use serde::{Deserialize, Serialize};

use crate::combo::{Combo, Mode};
use crate::control::{ActionSet, Button, STICK_REACH};
use crate::facts::GO_TICK;
use crate::pixels::Pixels;
use crate::{Error, Result, menus};

pub use env_kart::beginning::{StartVariation, States};
pub use env_kart::choice::NumberOrName;

/// Vertical interrupts in a frame that the game draws in a race for one player. It reads the pad once in it.
pub const INTERRUPTS_PER_FRAME: u32 = 2;

/// The tick of starts on the grid that name none: half a second before the start signal.
pub const GRID_TICK: u32 = GO_TICK - 30;

/// The first tick of the countdown that a start may name.
const COUNTDOWN: u32 = 10;

/// How episodes begin; see [`env_kart::beginning::Start`]. Frames are ticks of the race, of which the start signal comes
/// with [`GO_TICK`]. States are read as [`mupen64plus::State::bytes`] writes them.
pub type Start = beginning::Start<GRID_TICK>;

/// The source of the states that episodes begin with; see [`env_kart::beginning::StartFrom`].
pub type StartFrom = beginning::StartFrom<GRID_TICK>;

/// The game that a configuration is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Game {
    /// Mario Kart 64.
    #[default]
    #[serde(rename = "mk64")]
    MarioKart64,
}

/// The configuration of a race environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RaceEnvConfig {
    /// The game: `"mk64"`. Whatever reads configurations of several games tells by it which one this is of.
    pub game: Game,
    /// The character.
    pub character: NumberOrName,
    /// The course: the game's number, its name, or its abbreviation.
    pub course: NumberOrName,
    /// The mode: `"time_trial"` or `{ grand_prix = "150cc" }`.
    pub mode: Mode,
    /// How many of the frames that the game draws each action is held, at least 1. Rewards and endings count ticks
    /// instead, of which a frame has two.
    pub frame_skip: u32,
    /// The terms of the observation, in order.
    pub observation: Vec<Term>,
    /// The picture, as the last field of the observation.
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
    pub saved: Vec<(Storage, Arc<[u8]>)>,
}

impl Default for RaceEnvConfig {
    /// As [`RaceEnvConfig::driving`], for Mario in a time trial on the first course of the first cup.
    fn default() -> Self {
        Self::driving(Combo {
            character: 0,
            course: COURSES[0].id,
            mode: Mode::TimeTrial,
        })
    }
}

impl RaceEnvConfig {
    /// Figures of gym-mupen64plus: frames that an action is held, steps of an episode, rewards.
    const PUBLISHED_SKIP: u32 = 5;
    const PUBLISHED_STEPS: u32 = 1250;
    const PUBLISHED_STEP: f64 = -0.1;
    const PUBLISHED_LAP: f64 = 100.0;
    const PUBLISHED_CHECKPOINT: f64 = 0.5;
    const PUBLISHED_BACKWARDS: f64 = -1.0;
    const PUBLISHED_END: f64 = 1000.0;
    const PUBLISHED_STEP_LEFT: f64 = 5.0;

    /// The preset `MarioKart64Driving-v0`: the observation and actions of datasets and models, [`Term::driving`] and
    /// [`ActionSet::Driving`], two frames a step, starting shortly before the start signal; truncated after 4000 steps
    /// or when the kart is stuck.
    #[must_use]
    pub fn driving(combo: Combo) -> Self {
        Self {
            game: Game::MarioKart64,
            character: NumberOrName::Number(combo.character),
            course: NumberOrName::Number(combo.course),
            mode: combo.mode,
            frame_skip: 2,
            observation: Term::driving(),
            pixels: None,
            actions: ActionSet::Driving,
            reward: Rewards::default(),
            terminate: Ending::RaceEnd,
            truncate: Ending::Any(vec![Ending::Steps(4000), Ending::stuck()]),
            start: Start::default(),
            render: false,
            options: Options::default(),
            saved: Vec::new(),
        }
    }

    /// The preset `MarioKart64-v0`, for those who come from gym-mupen64plus (source: its code): the picture, the twelve
    /// actions, five frames a step, from the countdown to the finish or for 1,250 steps. Its rewards are read from RAM: for
    /// each step, lap and checkpoint, for driving backwards, for the finish, the more the earlier it is.
    #[must_use]
    pub fn mario_kart_64_v0() -> Self {
        // Here each tick is rewarded, there each step.
        let ticks = Self::PUBLISHED_SKIP * INTERRUPTS_PER_FRAME;
        let of_a_tick = |of_a_step: f64| of_a_step / f64::from(ticks);
        Self {
            frame_skip: Self::PUBLISHED_SKIP,
            observation: Vec::new(),
            pixels: Some(Pixels::whole()),
            actions: twelve_actions(),
            reward: Rewards {
                terms: vec![
                    RewardTerm::Time {
                        value: of_a_tick(Self::PUBLISHED_STEP),
                    },
                    RewardTerm::Lap {
                        value: Self::PUBLISHED_LAP,
                    },
                    RewardTerm::Checkpoint {
                        value: Self::PUBLISHED_CHECKPOINT,
                    },
                    RewardTerm::Backwards {
                        value: Self::PUBLISHED_BACKWARDS,
                    },
                    // There the finish is rewarded in place of the last lap.
                    RewardTerm::Finish {
                        value: Self::PUBLISHED_END - Self::PUBLISHED_LAP,
                    },
                    RewardTerm::EarlyFinish {
                        value: of_a_tick(Self::PUBLISHED_STEP_LEFT),
                        frames: Self::PUBLISHED_STEPS * ticks,
                    },
                ],
                clip: None,
            },
            truncate: Ending::Steps(Self::PUBLISHED_STEPS),
            start: Start {
                from: StartFrom::Grid { frame: COUNTDOWN },
                vary: StartVariation::default(),
            },
            ..Self::default()
        }
    }

    /// The preset `MarioKart64Pixels-v0`: four grey pictures of 84 x 84, two frames a step, six combinations of stick and
    /// buttons.
    #[must_use]
    pub fn pixels_v0() -> Self {
        use Button::{A, B, R, Stick};
        const LEFT: Button = Stick([-STICK_REACH, 0]);
        const RIGHT: Button = Stick([STICK_REACH, 0]);
        Self {
            observation: Vec::new(),
            pixels: Some(Pixels::default()),
            actions: ActionSet::Choice(vec![
                vec![A],
                vec![A, LEFT],
                vec![A, RIGHT],
                vec![A, R, LEFT],
                vec![A, R, RIGHT],
                vec![B],
            ]),
            ..Self::default()
        }
    }

    /// The preset `MarioKart64Both-v0`: as [`RaceEnvConfig::driving`], with the pictures of
    /// [`RaceEnvConfig::pixels_v0`] as the last field.
    #[must_use]
    pub fn both_v0() -> Self {
        Self {
            pixels: Some(Pixels::default()),
            ..Self::default()
        }
    }

    /// Which race it is.
    ///
    /// # Errors
    /// [`env_kart::Error::Setting`] for unknown names and numbers, [`Error::NotInMenus`] for a race that the menus do
    /// not offer.
    pub fn combo(&self) -> Result<Combo> {
        let course = match &self.course {
            NumberOrName::Number(id) => Course::by_id(*id),
            NumberOrName::Name(name) => COURSES
                .iter()
                .find(|course| course.name.eq_ignore_ascii_case(name))
                .or_else(|| Course::by_abbreviation(name)),
        };
        let course = course.ok_or_else(|| {
            let expected = "a race course's name or abbreviation, as LR, or the game's number";
            self.course.refusal("course", expected)
        })?;
        let combo = Combo {
            character: self.character.among("character", &CHARACTERS)?,
            course: course.id,
            mode: self.mode,
        };
        menus::check(&combo)?;
        Ok(combo)
    }

    /// Those of its settings that every game has.
    pub(crate) fn settings(&self) -> Settings<'_, Button, GRID_TICK> {
        Settings {
            frame_skip: self.frame_skip.saturating_mul(INTERRUPTS_PER_FRAME),
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
    /// As [`RaceEnvConfig::combo`], for the first invalid setting.
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
    ///
    /// # Panics
    /// Never: it has names and numbers alone.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("names and numbers")
    }
}

/// The twelve actions of gym-mupen64plus, in its order: nothing, straight on, brake, back up, and with the accelerator held
/// the stick a quarter, a half, three quarters and all of its reach to the left, then to the right.
#[must_use]
pub fn twelve_actions() -> ActionSet {
    use Button::{A, B, Stick};
    let mut actions = vec![vec![], vec![A], vec![B], vec![Stick([0, -STICK_REACH]), B]];
    for quarter in [-STICK_REACH / 4, STICK_REACH / 4] {
        actions.extend((1..=4).map(|count| vec![Stick([count * quarter, 0]), A]));
    }
    ActionSet::Choice(actions)
}
