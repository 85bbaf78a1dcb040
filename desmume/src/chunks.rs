//! The chunks of the core's state: `id`, `size`, bytes, up to the id 0xFFFFFFFF.
//!
//! Source: `saves.cpp` of DeSmuME 0.9.12.

use std::ops::Range;

use crate::error::{Error, Result};

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
pub(crate) const GAME: u32 = 130;
/// Every chunk that DeSmuME 0.9.12 writes.
const CHUNKS: [u32; 24] = [
    1, 2, 3, 4, 5, 51, 60, 61, 7, 8, 81, 90, 91, FRAMES, MOVIE, OTHER_WIFI, 111, 120, GAME, 140,
    150, 160, 170, 180,
];

/// What follows the chunks in the core's state where there are no pictures: no polygons of either picture, no vertices.
const NO_PICTURES: [u8; 12] = [0; 12];

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
            return Err(Error::state(
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
pub(crate) fn field(chunk: &[u8], name: [u8; 4]) -> Result<Range<usize>> {
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
                return Err(Error::state(
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

/// The core's part of a state with these chunks, at the beginning of a movie.
pub(crate) fn movie_start(chunks: &[Chunk<'_>]) -> Result<Vec<u8>> {
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
