//! Mario Kart DS's courses, characters and karts by number.
//!
//! Sources: the order of ghosts in saves (checked), HaroohiePals headers (course ids),
//! the published menu order; file names as the public tools that open the game's ROM list them
//! (riperiperi/mkjs, magcius/noclip.website, HaroohiePals, which agree on all 32).

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
    /// The name of its archive in the ROM without folder and extension; see [`Course::path`].
    pub file_name: &'static str,
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

    /// Where its archive lies in the ROM, e.g. `data/Course/cross_course.carc`: collision and map
    /// are in it, see [`crate::carc`]. The bundled game has its courses under these names too,
    /// each under that of the course whose slot and number it has.
    pub fn path(&self) -> String {
        format!("data/Course/{}.carc", self.file_name)
    }

    /// The cup, 0..8.
    pub const fn cup(&self) -> usize {
        self.slot as usize / COURSES_PER_CUP
    }
}

const fn course(
    slot: u8,
    abbreviation: &'static str,
    id: u8,
    name: &'static str,
    file_name: &'static str,
) -> Course {
    Course {
        slot,
        abbreviation,
        id,
        name,
        file_name,
    }
}

/// The name of the course with the game's number `id` in the names of files: its abbreviation in lower case, or
/// `courseID` for an unknown one.
#[must_use]
pub fn course_code(id: u8) -> String {
    Course::by_id(id).map_or_else(
        || format!("course{id}"),
        |course| course.abbreviation.to_lowercase(),
    )
}

/// The courses in cup order.
pub const COURSE_SLOTS: [Course; COURSE_COUNT] = [
    course(0, "F8C", 20, "Figure-8 Circuit", "cross_course"),
    course(1, "YF", 22, "Yoshi Falls", "bank_course"),
    course(2, "CCB", 31, "Cheep Cheep Beach", "beach_course"),
    course(3, "LM", 18, "Luigi's Mansion", "mansion_course"),
    course(4, "DH", 27, "Desert Hills", "desert_course"),
    course(5, "DS", 28, "Delfino Square", "town_course"),
    course(6, "WP", 33, "Waluigi Pinball", "pinball_course"),
    course(7, "SR", 24, "Shroom Ridge", "ridge_course"),
    course(8, "DKP", 30, "DK Pass", "snow_course"),
    course(9, "TTC", 17, "Tick-Tock Clock", "clock_course"),
    course(10, "MC", 25, "Mario Circuit", "mario_course"),
    course(11, "AF", 19, "Airship Fortress", "airship_course"),
    course(12, "WS", 34, "Wario Stadium", "stadium_course"),
    course(13, "PG", 26, "Peach Gardens", "garden_course"),
    course(14, "BC", 32, "Bowser Castle", "koopa_course"),
    course(15, "RR", 29, "Rainbow Road", "rainbow_course"),
    course(16, "rMC1", 10, "SNES Mario Circuit 1", "old_mario_sfc"),
    course(17, "rMMF", 11, "N64 Moo Moo Farm", "old_momo_64"),
    course(18, "rPC", 13, "GBA Peach Circuit", "old_peach_agb"),
    course(19, "rLC1", 14, "GCN Luigi Circuit", "old_luigi_gc"),
    course(20, "rDP1", 35, "SNES Donut Plains 1", "old_donut_sfc"),
    course(21, "rFS", 16, "N64 Frappe Snowland", "old_frappe_64"),
    course(22, "rBC2", 12, "GBA Bowser Castle 2", "old_koopa_agb"),
    course(23, "rBP", 9, "GCN Baby Park", "old_baby_gc"),
    course(24, "rKB2", 15, "SNES Koopa Beach 2", "old_noko_sfc"),
    course(25, "rCM", 36, "N64 Choco Mountain", "old_choco_64"),
    course(26, "rLC2", 37, "GBA Luigi Circuit", "old_luigi_agb"),
    course(27, "rMB", 38, "GCN Mushroom Bridge", "old_kinoko_gc"),
    course(28, "rCI2", 39, "SNES Choco Island 2", "old_choco_sfc"),
    course(29, "rBB", 23, "N64 Banshee Boardwalk", "old_hyudoro_64"),
    course(30, "rSG", 40, "GBA Sky Garden", "old_sky_agb"),
    course(31, "rYC", 1, "GCN Yoshi Circuit", "old_yoshi_gc"),
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
            let path = course.path();
            let same_file = COURSE_SLOTS.iter().filter(|course| course.path() == path);
            assert_eq!(same_file.count(), 1, "{path}");
        }
        assert_eq!(COURSE_SLOTS[0].path(), "data/Course/cross_course.carc");
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
