//! Steps of environments: ours in Rust and in Python, the peer's, and Gymnasium's vector environments.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{
    Figures, GYM, Printed, ROUNDS, Race, Worker, median, our_worker, peer_worker, printed,
};

/// How many fresh processes time a first step.
const STARTS: usize = 5;

/// Adds the figures of environments.
///
/// # Errors
/// When a worker can't be built or started, or gives no figure.
pub(super) fn compare(root: &Path, out: &Path, race: &Race, figures: &mut Figures) -> Result<()> {
    steps(root, out, race, figures)?;
    first_step(root, figures)?;
    figures.add("wheel_mb", wheel_mb(root)?, "MB", "<= 12", None);
    Ok(())
}

/// Measures steps: all workers are at the same frame of the same race and step alternately.
fn steps(root: &Path, out: &Path, race: &Race, figures: &mut Figures) -> Result<()> {
    let mut rust = our_worker(root, race)?;
    let mut python = python_worker(root, race)?;
    let mut peer = peer_worker(root, out, &GYM, "mkds_env.py", race)?;
    let (mut ours, mut ours_python, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let (mut native, mut processes) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rust.ask("step24 1000")?);
        theirs.push(peer.ask("step 60")?);
        ours_python.push(python.ask("step24 1000")?);
        native.push(python.ask("native 500")?);
        processes.push(python.ask("async 500")?);
    }
    let import = python.ask("import 7")?;
    rust.finish()?;
    python.finish()?;
    peer.finish()?;
    let (ours, ours_python, theirs) = (median(ours), median(ours_python), median(theirs));
    let (native, processes) = (median(native), median(processes));
    for (name, value, unit, goal, peer) in [
        ("step24_us", ours, "us", "", Some(theirs)),
        ("py_step24_us", ours_python, "us", "", Some(theirs)),
        ("step24_vs_gym_mkds", theirs / ours, "x", ">= 15", Some(1.0)),
        (
            "py_step24_vs_gym_mkds",
            theirs / ours_python,
            "x",
            ">= 12",
            Some(1.0),
        ),
        ("native_batch_fps", native, "steps/s", "", Some(processes)),
        (
            "native_batch_vs_async",
            native / processes,
            "x",
            ">= 1.5",
            Some(1.0),
        ),
        ("import_s", import, "s", "<= 0.3", None),
    ] {
        figures.add(name, value, unit, goal, peer);
    }
    Ok(())
}

/// The Python package's worker, in the environment that its tests have made.
fn python_worker(root: &Path, race: &Race) -> Result<Worker> {
    let python = root.join(".setup/python/bin/python");
    ensure!(
        python.exists(),
        "no {}: run `make python` first",
        python.display()
    );
    Worker::start(
        "kartscope in Python",
        Command::new(python)
            .arg(root.join("env/python/benchmarks/worker.py"))
            .arg(&race.rom)
            .arg(&race.movie)
            .arg(race.start.to_string()),
    )
}

/// Adds the median of the first steps of fresh processes.
fn first_step(root: &Path, figures: &mut Figures) -> Result<()> {
    let mut runs: Vec<Printed> = Vec::new();
    for _ in 0..STARTS {
        runs.extend(printed(root, &["first-step"])?);
    }
    let first = runs.first().context("first-step printed no figure")?;
    let seconds = median(runs.iter().map(|run| run.value).collect());
    figures.add(&first.name, seconds, &first.unit, &first.goal, None);
    Ok(())
}

/// The size of the wheel that `make python` built.
fn wheel_mb(root: &Path) -> Result<f64> {
    let folder = root.join("target/wheels");
    let context = || format!("no wheel in {}: run `make python` first", folder.display());
    for entry in std::fs::read_dir(&folder).with_context(context)? {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "whl")
        {
            return Ok(entry.metadata()?.len() as f64 / 1e6);
        }
    }
    anyhow::bail!(context())
}
