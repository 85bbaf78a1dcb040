//! `cargo xtask demo`: the whole main job on the bundled games, from ghosts to a trained driver, in `out/demo`. Most of it is on
//! the DS; the Nintendo 64's game shows that the same commands serve both.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use outputs::Kind;
use serde::Deserialize;

use crate::kartscope::{Evaluation, Kartscope, seconds};

/// The course on which the trained driver is evaluated.
pub const COURSE: &str = "f8c";
/// The courses that it is trained on.
const TRAINING_COURSES: [&str; 3] = ["f8c", "yf", "ccb"];
/// A course that it is not trained on.
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
/// The most passes over the training movies.
const EPOCHS: &str = "12";
/// Varied starts a movie.
const EPISODES: &str = "10";

/// The course of the evaluation on the Nintendo 64, the seeds of the races on all courses, and the passes.
const N64_COURSE: &str = "mmf";
const N64_SEEDS: [&str; 2] = ["1", "2"];
const N64_EPOCHS: &str = "12";
/// The seed of a third race there, from whose pictures drivers learn besides, the passes over them, and the varied starts.
const PICTURES_SEED: &str = "3";
const PICTURES_EPOCHS: &str = "20";
const PICTURES_EPISODES: &str = "2";

/// The demo's figures: name, unit and goal.
pub const FIGURES: [(&str, &str, &str); 10] = [
    ("demo_minutes", "min", "<= 20"),
    ("train_minutes", "min", "<= 3"),
    ("finish_rate_trained", "of 1", ">= 0.9"),
    ("time_vs_scripted_pct", "%", "<= 115"),
    ("finish_rate_unseen", "of 1", ""),
    ("n64_minutes", "min", "<= 1"),
    ("finish_rate_n64", "of 1", ">= 0.9"),
    ("pictures_minutes", "min", "<= 4"),
    ("knn_demo_finish_rate", "of 1", ""),
    ("pilotnet_demo_finish_rate", "of 1", ""),
];

/// A race in the output of `kartscope drive --json`.
#[derive(Deserialize)]
struct Race {
    course: String,
    total_ms: u32,
}

/// A movie in the output of `kartscope process --json`.
#[derive(Deserialize)]
struct ProcessedMovie {
    course: String,
}

/// Runs the demo, prints its table and writes `out/demo/figures.json`.
///
/// # Errors
/// When a step fails.
pub fn run(root: &Path) -> Result<()> {
    let begin = begin()?;
    let demo = Demo {
        kartscope: Kartscope::build(root)?,
        root: root.to_owned(),
    };
    let out = root.join(OUT);
    if out.exists() {
        std::fs::remove_dir_all(&out).context("can't remove the last demo's out/demo")?;
    }
    std::fs::create_dir_all(&out)?;

    title("What this machine has");
    demo.kartscope.run(&["doctor"])?;
    title("The scripted driver races the bundled game's courses; the game saves its ghosts");
    for (seed, character, kart) in GHOSTS {
        let save = demo.path(&format!("ghosts/seed{seed}.sav"));
        let who = ["--seed", seed, "--character", character, "--kart", kart];
        let races: Vec<Race> = demo
            .kartscope
            .ask(&[&["drive"], &who[..], &["-o", &save]].concat())?;
        let time = |race: &Race| format!("{} {}", race.course, seconds(race.total_ms.into()));
        let times: Vec<String> = races.iter().map(time).collect();
        say!("  {}", times.join(", "));
    }
    let saves = demo.files("ghosts", "sav")?;
    title("What is in a save");
    demo.kartscope.run(&["ghosts", "list", &saves[0]])?;
    title("Each ghost becomes a movie: the inputs from power-on to the finish");
    let movies = demo.path("movies");
    let made: Vec<ProcessedMovie> = demo
        .kartscope
        .ask(&[&["process"], strs(&saves).as_slice(), &["-o", &movies]].concat())?;
    let mut per_course = BTreeMap::<String, u32>::new();
    for movie in &made {
        *per_course.entry(movie.course.clone()).or_default() += 1;
    }
    let counts: Vec<String> = per_course
        .iter()
        .map(|(course, count)| format!("{count} of {course}"))
        .collect();
    say!("  {} movies: {}", made.len(), counts.join(", "));
    title("The movies are played; what a driver sees and presses becomes a dataset");
    let dataset = demo.path("dataset");
    demo.kartscope.run(&["record", &movies, "-o", &dataset])?;
    title("A driver learns from the dataset");
    let model = demo.path("model");
    let courses: Vec<&str> = TRAINING_COURSES
        .iter()
        .flat_map(|&course| ["-c", course])
        .collect();
    let training = Instant::now();
    let learn = ["train", dataset.as_str(), "-o", &model, "-e", EPOCHS];
    demo.kartscope
        .run(&[&learn[..], courses.as_slice()].concat())?;
    let train_minutes = training.elapsed().as_secs_f64() / 60.0;

    let seen = demo.movie_of(COURSE)?;
    let unseen = demo.movie_of(UNSEEN_COURSE)?;
    let run = demo.path("driver.dsm");
    let judge = ["--episodes", EPISODES];
    title("It races a course that it has learnt, from varied starts");
    let trained: Evaluation = demo
        .kartscope
        .ask(&[&["eval", &model, &seen], &judge[..], &["--movie", &run]].concat())?;
    trained.tell();
    title("It races a course that it has never seen");
    let unseen: Evaluation = demo
        .kartscope
        .ask(&[&["eval", &model, &unseen], &judge[..]].concat())?;
    unseen.tell();
    title("One of its races, played and drawn");
    let (gif, png) = (demo.path("driver.gif"), demo.path("driver.png"));
    demo.kartscope
        .run(&["replay", &run, "--gif", &gif, "--png", &png])?;

    let began = Instant::now();
    let on_n64 = demo.on_n64()?;
    let n64_minutes = began.elapsed().as_secs_f64() / 60.0;
    let began = Instant::now();
    let [by_neighbours, by_pilotnet] = demo.from_pictures()?;
    let pictures_minutes = began.elapsed().as_secs_f64() / 60.0;

    let values = [
        minutes_since(begin)?,
        train_minutes,
        trained.finish_rate,
        trained.time_vs_ghost_pct.unwrap_or(f64::NAN),
        unseen.finish_rate,
        n64_minutes,
        on_n64.finish_rate,
        pictures_minutes,
        by_neighbours.finish_rate,
        by_pilotnet.finish_rate,
    ];
    demo.conclude(values)
}

/// When the demo began: the time from the Makefile, before set-up and build, else now.
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

/// Prints a title for the next commands.
fn title(title: &str) {
    say!("\n== {title}");
}

fn strs(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

/// The output folder, relative to the project's root.
const OUT: &str = "out/demo";

struct Demo {
    kartscope: Kartscope,
    root: PathBuf,
}

impl Demo {
    /// The path of a file of the demo for the commands: relative to the project's root.
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

    /// From races to a trained driver on the Nintendo 64's bundled game. The files of a run tell the commands the game.
    fn on_n64(&self) -> Result<Evaluation> {
        title("The same on the Nintendo 64: races as movies, the game's ghost of each beside it");
        let movies = self.path("n64/movies");
        for seed in N64_SEEDS {
            let name = format!("seed{seed}.mpk");
            let races: Vec<Race> = self.kartscope.ask(&[
                "drive", "--game", "mk64", "--seed", seed, "-o", &name, "--movies", &movies,
            ])?;
            for race in &races {
                say!("  {} {}", race.course, seconds(race.total_ms.into()));
            }
        }
        let paks = self.files("n64/movies", "mpk")?;
        self.kartscope.run(&["ghosts", "list", &paks[0]])?;
        let (dataset, model) = (self.path("n64/dataset"), self.path("n64/model"));
        self.kartscope.run(&["record", &movies, "-o", &dataset])?;
        self.kartscope
            .run(&["train", &dataset, "-o", &model, "-e", N64_EPOCHS])?;
        let movie = self.path(&format!("n64/movies/{N64_COURSE}_seed1.m64"));
        let run = self.path("n64/driver.m64");
        let judged: Evaluation = self.kartscope.ask(&[
            "eval",
            &model,
            &movie,
            "--episodes",
            EPISODES,
            "--movie",
            &run,
        ])?;
        judged.tell();
        let png = self.path("n64/driver.png");
        self.kartscope.run(&["replay", &run, "--png", &png])?;
        Ok(judged)
    }

    /// Drivers that see the screen of the Nintendo 64 and nothing else: by nearest neighbours, and by a network.
    fn from_pictures(&self) -> Result<[Evaluation; 2]> {
        title("Three races on the Nintendo 64 with pictures, five a second, as a dataset");
        let movies = self.path("n64/movies");
        let race = ["drive", "--game", "mk64", "-c", N64_COURSE];
        let third = [
            "--seed",
            PICTURES_SEED,
            "-o",
            "seed3.mpk",
            "--movies",
            &movies,
        ];
        self.kartscope.run(&[&race[..], &third].concat())?;
        let movies = N64_SEEDS.into_iter().chain([PICTURES_SEED]);
        let movies: Vec<String> = movies
            .map(|seed| self.path(&format!("n64/movies/{N64_COURSE}_seed{seed}.m64")))
            .collect();
        let pictures = self.path("n64/pictures");
        let record = ["record", "--pictures", "--every", "200ms", "-o", &pictures];
        self.kartscope
            .run(&[&record[..], &strs(&movies)].concat())?;
        self.kartscope.run(&["data", "stats", &pictures])?;
        title("A driver that does what was done in the pictures that look most alike");
        let neighbours = self.path("n64/neighbours");
        self.kartscope
            .run(&["train", "knn", &pictures, "-o", &neighbours])?;
        let judge = |model: &str| -> Result<Evaluation> {
            let judged: Evaluation = self.kartscope.ask(&[
                "eval",
                model,
                &movies[0],
                "--episodes",
                PICTURES_EPISODES,
            ])?;
            judged.tell();
            Ok(judged)
        };
        let by_neighbours = judge(&neighbours)?;
        title("A network, PilotNet, that learns to hold the pad from the same pictures");
        let pilotnet = self.path("n64/pilotnet");
        let train = ["train", "pilotnet", &pictures, "-o", &pilotnet];
        self.kartscope
            .run(&[&train[..], &["-e", PICTURES_EPOCHS]].concat())?;
        Ok([by_neighbours, judge(&pilotnet)?])
    }

    fn conclude(&self, values: [f64; FIGURES.len()]) -> Result<()> {
        let mut figures = BTreeMap::new();
        title("The figures, also in out/demo/figures.json");
        say!("{:<24} {:>8} {:<6} goal", "figure", "value", "unit");
        for ((name, unit, goal), value) in FIGURES.into_iter().zip(values) {
            say!("{name:<24} {value:>8.2} {unit:<6} {goal}");
            figures.insert(name, value);
        }
        outputs::write(
            &self.root.join(OUT).join("figures.json"),
            Kind::OWN,
            &serde_json::to_vec_pretty(&figures)?,
        )?;
        say!(
            "\nin out/demo: driver.png, driver.gif, and driver.dsm, which plays in `kartscope replay`; in n64 the same of the \
             Nintendo 64"
        );
        Ok(())
    }
}
