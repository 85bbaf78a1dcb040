//! The game without an emulator: one [`Game`] is one console.

use std::ffi::{CStr, c_char};

use mkds_formats::ghost::Combo;
use mkds_formats::pad::Pad;

use crate::COURSES;

/// Bytes of main RAM.
pub const RAM_SIZE: usize = 4 << 20;
/// Bytes of save memory.
pub const BATTERY_SIZE: usize = 256 << 10;

/// `RAM_SLACK` of `logic/mkds.h`.
const RAM_SLACK: usize = 0x4000;
const RAM_START: u32 = 0x0200_0000;
/// Course files lie from here, as in the ROM's image, up to the game's own memory.
const COURSE_FILES: u32 = 0x0201_0000;
const COURSE_FILES_END: u32 = 0x0216_0000;
const SLOTS: usize = 32;
const CHARACTERS: u8 = 12;
const KARTS: u8 = 36;
/// Frames from [`Game::start_race`] to frame counter 1.
const LOADING_FRAMES: u32 = 30;
const RACE_SCREEN: u32 = 9;

/// Why a game cannot do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The course files do not fit in main RAM.
    #[error(
        "course in slot {slot}: {size} bytes of files, but {left} bytes of RAM are left for them"
    )]
    CoursesTooLarge {
        /// The slot that no longer fits.
        slot: u8,
        /// The size of its two files.
        size: usize,
        /// What is left.
        left: usize,
    },
    /// No such slot in cup order.
    #[error("course slot {slot}: expected 0..{SLOTS}")]
    Slot {
        /// The slot asked for.
        slot: u8,
    },
    /// A combination that the menus do not offer.
    #[error(
        "{combo:?}: expected a character below {CHARACTERS}, a kart below {KARTS} and a bundled course"
    )]
    Combo {
        /// What was asked for.
        combo: Combo,
    },
    /// The course's files hold no race.
    #[error("course {course}: its files hold no start, no checkpoints or no stage section")]
    Course {
        /// The course's id.
        course: u8,
    },
}

/// A course for [`Game::with_courses`].
#[derive(Debug, Clone, Copy)]
pub struct CourseFiles<'a> {
    /// Its place in cup order, 0..32.
    pub slot: u8,
    /// A `.kcl` file.
    pub kcl: &'a [u8],
    /// An `.nkm` file.
    pub nkm: &'a [u8],
}

/// `CourseFile` of `logic/game.h`: DS addresses and sizes of a course's files.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct CourseFile {
    kcl_addr: u32,
    kcl_size: u32,
    nkm_addr: u32,
    nkm_size: u32,
}

/// `Platform` of `native.c`.
#[repr(C)]
struct Platform {
    ram: *mut u8,
    save: *mut u8,
    save_size: u32,
    courses: *const CourseFile,
}

unsafe extern "C" {
    fn native_power_on(platform: *const Platform);
    fn native_tick(platform: *const Platform, keys: u16);
    fn native_start_race(platform: *const Platform, character: u32, kart: u32, slot: u32);
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

/// A console that runs the bundled game, powered on.
///
/// The state is all in [`Game::ram`], at the addresses of the US game; any number of games may
/// run, on any threads.
pub struct Game {
    /// `u64`s, so that the logic's structs are aligned.
    ram: Vec<u64>,
    battery: Vec<u8>,
    courses: [CourseFile; SLOTS],
}

impl Game {
    /// Powers on the game with the bundled courses and a battery, blank if `None`: bytes beyond
    /// [`BATTERY_SIZE`] are ignored, missing ones read as 0xFF.
    pub fn new(battery: Option<&[u8]>) -> Result<Self, Error> {
        let courses: Vec<_> = COURSES
            .iter()
            .map(|course| CourseFiles {
                slot: course.slot,
                kcl: course.kcl,
                nkm: course.nkm,
            })
            .collect();
        Self::with_courses(battery, &courses)
    }

    /// Powers on the game with other courses.
    pub fn with_courses(
        battery: Option<&[u8]>,
        courses: &[CourseFiles<'_>],
    ) -> Result<Self, Error> {
        let mut saved = vec![0xFF; BATTERY_SIZE];
        if let Some(battery) = battery {
            let size = battery.len().min(BATTERY_SIZE);
            saved[..size].copy_from_slice(&battery[..size]);
        }
        let mut game = Self {
            ram: vec![0; (RAM_SIZE + RAM_SLACK) / 8],
            battery: saved,
            courses: [CourseFile::default(); SLOTS],
        };
        game.place_courses(courses)?;
        let platform = game.platform();
        // SAFETY: the platform's pointers are this game's own buffers, borrowed mutably here.
        unsafe { native_power_on(&raw const platform) };
        Ok(game)
    }

    /// Plays one video frame with these buttons held.
    pub fn tick(&mut self, pad: Pad) {
        let platform = self.platform();
        // SAFETY: as in `with_courses`; whatever the RAM holds, `AT` keeps the logic inside it and
        // the lists that it walks are bounded.
        unsafe { native_tick(&raw const platform, pad.bits()) };
    }

    /// Goes to frame counter 1 of a race, where the menus would lead to as well.
    pub fn start_race(&mut self, combo: Combo) -> Result<(), Error> {
        let slot =
            mkds_formats::names::Course::by_id(combo.course).map(|course| u32::from(course.slot));
        let slot = slot.filter(|&slot| self.courses[slot as usize].kcl_size != 0);
        let (Some(slot), true, true) = (slot, combo.character < CHARACTERS, combo.kart < KARTS)
        else {
            return Err(Error::Combo { combo });
        };
        let platform = self.platform();
        // SAFETY: as in `with_courses`; the numbers were checked.
        unsafe {
            native_start_race(
                &raw const platform,
                combo.character.into(),
                combo.kart.into(),
                slot,
            );
        };
        for _ in 0..LOADING_FRAMES {
            self.tick(Pad::empty());
        }
        let platform = self.platform();
        // SAFETY: as in `with_courses`.
        let screen = unsafe { native_screen(&raw const platform) };
        if screen != RACE_SCREEN {
            return Err(Error::Course {
                course: combo.course,
            });
        }
        Ok(())
    }

    /// Main RAM, 4 MiB from address 0x02000000.
    pub fn ram(&self) -> &[u8] {
        let start = self.ram.as_ptr().cast::<u8>();
        // SAFETY: the buffer holds RAM_SIZE initialised bytes and u8 asks for no alignment.
        unsafe { std::slice::from_raw_parts(start, RAM_SIZE) }
    }

    /// Main RAM to write to. Whatever is written, the game reads and writes nothing else.
    pub fn ram_mut(&mut self) -> &mut [u8] {
        let start = self.ram.as_mut_ptr().cast::<u8>();
        // SAFETY: as in `ram`, and the borrow of self is exclusive.
        unsafe { std::slice::from_raw_parts_mut(start, RAM_SIZE) }
    }

    /// Save memory, [`BATTERY_SIZE`] bytes.
    pub fn battery(&self) -> &[u8] {
        &self.battery
    }

    fn place_courses(&mut self, courses: &[CourseFiles<'_>]) -> Result<(), Error> {
        let mut address = COURSE_FILES;
        for course in courses {
            let slot = course.slot;
            if usize::from(slot) >= SLOTS {
                return Err(Error::Slot { slot });
            }
            let size = course.kcl.len() + course.nkm.len() + 8;
            let left = (COURSE_FILES_END - address) as usize;
            if size > left {
                return Err(Error::CoursesTooLarge { slot, size, left });
            }
            let kcl_addr = self.place(&mut address, course.kcl);
            let nkm_addr = self.place(&mut address, course.nkm);
            self.courses[usize::from(slot)] = CourseFile {
                kcl_addr,
                kcl_size: course.kcl.len() as u32,
                nkm_addr,
                nkm_size: course.nkm.len() as u32,
            };
        }
        Ok(())
    }

    /// Copies a file to an address, which moves on past it to the next word.
    fn place(&mut self, address: &mut u32, file: &[u8]) -> u32 {
        let at = *address;
        let start = (at - RAM_START) as usize;
        self.ram_mut()[start..start + file.len()].copy_from_slice(file);
        *address = (at + file.len() as u32).next_multiple_of(4);
        at
    }

    fn platform(&mut self) -> Platform {
        Platform {
            ram: self.ram.as_mut_ptr().cast(),
            save: self.battery.as_mut_ptr(),
            save_size: BATTERY_SIZE as u32,
            courses: self.courses.as_ptr(),
        }
    }
}
