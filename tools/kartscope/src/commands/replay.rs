//! `kartscope replay`: plays, checks and draws movies.

mod arguments;
#[cfg_attr(not(feature = "cairo"), path = "replay/no_overlay_names.rs")]
mod overlay_names;
#[cfg_attr(not(feature = "cairo"), path = "replay/no_picture.rs")]
mod picture;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use env_kart::runs::completeness::require_complete;
use machine::{Machine as _, Picture};
use outputs::Outputs;
use serde::Serialize;

use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::{self, Game};
use crate::games::{GameChoice, KartGame, of_game};
use crate::report::{Report, escaped};
use crate::{interrupt, json_path};
use picture::Artist;

pub use arguments::Replay;

/// Frames between two updates of the progress bar.
const PROGRESS_EVERY: u64 = 256;

/// The result of a movie.
#[derive(Serialize)]
struct Played {
    #[serde(serialize_with = "json_path::serialize")]
    movie: PathBuf,
    frames: u64,
    /// The first frame that the movie plays in the race, if its comment has it: `race+1` of other commands. Negative if the
    /// race ran already in the save state that the movie starts from.
    race_from: Option<i64>,
    finished: bool,
    total_ms: u32,
    expected_ms: Option<u32>,
    /// Hash of main RAM after the last frame.
    ram_hash: String,
    /// The first frame that differs from the recording.
    divergence: Option<String>,
}

/// Plays movies.
///
/// # Errors
/// When a movie can't be read, is incomplete, is for another ROM, diverges from its recording, or a picture
/// can't be written. The other movies are played nevertheless.
pub fn run(args: &Replay, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    let game = Game::open(choice)?.with_state(args.state.as_deref());
    interrupt::catch()?;
    let mut failures = Failures::none("movies", report);
    let mut played = Vec::new();
    for path in &args.movies {
        let result = of_game!(game.kind, G => play::<G>(args, path, &game, outputs, report))
            .with_context(|| format!("playing {} on {}", path.display(), game.name));
        played.extend(failures.keep(result));
        interrupt::check()?;
    }
    if !played.is_empty() {
        report.result(&played, |played, output| print(played, output))?;
    }
    failures.end()?;
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

fn play<G: KartGame>(
    args: &Replay,
    path: &Path,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<Played> {
    let movie = G::parse_movie(&files::read(path, Input::Movie)?)?;
    require_complete::<G>(&movie)?;
    let mut player = game.replay::<G>(path, &movie)?;
    let length = player.frames().len() as u64;
    ensure!(length > 0, "expected frames, found none");
    game::warn_of_rom(path, &player, report);
    let progress = report.progress(length, "frames");
    let name = path.file_name().unwrap_or_default();
    progress.set_message(escaped(&name.to_string_lossy()));
    let mut artist = Artist::<G>::new(args, outputs, &player, length)?;
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
            let input = player.frames()[usize::try_from(frame)?];
            artist.see(frame, G::pad(&input), &player)?;
            // Drawing is slow, so that the check is needed here too.
            interrupt::check()?;
        }
        if frames % PROGRESS_EVERY == 0 {
            progress.set_position(frames);
            interrupt::check()?;
        }
    }
    progress.finish_and_clear();
    let divergence = player.divergence().map(ToString::to_string);
    if divergence.is_none() {
        player.require_finish()?;
    }
    artist.finish()?;
    let outcome = player.outcome();
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
        ram_hash: format!("{:016x}", player.machine().hash()),
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
