//! `kartscope verify` in each state that ghosts start from.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::check::Check;
use crate::folder::Folder;

/// One check in the program's output.
#[derive(Deserialize)]
struct Entry {
    name: String,
    verdict: String,
    detail: String,
}

/// Runs the program's checks of header, courses and symbols; each state's must all pass.
///
/// # Errors
/// When the program can't be started, or prints no checks.
pub fn check(program: &Path, folder: &Folder) -> Result<Vec<Check>> {
    folder
        .by_state()
        .map(|ghosts| {
            let state = &ghosts[0].state_path;
            let failed = failed(program, &folder.rom_path, state).with_context(|| {
                format!("{} verify --state {}", program.display(), state.display())
            })?;
            let name = format!("verify in the state of {}, failed checks", ghosts[0].name);
            Ok(Check::equal(name, &Vec::new(), &failed))
        })
        .collect()
}

/// Descriptions of the failed checks in a state.
fn failed(program: &Path, rom: &Path, state: &Path) -> Result<Vec<String>> {
    let output = Command::new(program)
        .args(["--json", "--rom"])
        .arg(rom)
        .args(["verify", "--state"])
        .arg(state)
        .output()?;
    let entries: Vec<Entry> = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let failed = entries
        .into_iter()
        .filter(|entry| entry.verdict == "failed")
        .map(|entry| format!("{}: {}", entry.name, entry.detail));
    Ok(failed.collect())
}
