//! What commands on races need of each game.

use anyhow::{Result, bail, ensure};
use env_kart::control::Button;
use env_kart::race_env::RaceGame;
use env_kart::starts::Starts;
use env_mk64::combo::{Combo as Combo64, Mode};
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use learn::record::RecordedGame;
use machine::Machine;
use mk64_formats::names as names_64;
use mkds_formats::ghost::Combo;
use mkds_formats::names;

use crate::arguments::RaceChoice;
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
            false => Err(format!("expected one of {}", Self::all())),
        }
    }

    /// The courses of all games, for messages.
    pub fn all() -> String {
        format!(
            "{}, or of Mario Kart 64 {}",
            <MarioKartDs as KartGame>::course_names().join(" "),
            <MarioKart64 as KartGame>::course_names().join(" ")
        )
    }
}

/// A game whose races commands drive, record and replay, on several threads.
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

    /// The abbreviations of the courses that a ROM of the game has, or those of the bundled game.
    fn courses_of(game: &Game) -> Vec<String> {
        match game.bundled {
            true => Self::bundled_courses(),
            false => Self::course_names(),
        }
    }

    /// The race on a course that options choose.
    ///
    /// # Errors
    /// The game has no such course, character or kart.
    fn race_of(choice: &RaceChoice, course: &str, game: &Game) -> Result<Self::Combo>;
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
}

impl KartGame for MarioKart64 {
    fn course_names() -> Vec<String> {
        let courses = names_64::COURSES.iter();
        courses
            .map(|course| names_64::course_code(course.id))
            .collect()
    }

    fn course_name(combo: &Combo64) -> String {
        names_64::course_code(combo.course)
    }

    fn bundled_courses() -> Vec<String> {
        let courses = homebrew_n64::COURSES.iter();
        courses
            .map(|course| names_64::course_code(course.id))
            .collect()
    }

    /// A time trial.
    fn race_of(choice: &RaceChoice, course: &str, game: &Game) -> Result<Combo64> {
        let available = Self::courses_of(game);
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
}
