//! The program `kartscope` in the hands of chores.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::commands;

/// The built program, which runs in the project's root on the bundled games.
pub struct Kartscope {
    program: PathBuf,
    root: PathBuf,
}

impl Kartscope {
    /// Builds it.
    ///
    /// # Errors
    /// When it doesn't build.
    pub fn build(root: &Path) -> Result<Self> {
        Ok(Self {
            program: commands::build_program(root, "kartscope")?,
            root: root.to_owned(),
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        say!("$ kartscope {}", arguments.join(" "));
        let mut command = Command::new(&self.program);
        // The bundled game is used, also if the user's environment sets another ROM.
        command
            .args(arguments)
            .current_dir(&self.root)
            .env_remove("KARTSCOPE_ROM");
        command
    }

    /// Runs a command, whose own output the user sees.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<()> {
        commands::run(&mut self.command(arguments))
    }

    /// Runs a command for its result, which is not printed.
    ///
    /// # Errors
    /// When it fails, or its result is another.
    pub fn ask<T: DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        let mut command = self.command(arguments);
        let output = command.arg("--json").stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "{command:?}: {}", output.status);
        serde_json::from_slice(&output.stdout).with_context(|| format!("{command:?}"))
    }
}

/// The output of `kartscope eval --json`.
#[derive(Deserialize)]
pub struct Evaluation {
    /// The part of the races that finished, 0 to 1.
    pub finish_rate: f64,
    /// Their mean time, in per cent of the movies'.
    pub time_vs_ghost_pct: Option<f64>,
    movies: Vec<Judged>,
}

/// The races against a movie.
#[derive(Deserialize)]
struct Judged {
    course: String,
    episodes: u32,
    finished: u32,
    mean_ms: Option<f64>,
}

impl Evaluation {
    /// Prints it.
    pub fn tell(&self) {
        for races in &self.movies {
            let mean = races
                .mean_ms
                .map(|mean| format!(", in {} on average", seconds(mean)));
            say!(
                "  {}: {} of {} races finished{}",
                races.course,
                races.finished,
                races.episodes,
                mean.unwrap_or_default()
            );
        }
        if let Some(percent) = self.time_vs_ghost_pct {
            say!("  {percent:.1} % of the ghost's time");
        }
    }
}

/// Milliseconds in words.
pub fn seconds(ms: f64) -> String {
    format!("{:.1} s", ms / 1000.0)
}
