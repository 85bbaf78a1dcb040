//! `kartscope replay`: plays, checks and draws movies.

#[cfg_attr(not(feature = "cairo"), path = "replay/no_picture.rs")]
mod picture;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::{ArgGroup, Args};
use desmume::Picture;
use env_mkds::runs::completeness::require_complete;
use nds_formats::dsm::Movie;
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::values::whole;
use crate::arguments::{Misuse, OutputPath};
use crate::commands::inspect::source::{self, Moment};
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::{self, Game};
use crate::games::GameChoice;
use crate::report::{Report, escaped};
use crate::{interrupt, json_path};
use picture::{Artist, Overlays};

const REPLAY: &str = "\
Examples:
  kartscope replay race.dsm
  kartscope replay race.dsm --png race.png --frame race+600
  kartscope replay race.dsm --gif race.gif --from race+600 --to race+900
  kartscope replay race.dsm --video race.mp4 --overlays rays,checkpoints

The ffmpeg of a video is the one in PATH, or the one that KARTSCOPE_FFMPEG names.";

/// `kartscope replay`.
#[derive(Debug, Args)]
#[command(after_help = REPLAY)]
#[command(group(ArgGroup::new("pictures").args(["png", "gif", "video"]).multiple(true)))]
#[command(group(ArgGroup::new("moving").args(["gif", "video"]).multiple(true)))]
pub struct Replay {
    /// Movies to play
    #[arg(required = true, value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// The save state that the movies start from, in place of the .dst beside each
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Write the race as an animated GIF
    #[arg(long, value_name = "FILE")]
    pub gif: Option<OutputPath>,
    /// Write the race as a video, .mp4 or .webm, without sound; needs ffmpeg
    #[arg(long, value_name = "FILE")]
    pub video: Option<OutputPath>,
    /// Write one frame of the race as PNG
    #[arg(long, value_name = "FILE")]
    pub png: Option<OutputPath>,
    /// The frame that --png shows: N, race+N, end; the middle of the race when left out
    #[arg(long, value_name = "FRAME", requires = "png")]
    pub frame: Option<Moment>,
    /// The first frame of GIF and video: N, race, race+N; the start signal when left out
    #[arg(long, value_name = "FRAME", requires = "moving")]
    pub from: Option<Moment>,
    /// The last frame of GIF and video: N, race+N, end; when left out, a video shows the whole race and a GIF ten seconds
    #[arg(long, value_name = "FRAME", requires = "moving")]
    pub to: Option<Moment>,
    /// Enlarge the pictures
    #[arg(long, value_name = "N", default_value_t = 2, requires = "pictures", value_parser = whole(1..=8_u32))]
    pub scale: u32,
    /// Frames of the game for each of the GIF; a video shows them all
    #[arg(long, value_name = "N", default_value_t = 4, requires = "gif", value_parser = whole(1..=60_u64))]
    pub gif_every: u64,
    /// Overlays to draw: names separated by commas, or `all`, or `default`; checkpoints, rays and buttons
    /// when left out
    #[arg(
        long,
        value_name = "NAMES",
        requires = "pictures",
        conflicts_with = "plain"
    )]
    pub overlays: Option<Overlays>,
    /// Show the game alone, without overlays
    #[arg(long, requires = "pictures")]
    pub plain: bool,
}

impl Replay {
    /// Whether the command line asks for pictures.
    fn draws(&self) -> bool {
        self.png.is_some() || self.gif.is_some() || self.video.is_some()
    }

    /// Refuses pictures of several movies, and an empty range of frames.
    ///
    /// # Errors
    /// When the command line asks for one.
    pub fn check(&self) -> Result<(), Misuse> {
        let count = self.movies.len();
        if self.draws() && count != 1 {
            return Err(Misuse::conflict(format!(
                "--png, --gif and --video: expected one movie, found {count}"
            )));
        }
        source::require_order(self.from, self.to)
    }
}

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
        let result = play(args, path, &game, outputs, report)
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

fn play(
    args: &Replay,
    path: &Path,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<Played> {
    let movie = Movie::parse(&files::read(path, Input::Movie)?)?;
    ensure!(!movie.frames.is_empty(), "expected frames, found none");
    require_complete(&movie)?;
    let mut player = game.replay(path, &movie)?;
    game::warn_of_rom(path, &player, report);
    let progress = report.progress(movie.frames.len() as u64, "frames");
    let name = path.file_name().unwrap_or_default();
    progress.set_message(escaped(&name.to_string_lossy()));
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
