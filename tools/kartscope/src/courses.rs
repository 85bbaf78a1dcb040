//! Names of courses in file names.

use mkds_formats::names::COURSE_SLOTS;
pub use mkds_formats::names::course_code as code;

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
