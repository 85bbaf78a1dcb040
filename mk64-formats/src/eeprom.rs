//! The save in the cartridge's EEPROM: records of time trials, points of Grands Prix, the sound mode.
//!
//! From 0x000 on, 24 bytes for each of the 16 courses in cup order: five times of three laps and one of a lap in 3
//! bytes each (little endian: 20 bits of hundredths, 3 of the character), whether there is a record, 4 bytes of no
//! known meaning, a checksum. At 0x180 a byte for each class, with 2 bits a cup for 0 to 3 points; the sound mode, a
//! byte of no known meaning, two checksums. From 0x188 on, twice, for eight courses each: their best times of three
//! laps, those of a lap, 6 bytes of no known meaning, two checksums. At 0x1F8 a copy of what is at 0x180.
//!
//! The game takes what has a wrong checksum from the copy, and what is wrong there too for empty.

use n64_formats::eeprom::{Eeprom, SIZE};

use crate::names::{CLASSES, COURSE_COUNT, CUPS, Course};
use crate::time::RaceTime;
use crate::{Error, Result};

const FORMAT: &str = "Mario Kart 64 save";

/// Times of three laps that are kept of a course.
pub const TIMES_OF_THREE_LAPS: usize = 5;

/// Of a course: the times of three laps, then that of one.
const TIME_SIZE: usize = 3;
const TIMES: usize = TIMES_OF_THREE_LAPS + 1;
const COURSE_SIZE: usize = 0x18;
/// Whether a course has a record.
const HAS_RECORD: usize = TIMES * TIME_SIZE;
const COURSE_CHECKSUM: usize = 0x17;

const STATUS: usize = 0x180;
const STATUS_COPY: usize = 0x1F8;
const STATUS_SIZE: usize = 8;
const SOUND: usize = 4;
const STATUS_CHECKSUMS: usize = 6;

const BEST: usize = 0x188;
const BEST_SIZE: usize = 0x38;
const BEST_COURSES: usize = 8;
const BEST_CHECKSUMS: usize = 0x36;

/// [`Record::NONE`] in the save.
const NO_RECORD: [u8; TIME_SIZE] = [0xC0, 0x27, 0x09];

/// What the game adds to a first checksum for the second.
const SECOND_CHECKSUM: u8 = 90;

/// A time of a time trial, and by which character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Record {
    /// The time, below [`Record::NONE`]'s.
    pub time: RaceTime,
    /// The character's number, see [`crate::names::CHARACTERS`].
    pub character: u8,
}

impl Record {
    /// What stands where there is no record: 100 minutes.
    pub const NONE: Self = Self {
        time: RaceTime(600_000),
        character: 0,
    };
    const TIME_BITS: u32 = 20;

    /// The record in three bytes of the save, or of its copy in RAM.
    #[must_use]
    pub fn from_bytes([low, middle, high]: [u8; TIME_SIZE]) -> Self {
        let bits = u32::from_le_bytes([low, middle, high, 0]);
        Self {
            time: RaceTime(bits & ((1 << Self::TIME_BITS) - 1)),
            character: (bits >> Self::TIME_BITS & 7) as u8,
        }
    }

    fn to_bytes(self) -> Result<[u8; TIME_SIZE]> {
        let refused = |field, most: u32, found: u32| {
            let expected = format!("0..={most}");
            Err(Error::out_of_range(
                FORMAT,
                field,
                expected,
                found.to_string(),
            ))
        };
        if self.time > Self::NONE.time {
            return refused("record's hundredths", Self::NONE.time.0, self.time.0);
        }
        if self.character > 7 {
            return refused("record's character", 7, self.character.into());
        }
        let bits = self.time.0 | u32::from(self.character) << Self::TIME_BITS;
        let [low, middle, high, _] = bits.to_le_bytes();
        Ok([low, middle, high])
    }

    /// Whether it is a record, not an empty place.
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.time < Self::NONE.time
    }
}

/// The records of a course. Places without one are [`Record::NONE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CourseRecords {
    /// The best times of three laps, the best first.
    pub three_laps: [Record; TIMES_OF_THREE_LAPS],
    /// The best time of a lap.
    pub one_lap: Record,
}

impl CourseRecords {
    /// A course on which nothing was recorded.
    pub const NONE: Self = Self {
        three_laps: [Record::NONE; TIMES_OF_THREE_LAPS],
        one_lap: Record::NONE,
    };

    fn is_some(&self) -> bool {
        self.one_lap.is_some() || self.three_laps.iter().any(Record::is_some)
    }
}

/// The points of Grands Prix and the sound mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Status {
    /// For each class a byte with two bits a cup, the first cup in the lowest; see [`Status::points`].
    pub grand_prix: [u8; CLASSES.len()],
    /// The number of the sound mode: 0 stereo, 1 headphones, 3 mono.
    pub sound: u8,
}

impl Status {
    /// What was reached in a cup of a class: 0 nothing, 1 the third place, 2 the second, 3 the first; `None` if there
    /// is no such class or cup.
    #[must_use]
    pub fn points(&self, class: usize, cup: usize) -> Option<u8> {
        let cup = (cup < CUPS.len()).then_some(cup)?;
        Some(self.grand_prix.get(class)? >> (2 * cup) & 3)
    }
}

/// A save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    eeprom: Eeprom,
}

impl Save {
    /// The save that the game makes of an empty cartridge.
    #[must_use]
    pub fn blank() -> Self {
        let mut save = Self {
            eeprom: Eeprom::from([0; SIZE]),
        };
        for slot in 0..COURSE_COUNT {
            save.set_records(slot, &CourseRecords::NONE)
                .expect("a course, and no records");
        }
        save.set_status(&Status::default());
        save
    }

    /// Reads a file of 512 or 2,048 bytes. Checksums are checked where something is read, and all by [`Save::faults`].
    ///
    /// # Errors
    /// [`Error::Malformed`] if it has another size.
    pub fn parse(file: &[u8]) -> Result<Self> {
        Ok(Self {
            eeprom: Eeprom::parse(file)?,
        })
    }

    /// The file, of the size that was read: byte for byte the parsed one where nothing was changed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.eeprom.to_bytes()
    }

    /// The records of a course by its place in cup order.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such course; [`Error::Malformed`] if the checksum is wrong, as in a
    /// cartridge on which nothing was saved: the game then takes [`Save::best`].
    pub fn records(&self, slot: usize) -> Result<CourseRecords> {
        let place = course_at(slot)?;
        let bytes = &self.eeprom.memory[place..][..COURSE_SIZE];
        let sum = course_checksum(bytes);
        let name = course_name(slot);
        check(
            &format!("records of {name}"),
            place + COURSE_CHECKSUM,
            sum,
            bytes[COURSE_CHECKSUM],
        )?;
        let times: [Record; TIMES] = std::array::from_fn(|time| {
            Record::from_bytes([0, 1, 2].map(|byte| bytes[time * TIME_SIZE + byte]))
        });
        let [first, second, third, fourth, fifth, one_lap] = times;
        Ok(CourseRecords {
            three_laps: [first, second, third, fourth, fifth],
            one_lap,
        })
    }

    /// Sets the records of a course by its place in cup order, their checksum, and the copy of the best. All else
    /// stays as it is, but for the checksums of the copy's half.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such course or character, a time is longer than that of [`Record::NONE`],
    /// or a better time of three laps is behind another. The save is then as it was.
    pub fn set_records(&mut self, slot: usize, records: &CourseRecords) -> Result<()> {
        let place = course_at(slot)?;
        if !records.three_laps.is_sorted_by_key(|record| record.time) {
            let times = records.three_laps.map(|record| record.time.to_string());
            let expected = "the best first";
            return Err(Error::out_of_range(
                FORMAT,
                "times of three laps",
                expected,
                times.join(", "),
            ));
        }
        let mut times = [0; TIMES * TIME_SIZE];
        let each = records.three_laps.iter().chain([&records.one_lap]);
        for (bytes, record) in times.chunks_exact_mut(TIME_SIZE).zip(each) {
            bytes.copy_from_slice(&record.to_bytes()?);
        }
        let bytes = &mut self.eeprom.memory[place..][..COURSE_SIZE];
        bytes[..HAS_RECORD].copy_from_slice(&times);
        bytes[HAS_RECORD] = records.is_some().into();
        bytes[COURSE_CHECKSUM] = course_checksum(bytes);
        self.copy_best(slot / BEST_COURSES);
        Ok(())
    }

    /// Makes the copy of the best times of eight courses, as the game does: of courses with a wrong checksum it is
    /// empty.
    fn copy_best(&mut self, half: usize) {
        for within in 0..BEST_COURSES {
            let slot = half * BEST_COURSES + within;
            let is_sound = self.records(slot).is_ok();
            for (group, time) in [0, TIMES_OF_THREE_LAPS].into_iter().enumerate() {
                let at = best_at(half) + (group * BEST_COURSES + within) * TIME_SIZE;
                let from = slot * COURSE_SIZE + time * TIME_SIZE;
                match is_sound {
                    true => self.eeprom.memory.copy_within(from..from + TIME_SIZE, at),
                    false => self.eeprom.memory[at..at + TIME_SIZE].copy_from_slice(&NO_RECORD),
                }
            }
        }
        let sum = best_checksum(&self.eeprom.memory[best_at(half)..][..BEST_SIZE]);
        self.seal(best_at(half) + BEST_CHECKSUMS, sum);
    }

    /// The copy of a course's best times, of three laps and of one, by its place in cup order.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such course; [`Error::Malformed`] if the copy's checksums are wrong.
    pub fn best(&self, slot: usize) -> Result<[Record; 2]> {
        course_at(slot)?;
        let (half, within) = (slot / BEST_COURSES, slot % BEST_COURSES);
        let bytes = &self.eeprom.memory[best_at(half)..][..BEST_SIZE];
        let what = format!("copy of the best times, half {half}");
        self.check_pair(&what, best_at(half) + BEST_CHECKSUMS, best_checksum(bytes))?;
        Ok([0, 1].map(|group| {
            let at = (group * BEST_COURSES + within) * TIME_SIZE;
            Record::from_bytes([0, 1, 2].map(|byte| bytes[at + byte]))
        }))
    }

    /// The points and the sound mode, or their copy where their checksums are wrong.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the copy's checksums are wrong too; the error is that of the first.
    pub fn status(&self) -> Result<Status> {
        let first = self.read_status(STATUS, "points and sound");
        first.or_else(|error| {
            self.read_status(STATUS_COPY, "copy of points and sound")
                .map_err(|_| error)
        })
    }

    fn read_status(&self, place: usize, what: &str) -> Result<Status> {
        let bytes = &self.eeprom.memory[place..][..STATUS_SIZE];
        self.check_pair(what, place + STATUS_CHECKSUMS, status_checksum(bytes))?;
        Ok(Status {
            grand_prix: [0, 1, 2, 3].map(|class| bytes[class]),
            sound: bytes[SOUND],
        })
    }

    /// Sets the points and the sound mode, their copy and the checksums of both.
    pub fn set_status(&mut self, status: &Status) {
        for place in [STATUS, STATUS_COPY] {
            let bytes = &mut self.eeprom.memory[place..][..STATUS_SIZE];
            bytes[..SOUND].copy_from_slice(&status.grand_prix);
            bytes[SOUND] = status.sound;
            let sum = status_checksum(bytes);
            self.seal(place + STATUS_CHECKSUMS, sum);
        }
    }

    /// All that has a wrong checksum, in the order of the file.
    #[must_use]
    pub fn faults(&self) -> Vec<Error> {
        let records = (0..COURSE_COUNT).map(|slot| self.records(slot).map(drop));
        let status = [self.read_status(STATUS, "points and sound").map(drop)];
        let best = [0, BEST_COURSES].map(|slot| self.best(slot).map(drop));
        let copy = [self
            .read_status(STATUS_COPY, "copy of points and sound")
            .map(drop)];
        let results = records.chain(status).chain(best).chain(copy);
        results.filter_map(Result::err).collect()
    }

    fn seal(&mut self, at: usize, sum: u8) {
        self.eeprom.memory[at..at + 2].copy_from_slice(&[sum, sum.wrapping_add(SECOND_CHECKSUM)]);
    }

    fn check_pair(&self, what: &str, at: usize, sum: u8) -> Result<()> {
        check(what, at, sum, self.eeprom.memory[at])?;
        let second = sum.wrapping_add(SECOND_CHECKSUM);
        check(what, at + 1, second, self.eeprom.memory[at + 1])
    }
}

fn check(what: &str, at: usize, expected: u8, found: u8) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let place = format!("{what}, offset {at:#x}");
    let expected = format!("the checksum {expected:#04x}");
    Err(Error::malformed(
        FORMAT,
        place,
        expected,
        format!("{found:#04x}"),
    ))
}

fn course_name(slot: usize) -> &'static str {
    let course = u8::try_from(slot).ok().and_then(Course::by_slot);
    course.map_or("?", |course| course.name)
}

fn course_at(slot: usize) -> Result<usize> {
    match slot < COURSE_COUNT {
        true => Ok(slot * COURSE_SIZE),
        false => Err(Error::out_of_range(
            FORMAT,
            "course",
            "0..=15",
            slot.to_string(),
        )),
    }
}

fn best_at(half: usize) -> usize {
    BEST + half * BEST_SIZE
}

/// Of a course's times and the byte that says whether it has a record, with the two behind.
fn course_checksum(bytes: &[u8]) -> u8 {
    weighted_sum(bytes, TIME_SIZE, 7, |byte, group, within| {
        byte.wrapping_mul(within + 1).wrapping_add(group)
    })
}

fn status_checksum(bytes: &[u8]) -> u8 {
    weighted_sum(bytes, 1, 5, |byte, group, _| {
        byte.wrapping_add(1)
            .wrapping_mul(group + 1)
            .wrapping_add(group)
    })
}

/// Of the times and the three bytes behind them, in parts of 17 bytes.
fn best_checksum(bytes: &[u8]) -> u8 {
    const PART: usize = 17;
    weighted_sum(bytes, PART, 3, |byte, group, within| {
        byte.wrapping_add(1)
            .wrapping_mul(group + 1)
            .wrapping_add(within)
    })
}

/// The sum over groups of bytes.
fn weighted_sum(bytes: &[u8], size: usize, groups: usize, term: impl Fn(u8, u8, u8) -> u8) -> u8 {
    let numbered = bytes[..size * groups].iter().enumerate();
    numbered.fold(0, |sum, (at, byte)| {
        sum.wrapping_add(term(*byte, (at / size) as u8, (at % size) as u8))
    })
}

#[cfg(test)]
mod tests;
