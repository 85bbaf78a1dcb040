//! Mario Kart 64's courses and characters by number.

/// Courses with records: four to a cup.
pub const COURSE_COUNT: usize = 16;
/// Courses in a cup.
pub const COURSES_PER_CUP: usize = 4;

/// A race course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Course {
    /// Its place in cup order, 0..16: four to a cup. Records and ghosts are stored by it.
    pub slot: u8,
    /// The game's own number, by which it is in RAM.
    pub id: u8,
    /// The community's abbreviation, e.g. `LR`.
    pub abbreviation: &'static str,
    /// The full name.
    pub name: &'static str,
}

impl Course {
    /// The course at a place in cup order.
    #[must_use]
    pub fn by_slot(slot: u8) -> Option<&'static Self> {
        COURSES.get(usize::from(slot))
    }

    /// The course with the game's number `id`.
    #[must_use]
    pub fn by_id(id: u8) -> Option<&'static Self> {
        COURSES.iter().find(|course| course.id == id)
    }

    /// The course with this abbreviation, whatever its case.
    #[must_use]
    pub fn by_abbreviation(abbreviation: &str) -> Option<&'static Self> {
        COURSES
            .iter()
            .find(|course| course.abbreviation.eq_ignore_ascii_case(abbreviation))
    }

    /// The cup, 0..4.
    #[must_use]
    pub const fn cup(&self) -> usize {
        self.slot as usize / COURSES_PER_CUP
    }
}

const fn course(slot: u8, id: u8, abbreviation: &'static str, name: &'static str) -> Course {
    Course {
        slot,
        id,
        abbreviation,
        name,
    }
}

/// The courses in cup order.
pub const COURSES: [Course; COURSE_COUNT] = [
    course(0, 8, "LR", "Luigi Raceway"),
    course(1, 9, "MMF", "Moo Moo Farm"),
    course(2, 6, "KTB", "Koopa Troopa Beach"),
    course(3, 11, "KD", "Kalimari Desert"),
    course(4, 10, "TT", "Toad's Turnpike"),
    course(5, 5, "FS", "Frappe Snowland"),
    course(6, 1, "CM", "Choco Mountain"),
    course(7, 0, "MR", "Mario Raceway"),
    course(8, 14, "WS", "Wario Stadium"),
    course(9, 12, "SL", "Sherbet Land"),
    course(10, 7, "RRy", "Royal Raceway"),
    course(11, 2, "BC", "Bowser's Castle"),
    course(12, 18, "DKJP", "D.K.'s Jungle Parkway"),
    course(13, 4, "YV", "Yoshi Valley"),
    course(14, 3, "BB", "Banshee Boardwalk"),
    course(15, 13, "RRd", "Rainbow Road"),
];

/// The cups in menu order.
pub const CUPS: [&str; 4] = ["Mushroom", "Flower", "Star", "Special"];

/// The name of the course with the game's number `id` in the names of files: its abbreviation in lower case, or
/// `courseID` for a number that is no race course's.
#[must_use]
pub fn course_code(id: u8) -> String {
    Course::by_id(id).map_or_else(
        || format!("course{id}"),
        |course| course.abbreviation.to_lowercase(),
    )
}

/// The classes in menu order.
pub const CLASSES: [&str; 4] = ["50cc", "100cc", "150cc", "Extra"];

/// The characters by number.
pub const CHARACTERS: [&str; 8] = [
    "Mario", "Luigi", "Yoshi", "Toad", "D.K.", "Wario", "Peach", "Bowser",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The cups as the bundled game's courses know them, by the game's numbers.
    const IDS: [u8; 16] = [8, 9, 6, 11, 10, 5, 1, 0, 14, 12, 7, 2, 18, 4, 3, 13];

    #[test]
    fn courses_are_in_cup_order_and_known_by_each_number() {
        for (slot, course) in COURSES.iter().enumerate() {
            assert_eq!((usize::from(course.slot), course.id), (slot, IDS[slot]));
            assert_eq!(Course::by_slot(course.slot), Some(course));
            assert_eq!(Course::by_id(course.id), Some(course));
            assert_eq!(
                Course::by_abbreviation(&course.abbreviation.to_lowercase()),
                Some(course)
            );
            assert!(course.cup() < CUPS.len());
        }
        // Block Fort.
        assert_eq!((Course::by_id(15), Course::by_slot(16)), (None, None));
    }

    #[test]
    fn the_bundled_games_courses_stand_where_the_originals_do() {
        for built in homebrew_n64::COURSES {
            assert!(Course::by_id(built.id).is_some(), "{}", built.id);
        }
    }
}
