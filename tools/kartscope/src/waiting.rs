//! Outputs that another process writes: short work waits for its turn.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use outputs::{Error, Kind, Output, Outputs};

use crate::interrupt;
use crate::report::Report;

/// How often to look whether the other process is done.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Begins an output, after the process that writes it now.
///
/// # Errors
/// Those of [`Outputs::begin`] but that another process writes it, and when the user interrupts.
pub fn begin(outputs: &Outputs, path: &Path, kind: Kind, report: Report) -> Result<Output> {
    let mut is_told = false;
    loop {
        match outputs.begin(path, kind) {
            Err(error @ Error::Busy { process, .. }) if process != Some(std::process::id()) => {
                if !is_told {
                    report.note(format_args!("{error}: waiting for it to end"));
                    is_told = true;
                }
            }
            begun => return Ok(begun?),
        }
        interrupt::check()?;
        std::thread::sleep(LOOK_EVERY);
    }
}
