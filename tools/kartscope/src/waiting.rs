//! Waiting for outputs that another process writes.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use outputs::{Error, Kind, Output, Outputs};

use crate::interrupt;
use crate::report::Report;

/// Time between two checks whether the other process is done.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Begins an output, after waiting for a process that writes it.
///
/// # Errors
/// Those of [`Outputs::begin`], except [`Error::Busy`] for another process, and when the user interrupts.
pub fn begin(outputs: &Outputs, path: &Path, kind: Kind, report: Report) -> Result<Output> {
    let mut is_reported = false;
    loop {
        match outputs.begin(path, kind) {
            Err(error @ Error::Busy { process, .. }) if process != Some(std::process::id()) => {
                if !is_reported {
                    report.note(format_args!("{error}: waiting for it to end"));
                    is_reported = true;
                }
            }
            begun => return Ok(begun?),
        }
        interrupt::check()?;
        std::thread::sleep(LOOK_EVERY);
    }
}
