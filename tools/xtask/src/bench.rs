//! `cargo xtask bench`: every figure of the project, beside those of the peers, in `out/bench/figures.json`.
//!
//! The program `figures` prints ours, group by group. For comparisons, its worker and the peers' (Python scripts) have a race
//! of the bundled game at the same frame. They measure alternately, round by round, so that other load of the machine affects
//! both.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use outputs::Kind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::commands;
use crate::demo;
use crate::peers::package::{GYM, Log, PY_DESMUME, Peer};
use crate::peers::race::{self, Races};
use crate::plot;

mod elsewhere;
mod environment;
mod pictures;
mod window;

/// Rounds of the interleaved run; the figures are medians.
const ROUNDS: usize = 7;
/// Frames of the race in a round, for one emulator.
const FRAMES: u32 = 1500;

/// One figure, as in `figures.json`.
#[derive(Debug, Serialize)]
struct Figure {
    value: f64,
    unit: String,
    goal: String,
    peer: Option<f64>,
    command: &'static str,
}

/// Figures by their names.
#[derive(Debug, Default, Serialize)]
struct Figures(BTreeMap<String, Figure>);

/// A figure as the program `figures` prints it.
#[derive(Deserialize)]
struct Printed {
    name: String,
    value: f64,
    unit: String,
    goal: String,
}

impl Figures {
    /// Adds a figure, with the peer's value if it was measured.
    fn add(&mut self, name: &str, value: f64, unit: &str, goal: &str, peer: Option<f64>) {
        let figure = Figure {
            value,
            unit: unit.to_owned(),
            goal: goal.to_owned(),
            peer,
            command: "make bench",
        };
        self.0.insert(name.to_owned(), figure);
    }

    /// Adds a group of figures of the program `figures`.
    fn add_group<S: AsRef<OsStr>>(&mut self, root: &Path, arguments: &[S]) -> Result<()> {
        for Printed {
            name,
            value,
            unit,
            goal,
        } in printed(root, arguments)?
        {
            self.add(&name, value, &unit, &goal, None);
        }
        Ok(())
    }
}

/// What a group of the program `figures` prints: a line of JSON each.
fn printed<T: DeserializeOwned, S: AsRef<OsStr>>(root: &Path, arguments: &[S]) -> Result<Vec<T>> {
    let program = commands::build_program(root, "figures")?;
    let output = Command::new(&program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("can't start {}", program.display()))?;
    let group = arguments.first().map(AsRef::as_ref).unwrap_or_default();
    let name = format!("figures {}", group.display());
    ensure!(output.status.success(), "{name}: {}", output.status);
    let lines = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    lines
        .collect::<Result<_, _>>()
        .with_context(|| format!("reading what {name} printed"))
}

/// Measures everything, prints a table and writes `out/bench/figures.json`.
///
/// # Errors
/// When a worker can't be built or started, or gives no figure.
pub fn run(root: &Path) -> Result<()> {
    let out = root.join("out/bench");
    std::fs::create_dir_all(&out)?;
    let mut figures = Figures::default();
    // First, since the demo may run for minutes: if it fails, no time is lost on the other figures.
    take_demo_figures(root, &mut figures)?;
    let race = record_race(root, &out)?;
    compare_with_py_desmume(root, &out, &race, &mut figures)?;
    compare_with_gym_mkds(root, &out, &race, &mut figures)?;
    environment::compare(root, &out, &race, &mut figures)?;
    figures.add_group(root, &["sensors"])?;
    figures.add_group(root, &["native"])?;
    plot_growth(root)?;
    window::measure(root, &out, &race, &mut figures)?;
    figures.add_group(root, &race.arguments("race"))?;
    figures.add_group(root, &["mk64"])?;
    figures.add_group(root, &["mk64-soak"])?;
    pictures::measure(root, &out, &mut figures)?;
    finish(root, &figures, &out.join("figures.json"))
}

/// Measures playing from pictures alone, prints a table and writes `out/bench/pictures.json`.
///
/// # Errors
/// As [`run`].
pub fn run_pictures(root: &Path) -> Result<()> {
    let out = root.join("out/bench");
    std::fs::create_dir_all(&out)?;
    let mut figures = Figures::default();
    pictures::measure(root, &out, &mut figures)?;
    finish(root, &figures, &out.join("pictures.json"))
}

/// Prints the figures and writes them.
fn finish(root: &Path, figures: &Figures, path: &Path) -> Result<()> {
    print(figures);
    outputs::write(path, Kind::OWN, &serde_json::to_vec_pretty(figures)?)?;
    say!(
        "\nwritten: {}",
        path.strip_prefix(root).unwrap_or(path).display()
    );
    Ok(())
}

/// Frames between a race's first one and its start signal, and a few more.
const COUNTDOWN_FRAMES: u32 = 320;

/// The input of all workers: the ROM, a movie of a race, and a frame of the movie within the race.
struct Race {
    rom: PathBuf,
    movie: PathBuf,
    start: u32,
}

impl Race {
    /// The arguments of a program that measures in the race, after the name of its group.
    fn arguments(&self, group: &str) -> [OsString; 4] {
        let start = self.start.to_string();
        [
            group.into(),
            self.rom.clone().into(),
            self.movie.clone().into(),
            start.into(),
        ]
    }
}

/// Races the scripted driver once and turns its ghost into the movie that all workers play.
fn record_race(root: &Path, out: &Path) -> Result<Race> {
    let Races { rom, races, .. } = race::record(root, out, &[demo::COURSE])?;
    let race = races.into_iter().next().context("no race was recorded")?;
    Ok(Race {
        rom,
        movie: race.movie,
        start: race.start + COUNTDOWN_FRAMES,
    })
}

/// A process that measures on request: one line for the question and one for the answer.
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
    let program = commands::build_program(root, "figures")?;
    Worker::start(
        "kartscope",
        Command::new(program).args(race.arguments("answer")),
    )
}

fn peer_worker(
    root: &Path,
    out: &Path,
    peer: &Peer,
    script: &'static str,
    race: &Race,
) -> Result<Worker> {
    let log = Log(out.join(script).with_extension("log"));
    let mut command = peer.script(root, script, &log)?;
    command
        .arg(&race.rom)
        .arg(&race.movie)
        .arg(race.start.to_string());
    Worker::start(peer.name, &mut command).with_context(|| format!("see {}", log.0.display()))
}

fn compare_with_py_desmume(
    root: &Path,
    out: &Path,
    race: &Race,
    figures: &mut Figures,
) -> Result<()> {
    let mut ours = our_worker(root, race)?;
    let mut peer = peer_worker(root, out, &PY_DESMUME, "py_desmume.py", race)?;
    let question = format!("run {FRAMES}");
    let (mut our_rates, mut peer_rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        our_rates.push(f64::from(FRAMES) / ours.ask(&question)?);
        peer_rates.push(f64::from(FRAMES) / peer.ask(&question)?);
    }
    ours.finish()?;
    peer.finish()?;
    let (ours, peer) = (median(our_rates), median(peer_rates));
    figures.add("ram_only_fps", ours, "frames/s", "", Some(peer));
    figures.add("ram_only_vs_pydesmume", ours / peer, "x", ">= 5", Some(1.0));
    Ok(())
}

/// Times the same fields and the same rays at the same frame of the race.
fn compare_with_gym_mkds(
    root: &Path,
    out: &Path,
    race: &Race,
    figures: &mut Figures,
) -> Result<()> {
    let mut ours = our_worker(root, race)?;
    let mut peer = peer_worker(root, out, &GYM, "mkds_sensors.py", race)?;
    let mut medians = |our_question: &str, peer_question: &str| -> Result<(f64, f64)> {
        let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            our_times.push(ours.ask(our_question)?);
            peer_times.push(peer.ask(peer_question)?);
        }
        Ok((median(our_times), median(peer_times)))
    };
    let (our_field, peer_field) = medians("fields 100000", "fields 2000")?;
    let (our_rays, peer_rays) = medians("rays 20", "rays 20")?;
    ours.finish()?;
    peer.finish()?;
    figures.add("field_read_race_ns", our_field, "ns", "", Some(peer_field));
    figures.add(
        "field_read_vs_peer",
        peer_field / our_field,
        "x",
        ">= 100",
        Some(1.0),
    );
    figures.add("rays24_us_race", our_rays, "us", "", Some(peer_rays));
    figures.add(
        "rays_vs_peer",
        peer_rays / our_rays,
        "x",
        ">= 500",
        Some(1.0),
    );
    Ok(())
}

/// The cost of 24 rays on a course of a size.
#[derive(Deserialize)]
struct Growth {
    triangles: f64,
    rays24_us: f64,
    wall_rays24_us: f64,
}

/// Measures and plots the cost of rays on courses of growing size.
fn plot_growth(root: &Path) -> Result<()> {
    let growth: Vec<Growth> = printed(root, &["ray-growth"])?;
    let series = |value: fn(&Growth) -> f64| {
        let points = growth.iter();
        points
            .map(|growth| (growth.triangles, value(growth)))
            .collect()
    };
    let plot = plot::Plot {
        title: "24 rays, 3000 units long",
        x: "triangles of the course (logarithmic)",
        y: "microseconds",
        series: vec![
            ("to the road's edge", series(|growth| growth.rays24_us)),
            ("to walls", series(|growth| growth.wall_rays24_us)),
        ],
    };
    let path = root.join("docs/ray-cost.svg");
    Ok(outputs::write(&path, Kind::SVG, plot.svg().as_bytes())?)
}

/// Adds the demo's figures: those of its last run, or of one that is made now.
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
        let figure = Figure {
            value,
            unit: unit.to_owned(),
            goal: goal.to_owned(),
            peer: None,
            command: "make demo",
        };
        figures.0.insert(name.to_owned(), figure);
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(figures: &Figures) {
    say!(
        "\n{:<24} {:>12} {:<9} {:<9} {:>12}",
        "figure",
        "value",
        "unit",
        "goal",
        "peer"
    );
    for (name, figure) in &figures.0 {
        let peer = figure
            .peer
            .map(|peer| format!("{peer:.2}"))
            .unwrap_or_default();
        say!(
            "{name:<24} {:>12.2} {:<9} {:<9} {peer:>12}",
            figure.value,
            figure.unit,
            figure.goal
        );
    }
}
