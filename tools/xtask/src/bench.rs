//! `cargo xtask bench`: every figure of the project, the peers' side by side, in `out/bench/figures.json`.
//!
//! Our worker (an example of `env-mkds`) and the peer's (a Python script) both hold a race of the bundled game at the
//! same frame and play the same pads; they are asked in turn, round by round, so that whatever else the machine
//! does falls on both.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::commands;
use crate::demo;

/// The peer's package and version.
const PEER: &str = "py-desmume==0.0.9";
/// Rounds of the interleaved run; the figures are medians.
const ROUNDS: usize = 7;
/// Frames of the race a round, for one emulator.
const FRAMES: u32 = 1500;

/// One figure, as later runs and readers of `figures.json` know it.
#[derive(Debug, Serialize)]
struct Figure {
    value: f64,
    unit: &'static str,
    goal: &'static str,
    peer: Option<f64>,
    command: &'static str,
}

type Figures = BTreeMap<&'static str, Figure>;

/// Measures everything, prints a table and writes `out/bench/figures.json`.
///
/// # Errors
/// When a worker can't be built or started, or gives no figure.
pub fn run(root: &Path) -> Result<()> {
    let out = root.join("out/bench");
    std::fs::create_dir_all(&out)?;
    let race = record_race(root, &out)?;
    let mut figures = Figures::new();
    compare_with_py_desmume(root, &race, &mut figures)?;
    measure_ourselves(root, &race, &mut figures)?;
    take_demo_figures(root, &mut figures)?;
    print(&figures);
    let path = out.join("figures.json");
    std::fs::write(&path, serde_json::to_vec_pretty(&figures)?)?;
    println!(
        "\nwritten: {}",
        path.strip_prefix(root).unwrap_or(&path).display()
    );
    Ok(())
}

/// A race of the bundled game: the ROM, a movie, and the movie's frame at which the race is on.
struct Race {
    rom: PathBuf,
    movie: PathBuf,
    start: u32,
}

/// Races the scripted driver once and turns its ghost into the movie that all workers play.
fn record_race(root: &Path, out: &Path) -> Result<Race> {
    let save = out.join("race.sav");
    let movies = out.join("movies");
    let kartscope = commands::build_kartscope(root)?;
    commands::run(
        Command::new(&kartscope)
            .args(["drive", "-c", demo::COURSE, "-o"])
            .arg(&save),
    )?;
    commands::run(
        Command::new(&kartscope)
            .arg("process")
            .arg(&save)
            .arg("-o")
            .arg(&movies),
    )?;
    let movie = std::fs::read_dir(&movies)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "dsm"))
        .context("kartscope process made no movie")?;
    let start = start_frame(&movie)? + COUNTDOWN_FRAMES;
    Ok(Race {
        rom: root.join("homebrew/rom/kartscope.nds"),
        movie,
        start,
    })
}

/// Frames between a race's first one and its start signal, and a few more.
const COUNTDOWN_FRAMES: u32 = 320;

/// The frame of the movie at which the race was ready, from the movie's own comment.
fn start_frame(movie: &Path) -> Result<u32> {
    let text = std::fs::read_to_string(movie)?;
    text.lines()
        .filter(|line| line.starts_with("comment"))
        .find_map(|line| {
            line.split("start_frame=")
                .nth(1)?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .with_context(|| format!("{}: no start_frame comment", movie.display()))
}

/// A process that measures when asked, one line a question and one an answer.
struct Worker {
    name: &'static str,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("can't start {name}"))?;
        let questions = process.stdin.take().context("no standard input")?;
        let answers = BufReader::new(process.stdout.take().context("no standard output")?);
        let mut worker = Self {
            name,
            process,
            questions,
            answers,
        };
        let ready = worker.line()?;
        ensure!(
            ready == "ready",
            "{name}: expected \"ready\", found {ready:?}"
        );
        Ok(worker)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("{} stopped: {}", self.name, self.process.wait()?);
        }
        Ok(line.trim().to_owned())
    }

    fn ask(&mut self, question: &str) -> Result<f64> {
        writeln!(self.questions, "{question}")?;
        let answer = self.line()?;
        answer.parse().with_context(|| {
            format!(
                "{}: {question}: expected a number, found {answer:?}",
                self.name
            )
        })
    }

    fn finish(mut self) -> Result<()> {
        drop(self.questions);
        let status = self.process.wait()?;
        ensure!(status.success(), "{}: {status}", self.name);
        Ok(())
    }
}

fn our_worker(root: &Path, race: &Race) -> Result<Worker> {
    commands::run(commands::cargo(root).args([
        "build",
        "--release",
        "--locked",
        "-q",
        "-p",
        "env-mkds",
        "--example",
        "figures",
    ]))?;
    Worker::start(
        "kartscope",
        Command::new(commands::target(root).join("release/examples/figures"))
            .arg(&race.rom)
            .arg(&race.movie)
            .arg(race.start.to_string()),
    )
}

fn peer_worker(root: &Path, race: &Race) -> Result<Worker> {
    let venv = root.join(".setup/peers/py-desmume");
    let python = venv.join("bin/python");
    if !python.exists() {
        println!("fetching {PEER}");
        commands::run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        commands::run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PEER,
        ]))?;
    }
    Worker::start(
        "py-desmume",
        Command::new(python)
            .arg(root.join("tools/xtask/peers/py_desmume.py"))
            .arg(&race.rom)
            .arg(&race.movie)
            .arg(race.start.to_string())
            .stderr(Stdio::null()),
    )
}

fn compare_with_py_desmume(root: &Path, race: &Race, figures: &mut Figures) -> Result<()> {
    let mut ours = our_worker(root, race)?;
    let mut peer = peer_worker(root, race)?;
    let question = format!("run {FRAMES}");
    let (mut our_rates, mut peer_rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        our_rates.push(f64::from(FRAMES) / ours.ask(&question)?);
        peer_rates.push(f64::from(FRAMES) / peer.ask(&question)?);
    }
    ours.finish()?;
    peer.finish()?;
    let (ours, peer) = (median(our_rates), median(peer_rates));
    figures.insert("ram_only_fps", figure(ours, "frames/s", "", Some(peer)));
    figures.insert(
        "ram_only_vs_pydesmume",
        figure(ours / peer, "x", ">= 5", Some(1.0)),
    );
    Ok(())
}

/// A figure of ours that the worker answers to.
struct Own {
    name: &'static str,
    question: &'static str,
    unit: &'static str,
    goal: &'static str,
    rounds: usize,
}

const OWN: [Own; 6] = [
    // First, and once: emulators that were closed are kept for the next ones and would cost nothing more.
    own("rss_per_instance_mb", "rss 4", "MB", "<= 90", 1),
    own("two_threads_vs_one", "threads 1500", "x", ">= 1.8", ROUNDS),
    own("state_load_ms", "load 200", "ms", "<= 1.5", ROUNDS),
    own("state_save_ms", "save 200", "ms", "<= 3", ROUNDS),
    own("env_overhead_pct", "environment 1500", "%", "<= 5", ROUNDS),
    own("observation_us", "observation 20000", "us", "", ROUNDS),
];

const fn own(
    name: &'static str,
    question: &'static str,
    unit: &'static str,
    goal: &'static str,
    rounds: usize,
) -> Own {
    Own {
        name,
        question,
        unit,
        goal,
        rounds,
    }
}

fn measure_ourselves(root: &Path, race: &Race, figures: &mut Figures) -> Result<()> {
    let mut worker = our_worker(root, race)?;
    for own in &OWN {
        let answers = (0..own.rounds)
            .map(|_| worker.ask(own.question))
            .collect::<Result<Vec<_>>>()?;
        let value = median(answers);
        figures.insert(own.name, figure(value, own.unit, own.goal, None));
    }
    worker.finish()
}

/// The demo's figures: from its last run, or from one now.
fn take_demo_figures(root: &Path, figures: &mut Figures) -> Result<()> {
    let path = root.join("out/demo/figures.json");
    if !path.exists() {
        demo::run(root)?;
    }
    let values: BTreeMap<String, f64> = serde_json::from_slice(&std::fs::read(&path)?)
        .with_context(|| path.display().to_string())?;
    for (name, unit, goal) in demo::FIGURES {
        let value = *values.get(name).with_context(|| {
            format!(
                "{}: no figure {name}: run `make demo` again",
                path.display()
            )
        })?;
        figures.insert(
            name,
            Figure {
                command: "make demo",
                ..figure(value, unit, goal, None)
            },
        );
    }
    Ok(())
}

fn figure(value: f64, unit: &'static str, goal: &'static str, peer: Option<f64>) -> Figure {
    Figure {
        value,
        unit,
        goal,
        peer,
        command: "make bench",
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(figures: &Figures) {
    println!(
        "\n{:<24} {:>12} {:<9} {:<9} {:>12}",
        "figure", "value", "unit", "goal", "peer"
    );
    for (name, figure) in figures {
        let peer = figure
            .peer
            .map(|peer| format!("{peer:.2}"))
            .unwrap_or_default();
        println!(
            "{name:<24} {:>12.2} {:<9} {:<9} {peer:>12}",
            figure.value, figure.unit, figure.goal
        );
    }
}
