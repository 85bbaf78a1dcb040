//! Battery memory in files: what programs put around it.
//!
//! Sources: `mc.cpp` of DeSmuME 0.9.12, which reads all of these.

use std::ops::Range;

use crate::{Error, Result};

/// The format's name in errors.
const FORMAT: &str = "save";

/// Begins a save of an Action Replay, whose header has [`DUC_HEADER_SIZE`] bytes.
const DUC_MAGIC: &[u8] = b"ARDS000000000001";
const DUC_HEADER_SIZE: usize = 500;

/// Begins a save of no$gba.
const NOCASH_MAGIC: &[u8] = b"NocashGbaBackupMediaSavDataFile\x1A";
/// Where no$gba has the kind of the memory, the compression's number and the size: 4 bytes each.
const NOCASH_MEMORY: usize = 0x40;
const NOCASH_HEADER_SIZE: usize = 0x4C;

const FOOTER_TEXT: &[u8] =
    b"|<--Snip above here to create a raw sav by excluding this DeSmuME savedata footer:";
const FOOTER_COOKIE: &[u8] = b"|-DESMUME SAVE-|";
/// Size used, size padded to, type, address size, memory size, version.
const FOOTER_WORDS: usize = 6;
const FOOTER_SIZE: usize = FOOTER_TEXT.len() + 4 * FOOTER_WORDS + FOOTER_COOKIE.len();

/// Battery memories DeSmuME knows as (bytes, number in its list of types, address bytes).
const BATTERY_TYPES: [(usize, u32, u32); 13] = [
    (512, 1, 1),
    (8 << 10, 2, 2),
    (64 << 10, 3, 2),
    (32 << 10, 4, 2),
    (256 << 10, 5, 3),
    (512 << 10, 6, 3),
    (1 << 20, 7, 3),
    (2 << 20, 8, 3),
    (4 << 20, 9, 3),
    (8 << 20, 10, 3),
    (16 << 20, 11, 3),
    (32 << 20, 12, 3),
    (64 << 20, 13, 3),
];

/// Where the battery memory lies in `file`: before DeSmuME's footer, behind the header of an Action
/// Replay or of no$gba, or everywhere.
///
/// # Errors
/// [`Error::Unsupported`] if no$gba compressed it; [`Error::Malformed`] if its header is broken.
pub fn place(file: &[u8]) -> Result<Range<usize>> {
    if file.starts_with(NOCASH_MAGIC) {
        return nocash_place(file);
    }
    if file.starts_with(DUC_MAGIC) && file.len() >= DUC_HEADER_SIZE {
        return Ok(DUC_HEADER_SIZE..file.len());
    }
    let footer = file
        .len()
        .checked_sub(FOOTER_SIZE)
        .filter(|at| file[*at..].starts_with(FOOTER_TEXT) && file.ends_with(FOOTER_COOKIE));
    Ok(0..footer.unwrap_or(file.len()))
}

fn nocash_place(file: &[u8]) -> Result<Range<usize>> {
    let header = file.get(NOCASH_MEMORY..NOCASH_HEADER_SIZE);
    let header = header.unwrap_or_default().as_chunks::<4>().0;
    let &[kind, compression, size] = header else {
        let expected = format!("{NOCASH_HEADER_SIZE} bytes");
        let found = format!("{} bytes", file.len());
        return Err(Error::malformed(FORMAT, "no$gba's header", expected, found));
    };
    let place = format!("no$gba's header, offset {NOCASH_MEMORY:#x}");
    if &kind != b"SRAM" {
        let found = format!("\"{}\"", kind.escape_ascii());
        return Err(Error::malformed(FORMAT, place, "\"SRAM\"", found));
    }
    if compression != [0; 4] {
        return Err(Error::Unsupported {
            format: FORMAT,
            place,
            feature: "a save compressed by no$gba (let it write uncompressed or raw saves)",
        });
    }
    let size = u32::from_le_bytes(size) as usize;
    let rest = file.len() - NOCASH_HEADER_SIZE;
    Ok(NOCASH_HEADER_SIZE..NOCASH_HEADER_SIZE + size.min(rest))
}

/// The battery memory in `file`: what is left of it without the footer or the header of the programs
/// that [`place`] knows. All of it where there is none, or one that cannot be read.
pub fn without_container(file: &[u8]) -> &[u8] {
    place(file).map_or(file, |place| &file[place])
}

/// `battery` followed by DeSmuME's footer, as DeSmuME wants it in a `.dsv` file and in a movie.
///
/// # Errors
/// [`Error::OutOfRange`] if there is no battery memory of that size.
pub fn with_footer(battery: &[u8]) -> Result<Vec<u8>> {
    let size = battery.len();
    let kind = BATTERY_TYPES.iter().find(|(bytes, _, _)| *bytes == size);
    let &(_, number, address_size) = kind.ok_or_else(|| {
        let expected = "a battery memory's size (512 bytes to 64 MiB)";
        Error::out_of_range(FORMAT, "battery size", expected, format!("{size} bytes"))
    })?;
    let words = [
        size as u32,
        size as u32,
        number,
        address_size,
        size as u32,
        0,
    ];
    let mut file = Vec::with_capacity(size + FOOTER_SIZE);
    file.extend_from_slice(battery);
    file.extend_from_slice(FOOTER_TEXT);
    file.extend(words.iter().flat_map(|word: &u32| word.to_le_bytes()));
    file.extend_from_slice(FOOTER_COOKIE);
    Ok(file)
}
