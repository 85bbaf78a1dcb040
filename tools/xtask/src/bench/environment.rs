//! Steps of environments: ours in Rust and in Python, the peer's, and Gymnasium's vector environments.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{
    Figures, GYM, ROUNDS, Race, Worker, commands, figure, median, our_worker, peer_worker,
};

/// How many fresh processes time a first step.
const STARTS: usize = 5;

/// Adds the figures of environments.
///
/// # Errors
/// When a worker can't be built or started, or gives no figure.
pub(super) fn compare(root: &Path, out: &Path, race: &Race, figures: &mut Figures) -> Result<()> {
    steps(root, out, race, figures)?;
    let seconds = (0..STARTS)
        .map(|_| first_step(root))
        .collect::<Result<Vec<_>>>()?;
    figures.insert("first_step_s", figure(median(seconds), "s", "<= 0.2", None));
    figures.insert("wheel_mb", figure(wheel_mb(root)?, "MB", "<= 12", None));
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
        figures.insert(name, figure(value, unit, goal, peer));
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

/// Seconds from a ROM's bytes to the end of the first step, in a fresh process.
fn first_step(root: &Path) -> Result<f64> {
    let example = commands::build_example(root, "first_step")?;
    let output = Command::new(&example)
        .output()
        .with_context(|| format!("can't start {}", example.display()))?;
    ensure!(output.status.success(), "first_step: {}", output.status);
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = text.trim();
    answer
        .parse()
        .with_context(|| format!("first_step: expected seconds, found {answer:?}"))
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
