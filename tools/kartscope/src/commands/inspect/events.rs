//! `kartscope inspect events`: lists the events of a movie's races.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::LOOK_UP_EVERY;
use super::game::{InspectedGame, RaceEvent};
use super::source::Playback;
use crate::files::{self, Input};
use crate::game::Game;
use crate::interrupt;
use crate::report::Report;

const EVENTS: &str = "\
Examples:
  kartscope inspect events race.dsm
  kartscope inspect events race.dsm --json";

/// `kartscope inspect events`.
#[derive(Debug, Args)]
#[command(after_help = EVENTS)]
pub struct Events {
    /// The movie to play
    pub movie: PathBuf,
}

/// An event, and its frame in the movie.
#[derive(Serialize)]
struct MovieEvent<E> {
    movie_frame: u64,
    #[serde(flatten)]
    event: E,
}

/// Plays a movie and lists the events of its races.
///
/// # Errors
/// When the movie can't be read or played, or the user interrupts.
pub fn run<G: InspectedGame>(args: &Events, game: &Game, report: Report) -> Result<()> {
    let mut playback = Playback::<G>::open(
        &args.movie,
        &files::read(&args.movie, Input::Movie)?,
        game,
        report,
    )?;
    let progress = report.progress(playback.length(), "frames");
    let mut watch = G::Watch::default();
    let mut movie_events = Vec::new();
    while let Some(movie_frame) = playback.step()? {
        if movie_frame % LOOK_UP_EVERY == 0 {
            interrupt::check()?;
            progress.set_position(movie_frame);
        }
        G::watch(&mut watch, playback.machine());
        let events = G::events(&watch).iter().cloned();
        movie_events.extend(events.map(|event| MovieEvent { movie_frame, event }));
    }
    progress.finish_and_clear();
    playback.report_divergence(report);
    report.result(&movie_events, |events, output| print(events, output))
}

fn print(movie_events: &[MovieEvent<impl RaceEvent>], output: &mut dyn Write) -> Result<()> {
    writeln!(output, "{:>6} {:>6} driver", "movie", "race")?;
    for MovieEvent { movie_frame, event } in movie_events {
        let driver = event
            .driver()
            .map_or_else(|| "-".to_owned(), |driver| driver.to_string());
        let (frame, words) = (event.frame(), event.words());
        writeln!(output, "{movie_frame:>6} {frame:>6} {driver:>6}  {words}")?;
    }
    Ok(())
}
