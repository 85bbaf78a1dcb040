//! What courses are called in file names.

use mkds_formats::names::{COURSE_SLOTS, Course};

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
