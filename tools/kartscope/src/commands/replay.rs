//! `kartscope replay`: movies played, checked and drawn.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use desmume::Picture;
use mkds_formats::dsm::Movie;
use outputs::Outputs;
use serde::Serialize;

use crate::cli::Replay;
use crate::game::{self, Game};
use crate::picture::Artist;
use crate::report::Report;
use crate::{files, interrupt};

/// How often the progress bar moves, frames.
const PROGRESS_EVERY: u64 = 256;

/// What a movie led to.
#[derive(Serialize)]
struct Played {
    movie: PathBuf,
    frames: u64,
    /// The movie's frame at which the race began, when the movie says so; negative if it ran already in the save state
    /// that the movie starts from.
    race_from: Option<i64>,
    finished: bool,
    total_ms: u32,
    expected_ms: Option<u32>,
    /// Hash of main RAM after the last frame.
    ram_hash: String,
    /// The first frame that differs from the recorded course of events.
    divergence: Option<String>,
}

/// Plays movies.
///
/// # Errors
/// When a movie can't be read, is for another ROM, leaves its recorded course of events, or a picture can't be written.
pub fn run(args: &Replay, rom: Option<&Path>, outputs: &Outputs, report: Report) -> Result<()> {
    ensure!(
        !args.draws() || args.movies.len() == 1,
        "--png, --gif and --video: expected one movie, found {}",
        args.movies.len()
    );
    let game = Game::open(rom)?.with_state(args.state.as_deref());
    interrupt::catch()?;
    let mut played = Vec::new();
    for path in &args.movies {
        let result = play(args, path, &game, outputs, report)
            .with_context(|| format!("playing {} on {}", path.display(), game.name))?;
        played.push(result);
    }
    report.result(&played, |played, output| print(played, output))?;
    let diverged = played
        .iter()
        .filter(|played| played.divergence.is_some())
        .count();
    if diverged > 0 {
        bail!(
            "{diverged} of {} movies left their recorded course of events",
            played.len()
        );
    }
    Ok(())
}

fn play(
    args: &Replay,
    path: &Path,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<Played> {
    let movie = Movie::parse(&files::read(path)?)?;
    let mut player = game.replay(path, &movie)?;
    game::warn_of_rom(path, &player, report);
    let progress = report.progress(movie.frames.len() as u64, "frames");
    progress.set_message(
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    );
    let mut artist = Artist::new(args, outputs, &player, movie.frames.len() as u64)?;
    let mut frames = 0;
    loop {
        let picture = if artist.wants(frames) {
            Picture::Draw
        } else {
            Picture::Skip
        };
        let Some(frame) = player.step(picture)? else {
            break;
        };
        frames = frame + 1;
        if picture == Picture::Draw {
            let pad = movie
                .frames
                .get(usize::try_from(frame)?)
                .copied()
                .unwrap_or_default()
                .pad;
            artist.see(frame, pad, &player)?;
            // Drawing takes its time.
            interrupt::check()?;
        }
        if frames % PROGRESS_EVERY == 0 {
            progress.set_position(frames);
            interrupt::check()?;
        }
    }
    progress.finish_and_clear();
    artist.finish()?;
    let outcome = player.outcome();
    let divergence = player.divergence().map(ToString::to_string);
    if let Some(divergence) = &divergence {
        report.note(format_args!("{}: {divergence}", path.display()));
    }
    Ok(Played {
        movie: path.to_owned(),
        frames,
        race_from: player.comment().map(|comment| comment.start_frame),
        finished: outcome.finished,
        total_ms: outcome.total_ms,
        expected_ms: outcome.expected_ms,
        ram_hash: format!("{:016x}", player.emulator().ram_hash()),
        divergence,
    })
}

fn print(played: &[Played], output: &mut dyn Write) -> Result<()> {
    for played in played {
        let end = if played.finished {
            "finished after"
        } else {
            "not finished after"
        };
        writeln!(
            output,
            "{}  {} frames, {end} {} ms, RAM {}",
            played.movie.display(),
            played.frames,
            played.total_ms,
            played.ram_hash
        )?;
    }
    Ok(())
}
