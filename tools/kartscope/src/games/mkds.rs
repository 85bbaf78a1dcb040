//! Mario Kart DS.

use anyhow::{Context, Result, bail};
use desmume::State;
use env_mkds::game::MarioKartDs;
use mkds_formats::game::{is_kiosk_demo, is_mario_kart};
use mkds_formats::sav::Save;
use nds_formats::rom::RomHeader;
use session::Game as _;

use super::{GameId, GameKind};

pub static MARIO_KART_DS: GameKind = GameKind {
    id: GameId::MarioKartDs,
    name: "mkds",
    title: "Mario Kart DS",
    bundled: homebrew::ROM,
    is_named_in: |rom| RomHeader::parse(rom).is_ok_and(|header| is_mario_kart(&header)),
    movie_ending: MarioKartDs::MOVIES.ending,
    wrote: |file| {
        (MarioKartDs::MOVIES.is_one)(file) || State::is_one(file) || Save::parse(file).is_ok()
    },
    check,
    describe,
};

fn check(rom: &[u8]) -> Result<()> {
    let header = RomHeader::parse(rom).context("expected a DS ROM")?;
    if is_kiosk_demo(&header) {
        bail!(
            "expected Mario Kart DS itself, found its kiosk demo {}, whose addresses are not known",
            header.serial()
        );
    }
    if !is_mario_kart(&header) {
        bail!(
            "game code at 0x0C: expected AMCE, AMCP or AMCJ (Mario Kart DS), found {:?}",
            header.game_code
        );
    }
    Ok(header.require_whole(rom)?)
}

fn describe(rom: &[u8]) -> Result<String> {
    let header = RomHeader::parse(rom)?;
    let known = match header.game_code.as_str() {
        _ if rom == homebrew::ROM => "its addresses are known",
        "AMCE" => "Mario Kart DS, US: its addresses are known",
        "AMCP" => "Mario Kart DS, Europe: addresses moved from the US ones",
        "AMCJ" => "Mario Kart DS, Japan: addresses moved from the US ones",
        _ => "Mario Kart DS of another region: not all its addresses are known",
    };
    Ok(format!("{} {:?}, {known}", header.game_code, header.title))
}
