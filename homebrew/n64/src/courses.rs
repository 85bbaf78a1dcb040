/// A bundled course.
#[derive(Debug, Clone, Copy)]
pub struct CourseInfo {
    /// Its number in RAM (`gCurrentCourseId`), that of the real course in its place.
    pub id: u8,
    /// Its cup, 0..4, and its place in the cup, 0..4.
    pub place: (u8, u8),
    /// Its name in the menu.
    pub name: &'static str,
    /// Its file, as `homebrew/n64/logic/course.h` describes it.
    pub file: &'static [u8],
}

macro_rules! course {
    ($id:literal, $place:expr, $name:literal, $file:literal) => {
        CourseInfo {
            id: $id,
            place: $place,
            name: $name,
            file: include_bytes!(concat!("../courses/built/", $file, ".course")),
        }
    };
}

/// The bundled courses, in the order of the cups.
pub static COURSES: &[CourseInfo] = &[
    course!(8, (0, 0), "Lantern Loop", "lantern-loop"),
    course!(9, (0, 1), "Amber Oval", "amber-oval"),
    course!(6, (0, 2), "Cobble Coil", "cobble-coil"),
    course!(11, (0, 3), "Clover Cut", "clover-cut"),
    course!(10, (1, 0), "Ridgeback Leap", "ridgeback-leap"),
];
