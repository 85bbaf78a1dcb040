//! `kartscope drive`: ghosts without a human.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use desmume::Options;
use env_mkds::disturbed::DisturbedPilot;
use env_mkds::menus::Opponent;
use env_mkds::race_movie::{self, Pilot, RaceMovie, Setup};
use env_mkds::scripted::{ScriptedPilot, Style};
use mkds_formats::ghost::Combo;
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use serde::Serialize;

use crate::cli::Drive;
use crate::game::{self, Game};
use crate::report::Report;
use crate::{courses, files, interrupt};

/// Frames that a race may take: ten minutes.
const FRAME_LIMIT: u64 = 36_000;

/// One race.
#[derive(Serialize)]
struct Race {
    course: String,
    total_ms: u32,
    lap_ms: Vec<u32>,
    /// Whether the game kept the race as the course's ghost: it does when there is none that is faster. Null for a race
    /// from a save state, whose save memory is not kept.
    stored: Option<bool>,
    /// The race as a movie, if that was asked for.
    movie: Option<PathBuf>,
}

/// Where a race's movie goes.
fn movie_path(folder: &Path, args: &Drive, combo: Combo) -> PathBuf {
    let stem = args
        .output
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    folder.join(format!("{}_{stem}.dsm", courses::code(combo.course)))
}

/// Races on from a save state, or else each course from power-on.
///
/// # Errors
/// When a course is unknown, the state can't be read, a race doesn't finish, or the save or a movie can't be written.
pub fn run(args: &Drive, rom: Option<&Path>, report: Report) -> Result<()> {
    let game = Game::open(rom)?;
    interrupt::catch()?;
    let races = match (&args.state, &args.movies) {
        (Some(state), Some(folder)) => vec![race_on(&game, state, args, folder)?],
        _ => race_courses(&game, args, report)?,
    };
    report.result(&races, |races, output| {
        for race in races {
            let kept = match (race.stored, &race.movie) {
                (None, Some(movie)) => movie.display().to_string(),
                (Some(true), _) => "stored".to_owned(),
                _ => "not faster than the ghost there is".to_owned(),
            };
            writeln!(output, "{:<5} {:>7} ms  {kept}", race.course, race.total_ms)?;
        }
        Ok(())
    })
}

/// Races each course and writes the save memory with the game's ghosts.
///
/// A save that is there is taken as it is: the game decides whether a race replaces its ghost.
fn race_courses(game: &Game, args: &Drive, report: Report) -> Result<Vec<Race>> {
    let courses = courses_of(game, &args.course_name)?;
    let mut save = match args.output.exists() {
        true => Save::parse(&files::read(&args.output)?)
            .with_context(|| args.output.display().to_string())?,
        false => Save::blank(),
    };
    let progress = report.progress(courses.len() as u64, "races");
    let mut races = Vec::new();
    for course in courses {
        progress.set_message(course.abbreviation);
        let combo = Combo {
            character: args.character,
            kart: args.kart,
            course: course.id,
        };
        let race = race(game, combo, args, &mut save)
            .with_context(|| format!("racing {} on {}", course.abbreviation, game.name))?;
        report.step(format_args!("{}: {} ms", race.course, race.total_ms));
        // Each race is kept at once, so that an interrupted drive loses only the race it was in.
        files::write_bytes(&args.output, &save.to_bytes())?;
        races.push(race);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(races)
}

/// Races on from a save state and writes the race as a movie, with the state beside it.
fn race_on(game: &Game, state: &Path, args: &Drive, folder: &Path) -> Result<Race> {
    let start = game.start_from(state, &Options::default())?;
    let stem = state.file_stem().unwrap_or_default().to_string_lossy();
    let movie = folder.join(format!("{stem}_{}.dsm", args.seed));
    let run = drive(args, |pilot| {
        race_movie::record_from_state(start, FRAME_LIMIT, pilot, &mut |_| {
            interrupt::control_flow()
        })
    });
    interrupt::check()?;
    let finished = run.and_then(|run| run.outcome.require_match().map(|_| run));
    let run =
        finished.with_context(|| format!("racing {} on from {}", game.name, state.display()))?;
    game::write_movie(&movie, &run.movie, run.state.as_deref())?;
    Ok(Race {
        course: courses::code(run.combo.course),
        total_ms: run.outcome.total_ms,
        lap_ms: run.lap_ms,
        stored: None,
        movie: Some(movie),
    })
}

/// Has the driver that was asked for race in `record`. The movie of a disturbed race names what the driver drove itself.
fn drive(
    args: &Drive,
    record: impl FnOnce(&mut dyn Pilot) -> env_mkds::Result<RaceMovie>,
) -> env_mkds::Result<RaceMovie> {
    let mut pilot = ScriptedPilot::new(match args.calm {
        true => Style::calm(args.seed),
        false => Style::seeded(args.seed),
    });
    if !args.disturb {
        return record(&mut pilot);
    }
    let mut pilot = DisturbedPilot::new(pilot, args.seed);
    let mut run = record(&mut pilot)?;
    pilot.corrections(&run).write_to(&mut run.movie);
    Ok(run)
}

/// The courses that were asked for: all of the bundled game's when none was.
fn courses_of(game: &Game, names: &[String]) -> Result<Vec<&'static Course>> {
    if !names.is_empty() {
        return courses::by_name(names);
    }
    if !game.bundled {
        bail!(
            "--course-name: expected courses to race on {}, found none",
            game.name
        );
    }
    Ok(homebrew::COURSES
        .iter()
        .filter_map(|course| Course::by_id(course.id))
        .collect())
}

fn race(game: &Game, combo: Combo, args: &Drive, save: &mut Save) -> Result<Race> {
    let setup = Setup {
        rom: &game.rom,
        battery: Some(save.battery()),
        options: &Options::default(),
        combo,
        opponent: match args.against_ghost {
            true => Opponent::Ghost,
            false => Opponent::None,
        },
        expected_ms: None,
        frame_limit: FRAME_LIMIT,
    };
    let run = drive(args, |pilot| {
        race_movie::record(&setup, pilot, &mut |_| interrupt::control_flow())
    });
    interrupt::check()?;
    let run = run?;
    run.outcome.require_match()?;
    let movie = args
        .movies
        .as_ref()
        .map(|folder| movie_path(folder, args, combo));
    if let Some(movie) = &movie {
        files::write_bytes(movie, &run.movie.to_bytes())?;
    }
    let before = save.to_bytes();
    *save = Save::parse(&run.battery).context("the game's save memory")?;
    Ok(Race {
        course: courses::code(combo.course),
        total_ms: run.outcome.total_ms,
        lap_ms: run.lap_ms,
        stored: Some(save.to_bytes() != before),
        movie,
    })
}
