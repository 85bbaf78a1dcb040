//! Mario Kart 64.

use anyhow::{Context, Result, bail, ensure};
use env_mk64::game::MarioKart64;
use mk64_formats::game::{is_mario_kart, is_us_release};
use mupen64plus::State;
use n64_formats::eeprom::Eeprom;
use n64_formats::pak_file::PakFile;
use n64_formats::rom::{Header, Rom};
use session::Game as _;

use super::{GameId, GameKind};

pub static MARIO_KART_64: GameKind = GameKind {
    id: GameId::MarioKart64,
    name: "mk64",
    title: "Mario Kart 64",
    bundled: homebrew_n64::ROM,
    is_named_in: |rom| {
        Rom::read(rom).is_ok_and(|rom| is_mario_kart(rom.header()) || is_bundled(rom.header()))
    },
    movie_ending: MarioKart64::MOVIES.ending,
    wrote: |file| {
        let is_saved = || PakFile::parse(file).is_ok() || Eeprom::parse(file).is_ok();
        (MarioKart64::MOVIES.is_one)(file) || State::is_one(file) || is_saved()
    },
    check,
    describe,
};

/// The game code of the bundled game.
const BUNDLED_CODE: &str = "NKSE";

/// Bytes of the US release.
const US_SIZE: usize = 12 << 20;

fn is_bundled(header: &Header) -> bool {
    header.code == BUNDLED_CODE
}

fn check(rom: &[u8]) -> Result<()> {
    let rom = Rom::read(rom).context("expected a Nintendo 64 ROM")?;
    let header = rom.header();
    if !is_us_release(header) && !is_bundled(header) {
        bail!(
            "game code at 0x3B: expected NKTE (Mario Kart 64, US), found {:?}",
            header.code
        );
    }
    let least = match is_bundled(header) {
        true => homebrew_n64::ROM.len(),
        false => US_SIZE,
    };
    let found = rom.bytes().len();
    ensure!(
        found >= least,
        "expected a whole ROM of {least} bytes, found {found}"
    );
    Ok(())
}

fn describe(rom: &[u8]) -> Result<String> {
    let rom = Rom::read(rom)?;
    let header = rom.header();
    let known = match is_bundled(header) {
        true => "its addresses are known",
        false => "Mario Kart 64, US: its addresses are known",
    };
    Ok(format!("{} {:?}, {known}", header.code, header.name))
}
