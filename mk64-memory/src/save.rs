//! What the cartridge keeps, as the game holds it in RAM.

use crate::rdram::view;

view! {
    /// A course's records. A record is three bytes, the least significant first: 20 bits of centiseconds, then three of
    /// the character.
    pub struct CourseRecords, CourseRecordsMut = "CourseTimeTrialRecords" [0x18] {
        /// The best times of three laps, the best first.
        Headers three_laps("threeLapRecords") @ 0x0: [[u8; 3]; 5],
        /// The best time of one lap.
        Headers one_lap("oneLapRecord") @ 0xF: [u8; 3],
        /// A checksum of the records.
        Headers checksum @ 0x17: u8,
    }
}

view! {
    /// What is kept beside the records.
    pub struct SaveInfo, SaveInfoMut = "Stuff" [0x8] {
        /// The points of the Grand Prix, by class.
        Headers grand_prix_points @ 0x0: [u8; 4],
        /// The sound mode.
        Headers sound_mode @ 0x4: u8,
        /// Checksums.
        Headers checksums("checksum") @ 0x6: [u8; 2],
    }
}

view! {
    /// What the cartridge keeps.
    pub struct SaveData, SaveDataMut = "SaveData" [0x200] {
        /// Copies of the best times.
        Headers best_times("onlyBestTimeTrialRecords") @ 0x188: [[u8; 56]; 2],
    }
    structs {
        /// The records, by course.
        Headers records("allCourseTimeTrialRecords") @ 0x0: [CourseRecords, CourseRecordsMut; 16],
        /// What is kept beside them.
        Headers info("main") @ 0x180: [SaveInfo, SaveInfoMut],
        /// A copy of [`Self::info`].
        Headers info_backup("backup") @ 0x1F8: [SaveInfo, SaveInfoMut],
    }
}

/// The time of a record, centiseconds.
#[must_use]
pub const fn record_time(record: [u8; 3]) -> u32 {
    u32::from_le_bytes([record[0], record[1], record[2] & 0xF, 0])
}

/// The character of a record.
#[must_use]
pub const fn record_character(record: [u8; 3]) -> u8 {
    record[2] >> 4 & 7
}
