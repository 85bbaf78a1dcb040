//! `.carc`: a course as the ROM keeps it, an LZ10-packed NARC. Tools that unpack it may keep the name.
//!
//! The game's own archives hold models and pictures besides; this module looks at the collision
//! and the map alone. Where the archives lie in the ROM says
//! [`Course::path`](crate::names::Course::path).
//!
//! ```
//! use mkds_formats::carc::CourseFiles;
//! use mkds_formats::names::Course;
//! use nds_formats::nitrofs;
//!
//! # fn main() -> mkds_formats::Result<()> {
//! let files = CourseFiles { kcl: vec![1, 2, 3], nkm: vec![4] };
//! let (first, second) = (Course::by_id(20).unwrap(), Course::by_id(22).unwrap());
//! let mut rom = vec![0; 0x200];
//! nitrofs::append(&mut rom, &[(&first.path(), &files.to_bytes()?)])?;
//!
//! assert_eq!(CourseFiles::of_rom(&rom, first)?, Some(files));
//! assert_eq!(CourseFiles::of_rom(&rom, second)?, None);
//! # Ok(())
//! # }
//! ```
//!
//! Source: MKDS Info.

use std::borrow::Cow;

use crate::names::Course;
use nds_formats::lz10;
use nds_formats::narc::{self, Narc};
use nds_formats::nitrofs::FileSystem;

use crate::{Error, Result};

const FORMAT: &str = "CARC";
/// The collision's name in the archive; see [`crate::kcl`].
pub const KCL_NAME: &str = "course_collision.kcl";
/// The map's name in the archive; see [`crate::nkm`].
pub const NKM_NAME: &str = "course_map.nkm";

/// The files of a course that a race is driven on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseFiles {
    /// The collision; [`Kcl::parse`](crate::kcl::Kcl::parse) reads it.
    pub kcl: Vec<u8>,
    /// The map; [`Nkm::parse`](crate::nkm::Nkm::parse) reads it.
    pub nkm: Vec<u8>,
}

impl CourseFiles {
    /// The files of `course` in a ROM; `None` if the ROM has not that course.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the ROM's file system is none, or the archive as
    /// [`CourseFiles::parse`] says.
    pub fn of_rom(rom: &[u8], course: &Course) -> Result<Option<Self>> {
        let archive = FileSystem::parse(rom)?.file(&course.path());
        archive.map(Self::parse).transpose()
    }

    /// Reads a course's archive, packed or not. The two files themselves are not looked at.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no NARC, packed or not, or has not both files.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let archive = match bytes.first() {
            Some(&lz10::MAGIC) => Cow::Owned(lz10::decompress(bytes)?),
            _ if bytes.starts_with(&narc::MAGIC) => Cow::Borrowed(bytes),
            _ => {
                let start = &bytes[..bytes.len().min(narc::MAGIC.len())];
                return Err(Error::malformed(
                    FORMAT,
                    "offset 0",
                    "0x10 (LZ10) or \"NARC\"",
                    format!("\"{}\"", start.escape_ascii()),
                ));
            }
        };
        let archive = Narc::parse(&archive)?;
        let file = |name: &str| {
            archive.file(name).map(<[u8]>::to_vec).ok_or_else(|| {
                let names: Vec<_> = archive.files().take(8).map(|(name, _)| name).collect();
                Error::malformed(FORMAT, "file names", name, format!("{names:?}"))
            })
        };
        Ok(Self {
            kcl: file(KCL_NAME)?,
            nkm: file(NKM_NAME)?,
        })
    }

    /// Packs an archive of the two files.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if they are larger than LZ10 can pack: 16 MiB together.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let files = [(KCL_NAME, &*self.kcl), (NKM_NAME, &*self.nkm)];
        lz10::compress(&Narc::build(&files)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> CourseFiles {
        CourseFiles {
            kcl: vec![3; 500],
            nkm: b"NKMD".repeat(9),
        }
    }

    #[test]
    fn both_files_survive() {
        let bytes = files().to_bytes().unwrap();
        assert!(bytes.len() < 300, "{} bytes", bytes.len());
        assert_eq!(CourseFiles::parse(&bytes), Ok(files()));
    }

    #[test]
    fn unpacked_archives_and_bytes_behind_packed_ones_are_read() {
        let packed = files().to_bytes().unwrap();
        let unpacked = lz10::decompress(&packed).unwrap();
        assert_eq!(CourseFiles::parse(&unpacked), Ok(files()));
        for behind in [&[0; 3][..], b"anything"] {
            assert_eq!(CourseFiles::parse(&[&packed, behind].concat()), Ok(files()));
            assert_eq!(
                CourseFiles::parse(&[&unpacked, behind].concat()),
                Ok(files())
            );
        }
    }

    #[test]
    fn what_is_no_archive_is_named() {
        let error = |bytes: &[u8]| CourseFiles::parse(bytes).unwrap_err().to_string();
        let archive = Narc::build(&[]).unwrap();
        assert_eq!(
            error(&archive[..16]),
            "NARC, BTAF: expected a section's header, found 0 bytes"
        );
        assert_eq!(
            error(&archive),
            "CARC, file names: expected course_collision.kcl, found []"
        );
        assert_eq!(
            error(b"\x11\x00\x02\x00rest"),
            "CARC, offset 0: expected 0x10 (LZ10) or \"NARC\", found \"\\x11\\x00\\x02\\x00\""
        );
        assert_eq!(
            error(b""),
            "CARC, offset 0: expected 0x10 (LZ10) or \"NARC\", found \"\""
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let archive = Narc::build(&[(KCL_NAME, b"x"), ("other", b"")]).unwrap();
        let error = CourseFiles::parse(&lz10::compress(&archive).unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "CARC, file names: expected course_map.nkm, found [\"course_collision.kcl\", \
             \"other\"]"
        );
    }

    #[test]
    fn damaged_archives_read_or_fail() {
        let bytes = files().to_bytes().unwrap();
        for at in 0..bytes.len() {
            assert!(CourseFiles::parse(&bytes[..at]).is_err(), "{at}");
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                if let Ok(read) = CourseFiles::parse(&bytes) {
                    assert!(read.kcl.len() + read.nkm.len() <= lz10::MAX_LENGTH);
                }
            }
        }
    }
}
