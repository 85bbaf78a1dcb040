//! The file system of a DS ROM: the name table (FNT) that the header names at 0x40, and the
//! table of where the files lie (FAT) that it names at 0x48.
//!
//! Mario Kart DS keeps a course in `data/Course/<name>.carc`; see
//! `Course::path` and `carc` of the crate `mkds-formats`.
//!
//! Source: GBATEK.

pub(crate) mod name_table;

use std::ops::Range;

use crate::{Error, Result};

const FORMAT: &str = "ROM";
/// Where the header has the offset and, behind it, the size of each table.
const NAMES_AT: usize = 0x40;
const PLACES_AT: usize = 0x48;
/// Bytes of a file's place: its start and its end.
pub(crate) const PLACE_SIZE: usize = 8;
/// What the parts of a ROM are aligned to, bytes.
const ALIGNMENT: usize = 0x200;

/// A ROM's named files.
#[derive(Debug, Clone)]
pub struct FileSystem<'a> {
    rom: &'a [u8],
    files: Vec<File>,
}

#[derive(Debug, Clone)]
struct File {
    path: String,
    place: Range<usize>,
}

impl<'a> FileSystem<'a> {
    /// Reads the tables of a ROM.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the offset, if a table or a file lies outside of the ROM, or the
    /// names do not make a tree.
    pub fn parse(rom: &'a [u8]) -> Result<Self> {
        let names = part(rom, NAMES_AT, "file names")?;
        let places = part(rom, PLACES_AT, "file places")?;
        let (places, rest) = places.as_chunks::<PLACE_SIZE>();
        if !rest.is_empty() {
            let found = format!("{} bytes", places.len() * PLACE_SIZE + rest.len());
            let expected = format!("a multiple of {PLACE_SIZE} bytes");
            return Err(Error::malformed(FORMAT, "file places", expected, found));
        }
        let files = name_table::read(FORMAT, names, places.len())?
            .into_iter()
            .map(|(number, path)| {
                let place = place(&places[usize::from(number)]);
                if place.start > place.end || place.end > rom.len() {
                    let expected = format!("a place within {:#x} bytes", rom.len());
                    let found = format!("{:#x}..{:#x}", place.start, place.end);
                    return Err(Error::malformed(FORMAT, path, expected, found));
                }
                Ok(File { path, place })
            })
            .collect::<Result<_>>()?;
        Ok(Self { rom, files })
    }

    /// The files, directory by directory: path with `/` between its parts and none before them,
    /// and bytes.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, &'a [u8])> {
        self.files
            .iter()
            .map(|file| (file.path.as_str(), &self.rom[file.place.clone()]))
    }

    /// The file with that path, e.g. `data/Course/cross_course.carc`.
    pub fn file(&self, path: &str) -> Option<&'a [u8]> {
        self.files()
            .find(|(name, _)| *name == path)
            .map(|(_, bytes)| bytes)
    }
}

/// Puts files behind the end of a ROM that has none: both tables, then every file at a multiple of
/// 0x200 bytes, in the order of `files`. The header's words 0x40 to 0x4C then name the tables; its
/// CRC and its size of the ROM are left to the caller.
///
/// # Errors
/// [`Error::OutOfRange`] if a path is no path (ASCII names of 1 to 127 bytes) or comes twice, or
/// the ROM outgrows 32 bits; [`Error::Malformed`] if `rom` is too short for a header.
pub fn append(rom: &mut Vec<u8>, files: &[(&str, &[u8])]) -> Result<()> {
    if rom.len() < crate::rom::HEADER_SIZE {
        let expected = format!("at least {} bytes", crate::rom::HEADER_SIZE);
        let found = format!("{} bytes", rom.len());
        return Err(Error::malformed(FORMAT, "header", expected, found));
    }
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    let (names, order) = name_table::write(FORMAT, &paths)?;
    let names_start = rom.len().next_multiple_of(ALIGNMENT);
    let places_start = (names_start + names.len()).next_multiple_of(ALIGNMENT);
    let places_size = files.len() * PLACE_SIZE;
    let mut end = places_start + places_size;
    let mut places = Vec::with_capacity(files.len());
    for (_, bytes) in files {
        let start = end.next_multiple_of(ALIGNMENT);
        end = start + bytes.len();
        places.push((start, end));
    }
    if u32::try_from(end).is_err() {
        let found = format!("{end} bytes");
        return Err(Error::out_of_range(
            FORMAT,
            "size",
            "less than 4 GiB",
            found,
        ));
    }

    for (at, value) in [
        (NAMES_AT, names_start),
        (NAMES_AT + 4, names.len()),
        (PLACES_AT, places_start),
        (PLACES_AT + 4, places_size),
    ] {
        rom[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
    }
    rom.resize(names_start, 0);
    rom.extend_from_slice(&names);
    rom.resize(places_start, 0);
    for index in order {
        let (start, end) = places[index];
        rom.extend_from_slice(&(start as u32).to_le_bytes());
        rom.extend_from_slice(&(end as u32).to_le_bytes());
    }
    for ((_, bytes), (start, _)) in files.iter().zip(places) {
        rom.resize(start, 0);
        rom.extend_from_slice(bytes);
    }
    Ok(())
}

/// Start and end, as a ROM and a NARC store them.
pub(crate) fn place(stored: &[u8; PLACE_SIZE]) -> Range<usize> {
    let [a, b, c, d, e, f, g, h] = *stored;
    u32::from_le_bytes([a, b, c, d]) as usize..u32::from_le_bytes([e, f, g, h]) as usize
}

/// The bytes whose offset and size the header has at `at`.
fn part<'a>(rom: &'a [u8], at: usize, what: &str) -> Result<&'a [u8]> {
    let stored = rom.get(at..).and_then(<[u8]>::first_chunk::<PLACE_SIZE>);
    let Some(stored) = stored else {
        let found = format!("{} bytes", rom.len());
        return Err(Error::malformed(
            FORMAT,
            "header",
            "the offsets of both tables",
            found,
        ));
    };
    let Range { start, end: size } = place(stored);
    rom.get(start..start.saturating_add(size)).ok_or_else(|| {
        let expected = format!("{what} within {:#x} bytes", rom.len());
        let found = format!("{size:#x} bytes at {start:#x}");
        Error::malformed(FORMAT, format!("header, offset {at:#x}"), expected, found)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILES: [(&str, &[u8]); 3] = [
        ("data/Course/cross_course.carc", b"figure"),
        ("readme.txt", b""),
        ("data/Course/bank_course.carc", &[7; 0x201]),
    ];

    fn rom() -> Vec<u8> {
        let mut rom = vec![0xAA; 0x321];
        append(&mut rom, &FILES).unwrap();
        rom
    }

    #[test]
    fn appended_files_are_found() {
        let rom = rom();
        let files = FileSystem::parse(&rom).unwrap();
        assert_eq!(files.files().len(), 3);
        for (path, bytes) in FILES {
            assert_eq!(files.file(path), Some(bytes));
            let start = rom
                .windows(bytes.len().max(1))
                .position(|window| window == bytes);
            assert!(
                start.is_none_or(|start| start.is_multiple_of(ALIGNMENT)),
                "{path}"
            );
        }
        assert_eq!(files.file("data/Course"), None);
        assert_eq!(rom[..NAMES_AT], [0xAA; NAMES_AT]);
        assert_eq!(rom[0x50..0x321], [0xAA; 0x321 - 0x50]);
    }

    #[test]
    fn errors_name_their_place() {
        let message = |rom: &[u8]| FileSystem::parse(rom).unwrap_err().to_string();
        assert_eq!(
            message(&[0; 0x44]),
            "ROM, header: expected the offsets of both tables, found 68 bytes"
        );
        let whole = rom();
        assert_eq!(
            message(&whole[..whole.len() - 1]),
            "ROM, data/Course/bank_course.carc: expected a place within 0xc00 bytes, found \
             0xa00..0xc01"
        );
        assert_eq!(
            message(&whole[..0x500]),
            "ROM, header, offset 0x48: expected file places within 0x500 bytes, found 0x18 bytes \
             at 0x600"
        );
        let mut odd = rom();
        odd[PLACES_AT + 4] += 1;
        assert!(message(&odd).contains("a multiple of 8 bytes, found 25 bytes"));
        assert!(
            append(&mut vec![0; 0x1FF], &[])
                .unwrap_err()
                .to_string()
                .contains("512")
        );
        assert!(append(&mut vec![0; 0x200], &[("a/", b"")]).is_err());
    }

    proptest! {
        #[test]
        fn damaged_roms_read_or_fail(at in 0..0x1000_usize, value: u32) {
            let mut rom = rom();
            let at = [NAMES_AT + at % 16, 0x400 + at % 0x240][at % 2];
            rom[at..at + 4].copy_from_slice(&value.to_le_bytes());
            if let Ok(files) = FileSystem::parse(&rom) {
                prop_assert!(files.files().all(|(_, bytes)| bytes.len() <= rom.len()));
            }
        }
    }
}
