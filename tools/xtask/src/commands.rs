//! Running other programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Runs a command to its end; it shares our output streams.
///
/// # Errors
/// When it can't be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("can't start {command:?}"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// The cargo that runs this program, in the workspace.
pub fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    cargo
}

/// Cargo's target folder.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Builds a program of the workspace as users run it, and gives the folder it is in. `KARTSCOPE_PROGRAMS` names a folder
/// of programs that are built already, relative to the workspace: CI has those of the tests.
fn build(root: &Path, kind: &str, name: &str) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("KARTSCOPE_PROGRAMS") {
        return Ok(root.join(folder));
    }
    let build = ["build", "--release", "--locked", "-q", "--workspace"];
    run(cargo(root).args(build).args([kind, name]))?;
    Ok(target(root).join("release"))
}

/// Builds an example of the workspace.
///
/// # Errors
/// When it doesn't build.
pub fn build_example(root: &Path, example: &str) -> Result<PathBuf> {
    Ok(build(root, "--example", example)?
        .join("examples")
        .join(example))
}

/// Builds a program of the workspace.
///
/// # Errors
/// When it doesn't build.
pub fn build_program(root: &Path, name: &str) -> Result<PathBuf> {
    Ok(build(root, "--bin", name)?.join(name))
}
