//! Mario Kart 64 in datasets.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use env_kart::pictures::Pictures;
use env_kart::runs::RunGame as _;
use env_kart::runs::recording::RecordedRace;
use env_mk64::config::INTERRUPTS_PER_FRAME;
use env_mk64::game::MarioKart64;
use env_mk64::movie::Movie;
use env_mk64::pixels::Pixels;
use mk64_formats::names::course_code;
use mupen64plus::Emulator;
use n64_formats::m64::Start;
use n64_formats::pad::Pad;
use sha2::{Digest, Sha256};

use super::RecordedGame;
use crate::dataset::{Console, Game, Held, Machine};
use crate::files;

impl RecordedGame for MarioKart64 {
    const CONSOLE: Console = Console::N64;
    const FRAMES_PER_ROW: NonZeroU32 = NonZeroU32::new(INTERRUPTS_PER_FRAME).expect("not 0");

    fn pictures(size: Option<[usize; 2]>) -> Pictures {
        let whole = Pixels::whole();
        Pixels { size, ..whole }.pictures()
    }

    fn held(pad: Pad) -> Held {
        pad.into()
    }

    fn game(race: &RecordedRace<Self>) -> Game {
        Game {
            character: race.combo.character,
            course: race.combo.course,
            course_name: course_code(race.combo.course),
            ..Game::default()
        }
    }

    fn machine(movie: &Movie, emulator: &Emulator) -> env_mk64::Result<Machine> {
        let rom = emulator.rom();
        let saved = match movie.header.start() {
            Start::Eeprom => Some(Self::console(movie)?.saved),
            Start::PowerOn | Start::Snapshot => None,
        };
        Ok(Machine {
            rom_sha256: files::sha256(rom.bytes()),
            rom_checksum: rom.header().crc[0],
            rom_serial: rom.header().code.clone(),
            cpu: emulator.options().cpu.to_string(),
            clock: String::new(),
            firmware: BTreeMap::new(),
            save_sha256: saved.map(|saved| {
                let hash = saved
                    .iter()
                    .fold(Sha256::new(), |hash, (_, bytes)| hash.chain_update(bytes));
                files::hexadecimal(&hash.finalize())
            }),
            state_sha256: None,
        })
    }
}
