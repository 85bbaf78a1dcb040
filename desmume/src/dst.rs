//! DeSmuME's own state files (`.dst`).
//!
//! A header, then the chunks of the core's state: `id`, `size`, bytes, up to the id 0xFFFFFFFF. A [`State`] holds the
//! same chunks, without the memory of a debug console, followed by the polygons of the picture that is not drawn yet.
//!
//! Builds of DeSmuME differ in the chunks that they write and in the fields of a chunk. Missing data has its power-on
//! value: the file is read into a console that was just switched on, and the [`State`] is saved from that console.
//!
//! Source: `saves.cpp` of DeSmuME 0.9.12.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use crate::check::check;
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

const END: u32 = u32::MAX;
/// The frame counter, from which the clock is computed.
const FRAMES: u32 = 100;
/// The movie that was being played.
const MOVIE: u32 = 101;
/// The contents of the movie's chunk if there was no movie.
pub(crate) const NO_MOVIE: &[u8] = b"NOMO";
/// The wireless hardware, as other builds of DeSmuME 0.9.12 write it. The core reads chunk 111 only.
const OTHER_WIFI: u32 = 110;
/// The ROM's header.
const GAME: u32 = 130;
/// Every chunk that DeSmuME 0.9.12 writes.
const CHUNKS: [u32; 24] = [
    1, 2, 3, 4, 5, 51, 60, 61, 7, 8, 81, 90, 91, FRAMES, MOVIE, OTHER_WIFI, 111, 120, GAME, 140,
    150, 160, 170, 180,
];
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

/// The part of a [`State`] that a file does not have: no polygons of either picture, no vertices.
const NO_PICTURES: [u8; 12] = [0; 12];

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
                return Err(refused("chunks", &name, &"a file without it"));
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

    /// The state as the beginning of a movie: the frame count is 0 and the clock is at its start, as
    /// [`State::from_dst`] returns it.
    ///
    /// # Errors
    /// [`Error::State`] if this was read from bytes that hold no state of this core.
    pub fn as_movie_start(&self) -> Result<Self> {
        let (chunks, _) = chunks(self.payload())?;
        Ok(Self::new(*self.origin(), 0, movie_start(&chunks)?))
    }

    /// Converts a file of either kind that [`State::read`] reads to DeSmuME's: a file of DeSmuME's is unchanged.
    ///
    /// # Errors
    /// Those of [`State::from_bytes`] and [`State::to_dst`].
    pub fn dst_of(file: &[u8]) -> Result<Cow<'_, [u8]>> {
        match file.starts_with(MAGIC) {
            true => Ok(file.into()),
            false => Ok(Self::from_bytes(file)?.to_dst()?.into()),
        }
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

/// The core's part of a state with these chunks, at the beginning of a movie.
fn movie_start(chunks: &[Chunk<'_>]) -> Result<Vec<u8>> {
    let size: usize = chunks.iter().map(|(_, contents)| 8 + contents.len()).sum();
    let mut payload = Vec::with_capacity(size + 4 + NO_PICTURES.len());
    for (id, contents) in chunks {
        let mut contents = contents.to_vec();
        match *id {
            OTHER_WIFI => continue,
            FRAMES => {
                let counter = field(&contents, *b"FRAC")?;
                contents[counter].fill(0);
            }
            MOVIE => contents = NO_MOVIE.to_vec(),
            _ => {}
        }
        payload.extend(id.to_le_bytes());
        payload.extend((contents.len() as u32).to_le_bytes());
        payload.extend(contents);
    }
    payload.extend(END.to_le_bytes());
    payload.extend(NO_PICTURES);
    Ok(payload)
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
    Err(refused(
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
        return Err(refused(
            "size of the file",
            &format!("at least {HEADER_SIZE} bytes"),
            &format!("{} bytes", bytes.len()),
        ));
    };
    let (magic, numbers) = header.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(refused(
            "first bytes of the file",
            &MAGIC.escape_ascii(),
            &magic.escape_ascii(),
        ));
    }
    let number = |index: usize| word(&numbers[4 * index..]).unwrap_or_default();
    if number(0) != VERSION {
        return Err(refused("version of the file", &VERSION, &number(0)));
    }
    let (size, packed_size) = (number(2), number(3));
    if size > LARGEST {
        return Err(refused(
            "size that the file names",
            &format!("at most {LARGEST} bytes"),
            &size,
        ));
    }
    if packed_size == PLAIN {
        let size = (size as usize).saturating_sub(HEADER_SIZE);
        let chunks = body.get(..size);
        return chunks.map(<[u8]>::to_vec).ok_or_else(|| {
            refused(
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
        .map_err(|error| refused("compressed contents", &"zlib data", &error))?;
    if chunks.len() != size as usize {
        return Err(refused(
            "size of the contents",
            &format!("{size} bytes"),
            &format!("{} bytes", chunks.len()),
        ));
    }
    Ok(chunks)
}

/// A chunk's id and contents.
pub(crate) type Chunk<'a> = (u32, &'a [u8]);

/// A state's chunks, and how many bytes they take including the end marker.
pub(crate) fn chunks(bytes: &[u8]) -> Result<(Vec<Chunk<'_>>, usize)> {
    let mut chunks = Vec::new();
    let mut rest = bytes;
    loop {
        let id = word(rest);
        if id == Some(END) {
            return Ok((chunks, bytes.len() - rest.len() + 4));
        }
        let chunk = id.filter(|id| CHUNKS.contains(id)).and_then(|id| {
            let size = word(&rest[4..])?;
            let (contents, after) = rest[8..].split_at_checked(size as usize)?;
            Some((id, contents, after))
        });
        let Some((id, contents, after)) = chunk else {
            let at = bytes.len() - rest.len();
            let found = id.map_or("the end".to_owned(), |id| format!("{id}"));
            return Err(refused(
                "chunks",
                &"whole ones that DeSmuME 0.9.12 writes",
                &format!("{found} at byte {at} of {}", bytes.len()),
            ));
        };
        chunks.push((id, contents));
        rest = after;
    }
}

/// The range of a field's value in a chunk of fields: each is its name, an element's size, their count, the elements.
fn field(chunk: &[u8], name: [u8; 4]) -> Result<Range<usize>> {
    let mut at = 0;
    loop {
        let value = chunk.get(at..).and_then(|header| {
            let size = word(header.get(4..)?)?.checked_mul(word(header.get(8..)?)?)?;
            let value = at + 12..at + 12 + size as usize;
            chunk.get(value.clone()).map(|_| value)
        });
        match value {
            Some(value) if chunk[at..at + 4] == name => return Ok(value),
            Some(value) => at = value.end,
            None => {
                return Err(refused(
                    "chunks",
                    &format!("the field {}", name.escape_ascii()),
                    &"a chunk without it",
                ));
            }
        }
    }
}

pub(crate) fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn refused(what: &'static str, expected: &dyn Display, found: &dyn Display) -> Error {
    Error::State {
        what: what.into(),
        expected: expected.to_string(),
        found: found.to_string(),
    }
}
