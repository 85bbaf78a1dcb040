//! Files with controller paks: a pak, the paks of four ports (Mupen64Plus's `.mpk`), or a DexDrive's copy (`.n64`).
//!
//! A DexDrive's file has a header of 64 bytes and a comment of 256 bytes for each note before the pak. Source:
//! bryc/mempak.

use std::fmt;

use crate::pak::{NOTE_COUNT, Pak, SIZE};
use crate::{Error, Result};

const FORMAT: &str = "controller pak file";

const DEXDRIVE_MAGIC: &[u8; 12] = b"123-456-STD\0";
/// What DexDrives' own program writes behind the magic and four bytes of no known meaning.
const DEXDRIVE_MARK: (usize, [u8; 4]) = (0x10, [0, 0, 1, 0]);
const COMMENTS: usize = 0x40;
const COMMENT_SIZE: usize = 0x100;
const DEXDRIVE_HEADER: usize = COMMENTS + NOTE_COUNT * COMMENT_SIZE;

/// What is around the paks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// One pak and nothing else.
    Pak,
    /// Those of four ports.
    Ports,
    /// A DexDrive's header and comments, and one pak.
    DexDrive,
}

impl Container {
    /// How many paks there are.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Pak | Self::DexDrive => 1,
            Self::Ports => 4,
        }
    }

    /// What stands before the first, in bytes.
    const fn header(self) -> usize {
        match self {
            Self::Pak | Self::Ports => 0,
            Self::DexDrive => DEXDRIVE_HEADER,
        }
    }

    /// The file's size in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        self.header() + self.count() * SIZE
    }
}

/// A file with controller paks. Bytes without a known meaning are kept.
#[derive(Clone, PartialEq, Eq)]
pub struct PakFile {
    container: Container,
    bytes: Vec<u8>,
}

impl PakFile {
    /// A file whose paks were never formatted, without comments.
    #[must_use]
    pub fn new(container: Container) -> Self {
        let mut bytes = vec![0; container.size()];
        if container == Container::DexDrive {
            bytes[..DEXDRIVE_MAGIC.len()].copy_from_slice(DEXDRIVE_MAGIC);
            let (at, mark) = DEXDRIVE_MARK;
            bytes[at..at + mark.len()].copy_from_slice(&mark);
        }
        Self { container, bytes }
    }

    /// Reads a file. Its paks are read by [`PakFile::pak`].
    ///
    /// # Errors
    /// [`Error::Malformed`] if it has the size of no container, or that of a DexDrive's but another beginning.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let containers = [Container::Pak, Container::Ports, Container::DexDrive];
        let sizes = containers.map(Container::size);
        let Some(container) = containers.into_iter().find(|of| of.size() == file.len()) else {
            let [pak, ports, dexdrive] = sizes;
            let expected =
                format!("{pak} bytes (a pak), {ports} (four) or {dexdrive} (a DexDrive's)");
            let found = format!("{} bytes", file.len());
            return Err(Error::malformed(FORMAT, "size", expected, found));
        };
        // NRage's plugin leaves out the zero.
        let magic = &DEXDRIVE_MAGIC[..DEXDRIVE_MAGIC.len() - 1];
        if container == Container::DexDrive && !file.starts_with(magic) {
            let expected = format!("\"{}\"", magic.escape_ascii());
            let found = format!("\"{}\"", file[..magic.len()].escape_ascii());
            return Err(Error::malformed(FORMAT, "offset 0x0", expected, found));
        }
        Ok(Self {
            container,
            bytes: file.to_vec(),
        })
    }

    /// The file: byte for byte the parsed one where nothing was changed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What is around the paks.
    #[must_use]
    pub fn container(&self) -> Container {
        self.container
    }

    /// The pak of a port, from 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the file has no such pak, and those of [`Pak::parse`].
    pub fn pak(&self, port: usize) -> Result<Pak> {
        let place = self.place(port)?;
        Pak::parse(&self.bytes[place..place + SIZE])
    }

    /// The pak of a port, from 0; `None` if it was never formatted: emulators then keep zeros.
    ///
    /// # Errors
    /// As [`PakFile::pak`].
    pub fn formatted_pak(&self, port: usize) -> Result<Option<Pak>> {
        let place = self.place(port)?;
        let bytes = &self.bytes[place..place + SIZE];
        match bytes.iter().all(|byte| *byte == 0) {
            true => Ok(None),
            false => Pak::parse(bytes).map(Some),
        }
    }

    /// Puts a pak in the place of that of a port, from 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the file has no such pak.
    pub fn set_pak(&mut self, port: usize, pak: &Pak) -> Result<()> {
        let place = self.place(port)?;
        self.bytes[place..place + SIZE].copy_from_slice(pak.bytes());
        Ok(())
    }

    fn place(&self, port: usize) -> Result<usize> {
        let count = self.container.count();
        if port >= count {
            let expected = format!("0..={}", count - 1);
            return Err(Error::out_of_range(
                FORMAT,
                "port",
                expected,
                port.to_string(),
            ));
        }
        Ok(self.container.header() + port * SIZE)
    }

    /// The comment on a note, up to its first zero; empty without a DexDrive. Bytes that are no UTF-8 are written as
    /// U+FFFD.
    #[must_use]
    pub fn comment(&self, slot: usize) -> String {
        if self.container != Container::DexDrive || slot >= NOTE_COUNT {
            return String::new();
        }
        let comment = &self.bytes[comment_at(slot)..][..COMMENT_SIZE];
        let text = comment.split(|byte| *byte == 0).next();
        String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
    }

    /// Sets the comment on a note.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the file is not a DexDrive's, there is no such slot, or the comment is longer than 255
    /// bytes or has a zero in it.
    pub fn set_comment(&mut self, slot: usize, comment: &str) -> Result<()> {
        let refused = |field, expected: &str, found: String| {
            Err(Error::out_of_range(FORMAT, field, expected, found))
        };
        if self.container != Container::DexDrive {
            let found = format!("{:?}", self.container);
            return refused("comment", "a DexDrive's file", found);
        }
        if slot >= NOTE_COUNT {
            return refused("slot", "0..=15", slot.to_string());
        }
        if comment.len() >= COMMENT_SIZE || comment.contains('\0') {
            let found = format!("{} bytes: {comment:?}", comment.len());
            return refused("comment", "at most 255 bytes without zeros", found);
        }
        let place = &mut self.bytes[comment_at(slot)..][..COMMENT_SIZE];
        place.fill(0);
        place[..comment.len()].copy_from_slice(comment.as_bytes());
        Ok(())
    }
}

impl fmt::Debug for PakFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PakFile")
            .field("container", &self.container)
            .finish_non_exhaustive()
    }
}

fn comment_at(slot: usize) -> usize {
    COMMENTS + slot * COMMENT_SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_hold_paks_where_programs_expect_them() {
        let pak = |serial| Pak::formatted([serial; 16]);
        for (container, size, places) in [
            (Container::Pak, 32_768, vec![0]),
            (Container::Ports, 131_072, vec![0, 0x8000, 0x10000, 0x18000]),
            (Container::DexDrive, 36_928, vec![0x1040]),
        ] {
            let mut file = PakFile::new(container);
            assert_eq!(file.bytes().len(), size);
            for (port, place) in places.iter().enumerate() {
                assert!(file.pak(port).is_err(), "never formatted");
                assert_eq!(file.formatted_pak(port), Ok(None));
                file.set_pak(port, &pak(port as u8)).expect("a port");
                assert_eq!(&file.bytes()[*place..place + SIZE], pak(port as u8).bytes());
            }
            let again = PakFile::parse(file.bytes()).expect("ours");
            assert_eq!(again, file);
            for port in 0..places.len() {
                assert_eq!(again.pak(port), Ok(pak(port as u8)));
                assert_eq!(again.formatted_pak(port), Ok(Some(pak(port as u8))));
            }
            let message = again.pak(places.len()).unwrap_err().to_string();
            let found = format!("found {}", places.len());
            assert!(
                message.starts_with("controller pak file, port: expected 0..="),
                "{message}"
            );
            assert!(message.ends_with(&found), "{message}");
        }
    }

    #[test]
    fn comments_are_kept_and_set() {
        let mut file = PakFile::new(Container::DexDrive);
        file.set_comment(15, "The best lap").expect("short");
        assert_eq!(&file.bytes()[0xF40..][..13], b"The best lap\0");
        assert_eq!(file.comment(15), "The best lap");
        assert_eq!(
            (file.comment(0), file.comment(16)),
            (String::new(), String::new())
        );
        file.set_comment(15, "").expect("short");
        assert_eq!(file, PakFile::new(Container::DexDrive));
        for (slot, comment) in [(16, "a"), (0, "a\0b"), (0, &"a".repeat(256))] {
            assert!(file.set_comment(slot, comment).is_err());
        }
        assert!(PakFile::new(Container::Pak).set_comment(0, "a").is_err());
        assert_eq!(file, PakFile::new(Container::DexDrive));
        // Bytes that mean nothing to us, and a comment that ends nowhere.
        let mut strange = file.bytes().to_vec();
        strange[0x15..0x40].fill(0x81);
        strange[0x40..0x140].fill(b'x');
        let strange_file = PakFile::parse(&strange).expect("a DexDrive's");
        assert_eq!(strange_file.bytes(), strange);
        assert_eq!(strange_file.comment(0), "x".repeat(256));
    }

    #[test]
    fn other_files_are_refused() {
        let error = PakFile::parse(&[0; 32_767]).unwrap_err().to_string();
        assert_eq!(
            error,
            "controller pak file, size: expected 32768 bytes (a pak), 131072 (four) or 36928 (a DexDrive's), found 32767 bytes"
        );
        let error = PakFile::parse(&[b'1'; 36_928]).unwrap_err().to_string();
        assert_eq!(
            error,
            r#"controller pak file, offset 0x0: expected "123-456-STD", found "11111111111""#
        );
    }
}
