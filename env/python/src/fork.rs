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
