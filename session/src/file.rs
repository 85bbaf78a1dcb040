//! Sessions in files: a JSON document with the runs of a window's games, and what the window shows of them.
//!
//! A file holds inputs, no states: whatever it says, the emulator plays them. Each run is told by how many frames it
//! shares with the movie that the session began with, and by its own inputs from there on.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use env_mkds::runs::replay::Replay;
use mkds_memory::{RAM_BASE, RAM_SIZE};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Commands, Frame, Pad, Touch};
use serde::{Deserialize, Serialize};

use crate::log::{Input, Log, Poke};
use crate::session::{BRANCHES, Branch, SLOTS, Session};
use crate::{Error, Result};

/// The version that is written, and the only one that is read.
const VERSION: u64 = 1;
/// Frames that all runs of a file may have together: 92 hours. A damaged number asks for no more memory than that.
const MOST_FRAMES: u64 = 20_000_000;

/// What a window holds.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The user's ROM that the games run on; `None` for the bundled game.
    pub rom: Option<String>,
    /// The games, side by side.
    pub games: Vec<Game>,
    /// The number of the game that has the keys.
    pub selected: usize,
    /// Paths of the pinned fields.
    pub pins: Vec<String>,
    /// Names of the overlays that are drawn.
    pub overlays: Vec<String>,
}

/// A game of a window.
#[derive(Clone, Debug)]
pub struct Game {
    /// What it is called.
    pub name: String,
    /// Whether a human has the controls where its run ends.
    pub is_driven: bool,
    /// Its session.
    pub snapshot: Snapshot,
}

/// What a file holds of a session.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What a movie of the run says besides its frames.
    pub(crate) header: Movie,
    /// The run that the header's comments tell of.
    pub(crate) recorded: Log,
    pub(crate) start_state: Option<Arc<Vec<u8>>>,
    pub(crate) run: Branch,
    pub(crate) branches: Vec<Branch>,
    pub(crate) bookmarks: BTreeMap<u64, String>,
    pub(crate) slots: Vec<(usize, Branch)>,
    pub(crate) rerecords: u64,
}

impl Document {
    /// Whether a file begins as a session's does.
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        let text = bytes.trim_ascii_start();
        text.starts_with(b"{\"kartscope_session\":")
    }

    /// The file.
    ///
    /// # Errors
    /// None today.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let games = self.games.iter().map(GameFile::of);
        let file = File {
            kartscope_session: VERSION,
            rom: self.rom.clone(),
            selected: self.selected,
            pins: self.pins.clone(),
            overlays: self.overlays.clone(),
            games: games.collect(),
        };
        serde_json::to_vec(&file).map_err(|error| malformed(&error))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::File`] when it is none, of another version, cut short, or holds what no session can.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Begin { kartscope_session } =
            serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        if kartscope_session != VERSION {
            return Err(wrong(
                "version of the session",
                VERSION,
                format_args!("{kartscope_session}"),
            ));
        }
        let file: File = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        let mut frames = 0;
        let games = (0..).zip(file.games);
        let games = games.map(|(number, game)| {
            game.read(&mut frames)
                .map_err(|error| error.within(&format!("game {number}")))
        });
        let games: Vec<Game> = games.collect::<Result<_>>()?;
        if games.is_empty() {
            return Err(wrong("games", "at least one", "none"));
        }
        Ok(Self {
            rom: file.rom,
            selected: file.selected.min(games.len() - 1),
            games,
            pins: file.pins,
            overlays: file.overlays,
        })
    }
}

impl Snapshot {
    /// Begins the session anew on a ROM, on its way to the frame at which it was left.
    ///
    /// # Errors
    /// When the ROM is another one, the save state that it begins in can't be read, and the emulator's.
    pub fn open(self, rom: &[u8]) -> Result<Session> {
        let mut movie = self.header.clone();
        movie.frames = self.recorded.frames().collect();
        let replay = match &self.start_state {
            Some(state) => Replay::open_from_state(rom, &movie, state)?,
            None => Replay::open(rom, &movie)?,
        };
        let state = self.start_state.as_ref().map(|state| state.to_vec());
        let mut session = Session::new(replay.into_emulator(), movie)?.with_start_state(state);
        session.restore(self)?;
        Ok(session)
    }
}

/// The file's beginning, the same in all versions.
#[derive(Deserialize)]
struct Begin {
    kartscope_session: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kartscope_session: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rom: Option<String>,
    selected: usize,
    pins: Vec<String>,
    overlays: Vec<String>,
    games: Vec<GameFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GameFile {
    name: String,
    is_driven: bool,
    /// The movie that it began with, Base64.
    movie: String,
    /// The save state that the movie starts from, Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    rerecords: u64,
    run: RunFile,
    branches: Vec<RunFile>,
    slots: BTreeMap<usize, RunFile>,
    bookmarks: BTreeMap<u64, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunFile {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    /// The frame at which it was left.
    frame: u64,
    /// How many frames it shares with the movie.
    shared: usize,
    /// What comes after them.
    inputs: Vec<Held>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pokes: Vec<PokeFile>,
}

/// Frames in a row with the same input.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    frames: u64,
    pad: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    touch: Option<[u8; 2]>,
    #[serde(default, skip_serializing_if = "is_zero")]
    microphone: u8,
    #[serde(default, skip_serializing_if = "is_zero")]
    commands: u8,
    #[serde(default, skip_serializing_if = "is_no")]
    correction: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_no(answer: &bool) -> bool {
    !answer
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PokeFile {
    before: u64,
    address: u32,
    bytes: Vec<u8>,
}

impl GameFile {
    fn of(game: &Game) -> Self {
        let snapshot = &game.snapshot;
        let recorded = &snapshot.recorded;
        let mut movie = snapshot.header.clone();
        movie.frames = recorded.frames().collect();
        let run = |branch: &Branch| RunFile::of(branch, recorded);
        let state = snapshot.start_state.as_ref();
        Self {
            name: game.name.clone(),
            is_driven: game.is_driven,
            movie: BASE64.encode(movie.to_bytes()),
            state: state.map(|state| BASE64.encode(state.as_slice())),
            rerecords: snapshot.rerecords,
            run: run(&snapshot.run),
            branches: snapshot.branches.iter().map(run).collect(),
            slots: snapshot
                .slots
                .iter()
                .map(|(number, branch)| (*number, run(branch)))
                .collect(),
            bookmarks: snapshot.bookmarks.clone(),
        }
    }

    /// `frames` are those of the file's runs so far.
    fn read(self, frames: &mut u64) -> Result<Game> {
        let decode = |place, text: &str| {
            let bytes = BASE64.decode(text);
            bytes.map_err(|error| wrong(place, "Base64", error))
        };
        let mut header = Movie::parse(&decode("movie", &self.movie)?)?;
        let recorded = Log::of_movie(&mut header)?;
        *frames += recorded.length();
        let state = self
            .state
            .map(|state| decode("state", &state))
            .transpose()?;
        let mut run = |place: String, run: RunFile| {
            let branch = run.read(&recorded, frames);
            branch.map_err(|error| error.within(&place))
        };
        let count = self.branches.len();
        if count > BRANCHES {
            return Err(wrong("branches", format_args!("at most {BRANCHES}"), count));
        }
        let present = run("run".to_owned(), self.run)?;
        let branches = (0..).zip(self.branches);
        let branches =
            branches.map(|(number, branch): (usize, _)| run(format!("branch {number}"), branch));
        let branches = branches.collect::<Result<_>>()?;
        let slots = self.slots.into_iter().map(|(number, slot)| {
            let place = format!("slot {number}");
            if number >= SLOTS {
                return Err(wrong(
                    &place,
                    format_args!("a number below {SLOTS}"),
                    number,
                ));
            }
            Ok((number, run(place, slot)?))
        });
        Ok(Game {
            name: self.name,
            is_driven: self.is_driven,
            snapshot: Snapshot {
                header,
                start_state: state.map(Arc::new),
                run: present,
                branches,
                slots: slots.collect::<Result<_>>()?,
                bookmarks: self.bookmarks,
                rerecords: self.rerecords,
                recorded,
            },
        })
    }
}

impl RunFile {
    fn of(branch: &Branch, recorded: &Log) -> Self {
        let (log, recorded) = (branch.log.inputs(), recorded.inputs());
        let shared = log.iter().zip(recorded).take_while(|(a, b)| a == b).count();
        let held = log[shared..].chunk_by(|a, b| a == b);
        let pokes = branch.log.all_pokes();
        Self {
            name: branch.name.clone(),
            frame: branch.frame,
            shared,
            inputs: held.map(Held::of).collect(),
            pokes: pokes
                .map(|(before, poke)| PokeFile {
                    before,
                    address: poke.address,
                    bytes: poke.bytes.clone(),
                })
                .collect(),
        }
    }

    fn read(self, recorded: &Log, frames: &mut u64) -> Result<Branch> {
        let length = recorded.inputs().len();
        let shared = recorded.inputs().get(..self.shared).ok_or_else(|| {
            wrong(
                "shared frames",
                format_args!("at most {length}"),
                self.shared,
            )
        })?;
        let own = self.inputs.iter().map(|held| held.frames);
        let own = own.fold(0, u64::saturating_add);
        let own = own.saturating_add(shared.len() as u64);
        *frames = frames.saturating_add(own);
        if *frames > MOST_FRAMES {
            let expected = format_args!("at most {MOST_FRAMES} in all runs");
            return Err(wrong("frames", expected, *frames));
        }
        if self.frame > own {
            return Err(wrong("frame", format_args!("at most {own}"), self.frame));
        }
        let mut inputs = shared.to_vec();
        for held in &self.inputs {
            let input = held.input()?;
            inputs.extend((0..held.frames).map(|_| input));
        }
        let mut log = Log::from_inputs(inputs);
        for poke in self.pokes {
            if poke.before > own {
                let expected = format_args!("a frame up to {own}");
                return Err(wrong("write into RAM", expected, poke.before));
            }
            log.poke(poke.before, poke.read()?);
        }
        Ok(Branch::unseen(self.name, log, self.frame))
    }
}

impl Held {
    fn of(inputs: &[Input]) -> Self {
        let Input { frame, correction } = inputs[0];
        Self {
            frames: inputs.len() as u64,
            pad: frame.pad.bits(),
            touch: frame.touch.map(|touch| [touch.x, touch.y]),
            microphone: frame.microphone,
            commands: frame.commands.bits(),
            correction,
        }
    }

    fn input(&self) -> Result<Input> {
        let pad = Pad::from_bits(self.pad).ok_or_else(|| wrong("pad", "buttons", self.pad))?;
        let commands = Commands::from_bits(self.commands)
            .ok_or_else(|| wrong("commands", "a number below 8", self.commands))?;
        let touch = self.touch.map(|[x, y]| Touch { x, y });
        if let Some(Touch { y: y @ 192.., .. }) = touch {
            return Err(wrong("touch", "a y below 192", y));
        }
        Ok(Input {
            frame: Frame {
                pad,
                touch,
                microphone: self.microphone,
                commands,
            },
            correction: self.correction,
        })
    }
}

impl PokeFile {
    fn read(self) -> Result<Poke> {
        let Self { address, bytes, .. } = self;
        let start = address.checked_sub(RAM_BASE).map(|start| start as usize);
        let end = start.and_then(|start| start.checked_add(bytes.len()));
        match end {
            Some(end) if end <= RAM_SIZE => Ok(Poke { address, bytes }),
            _ => Err(Error::OutsideRam {
                address,
                size: bytes.len(),
            }),
        }
    }
}

fn wrong(place: &str, expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Error {
    Error::File {
        place: place.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

fn malformed(error: &serde_json::Error) -> Error {
    let place = format!("line {} column {}", error.line(), error.column());
    wrong(&place, "a session of kartscope's", error)
}
