//! `kartscope inspect events`: lists the events of a movie's races.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mkds_memory::Ram;
use mkds_memory::events::{Event, RaceEvents};
use serde::Serialize;

use super::LOOK_UP_EVERY;
use super::source::Playback;
use crate::files::{self, Input};
use crate::game::GameFiles;
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
struct MovieEvent {
    movie_frame: u64,
    #[serde(flatten)]
    event: Event,
}

/// Plays a movie and lists the events of its races.
///
/// # Errors
/// When the movie can't be read or played, or the user interrupts.
pub fn run(args: &Events, game: GameFiles<'_>, report: Report) -> Result<()> {
    let mut playback = Playback::open(
        &args.movie,
        &files::read(&args.movie, Input::Movie)?,
        game,
        report,
    )?;
    let progress = report.progress(playback.length(), "frames");
    let mut race = RaceEvents::new().every(1);
    let mut movie_events = Vec::new();
    while let Some(movie_frame) = playback.step()? {
        if movie_frame % LOOK_UP_EVERY == 0 {
            interrupt::check()?;
            progress.set_position(movie_frame);
        }
        // While the game starts, or loads a race, RAM holds no game or an incomplete race: such frames have no events.
        let Ok(ram) = Ram::new(playback.main_ram()) else {
            continue;
        };
        let events = race.update(&ram).unwrap_or_default();
        movie_events.extend(
            events
                .iter()
                .map(|&event| MovieEvent { movie_frame, event }),
        );
    }
    progress.finish_and_clear();
    playback.report_divergence(report);
    report.result(&movie_events, |events, output| print(events, output))
}

fn print(movie_events: &[MovieEvent], output: &mut dyn Write) -> Result<()> {
    writeln!(output, "{:>6} {:>6} driver", "movie", "race")?;
    for MovieEvent { movie_frame, event } in movie_events {
        let driver = event
            .driver
            .map_or_else(|| "-".to_owned(), |driver| driver.to_string());
        write!(output, "{movie_frame:>6} {:>6} {driver:>6}  ", event.frame)?;
        writeln!(output, "{}", event.kind)?;
    }
    Ok(())
}
