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

/// What a course is called in file names.
#[must_use]
pub fn code(id: u8) -> String {
    Course::by_id(id).map_or_else(
        || format!("course{id}"),
        |course| course.abbreviation.to_lowercase(),
    )
}
