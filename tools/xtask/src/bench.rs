//! `cargo xtask bench`: every figure of the project, beside those of the peers, in `out/bench/figures.json`.
//!
//! Our worker (an example of `env-mkds`) and the peers' (Python scripts) have a race of the bundled game at the same
//! frame. They measure alternately, round by round, so that other load of the machine affects both.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use outputs::Kind;
use serde::{Deserialize, Serialize};

use crate::commands;
use crate::demo;
use crate::peers::package::{GYM, Log, PY_DESMUME, Peer};
use crate::peers::race::{self, Races};
use crate::plot;

mod environment;
mod window;

/// Rounds of the interleaved run; the figures are medians.
const ROUNDS: usize = 7;
/// Frames of the race in a round, for one emulator.
const FRAMES: u32 = 1500;

/// One figure, as in `figures.json`.
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
    let mut figures = Figures::new();
    // First, since the demo may run for minutes: if it fails, no time is lost on the other figures.
    take_demo_figures(root, &mut figures)?;
    let race = record_race(root, &out)?;
    compare_with_py_desmume(root, &out, &race, &mut figures)?;
    compare_with_gym_mkds(root, &out, &race, &mut figures)?;
    environment::compare(root, &out, &race, &mut figures)?;
    measure_sensors(root, &mut figures)?;
    window::measure(root, &out, &race, &mut figures)?;
    measure_ourselves(root, &race, &mut figures)?;
    print(&figures);
    let path = out.join("figures.json");
    outputs::write(&path, Kind::OWN, &serde_json::to_vec_pretty(&figures)?)?;
    say!(
        "\nwritten: {}",
        path.strip_prefix(root).unwrap_or(&path).display()
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
    let example = commands::build_example(root, "figures")?;
    Worker::start(
        "kartscope",
        Command::new(example)
            .arg(&race.rom)
            .arg(&race.movie)
            .arg(race.start.to_string()),
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
    figures.insert("ram_only_fps", figure(ours, "frames/s", "", Some(peer)));
    figures.insert(
        "ram_only_vs_pydesmume",
        figure(ours / peer, "x", ">= 5", Some(1.0)),
    );
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
    figures.insert(
        "field_read_race_ns",
        figure(our_field, "ns", "", Some(peer_field)),
    );
    figures.insert(
        "field_read_vs_peer",
        figure(peer_field / our_field, "x", ">= 100", Some(1.0)),
    );
    figures.insert(
        "rays24_us_race",
        figure(our_rays, "us", "", Some(peer_rays)),
    );
    figures.insert(
        "rays_vs_peer",
        figure(peer_rays / our_rays, "x", ">= 500", Some(1.0)),
    );
    Ok(())
}

/// The output of the example `sensor_figures` of `mkds-memory`.
#[derive(Deserialize)]
struct Sensors {
    field_read_ns: f64,
    obs40_ns: f64,
    rays24_us_3000: f64,
    rays24_us_30000: f64,
    course_ready_ms: f64,
    rays24_growth: Vec<Growth>,
}

/// The cost of 24 rays on a course of a size.
#[derive(Deserialize)]
struct Growth {
    triangles: f64,
    rays24_us: f64,
    wall_rays24_us: f64,
}

/// Measures the sensors on generated courses of all sizes, and plots their cost.
fn measure_sensors(root: &Path, figures: &mut Figures) -> Result<()> {
    let example = commands::build_example(root, "sensor_figures")?;
    let output = Command::new(&example)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("can't start {}", example.display()))?;
    ensure!(output.status.success(), "sensor_figures: {}", output.status);
    let sensors: Sensors =
        serde_json::from_slice(&output.stdout).context("reading what sensor_figures printed")?;
    for (name, value, unit, goal) in [
        ("field_read_ns", sensors.field_read_ns, "ns", "<= 5"),
        ("obs40_ns", sensors.obs40_ns, "ns", "<= 300"),
        ("rays24_us_3000", sensors.rays24_us_3000, "us", "<= 2"),
        ("rays24_us_30000", sensors.rays24_us_30000, "us", "<= 4"),
        ("course_ready_ms", sensors.course_ready_ms, "ms", "<= 20"),
    ] {
        figures.insert(name, figure(value, unit, goal, None));
    }
    let series = |value: fn(&Growth) -> f64| {
        let points = sensors.rays24_growth.iter();
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

/// A figure of ours, and the question to the worker that gives it.
struct Own {
    name: &'static str,
    question: &'static str,
    unit: &'static str,
    goal: &'static str,
    rounds: usize,
}

const OWN: [Own; 13] = [
    // First, and only once: closed emulators stay in a pool, so that later ones would add no memory.
    own("rss_per_instance_mb", "rss 4", "MB", "<= 90", 1),
    own("two_threads_vs_one", "threads 1500", "x", ">= 1.8", ROUNDS),
    own("state_load_ms", "load 200", "ms", "<= 1.5", ROUNDS),
    own("state_save_ms", "save 200", "ms", "<= 3", ROUNDS),
    own("env_overhead_pct", "environment 1500", "%", "<= 5", ROUNDS),
    own("observation_us", "observation 20000", "us", "", ROUNDS),
    own("harness_us", "harness_us 3000", "us", "<= 20", ROUNDS),
    own("harness_pct", "harness_pct 3000", "%", "<= 2", ROUNDS),
    own(
        "harness_time_trial_us",
        "harness_time_trial_us 3000",
        "us",
        "<= 20",
        ROUNDS,
    ),
    own(
        "harness_driving_us",
        "harness_driving_us 3000",
        "us",
        "<= 20",
        ROUNDS,
    ),
    own(
        "two_instances_vs_one",
        "instances 3000",
        "x",
        ">= 1.8",
        ROUNDS,
    ),
    own("batch_of_two_vs_one", "lockstep 3000", "x", "", ROUNDS),
    own("reset_ms", "reset 200", "ms", "<= 1.5", ROUNDS),
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
    say!(
        "\n{:<24} {:>12} {:<9} {:<9} {:>12}",
        "figure",
        "value",
        "unit",
        "goal",
        "peer"
    );
    for (name, figure) in figures {
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
