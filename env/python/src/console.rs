//! The emulator behind a Python object: one user at a time, none after a fork, none when closed.
//!
//! Python code can run wherever Python objects are made or let go of, and may then call the same
//! emulator. So nothing that holds a console touches Python: what it reads becomes Rust values,
//! and those become objects when the console is free again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desmume::{Emulator, Picture};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Frame, Pad, Touch};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use crate::errors::{ClosedError, EmulatorError, ForkError, MovieError};
use crate::fork::{self, Owned};

/// An emulator that lives as long as arrays of its RAM do. Only the one who has the console locks
/// it, so that this never waits. In a forked child it is left as it is: the parent's other threads,
/// which are not there, may have been in the middle of it.
pub(crate) struct Held(Owned<Mutex<Emulator>>);

impl Held {
    /// The emulator.
    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.0.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A movie that is played, or being written.
pub(crate) enum Reel {
    /// Nothing of the kind.
    None,
    /// The frames come from it.
    Playing {
        name: String,
        frames: Vec<Frame>,
        next: usize,
    },
    /// The frames go into it.
    Recording { name: String, movie: Box<Movie> },
}

/// A running console and what is held down on it.
pub(crate) struct Console {
    held: Arc<Held>,
    pub(crate) pad: Pad,
    pub(crate) touch: Option<Touch>,
    pub(crate) reel: Reel,
    /// What a movie pressed in the last frame, if one did.
    pub(crate) played: Option<Pad>,
}

impl Console {
    pub(crate) fn new(emulator: Emulator) -> Self {
        Self {
            held: Arc::new(Held(Owned::new(Mutex::new(emulator)))),
            pad: Pad::empty(),
            touch: None,
            reel: Reel::None,
            played: None,
        }
    }

    /// The emulator.
    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.held.emulator()
    }

    /// What keeps the emulator's memory from becoming another's.
    pub(crate) fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held)
    }

    /// Another console in the place of this one, by which a movie is played or written.
    pub(crate) fn replace(&mut self, emulator: Emulator, reel: Reel) {
        *self = Self {
            reel,
            ..Self::new(emulator)
        };
    }

    /// Stops the played movie, since what follows is not in it.
    ///
    /// # Errors
    /// `MovieError` while one is recorded: it could not hold what follows.
    pub(crate) fn leave_movie(&mut self) -> PyResult<()> {
        if let Reel::Recording { .. } = self.reel {
            return Err(MovieError::new_err(
                "a movie is being recorded, which goes from power-on without a jump: movie.stop() first",
            ));
        }
        self.reel = Reel::None;
        Ok(())
    }

    /// Runs one frame, with the played movie's input or else with what is held down.
    pub(crate) fn step(&mut self, picture: Picture) -> desmume::Result<()> {
        let mut frame = Frame {
            touch: self.touch,
            ..Frame::pad(self.pad)
        };
        self.played = None;
        if let Reel::Playing { frames, next, .. } = &mut self.reel
            && let Some(played) = frames.get(*next)
        {
            frame = *played;
            *next += 1;
            self.played = Some(frame.pad);
        }
        self.emulator().step(&frame, picture)?;
        if let Reel::Recording { movie, .. } = &mut self.reel {
            movie.frames.push(frame);
        }
        Ok(())
    }
}

/// What becomes of an emulator.
enum Slot {
    Closed,
    /// A long call has taken it along.
    Away,
    Open(Box<Console>),
}

/// A console that Python objects share.
pub(crate) struct Shared {
    slot: Mutex<Slot>,
    /// The generation of the process that it was opened in, plus one; 0 while it is closed. Beside
    /// the lock, which a thread may have held that did not come along into a forked child.
    opened: AtomicU32,
}

impl Shared {
    pub(crate) fn closed() -> Arc<Self> {
        Arc::new(Self {
            slot: Mutex::new(Slot::Closed),
            opened: AtomicU32::new(0),
        })
    }

    /// Whether there is a console in this process.
    pub(crate) fn is_open(&self) -> bool {
        self.opened.load(Ordering::Acquire) == fork::generation() + 1
    }

    /// Does something short with the console, which must not touch Python.
    pub(crate) fn with<T>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Console) -> T,
    ) -> PyResult<T> {
        self.check_fork()?;
        let locked = self.slot.lock_py_attached(py);
        let mut slot = locked.unwrap_or_else(PoisonError::into_inner);
        Ok(work(slot.console()?))
    }

    /// Does something long with the console; other Python threads run meanwhile.
    pub(crate) fn detached<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Console) -> T + Send,
    ) -> PyResult<T> {
        self.check_fork()?;
        py.detach(|| Ok(work(self.lock().console()?)))
    }

    /// Takes the console along into something so long that Python's signal handlers run meanwhile:
    /// others find it busy instead of waiting, which would be forever in such a handler.
    pub(crate) fn away<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Console) -> T + Send,
    ) -> PyResult<T> {
        self.check_fork()?;
        py.detach(|| {
            let mut taken = self.take()?;
            Ok(work(taken.console()))
        })
    }

    /// Puts a console in, in the place of the one that was there.
    pub(crate) fn open(&self, py: Python<'_>, console: Console) -> PyResult<()> {
        self.check_fork()?;
        let before = py.detach(|| {
            let mut slot = self.lock();
            self.opened.store(fork::generation() + 1, Ordering::Release);
            std::mem::replace(&mut *slot, Slot::Open(Box::new(console)))
        });
        drop(before);
        Ok(())
    }

    /// Lets the console go. In a forked child it is the parent's, and stays.
    pub(crate) fn close(&self, py: Python<'_>) {
        if !self.is_open() {
            return;
        }
        let before = py.detach(|| {
            let mut slot = self.lock();
            self.opened.store(0, Ordering::Release);
            std::mem::replace(&mut *slot, Slot::Closed)
        });
        drop(before);
    }

    fn take(&self) -> PyResult<Taken<'_>> {
        let mut slot = self.lock();
        slot.console()?;
        match std::mem::replace(&mut *slot, Slot::Away) {
            Slot::Open(console) => Ok(Taken {
                shared: self,
                console: Some(console),
            }),
            Slot::Closed | Slot::Away => unreachable!("it was open"),
        }
    }

    /// A panic leaves the slot as it was before or after, never in between.
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_fork(&self) -> PyResult<()> {
        let opened = self.opened.load(Ordering::Acquire);
        if opened == 0 || opened == fork::generation() + 1 {
            return Ok(());
        }
        Err(ForkError::new_err(format!(
            "this emulator was opened before process {} was forked: it belongs to the parent. Make \
             and open one in this process",
            std::process::id()
        )))
    }
}

impl Slot {
    fn console(&mut self) -> PyResult<&mut Console> {
        match self {
            Self::Open(console) => Ok(console),
            Self::Closed => Err(closed()),
            Self::Away => Err(EmulatorError::new_err(
                "the emulator is busy: another call is driving it through the menus",
            )),
        }
    }
}

fn closed() -> PyErr {
    ClosedError::new_err("no ROM is open: call open() first; after close() it may be called again")
}

/// A console on its way, which goes back to its place however the way ends.
struct Taken<'a> {
    shared: &'a Shared,
    console: Option<Box<Console>>,
}

impl Taken<'_> {
    fn console(&mut self) -> &mut Console {
        self.console
            .as_mut()
            .expect("it is there until it goes back")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut slot = self.shared.lock();
        // It may have been closed meanwhile.
        if let (Slot::Away, Some(console)) = (&*slot, self.console.take()) {
            *slot = Slot::Open(console);
        }
    }
}
