//! A ghost in a few numbers.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::buttons::Run;
use super::slot::Ghost;
use crate::names::COURSE_SLOTS;

/// Runs a summary shows from the start.
const FIRST_RUNS: usize = 8;

/// What `kartscope ghosts --json` prints of a ghost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GhostSummary {
    /// Its place in the save, 0..32, in cup order.
    pub slot: usize,
    /// The course whose ghosts this slot is for.
    pub course_abbreviation: String,
    /// The ghost's own course number.
    pub course: u8,
    /// The character's number.
    pub character: u8,
    /// The kart's number.
    pub kart: u8,
    /// The driver's name.
    pub nickname: String,
    /// The whole race in milliseconds.
    pub total_ms: u32,
    /// Each lap in milliseconds.
    pub lap_ms: Vec<u32>,
    /// How many runs of unchanged buttons.
    pub runs: usize,
    /// How many video frames.
    pub frames: usize,
    /// SHA-256 of the run bytes (buttons, frames) in order, in lower-case hexadecimal.
    pub input_runs_sha256: String,
    /// The first eight runs as (buttons, frames).
    pub first_runs: Vec<[u8; 2]>,
    /// The last run as (buttons, frames), if there is any.
    pub last_run: Option<[u8; 2]>,
}

impl GhostSummary {
    /// Sums up the ghost in slot number `slot`.
    pub fn new(slot: usize, ghost: &Ghost) -> Self {
        let bytes = |run: &Run| [run.buttons.bits(), run.frames];
        let runs: Vec<[u8; 2]> = ghost.runs.iter().map(bytes).collect();
        let abbreviation = COURSE_SLOTS
            .get(slot)
            .map_or("?", |course| course.abbreviation);
        Self {
            slot,
            course_abbreviation: abbreviation.into(),
            course: ghost.combo.course,
            character: ghost.combo.character,
            kart: ghost.combo.kart,
            nickname: ghost.nickname.clone(),
            total_ms: ghost.time.0,
            lap_ms: ghost.laps.iter().map(|lap| lap.0).collect(),
            runs: runs.len(),
            frames: ghost.frame_count(),
            input_runs_sha256: hex(&Sha256::digest(runs.as_flattened())),
            first_runs: runs.iter().take(FIRST_RUNS).copied().collect(),
            last_run: runs.last().copied(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
