//! The folder with the real game: a cartridge, save states, and ghosts to play from them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mkds_formats::ghost::{GhostButtons, PLAYBACK_DELAY};
use nds_formats::pad::{Frame, Pad};
use serde::Deserialize;

/// The race's frame counter at the first input of a ghost; the race begins at 1.
const FIRST_INPUT: usize = 1 + PLAYBACK_DELAY;

/// Frames that [`Ghost::straight_on`] accelerates.
const STRAIGHT_ON: usize = 1500;

/// The folder's contents.
pub struct Folder {
    /// The cartridge's file.
    pub rom_path: PathBuf,
    /// The cartridge.
    pub rom: Vec<u8>,
    /// The ghosts whose state exists.
    pub ghosts: Vec<Ghost>,
    /// Descriptions of missing files.
    pub missing: Vec<String>,
}

/// A person's inputs, and the times that the game saved.
pub struct Ghost {
    /// Its place in the file, from 0.
    pub number: usize,
    /// State and number, for messages.
    pub name: String,
    /// The save state's file.
    pub state_path: PathBuf,
    /// The save state's bytes: a moment of the countdown.
    pub state: Vec<u8>,
    /// The saved total, milliseconds.
    pub total_ms: u32,
    /// The saved laps, milliseconds.
    pub lap_ms: Vec<u32>,
    pads: Vec<Pad>,
}

impl Ghost {
    /// A race from the same state in which the kart only accelerates, so that it hits walls.
    pub fn straight_on(&self) -> Self {
        Self {
            name: format!("A held from the state of {}", self.name),
            pads: vec![Pad::A; STRAIGHT_ON],
            state_path: self.state_path.clone(),
            state: self.state.clone(),
            lap_ms: Vec::new(),
            ..*self
        }
    }

    /// The input while the race's frame counter has this value.
    pub fn frame(&self, counter: u32) -> Frame {
        let pad = (counter as usize)
            .checked_sub(FIRST_INPUT)
            .and_then(|index| self.pads.get(index));
        Frame::pad(pad.copied().unwrap_or_default())
    }

    /// The race's frame counter after the last input.
    pub fn end(&self) -> u32 {
        (FIRST_INPUT + self.pads.len()) as u32
    }
}

#[derive(Deserialize)]
struct GhostFile {
    ghosts: Vec<GhostEntry>,
}

#[derive(Deserialize)]
struct GhostEntry {
    state: String,
    total_ms: u32,
    lap_ms: Vec<u32>,
    /// Buttons as in a save, and for how many frames.
    runs: Vec<(u8, usize)>,
}

impl Folder {
    /// Reads the folder.
    ///
    /// # Errors
    /// When the cartridge or the ghosts' file is missing or malformed.
    pub fn open(path: &Path) -> Result<Self> {
        let rom_path = path.join("cart.nds");
        let file = path.join("ghosts.json");
        let ghost_file: GhostFile = serde_json::from_slice(&read(&file)?)
            .with_context(|| format!("reading {}", file.display()))?;
        let (mut ghosts, mut missing) = (Vec::new(), Vec::new());
        for (number, entry) in ghost_file.ghosts.into_iter().enumerate() {
            let state_path = path.join(&entry.state).with_extension("dst");
            if !state_path.exists() {
                missing.push(format!("ghost {number}: no {}", state_path.display()));
                continue;
            }
            ghosts.push(Ghost {
                number,
                name: format!("ghost {number} from {}", entry.state),
                state: read(&state_path)?,
                state_path,
                total_ms: entry.total_ms,
                lap_ms: entry.lap_ms,
                pads: entry
                    .runs
                    .into_iter()
                    .flat_map(|(buttons, frames)| {
                        std::iter::repeat_n(GhostButtons::from_bits_retain(buttons).into(), frames)
                    })
                    .collect(),
            });
        }
        ghosts.sort_by(|one, other| one.state_path.cmp(&other.state_path));
        Ok(Self {
            rom: read(&rom_path)?,
            rom_path,
            ghosts,
            missing,
        })
    }

    /// The ghosts of each state, those of one state together.
    pub fn by_state(&self) -> impl Iterator<Item = &[Ghost]> {
        self.ghosts
            .chunk_by(|one, next| one.state_path == next.state_path)
    }

    /// The ghosts, or the one of this number.
    pub fn chosen(&self, only: Option<usize>) -> impl Iterator<Item = &Ghost> {
        self.ghosts
            .iter()
            .filter(move |ghost| only.is_none_or(|number| ghost.number == number))
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}
