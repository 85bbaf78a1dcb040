//! The header of a movie.

use std::ops::Range;

use crate::rom;
use crate::{Error, Result};

/// The format's name in errors.
pub(super) const FORMAT: &str = "m64";
/// Bytes of the header.
pub(super) const HEADER_SIZE: usize = 0x400;

const MAGIC: [u8; 4] = *b"M64\x1A";
const VERSION: u32 = 3;

const VERSION_AT: usize = 0x04;
const UID: usize = 0x08;
const INTERRUPTS: usize = 0x0C;
const RERECORDS: usize = 0x10;
const RATE: usize = 0x14;
const CONTROLLER_COUNT: usize = 0x15;
const SAMPLES: usize = 0x18;
const START: usize = 0x1C;
const CONTROLLERS: usize = 0x20;
const ROM_NAME: Range<usize> = 0xC4..0xE4;
const ROM_CRC: Range<usize> = 0xE4..0xE8;
const ROM_COUNTRY: usize = 0xE8;
const PLUGINS: [Range<usize>; 4] = [0x122..0x162, 0x162..0x1A2, 0x1A2..0x1E2, 0x1E2..0x222];
const AUTHOR: Range<usize> = 0x222..0x300;
const DESCRIPTION: Range<usize> = 0x300..HEADER_SIZE;

/// Ports for controllers.
const PORTS: usize = 4;
/// Interrupts a second of a console that is not for PAL.
const NTSC_RATE: u8 = 60;

/// What a movie starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Start {
    /// A save state in a file of its own, named as the movie but with the end `.st`.
    Snapshot,
    /// Power-on, with nothing saved.
    PowerOn,
    /// Power-on, with what the cartridge and the paks had saved, which the movie does not hold.
    Eeprom,
}

/// What the header says for each.
const STARTS: [(u16, Start); 3] = [
    (1, Start::Snapshot),
    (2, Start::PowerOn),
    (4, Start::Eeprom),
];

/// What is at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Controller {
    /// There is a controller.
    pub present: bool,
    /// It has a controller pak.
    pub pak: bool,
    /// It has a rumble pak.
    pub rumble: bool,
}

impl Controller {
    /// No controller.
    pub const NONE: Self = Self {
        present: false,
        pak: false,
        rumble: false,
    };
    /// A controller without a pak.
    pub const PRESENT: Self = Self {
        present: true,
        ..Self::NONE
    };
}

/// The names of the plugins of an emulator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Plugins {
    /// That of the video plugin.
    pub video: String,
    /// That of the sound plugin.
    pub sound: String,
    /// That of the input plugin.
    pub input: String,
    /// That of the signal processor's plugin.
    pub rsp: String,
}

/// A movie's header. Bytes without a known meaning are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    bytes: Box<[u8; HEADER_SIZE]>,
}

impl Header {
    /// The header of a movie of no ROM, for 60 interrupts a second.
    pub(super) fn new(start: Start) -> Self {
        let mut header = Self {
            bytes: Box::new([0; HEADER_SIZE]),
        };
        header.bytes[..MAGIC.len()].copy_from_slice(&MAGIC);
        header.set_word(VERSION_AT, VERSION);
        header.bytes[RATE] = NTSC_RATE;
        header.set_start(start);
        header
    }

    pub(super) fn parse(bytes: &[u8; HEADER_SIZE]) -> Result<Self> {
        let header = Self {
            bytes: Box::new(*bytes),
        };
        if !bytes.starts_with(&MAGIC) {
            let found = format!("\"{}\"", bytes[..MAGIC.len()].escape_ascii());
            return Err(Error::malformed(
                FORMAT,
                "offset 0x0",
                "\"M64\\x1a\"",
                found,
            ));
        }
        if header.word(VERSION_AT) != VERSION {
            return Err(Error::Unsupported {
                format: FORMAT,
                place: format!(
                    "offset {VERSION_AT:#x}, version {}",
                    header.word(VERSION_AT)
                ),
                feature: "another version than 3",
            });
        }
        header.read_start()?;
        Ok(header)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The movie's number, which its save states have too: the seconds since 1970 at which it was begun.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.word(UID)
    }

    /// Sets the movie's number.
    pub fn set_uid(&mut self, uid: u32) {
        self.set_word(UID, uid);
    }

    /// The movie's length in vertical interrupts.
    #[must_use]
    pub fn interrupts(&self) -> u32 {
        self.word(INTERRUPTS)
    }

    /// Sets the movie's length in vertical interrupts.
    pub fn set_interrupts(&mut self, interrupts: u32) {
        self.set_word(INTERRUPTS, interrupts);
    }

    /// How often the player went back and recorded on.
    #[must_use]
    pub fn rerecords(&self) -> u32 {
        self.word(RERECORDS)
    }

    /// Sets how often the player went back.
    pub fn set_rerecords(&mut self, rerecords: u32) {
        self.set_word(RERECORDS, rerecords);
    }

    /// Vertical interrupts a second: 60, or 50 on a PAL console.
    #[must_use]
    pub fn rate(&self) -> u8 {
        self.bytes[RATE]
    }

    /// Sets the vertical interrupts a second.
    pub fn set_rate(&mut self, rate: u8) {
        self.bytes[RATE] = rate;
    }

    /// What the movie starts from.
    #[must_use]
    pub fn start(&self) -> Start {
        self.read_start()
            .expect("parsing refuses other starts, and setting knows none")
    }

    fn read_start(&self) -> Result<Start> {
        let number = u16::from_le_bytes([self.bytes[START], self.bytes[START + 1]]);
        let start = STARTS.iter().find(|(of, _)| *of == number);
        start.map(|(_, start)| *start).ok_or_else(|| {
            let place = format!("offset {START:#x}");
            let expected = "1 (from a snapshot), 2 (from power-on) or 4 (from EEPROM)";
            Error::malformed(FORMAT, place, expected, number.to_string())
        })
    }

    /// Sets what the movie starts from.
    pub fn set_start(&mut self, start: Start) {
        let number = match start {
            Start::Snapshot => 1_u16,
            Start::PowerOn => 2,
            Start::Eeprom => 4,
        };
        self.bytes[START..START + 2].copy_from_slice(&number.to_le_bytes());
    }

    /// What is at the four ports.
    #[must_use]
    pub fn controllers(&self) -> [Controller; PORTS] {
        let flags = self.word(CONTROLLERS);
        [0, 1, 2, 3].map(|port| {
            let flag = |group: usize| flags >> (PORTS * group + port) & 1 != 0;
            Controller {
                present: flag(0),
                pak: flag(1),
                rumble: flag(2),
            }
        })
    }

    /// The ports with a controller, from 0.
    pub(super) fn present(&self) -> impl Iterator<Item = usize> + use<> {
        let controllers = self.controllers();
        (0..PORTS).filter(move |port| controllers[*port].present)
    }

    /// Sets what is at the four ports.
    pub fn set_controllers(&mut self, controllers: [Controller; PORTS]) {
        let mut flags = self.word(CONTROLLERS) & !0xFFF;
        for (port, controller) in controllers.iter().enumerate() {
            let groups = [controller.present, controller.pak, controller.rumble];
            for (group, flag) in groups.into_iter().enumerate() {
                flags |= u32::from(flag) << (PORTS * group + port);
            }
        }
        self.set_word(CONTROLLERS, flags);
        self.bytes[CONTROLLER_COUNT] = self.present().count() as u8;
    }

    pub(super) fn sample_count(&self) -> u32 {
        Self::count_in(&self.bytes)
    }

    /// The number of samples that a header's bytes name.
    pub(super) fn count_in(bytes: &[u8; HEADER_SIZE]) -> u32 {
        word_in(bytes, SAMPLES)
    }

    pub(super) fn set_sample_count(&mut self, count: u32) {
        self.set_word(SAMPLES, count);
    }

    /// The name in the ROM.
    #[must_use]
    pub fn rom_name(&self) -> String {
        self.text(ROM_NAME).trim_end().to_owned()
    }

    /// The first checksum in the ROM, by its bytes in the ROM.
    #[must_use]
    pub fn rom_crc(&self) -> [u8; 4] {
        [0, 1, 2, 3].map(|at| self.bytes[ROM_CRC.start + at])
    }

    /// The letter of the ROM's country.
    #[must_use]
    pub fn rom_country(&self) -> u8 {
        self.bytes[ROM_COUNTRY]
    }

    /// Whether the movie is of this ROM, by the checksum. Emulators write it in the order of the ROM or of the host.
    #[must_use]
    pub fn is_of(&self, rom: &rom::Header) -> bool {
        let crc = self.rom_crc();
        [u32::from_be_bytes(crc), u32::from_le_bytes(crc)].contains(&rom.crc[0])
    }

    /// Makes the movie one of this ROM.
    pub fn set_rom(&mut self, rom: &rom::Header) {
        let name = rom.name.bytes().chain(std::iter::repeat(0));
        for (byte, letter) in self.bytes[ROM_NAME].iter_mut().zip(name) {
            *byte = letter;
        }
        self.bytes[ROM_CRC].copy_from_slice(&rom.crc[0].to_be_bytes());
        let country = rom.code.bytes().last().unwrap_or_default();
        self.bytes[ROM_COUNTRY..ROM_COUNTRY + 2].copy_from_slice(&[country, rom.revision]);
    }

    /// The plugins with which the movie was recorded.
    #[must_use]
    pub fn plugins(&self) -> Plugins {
        let [video, sound, input, rsp] = PLUGINS.map(|place| self.text(place));
        Plugins {
            video,
            sound,
            input,
            rsp,
        }
    }

    /// Sets the plugins' names.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a name is longer than 63 bytes; the header is then as it was.
    pub fn set_plugins(&mut self, plugins: &Plugins) -> Result<()> {
        let names = [&plugins.video, &plugins.sound, &plugins.input, &plugins.rsp];
        for (place, name) in PLUGINS.into_iter().zip(names) {
            check_text(&place, "plugin's name", name)?;
        }
        for (place, name) in PLUGINS.into_iter().zip(names) {
            self.write_text(place, name);
        }
        Ok(())
    }

    /// Who made the movie. Bytes that are no UTF-8 are written as U+FFFD.
    #[must_use]
    pub fn author(&self) -> String {
        self.text(AUTHOR)
    }

    /// Sets who made the movie.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if it is longer than 221 bytes of UTF-8 or has a zero in it.
    pub fn set_author(&mut self, author: &str) -> Result<()> {
        check_text(&AUTHOR, "author", author)?;
        self.write_text(AUTHOR, author);
        Ok(())
    }

    /// What the movie is about. Bytes that are no UTF-8 are written as U+FFFD.
    #[must_use]
    pub fn description(&self) -> String {
        self.text(DESCRIPTION)
    }

    /// Sets what the movie is about.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if it is longer than 255 bytes of UTF-8 or has a zero in it.
    pub fn set_description(&mut self, description: &str) -> Result<()> {
        check_text(&DESCRIPTION, "description", description)?;
        self.write_text(DESCRIPTION, description);
        Ok(())
    }

    fn word(&self, at: usize) -> u32 {
        word_in(&self.bytes, at)
    }

    fn set_word(&mut self, at: usize, word: u32) {
        self.bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }

    /// A text up to its first zero.
    fn text(&self, place: Range<usize>) -> String {
        let bytes = self.bytes[place].split(|byte| *byte == 0).next();
        String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
    }

    /// Writes a text that was checked.
    fn write_text(&mut self, place: Range<usize>, text: &str) {
        self.bytes[place.clone()].fill(0);
        self.bytes[place][..text.len()].copy_from_slice(text.as_bytes());
    }
}

fn word_in(bytes: &[u8; HEADER_SIZE], at: usize) -> u32 {
    u32::from_le_bytes([0, 1, 2, 3].map(|byte| bytes[at + byte]))
}

/// Texts end with a zero, and so have none in them.
fn check_text(place: &Range<usize>, field: &'static str, text: &str) -> Result<()> {
    let most = place.len() - 1;
    if text.len() > most {
        let expected = format!("at most {most} bytes");
        let found = format!("{} bytes", text.len());
        return Err(Error::out_of_range(FORMAT, field, expected, found));
    }
    if text.contains('\0') {
        let found = format!("\"{}\"", text.escape_debug());
        return Err(Error::out_of_range(FORMAT, field, "no zeros", found));
    }
    Ok(())
}
