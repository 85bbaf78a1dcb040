//! A console's whole state, in memory.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::check::check;
use crate::chunks::{chunks, movie_start};
use crate::error::{Error, Result};
use crate::options::{Cpu, Options};
use crate::rom::RomHash;

pub(crate) const MAGIC: [u8; 8] = *b"KSSTATE\0";
const VERSION: u32 = 1;

/// Magic, version, CPU block size, advanced timing, two zero bytes, frame count, clock (as
/// [`clock_number`]), ROM hash, payload's size, payload's checksum.
const HEADER_SIZE: usize = 8 + 4 + 1 + 1 + 2 + 8 + 8 + 32 + 8 + 8;

/// The settings that must be equal in the emulators that save and load a state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) rom: RomHash,
    cpu: Cpu,
    advanced_timing: bool,
    clock: u64,
}

impl Origin {
    pub(crate) fn new(rom: RomHash, options: &Options) -> Self {
        let clock = clock_number(options);
        Self {
            rom,
            cpu: options.cpu,
            advanced_timing: options.advanced_timing,
            clock,
        }
    }

    /// Whether a state of `found` may be loaded here.
    pub(crate) fn check(&self, found: &Self) -> Result<()> {
        let differs = |what, expected: String, found: String| {
            if expected == found {
                Ok(())
            } else {
                Err(Error::state(what, &expected, &found))
            }
        };
        differs(
            "SHA-256 of its ROM",
            self.rom.to_string(),
            found.rom.to_string(),
        )?;
        differs("CPU mode", self.cpu.to_string(), found.cpu.to_string())?;
        differs(
            "advanced timing",
            self.advanced_timing.to_string(),
            found.advanced_timing.to_string(),
        )?;
        differs(
            "clock at power-on",
            self.clock.to_string(),
            found.clock.to_string(),
        )
    }
}

/// The clock at power-on as the decimal number YYYYMMDDhhmmss.
fn clock_number(options: &Options) -> u64 {
    let clock = options.clock;
    [
        clock.month,
        clock.day,
        clock.hour,
        clock.minute,
        clock.second,
    ]
    .into_iter()
    .fold(u64::from(clock.year), |number, part| {
        number * 100 + u64::from(part)
    })
}

/// A console's whole state: RAM, processors, devices, battery memory; about 7 MB. Cheap to clone.
///
/// It can be loaded into any emulator that runs the same ROM with the same CPU mode, timing and
/// clock.
#[derive(Clone)]
pub struct State {
    origin: Origin,
    frame_count: u64,
    payload: Arc<Vec<u8>>,
}

impl State {
    pub(crate) fn new(origin: Origin, frame_count: u64, payload: Vec<u8>) -> Self {
        Self {
            origin,
            frame_count,
            payload: Arc::new(payload),
        }
    }

    /// Video frames since power-on.
    pub fn frame_count(&self) -> u64 {
        self.frame_count
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The core's own part.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The state as bytes that [`State::from_bytes`] reads: a header and about 7 MB.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_SIZE + self.payload.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([
            self.origin.cpu.block_size(),
            self.origin.advanced_timing.into(),
            0,
            0,
        ]);
        bytes.extend(self.frame_count.to_le_bytes());
        bytes.extend(self.origin.clock.to_le_bytes());
        bytes.extend(self.origin.rom.0);
        bytes.extend((self.payload.len() as u64).to_le_bytes());
        bytes.extend(xxh3_64(&self.payload).to_le_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// The state as the beginning of a movie: the frame count is 0 and the clock is at its start, as
    /// [`State::from_dst`] returns it.
    ///
    /// # Errors
    /// [`Error::State`] if this was read from bytes that hold no state of this core.
    pub fn as_movie_start(&self) -> Result<Self> {
        let (chunks, _) = chunks(self.payload())?;
        Ok(Self::new(*self.origin(), 0, movie_start(&chunks)?))
    }

    /// Reads a state that [`State::bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::State`] if it is no state, of another version, cut short, changed, or has values that are impossible on a
    /// console.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let Some((header, payload)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Err(Error::state(
                "size",
                &format!("at least {HEADER_SIZE} bytes"),
                &format!("{} bytes", bytes.len()),
            ));
        };
        let mut fields = Fields(header);
        let magic: [u8; 8] = fields.take();
        expect("first bytes", &MAGIC.escape_ascii(), &magic.escape_ascii())?;
        expect("version", &VERSION, &u32::from_le_bytes(fields.take()))?;
        let [block_size, advanced_timing, _, _] = fields.take();
        let frame_count = u64::from_le_bytes(fields.take());
        let clock = u64::from_le_bytes(fields.take());
        let rom = RomHash(fields.take());
        let size = u64::from_le_bytes(fields.take());
        expect(
            "size in bytes after the header",
            &size,
            &(payload.len() as u64),
        )?;
        let checksum = u64::from_le_bytes(fields.take());
        expect("checksum", &checksum, &xxh3_64(payload))?;
        check(payload)?;
        let cpu = Cpu::from_block_size(block_size);
        let origin = Origin {
            rom,
            cpu,
            advanced_timing: advanced_timing != 0,
            clock,
        };
        Ok(Self::new(origin, frame_count, payload.to_vec()))
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("State")
            .field("frame_count", &self.frame_count)
            .field("bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

fn expect<T: ToString>(what: &'static str, expected: &T, found: &T) -> Result<()> {
    let (expected, found) = (expected.to_string(), found.to_string());
    if expected == found {
        Ok(())
    } else {
        Err(Error::state(what, &expected, &found))
    }
}

/// The header's fields in order.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    /// The next `N` bytes. The header's size is the sum of its fields, so they are there.
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) = self
            .0
            .split_first_chunk()
            .expect("the header holds its fields");
        self.0 = rest;
        *field
    }
}
