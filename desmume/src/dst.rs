//! DeSmuME's own state files (`.dst`).
//!
//! A header, then the chunks of the core's state: `id`, `size`, bytes, up to the id 0xFFFFFFFF. A [`State`] holds the
//! same chunks, less the memory of a debug console, and behind them the polygons of the picture that is not drawn yet.
//!
//! Source: `saves.cpp` of DeSmuME 0.9.12.

use std::fmt::Display;
use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use crate::error::{Error, Result};
use crate::options::Options;
use crate::rom::RomHash;
use crate::state::{Origin, State};

const MAGIC: &[u8; 16] = b"DeSmuME SState\0\0";
const VERSION: u32 = 12;
/// Of DeSmuME 0.9.12; read by nobody.
const EMULATOR_VERSION: u32 = 91200;
/// Magic, version, emulator's version, size with the header, compressed size.
const HEADER_SIZE: usize = 32;
/// A compressed size that says: not compressed.
const PLAIN: u32 = u32::MAX;
/// A state is 11 MB; more than this is none.
const LARGEST: u32 = 64 << 20;

const END: u32 = u32::MAX;
/// The frame counter, which the clock counts with.
const FRAMES: u32 = 100;
/// The movie that was being played.
const MOVIE: u32 = 101;
/// What the movie's chunk says when there was none.
const NO_MOVIE: &[u8] = b"NOMO";
/// The wireless hardware, as other builds of DeSmuME 0.9.12 write it. The core reads chunk 111 only.
const OTHER_WIFI: u32 = 110;
/// The ROM's header.
const GAME: u32 = 130;
/// Every chunk that DeSmuME 0.9.12 writes.
const CHUNKS: [u32; 24] = [
    1, 2, 3, 4, 5, 51, 60, 61, 7, 8, 81, 90, 91, FRAMES, MOVIE, OTHER_WIFI, 111, 120, GAME, 140,
    150, 160, 170, 180,
];

/// A ROM's header.
const ROM_HEADER: usize = 0x200;

/// No polygons of either picture, no vertices: what a file does not hold of a [`State`].
const NO_PICTURES: [u8; 12] = [0; 12];

impl State {
    /// Reads a state file of DeSmuME 0.9.12, as one of `rom` with `options`.
    ///
    /// The frame count is 0 and the clock stands at its start: this is where a movie begins that starts from the
    /// state. The state's movie, if it was saved while one was playing, is left out, and so is a picture that was not
    /// drawn yet. What is inside the chunks is the core's to read, and it trusts it: files of unknown origin are as
    /// safe here as in DeSmuME.
    ///
    /// # Errors
    /// [`Error::State`] if it is no state file, of another version, cut short, or of another ROM.
    pub fn from_dst(bytes: &[u8], rom: &[u8], options: &Options) -> Result<Self> {
        let unpacked = unpack(bytes)?;
        let (chunks, size) = chunks(&unpacked)?;
        let mut payload = Vec::with_capacity(size + NO_PICTURES.len());
        let mut game = None;
        for (id, contents) in chunks {
            let mut contents = contents.to_vec();
            match id {
                OTHER_WIFI => continue,
                FRAMES => {
                    let counter = field(&contents, *b"FRAC")?;
                    contents[counter].fill(0);
                }
                MOVIE => contents = NO_MOVIE.to_vec(),
                GAME => {
                    let header = field(&contents, *b"GINF")?;
                    game = Some(contents[header].to_vec());
                }
                _ => {}
            }
            payload.extend(id.to_le_bytes());
            payload.extend((contents.len() as u32).to_le_bytes());
            payload.extend(contents);
        }
        payload.extend(END.to_le_bytes());
        payload.extend(NO_PICTURES);
        if game.as_deref() != rom.get(..ROM_HEADER) {
            return Err(refused(
                "header of its ROM",
                &"this ROM's",
                &"another, or none",
            ));
        }
        let origin = Origin::new(RomHash::of(rom), options);
        Ok(Self::new(origin, 0, payload))
    }

    /// The state as a file of DeSmuME 0.9.12, less a picture that was not drawn yet.
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
type Chunk<'a> = (u32, &'a [u8]);

/// A state's chunks, and how many bytes they take with what ends them.
fn chunks(bytes: &[u8]) -> Result<(Vec<Chunk<'_>>, usize)> {
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

/// Where a field's value lies in a chunk of fields: each is its name, an element's size, their count, the elements.
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

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn refused(what: &'static str, expected: &dyn Display, found: &dyn Display) -> Error {
    Error::State {
        what,
        expected: expected.to_string(),
        found: found.to_string(),
    }
}
