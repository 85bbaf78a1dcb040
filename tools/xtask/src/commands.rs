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

/// The cargo profile that chores build programs in: `KARTSCOPE_PROFILE`, or as users run them.
fn profile() -> String {
    std::env::var("KARTSCOPE_PROFILE").unwrap_or_else(|_| "release".to_owned())
}

/// Builds a program of the workspace, and gives the folder of the profile. All members' features are turned on, as in
/// the tests' build, so that a profile builds no crate twice.
fn build(root: &Path, kind: &str, name: &str) -> Result<PathBuf> {
    let profile = profile();
    let build = ["build", "--profile", &profile, "--locked", "-q"];
    run(cargo(root).args(build).args(["--workspace", kind, name]))?;
    let folder = match profile.as_str() {
        "dev" => "debug",
        other => other,
    };
    Ok(target(root).join(folder))
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

/// Builds the command-line tool as users run it.
///
/// # Errors
/// When it doesn't build.
pub fn build_kartscope(root: &Path) -> Result<PathBuf> {
    Ok(build(root, "--bin", "kartscope")?.join("kartscope"))
}
