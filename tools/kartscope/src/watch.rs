//! Showing the games of long work in a window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use env_kart::race_env::{InputOf, PadOf};
use env_kart::runs::MachineOf;
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use machine::Picture;
use window::game::Additions;
use window::{Content, Feed, FeedSender, Setup};
use window_kart::{KartWindow, RaceDisplay, mk64, mkds};

use crate::drawn::Drawn;

/// A game whose races the window shows.
pub trait Watchable: Drawn<Races: KartWindow> {
    /// Everything that it adds to the window.
    fn additions() -> Additions;
}

impl Watchable for MarioKartDs {
    fn additions() -> Additions {
        mkds::additions()
    }
}

impl Watchable for MarioKart64 {
    fn additions() -> Additions {
        mk64::additions()
    }
}

/// The free viewers of a window, one for each game that it can show.
pub struct Viewers<G: Watchable>(Mutex<Vec<FeedSender<InputOf<G>>>>);

/// Shows a game in the window, if a viewer was free. It is free again when it is dropped.
pub struct Viewer<'a, G: Watchable> {
    viewers: &'a Viewers<G>,
    sender: Option<FeedSender<InputOf<G>>>,
}

impl<G: Watchable> Viewers<G> {
    /// No window.
    #[must_use]
    pub fn none() -> Self {
        Self(Mutex::default())
    }

    fn free(&self) -> MutexGuard<'_, Vec<FeedSender<InputOf<G>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims a viewer for a game; one that shows nothing if none is free.
    pub fn claim(&self) -> Viewer<'_, G> {
        Viewer {
            viewers: self,
            sender: self.free().pop(),
        }
    }
}

impl<G: Watchable> Viewer<'_, G> {
    /// Whether a game's pictures are to be drawn.
    #[must_use]
    pub fn picture(&self) -> Picture {
        match self.sender {
            Some(_) => Picture::Draw,
            None => Picture::Skip,
        }
    }

    /// Shows a game's frame, in which `pad` was held.
    pub fn show(&self, machine: &MachineOf<G>, pad: PadOf<G>) {
        if let Some(sender) = &self.sender {
            sender.show(machine, G::input(pad));
        }
    }
}

impl<G: Watchable> Drop for Viewer<'_, G> {
    fn drop(&mut self) {
        self.viewers.free().extend(self.sender.take());
    }
}

/// Does some work, with a window for `games` games if `is_watched`. The window closes when the work is done;
/// if the user closes it earlier, the work continues.
///
/// # Errors
/// The work's, and when there is no display.
pub fn perform<G: Watchable, T: Send>(
    is_watched: bool,
    games: usize,
    title: &str,
    work: impl FnOnce(&Viewers<G>) -> Result<T> + Send,
) -> Result<T> {
    if !is_watched {
        return work(&Viewers::none());
    }
    window::require_display()?;
    let feeds = (1..=games).map(|number| {
        let display = Box::new(RaceDisplay::<G::Races>::new()?);
        Ok(window::feed::<MachineOf<G>>(
            format!("{title} {number}"),
            display,
        ))
    });
    let feeds: Vec<(FeedSender<InputOf<G>>, Feed)> = feeds.collect::<Result<_>>()?;
    let (senders, feeds): (Vec<_>, Vec<_>) = feeds.into_iter().unzip();
    let viewers = Viewers(Mutex::new(senders));
    let is_done = std::sync::Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        let done = is_done.clone();
        let worker = scope.spawn(move || {
            let result = work(&viewers);
            done.store(true, Ordering::Release);
            result
        });
        let shown = window::run(Setup {
            title: format!("kartscope – {title}"),
            games: feeds
                .into_iter()
                .map(|feed| Content::Feed(Box::new(feed)))
                .collect(),
            additions: G::additions(),
            files: Vec::new(),
            inputs: Vec::new(),
            rom: None,
            opener: None,
            sound: false,
            is_over: Box::new(move || is_done.load(Ordering::Acquire)),
        });
        let result = match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        shown?;
        result
    })
}
