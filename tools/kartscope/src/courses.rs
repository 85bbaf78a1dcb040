//! Names of courses in file names.

use anyhow::{Context, Result};
pub use mkds_formats::names::course_code as code;
use mkds_formats::names::{COURSE_SLOTS, Course};

/// The name of a ghost in file names: its course, and its slot if that belongs to another
/// course, as in saves of mods.
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

/// The course with this abbreviation, in any case.
///
/// # Errors
/// When Mario Kart DS has none.
pub fn by_name(abbreviation: &str) -> Result<&'static Course> {
    Course::by_abbreviation(abbreviation).with_context(|| {
        format!(
            "--course-name: expected one of {}, found {abbreviation}",
            crate::arguments::values::courses()
        )
    })
}
