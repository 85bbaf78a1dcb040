//! The project's own chores: building the bundled game, checking generated files.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "a program has no interface to other crates")]

#[macro_use]
mod console;
mod attacks;
mod bench;
mod commands;
mod compare;
mod courses;
mod demo;
mod kartscope;
mod layout;
mod peers;
mod plot;
mod rom;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Interrupt and kill programs, take away their streams and forge their states, into out/attacks/figures.json.
    Attacks(attacks::Arguments),
    /// Do the same work with two programs, built from two commits, and list what differs.
    Compare(compare::Arguments),
    /// Compile the bundled games' courses into homebrew/courses/built and homebrew/n64/courses/built.
    Courses {
        /// Only compare: fail if the committed files differ from the compiled descriptions.
        #[arg(long)]
        check: bool,
        /// Also draw each course from above, as SVG, into this folder.
        #[arg(long, value_name = "DIR")]
        svg: Option<PathBuf>,
    },
    /// Measure every figure, beside those of the peers, into out/bench/figures.json.
    Bench,
    /// Run the whole pipeline on the bundled game, from ghosts to a trained driver, into out/demo.
    Demo,
    /// Make the bundled game's C header of the RAM layout, homebrew/logic/layout.h.
    Layout {
        /// Only compare: fail if the committed header is not what mkds-memory's layout gives.
        #[arg(long)]
        check: bool,
    },
    /// Compare our readers and movies with those of the peers, which are downloaded, into out/peers.
    Peers {
        /// One course only.
        #[arg(long)]
        quick: bool,
        /// Print the result as one JSON document on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Check this version on the real game, from save states of it; see `cargo xtask retail --help`.
    #[command(disable_help_flag = true)]
    Retail {
        /// The folder of states, and options.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Build the bundled games into homebrew/rom and homebrew/n64/rom.
    Rom {
        /// Only compare: fail if the committed ROM differs from the one built from the sources.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root
        .canonicalize()
        .with_context(|| format!("looking for {}", root.display()))?;
    let homebrew = root.join("homebrew");
    match Arguments::parse().chore {
        Chore::Attacks(arguments) => attacks::run(&root, &arguments)?,
        Chore::Bench => bench::run(&root)?,
        Chore::Compare(arguments) => compare::run(&arguments)?,
        Chore::Demo => demo::run(&root)?,
        Chore::Peers { quick, json } => peers::run(&root, quick, json)?,
        Chore::Courses { check, svg } => {
            let build = if check {
                courses::check
            } else {
                courses::write
            };
            say!("{}", build(&homebrew)?);
            if let Some(folder) = svg {
                courses::draw(&homebrew, &folder)?;
            }
        }
        Chore::Layout { check } => {
            let make = if check { layout::check } else { layout::write };
            say!("{}", make(&homebrew)?);
        }
        Chore::Retail { arguments } => retail(&root, &arguments)?,
        Chore::Rom { check } => {
            let scratch = tempfile::tempdir().context("creating a temporary folder")?;
            let build = if check { rom::check } else { rom::write };
            say!("{}", build(&homebrew, scratch.path())?);
        }
    }
    Ok(())
}

/// Builds the command-line tool and runs the checks on the real game with it.
fn retail(root: &Path, arguments: &[OsString]) -> Result<()> {
    let program = commands::build_program(root, "kartscope")?;
    commands::run(
        commands::cargo(root)
            .args(["run", "--release", "--locked", "-q", "-p", "retail", "--"])
            .arg("--program")
            .arg(program)
            .args(arguments),
    )
}
