//! Ctrl-C: long work looks here between its steps and ends with what is done so far kept.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C and a termination signal set the flag; a second one ends the process at once.
///
/// # Errors
/// When the signals can't be caught.
pub fn catch() -> Result<()> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(1);
        }
    })
    .context("can't catch Ctrl-C")
}

/// The flag itself, for libraries that look at one.
#[cfg(feature = "torch")]
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

/// An error when the user wants to stop, with how to go on.
///
/// # Errors
/// When interrupted.
pub fn check() -> Result<()> {
    if requested() {
        bail!("interrupted; finished work is kept, and the same command goes on from there");
    }
    Ok(())
}
