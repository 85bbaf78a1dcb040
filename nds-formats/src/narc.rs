//! NARC, the DS's archive: where the files lie (BTAF), their names (BTNF) and their bytes (GMIF).
//!
//! Source: GBATEK.

use crate::nitrofs::{PLACE_SIZE, name_table, place};
use crate::{Error, Result};

const FORMAT: &str = "NARC";
/// The first bytes of an archive.
pub const MAGIC: [u8; 4] = *b"NARC";
/// Byte order mark and version, as the console's own tools write them.
const MARK: [u8; 4] = [0xFE, 0xFF, 0x00, 0x01];
const HEADER_SIZE: usize = 16;
const SECTION_HEADER_SIZE: usize = 8;
/// What sections and files are aligned to, bytes.
const ALIGNMENT: usize = 4;
/// What fills the gaps.
const FILLER: u8 = 0xFF;

/// An archive's files.
#[derive(Debug, Clone)]
pub struct Narc<'a> {
    /// By number.
    files: Vec<&'a [u8]>,
    names: Vec<(u16, String)>,
}

impl<'a> Narc<'a> {
    /// Reads an archive.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the section, if one is missing or lies outside of the archive, a
    /// file lies outside of the section of the bytes, or the names do not make a tree.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let Some((header, mut rest)) = bytes.split_first_chunk::<HEADER_SIZE>() else {
            let expected = format!("{HEADER_SIZE} bytes");
            return Err(malformed(
                "header",
                expected,
                format!("{} bytes", bytes.len()),
            ));
        };
        if !header.starts_with(&MAGIC) {
            let found = format!("\"{}\"", header[..4].escape_ascii());
            return Err(malformed("header", "\"NARC\"", found));
        }
        let places = section(&mut rest, "BTAF")?;
        let names = section(&mut rest, "BTNF")?;
        let contents = section(&mut rest, "GMIF")?;

        let Some((count, places)) = places.split_first_chunk::<4>() else {
            let found = format!("{} bytes", places.len());
            return Err(malformed("BTAF", "a count of files", found));
        };
        let count = u32::from_le_bytes(*count) as usize;
        let (places, _) = places.as_chunks::<PLACE_SIZE>();
        let Some(places) = places.get(..count) else {
            let found = format!("{} places", places.len());
            return Err(malformed("BTAF", format!("{count} places"), found));
        };
        let file = |(number, stored)| {
            let place = place(stored);
            contents.get(place.clone()).ok_or_else(|| {
                let expected = format!("file {number} within {:#x} bytes", contents.len());
                let found = format!("{:#x}..{:#x}", place.start, place.end);
                malformed("BTAF", expected, found)
            })
        };
        Ok(Self {
            files: places.iter().enumerate().map(file).collect::<Result<_>>()?,
            names: name_table::read(FORMAT, names, count)?,
        })
    }

    /// The named files, directory by directory: path with `/` between its parts and none before
    /// them, and bytes.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, &'a [u8])> {
        self.names
            .iter()
            .map(|(number, path)| (path.as_str(), self.files[usize::from(*number)]))
    }

    /// The file with that path.
    pub fn file(&self, path: &str) -> Option<&'a [u8]> {
        self.files()
            .find(|(name, _)| *name == path)
            .map(|(_, bytes)| bytes)
    }

    /// All files by number, those without a name too.
    pub fn contents(&self) -> &[&'a [u8]] {
        &self.files
    }

    /// Writes an archive of files with their paths.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a path is no path (ASCII names of 1 to 127 bytes) or comes twice,
    /// or the archive outgrows 32 bits.
    pub fn build(files: &[(&str, &[u8])]) -> Result<Vec<u8>> {
        let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
        let (mut names, order) = name_table::write(FORMAT, &paths)?;
        names.resize(names.len().next_multiple_of(ALIGNMENT), FILLER);
        let mut places = (files.len() as u32).to_le_bytes().to_vec();
        let mut contents = Vec::new();
        for index in order {
            let (_, bytes) = files[index];
            contents.resize(contents.len().next_multiple_of(ALIGNMENT), FILLER);
            places.extend_from_slice(&word(contents.len())?);
            contents.extend_from_slice(bytes);
            places.extend_from_slice(&word(contents.len())?);
        }
        contents.resize(contents.len().next_multiple_of(ALIGNMENT), FILLER);

        let sections = [(b"BTAF", places), (b"BTNF", names), (b"GMIF", contents)];
        let sizes = sections
            .iter()
            .map(|(_, section)| SECTION_HEADER_SIZE + section.len());
        let mut archive = [MAGIC, MARK].concat();
        archive.extend_from_slice(&word(HEADER_SIZE + sizes.sum::<usize>())?);
        archive.extend_from_slice(&[HEADER_SIZE as u8, 0, sections.len() as u8, 0]);
        for (magic, section) in sections {
            archive.extend_from_slice(magic);
            archive.extend_from_slice(&word(SECTION_HEADER_SIZE + section.len())?);
            archive.extend_from_slice(&section);
        }
        Ok(archive)
    }
}

/// What the next section holds behind its magic and size.
fn section<'a>(rest: &mut &'a [u8], magic: &str) -> Result<&'a [u8]> {
    let Some((header, after)) = rest.split_first_chunk::<SECTION_HEADER_SIZE>() else {
        let found = format!("{} bytes", rest.len());
        return Err(malformed(magic, "a section's header", found));
    };
    let [a, b, c, d, size @ ..] = *header;
    if [a, b, c, d] != magic.as_bytes() {
        let found = format!("\"{}\"", [a, b, c, d].escape_ascii());
        return Err(malformed(magic, format!("\"{magic}\""), found));
    }
    let size = u32::from_le_bytes(size) as usize;
    let split = size.checked_sub(SECTION_HEADER_SIZE);
    let split = split.and_then(|length| after.split_at_checked(length));
    let (section, after) = split.ok_or_else(|| {
        let most = SECTION_HEADER_SIZE + after.len();
        let expected = format!("a size of {SECTION_HEADER_SIZE}..={most} bytes");
        malformed(magic, expected, format!("{size} bytes"))
    })?;
    *rest = after;
    Ok(section)
}

fn word(value: usize) -> Result<[u8; 4]> {
    u32::try_from(value).map(u32::to_le_bytes).map_err(|_| {
        let found = format!("{value} bytes");
        Error::out_of_range(FORMAT, "size", "less than 4 GiB", found)
    })
}

fn malformed(section: &str, expected: impl Into<String>, found: String) -> Error {
    Error::malformed(FORMAT, section, expected, found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILES: [(&str, &[u8]); 4] = [
        ("course_map.nkm", b"NKMD?"),
        ("MapObj/box.nsbmd", b"BMD0"),
        ("empty", b""),
        ("course_collision.kcl", &[5; 61]),
    ];

    fn archive() -> Vec<u8> {
        Narc::build(&FILES).unwrap()
    }

    #[test]
    fn built_archives_read_back() {
        let bytes = archive();
        let narc = Narc::parse(&bytes).unwrap();
        for (path, bytes) in FILES {
            assert_eq!(narc.file(path), Some(bytes));
        }
        assert_eq!(narc.files().len(), 4);
        assert_eq!(narc.contents().len(), 4);
        assert_eq!(bytes.len() % 4, 0);
        assert_eq!(bytes[8..12], (bytes.len() as u32).to_le_bytes());
        let files: Vec<_> = narc.files().collect();
        assert_eq!(Narc::build(&files).unwrap(), bytes);
    }

    #[test]
    fn nameless_archives_have_contents() {
        let mut bytes = archive();
        let root = bytes.windows(4).position(|at| at == b"BTNF").unwrap() + SECTION_HEADER_SIZE;
        let empty = root + 2 * 8;
        let offset = u32::from_le_bytes(*bytes[root..].first_chunk().unwrap()) as usize;
        assert_eq!(empty, root + offset);
        bytes[empty] = 0;
        let narc = Narc::parse(&bytes).unwrap();
        assert_eq!((narc.files().len(), narc.contents().len()), (0, 4));
        assert_eq!(narc.contents()[0], FILES[0].1);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = archive();
        for end in 0..bytes.len() {
            assert!(Narc::parse(&bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn errors_name_the_section() {
        let message = |at: usize, value: u8| {
            let mut bytes = archive();
            bytes[at] = value;
            Narc::parse(&bytes).unwrap_err().to_string()
        };
        assert_eq!(
            message(0, b'n'),
            "NARC, header: expected \"NARC\", found \"nARC\""
        );
        assert_eq!(
            message(16, b'X'),
            "NARC, BTAF: expected \"BTAF\", found \"XTAF\""
        );
        assert_eq!(
            message(24, 5),
            "NARC, BTAF: expected 5 places, found 4 places"
        );
        assert!(message(20, 7).contains("found 7 bytes"));
        assert!(message(33, 1).starts_with("NARC, BTAF: expected file 0 within"));
    }

    proptest! {
        #[test]
        fn damaged_archives_read_or_fail(at in 0..400_usize, value: u32) {
            let mut bytes = archive();
            let at = at % (bytes.len() - 3);
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            if let Ok(narc) = Narc::parse(&bytes) {
                prop_assert!(narc.files().len() <= narc.contents().len());
            }
        }
    }
}
