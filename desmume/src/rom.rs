//! ROMs, shared in memory by the emulators that run them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest, Sha256};

/// The SHA-256 of a ROM.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RomHash(pub(crate) [u8; 32]);

impl RomHash {
    pub(crate) fn of(rom: &[u8]) -> Self {
        Self(Sha256::digest(rom).into())
    }
}

impl fmt::Display for RomHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// A ROM's bytes and hash.
#[derive(Clone)]
pub(crate) struct Rom {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) hash: RomHash,
}

/// The ROMs in use.
static LOADED: Mutex<Vec<(RomHash, Weak<[u8]>)>> = Mutex::new(Vec::new());

impl Rom {
    /// The ROM with these bytes: shared with another emulator that has it already, else a copy.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let hash = RomHash::of(bytes);
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.retain(|(_, rom)| rom.strong_count() > 0);
        let shared = loaded.iter().find(|(other, _)| *other == hash);
        if let Some(bytes) = shared.and_then(|(_, rom)| rom.upgrade()) {
            return Self { bytes, hash };
        }
        let bytes: Arc<[u8]> = bytes.into();
        loaded.push((hash, Arc::downgrade(&bytes)));
        Self { bytes, hash }
    }
}
