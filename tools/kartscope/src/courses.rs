//! Courses by their abbreviations.

use anyhow::{Result, bail};
use mkds_formats::names::{COURSE_SLOTS, Course};

/// The courses of these abbreviations, in any case.
///
/// # Errors
/// When there is none of a name.
pub fn by_name(names: &[String]) -> Result<Vec<&'static Course>> {
    names
        .iter()
        .map(|name| {
            let Some(course) = Course::by_abbreviation(name) else {
                let known: Vec<String> = COURSE_SLOTS
                    .iter()
                    .map(|course| course.abbreviation.to_lowercase())
                    .collect();
                bail!(
                    "--course-name: expected one of {}, found {name:?}",
                    known.join(" ")
                );
            };
            Ok(course)
        })
        .collect()
}

/// What the ghost in a slot of a save is called in file names: its course, and the slot where that is another
/// course's, as mods leave it.
#[must_use]
pub fn ghost_code(slot: usize, id: u8) -> String {
    let is_own = COURSE_SLOTS.get(slot).is_some_and(|own| own.id == id);
    let code = code(id);
    if is_own {
        code
    } else {
        format!("{code}_slot{slot}")
    }
}

/// What a course is called in file names.
#[must_use]
pub fn code(id: u8) -> String {
    Course::by_id(id).map_or_else(
        || format!("course{id}"),
        |course| course.abbreviation.to_lowercase(),
    )
}
