//! What commands on races need of each game.

use anyhow::{Result, bail, ensure};
use env_kart::control::Button;
use env_kart::race_env::{PadOf, RaceGame};
use env_kart::runs::MachineOf;
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
use crate::game::Game;
use crate::watch::Viewer;

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

/// A game whose races commands drive, record and replay, on several threads.
pub trait KartGame:
    RecordedGame
    + Starts
    + RaceGame<
        Machine: Machine<State: Send + Sync> + Send,
        Button: Button<Pad: Send + Sync> + Send + Sync,
        Course: Send + Sync,
        Config: Send + Sync,
    >
{
    /// Whether overlays can be drawn over its pictures.
    const HAS_OVERLAYS: bool;

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

    /// Shows a frame of a game in the window, in which `pad` was held.
    fn show(viewer: &Viewer<'_>, machine: &MachineOf<Self>, pad: PadOf<Self>);
}

impl KartGame for MarioKartDs {
    const HAS_OVERLAYS: bool = true;

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

    fn show(viewer: &Viewer<'_>, machine: &MachineOf<Self>, pad: PadOf<Self>) {
        viewer.show(machine, pad);
    }
}

impl KartGame for MarioKart64 {
    const HAS_OVERLAYS: bool = false;

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

    /// No window shows it.
    fn show(_: &Viewer<'_>, _: &MachineOf<Self>, _: PadOf<Self>) {}
}

/// Refuses to show a game in a window that none can.
///
/// # Errors
/// When the game has no overlays, which windows draw.
pub fn require_window<G: KartGame>(is_watched: bool, game: &Game) -> Result<()> {
    ensure!(
        G::HAS_OVERLAYS || !is_watched,
        "--window: expected Mario Kart DS, found {}, which no window shows yet",
        game.kind.title
    );
    Ok(())
}
