//! Sessions in files: a JSON document with the runs of a window's games, and what the window shows of them.
//!
//! A file holds inputs and no states, so that no file can bring a machine into an impossible state. Each run is the number
//! of frames that it shares with the movie that the session began with, and its own inputs from there on.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::branch::{BRANCHES, Branch, SLOTS, Snapshot};
use crate::game::{Game, InputOf};
use crate::log::{Input, Log, Poke};

use crate::{Error, Result};

/// The version that is written. Version 1, which named no game, is read too.
const VERSION: u64 = 2;
/// Frames that all runs of a file may have together: 92 hours. A damaged number asks for no more memory than that.
const MOST_FRAMES: u64 = 20_000_000;

/// What a window holds; `S` is what it has of each game's session.
#[derive(Clone, Debug)]
pub struct Document<S> {
    /// The user's ROM that the games run on; `None` for the bundled game.
    pub rom: Option<String>,
    /// The games, side by side.
    pub games: Vec<SavedGame<S>>,
    /// The number of the game that has the keys.
    pub selected: usize,
    /// Paths of the pinned fields.
    pub pins: Vec<String>,
    /// Names of the overlays that are drawn.
    pub overlays: Vec<String>,
}

/// A game of a window.
#[derive(Clone, Debug)]
pub struct SavedGame<S> {
    /// Its name.
    pub name: String,
    /// Whether a human has the controls where its run ends.
    pub is_driven: bool,
    /// Its session.
    pub session: S,
}

/// A session that can be written into a document, whichever game it is of.
pub trait ToFile {
    /// The game's part of the document.
    ///
    /// # Errors
    /// The movie that it began with can't be written.
    fn to_json(&self, name: &str, is_driven: bool) -> Result<Box<RawValue>>;
}

impl ToFile for Box<dyn ToFile + Send> {
    fn to_json(&self, name: &str, is_driven: bool) -> Result<Box<RawValue>> {
        (**self).to_json(name, is_driven)
    }
}

impl<G: Game> ToFile for Snapshot<G> {
    fn to_json(&self, name: &str, is_driven: bool) -> Result<Box<RawValue>> {
        let game = GameFile::of(name, is_driven, self)?;
        to_raw_value(&game).map_err(|error| malformed(&error))
    }
}

/// Whether a file begins as a session's does.
#[must_use]
pub fn is_session(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.starts_with(b"{\"kartscope_session\":")
}

impl<S> Default for Document<S> {
    fn default() -> Self {
        Self {
            rom: None,
            games: Vec::new(),
            selected: 0,
            pins: Vec::new(),
            overlays: Vec::new(),
        }
    }
}

impl<S: ToFile> Document<S> {
    /// The file.
    ///
    /// # Errors
    /// A movie that a game began with can't be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let games = self.games.iter();
        let games = games.map(|game| game.session.to_json(&game.name, game.is_driven));
        let file = File {
            kartscope_session: VERSION,
            rom: self.rom.clone(),
            selected: self.selected,
            pins: self.pins.clone(),
            overlays: self.overlays.clone(),
            games: games.collect::<Result<_>>()?,
        };
        serde_json::to_vec(&file).map_err(|error| malformed(&error))
    }
}

impl<G: Game> Document<Snapshot<G>> {
    /// Reads a file of games on the same kind of machine.
    ///
    /// # Errors
    /// [`Error::File`] when it is none, of another version, cut short, or holds what no session can.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Begin { kartscope_session } =
            serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        if !(1..=VERSION).contains(&kartscope_session) {
            return Err(wrong(
                "version of the session",
                format_args!("1 to {VERSION}"),
                format_args!("{kartscope_session}"),
            ));
        }
        let file: File<GameFile<InputOf<G>>> =
            serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        let mut frames = 0;
        let games = (0..).zip(file.games);
        let games = games.map(|(number, game)| {
            game.read(&mut frames)
                .map_err(|error| error.within(&format!("game {number}")))
        });
        let games: Vec<SavedGame<Snapshot<G>>> = games.collect::<Result<_>>()?;
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

/// The file's beginning, the same in all versions.
#[derive(Deserialize)]
struct Begin {
    kartscope_session: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    kartscope_session: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rom: Option<String>,
    selected: usize,
    pins: Vec<String>,
    overlays: Vec<String>,
    games: Vec<T>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "I: machine::Input")]
struct GameFile<I> {
    name: String,
    /// [`Game::NAME`]; from version 2 on.
    #[serde(default)]
    game: Option<String>,
    is_driven: bool,
    /// The movie that it began with, Base64.
    movie: String,
    /// The save state that the movie starts from, Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    rerecords: u64,
    run: RunFile<I>,
    branches: Vec<RunFile<I>>,
    slots: BTreeMap<usize, RunFile<I>>,
    bookmarks: BTreeMap<u64, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "I: machine::Input")]
struct RunFile<I> {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    /// The frame at which it was left.
    frame: u64,
    /// How many frames it shares with the movie.
    shared: usize,
    /// What comes after them.
    inputs: Vec<Held<I>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pokes: Vec<PokeFile>,
}

/// Frames in a row with the same input: a map of their number, of whether they are corrections, and of the input's own parts.
struct Held<I> {
    frames: u64,
    input: Input<I>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PokeFile {
    before: u64,
    address: u32,
    bytes: Vec<u8>,
}

impl<I: machine::Input> GameFile<I> {
    fn of<G: Game>(name: &str, is_driven: bool, snapshot: &Snapshot<G>) -> Result<Self>
    where
        G::Machine: machine::Machine<Input = I>,
    {
        let recorded = &snapshot.recorded;
        let run = |branch: &Branch<G>| RunFile::of(branch, recorded);
        let state = snapshot.start_state.as_ref();
        let movie = G::movie(&snapshot.header, recorded.inputs(), 0, None).map_err(Error::game)?;
        Ok(Self {
            name: name.to_owned(),
            game: Some(G::NAME.to_owned()),
            is_driven,
            movie: BASE64.encode(G::movie_to_bytes(&movie)),
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
        })
    }

    /// `frames` are those of the file's runs so far.
    fn read<G: Game>(self, frames: &mut u64) -> Result<SavedGame<Snapshot<G>>>
    where
        G::Machine: machine::Machine<Input = I>,
    {
        if let Some(found) = self.game.filter(|name| name != G::NAME) {
            return Err(wrong("name of the game", G::NAME, found));
        }
        let decode = |place, text: &str| {
            let bytes = BASE64.decode(text);
            bytes.map_err(|error| wrong(place, "Base64", error))
        };
        let mut header = G::parse_movie(&decode("movie", &self.movie)?).map_err(Error::game)?;
        let recorded = Log::from_inputs(G::take_inputs(&mut header).map_err(Error::game)?);
        *frames += recorded.length();
        let state = self
            .state
            .map(|state| decode("state", &state))
            .transpose()?;
        let mut run = |place: String, run: RunFile<I>| {
            let branch = run.read::<G>(&recorded, frames);
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
        Ok(SavedGame {
            name: self.name,
            is_driven: self.is_driven,
            session: Snapshot {
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

impl<I: machine::Input> RunFile<I> {
    fn of<G: Game>(branch: &Branch<G>, recorded: &Log<I>) -> Self
    where
        G::Machine: machine::Machine<Input = I>,
    {
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

    fn read<G: Game>(self, recorded: &Log<I>, frames: &mut u64) -> Result<Branch<G>>
    where
        G::Machine: machine::Machine<Input = I>,
    {
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
            inputs.extend((0..held.frames).map(|_| held.input));
        }
        let mut log = Log::from_inputs(inputs);
        for poke in self.pokes {
            if poke.before > own {
                let expected = format_args!("a frame up to {own}");
                return Err(wrong("write into RAM", expected, poke.before));
            }
            let PokeFile {
                before,
                address,
                bytes,
            } = poke;
            log.poke(before, Poke { address, bytes });
        }
        Ok(Branch::unseen(self.name, log, self.frame))
    }
}

impl<I: Copy> Held<I> {
    fn of(inputs: &[Input<I>]) -> Self {
        Self {
            frames: inputs.len() as u64,
            input: inputs[0],
        }
    }
}

impl<I: machine::Input> Serialize for Held<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Parts<'a, I> {
            frames: u64,
            #[serde(flatten)]
            frame: &'a I,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            correction: bool,
        }
        let Input { frame, correction } = &self.input;
        let parts = Parts {
            frames: self.frames,
            frame,
            correction: *correction,
        };
        parts.serialize(serializer)
    }
}

impl<'de, I: machine::Input> Deserialize<'de> for Held<I> {
    // Not derived: serde refuses no unknown field where another struct's fields are among them.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parts = Map::deserialize(deserializer)?;
        let frames = parts.remove("frames");
        let frames = frames.ok_or_else(|| D::Error::missing_field("frames"))?;
        let correction = parts.remove("correction").unwrap_or(Value::Bool(false));
        let input = Input {
            frame: read::<_, D>(Value::Object(parts))?,
            correction: read::<_, D>(correction)?,
        };
        Ok(Self {
            frames: read::<_, D>(frames)?,
            input,
        })
    }
}

fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(value: Value) -> Result<T, D::Error> {
    serde_json::from_value(value).map_err(D::Error::custom)
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
