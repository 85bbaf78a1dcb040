//! DeSmuME's own state files (`.dst`).
//!
//! A header, then the chunks of the core's state: `id`, `size`, bytes, up to the id 0xFFFFFFFF. A [`State`] holds the
//! same chunks, without the memory of a debug console, followed by the polygons of the picture that is not drawn yet.
//!
//! Builds of DeSmuME differ in the chunks that they write and in the fields of a chunk. Missing data has its power-on
//! value: the file is read into a console that was just switched on, and the [`State`] is saved from that console.
//!
//! Source: `saves.cpp` of DeSmuME 0.9.12.

use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use crate::check::check;
use crate::chunks::{Chunk, GAME, chunks, field, movie_start, word};
use crate::emulator::Emulator;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::rom::RomHash;
use crate::state::{Origin, State};

pub(crate) const MAGIC: &[u8; 16] = b"DeSmuME SState\0\0";
const VERSION: u32 = 12;
/// Of DeSmuME 0.9.12; the field is written but never read.
const EMULATOR_VERSION: u32 = 91200;
/// Magic, version, emulator's version, size with the header, compressed size.
const HEADER_SIZE: usize = 32;
/// The compressed size that marks an uncompressed file.
const PLAIN: u32 = u32::MAX;
/// The largest accepted size of a state's contents; states are 11 MB.
const LARGEST: u32 = 64 << 20;

/// Required chunks: processors, memory, scheduling, pictures.
const NEEDED: [(u32, &str); 11] = [
    (1, "the ARM9 (chunk 1)"),
    (2, "the ARM7 (chunk 2)"),
    (3, "the ARM9's system control (chunk 3)"),
    (4, "memory (chunk 4)"),
    (5, "the console (chunk 5)"),
    (51, "its schedule (chunk 51)"),
    (60, "the memory's control (chunk 60)"),
    (61, "the memory's timing (chunk 61)"),
    (7, "pictures (chunk 7)"),
    (90, "the 3D engine (chunk 90)"),
    (91, "its lists (chunk 91)"),
];

/// A ROM's header.
const ROM_HEADER: usize = 0x200;
/// The offsets of the title, the game code, the version and the header's checksum.
const TITLE: Range<usize> = 0..12;
const CODE: Range<usize> = 12..16;
const GAME_VERSION: usize = 0x1E;
const HEADER_CRC: usize = 0x15E;

impl State {
    /// Reads a state file of DeSmuME 0.9.12, as one of `rom` with `options`.
    ///
    /// The frame count is 0 and the clock is at its start, as at the beginning of a movie that starts from the
    /// state. If the state was saved while a movie was playing, that movie is left out, and so is a picture that was not
    /// drawn yet. Missing chunks (wireless hardware, sound, microphone, clock, card slots) have their power-on
    /// values. All numbers that the core does not check itself are checked first.
    ///
    /// # Errors
    /// [`Error::State`] if it is no state file, of another version, cut short, of another ROM, or has values that are
    /// impossible on a console, and those of [`Emulator::open`].
    pub fn from_dst(bytes: &[u8], rom: &[u8], options: &Options) -> Result<Self> {
        let unpacked = unpack(bytes)?;
        let (chunks, _) = chunks(&unpacked)?;
        require_game(&chunks, rom)?;
        for (needed, name) in NEEDED {
            if !chunks.iter().any(|(id, _)| *id == needed) {
                return Err(Error::state("chunks", &name, &"a file without it"));
            }
        }
        let origin = Origin::new(RomHash::of(rom), options);
        let payload = movie_start(&chunks)?;
        check(&payload)?;
        let read = Self::new(origin, 0, payload);
        let mut console = Emulator::open(rom, options)?;
        console.load_state(&read)?;
        console.save_state()
    }

    /// The state as a file of DeSmuME 0.9.12, without a picture that was not drawn yet.
    ///
    /// # Errors
    /// [`Error::State`] if this was read from bytes that hold no state of this core.
    pub fn to_dst(&self) -> Result<Vec<u8>> {
        let (_, size) = chunks(self.payload())?;
        let chunks = &self.payload()[..size];
        let mut bytes = Vec::with_capacity(HEADER_SIZE + chunks.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(EMULATOR_VERSION.to_le_bytes());
        bytes.extend(((HEADER_SIZE + chunks.len()) as u32).to_le_bytes());
        bytes.extend(PLAIN.to_le_bytes());
        bytes.extend(chunks);
        Ok(bytes)
    }
}

/// Refuses chunks that were saved with another ROM in the console.
fn require_game(chunks: &[Chunk<'_>], rom: &[u8]) -> Result<()> {
    let expected = rom.get(..ROM_HEADER).unwrap_or_default();
    let found = match chunks.iter().find(|(id, _)| *id == GAME) {
        Some((_, contents)) => &contents[field(contents, *b"GINF")?],
        None => &[],
    };
    if found == expected {
        return Ok(());
    }
    Err(Error::state(
        "header of its ROM",
        &game_name(expected),
        &game_name(found),
    ))
}

/// The game's name in a ROM's header.
fn game_name(header: &[u8]) -> String {
    let (Some(title), Some(code), Some(version), Some(crc)) = (
        header.get(TITLE),
        header.get(CODE),
        header.get(GAME_VERSION),
        header.get(HEADER_CRC..).and_then(<[u8]>::first_chunk),
    ) else {
        return "none".to_owned();
    };
    let title = title.split(|byte| *byte == 0).next().unwrap_or_default();
    format!(
        "{} {}, version {version}, checksum {:04X}",
        title.escape_ascii(),
        code.escape_ascii(),
        u16::from_le_bytes(*crc)
    )
}

/// The chunks of a file.
fn unpack(bytes: &[u8]) -> Result<Vec<u8>> {
    let Some((header, body)) = bytes.split_at_checked(HEADER_SIZE) else {
        return Err(Error::state(
            "size of the file",
            &format!("at least {HEADER_SIZE} bytes"),
            &format!("{} bytes", bytes.len()),
        ));
    };
    let (magic, numbers) = header.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Error::state(
            "first bytes of the file",
            &MAGIC.escape_ascii(),
            &magic.escape_ascii(),
        ));
    }
    let number = |index: usize| word(&numbers[4 * index..]).unwrap_or_default();
    if number(0) != VERSION {
        return Err(Error::state("version of the file", &VERSION, &number(0)));
    }
    let (size, packed_size) = (number(2), number(3));
    if size > LARGEST {
        return Err(Error::state(
            "size that the file names",
            &format!("at most {LARGEST} bytes"),
            &size,
        ));
    }
    if packed_size == PLAIN {
        let size = (size as usize).saturating_sub(HEADER_SIZE);
        let chunks = body.get(..size);
        return chunks.map(<[u8]>::to_vec).ok_or_else(|| {
            Error::state(
                "size of the file",
                &format!("{} bytes", HEADER_SIZE + size),
                &format!("{} bytes", bytes.len()),
            )
        });
    }
    let mut chunks = Vec::new();
    let packed = body.get(..packed_size as usize).unwrap_or(body);
    ZlibDecoder::new(packed)
        .take(u64::from(LARGEST))
        .read_to_end(&mut chunks)
        .map_err(|error| Error::state("compressed contents", &"zlib data", &error))?;
    if chunks.len() != size as usize {
        return Err(Error::state(
            "size of the contents",
            &format!("{size} bytes"),
            &format!("{} bytes", chunks.len()),
        ));
    }
    Ok(chunks)
}
