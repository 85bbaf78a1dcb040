//! Whether this process was forked.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often this process and those it descends from were forked, on its way here.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// A number that differs between a process and its forked children, for the price of a load.
pub(crate) fn generation() -> u32 {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        extern "C" fn forked() {
            GENERATION.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: the handler only adds to a number, which is allowed between fork and exec; the
        // interpreter never unloads the module that it is in.
        let status = unsafe { libc::pthread_atfork(None, None, Some(forked)) };
        // It fails only where there is no memory left to note the handler in.
        assert_eq!(status, 0, "pthread_atfork");
    });
    GENERATION.load(Ordering::Relaxed)
}

/// What belongs to one process: in a forked child it is left as it is, not even dropped.
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
