//! Games that are played on another thread, to be watched only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use desmume::Emulator;
use nds_formats::pad::Pad;

use crate::known::Known;

/// A frame of a game, copied.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) ram: Vec<u8>,
    pub(crate) screens: Vec<u8>,
    pub(crate) pad: Pad,
}

/// Where a game's frames come from.
#[derive(Debug)]
pub struct Feed {
    name: String,
    shots: Receiver<Shot>,
    wanted: Arc<AtomicBool>,
    last: Option<Shot>,
    /// Shots seen so far.
    frame: u64,
    known: Known,
}

/// Where a game's frames go to.
#[derive(Clone, Debug)]
pub struct FeedSender {
    shots: Sender<Shot>,
    wanted: Arc<AtomicBool>,
}

/// A feed and its other end.
#[must_use]
pub fn feed(name: String) -> (FeedSender, Feed) {
    let (sender, shots) = channel();
    let wanted = Arc::new(AtomicBool::new(true));
    let feed = Feed {
        name,
        shots,
        wanted: wanted.clone(),
        last: None,
        frame: 0,
        known: Known::default(),
    };
    let sender = FeedSender {
        shots: sender,
        wanted,
    };
    (sender, feed)
}

impl FeedSender {
    /// Shows the frame in which an emulator is, unless the window is still busy with the last one: playing
    /// never waits for it. `pad` was pressed in it.
    pub fn show(&self, emulator: &Emulator, pad: Pad) {
        if !self.wanted.swap(false, Ordering::AcqRel) {
            return;
        }
        let shot = Shot {
            ram: emulator.main_ram().to_vec(),
            screens: emulator.screens().into_rgba(),
            pad,
        };
        // A window that was closed sees nothing more.
        let _ = self.shots.send(shot);
    }
}

impl Feed {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Takes in what has come since the last call; says whether there is something new to see.
    pub(crate) fn update(&mut self) -> bool {
        let Ok(shot) = self.shots.try_recv() else {
            return false;
        };
        self.known.see(&shot.ram, shot.pad);
        self.last = Some(shot);
        self.frame += 1;
        self.wanted.store(true, Ordering::Release);
        true
    }

    /// The last frame; `None` before the first.
    pub(crate) fn last(&self) -> Option<&Shot> {
        self.last.as_ref()
    }

    pub(crate) fn frame(&self) -> u64 {
        self.frame
    }

    pub(crate) fn known(&self) -> &Known {
        &self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playing_never_waits_and_the_window_sees_frames_whole() {
        let (sender, mut feed) = feed("a".to_owned());
        assert!(feed.last().is_none() && !feed.update());
        let mut emulator =
            Emulator::open(homebrew::ROM, &desmume::Options::default()).expect("starts");
        for _ in 0..3 {
            emulator
                .step(&nds_formats::pad::Frame::default(), desmume::Picture::Draw)
                .expect("played");
            sender.show(&emulator, Pad::A);
        }
        assert!(feed.update());
        let shot = feed.last().expect("a frame");
        assert_eq!((shot.ram.len(), shot.pad), (desmume::MAIN_RAM_SIZE, Pad::A));
        assert!(!feed.update(), "each frame is new once");
        drop(feed);
        sender.show(&emulator, Pad::A);
    }
}
