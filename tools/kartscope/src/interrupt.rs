//! Ctrl-C and termination signals: long work looks here between its steps and ends with what is done so far kept.
//!
//! A second signal ends the process at once, and so does the first one where work does not look here for [`GRACE`]:
//! by the signal's own default, without destructors. Those of native libraries fail while their threads run.

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

/// How long work may take to end once it is interrupted.
const GRACE: Duration = Duration::from_secs(10);

/// From now on the first signal sets the flag.
///
/// # Errors
/// When the signals can't be caught.
pub fn catch() -> Result<()> {
    let mut signals =
        Signals::new([SIGHUP, SIGINT, SIGTERM]).context("can't catch termination signals")?;
    start("signals", move || {
        for signal in signals.forever() {
            if INTERRUPTED.swap(true, Ordering::SeqCst)
                || start("grace", move || hurry(signal)).is_err()
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

/// Ends what does not end by itself.
fn hurry(signal: i32) {
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
    overlays::export::kill_encoders();
    // It fails for signals that have no default alone.
    let _ = low_level::emulate_default_handler(signal);
}

/// The flag itself, for libraries that look at one.
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

/// Break when the user wants to stop, for libraries that ask.
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

/// An error when the user wants to stop, which says what is kept where `count` things are.
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
