//! Runs that are kept beside the present one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::game::{Game, InputOf};
use crate::log::Log;
use crate::seen::Seen;

/// How many slots there are.
pub const SLOTS: usize = 10;
/// How many branches are kept, the latest ones.
pub(crate) const BRANCHES: usize = 100;

/// A run that was left for another one.
#[derive(Clone, Debug)]
pub struct Branch<G: Game> {
    /// Its name.
    pub name: String,
    /// What was done in it.
    pub log: Log<InputOf<G>>,
    /// The frame at which it was left.
    pub frame: u64,
    pub(crate) seen: Arc<Seen<G>>,
}

impl<G: Game> Branch<G> {
    /// A run that was not played here.
    pub(crate) fn unseen(name: String, log: Log<InputOf<G>>, frame: u64) -> Self {
        Self {
            name,
            log,
            frame,
            seen: Arc::default(),
        }
    }
}

/// All of a session but its states: what a file holds of it.
#[derive(Clone, Debug)]
pub struct Snapshot<G: Game> {
    /// What a movie of the run says besides its frames.
    pub(crate) header: G::Movie,
    /// The run that the header's comments tell of.
    pub(crate) recorded: Log<InputOf<G>>,
    pub(crate) start_state: Option<Arc<Vec<u8>>>,
    pub(crate) run: Branch<G>,
    pub(crate) branches: Vec<Branch<G>>,
    pub(crate) bookmarks: BTreeMap<u64, String>,
    pub(crate) slots: Vec<(usize, Branch<G>)>,
    pub(crate) rerecords: u64,
}
