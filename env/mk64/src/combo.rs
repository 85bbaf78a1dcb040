//! Which race: character, course and mode.

use std::fmt;

use mk64_formats::names::{CHARACTERS, CLASSES, Course};
use mk64_memory::Race;
use mk64_memory::game::{EngineClass, GameMode};
use mk64_memory::symbols;
use serde::{Deserialize, Serialize};

use crate::Result;

/// The engines of a Grand Prix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// 50 cc.
    #[serde(rename = "50cc")]
    Cc50,
    /// 100 cc, the engines of time trials.
    #[default]
    #[serde(rename = "100cc")]
    Cc100,
    /// 150 cc.
    #[serde(rename = "150cc")]
    Cc150,
    /// 150 cc on mirrored courses. A game offers it once its player has earned it.
    #[serde(rename = "extra")]
    Extra,
}

impl Class {
    /// In menu order.
    pub(crate) const ALL: [Self; 4] = [Self::Cc50, Self::Cc100, Self::Cc150, Self::Extra];

    /// The game's number.
    #[must_use]
    pub const fn number(self) -> EngineClass {
        match self {
            Self::Cc50 => EngineClass::CC_50,
            Self::Cc100 => EngineClass::CC_100,
            Self::Cc150 => EngineClass::CC_150,
            Self::Extra => EngineClass::EXTRA,
        }
    }

    /// The class with the game's number; `None` for a number without a class.
    #[must_use]
    pub fn of_number(number: EngineClass) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(CLASSES[*self as usize])
    }
}

/// The mode of a race for one player.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Alone, or with the ghosts that the game has of the course, at 100 cc with three mushrooms.
    #[default]
    TimeTrial,
    /// Against seven karts of the computer.
    GrandPrix(Class),
}

impl Mode {
    /// The game's number.
    #[must_use]
    pub const fn number(self) -> GameMode {
        match self {
            Self::TimeTrial => GameMode::TIME_TRIAL,
            Self::GrandPrix(_) => GameMode::GRAND_PRIX,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeTrial => f.write_str("time trial"),
            Self::GrandPrix(class) => write!(f, "Grand Prix {class}"),
        }
    }
}

/// Which race it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Combo {
    /// The character's number, 0..8: its place in [`CHARACTERS`].
    pub character: u8,
    /// The course's number in RAM: a [`Course::id`].
    pub course: u8,
    /// The mode.
    pub mode: Mode,
}

impl Combo {
    /// The combo of a race; `None` if it is no race that menus for one player lead to.
    ///
    /// # Errors
    /// The race leaves RAM.
    pub fn of(race: &Race<'_>) -> Result<Option<Self>> {
        let ram = race.ram();
        let mode = match ram.mode()? {
            GameMode::TIME_TRIAL => Some(Mode::TimeTrial),
            GameMode::GRAND_PRIX => {
                Class::of_number(ram.element(&symbols::ENGINE_CLASS, 0)?).map(Mode::GrandPrix)
            }
            _ => None,
        };
        let character = race
            .player(0)
            .and_then(|player| u8::try_from(player.character().0).ok());
        let course = u8::try_from(race.course_id()?.0).ok();
        Ok(character
            .zip(course)
            .zip(mode)
            .map(|((character, course), mode)| Self {
                character,
                course,
                mode,
            }))
    }
}

impl fmt::Display for Combo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match CHARACTERS.get(usize::from(self.character)) {
            Some(name) => f.write_str(name)?,
            None => write!(f, "character {}", self.character)?,
        }
        match Course::by_id(self.course) {
            Some(course) => write!(f, " on {}", course.name)?,
            None => write!(f, " on course {}", self.course)?,
        }
        write!(f, ", {}", self.mode)
    }
}
