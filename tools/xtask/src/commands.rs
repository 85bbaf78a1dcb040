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

/// Builds an example of a package of ours.
///
/// # Errors
/// When it doesn't build.
pub fn build_example(root: &Path, package: &str, example: &str) -> Result<PathBuf> {
    run(cargo(root).args([
        "build",
        "--release",
        "--locked",
        "-q",
        "-p",
        package,
        "--example",
        example,
    ]))?;
    Ok(target(root).join("release/examples").join(example))
}

/// Builds the command-line tool as users run it.
///
/// # Errors
/// When it doesn't build.
pub fn build_kartscope(root: &Path) -> Result<PathBuf> {
    run(cargo(root).args(["build", "--release", "--locked", "-q", "-p", "kartscope"]))?;
    Ok(target(root).join("release/kartscope"))
}
