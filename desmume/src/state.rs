//! A console's whole state, in memory.

use std::borrow::Cow;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::check::check;
use crate::dst;
use crate::error::{Error, Result};
use crate::options::{Cpu, Options};
use crate::rom::RomHash;

const MAGIC: [u8; 8] = *b"KSSTATE\0";
const VERSION: u32 = 1;
/// The first bytes of melonDS's states, which hold another emulator's console.
const MELON_DS: &[u8] = b"MELN";

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
                Err(Error::State {
                    what: Cow::Borrowed(what),
                    expected,
                    found,
                })
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

    /// Whether `bytes` begin like a state that [`State::read`] reads.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC) || bytes.starts_with(dst::MAGIC)
    }

    /// Reads a state's file, as one of `rom` with `options`: one that [`State::bytes`] wrote, or one of DeSmuME 0.9.12
    /// (see [`State::from_dst`]), recognised by its first bytes.
    ///
    /// # Errors
    /// [`Error::State`] if it is neither, of another version, cut short, or of another ROM, CPU mode, timing or clock
    /// (a file of DeSmuME's is of any mode, timing and clock), and those of [`State::from_dst`].
    pub fn read(bytes: &[u8], rom: &[u8], options: &Options) -> Result<Self> {
        if !Self::is_one(bytes) {
            let first = bytes.get(..dst::MAGIC.len()).unwrap_or(bytes);
            return Err(Error::State {
                what: "first bytes of the file".into(),
                expected: format!("{} or {}", dst::MAGIC.escape_ascii(), MAGIC.escape_ascii()),
                found: match bytes.starts_with(MELON_DS) {
                    true => "a save state of melonDS".to_owned(),
                    false => format!("\"{}\"", first.escape_ascii()),
                },
            });
        }
        if bytes.starts_with(dst::MAGIC) {
            return Self::from_dst(bytes, rom, options);
        }
        let state = Self::from_bytes(bytes)?;
        Origin::new(RomHash::of(rom), options).check(state.origin())?;
        Ok(state)
    }

    /// Reads a state that [`State::bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::State`] if it is no state, of another version, cut short, changed, or has values that are impossible on a
    /// console.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let Some((header, payload)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Err(Error::State {
                what: "size".into(),
                expected: format!("at least {HEADER_SIZE} bytes"),
                found: format!("{} bytes", bytes.len()),
            });
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
        Err(Error::State {
            what: what.into(),
            expected,
            found,
        })
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
