//! `cargo xtask demo`: the whole main job on the bundled game, from ghosts to a trained driver, in `out/demo`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::commands;

/// The course that the trained driver is judged on.
pub const COURSE: &str = "f8c";
/// All courses that it learns from.
const TRAINING_COURSES: [&str; 3] = ["f8c", "yf", "ccb"];
/// The course that it has never seen.
const UNSEEN_COURSE: &str = "lm";
/// The drivers that make the ghosts: seed, character and kart of each.
const GHOSTS: [(&str, &str, &str); 8] = [
    ("1", "0", "0"),
    ("2", "0", "0"),
    ("3", "0", "0"),
    ("4", "0", "1"),
    ("5", "1", "3"),
    ("6", "2", "6"),
    ("7", "3", "9"),
    ("8", "4", "12"),
];
/// Passes over the training movies at most.
const EPOCHS: &str = "12";
/// Varied starts a movie.
const EPISODES: &str = "10";

/// The demo's figures: name, unit and goal.
pub const FIGURES: [(&str, &str, &str); 5] = [
    ("demo_minutes", "min", "<= 20"),
    ("train_minutes", "min", "<= 3"),
    ("finish_rate_trained", "of 1", ">= 0.9"),
    ("time_vs_scripted_pct", "%", "<= 115"),
    ("finish_rate_unseen", "of 1", ""),
];

/// What the demo reads of `kartscope eval --json`.
#[derive(Deserialize)]
struct Evaluation {
    finish_rate: f64,
    time_vs_ghost_pct: Option<f64>,
}

/// Runs the demo, prints its table and writes `out/demo/figures.json`.
///
/// # Errors
/// When a step fails.
pub fn run(root: &Path) -> Result<()> {
    let begin = begin()?;
    let demo = Demo {
        kartscope: commands::build_kartscope(root)?,
        root: root.to_owned(),
    };
    let out = root.join(OUT);
    if out.exists() {
        std::fs::remove_dir_all(&out).context("can't remove the last demo's out/demo")?;
    }
    std::fs::create_dir_all(&out)?;

    demo.step("What is here", &["doctor"])?;
    for (seed, character, kart) in GHOSTS {
        let save = demo.path(&format!("ghosts/seed{seed}.sav"));
        demo.step(
            "The scripted driver races; the game saves its ghosts",
            &[
                "drive",
                "--seed",
                seed,
                "--character",
                character,
                "--kart",
                kart,
                "-o",
                &save,
            ],
        )?;
    }
    let saves = demo.files("ghosts", "sav")?;
    demo.step("What is in a save", &["ghosts", "list", &saves[0]])?;
    let movies = demo.path("movies");
    demo.step(
        "Ghosts become movies",
        &[&["process"], strs(&saves).as_slice(), &["-o", &movies]].concat(),
    )?;
    let dataset = demo.path("dataset");
    demo.step(
        "Movies become a dataset",
        &["record", &movies, "-o", &dataset],
    )?;
    let model = demo.path("model");
    let courses: Vec<&str> = TRAINING_COURSES
        .iter()
        .flat_map(|&course| ["-c", course])
        .collect();
    let training = Instant::now();
    demo.step(
        "A driver learns",
        &[
            &["train", dataset.as_str(), "-o", &model, "-e", EPOCHS],
            courses.as_slice(),
        ]
        .concat(),
    )?;
    let train_minutes = training.elapsed().as_secs_f64() / 60.0;

    let seen = demo.movie_of(COURSE)?;
    let unseen = demo.movie_of(UNSEEN_COURSE)?;
    let run = demo.path("driver.dsm");
    let trained: Evaluation = demo.json_step(
        "It races from varied starts",
        &[
            "eval",
            &model,
            &seen,
            "--episodes",
            EPISODES,
            "--movie",
            &run,
        ],
    )?;
    let unseen: Evaluation = demo.json_step(
        "It races a course that it has never seen",
        &["eval", &model, &unseen, "--episodes", EPISODES],
    )?;
    let (gif, png) = (demo.path("driver.gif"), demo.path("driver.png"));
    demo.step(
        "Its run, played and drawn",
        &["replay", &run, "--gif", &gif, "--png", &png],
    )?;

    let values = [
        minutes_since(begin)?,
        train_minutes,
        trained.finish_rate,
        trained.time_vs_ghost_pct.unwrap_or(f64::NAN),
        unseen.finish_rate,
    ];
    demo.conclude(values)
}

/// When the demo began: as the Makefile knows it, before set-up and build, else now.
fn begin() -> Result<u64> {
    match std::env::var("KARTSCOPE_DEMO_BEGIN") {
        Ok(seconds) => seconds
            .parse()
            .context("KARTSCOPE_DEMO_BEGIN: expected seconds since 1970"),
        Err(_) => now(),
    }
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

fn minutes_since(begin: u64) -> Result<f64> {
    Ok(now()?.saturating_sub(begin) as f64 / 60.0)
}

fn strs(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

/// Where everything goes, below the project's root.
const OUT: &str = "out/demo";

struct Demo {
    kartscope: PathBuf,
    root: PathBuf,
}

impl Demo {
    /// A file of the demo, as the commands are given it: from the project's root.
    fn path(&self, name: &str) -> String {
        format!("{OUT}/{name}")
    }

    /// The files of a kind in a folder of the demo, sorted.
    fn files(&self, folder: &str, extension: &str) -> Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(self.root.join(OUT).join(folder))? {
            let path = Path::new(OUT).join(folder).join(entry?.file_name());
            if path.extension() == Some(OsString::from(extension).as_os_str()) {
                files.push(path.to_string_lossy().into_owned());
            }
        }
        files.sort();
        ensure!(!files.is_empty(), "out/demo/{folder}: no .{extension} file");
        Ok(files)
    }

    /// The first movie of a course.
    fn movie_of(&self, course: &str) -> Result<String> {
        let movies = self.files("movies", "dsm")?;
        let of_course = |movie: &String| {
            let name = Path::new(movie)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.starts_with(&format!("{course}_"))
        };
        movies
            .into_iter()
            .find(of_course)
            .with_context(|| format!("out/demo/movies: none of {course}"))
    }

    fn command(&self, title: &str, arguments: &[&str]) -> Command {
        println!("\n== {title}\n$ kartscope {}", arguments.join(" "));
        let mut command = Command::new(&self.kartscope);
        // The demo is about the bundled game, whatever the user's own work is set to.
        command
            .args(arguments)
            .current_dir(&self.root)
            .env_remove("KARTSCOPE_ROM");
        command
    }

    fn step(&self, title: &str, arguments: &[&str]) -> Result<()> {
        commands::run(&mut self.command(title, arguments))
    }

    fn json_step<T: for<'de> Deserialize<'de>>(
        &self,
        title: &str,
        arguments: &[&str],
    ) -> Result<T> {
        let mut command = self.command(title, arguments);
        let output = command.arg("--json").stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "{command:?}: {}", output.status);
        println!("{}", String::from_utf8_lossy(&output.stdout).trim());
        serde_json::from_slice(&output.stdout).with_context(|| format!("{command:?}"))
    }

    fn conclude(&self, values: [f64; FIGURES.len()]) -> Result<()> {
        let mut figures = BTreeMap::new();
        println!("\n{:<24} {:>8} {:<6} goal", "figure", "value", "unit");
        for ((name, unit, goal), value) in FIGURES.into_iter().zip(values) {
            println!("{name:<24} {value:>8.2} {unit:<6} {goal}");
            figures.insert(name, value);
        }
        std::fs::write(
            self.root.join(OUT).join("figures.json"),
            serde_json::to_vec_pretty(&figures)?,
        )?;
        println!(
            "\nin out/demo: driver.png, driver.gif, and driver.dsm, which plays in `kartscope replay`"
        );
        Ok(())
    }
}
