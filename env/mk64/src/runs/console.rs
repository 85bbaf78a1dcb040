//! A console as a movie switches it on.
//!
//! The format says what is at the ports. What else a run depends on, kartscope's comments say: `kartscope console
//! cpu=dynarec expansion_pak=false`, and `kartscope saved eeprom` or `paks` with what the cartridge and the controller
//! paks have saved before, in Base64. Movies of other programs have neither.

use std::borrow::Cow;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use env_kart::Error::{Comment, Incomplete, StateNeeded};
use formats::comments::Comments as _;
use mupen64plus::{Cpu, Emulator, Options, Picture, Playback, State, Storage};
use n64_formats::m64::{Plugins, Start};
use n64_formats::rom::Rom;

use super::{Entered, Opponent, Setup, StateStart};
use crate::menus;
use crate::movie::Movie;
use crate::{Error, Result};

const CONSOLE: &str = "kartscope console ";
const SAVED: &str = "kartscope saved ";
const CPUS: [(&str, Cpu); 3] = [
    ("pure_interpreter", Cpu::PureInterpreter),
    ("cached_interpreter", Cpu::CachedInterpreter),
    ("dynarec", Cpu::Dynarec),
];
const STORAGES: [(&str, Storage); 4] = [
    ("eeprom", Storage::Eeprom),
    ("paks", Storage::Paks),
    ("sram", Storage::Sram),
    ("flash", Storage::Flash),
];
/// Frames in which a game polls no controller after which a movie's playback is stuck: two minutes.
const MOST_UNPOLLED: u32 = 7200;

/// A console: the emulator's options, and what cartridge and paks have saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Console {
    /// The emulator's options.
    pub options: Options,
    /// What was saved, each as [`Emulator::open_with`] takes it; the rest is blank.
    pub saved: Vec<(Storage, Vec<u8>)>,
}

impl Console {
    /// The console of a movie.
    ///
    /// # Errors
    /// A comment is malformed; or the movie starts with what was saved before, and does not have that.
    pub fn of_movie(movie: &Movie) -> Result<Self> {
        let mut console = Self::default();
        console.options.ports = movie.controllers().map(Into::into);
        for comment in movie.comments() {
            if let Some(fields) = comment.strip_prefix(CONSOLE) {
                read_options(fields, &mut console.options).ok_or_else(|| Comment {
                    comment: comment.to_string(),
                    expected: format!("`{CONSOLE}cpu=NAME expansion_pak=true`"),
                })?;
            } else if let Some(saved) = comment.strip_prefix(SAVED) {
                let saved = read_saved(saved).ok_or_else(|| Comment {
                    comment: comment.chars().take(SAVED.len() + 16).collect(),
                    expected: format!("`{SAVED}eeprom` or `paks`, and Base64"),
                })?;
                console.saved.push(saved);
            }
        }
        if movie.header.start() == Start::Eeprom && console.saved.is_empty() {
            return Err(Incomplete {
                expected: "what cartridge and paks had saved, with which the movie starts"
                    .to_owned(),
                found: "none, which only kartscope's movies have".to_owned(),
            }
            .into());
        }
        Ok(console)
    }

    /// Switches it on.
    ///
    /// # Errors
    /// The emulator's.
    pub fn switch_on(&self, rom: &[u8]) -> Result<Emulator> {
        self.switch_on_for(rom, &mut Playback::default())
    }

    /// Switches it on to play a movie's samples.
    fn switch_on_for(&self, rom: &[u8], playback: &mut Playback) -> Result<Emulator> {
        let saved = self
            .saved
            .iter()
            .map(|(storage, bytes)| (*storage, &bytes[..]));
        let saved: Vec<_> = saved.collect();
        Ok(Emulator::open_polled(rom, &self.options, &saved, playback)?)
    }

    /// A movie without frames, for runs on `rom` that begin when this console is switched on.
    ///
    /// # Errors
    /// It is no ROM.
    pub fn blank_movie(&self, rom: &[u8]) -> Result<Movie> {
        let mut movie = Movie::new(match self.saved.is_empty() {
            true => Start::PowerOn,
            false => Start::Eeprom,
        });
        movie.header.set_rom(Rom::read(rom)?.header());
        movie
            .header
            .set_controllers(self.options.ports.map(Into::into));
        let program = || "kartscope, mupen64plus".to_owned();
        movie.header.set_plugins(&Plugins {
            video: program(),
            sound: program(),
            input: program(),
            rsp: program(),
        })?;
        let cpu = CPUS.iter().find(|(_, cpu)| *cpu == self.options.cpu);
        let cpu = cpu.map_or("", |(name, _)| name);
        let expansion_pak = self.options.expansion_pak;
        movie.add_comment(&format!("{CONSOLE}cpu={cpu} expansion_pak={expansion_pak}"));
        for (storage, bytes) in &self.saved {
            let name = STORAGES.iter().find(|(_, other)| other == storage);
            let name = name.map_or("", |(name, _)| name);
            movie.add_comment(&format!("{SAVED}{name} {}", BASE64.encode(bytes)));
        }
        Ok(movie)
    }
}

fn read_options(fields: &str, options: &mut Options) -> Option<()> {
    for field in fields.split_ascii_whitespace() {
        match field.split_once('=')? {
            ("cpu", name) => {
                options.cpu = CPUS.iter().find(|(cpu, _)| *cpu == name)?.1;
            }
            ("expansion_pak", text) => options.expansion_pak = text.parse().ok()?,
            _ => return None,
        }
    }
    Some(())
}

fn read_saved(text: &str) -> Option<(Storage, Vec<u8>)> {
    let (name, text) = text.split_once(' ')?;
    let (_, storage) = STORAGES.iter().find(|(storage, _)| *storage == name)?;
    Some((*storage, BASE64.decode(text).ok()?))
}

/// Refuses a movie of another ROM.
///
/// # Errors
/// [`Error::WrongRom`].
pub fn check_rom(rom: &[u8], movie: &Movie) -> Result<()> {
    let rom = Rom::read(rom)?;
    if movie.header.is_of(rom.header()) {
        return Ok(());
    }
    let [first, _] = rom.header().crc;
    Err(Error::WrongRom {
        expected: format!(
            "{:?} with CRC {:08X}",
            movie.header.rom_name(),
            u32::from_be_bytes(movie.header.rom_crc())
        ),
        found: format!("{:?} with {first:08X}", rom.header().name),
    })
}

/// The console at the beginning of `movie`; `state` is the file of the save state that the movie starts from.
///
/// A save state of Mupen64Plus's has nothing of what the console has saved: that is the movie's.
///
/// # Errors
/// The movie is of another ROM, or starts from a save state that is not given, is none, or is of another ROM; and the
/// emulator's.
pub(crate) fn at_start_of(movie: &Movie, rom: &[u8], state: Option<&[u8]>) -> Result<Emulator> {
    at_start_for(movie, rom, state, &mut Playback::default())
}

fn at_start_for(
    movie: &Movie,
    rom: &[u8],
    state: Option<&[u8]>,
    playback: &mut Playback,
) -> Result<Emulator> {
    check_rom(rom, movie)?;
    let console = Console::of_movie(movie)?;
    if movie.header.start() != Start::Snapshot {
        return console.switch_on_for(rom, playback);
    }
    let state = State::from_bytes(state.ok_or(StateNeeded)?)?;
    let mut emulator = console.switch_on(rom)?;
    emulator.load_state(&state)?;
    Ok(emulator)
}

/// The movie frame by frame: as it is if it says in which frames the game polls, else played to learn that.
///
/// # Errors
/// As a replay's. [`mupen64plus::Error::Polls`] if the game gets different answers in one frame, of which no run by frames
/// can be made; [`env_kart::Error::Incomplete`] if the game stops polling before the movie's end.
pub(crate) fn by_frames<'m>(
    rom: &[u8],
    movie: &'m Movie,
    state: Option<&[u8]>,
) -> Result<Cow<'m, Movie>> {
    if movie.is_by_frames() {
        return Ok(Cow::Borrowed(movie));
    }
    let mut playback = Playback::new(movie.samples())?;
    let mut emulator = at_start_for(movie, rom, state, &mut playback)?;
    if playback.position() > 0 {
        return Err(Incomplete {
            expected: "a game that polls no controller before its first frame".to_owned(),
            found: format!("{} polls", playback.position()),
        }
        .into());
    }
    let mut played = movie.clone();
    played.clear();
    let mut unpolled = 0;
    while !playback.is_over() {
        emulator.step_polled(&mut playback, Picture::Skip)?;
        played.push(&emulator.held()?, emulator.polls());
        unpolled = match emulator.polls() {
            [] => unpolled + 1,
            _ => 0,
        };
        if unpolled > MOST_UNPOLLED {
            return Err(Incomplete {
                expected: format!(
                    "a game that polls its controllers {} times",
                    movie.samples().len()
                ),
                found: format!("{} polls", playback.position()),
            }
            .into());
        }
    }
    Ok(Cow::Owned(played))
}

/// A console in a save state's file, kartscope's or Mupen64Plus's. The state to lie beside the movie is Mupen64Plus's file of
/// it; the movie carries what the console has saved.
pub(crate) fn start_from_state(rom: &[u8], options: &Options, file: &[u8]) -> Result<StateStart> {
    let state = State::from_bytes(file)?;
    let mut emulator = Emulator::open(rom, options)?;
    emulator.load_state(&state)?;
    let console = Console {
        options: options.clone(),
        saved: saved_in(&emulator),
    };
    let mut movie = console.blank_movie(rom)?;
    movie.header.set_start(Start::Snapshot);
    let state = state.to_st();
    Ok(StateStart {
        machine: at_start_of(&movie, rom, Some(&state))?,
        movie,
        state,
    })
}

/// What cartridge and paks have saved.
pub(crate) fn saved_in(emulator: &Emulator) -> Vec<(Storage, Vec<u8>)> {
    [Storage::Eeprom, Storage::Paks]
        .map(|storage| (storage, emulator.storage(storage).to_vec()))
        .to_vec()
}

/// Switches a console on and goes through the menus to a race.
pub(crate) fn enter(
    setup: &Setup<'_>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Entered> {
    if setup.opponent == Opponent::Ghost {
        let expected = "none: the game shows the ghosts that it has";
        return Err(env_kart::Error::setting("opponent", expected, "a ghost").into());
    }
    let mut movie = setup.console.blank_movie(setup.rom)?;
    let mut machine = setup.console.switch_on(setup.rom)?;
    menus::enter_race(&mut machine, &setup.combo, &mut |emulator, frame| {
        movie.push(frame, emulator.polls());
        on_frame(movie.frames().len() as u64)
    })?;
    let counter = super::run_game::race_tick(&machine)?;
    Ok(Entered {
        start_frame: env_kart::runs::comments::start_frame(movie.frames().len() as u64, counter),
        machine,
        movie,
    })
}
