//! The memory of this process.

use std::fs;

use anyhow::{Context, Result};

/// Megabytes of this process in memory.
///
/// # Errors
/// The system does not tell.
pub fn resident_mb() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .context("no VmRSS line")?;
    let kilobytes: f64 = line
        .split_whitespace()
        .nth(1)
        .context("no number")?
        .parse()?;
    Ok(kilobytes / 1024.0)
}
