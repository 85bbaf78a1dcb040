//! A movie's `key value` lines.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::clock::DateTime;
use super::error::{FORMAT, quote};
use crate::{Error, Result};

/// DeSmuME's order of keys; what it does not know comes wherever it stood.
const ORDER: [&str; 24] = [
    "version",
    "emuVersion",
    "rerecordCount",
    "romFilename",
    "romChecksum",
    "romSerial",
    "guid",
    "useExtBios",
    "swiFromBios",
    "useExtFirmware",
    "bootFromFirmware",
    "firmNickname",
    "firmMessage",
    "firmFavColour",
    "firmBirthMonth",
    "firmBirthDay",
    "firmLanguage",
    "advancedTiming",
    "jitBlockSize",
    "rtcStartNew",
    "comment",
    "binary",
    "savestate",
    "sram",
];

/// What some programs write for a checksum or a serial that they do not know.
const NULL: &str = "null";

/// The owner's settings in the console's firmware.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Firmware {
    /// The owner's name; the console keeps 10 characters.
    pub nickname: String,
    /// The greeting; the console keeps 26 characters.
    pub message: String,
    /// 0..=15.
    pub favourite_colour: u8,
    /// 1..=12.
    pub birth_month: u8,
    /// 1..=31.
    pub birth_day: u8,
    /// 0 Japanese, 1 English, 2 French, 3 German, 4 Italian, 5 Spanish.
    pub language: u8,
}

impl Default for Firmware {
    /// DeSmuME 0.9.12's own defaults.
    fn default() -> Self {
        Self {
            nickname: "DeSmuME".into(),
            message: "DeSmuME makes you happy!".into(),
            favourite_colour: 7,
            birth_month: 6,
            birth_day: 23,
            language: 1,
        }
    }
}

/// What state the console is in before a movie's first frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Power-on with blank battery memory.
    PowerOn,
    /// Power-on with this battery memory, as [`Header::sram`] gives it.
    Sram(Vec<u8>),
    /// A save state, which is no part of the movie; see [`Start::state_file_name`].
    SaveState,
}

impl Start {
    /// The name of the save state's file beside the movie `movie`: DeSmuME puts `dst` in the place
    /// of the name's last three letters. `None` if it has not that many.
    ///
    /// ```
    /// # use nds_formats::dsm::Start;
    /// assert_eq!(Start::state_file_name("race.dsm").as_deref(), Some("race.dst"));
    /// ```
    pub fn state_file_name(movie: &str) -> Option<String> {
        let stem = movie.get(..movie.len().checked_sub(3)?)?;
        Some(format!("{stem}dst"))
    }
}

/// A movie's header: every line in order, with typed access to the keys that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    lines: Vec<Line>,
}

/// One line as it stands in the file, without its ending.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    text: Vec<u8>,
    /// Empty in a blank line.
    key: Range<usize>,
    value: Range<usize>,
}

impl Line {
    fn new(text: Vec<u8>) -> Self {
        let start = text.len() - text.trim_ascii_start().len();
        let end = text.trim_ascii_end().len().max(start);
        let is_blank = |byte: &u8| byte.is_ascii_whitespace();
        let key_end = text[start..end]
            .iter()
            .position(is_blank)
            .map_or(end, |at| start + at);
        let value = end - text[key_end..end].trim_ascii_start().len();
        Self {
            text,
            key: start..key_end,
            value: value..end,
        }
    }

    fn compose(key: &str, value: &[u8]) -> Self {
        Self::new([key.as_bytes(), b" ", value].concat())
    }

    fn key(&self) -> &[u8] {
        &self.text[self.key.clone()]
    }

    fn value(&self) -> &[u8] {
        &self.text[self.value.clone()]
    }

    fn rank(&self) -> Option<usize> {
        ORDER.iter().position(|key| key.as_bytes() == self.key())
    }
}

impl Header {
    /// What DeSmuME 0.9.12 writes with its default settings and no ROM named.
    pub(super) fn new() -> Self {
        let mut header = Self::empty();
        header.put("version", "2");
        header.put("emuVersion", "91200");
        header.put("rerecordCount", "0");
        header.put("guid", "00000000-0000-0000-0000-000000000000");
        header.put("useExtBios", "0");
        header.put("useExtFirmware", "0");
        let Firmware {
            nickname, message, ..
        } = Firmware::default();
        header.put("firmNickname", &nickname);
        header.put("firmMessage", &message);
        header.put_firmware_numbers(&Firmware::default());
        header.set_advanced_timing(true);
        header.set_jit_block_size(100);
        header.put("rtcStartNew", &DateTime::default().to_string());
        header.put("savestate", "0");
        header
    }

    pub(super) fn empty() -> Self {
        Self { lines: Vec::new() }
    }

    pub(super) fn push_line(&mut self, line: &[u8]) {
        self.lines.push(Line::new(line.to_vec()));
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(|line| line.text.as_slice())
    }

    /// The value of `key`: of its last line, as DeSmuME reads it. Bytes that are not UTF-8 are
    /// replaced.
    pub fn get(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get_bytes(key).map(String::from_utf8_lossy)
    }

    fn get_bytes(&self, key: &str) -> Option<&[u8]> {
        self.lines
            .iter()
            .rfind(|line| line.key() == key.as_bytes())
            .map(Line::value)
    }

    /// All lines in order as (key, value), blank ones left out.
    pub fn entries(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.lines
            .iter()
            .filter(|line| !line.key.is_empty())
            .map(|line| {
                (
                    String::from_utf8_lossy(line.key()),
                    String::from_utf8_lossy(line.value()),
                )
            })
    }

    /// Sets the value of `key`, in DeSmuME's place for it. An empty value removes the key:
    /// DeSmuME would take the following line for its value.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the key or the value cannot stand in one line.
    pub fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let breaks_key = |c: char| c.is_ascii_whitespace() || c.is_control();
        if key.is_empty() || key.starts_with('|') || key.contains(breaks_key) {
            return Err(Error::out_of_range(
                FORMAT,
                "header key",
                "one word",
                quote(key.as_bytes()),
            ));
        }
        check_one_line("header value", value)?;
        match value.trim_ascii() {
            "" => self.remove(key),
            value => self.put(key, value),
        }
        Ok(())
    }

    /// Removes all lines of `key`.
    pub fn remove(&mut self, key: &str) {
        self.lines.retain(|line| line.key() != key.as_bytes());
    }

    /// Sets a value that is known to stand in one line.
    fn put(&mut self, key: &str, value: &str) {
        let line = Line::compose(key, value.as_bytes());
        match self
            .lines
            .iter()
            .rposition(|line| line.key() == key.as_bytes())
        {
            Some(at) => self.lines[at] = line,
            None => self.insert(line),
        }
    }

    /// Inserts before the first key that DeSmuME writes later.
    fn insert(&mut self, line: Line) {
        let rank = line.rank();
        let later = |other: &Line| rank.is_some() && other.rank() > rank;
        let at = self
            .lines
            .iter()
            .position(later)
            .unwrap_or(self.lines.len());
        self.lines.insert(at, line);
    }

    fn number<T: std::str::FromStr>(&self, key: &str, expected: &str) -> Result<Option<T>> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let number = value
            .parse()
            .map_err(|_| malformed(key, expected, value.as_bytes()))?;
        Ok(Some(number))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>> {
        Ok(self.number::<i32>(key, "0 or 1")?.map(|value| value != 0))
    }

    /// How many times the movie was recorded over. Programs that do not count write -1.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no number.
    pub fn rerecord_count(&self) -> Result<Option<i64>> {
        self.number("rerecordCount", "a number")
    }

    /// The value of `key`, `None` where it says [`NULL`].
    fn get_unless_null(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key).filter(|value| value != NULL)
    }

    /// The CRC-32 of the ROM the movie was made with, or `None` where the movie does not say.
    /// DeSmuME ignores it; see [`crate::rom::checksum`].
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not a hexadecimal number.
    pub fn rom_checksum(&self) -> Result<Option<u32>> {
        let Some(value) = self.get_unless_null("romChecksum") else {
            return Ok(None);
        };
        let digits = value.strip_prefix("0x").unwrap_or(&value);
        let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let checksum = u32::from_str_radix(digits, 16).ok().filter(|_| all_hex);
        let checksum = checksum
            .ok_or_else(|| malformed("romChecksum", "8 hexadecimal digits", value.as_bytes()))?;
        Ok(Some(checksum))
    }

    /// Sets the ROM's CRC-32.
    pub fn set_rom_checksum(&mut self, checksum: u32) {
        self.put("romChecksum", &format!("{checksum:08X}"));
    }

    /// The ROM's serial, e.g. `NTR-AMCE-USA`, or `None` where the movie does not say; see
    /// [`crate::rom::RomHeader::serial`].
    pub fn rom_serial(&self) -> Option<Cow<'_, str>> {
        self.get_unless_null("romSerial")
    }

    /// Sets the ROM's serial.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if it holds a line break.
    pub fn set_rom_serial(&mut self, serial: &str) -> Result<()> {
        self.set("romSerial", serial)
    }

    /// The ROM's file name without folder and extension.
    pub fn rom_filename(&self) -> Option<Cow<'_, str>> {
        self.get("romFilename")
    }

    /// Sets the ROM's file name.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if it holds a line break.
    pub fn set_rom_filename(&mut self, name: &str) -> Result<()> {
        self.set("romFilename", name)
    }

    /// The clock at power-on; 2009-01-01 00:00:00 where the movie does not say.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no date.
    pub fn rtc_start(&self) -> Result<DateTime> {
        match (self.get("rtcStartNew"), self.get("rtcStart")) {
            (Some(value), _) => DateTime::parse("rtcStartNew", &value),
            (None, Some(value)) => DateTime::parse("rtcStart", &value),
            (None, None) => Ok(DateTime::default()),
        }
    }

    /// Sets the clock at power-on.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such date.
    pub fn set_rtc_start(&mut self, start: DateTime) -> Result<()> {
        if !start.is_valid() {
            let found = format!("{start:?}");
            return Err(Error::out_of_range(
                FORMAT,
                "rtcStartNew",
                "a date that exists",
                found,
            ));
        }
        self.put("rtcStartNew", &start.to_string());
        Ok(())
    }

    /// The longest block of instructions the JIT compiles at once, 1..=100; 0 = the interpreter,
    /// also where the movie does not say or names a size DeSmuME does not take.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no number.
    pub fn jit_block_size(&self) -> Result<u8> {
        let size = self
            .number::<i32>("jitBlockSize", "a number, 0..=100")?
            .unwrap_or(0);
        Ok(u8::try_from(size)
            .ok()
            .filter(|size| *size <= 100)
            .unwrap_or(0))
    }

    /// Sets the JIT's block size, 1..=100; 0 = the interpreter.
    pub fn set_jit_block_size(&mut self, size: u8) {
        self.put("jitBlockSize", &size.to_string());
    }

    /// Whether the core times bus accesses exactly; `None` where the movie does not say.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no number.
    pub fn advanced_timing(&self) -> Result<Option<bool>> {
        self.flag("advancedTiming")
    }

    /// Sets whether the core times bus accesses exactly.
    pub fn set_advanced_timing(&mut self, on: bool) {
        self.put("advancedTiming", if on { "1" } else { "0" });
    }

    /// The firmware settings; DeSmuME's own for each key that is absent.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the movie was made with a dumped BIOS or firmware, whose contents
    /// it does not hold; [`Error::Malformed`] if a number is none.
    pub fn firmware(&self) -> Result<Firmware> {
        for (key, feature) in [
            ("useExtBios", "an external BIOS"),
            ("useExtFirmware", "an external firmware"),
        ] {
            if self.flag(key)? == Some(true) {
                let place = format!("header key {key}");
                return Err(Error::Unsupported {
                    format: FORMAT,
                    place,
                    feature,
                });
            }
        }
        let text = |key: &str, default: String| self.get(key).map_or(default, Cow::into_owned);
        let byte = |key: &str, default: u8| -> Result<u8> {
            Ok(self.number(key, "a number, 0..=255")?.unwrap_or(default))
        };
        let default = Firmware::default();
        Ok(Firmware {
            nickname: text("firmNickname", default.nickname),
            message: text("firmMessage", default.message),
            favourite_colour: byte("firmFavColour", default.favourite_colour)?,
            birth_month: byte("firmBirthMonth", default.birth_month)?,
            birth_day: byte("firmBirthDay", default.birth_day)?,
            language: byte("firmLanguage", default.language)?,
        })
    }

    /// Sets the firmware settings.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a text holds a line break.
    pub fn set_firmware(&mut self, firmware: &Firmware) -> Result<()> {
        self.set("firmNickname", &firmware.nickname)?;
        self.set("firmMessage", &firmware.message)?;
        self.put_firmware_numbers(firmware);
        Ok(())
    }

    fn put_firmware_numbers(&mut self, firmware: &Firmware) {
        self.put("firmFavColour", &firmware.favourite_colour.to_string());
        self.put("firmBirthMonth", &firmware.birth_month.to_string());
        self.put("firmBirthDay", &firmware.birth_day.to_string());
        self.put("firmLanguage", &firmware.language.to_string());
    }

    /// The comments in order. `author NAME` is by custom the first.
    pub fn comments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let comments = self.lines.iter().filter(|line| line.key() == b"comment");
        comments.map(|line| String::from_utf8_lossy(line.value()))
    }

    /// Adds a comment after the others, one for each line of `text`; blank lines are left out.
    pub fn add_comment(&mut self, text: &str) {
        for text in text
            .split(['\n', '\r'])
            .map(str::trim_ascii)
            .filter(|text| !text.is_empty())
        {
            let line = Line::compose("comment", text.as_bytes());
            match self.lines.iter().rposition(|line| line.key() == b"comment") {
                Some(last) => self.lines.insert(last + 1, line),
                None => self.insert(line),
            }
        }
    }

    /// Removes the comments that `unwanted` says so of.
    pub fn remove_comments(&mut self, mut unwanted: impl FnMut(&str) -> bool) {
        self.lines.retain(|line| {
            line.key() != b"comment" || !unwanted(&String::from_utf8_lossy(line.value()))
        });
    }

    /// Whether the movie starts from a save state, which lies in a file beside it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the key's value is the state itself, as up to DeSmuME 0.9.11;
    /// [`Error::Malformed`] if it is no number.
    pub fn starts_from_state(&self) -> Result<bool> {
        let value = self.get_bytes("savestate").unwrap_or_default();
        if binary_prefix(value).is_some() {
            return Err(Error::Unsupported {
                format: FORMAT,
                place: "header key savestate".into(),
                feature: "a save state in the movie itself, as DeSmuME up to 0.9.11 embeds it,",
            });
        }
        Ok(self.flag("savestate")?.unwrap_or(false))
    }

    /// How the movie starts. Where the header names a save state, DeSmuME puts the battery memory
    /// that the header holds besides, or blank memory, in the place of the state's own.
    ///
    /// # Errors
    /// [`Error::Malformed`] as [`Header::sram`] and [`Header::starts_from_state`] say.
    pub fn start(&self) -> Result<Start> {
        if self.starts_from_state()? {
            return Ok(Start::SaveState);
        }
        Ok(self.sram()?.map_or(Start::PowerOn, Start::Sram))
    }

    /// Sets how the movie starts. The file of a save state is the caller's to keep.
    pub fn set_start(&mut self, start: &Start) {
        let from_state = matches!(start, Start::SaveState);
        self.put("savestate", if from_state { "1" } else { "0" });
        self.set_sram(match start {
            Start::Sram(sram) => Some(sram),
            Start::PowerOn | Start::SaveState => None,
        });
    }

    /// The battery memory at power-on, as it stands in the movie: a `.dsv` image with its footer
    /// where DeSmuME wrote it (see [`crate::battery::without_container`]). `None`: blank memory.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the movie starts from a save state, not from power-on;
    /// [`Error::Malformed`] if the value is neither `base64:` nor `0x` data.
    pub fn sram(&self) -> Result<Option<Vec<u8>>> {
        if self.starts_from_state()? {
            let place = "header key savestate".into();
            return Err(Error::Unsupported {
                format: FORMAT,
                place,
                feature: "a start from a save state",
            });
        }
        self.get_bytes("sram").map(decode_binary).transpose()
    }

    /// Sets the battery memory at power-on; DeSmuME wants it with a footer
    /// (see [`crate::battery::with_footer`]). `None`: blank memory.
    pub fn set_sram(&mut self, sram: Option<&[u8]>) {
        match sram {
            Some(sram) => self.put("sram", &format!("base64:{}", BASE64.encode(sram))),
            None => self.remove("sram"),
        }
    }

    pub(super) fn is_binary(&self) -> bool {
        // As C reads a number: its digits up to what is none.
        let value = self.get_bytes("binary").unwrap_or_default();
        let digits = value.strip_prefix(b"-").or(value.strip_prefix(b"+"));
        let digits = digits.unwrap_or(value).iter();
        digits
            .take_while(|digit| digit.is_ascii_digit())
            .any(|digit| *digit != b'0')
    }
}

fn malformed(key: &str, expected: &str, found: &[u8]) -> Error {
    Error::malformed(FORMAT, format!("header key {key}"), expected, quote(found))
}

fn check_one_line(field: &'static str, value: &str) -> Result<()> {
    match value.contains(['\n', '\r']) {
        true => Err(Error::out_of_range(
            FORMAT,
            field,
            "one line",
            quote(value.as_bytes()),
        )),
        false => Ok(()),
    }
}

/// How a header writes binary data.
enum BinaryForm {
    Base64,
    Hexadecimal,
}

/// The form of binary data and its digits: `base64:…`, or `0x…` as DeSmuME also reads.
fn binary_prefix(value: &[u8]) -> Option<(BinaryForm, &[u8])> {
    let base64 = value.strip_prefix(b"base64:");
    let hexadecimal = || value.strip_prefix(b"0x").or(value.strip_prefix(b"0X"));
    base64
        .map(|digits| (BinaryForm::Base64, digits))
        .or_else(|| Some((BinaryForm::Hexadecimal, hexadecimal()?)))
}

fn decode_binary(value: &[u8]) -> Result<Vec<u8>> {
    let decoded = match binary_prefix(value) {
        Some((BinaryForm::Base64, digits)) => BASE64.decode(digits).ok(),
        Some((BinaryForm::Hexadecimal, digits)) => decode_hex(digits),
        None => None,
    };
    decoded.ok_or_else(|| malformed("sram", "base64: or 0x and whole bytes", value))
}

fn decode_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|value| value as u8);
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?));
    if rest.is_empty() {
        bytes.collect()
    } else {
        None
    }
}
