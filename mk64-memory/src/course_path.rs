//! The paths that lead around a course.

use ram_views::enumeration;

use crate::rdram::view;

enumeration! {
    /// What a path does at a point.
    pub struct SectionType: i16 {
        LEANS_RIGHT = 0, "It bends a little to the right.";
        LEANS_LEFT = 1, "It bends a little to the left.";
        RIGHT = 2, "It bends to the right.";
        LEFT = 3, "It bends to the left.";
        STRAIGHT = 4, "It goes straight on.";
    }
}

view! {
    /// A point of a path.
    pub struct PathPoint, PathPointMut = "TrackPathPoint" [0x8] {
        /// Where it is, units.
        Headers position("pos") @ 0x0: [i16; 3],
        /// The section of the course that it is in.
        Headers section("trackSectionId") @ 0x6: u16,
    }
}
