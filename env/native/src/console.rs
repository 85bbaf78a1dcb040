//! A console that plays the bundled game without an emulator.

use std::sync::Arc;

use desmume::Emulator;
use env_kart::Error::Setting;
use env_mkds::{Error, Result};
use homebrew::native::{self, Game, Snapshot};
use machine::{Hardware, Machine, Picture, PictureShape, Ram};
use mkds_memory::RAM_BASE;
use nds_formats::pad::Frame;
use xxhash_rust::xxh3::xxh3_64;

/// The bundled game, as a machine that draws nothing and makes no sound. Of an input it takes the buttons.
#[derive(Debug)]
pub struct Console {
    game: Game,
}

impl Console {
    /// A console that was just switched on, with `rom`, which has the bundled game's program, in it.
    ///
    /// # Errors
    /// The system gives no memory.
    pub fn open(rom: &Arc<[u8]>, battery: Option<&[u8]>) -> Result<Self> {
        let game = Game::with_card(battery, rom.clone()).map_err(|error| refused(&error))?;
        Ok(Self { game })
    }

    /// Main RAM, 4 MiB.
    #[must_use]
    pub fn ram(&self) -> &[u8] {
        self.game.ram()
    }

    /// Main RAM, for writing.
    pub fn ram_mut(&mut self) -> &mut [u8] {
        self.game.ram_mut()
    }
}

impl Machine for Console {
    type Input = Frame;
    type State = State;
    type Error = Error;

    /// That of the DS, without screens and sound.
    const HARDWARE: Hardware = Hardware {
        picture: PictureShape {
            width: 0,
            height: 0,
            count: 0,
            touch: None,
        },
        sample_rate: 0,
        ..Emulator::HARDWARE
    };

    fn step(&mut self, input: &Frame, _: Picture) -> Result<()> {
        self.game.tick(input.pad);
        Ok(())
    }

    fn write_picture(&self, _: &mut [u8]) {}

    fn save_state(&mut self) -> Result<State> {
        Ok(State(self.game.snapshot()))
    }

    fn load_state(&mut self, state: &State) -> Result<()> {
        self.game.restore(&state.0).map_err(|error| refused(&error))
    }

    /// XXH3 of RAM. It is not the emulator's: the console's own structures, such as the stack, are in RAM there too.
    fn hash(&self) -> u64 {
        xxh3_64(self.ram())
    }

    fn ram(&self) -> Option<Ram<'_>> {
        Some(Ram {
            base: RAM_BASE,
            bytes: self.ram(),
        })
    }

    fn ram_mut(&mut self) -> Option<&mut [u8]> {
        Some(self.ram_mut())
    }
}

/// RAM and battery.
#[derive(Clone, Debug)]
pub struct State(Snapshot);

impl State {
    /// The state that an emulator with the bundled game is in. It shares with `other` what is the same.
    ///
    /// # Errors
    /// The emulator's, or the system gives no memory.
    pub(crate) fn of(emulator: &mut Emulator, other: Option<&Self>) -> Result<Self> {
        let mut bytes = emulator.main_ram().to_vec();
        bytes.extend(emulator.battery()?);
        bytes.resize(Snapshot::BYTES, 0xFF);
        let snapshot = match other {
            Some(other) => other.0.sharing(&bytes),
            None => Snapshot::new(&bytes),
        };
        snapshot.map(Self).map_err(|error| refused(&error))
    }
}

impl machine::State for State {
    type Error = Error;

    fn to_bytes(&self) -> Vec<u8> {
        self.0.bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Snapshot::new(bytes)
            .map(Self)
            .map_err(|error| refused(&error))
    }
}

/// A console that the system or the bytes of a state do not allow.
fn refused(error: &native::Error) -> Error {
    Setting {
        setting: "native console",
        expected: "memory, and a state of the bundled game",
        found: error.to_string(),
    }
    .into()
}
