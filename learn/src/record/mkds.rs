//! Mario Kart DS in datasets.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use desmume::Emulator;
use env_kart::pictures::Pictures;
use env_kart::runs::recording::RecordedRace;
use env_mkds::game::MarioKartDs;
use env_mkds::pixels::Pixels;
use mkds_formats::names;
use nds_formats::battery;
use nds_formats::dsm::Movie;
use nds_formats::pad::Pad;
use nds_formats::rom::{self, RomHeader};

use super::RecordedGame;
use crate::dataset::{Console, Game, Held, Machine};
use crate::files;

impl RecordedGame for MarioKartDs {
    const CONSOLE: Console = Console::Ds;
    const FRAMES_PER_ROW: NonZeroU32 = NonZeroU32::MIN;

    fn pictures(size: Option<[usize; 2]>) -> Pictures {
        let upper = Pixels::upper();
        Pixels { size, ..upper }.pictures()
    }

    fn held(pad: Pad) -> Held {
        pad.into()
    }

    fn game(race: &RecordedRace<Self>) -> Game {
        Game {
            character: race.combo.character,
            kart: race.combo.kart,
            course: race.combo.course,
            course_name: names::course_code(race.combo.course),
            ..Game::default()
        }
    }

    fn machine(movie: &Movie, emulator: &Emulator) -> env_mkds::Result<Machine> {
        let header = &movie.header;
        let (rom, options) = (emulator.rom(), emulator.options());
        let sram = match header.starts_from_state()? {
            true => None,
            false => header.sram()?,
        };
        Ok(Machine {
            rom_sha256: files::sha256(rom),
            rom_checksum: rom::checksum(rom),
            rom_serial: RomHeader::parse(rom)?.serial(),
            cpu: options.cpu.to_string(),
            clock: options.clock.to_string(),
            firmware: firmware(movie),
            save_sha256: sram
                .as_deref()
                .map(|sram| files::sha256(battery::without_container(sram))),
            state_sha256: None,
        })
    }
}

/// The firmware's settings by their names in the movie.
fn firmware(movie: &Movie) -> BTreeMap<String, String> {
    movie
        .header
        .entries()
        .filter(|(key, _)| key.starts_with("firm"))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}
