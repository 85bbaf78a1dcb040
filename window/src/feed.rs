//! Games that are played on another thread, to be watched only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use drawing::DrawList;
use machine::{Machine, PictureShape, Ram};

use crate::game::{Display, DisplayOptions};

/// A frame of a game, copied.
#[derive(Debug)]
struct Shot<I> {
    /// The address of the first byte of RAM, and the bytes; `None` for a machine without RAM.
    ram: Option<(u32, Vec<u8>)>,
    picture: Vec<u8>,
    input: I,
}

impl<I> Shot<I> {
    fn ram(&self) -> Option<Ram<'_>> {
        let (base, bytes) = self.ram.as_ref()?;
        Some(Ram { base: *base, bytes })
    }
}

/// Where a game's frames come from.
pub struct Feed {
    name: String,
    shape: PictureShape,
    /// Shots seen so far.
    frame: u64,
    source: Box<dyn Source>,
}

/// Where a game's frames go to.
#[derive(Debug)]
pub struct FeedSender<I> {
    shots: Sender<Shot<I>>,
    wanted: Arc<AtomicBool>,
}

/// The frames of a [`Feed`], without the type of their input.
trait Source {
    /// Takes in the frames since the last call; returns whether there are any.
    fn update(&mut self) -> bool;
    fn picture(&self) -> Option<&[u8]>;
    fn ram(&self) -> Option<Ram<'_>>;
    fn draw(&self, options: DisplayOptions<'_>, list: &mut DrawList);
}

struct Shots<I> {
    shots: Receiver<Shot<I>>,
    wanted: Arc<AtomicBool>,
    last: Option<Shot<I>>,
    display: Box<dyn Display<I>>,
}

impl<I> Source for Shots<I> {
    fn update(&mut self) -> bool {
        let Ok(shot) = self.shots.try_recv() else {
            return false;
        };
        self.display.frame_shown(shot.ram(), &shot.input);
        self.last = Some(shot);
        self.wanted.store(true, Ordering::Release);
        true
    }

    fn picture(&self) -> Option<&[u8]> {
        self.last.as_ref().map(|shot| &*shot.picture)
    }

    fn ram(&self) -> Option<Ram<'_>> {
        self.last.as_ref().and_then(Shot::ram)
    }

    fn draw(&self, options: DisplayOptions<'_>, list: &mut DrawList) {
        if let Some(shot) = &self.last {
            self.display.draw(shot.ram(), &shot.input, options, list);
        }
    }
}

/// A feed of games on machines of kind `M`, and its other end.
#[must_use]
pub fn feed<M: Machine>(
    name: String,
    display: Box<dyn Display<M::Input>>,
) -> (FeedSender<M::Input>, Feed) {
    let (sender, shots) = channel();
    let wanted = Arc::new(AtomicBool::new(true));
    let feed = Feed {
        name,
        shape: M::HARDWARE.picture,
        frame: 0,
        source: Box::new(Shots {
            shots,
            wanted: wanted.clone(),
            last: None,
            display,
        }),
    };
    let sender = FeedSender {
        shots: sender,
        wanted,
    };
    (sender, feed)
}

impl<I: Copy> FeedSender<I> {
    /// Shows the frame in which a machine is, unless the window is still busy with the last one: playing
    /// never waits for it. `input` was pressed in it.
    pub fn show<M: Machine<Input = I>>(&self, machine: &M, input: I) {
        if !self.wanted.swap(false, Ordering::AcqRel) {
            return;
        }
        let ram = machine.ram().map(|ram| (ram.base, ram.bytes.to_vec()));
        let shot = Shot {
            ram,
            picture: machine.picture(),
            input,
        };
        // The window may be closed already.
        let _ = self.shots.send(shot);
    }
}

impl Feed {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shape(&self) -> PictureShape {
        self.shape
    }

    /// Takes in the frames since the last call; returns whether there are any.
    pub(crate) fn update(&mut self) -> bool {
        let is_new = self.source.update();
        self.frame += u64::from(is_new);
        is_new
    }

    /// The picture of the last frame; `None` before the first.
    pub(crate) fn picture(&self) -> Option<&[u8]> {
        self.source.picture()
    }

    /// RAM of the last frame.
    pub(crate) fn ram(&self) -> Option<Ram<'_>> {
        self.source.ram()
    }

    pub(crate) fn draw(&self, options: DisplayOptions<'_>, list: &mut DrawList) {
        self.source.draw(options, list);
    }

    pub(crate) fn frame(&self) -> u64 {
        self.frame
    }
}

#[cfg(test)]
mod tests {
    use desmume::Emulator;
    use nds_formats::pad::{Frame, Pad};

    use super::*;
    use crate::game::NoDisplay;

    #[test]
    fn playing_never_waits_and_the_window_sees_frames_whole() {
        let (sender, mut feed) = feed::<Emulator>("a".to_owned(), Box::new(NoDisplay));
        assert!(feed.picture().is_none() && !feed.update());
        let mut emulator =
            Emulator::open(homebrew::ROM, &desmume::Options::default()).expect("starts");
        for _ in 0..3 {
            emulator
                .step(&Frame::default(), desmume::Picture::Draw)
                .expect("played");
            sender.show(&emulator, Frame::pad(Pad::A));
        }
        assert!(feed.update());
        let bytes = feed.ram().expect("RAM").bytes.len();
        assert_eq!((bytes, feed.frame()), (desmume::MAIN_RAM_SIZE, 1));
        assert!(feed.picture().is_some());
        assert!(!feed.update(), "each frame is new once");
        drop(feed);
        sender.show(&emulator, Frame::pad(Pad::A));
    }
}
