//! The emulator behind a Python object: one user at a time, no use after a fork or a close.
//!
//! Python code can run wherever Python objects are created or released, and may then call the same
//! emulator. Code that holds a console therefore does not touch Python: it reads Rust values, which are
//! converted to Python objects after the console is released.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desmume::{Emulator, Picture};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Frame, Pad, Touch};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use crate::errors::{ClosedError, EmulatorError, ForkError, MovieError};
use crate::fork::{self, Owned};

/// An emulator that lives as long as arrays of its RAM do. Only the holder of the console locks
/// it, so that locking never waits. A forked child does not touch it: the parent's other threads,
/// which the child does not have, may have been using it.
pub(crate) struct EmulatorHandle(Owned<Mutex<Emulator>>);

impl EmulatorHandle {
    /// The emulator.
    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.0.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a movie is played or recorded.
pub(crate) enum MovieMode {
    /// Neither.
    None,
    /// Input comes from the movie's frames.
    Playing {
        name: String,
        frames: Vec<Frame>,
        next: usize,
    },
    /// Input is added to the movie.
    Recording { name: String, movie: Box<Movie> },
}

/// A running console and its held input.
pub(crate) struct Console {
    handle: Arc<EmulatorHandle>,
    pub(crate) pad: Pad,
    pub(crate) touch: Option<Touch>,
    pub(crate) movie_mode: MovieMode,
    /// The movie's buttons in the last frame, if a movie played.
    pub(crate) played: Option<Pad>,
}

impl Console {
    pub(crate) fn new(emulator: Emulator) -> Self {
        Self {
            handle: Arc::new(EmulatorHandle(Owned::new(Mutex::new(emulator)))),
            pad: Pad::empty(),
            touch: None,
            movie_mode: MovieMode::None,
            played: None,
        }
    }

    /// The emulator.
    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.handle.emulator()
    }

    /// A handle that prevents the reuse of the emulator's memory.
    pub(crate) fn handle(&self) -> Arc<EmulatorHandle> {
        Arc::clone(&self.handle)
    }

    /// Replaces the emulator by one that plays or records a movie.
    pub(crate) fn replace(&mut self, emulator: Emulator, movie_mode: MovieMode) {
        *self = Self {
            movie_mode,
            ..Self::new(emulator)
        };
    }

    /// Stops a played movie, since the console leaves its sequence of frames.
    ///
    /// # Errors
    /// `MovieError` while a movie is recorded: it cannot represent the change.
    pub(crate) fn leave_movie(&mut self) -> PyResult<()> {
        if let MovieMode::Recording { .. } = self.movie_mode {
            return Err(MovieError::new_err(
                "a movie is being recorded, which goes from power-on without a jump: movie.stop() first",
            ));
        }
        self.movie_mode = MovieMode::None;
        Ok(())
    }

    /// Runs one frame, with the played movie's input or else with the held input.
    pub(crate) fn step(&mut self, picture: Picture) -> desmume::Result<()> {
        let mut frame = Frame {
            touch: self.touch,
            ..Frame::pad(self.pad)
        };
        self.played = None;
        if let MovieMode::Playing { frames, next, .. } = &mut self.movie_mode
            && let Some(played) = frames.get(*next)
        {
            frame = *played;
            *next += 1;
            self.played = Some(frame.pad);
        }
        self.emulator().step(&frame, picture)?;
        if let MovieMode::Recording { movie, .. } = &mut self.movie_mode {
            movie.frames.push(frame);
        }
        Ok(())
    }
}

/// The state of a shared console.
enum Slot {
    Closed,
    /// A long call has taken the console.
    Busy,
    Open(Box<Console>),
}

/// A console that Python objects share.
pub(crate) struct Shared {
    slot: Mutex<Slot>,
    /// The generation of the process that it was opened in, plus one; 0 while it is closed. Outside
    /// the lock, since a thread that does not exist in a forked child may have held the lock.
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

    /// Does short work with the console. The work must not touch Python.
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

    /// Does long work with the console; other Python threads run meanwhile.
    pub(crate) fn detached<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Console) -> T + Send,
    ) -> PyResult<T> {
        self.check_fork()?;
        py.detach(|| Ok(work(self.lock().console()?)))
    }

    /// Takes the console for work during which Python's signal handlers run. Other calls get an error
    /// instead of waiting: a signal handler would wait for ever.
    pub(crate) fn exclusively<T: Send>(
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

    /// Replaces the console.
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

    /// Closes the console. In a forked child it belongs to the parent and is left alone.
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
        match std::mem::replace(&mut *slot, Slot::Busy) {
            Slot::Open(console) => Ok(Taken {
                shared: self,
                console: Some(console),
            }),
            Slot::Closed | Slot::Busy => unreachable!("it was open"),
        }
    }

    /// Ignores a poisoned lock: after a panic the slot is in its state before or after the change.
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
            Self::Busy => Err(EmulatorError::new_err(
                "the emulator is busy: another call is driving it through the menus",
            )),
        }
    }
}

fn closed() -> PyErr {
    ClosedError::new_err("no ROM is open: call open() first; after close() it may be called again")
}

/// A console that a call has taken. Dropping it puts the console back.
struct Taken<'a> {
    shared: &'a Shared,
    console: Option<Box<Console>>,
}

impl Taken<'_> {
    fn console(&mut self) -> &mut Console {
        self.console
            .as_mut()
            .expect("the console is present until the drop")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut slot = self.shared.lock();
        // The slot may have been closed meanwhile.
        if let (Slot::Busy, Some(console)) = (&*slot, self.console.take()) {
            *slot = Slot::Open(console);
        }
    }
}
