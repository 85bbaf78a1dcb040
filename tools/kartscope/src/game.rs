//! The game that a command runs: the bundled one, or the user's ROM.

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context, Result, bail};
use env_mkds::replay::Replay;
use mkds_formats::dsm::Movie;
use mkds_formats::names;
use mkds_formats::rom::RomHeader;
use sha2::{Digest, Sha256};

use crate::files;
use crate::report::Report;

/// Where in main RAM the console keeps the ROM's header.
const KEPT_HEADER: usize = 0x3F_FE00;
/// Bytes of the header that name the game: title, code and maker.
const GAME_NAME: usize = 18;

/// A game to run.
pub struct Game {
    /// The ROM's bytes.
    pub rom: Cow<'static, [u8]>,
    /// What to call it: the user's file, or the bundled game.
    pub name: String,
    /// Whether it is the bundled one.
    pub bundled: bool,
}

impl Game {
    /// The user's ROM when there is one, else the bundled game.
    ///
    /// # Errors
    /// When the file can't be read, is no DS ROM, or is of another game.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self {
                rom: Cow::Borrowed(homebrew::ROM),
                name: "the bundled game".to_owned(),
                bundled: true,
            });
        };
        let rom = files::read(path)?;
        let header =
            RomHeader::parse(&rom).with_context(|| format!("{} is no DS ROM", path.display()))?;
        if header.is_kiosk_demo() {
            bail!(
                "{}: expected Mario Kart DS itself, found its kiosk demo {}, whose addresses are not known",
                path.display(),
                header.serial()
            );
        }
        if !header.is_mario_kart() {
            bail!(
                "{}: game code at 0x0C: expected AMCE, AMCP or AMCJ (Mario Kart DS), found {:?}",
                path.display(),
                header.game_code
            );
        }
        let bundled = rom == homebrew::ROM;
        Ok(Self {
            rom: Cow::Owned(rom),
            name: path.display().to_string(),
            bundled,
        })
    }

    /// Starts the movie that was read from `path`; a save state that it starts from lies beside it, as `.dst`.
    ///
    /// # Errors
    /// When the movie is for another ROM or malformed, or its save state can't be read.
    pub fn replay(&self, path: &Path, movie: &Movie) -> Result<Replay> {
        if !movie.header.starts_from_state()? {
            return Ok(Replay::open(&self.rom, movie)?);
        }
        let state = path.with_extension("dst");
        let bytes = files::read(&state).context("the movie starts from a save state")?;
        Replay::open_from_state(&self.rom, movie, &bytes)
            .with_context(|| format!("starting from {}", state.display()))
    }

    /// SHA-256 of the ROM, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        Sha256::digest(&self.rom)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Says on standard error where the ROM is not for certain the one that the movie was made with.
pub fn warn_of_rom(movie: &Path, replay: &Replay, report: Report) {
    if let Some(warning) = replay.rom_check().warning() {
        report.note(format_args!("warning: {}: {warning}", movie.display()));
    }
}

/// What the bundled game, or else the real one, calls the course in a slot: the bundled one has its own courses in
/// the real ones' slots.
#[must_use]
pub fn course_name(course: &names::Course, bundled: bool) -> &'static str {
    let own = homebrew::COURSES.iter().find(|own| own.id == course.id);
    own.filter(|_| bundled).map_or(course.name, |own| own.name)
}

/// Whether an image of main RAM is the bundled game's, by the header that the console keeps of the ROM.
#[must_use]
pub fn is_bundled(image: &[u8]) -> bool {
    let kept = image.get(KEPT_HEADER..).and_then(<[u8]>::first_chunk);
    kept.is_some_and(|kept: &[u8; GAME_NAME]| homebrew::ROM.starts_with(kept))
}
