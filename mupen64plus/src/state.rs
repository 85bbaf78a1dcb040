//! A console's whole state, in memory.

use std::borrow::Cow;
use std::sync::Arc;

use n64_formats::rom::RomHash;
use xxhash_rust::xxh3::xxh3_64;

use crate::bindings::{SHIM_STORAGES, SHIM_TASK_WORDS};
use crate::error::{Error, Result};
use crate::options::{Cpu, Options};
use crate::pages::Pages;
use crate::st::{GZIP, Header};

const MAGIC: [u8; 8] = *b"KS64ST\0\0";
const VERSION: u32 = 1;

/// Magic, version, CPU mode, expansion pak, whether there is a task, a zero byte, frame count, ROM hash, the size of the
/// rest, the rest's checksum.
const HEADER_SIZE: usize = 8 + 4 + 4 + 8 + 32 + 8 + 8;

/// Bytes of the core's own state.
pub(crate) const CONSOLE_SIZE: usize = 16_788_288 + 1024 + 4 + 4096;

/// Where RAM is in the core's own state.
pub(crate) const RAM_OFFSET: usize = 0x1BC;

/// The task of a display list.
pub(crate) type Task = [u32; SHIM_TASK_WORDS as usize];

/// Memory that keeps its contents without power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// The cartridge's EEPROM: 2,048 bytes, of which a cartridge with 4 Kbit has the first 512.
    Eeprom,
    /// The controller paks of the four ports, of 32 KiB each: 128 KiB.
    Paks,
    /// The cartridge's memory with a battery: 32 KiB.
    Sram,
    /// The cartridge's flash memory: 128 KiB.
    Flash,
}

impl Storage {
    /// All of them.
    pub const ALL: [Self; SHIM_STORAGES as usize] =
        [Self::Eeprom, Self::Paks, Self::Sram, Self::Flash];

    /// Its size in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Eeprom => 0x800,
            Self::Paks | Self::Flash => 0x2_0000,
            Self::Sram => 0x8000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Eeprom => "EEPROM",
            Self::Paks => "controller paks",
            Self::Sram => "save RAM",
            Self::Flash => "flash memory",
        }
    }
}

/// The contents of all [`Storage`].
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Storages(pub(crate) [Vec<u8>; SHIM_STORAGES as usize]);

impl Storages {
    /// As they are when nothing was saved: zeros, and ones in erased flash memory.
    pub(crate) fn blank() -> Self {
        Self(Storage::ALL.map(|storage| {
            let byte = if storage == Storage::Flash { 0xFF } else { 0 };
            vec![byte; storage.size()]
        }))
    }

    /// Puts contents into one: all of it, the first 512 bytes of EEPROM, or the first pak.
    pub(crate) fn put(&mut self, storage: Storage, contents: &[u8]) -> Result<()> {
        let part = match storage {
            Storage::Eeprom => 0x200,
            Storage::Paks => 0x8000,
            Storage::Sram | Storage::Flash => storage.size(),
        };
        if contents.len() != storage.size() && contents.len() != part {
            return Err(Error::Storage {
                what: storage.name(),
                expected: storage.size(),
                found: contents.len(),
            });
        }
        self.0[storage as usize][..contents.len()].copy_from_slice(contents);
        Ok(())
    }
}

/// The settings that must be equal in the emulators that save and load a state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) rom: RomHash,
    pub(crate) cpu: Cpu,
    pub(crate) expansion_pak: bool,
}

impl Origin {
    pub(crate) fn new(rom: RomHash, options: &Options) -> Self {
        Self {
            rom,
            cpu: options.cpu,
            expansion_pak: options.expansion_pak,
        }
    }

    /// Whether a state of `found` may be loaded here.
    pub(crate) fn check(&self, found: &Self) -> Result<()> {
        expect("SHA-256 of its ROM", &self.rom, &found.rom)?;
        expect("CPU mode", &self.cpu, &found.cpu)?;
        expect("expansion pak", &self.expansion_pak, &found.expansion_pak)
    }
}

/// A console's whole state: RAM, processors, devices, save memory; 4 to 8 MB. Cheap to clone.
///
/// It can be loaded into any emulator that runs the same ROM with the same CPU mode and RAM. One that was read from a file
/// of Mupen64Plus's has no save memory and is of any CPU mode.
#[derive(Clone)]
pub struct State {
    /// `None` if the state is from a file of Mupen64Plus's, which has none of it.
    pub(crate) host: Option<Host>,
    pub(crate) console: Arc<Pages>,
}

/// What belongs to a state besides the core's own.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) origin: Origin,
    pub(crate) frame_count: u64,
    pub(crate) task: Option<Task>,
    pub(crate) storages: Arc<Storages>,
}

impl State {
    /// Vertical interrupts since power-on; 0 if the state was read from a file of Mupen64Plus's.
    #[must_use]
    pub fn frame_count(&self) -> u64 {
        self.host.as_ref().map_or(0, |host| host.frame_count)
    }

    /// The state as bytes that [`State::from_bytes`] reads: in this crate's format, or in Mupen64Plus's if it was read from
    /// that.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let Some(host) = &self.host else {
            return self.to_st();
        };
        let mut rest = Vec::with_capacity(self.console.stored().len() + (1 << 20));
        for word in host.task.unwrap_or_default() {
            rest.extend(word.to_le_bytes());
        }
        for storage in &host.storages.0 {
            rest.extend(storage);
        }
        rest.extend(self.console.present());
        rest.extend(self.console.stored());
        let mut bytes = Vec::with_capacity(HEADER_SIZE + rest.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([
            host.origin.cpu.number(),
            host.origin.expansion_pak.into(),
            host.task.is_some().into(),
            0,
        ]);
        bytes.extend(host.frame_count.to_le_bytes());
        bytes.extend(host.origin.rom.0);
        bytes.extend((rest.len() as u64).to_le_bytes());
        bytes.extend(xxh3_64(&rest).to_le_bytes());
        bytes.append(&mut rest);
        bytes
    }

    /// Whether `bytes` begin like a state that [`State::from_bytes`] reads.
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC) || Self::is_st(bytes)
    }

    /// Reads a state that [`State::bytes`] wrote, or a file of Mupen64Plus's (`.st`).
    ///
    /// Checksums find files that were damaged. The core trusts what is in a state: one that was made to do harm must not be
    /// loaded. The states of other emulators are none, those of Mupen64, the program that Mupen64Plus came from, included.
    ///
    /// # Errors
    /// [`Error::State`] if it is no state, of another version, cut short or changed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.starts_with(&GZIP) {
            return Self::from_st(bytes);
        }
        if bytes.starts_with(&MAGIC) {
            return Self::from_own(bytes);
        }
        let first = bytes.get(..MAGIC.len()).unwrap_or(bytes);
        Err(Error::State {
            what: "first bytes".into(),
            expected: format!(
                "\"{}\" or gzip's \"{}\"",
                MAGIC.escape_ascii(),
                GZIP.escape_ascii()
            ),
            found: format!("\"{}\"", first.escape_ascii()),
        })
    }

    fn from_own(bytes: &[u8]) -> Result<Self> {
        let Some((header, rest)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Err(Error::State {
                what: "size".into(),
                expected: format!("at least {HEADER_SIZE} bytes"),
                found: format!("{} bytes", bytes.len()),
            });
        };
        let mut header = Fields(header);
        let _magic: [u8; MAGIC.len()] = header.take();
        expect("version", &VERSION, &u32::from_le_bytes(header.take()))?;
        let [cpu, expansion_pak, has_task, _] = header.take();
        let frame_count = u64::from_le_bytes(header.take());
        let rom = RomHash(header.take());
        let size = u64::from_le_bytes(header.take());
        expect(
            "size in bytes after the header",
            &size,
            &(rest.len() as u64),
        )?;
        expect(
            "checksum",
            &u64::from_le_bytes(header.take()),
            &xxh3_64(rest),
        )?;
        let cpu = Cpu::from_number(cpu).ok_or_else(|| Error::State {
            what: "CPU mode".into(),
            expected: "0, 1 or 2".to_owned(),
            found: cpu.to_string(),
        })?;
        let (task, storages, console) = read_rest(rest).ok_or_else(|| Error::State {
            what: "contents".into(),
            expected: "a task, save memory and a core's state".to_owned(),
            found: format!("{} bytes of something else", rest.len()),
        })?;
        Header::read(console.first_page())?;
        Ok(Self {
            host: Some(Host {
                origin: Origin {
                    rom,
                    cpu,
                    expansion_pak: expansion_pak != 0,
                },
                frame_count,
                task: (has_task != 0).then_some(task),
                storages: Arc::new(storages),
            }),
            console: Arc::new(console),
        })
    }
}

/// What follows the header; `None` if it does not have the sizes of a state.
fn read_rest(rest: &[u8]) -> Option<(Task, Storages, Pages)> {
    let mut task = Task::default();
    let (words, mut rest) = rest.split_at_checked(size_of::<Task>())?;
    for (word, bytes) in task.iter_mut().zip(words.chunks_exact(4)) {
        *word = u32::from_le_bytes(bytes.try_into().ok()?);
    }
    let mut storages = Storages::blank();
    for (storage, kind) in storages.0.iter_mut().zip(Storage::ALL) {
        let (contents, after) = rest.split_at_checked(kind.size())?;
        storage.copy_from_slice(contents);
        rest = after;
    }
    let pages = CONSOLE_SIZE.div_ceil(crate::bindings::SHIM_PAGE as usize);
    let (present, stored) = rest.split_at_checked(pages)?;
    let console = Pages::from_parts(CONSOLE_SIZE, present.to_vec(), stored.to_vec())?;
    Some((task, storages, console))
}

impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("State")
            .field("frame_count", &self.frame_count())
            .finish_non_exhaustive()
    }
}

/// The fields of a header, whose size was checked.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const SIZE: usize>(&mut self) -> [u8; SIZE] {
        let (field, rest) = self.0.split_first_chunk().expect("the header has its size");
        self.0 = rest;
        *field
    }
}

pub(crate) fn expect<T: std::fmt::Display>(
    what: &'static str,
    expected: &T,
    found: &T,
) -> Result<()> {
    let (expected, found) = (expected.to_string(), found.to_string());
    if expected == found {
        return Ok(());
    }
    Err(Error::State {
        what: Cow::Borrowed(what),
        expected,
        found,
    })
}
