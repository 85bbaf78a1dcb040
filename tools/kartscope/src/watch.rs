//! Showing the games of long work in a window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use desmume::{Emulator, Picture};
use nds_formats::pad::{Frame, Pad};
use window::{Content, Feed, Setup};
use window_mkds::RaceDisplay;

type FeedSender = window::FeedSender<Frame>;

/// The free viewers of a window, one for each game that it can show.
pub struct Viewers(Mutex<Vec<FeedSender>>);

/// Shows a game in the window, if a viewer was free. It is free again when it is dropped.
pub struct Viewer<'a> {
    viewers: &'a Viewers,
    sender: Option<FeedSender>,
}

impl Viewers {
    /// No window.
    #[must_use]
    pub fn none() -> Self {
        Self(Mutex::default())
    }

    fn free(&self) -> MutexGuard<'_, Vec<FeedSender>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims a viewer for a game; one that shows nothing if none is free.
    pub fn claim(&self) -> Viewer<'_> {
        Viewer {
            viewers: self,
            sender: self.free().pop(),
        }
    }
}

impl Viewer<'_> {
    /// Whether a game's pictures are to be drawn.
    #[must_use]
    pub fn picture(&self) -> Picture {
        match self.sender {
            Some(_) => Picture::Draw,
            None => Picture::Skip,
        }
    }

    /// Shows a game's frame, in which `pad` was held.
    pub fn show(&self, emulator: &Emulator, pad: Pad) {
        if let Some(sender) = &self.sender {
            sender.show(emulator, Frame::pad(pad));
        }
    }
}

impl Drop for Viewer<'_> {
    fn drop(&mut self) {
        self.viewers.free().extend(self.sender.take());
    }
}

/// Does some work, with a window for `games` games if `is_watched`. The window closes when the work is done;
/// if the user closes it earlier, the work continues.
///
/// # Errors
/// The work's, and when there is no display.
pub fn perform<T: Send>(
    is_watched: bool,
    games: usize,
    title: &str,
    work: impl FnOnce(&Viewers) -> Result<T> + Send,
) -> Result<T> {
    if !is_watched {
        return work(&Viewers::none());
    }
    window::require_display()?;
    let feeds = (1..=games).map(|number| {
        let display = Box::new(RaceDisplay::new()?);
        Ok(window::feed::<Emulator>(
            format!("{title} {number}"),
            display,
        ))
    });
    let feeds: Vec<(FeedSender, Feed)> = feeds.collect::<Result<_>>()?;
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
            additions: window_mkds::additions(),
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
