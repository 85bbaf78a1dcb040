//! Mupen64Plus's own files of states (`.st`): what the core writes, compressed by gzip.
//!
//! They hold the console's RAM, processors and devices. They do not hold save memory, the CPU mode and the size of RAM,
//! how long the console has run, and the last display list.
//!
//! Source: `savestates.c` of Mupen64Plus 2.5.9.

use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::error::{Error, Result};
use crate::pages::Pages;
use crate::state::{CONSOLE_SIZE, RAM_OFFSET, State, expect};

/// The first bytes of gzip's files, and of what is in them.
pub(crate) const GZIP: [u8; 2] = [0x1F, 0x8B];
const MAGIC: [u8; 8] = *b"M64+SAVE";
/// The first number of the version.
const MAJOR: u16 = 1;
/// The offsets of the version and of the MD5 of the ROM in hexadecimal.
const VERSION_AT: usize = 8;
const ROM_AT: usize = 12;
/// What every version has, up to the queue of the processor's events; the queue; whether the TLB is used.
const OLDEST_SIZE: usize = 16_788_288;
const QUEUE_SIZE: usize = 1024;
const TLB_SIZE: usize = 4;

/// The header of a state of the core's.
pub(crate) struct Header {
    /// The MD5 of the ROM in hexadecimal.
    pub(crate) rom: [u8; 32],
    /// The second number of the version.
    minor: u8,
}

impl Header {
    /// Reads it from the state's first bytes.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self> {
        let (Some(magic), Some(&[high, low, minor, _]), Some(rom)) = (
            bytes.first_chunk::<{ MAGIC.len() }>(),
            bytes.get(VERSION_AT..).and_then(<[u8]>::first_chunk),
            bytes.get(ROM_AT..).and_then(<[u8]>::first_chunk),
        ) else {
            return Err(size_error(ROM_AT + 32, bytes.len()));
        };
        expect(
            "first bytes of the core's state",
            &MAGIC.escape_ascii(),
            &magic.escape_ascii(),
        )?;
        let major = u16::from_be_bytes([high, low]);
        expect("version of the core's state", &MAJOR, &major)?;
        Ok(Self { rom: *rom, minor })
    }

    /// The least bytes of a state of this version. 1.0 ends within the queue, 1.1 after the TLB's word.
    fn least_size(&self) -> usize {
        match self.minor {
            0 => OLDEST_SIZE,
            1 => OLDEST_SIZE + QUEUE_SIZE + TLB_SIZE,
            _ => CONSOLE_SIZE,
        }
    }
}

fn size_error(expected: usize, found: usize) -> Error {
    Error::State {
        what: "size of the core's state".into(),
        expected: format!("at least {expected} bytes"),
        found: format!("{found} bytes"),
    }
}

impl State {
    /// Whether `bytes` begin like a file of Mupen64Plus's.
    pub(crate) fn is_st(bytes: &[u8]) -> bool {
        let mut magic = [0; MAGIC.len()];
        bytes.starts_with(&GZIP)
            && GzDecoder::new(bytes).read_exact(&mut magic).is_ok()
            && magic == MAGIC
    }

    /// Reads a file of Mupen64Plus's.
    pub(crate) fn from_st(bytes: &[u8]) -> Result<Self> {
        let mut console = Vec::new();
        GzDecoder::new(bytes)
            .take(CONSOLE_SIZE as u64 + 1)
            .read_to_end(&mut console)
            .map_err(|error| Error::State {
                what: "compressed contents".into(),
                expected: "gzip data".to_owned(),
                found: error.to_string(),
            })?;
        let least = Header::read(&console)?.least_size();
        if console.len() < least {
            return Err(size_error(least, console.len()));
        }
        if console.len() > CONSOLE_SIZE {
            return Err(Error::State {
                what: "size of the core's state".into(),
                expected: format!("at most {CONSOLE_SIZE} bytes"),
                found: "more".to_owned(),
            });
        }
        // The core does not read what its version does not have.
        console.resize(CONSOLE_SIZE, 0);
        Ok(Self {
            host: None,
            console: Arc::new(Pages::new(&console)),
        })
    }

    /// The state as a file of Mupen64Plus 2.5.9 and later (`.st`), which [`State::from_bytes`] reads too. It does not hold
    /// save memory, the CPU mode and size of RAM, the frame count, and what the next picture shows if the game draws
    /// nothing before it.
    #[must_use]
    pub fn to_st(&self) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        let written = packed.write_all(&self.console.bytes());
        written.expect("a vector takes all bytes");
        packed.finish().expect("a vector takes all bytes")
    }

    /// Whether the console had the expansion pak and the game used it.
    pub(crate) fn uses_expansion(&self) -> bool {
        let [small, large] = crate::RAM_SIZES.map(|size| RAM_OFFSET + size);
        !self.console.are_zero(small..large)
    }
}
