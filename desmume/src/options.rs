//! The options of a power-on, besides the ROM and the battery memory.

use std::fmt;

use desmume_sys::core_settings;
use nds_formats::dsm::{DateTime, Firmware, Movie};

use crate::error::{Error, Result};

/// The emulation of the two ARM processors. A repeatable run needs the same mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cpu {
    /// One instruction at a time: slow, exact, on every processor.
    Interpreter,
    /// Compiled to machine code, on x86-64 only.
    Jit {
        /// The most instructions in a compiled block, 1..=100; larger blocks are faster and less exact in
        /// timing.
        block_size: u8,
    },
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interpreter => f.write_str("interpreter"),
            Self::Jit { block_size } => write!(f, "jit {block_size}"),
        }
    }
}

impl Cpu {
    /// The JIT with the largest blocks: the fastest.
    pub const FASTEST: Self = Self::Jit { block_size: 100 };

    /// The block size as movies and the core write it: 0 is the interpreter.
    pub fn block_size(self) -> u8 {
        match self {
            Self::Interpreter => 0,
            Self::Jit { block_size } => block_size,
        }
    }

    /// From a block size as movies write it: 0, and sizes the core would refuse, are the
    /// interpreter.
    pub fn from_block_size(block_size: u8) -> Self {
        match block_size {
            1..=100 => Self::Jit { block_size },
            _ => Self::Interpreter,
        }
    }
}

impl Default for Cpu {
    /// The fastest mode for the host's processor.
    fn default() -> Self {
        if desmume_sys::HAS_JIT {
            Self::FASTEST
        } else {
            Self::Interpreter
        }
    }
}

/// The options of a console at power-on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Options {
    /// The emulation of the processors.
    pub cpu: Cpu,
    /// The clock at power-on; it then counts video frames, never the host's time.
    pub clock: DateTime,
    /// The owner's settings.
    pub firmware: Firmware,
    /// Exact timing of bus accesses and caches. Off is a little faster and less like a console.
    pub advanced_timing: bool,
}

impl Default for Options {
    /// The fastest CPU mode, 2009-01-01 00:00:00, DeSmuME's own user settings, advanced timing.
    fn default() -> Self {
        Self {
            cpu: Cpu::default(),
            clock: DateTime::default(),
            firmware: Firmware::default(),
            advanced_timing: true,
        }
    }
}

impl Options {
    /// The options that a movie was recorded with. Keys that it lacks have their defaults.
    ///
    /// # Errors
    /// [`Error::Movie`] if a value cannot be read, or the movie needs a dumped BIOS or firmware.
    pub fn from_movie(movie: &Movie) -> Result<Self> {
        let header = &movie.header;
        Ok(Self {
            cpu: Cpu::from_block_size(header.jit_block_size()?),
            clock: header.rtc_start()?,
            firmware: header.firmware()?,
            advanced_timing: header.advanced_timing()?.unwrap_or(true),
        })
    }

    /// Writes the options into a movie's header, so that the movie is replayed with them.
    ///
    /// # Errors
    /// [`Error::Movie`] if the clock is no date or a text holds a line break.
    pub fn write_to(&self, movie: &mut Movie) -> Result<()> {
        let header = &mut movie.header;
        header.set_jit_block_size(self.cpu.block_size());
        header.set_rtc_start(self.clock)?;
        header.set_firmware(&self.firmware)?;
        header.set_advanced_timing(self.advanced_timing);
        Ok(())
    }

    /// The options as the shim takes them.
    pub(crate) fn to_settings(&self) -> Result<core_settings> {
        self.check()?;
        let mut settings = core_settings {
            jit_block_size: self.cpu.block_size(),
            advanced_timing: self.advanced_timing.into(),
            year: self.clock.year,
            month: self.clock.month,
            day: self.clock.day,
            hour: self.clock.hour,
            minute: self.clock.minute,
            second: self.clock.second,
            favourite_colour: self.firmware.favourite_colour,
            birth_month: self.firmware.birth_month,
            birth_day: self.firmware.birth_day,
            language: self.firmware.language,
            ..core_settings::default()
        };
        settings.nickname_length = write_text(&self.firmware.nickname, &mut settings.nickname);
        settings.message_length = write_text(&self.firmware.message, &mut settings.message);
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        if let Cpu::Jit { block_size } = self.cpu {
            if !desmume_sys::HAS_JIT {
                let reason = format!("it is for x86-64, this is {}", std::env::consts::ARCH);
                return Err(Error::JitUnsupported { reason });
            }
            in_range("cpu.block_size", block_size, 1, 100, "1..=100")?;
        }
        // The clock has two digits for the year: 2000..=2099.
        if !self.clock.is_valid() || !(2000..=2099).contains(&self.clock.year) {
            return Err(Error::Option {
                option: "clock",
                expected: "a time in the years 2000..=2099",
                found: self.clock.to_string(),
            });
        }
        in_range(
            "firmware.favourite_colour",
            self.firmware.favourite_colour,
            0,
            15,
            "0..=15",
        )?;
        in_range(
            "firmware.birth_month",
            self.firmware.birth_month,
            1,
            12,
            "1..=12",
        )?;
        in_range(
            "firmware.birth_day",
            self.firmware.birth_day,
            1,
            31,
            "1..=31",
        )?;
        in_range("firmware.language", self.firmware.language, 0, 7, "0..=7")
    }
}

fn in_range(
    option: &'static str,
    value: u8,
    low: u8,
    high: u8,
    expected: &'static str,
) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::Option {
        option,
        expected,
        found: value.to_string(),
    })
}

/// Writes as many UTF-16 units of `text` as fit, as the core does, and returns how many.
fn write_text(text: &str, to: &mut [u16]) -> u8 {
    let mut length = 0;
    for (place, unit) in to.iter_mut().zip(text.encode_utf16()) {
        *place = unit;
        length += 1;
    }
    length
}
