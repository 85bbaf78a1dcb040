//! The choice of a race.

use clap::Args;
#[cfg(feature = "window")]
use clap::{Arg, ArgAction};
use mkds_formats::ghost::Combo;
use mkds_formats::names::Course;

use super::values::whole;
use crate::games::CourseName;

/// A race to start through the menus: its course, and the driver's character and kart. A command may allow several courses,
/// or by [`one_course`] one.
#[derive(Debug, Clone, Args)]
pub struct RaceChoice {
    /// Courses to race, by abbreviation; all courses of the game when left out
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    pub course_name: Vec<CourseName>,
    /// The driver's character, 0 to 11; in Mario Kart 64, to 7
    #[arg(long, default_value_t = 0, value_parser = whole(0..=11_u8))]
    pub character: u8,
    /// The driver's kart, 0 to 35; in Mario Kart 64 none is chosen
    #[arg(long, default_value_t = 0, value_parser = whole(0..=35_u8))]
    pub kart: u8,
}

impl RaceChoice {
    /// The race on a course with the first character and kart.
    #[must_use]
    pub fn first_on(course: &CourseName) -> Self {
        Self {
            course_name: vec![course.clone()],
            character: 0,
            kart: 0,
        }
    }

    /// The race on one of the courses.
    #[must_use]
    pub fn on(&self, course: &Course) -> Combo {
        Combo {
            character: self.character,
            kart: self.kart,
            course: course.id,
        }
    }
}

/// The option of courses, for a command that races on one.
#[cfg(feature = "window")]
pub fn one_course(courses: Arg) -> Arg {
    courses.action(ArgAction::Set)
}
