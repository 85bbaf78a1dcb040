/// The kind of driving that a course needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Straights and wide bends.
    Oval,
    /// Bend after bend.
    Hairpins,
    /// Short-cuts off the road, and boost panels on it.
    ShortCuts,
    /// Slopes and a jump.
    Hills,
}

/// A bundled course.
#[derive(Debug, Clone, Copy)]
pub struct CourseInfo {
    /// Its place in cup order, 0..32.
    pub slot: u8,
    /// Its number in `race_config_t` and in ghosts, that of the real course in this slot.
    pub id: u8,
    /// Its name in the menu.
    pub name: &'static str,
    /// Its name in a word of two letters.
    pub abbreviation: &'static str,
    /// The kind of driving that it needs.
    pub kind: Kind,
    /// Its collision, a `.kcl` file.
    pub kcl: &'static [u8],
    /// Its map, an `.nkm` file.
    pub nkm: &'static [u8],
}

macro_rules! course {
    ($slot:literal, $id:literal, $name:literal, $abbreviation:literal, $kind:ident, $file:literal) => {
        CourseInfo {
            slot: $slot,
            id: $id,
            name: $name,
            abbreviation: $abbreviation,
            kind: Kind::$kind,
            kcl: include_bytes!(concat!("../courses/built/", $file, ".kcl")),
            nkm: include_bytes!(concat!("../courses/built/", $file, ".nkm")),
        }
    };
}

/// The bundled courses, by slot.
pub static COURSES: &[CourseInfo] = &[
    course!(0, 20, "Amber Oval", "AO", Oval, "amber-oval"),
    course!(1, 22, "Cobble Coil", "CC", Hairpins, "cobble-coil"),
    course!(2, 31, "Clover Cut", "CL", ShortCuts, "clover-cut"),
    course!(3, 18, "Ridgeback Leap", "RL", Hills, "ridgeback-leap"),
];
