//! `cargo xtask attacks`: interrupts and kills programs, takes away their standard streams and gives them forged states.
//! They must not crash, hang or lose data. Figures in `out/attacks/figures.json`.
//!
//! An attack's number determines what it does and when: a failed attack is repeated with `--from`.

mod fixture;
mod kill;
mod signals;
mod states;
mod streams;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::commands;
use fixture::Fixture;

/// The options of the attacks.
#[derive(Args)]
pub struct Arguments {
    /// The kinds of attacks: all if none is given.
    kinds: Vec<Kind>,
    /// Attacks of each kind, in place of 300 double signals, 100 kills and 10000 forged states.
    #[arg(long)]
    count: Option<u64>,
    /// The number of the first attack.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Attack the programs in this folder, `kartscope` and `examples/forged_states`, and build none.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// The folder for the figures.
    #[arg(long, value_name = "DIR", default_value = "out/attacks")]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    /// Two interruptions, one shortly after the other.
    Signals,
    /// kill -9, and the same command again.
    Kill9,
    /// Standard output and error are closed, full, or a pipe that is not read.
    Streams,
    /// Save states with changed numbers.
    States,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Signals, Self::Kill9, Self::Streams, Self::States];

    fn figure(self) -> &'static str {
        match self {
            Self::Signals => "double_signal_crashes",
            Self::Kill9 => "kill9_differences",
            Self::Streams => "broken_stream_failures",
            Self::States => "state_mutation_crashes",
        }
    }
}

/// Attacks of a kind.
struct Plan {
    from: u64,
    count: u64,
}

/// One figure, as readers of `figures.json` know it.
#[derive(Serialize)]
struct Figure {
    value: usize,
    of: u64,
    goal: &'static str,
    /// The failures, each with the attack's number.
    failures: Vec<String>,
}

/// Attacks, prints the figures and writes them.
///
/// # Errors
/// When a program can't be built, its input files can't be made, or an attack did harm.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let out = root.join(&arguments.out);
    std::fs::create_dir_all(&out).with_context(|| out.display().to_string())?;
    let kinds = match arguments.kinds.as_slice() {
        [] => Kind::ALL.to_vec(),
        kinds => kinds.to_vec(),
    };
    let kartscope = match &arguments.programs {
        Some(folder) => root.join(folder).join("kartscope"),
        None => commands::build_program(root, "kartscope")?,
    };
    let forged_states = match &arguments.programs {
        Some(folder) => root.join(folder).join("examples/forged_states"),
        None => commands::build_example(root, "forged_states")?,
    };
    let mut figures = BTreeMap::new();
    let mut fixture = None;
    for kind in kinds {
        let plan = |count| Plan {
            from: arguments.from,
            count: arguments.count.unwrap_or(count),
        };
        if kind != Kind::States && fixture.is_none() {
            fixture = Some(Fixture::make(&kartscope)?);
        }
        let (of, failures) = match (kind, &fixture) {
            (Kind::Signals, Some(fixture)) => signals::attack(fixture, &plan(300))?,
            (Kind::Kill9, Some(fixture)) => kill::attack(fixture, &plan(100))?,
            (Kind::Streams, Some(fixture)) => streams::attack(fixture)?,
            _ => states::attack(&forged_states, &plan(10_000))?,
        };
        let figure = Figure {
            value: failures.len(),
            of,
            goal: "0",
            failures,
        };
        say!("{:<24} {:>6} of {of}", kind.figure(), figure.value);
        for failure in &figure.failures {
            say!("  {failure}");
        }
        figures.insert(kind.figure(), figure);
    }
    let path = out.join("figures.json");
    outputs::write(
        &path,
        outputs::Kind::OWN,
        &serde_json::to_vec_pretty(&figures)?,
    )?;
    let harm: usize = figures.values().map(|figure| figure.value).sum();
    ensure!(harm == 0, "{harm} attacks did harm: see {}", path.display());
    Ok(())
}

/// A random number, determined by an attack's number and a question about it.
fn random(attack: u64, question: u64, below: u64) -> u64 {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(attack.to_le_bytes());
    hash.update(question.to_le_bytes());
    let digest = hash.finalize();
    let number = digest
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes));
    number % below
}
