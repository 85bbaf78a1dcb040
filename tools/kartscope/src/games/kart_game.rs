//! What commands on races need of each game.

use std::num::NonZeroU32;

use anyhow::{Result, bail, ensure};
use env_kart::beginning::{StartVariation, States};
use env_kart::control::Button;
use env_kart::ending::Ending;
use env_kart::race_env::RaceGame;
use env_kart::starts::Starts;
use env_mk64::combo::{Combo as Combo64, Mode};
use env_mk64::config::{self as config_64, INTERRUPTS_PER_FRAME};
use env_mk64::game::MarioKart64;
use env_mkds::config;
use env_mkds::game::MarioKartDs;
use learn::record::RecordedGame;
use machine::Machine;
use mk64_formats::names as names_64;
use mkds_formats::ghost::Combo;
use mkds_formats::names;

use crate::arguments::RaceChoice;
#[cfg(feature = "torch")]
use crate::commands::contest::{Begin, Contest};
use crate::courses;
use crate::drawn::Drawn;
use crate::game::Game;
use crate::watch::Watchable;

/// The abbreviation of a course, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseName(pub String);

impl CourseName {
    /// A course of one of the games, by its abbreviation in any case.
    ///
    /// # Errors
    /// No game has it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_one = names::Course::by_abbreviation(text).is_some()
            || names_64::Course::by_abbreviation(text).is_some();
        match is_one {
            true => Ok(Self(text.to_lowercase())),
            false => Err(format!(
                "expected one of {}, or of Mario Kart 64 {}",
                <MarioKartDs as KartGame>::course_names().join(" "),
                <MarioKart64 as KartGame>::course_names().join(" ")
            )),
        }
    }
}

/// A game whose races commands drive, record, replay and evaluate, on several threads.
pub trait KartGame:
    RecordedGame
    + Starts
    + Drawn
    + Watchable
    + RaceGame<
        Machine: Machine<State: Send + Sync> + Send,
        Button: Button<Pad: Send + Sync> + Send + Sync,
        Course: Send + Sync,
        Config: Send + Sync,
    >
{
    /// The abbreviations of its courses, in lower case.
    fn course_names() -> Vec<String>;

    /// The abbreviation of a race's course, in lower case.
    fn course_name(combo: &Self::Combo) -> String;

    /// The abbreviations of the bundled game's courses.
    fn bundled_courses() -> Vec<String>;

    /// The race on a course that options choose.
    ///
    /// # Errors
    /// The game has no such course, character or kart.
    fn race_of(choice: &RaceChoice, course: &str, game: &Game) -> Result<Self::Combo>;

    /// The environment of a contest.
    ///
    /// # Errors
    /// There is none with steps of that length.
    #[cfg(feature = "torch")]
    fn environment(
        contest: &Contest<Self>,
        settings: Evaluation,
    ) -> Result<<Self as RaceGame>::Config>;
}

/// What an evaluation changes of the environment of datasets and models.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The frames of a step.
    pub frames_per_step: NonZeroU32,
    /// The event that truncates an episode.
    pub truncate: Ending,
    /// How starts are varied.
    pub vary: StartVariation,
}

impl KartGame for MarioKartDs {
    fn course_names() -> Vec<String> {
        let slots = names::COURSE_SLOTS.iter();
        slots.map(|course| courses::code(course.id)).collect()
    }

    fn course_name(combo: &Combo) -> String {
        courses::code(combo.course)
    }

    fn bundled_courses() -> Vec<String> {
        let courses = homebrew::COURSES.iter();
        courses.map(|course| courses::code(course.id)).collect()
    }

    fn race_of(choice: &RaceChoice, course: &str, game: &Game) -> Result<Combo> {
        let course = courses::by_name(course)?;
        game.require_course(course)?;
        Ok(choice.on(course))
    }

    #[cfg(feature = "torch")]
    fn environment(contest: &Contest<Self>, settings: Evaluation) -> Result<config::RaceEnvConfig> {
        let from = match &contest.begin {
            Begin::Menus => config::StartFrom::default(),
            Begin::State(state) => config::StartFrom::States(States {
                files: vec![state.clone()],
                frame: Some(config::GRID_FRAME),
            }),
        };
        Ok(config::RaceEnvConfig {
            frame_skip: settings.frames_per_step.get(),
            truncate: settings.truncate,
            start: config::Start {
                from,
                vary: settings.vary,
            },
            options: contest.console.options.clone(),
            battery: contest.console.battery.as_deref().map(Into::into),
            ..config::RaceEnvConfig::driving(contest.combo)
        })
    }
}

impl KartGame for MarioKart64 {
    fn course_names() -> Vec<String> {
        let courses = names_64::COURSES.iter();
        courses
            .map(|course| course.abbreviation.to_lowercase())
            .collect()
    }

    fn course_name(combo: &Combo64) -> String {
        match names_64::Course::by_id(combo.course) {
            Some(course) => course.abbreviation.to_lowercase(),
            None => format!("course{}", combo.course),
        }
    }

    fn bundled_courses() -> Vec<String> {
        let courses = homebrew_n64::COURSES.iter();
        let courses = courses.filter_map(|course| names_64::Course::by_id(course.id));
        courses
            .map(|course| course.abbreviation.to_lowercase())
            .collect()
    }

    /// A time trial.
    fn race_of(choice: &RaceChoice, course: &str, game: &Game) -> Result<Combo64> {
        let available = match game.bundled {
            true => Self::bundled_courses(),
            false => Self::course_names(),
        };
        let named = names_64::Course::by_abbreviation(course);
        let named = named.filter(|_| available.iter().any(|name| name == course));
        let Some(named) = named else {
            bail!(
                "{}: expected one of its courses, {}, found {course}",
                game.name,
                available.join(" ")
            );
        };
        ensure!(
            usize::from(choice.character) < names_64::CHARACTERS.len(),
            "--character: expected 0 to {} in Mario Kart 64, found {}",
            names_64::CHARACTERS.len() - 1,
            choice.character
        );
        ensure!(
            choice.kart == 0,
            "--kart: expected none, since a character of Mario Kart 64 has one kart, found {}",
            choice.kart
        );
        Ok(Combo64 {
            character: choice.character,
            course: named.id,
            mode: Mode::TimeTrial,
        })
    }

    #[cfg(feature = "torch")]
    fn environment(
        contest: &Contest<Self>,
        settings: Evaluation,
    ) -> Result<config_64::RaceEnvConfig> {
        let frames = settings.frames_per_step.get();
        let drawn = frames / INTERRUPTS_PER_FRAME;
        ensure!(
            frames == drawn * INTERRUPTS_PER_FRAME,
            "expected a model that decides every {INTERRUPTS_PER_FRAME} frames, or a multiple, as Mario Kart 64 reads \
             its pad, found one that decides every {frames}"
        );
        let from = match &contest.begin {
            Begin::Menus => config_64::StartFrom::default(),
            Begin::State(state) => config_64::StartFrom::States(States {
                files: vec![state.clone()],
                frame: Some(config_64::GRID_TICK),
            }),
        };
        let saved = contest.console.saved.iter();
        Ok(config_64::RaceEnvConfig {
            frame_skip: drawn,
            truncate: settings.truncate,
            start: config_64::Start {
                from,
                vary: settings.vary,
            },
            options: contest.console.options.clone(),
            saved: saved
                .map(|(storage, bytes)| (*storage, bytes.as_slice().into()))
                .collect(),
            ..config_64::RaceEnvConfig::driving(contest.combo)
        })
    }
}
