//! Mario Kart DS's courses, characters and karts by number.
//!
//! Sources: the order of ghosts in saves (checked), HaroohiePals headers (course ids),
//! the published menu order.

/// Ghost slots in a save, and courses in the eight cups.
pub const COURSE_COUNT: usize = 32;
/// Courses in a cup.
pub const COURSES_PER_CUP: usize = 4;

/// A race course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Course {
    /// Its place in cup order, 0..32: four to a cup. Ghosts are stored in this order.
    pub slot: u8,
    /// The community's abbreviation, e.g. `F8C`; retro courses start with `r`.
    pub abbreviation: &'static str,
    /// The game's own number.
    pub id: u8,
    /// The full name, retro courses with their console's.
    pub name: &'static str,
}

impl Course {
    /// The course with the game's number `id`.
    pub fn by_id(id: u8) -> Option<&'static Self> {
        COURSE_SLOTS.iter().find(|course| course.id == id)
    }

    /// The course with this abbreviation, whatever its case: `f8c`, `rMC1`.
    pub fn by_abbreviation(abbreviation: &str) -> Option<&'static Self> {
        COURSE_SLOTS
            .iter()
            .find(|course| course.abbreviation.eq_ignore_ascii_case(abbreviation))
    }

    /// The cup, 0..8.
    pub const fn cup(&self) -> usize {
        self.slot as usize / COURSES_PER_CUP
    }
}

const fn course(slot: u8, abbreviation: &'static str, id: u8, name: &'static str) -> Course {
    Course {
        slot,
        abbreviation,
        id,
        name,
    }
}

/// The courses in cup order.
pub const COURSE_SLOTS: [Course; COURSE_COUNT] = [
    course(0, "F8C", 20, "Figure-8 Circuit"),
    course(1, "YF", 22, "Yoshi Falls"),
    course(2, "CCB", 31, "Cheep Cheep Beach"),
    course(3, "LM", 18, "Luigi's Mansion"),
    course(4, "DH", 27, "Desert Hills"),
    course(5, "DS", 28, "Delfino Square"),
    course(6, "WP", 33, "Waluigi Pinball"),
    course(7, "SR", 24, "Shroom Ridge"),
    course(8, "DKP", 30, "DK Pass"),
    course(9, "TTC", 17, "Tick-Tock Clock"),
    course(10, "MC", 25, "Mario Circuit"),
    course(11, "AF", 19, "Airship Fortress"),
    course(12, "WS", 34, "Wario Stadium"),
    course(13, "PG", 26, "Peach Gardens"),
    course(14, "BC", 32, "Bowser Castle"),
    course(15, "RR", 29, "Rainbow Road"),
    course(16, "rMC1", 10, "SNES Mario Circuit 1"),
    course(17, "rMMF", 11, "N64 Moo Moo Farm"),
    course(18, "rPC", 13, "GBA Peach Circuit"),
    course(19, "rLC1", 14, "GCN Luigi Circuit"),
    course(20, "rDP1", 35, "SNES Donut Plains 1"),
    course(21, "rFS", 16, "N64 Frappe Snowland"),
    course(22, "rBC2", 12, "GBA Bowser Castle 2"),
    course(23, "rBP", 9, "GCN Baby Park"),
    course(24, "rKB2", 15, "SNES Koopa Beach 2"),
    course(25, "rCM", 36, "N64 Choco Mountain"),
    course(26, "rLC2", 37, "GBA Luigi Circuit"),
    course(27, "rMB", 38, "GCN Mushroom Bridge"),
    course(28, "rCI2", 39, "SNES Choco Island 2"),
    course(29, "rBB", 23, "N64 Banshee Boardwalk"),
    course(30, "rSG", 40, "GBA Sky Garden"),
    course(31, "rYC", 1, "GCN Yoshi Circuit"),
];

/// The cups in menu order, four to a row.
pub const CUPS: [&str; 8] = [
    "Mushroom",
    "Flower",
    "Star",
    "Special",
    "Shell",
    "Banana",
    "Leaf",
    "Lightning",
];

/// The characters by number. The last is driven in download play only.
pub const CHARACTERS: [&str; 13] = [
    "Mario",
    "Donkey Kong",
    "Toad",
    "Bowser",
    "Peach",
    "Wario",
    "Yoshi",
    "Luigi",
    "Dry Bones",
    "Daisy",
    "Waluigi",
    "R.O.B.",
    "Shy Guy",
];

/// The characters' numbers in the order of the selection screen, four to a row.
pub const CHARACTER_GRID: [u8; 12] = [0, 7, 4, 6, 2, 1, 5, 3, 9, 8, 10, 11];

/// The karts by number: three to a character, in the characters' order, and one for the last.
pub const KARTS: [&str; 37] = [
    "Standard MR",
    "Shooting Star",
    "B Dasher",
    "Standard DK",
    "Wildlife",
    "Rambi Rider",
    "Standard TD",
    "Mushmellow",
    "4-Wheel Cradle",
    "Standard BW",
    "Hurricane",
    "Tyrant",
    "Standard PC",
    "Light Tripper",
    "Royale",
    "Standard WR",
    "Brute",
    "Dragonfly",
    "Standard YS",
    "Egg 1",
    "Cucumber",
    "Standard LG",
    "Poltergust 4000",
    "Streamliner",
    "Standard DB",
    "Dry Bomber",
    "Banisher",
    "Standard DS",
    "Light Dancer",
    "Power Flower",
    "Standard WL",
    "Gold Mantis",
    "Zipper",
    "Standard RB",
    "ROB-BLS",
    "ROB-LGS",
    "Standard SG",
];

/// The character whose own kart `kart` is.
pub const fn kart_owner(kart: u8) -> u8 {
    kart / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_in_order_and_ids_are_unique() {
        for (slot, course) in COURSE_SLOTS.iter().enumerate() {
            assert_eq!(usize::from(course.slot), slot);
            assert_eq!(Course::by_id(course.id), Some(course));
            assert_eq!(Course::by_abbreviation(course.abbreviation), Some(course));
        }
    }

    #[test]
    fn abbreviations_are_found_in_any_case() {
        assert_eq!(
            Course::by_abbreviation("f8c").map(|course| course.id),
            Some(20)
        );
        assert_eq!(Course::by_abbreviation("RYC").map(Course::cup), Some(7));
        assert_eq!(Course::by_abbreviation("nowhere"), None);
    }

    #[test]
    fn every_kart_has_an_owner() {
        assert!((0..37).all(|kart| usize::from(kart_owner(kart)) < CHARACTERS.len()));
    }
}
