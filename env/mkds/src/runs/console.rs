//! A console as a movie switches it on.

use std::ops::ControlFlow;

use desmume::{Emulator, Options, State};
use nds_formats::battery;
use nds_formats::dsm::{Movie, Start};
use nds_formats::pad::Frame;

use env_kart::runs::RunGame as _;

use super::{
    Entered, Setup, StateStart,
    rom_check::{RomCheck, describe_rom},
};
use crate::{
    Error, Result,
    game::MarioKartDs,
    menus::{self, Pace},
};

/// A console: the emulator's options, and the save memory that it is switched on with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Console {
    /// The emulator's options.
    pub options: Options,
    /// The save memory; blank memory without it.
    pub battery: Option<Vec<u8>>,
}

impl Console {
    /// A console with blank save memory.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            battery: None,
        }
    }

    /// The console of a movie. One that starts from a save state has options only.
    ///
    /// # Errors
    /// The movie's header is malformed.
    pub fn of_movie(movie: &Movie) -> Result<Self> {
        let sram = match movie.header.starts_from_state()? {
            true => None,
            false => movie.header.sram()?,
        };
        let battery = sram.as_deref().map(battery::without_container);
        Ok(Self {
            options: Options::from_movie(movie)?,
            battery: battery.map(<[u8]>::to_vec),
        })
    }

    /// Switches it on.
    ///
    /// # Errors
    /// The emulator's.
    pub fn switch_on(&self, rom: &[u8]) -> Result<Emulator> {
        let battery = self.battery.as_deref();
        Ok(Emulator::open_with_battery(rom, &self.options, battery)?)
    }

    /// A movie without frames, for runs on `rom` that begin when this console is switched on.
    ///
    /// # Errors
    /// The ROM has no header, the options don't fit a movie's header, or no battery has this size.
    pub fn blank_movie(&self, rom: &[u8]) -> Result<Movie> {
        let mut movie = Movie::new();
        self.options.write_to(&mut movie)?;
        describe_rom(rom, &mut movie)?;
        let sram = self.battery.as_deref().map(battery::with_footer);
        movie.header.set_sram(sram.transpose()?.as_deref());
        Ok(movie)
    }
}

/// The console at the beginning of `movie`; `state` is the file beside the movie (`.dst`), of either kind that
/// [`State::read`] reads.
///
/// As in DeSmuME, the clock restarts with a save state, and the save memory is the movie's, or blank if it has none; the
/// state's own is not kept.
///
/// # Errors
/// [`Error::WrongRom`] when the movie names another ROM, see [`RomCheck`], [`env_kart::Error::StateNeeded`] when it starts
/// from a save state that is not given, when the file is no save state, or one of another ROM, and the emulator's.
pub(crate) fn at_start_of(movie: &Movie, rom: &[u8], state: Option<&[u8]>) -> Result<Emulator> {
    RomCheck::of(rom, movie)?;
    let Some(state) = state else {
        if movie.header.starts_from_state()? {
            return Err(env_kart::Error::StateNeeded.into());
        }
        return Console::of_movie(movie)?.switch_on(rom);
    };
    let options = Options::from_movie(movie)?;
    let state = State::read(state, rom, &options)?.as_movie_start()?;
    let sram = sram_after_state(movie)?;
    let mut emulator = Emulator::open(rom, &options)?;
    emulator.load_state(&state)?;
    let sram = sram.as_deref().map(battery::without_container);
    emulator.set_battery(sram.unwrap_or_default())?;
    Ok(emulator)
}

/// The save memory that a movie holds besides naming a save state.
fn sram_after_state(movie: &Movie) -> Result<Option<Vec<u8>>> {
    let mut header = movie.header.clone();
    header.remove("savestate");
    Ok(header.sram()?)
}

/// A console in a save state's file, of either kind that [`State::read`] reads. The state to lie beside the movie is
/// DeSmuME's file of it: the one that was read, if it was DeSmuME's.
pub(crate) fn start_from_state(rom: &[u8], options: &Options, file: &[u8]) -> Result<StateStart> {
    let state = State::read(file, rom, options)?.as_movie_start()?;
    let mut machine = Emulator::open(rom, options)?;
    machine.load_state(&state)?;
    let battery = machine.battery()?;
    // A replay inserts the movie's save memory, which resets the save chip even if the bytes are the same.
    machine.set_battery(&battery)?;
    let battery = (!battery.is_empty()).then_some(battery.as_slice());
    let mut movie = Console::new(options.clone()).blank_movie(rom)?;
    movie.header.set_start(&Start::SaveState);
    let sram = battery.map(battery::with_footer).transpose()?;
    movie.header.set_sram(sram.as_deref());
    Ok(StateStart {
        machine,
        movie,
        state: MarioKartDs::state_file(file)?,
    })
}

/// Powers on and drives the menus to a race, at one pace after the other until one leads there.
///
/// `on_frame` receives the number of frames so far, once a frame, and may cancel.
///
/// # Errors
/// As [`menus::enter_race_at_any`].
pub fn enter(
    setup: &Setup<'_>,
    paces: impl IntoIterator<Item = Pace>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Entered> {
    let mut movie = setup.console.blank_movie(setup.rom)?;
    let mut paces = paces.into_iter().peekable();
    loop {
        let pace = paces.next().unwrap_or_default();
        let mut machine = setup.console.switch_on(setup.rom)?;
        movie.frames.clear();
        let mut note = |frame: &Frame| {
            movie.frames.push(*frame);
            on_frame(movie.frames.len() as u64)
        };
        let (combo, opponent) = (&setup.combo, setup.opponent);
        match menus::enter_race_at(&mut machine, combo, opponent, pace, &mut note) {
            Err(Error::NoRace { .. } | Error::WrongCombo { .. }) if paces.peek().is_some() => {}
            start_frame => {
                return Ok(Entered {
                    start_frame: i64::try_from(start_frame?).unwrap_or(i64::MAX),
                    machine,
                    movie,
                });
            }
        }
    }
}
