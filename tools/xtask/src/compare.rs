//! `cargo xtask compare BEFORE AFTER`: the same work by two programs of kartscope, and what differs of it.
//!
//! Each program works in a folder of its own, with the same names in it: races of the bundled game, movies, replays with
//! their RAM hashes, pictures with overlays, all fields, events, a dataset, a trained model and its evaluation. Every file
//! and everything that is printed is compared byte for byte; with `--retail`, the hashes of people's races on the real game are too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// What is compared.
#[derive(Args)]
pub struct Arguments {
    /// A program `kartscope`, built from the commit before.
    before: PathBuf,
    /// A program `kartscope`, built from the commit after.
    after: PathBuf,
    /// The folder of the real game, as `cargo xtask retail` takes it.
    #[arg(long, value_name = "DIR")]
    retail: Option<PathBuf>,
}

/// The work, each step with its arguments. `MOVIE` stands for the first movie of the folder `movies`.
const STEPS: [&str; 22] = [
    "drive -c f8c -c ccb --seed 1 -o race.sav --json",
    "ghosts list race.sav --json",
    "process race.sav -o movies --json",
    "replay MOVIE --json",
    "replay MOVIE --png start.png --frame race+1",
    "replay MOVIE --png race.png --frame race+900 --overlays all",
    "replay MOVIE --gif race.gif --from race+900 --to race+960 --overlays all",
    "inspect course f8c --json",
    "inspect course ccb --svg course.svg",
    "inspect course MOVIE --png course.png",
    "inspect symbols --json",
    "inspect fields",
    "inspect show MOVIE@race+900 --json",
    "inspect dump MOVIE@race+900 -o ram.bin",
    "inspect dump MOVIE@race+901 -o ram1.bin",
    "inspect diff ram.bin ram1.bin",
    "inspect events MOVIE --json",
    "inspect watch MOVIE driver[0].position driver[0].forward_speed --from race+300 --to race+600 -o race.csv",
    "inspect search -t i32 --at ram.bin:any --at ram1.bin:increased",
    "record movies -o dataset --json",
    "train dataset -o model -e 1 --json",
    "eval model MOVIE --episodes 2 --json",
];

/// What a program has printed and written, each by its name.
type Results = BTreeMap<String, Vec<u8>>;

/// Compares two programs.
///
/// # Errors
/// When a program can't be started, and when something differs, which is listed.
pub fn run(arguments: &Arguments) -> Result<()> {
    let before = work(&arguments.before, arguments.retail.as_deref())?;
    let after = work(&arguments.after, arguments.retail.as_deref())?;
    let mut different = 0;
    let names = before.keys().chain(after.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    for name in &names {
        let verdict = match (before.get(*name), after.get(*name)) {
            (Some(a), Some(b)) if a == b => format!("equal      {}", hash(a)),
            (Some(a), Some(b)) => format!("DIFFERENT  {} {}", hash(a), hash(b)),
            (Some(_), None) => "only before".to_owned(),
            (None, _) => "only after".to_owned(),
        };
        different += usize::from(!verdict.starts_with("equal"));
        say!("{verdict}  {name}");
    }
    ensure!(
        different == 0,
        "{different} of {} results differ",
        names.len()
    );
    say!("{} results, all equal", names.len());
    Ok(())
}

/// Has a program do all of the work.
fn work(program: &Path, retail: Option<&Path>) -> Result<Results> {
    let program = program
        .canonicalize()
        .with_context(|| format!("looking for {}", program.display()))?;
    let folder = tempfile::tempdir().context("creating a temporary folder")?;
    let mut results = Results::new();
    for step in STEPS {
        say!("{}: kartscope {step}", program.display());
        let step = match step.contains("MOVIE") {
            true => step.replace("MOVIE", &first_movie(folder.path())?),
            false => step.to_owned(),
        };
        let printed = perform(&program, folder.path(), step.split(' '))
            .with_context(|| format!("kartscope {step}"))?;
        results.insert(format!("printed by {step}"), printed);
    }
    for entry in WalkDir::new(folder.path()) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder.path())?;
            let bytes = std::fs::read(entry.path())?;
            results.insert(name.display().to_string(), bytes);
        }
    }
    if let Some(retail) = retail {
        replay_ghosts(&program, retail, &mut results)?;
    }
    Ok(results)
}

/// Replays the movies of people's races on the real game.
fn replay_ghosts(program: &Path, retail: &Path, results: &mut Results) -> Result<()> {
    let retail = retail.canonicalize()?;
    let mut movies: Vec<PathBuf> = std::fs::read_dir(retail.join("movies"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    movies.retain(|path| path.extension().is_some_and(|ending| ending == "dsm"));
    movies.sort();
    for movie in movies {
        let name = movie.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("the real game, replay of {name}");
        say!("{}: {name}", program.display());
        let rom = retail.join("cart.nds");
        let arguments = [
            Path::new("--rom"),
            &rom,
            Path::new("replay"),
            &movie,
            Path::new("--json"),
        ];
        results.insert(name, perform(program, &retail, arguments)?);
    }
    Ok(())
}

fn perform<S: AsRef<std::ffi::OsStr>>(
    program: &Path,
    folder: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Vec<u8>> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("can't start {}", program.display()))?;
    if !output.status.success() {
        bail!(
            "{}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}

fn first_movie(folder: &Path) -> Result<String> {
    let entries = std::fs::read_dir(folder.join("movies"))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<Result<Vec<_>>>()?;
    let first = names.iter().filter(|name| name.ends_with(".dsm")).min();
    let first = first.context("movies: expected a movie, found none")?;
    Ok(format!("movies/{first}"))
}

/// The beginning of a file's SHA-256.
fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
