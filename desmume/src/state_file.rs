//! The files of states, of either kind: this crate's own and DeSmuME's, recognised by their first bytes.

use std::borrow::Cow;

use crate::dst;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::rom::RomHash;
use crate::state::{MAGIC, Origin, State};

/// The first bytes of melonDS's states, which hold another emulator's console.
const MELON_DS: &[u8] = b"MELN";

impl State {
    /// Whether `bytes` begin like a state that [`State::read`] reads.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC) || bytes.starts_with(dst::MAGIC)
    }

    /// Reads a state's file, as one of `rom` with `options`: one that [`State::bytes`] wrote, or one of DeSmuME 0.9.12
    /// (see [`State::from_dst`]), recognised by its first bytes.
    ///
    /// # Errors
    /// [`Error::State`] if it is neither, of another version, cut short, or of another ROM, CPU mode, timing or clock
    /// (a file of DeSmuME's is of any mode, timing and clock), and those of [`State::from_dst`].
    pub fn read(bytes: &[u8], rom: &[u8], options: &Options) -> Result<Self> {
        if !Self::is_one(bytes) {
            let first = bytes.get(..dst::MAGIC.len()).unwrap_or(bytes);
            return Err(Error::state(
                "first bytes of the file",
                &format!("{} or {}", dst::MAGIC.escape_ascii(), MAGIC.escape_ascii()),
                &match bytes.starts_with(MELON_DS) {
                    true => "a save state of melonDS".to_owned(),
                    false => format!("\"{}\"", first.escape_ascii()),
                },
            ));
        }
        if bytes.starts_with(dst::MAGIC) {
            return Self::from_dst(bytes, rom, options);
        }
        let state = Self::from_bytes(bytes)?;
        Origin::new(RomHash::of(rom), options).check(state.origin())?;
        Ok(state)
    }

    /// Converts a file of either kind that [`State::read`] reads to DeSmuME's: a file of DeSmuME's is unchanged.
    ///
    /// # Errors
    /// Those of [`State::from_bytes`] and [`State::to_dst`].
    pub fn dst_of(file: &[u8]) -> Result<Cow<'_, [u8]>> {
        match file.starts_with(dst::MAGIC) {
            true => Ok(file.into()),
            false => Ok(Self::from_bytes(file)?.to_dst()?.into()),
        }
    }
}
