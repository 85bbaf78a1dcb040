//! The races of the bundled game for the comparison: the scripted driver's, as movies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::commands;

/// A race of the bundled game, as a movie from power-on.
pub struct Race {
    /// The course's abbreviation.
    pub course: String,
    /// The movie.
    pub movie: PathBuf,
    /// The movie's frame at which the race is ready.
    pub start: u32,
}

/// The races of the scripted driver, and their files.
pub struct Races {
    /// The game. Its file is named as our emulator names every ROM: the game's RAM holds the name.
    pub rom: PathBuf,
    /// The save file that the game wrote.
    pub save: PathBuf,
    /// One for each course.
    pub races: Vec<Race>,
}

/// The output of `kartscope process --json`.
#[derive(Deserialize)]
struct Processed {
    movie: PathBuf,
    course: String,
}

/// Races the scripted driver on the courses, all of the game's when none is named, and turns its ghosts into movies.
///
/// # Errors
/// When kartscope doesn't build or fails.
pub fn record(root: &Path, out: &Path, courses: &[&str]) -> Result<Races> {
    let rom = out.join("game.nds");
    let save = out.join("race.sav");
    let movies = out.join("movies");
    fs::create_dir_all(out).with_context(|| format!("can't create {}", out.display()))?;
    if movies.exists() {
        fs::remove_dir_all(&movies)
            .with_context(|| format!("can't remove {}", movies.display()))?;
    }
    // A save of an earlier run may contain other courses, and ghosts of an older build.
    if save.exists() {
        fs::remove_file(&save).with_context(|| format!("can't remove {}", save.display()))?;
    }
    let bundled = root.join("homebrew/rom/kartscope.nds");
    fs::copy(&bundled, &rom).with_context(|| format!("can't copy {}", bundled.display()))?;
    let kartscope = commands::build_program(root, "kartscope")?;
    let chosen = courses.iter().flat_map(|course| ["-c", course]);
    commands::run(
        Command::new(&kartscope)
            .args(["drive", "--rom"])
            .arg(&rom)
            .args(chosen)
            .arg("-o")
            .arg(&save)
            .stdout(Stdio::null()),
    )?;
    let output = Command::new(&kartscope)
        .args(["process", "--json", "--rom"])
        .arg(&rom)
        .arg(&save)
        .arg("-o")
        .arg(&movies)
        .stderr(Stdio::inherit())
        .output()
        .context("can't start kartscope")?;
    ensure!(
        output.status.success(),
        "kartscope process: {}",
        output.status
    );
    let processed: Vec<Processed> =
        serde_json::from_slice(&output.stdout).context("reading kartscope process --json")?;
    ensure!(!processed.is_empty(), "kartscope process made no movie");
    let races = processed
        .into_iter()
        .map(|Processed { movie, course }| {
            let start = start_frame(&movie)?;
            Ok(Race {
                course,
                movie,
                start,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Races { rom, save, races })
}

/// The frame of the movie at which the race was ready, from the movie's own comment.
fn start_frame(movie: &Path) -> Result<u32> {
    let text = fs::read_to_string(movie).with_context(|| format!("reading {}", movie.display()))?;
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
