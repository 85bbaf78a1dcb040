//! Playing from pictures, on the bundled Nintendo 64 game: recording, embedding, search, and drivers in closed loop.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{Figures, Log, elsewhere, median};
use crate::commands;
use crate::kartscope::{Evaluation, Kartscope};
use crate::peers::package::FAISS;

/// The oval; three recorded races, and three that are disturbed for corrections.
const COURSE: &str = "mmf";
const SEEDS: [&str; 3] = ["1", "2", "3"];
const DISTURBED_SEEDS: [&str; 3] = ["4", "5", "6"];
/// Passes of PilotNet over them, and over the dataset of some 10,000 pictures, one every second frame of twice as many races.
const EPOCHS: &str = "25";
const MANY_EPOCHS: &str = "3";
const MANY_SEEDS: [&str; 3] = ["7", "8", "9"];
/// Recordings that are timed, with and without pictures in turn.
const RECORDINGS: usize = 5;

/// The output of `kartscope train pilotnet --json`.
#[derive(Deserialize)]
struct Trained {
    seconds: f64,
    waited_seconds: f64,
    plan: Plan,
}

#[derive(Deserialize)]
struct Plan {
    train_frames: u64,
    validation_frames: u64,
}

/// Milliseconds of one search, by the program.
#[derive(Deserialize)]
struct Times {
    median: f64,
    p99: f64,
}

/// A line of the comparison with FAISS and NumPy.
#[derive(Deserialize)]
struct Compared {
    rows: u32,
    kartscope: Times,
    faiss: Times,
    numpy: Times,
}

/// A folder of files of these figures, and the program.
struct Pictures<'a> {
    kartscope: Kartscope,
    root: &'a Path,
    folder: String,
}

/// Adds the figures.
///
/// # Errors
/// When a program can't be built or fails.
pub(super) fn measure(root: &Path, out: &Path, figures: &mut Figures) -> Result<()> {
    compare_search(root, out, figures)?;
    let folder = out.join("pictures");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("can't remove {}", folder.display()))?;
    }
    let pictures = Pictures {
        kartscope: Kartscope::build(root)?,
        root,
        folder: folder.to_string_lossy().into_owned(),
    };
    pictures.drive(&SEEDS, "movies", &[])?;
    pictures.drive(&DISTURBED_SEEDS, "disturbed", &["--disturb"])?;
    pictures.drive(&MANY_SEEDS, "more", &[])?;
    pictures.time_recording(figures)?;
    pictures.race(figures)?;
    pictures.train_on_many(figures)?;
    elsewhere::measure(&pictures.kartscope, &folder.join("elsewhere"), figures)
}

/// Exact search in turn with FAISS's flat index and NumPy, over vectors as those of one game's pictures.
fn compare_search(root: &Path, out: &Path, figures: &mut Figures) -> Result<()> {
    let worker = commands::build_example(root, "worker")?;
    let log = Log(out.join("faiss.log"));
    let output = FAISS
        .script(root, "faiss_flat.py", &log)?
        .arg(worker)
        .output()?;
    log.check(FAISS.name, output.status)?;
    let lines = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    let lines: Vec<Compared> = lines.collect::<Result<_, _>>()?;
    for (rows, name, goal) in [
        (10_000, "knn_exact_ms_10k", "<= 2"),
        (100_000, "knn_exact_ms_100k", "<= 15"),
    ] {
        let line = lines.iter().find(|line| line.rows == rows);
        let line = line.with_context(|| format!("{}: no line of {rows} rows", FAISS.name))?;
        figures.add(name, line.kartscope.p99, "ms", goal, Some(line.faiss.p99));
    }
    let least = |time: fn(&Compared) -> f64| {
        let ratios = lines.iter().map(|line| time(line) / line.kartscope.median);
        ratios.fold(f64::INFINITY, f64::min)
    };
    let faiss = least(|line| line.faiss.median);
    figures.add("knn_vs_faiss", faiss, "x", ">= 1", Some(1.0));
    let numpy = least(|line| line.numpy.median);
    figures.add("knn_vs_numpy", numpy, "x", ">= 1", Some(1.0));
    Ok(())
}

impl Pictures<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// Races of the scripted driver as movies in a folder.
    fn drive(&self, seeds: &[&str], folder: &str, options: &[&str]) -> Result<()> {
        let movies = self.path(folder);
        for seed in seeds {
            let name = format!("seed{seed}.mpk");
            let race = ["drive", "--game", "mk64", "-c", COURSE, "--seed", seed];
            let to = ["-o", &name, "--movies", &movies];
            self.kartscope.run(&[&race[..], &to, options].concat())?;
        }
        Ok(())
    }

    /// Records with and without pictures in turn, the races one after the other.
    fn time_recording(&self, figures: &mut Figures) -> Result<()> {
        let (movies, to) = (self.path("movies"), self.path("timed"));
        let seconds = |options: &[&str]| -> Result<f64> {
            let began = Instant::now();
            let record = ["record", &movies, "-o", &to, "--num-proc", "1"];
            self.kartscope.run(&[&record[..], options].concat())?;
            let seconds = began.elapsed().as_secs_f64();
            std::fs::remove_dir_all(&to).with_context(|| format!("can't remove {to}"))?;
            Ok(seconds)
        };
        let ratios = (0..RECORDINGS).map(|_| {
            let without = seconds(&[])?;
            Ok(without / seconds(&["--pictures", "--every", "200ms"])?)
        });
        let ratio = median(ratios.collect::<Result<_>>()?);
        figures.add("record_pictures_ratio", ratio, "x", ">= 0.9", None);
        Ok(())
    }

    /// Drivers of three recorded races, and of those with corrections.
    fn race(&self, figures: &mut Figures) -> Result<()> {
        let dataset = self.path("dataset");
        let record = |movies: &str, options: &[&str]| {
            let movies = self.path(movies);
            let record = [
                "record",
                &movies,
                "-o",
                &dataset,
                "--pictures",
                "--every",
                "200ms",
            ];
            self.kartscope.run(&[&record[..], options].concat())
        };
        record("movies", &[])?;
        for (round, goal) in [("", ">= 0.8"), ("_corrected", ">= 0.9")] {
            if !round.is_empty() {
                record("disturbed", &["--corrections"])?;
            }
            let neighbours = self.path(&format!("neighbours{round}"));
            self.kartscope
                .run(&["train", "knn", &dataset, "-o", &neighbours])?;
            let pilotnet = self.path(&format!("pilotnet{round}"));
            let train = ["train", "pilotnet", &dataset, "-o", &pilotnet, "-e", EPOCHS];
            self.kartscope.run(&train)?;
            for (driver, model) in [("knn", &neighbours), ("pilotnet", &pilotnet)] {
                let judged = self.judge(model)?;
                let name = format!("{driver}{round}");
                let rate = judged.finish_rate;
                figures.add(&format!("{name}_finish_rate"), rate, "of 1", goal, None);
                let percent = judged.time_vs_ghost_pct.unwrap_or(f64::NAN);
                figures.add(&format!("{name}_time_pct"), percent, "%", "<= 130", None);
            }
        }
        let arguments = ["pictures", &dataset, &self.path("neighbours")];
        figures.add_group(self.root, &arguments)
    }

    fn judge(&self, model: &str) -> Result<Evaluation> {
        let movie = self.path(&format!("movies/{COURSE}_seed{}.m64", SEEDS[0]));
        let frames = ["--frame-limit", "6000"];
        let judged: Evaluation = self
            .kartscope
            .ask(&[&["eval", model, &movie], &frames[..]].concat())?;
        judged.tell();
        Ok(judged)
    }

    /// The time that PilotNet takes for 10,000 pictures, and the part of it that the network waits for pictures.
    fn train_on_many(&self, figures: &mut Figures) -> Result<()> {
        let (dataset, model) = (self.path("many"), self.path("pilotnet-many"));
        let (movies, more) = (self.path("movies"), self.path("more"));
        let every = ["--pictures", "--every", "2"];
        let record = ["record", &movies, &more, "-o", &dataset];
        self.kartscope.run(&[&record[..], &every].concat())?;
        let train = [
            "train",
            "pilotnet",
            &dataset,
            "-o",
            &model,
            "-e",
            MANY_EPOCHS,
        ];
        let trained: Trained = self.kartscope.ask(&train)?;
        let pictures = trained.plan.train_frames + trained.plan.validation_frames;
        ensure!(
            pictures >= 9_000,
            "{dataset}: expected some 10,000 pictures, found {pictures}"
        );
        let minutes = trained.seconds / 60.0;
        figures.add("pilotnet_minutes", minutes, "min", "<= 3", None);
        let waited = trained.waited_seconds / trained.seconds * 100.0;
        figures.add("loader_wait_pct", waited, "%", "<= 10", None);
        let judged = self.judge(&model)?;
        let rate = judged.finish_rate;
        figures.add("pilotnet_many_finish_rate", rate, "of 1", "", None);
        Ok(())
    }
}
