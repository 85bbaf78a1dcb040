//! Ctrl-C and termination signals: long work checks for them between its steps, and ends with its results so far kept.
//!
//! A second signal ends the process at once, and so does the first one if work does not check for [`GRACE`]:
//! by the signal's default action, without destructors. Destructors of native libraries fail while their threads run.

use std::fmt::Display;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

use crate::report;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The longest that work may take to end after an interruption.
const GRACE: Duration = Duration::from_secs(10);

/// Installs the signal handlers: from now on the first signal sets the flag.
///
/// # Errors
/// When the signals can't be caught.
pub fn catch() -> Result<()> {
    let mut signals =
        Signals::new([SIGHUP, SIGINT, SIGTERM]).context("can't catch termination signals")?;
    start("signals", move || {
        for signal in signals.forever() {
            if INTERRUPTED.swap(true, Ordering::SeqCst)
                || start("grace", move || enforce_end(signal)).is_err()
            {
                end(signal);
            }
        }
    })
    .context("can't start a thread for signals")
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(work).map(drop)
}

/// Ends the process if work does not end within [`GRACE`].
fn enforce_end(signal: i32) {
    std::thread::sleep(GRACE);
    report::note(format_args!(
        "error: interrupted, and still at work {} seconds later: ended at once",
        GRACE.as_secs()
    ));
    end(signal);
}

/// Ends the process and the programs that it runs.
fn end(signal: i32) {
    #[cfg(feature = "cairo")]
    drawing::export::kill_encoders();
    // This fails only for signals without a default action.
    let _ = low_level::emulate_default_handler(signal);
}

/// The flag itself, for libraries that read one.
#[cfg(any(feature = "torch", feature = "cairo"))]
#[must_use]
pub fn flag() -> &'static AtomicBool {
    &INTERRUPTED
}

/// Whether the user wants to stop.
#[must_use]
pub fn requested() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// `Break` when the user wants to stop, for libraries that call back.
pub fn control_flow() -> ControlFlow<()> {
    if requested() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// An error when the user wants to stop.
///
/// # Errors
/// When interrupted.
pub fn check() -> Result<()> {
    check_keeping(0, "")
}

/// An error when the user wants to stop, which reports what is kept if `count` is above 0.
///
/// # Errors
/// When interrupted.
pub fn check_keeping(count: usize, kept: impl Display) -> Result<()> {
    match (requested(), count) {
        (false, _) => Ok(()),
        (true, 0) => bail!("interrupted"),
        (true, _) => bail!("interrupted; {kept}"),
    }
}
