//! Whether a ROM is the one that a movie was made with.
//!
//! A movie names its ROM by a checksum over the whole file, which depends on whether and how a dump pads the unused end
//! of the cartridge. A movie of kartscope also identifies the game in a comment, independently of the padding: by the
//! game code, the version and a hash of the program. Other movies have the checksum only: it is compared with
//! the checksums of this ROM without padding and with full padding.

use nds_formats::dsm::Movie;
use nds_formats::rom::{self, RomHeader};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// How a movie's ROM was identified with the given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RomCheck {
    /// By the checksum, or by the serial where the movie has no checksum.
    Same,
    /// The checksum is this ROM's with other padding.
    OtherPadding,
    /// The checksum is another, but game code, version and program are those that the movie's comment names.
    SameProgram,
    /// The movie does not name its ROM.
    NotNamed,
}

impl RomCheck {
    /// Checks whether `movie` is for `rom`.
    ///
    /// # Errors
    /// [`Error::WrongRom`] when it names another ROM, and when the movie's header or the ROM's is malformed.
    pub fn of(rom: &[u8], movie: &Movie) -> Result<Self> {
        let header = &movie.header;
        if let Some(expected) = header.rom_checksum()? {
            let found = rom::checksum(rom);
            return if expected == found {
                Ok(Self::Same)
            } else if rom::has_checksum_with_other_padding(rom, expected) {
                Ok(Self::OtherPadding)
            } else if names_program_of(movie, rom)? {
                Ok(Self::SameProgram)
            } else {
                Err(Error::WrongRom {
                    field: "romChecksum",
                    expected: format!("{expected:08X}"),
                    found: format!("{found:08X}, and another with other padding too"),
                })
            };
        }
        let Some(expected) = header.rom_serial() else {
            return Ok(Self::NotNamed);
        };
        let found = RomHeader::parse(rom)?.serial();
        if expected == found {
            return Ok(Self::Same);
        }
        Err(Error::WrongRom {
            field: "romSerial",
            expected: expected.into_owned(),
            found,
        })
    }

    /// A warning for the user who plays the movie; `None` for exactly the same ROM file.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Self::Same => None,
            Self::OtherPadding => Some(
                "the movie was made with this ROM, but its file was padded or trimmed in another way",
            ),
            Self::SameProgram => Some(
                "the movie's romChecksum is not this ROM's, but game code, version and program are those it names",
            ),
            Self::NotNamed => {
                Some("the movie does not say which ROM it was made with: not checked")
            }
        }
    }
}

const PREFIX: &str = "kartscope rom=";

/// Writes into `movie` which ROM it is for.
///
/// # Errors
/// The ROM has no header.
pub fn describe_rom(rom: &[u8], movie: &mut Movie) -> Result<()> {
    movie.header.set_rom_checksum(rom::checksum(rom));
    movie
        .header
        .set_rom_serial(&RomHeader::parse(rom)?.serial())?;
    movie
        .header
        .remove_comments(|text| text.starts_with(PREFIX));
    if let Some(comment) = program_comment(rom)? {
        movie.header.add_comment(&comment);
    }
    Ok(())
}

/// The comment that identifies the game of a ROM; `None` if the header's program is outside the ROM.
fn program_comment(rom: &[u8]) -> Result<Option<String>> {
    let header = RomHeader::parse(rom)?;
    let (code, version) = (&header.game_code, header.version);
    Ok(rom::arm9_program(rom).map(|program| {
        let hash: String = Sha256::digest(program)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{PREFIX}{code} version={version} arm9_sha256={hash}")
    }))
}

fn names_program_of(movie: &Movie, rom: &[u8]) -> Result<bool> {
    let comment = program_comment(rom)?;
    let is_same = |text: &str| Some(text) == comment.as_deref();
    Ok(movie.header.comments().any(|text| is_same(&text)))
}
