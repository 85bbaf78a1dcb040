//! The game without an emulator: one [`Game`] is one console.

mod memory;

use std::ffi::{CStr, c_char};
use std::fmt;
use std::sync::{Arc, OnceLock};

use mkds_formats::ghost::Combo;
use mkds_formats::names::{COURSE_SLOTS, Course};
use nds_formats::pad::Pad;
use nds_formats::{nitrofs, rom};

use crate::ROM;
use memory::{Frozen, Memory};

/// Bytes of main RAM.
pub const RAM_SIZE: usize = 4 << 20;
/// Bytes of save memory.
pub const BATTERY_SIZE: usize = 256 << 10;

/// `RAM_SLACK` of `logic/mkds.h`.
const RAM_SLACK: usize = 0x4000;
/// Where a console's memory has its battery: behind RAM and its slack.
const BATTERY: usize = RAM_SIZE + RAM_SLACK;
const MEMORY_SIZE: usize = BATTERY + BATTERY_SIZE;
const CHARACTERS: u8 = 12;
const KARTS: u8 = 36;
/// `SCREEN_LOADING` and `SCREEN_RACE` of `logic/game.h`.
const LOADING_SCREEN: u32 = 8;
const RACE_SCREEN: u32 = 9;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such slot in cup order.
    #[error("course slot {slot}: expected 0..{}", COURSE_SLOTS.len())]
    Slot {
        /// The slot asked for.
        slot: u8,
    },
    /// A card has at most 4 GiB, less a byte.
    #[error("a card of {size} bytes: expected at most {}", u32::MAX)]
    CardTooLarge {
        /// Its size.
        size: usize,
    },
    /// The system gives no memory.
    #[error("memory of a console: {reason}")]
    Memory {
        /// The system's error.
        reason: String,
    },
    /// Bytes that are no snapshot.
    #[error("a snapshot of {size} bytes: expected {}", Snapshot::BYTES)]
    Snapshot {
        /// How many there are.
        size: usize,
    },
    /// The courses do not make a card.
    #[error("a card of {courses} courses: {source}")]
    Card {
        /// How many courses were given.
        courses: usize,
        /// What is wrong with them.
        source: mkds_formats::Error,
    },
    /// A combination that the menus do not offer.
    #[error(
        "{combo:?}: expected a character below {CHARACTERS}, a kart below {KARTS} and a race course"
    )]
    Combo {
        /// The requested combination.
        combo: Combo,
    },
    /// The card has no race on this course.
    #[error(
        "course {course}: no archive on the card, or one without collision, start, checkpoints or stage"
    )]
    Course {
        /// The course's id.
        course: u8,
    },
    /// There is no ghost to race against.
    #[error(
        "course {course}: no sound ghost of it in save memory, or no course for it on the card"
    )]
    Ghost {
        /// The course's id.
        course: u8,
    },
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Memory {
            reason: error.to_string(),
        }
    }
}

/// The player's opponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Opponent {
    /// No opponent.
    #[default]
    None,
    /// The ghost in the course's slot of save memory.
    Ghost,
}

/// A course for [`Game::with_courses`].
#[derive(Debug, Clone, Copy)]
pub struct CourseArchive<'a> {
    /// Its place in cup order, 0..32.
    pub slot: u8,
    /// A `.carc` file.
    pub carc: &'a [u8],
}

/// `Platform` of `native.c`.
#[repr(C)]
struct Platform {
    ram: *mut u8,
    save: *mut u8,
    save_size: u32,
    card: *const u8,
    card_size: u32,
}

unsafe extern "C" {
    fn native_power_on(platform: *const Platform);
    fn native_tick(platform: *const Platform, keys: u16);
    fn native_start_race(
        platform: *const Platform,
        character: u32,
        kart: u32,
        slot: u32,
        opponent: u32,
    );
    fn native_screen(platform: *const Platform) -> u32;
    safe fn course_name(slot: u32) -> *const c_char;
}

/// The name that the menu shows for a slot; empty for a course that is not bundled.
pub fn menu_name(slot: u8) -> &'static str {
    let name = course_name(slot.into());
    // SAFETY: the logic returns a string constant for every slot.
    let name = unsafe { CStr::from_ptr(name) };
    name.to_str().unwrap_or_default()
}

/// RAM and battery of a console at a moment. Cheap to clone.
///
/// Snapshots and consoles that were made of one snapshot share the pages of memory that they have not changed: the course,
/// for example, which no race changes.
#[derive(Clone)]
pub struct Snapshot(Frozen);

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Bytes of a snapshot: RAM, then the battery.
    pub const BYTES: usize = RAM_SIZE + BATTERY_SIZE;

    /// A snapshot of the game on any console, of [`Snapshot::BYTES`]: RAM, then the battery.
    ///
    /// # Errors
    /// [`Error::Snapshot`] for another size, [`Error::Memory`].
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let (ram, battery) = Self::parts(bytes)?;
        Ok(Self(Frozen::new(
            MEMORY_SIZE,
            &[(0, ram), (BATTERY, battery)],
        )?))
    }

    /// Another snapshot, which shares with this one what is the same.
    ///
    /// # Errors
    /// [`Error::Snapshot`].
    pub fn sharing(&self, bytes: &[u8]) -> Result<Self, Error> {
        let (ram, battery) = Self::parts(bytes)?;
        let memory = [ram, &[0; RAM_SLACK], battery].concat();
        Ok(Self(self.0.sharing(&memory)))
    }

    fn parts(bytes: &[u8]) -> Result<(&[u8], &[u8]), Error> {
        let size = bytes.len();
        match bytes.split_at_checked(RAM_SIZE) {
            Some(parts) if size == Self::BYTES => Ok(parts),
            _ => Err(Error::Snapshot { size }),
        }
    }

    /// RAM, then the battery.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.0.bytes(0..MEMORY_SIZE);
        bytes.drain(RAM_SIZE..BATTERY);
        bytes
    }
}

/// Memory of zeros, which all consoles that are powered on share.
fn blank() -> Result<Frozen, Error> {
    static BLANK: OnceLock<Frozen> = OnceLock::new();
    if let Some(blank) = BLANK.get() {
        return Ok(blank.clone());
    }
    let blank = Frozen::new(MEMORY_SIZE, &[])?;
    Ok(BLANK.get_or_init(|| blank).clone())
}

/// A console that runs the bundled game, powered on.
///
/// The state is all in [`Game::ram`], at the addresses of the US game; any number of games may
/// run, on any threads.
pub struct Game {
    /// RAM, its slack and the battery.
    memory: Memory,
    card: Arc<[u8]>,
    card_size: u32,
}

impl fmt::Debug for Game {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Game").finish_non_exhaustive()
    }
}

impl Game {
    /// Powers on the game with the bundled courses and a battery, blank if `None`: bytes beyond
    /// [`BATTERY_SIZE`] are ignored, missing ones read as 0xFF.
    ///
    /// # Errors
    /// As [`Game::with_card`]; the bundled game's card is sound.
    pub fn new(battery: Option<&[u8]>) -> Result<Self, Error> {
        Self::with_card(battery, ROM.into())
    }

    /// Powers on the game with other courses.
    ///
    /// # Errors
    /// [`Error::Slot`] for a slot beyond the last, [`Error::Card`] for two courses in one; and as
    /// [`Game::with_card`].
    pub fn with_courses(
        battery: Option<&[u8]>,
        courses: &[CourseArchive<'_>],
    ) -> Result<Self, Error> {
        let file = |course: &CourseArchive<'_>| match COURSE_SLOTS.get(usize::from(course.slot)) {
            Some(names) => Ok(names.path()),
            None => Err(Error::Slot { slot: course.slot }),
        };
        let paths = courses.iter().map(file).collect::<Result<Vec<_>, _>>()?;
        let files: Vec<(&str, &[u8])> = paths
            .iter()
            .zip(courses)
            .map(|(path, course)| (path.as_str(), course.carc))
            .collect();
        let mut card = vec![0; rom::HEADER_SIZE];
        nitrofs::append(&mut card, &files).map_err(|source| Error::Card {
            courses: courses.len(),
            source,
        })?;
        Self::with_card(battery, card.into())
    }

    /// Powers on the game with a card of any bytes. The game uses only the card's files, and the header with their
    /// locations and the setting of the timing ([`crate::rom_with_real_timing`]).
    ///
    /// # Errors
    /// [`Error::CardTooLarge`], [`Error::Memory`].
    pub fn with_card(battery: Option<&[u8]>, card: Arc<[u8]>) -> Result<Self, Error> {
        let mut game = Self::of(&blank()?, card)?;
        let saved = &mut game.memory.bytes_mut()[BATTERY..];
        saved.fill(0xFF);
        if let Some(battery) = battery {
            let size = battery.len().min(BATTERY_SIZE);
            saved[..size].copy_from_slice(&battery[..size]);
        }
        let platform = game.platform();
        // SAFETY: the platform's pointers are this game's own memory, borrowed mutably here.
        unsafe { native_power_on(&raw const platform) };
        Ok(game)
    }

    /// A console in the state of a snapshot, with the card that was in it.
    ///
    /// # Errors
    /// As [`Game::with_card`].
    pub fn at(snapshot: &Snapshot, card: Arc<[u8]>) -> Result<Self, Error> {
        Self::of(&snapshot.0, card)
    }

    fn of(content: &Frozen, card: Arc<[u8]>) -> Result<Self, Error> {
        let size = card.len();
        Ok(Self {
            card_size: u32::try_from(size).map_err(|_| Error::CardTooLarge { size })?,
            memory: Memory::new(content)?,
            card,
        })
    }

    /// RAM and battery at this moment.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.memory.freeze())
    }

    /// Goes back or over to a snapshot. It costs as much as the console has changed, if snapshot and console were made
    /// of one snapshot.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        Ok(self.memory.restore(&snapshot.0)?)
    }

    /// Plays one video frame with these buttons held.
    pub fn tick(&mut self, pad: Pad) {
        let platform = self.platform();
        // SAFETY: as in `with_card`; for any contents of the RAM, `AT` keeps the logic inside it and
        // the lists that it walks are bounded.
        unsafe { native_tick(&raw const platform, pad.bits()) };
    }

    /// Starts a race without an opponent, at frame counter 1, in the same state as through the menus.
    ///
    /// # Errors
    /// As [`Game::start_race_against`].
    pub fn start_race(&mut self, combo: Combo) -> Result<(), Error> {
        self.start_race_against(combo, Opponent::None)
    }

    /// Starts a race, at frame counter 1, in the same state as through the menus. A ghost is driver
    /// 1, with its own character and kart.
    ///
    /// # Errors
    /// [`Error::Combo`] for ids that the menus do not offer; [`Error::Course`], or [`Error::Ghost`]
    /// for a race against a ghost, if the game returns to its menus.
    pub fn start_race_against(&mut self, combo: Combo, opponent: Opponent) -> Result<(), Error> {
        let (Some(course), true, true) = (
            Course::by_id(combo.course),
            combo.character < CHARACTERS,
            combo.kart < KARTS,
        ) else {
            return Err(Error::Combo { combo });
        };
        let platform = self.platform();
        // SAFETY: as in `with_card`; the numbers were checked.
        unsafe {
            native_start_race(
                &raw const platform,
                combo.character.into(),
                combo.kart.into(),
                course.slot.into(),
                opponent as u32,
            );
        };
        while self.screen() == LOADING_SCREEN {
            self.tick(Pad::empty());
        }
        let course = combo.course;
        match (self.screen(), opponent) {
            (RACE_SCREEN, _) => Ok(()),
            (_, Opponent::None) => Err(Error::Course { course }),
            (_, Opponent::Ghost) => Err(Error::Ghost { course }),
        }
    }

    fn screen(&mut self) -> u32 {
        let platform = self.platform();
        // SAFETY: as in `with_card`.
        unsafe { native_screen(&raw const platform) }
    }

    /// Main RAM, 4 MiB from address 0x02000000.
    pub fn ram(&self) -> &[u8] {
        &self.memory.bytes()[..RAM_SIZE]
    }

    /// Main RAM, for writing. Any contents are safe: the game accesses no memory outside.
    pub fn ram_mut(&mut self) -> &mut [u8] {
        &mut self.memory.bytes_mut()[..RAM_SIZE]
    }

    /// Save memory, [`BATTERY_SIZE`] bytes.
    pub fn battery(&self) -> &[u8] {
        &self.memory.bytes()[BATTERY..]
    }

    fn platform(&mut self) -> Platform {
        // Pages are aligned, and so are the logic's structs in them.
        let memory = self.memory.bytes_mut();
        let (ram, battery) = memory.split_at_mut(BATTERY);
        Platform {
            ram: ram.as_mut_ptr(),
            save: battery.as_mut_ptr(),
            save_size: BATTERY_SIZE as u32,
            card: self.card.as_ptr(),
            card_size: self.card_size,
        }
    }
}
