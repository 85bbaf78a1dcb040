//! Whether this process was forked.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// The number of forks between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// A number that differs between a process and its forked children. Reading it is a single load.
pub(crate) fn generation() -> u32 {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        extern "C" fn forked() {
            GENERATION.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: the handler only adds to a number, which is allowed between fork and exec; the
        // interpreter never unloads the module that it is in.
        let status = unsafe { libc::pthread_atfork(None, None, Some(forked)) };
        // It fails only if there is no memory for registering the handler.
        assert_eq!(status, 0, "pthread_atfork");
    });
    GENERATION.load(Ordering::Relaxed)
}

/// A value that belongs to one process: a forked child does not use it, nor drop it.
pub(crate) struct Owned<T> {
    value: Option<T>,
    generation: u32,
}

impl<T> Owned<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: Some(value),
            generation: generation(),
        }
    }

    /// Whether this is the process that it belongs to.
    pub(crate) fn is_here(&self) -> bool {
        self.generation == generation()
    }

    pub(crate) fn get(&self) -> &T {
        self.value.as_ref().expect(HELD)
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.as_mut().expect(HELD)
    }
}

const HELD: &str = "it is held until it is dropped";

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if !self.is_here() {
            std::mem::forget(self.value.take());
        }
    }
}
