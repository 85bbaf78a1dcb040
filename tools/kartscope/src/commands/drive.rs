//! `kartscope drive`: races of the scripted driver, as ghosts or movies.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use env_kart::disturbed::DisturbedDriver;
use env_kart::driver::{RaceDriver, ScriptedDriver};
use env_kart::line_driver::Style;
use env_kart::runs::Opponent;
use env_kart::runs::RunResult;
use env_kart::runs::race_movie::{self, RaceMovie, Setup};
use env_mk64::combo::Combo as Combo64;
use env_mk64::game::MarioKart64;
use env_mk64::runs::console::Console as Console64;
use env_mkds::game::MarioKartDs;
use env_mkds::runs::console::Console;
use mk64_formats::ghost::NOTE_ID;
use mkds_formats::ghost::Combo;
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use mupen64plus::Storage;
use n64_formats::pak::Pak;
use n64_formats::pak_file::PakFile;
use outputs::{Kind, Outputs};
use serde::Serialize;

use crate::arguments::values::whole;
use crate::arguments::{OutputPath, RaceChoice};
use crate::commands::ghosts;
use crate::failures::Failures;
use crate::game::{Game, MovieOutput};
use crate::games::{CourseName, GameChoice, GameId, GhostGame as _, KartGame, of_game};
use crate::report::Report;
use crate::{courses, interrupt, json_path, waiting};

/// `kartscope drive`.
#[derive(Debug, Args)]
pub struct Drive {
    /// The races.
    #[command(flatten)]
    pub races: RaceChoice,
    /// Continue the race of a save state, DeSmuME's (.dst, .ds0 to .ds9) or kartscope's, in place of starting through the
    /// menus: only a movie is written, with the state beside it
    #[arg(
        long,
        value_name = "FILE",
        requires = "movies",
        conflicts_with_all = ["course_name", "character", "kart", "against_ghost", "output"]
    )]
    pub state: Option<PathBuf>,
    /// Style of the driver: each seed drives another line
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
    /// Drive without drifts, away from the road's edges: slower, and easier to learn from
    #[arg(long)]
    pub calm: bool,
    /// Push the driver off its line at random; the movies mark the frames that it drives itself as corrections, from which
    /// `record --corrections` makes a dataset
    #[arg(long, requires = "movies")]
    pub disturb: bool,
    /// Race against the save file's ghost of the course
    #[arg(long)]
    pub against_ghost: bool,
    /// Folder for the races as movies; none are written when left out. Races of Mario Kart 64 are movies (.m64),
    /// each with the controller paks (.mpk) beside it that have the game's ghost of the race
    #[arg(long, value_name = "DIR")]
    pub movies: Option<OutputPath>,
    /// The save file to write, with one ghost a course. An existing save is used and kept; a course of which it has a ghost
    /// is raced only with --replace or for a movie. Of Mario Kart 64 its name without the ending is a part of the movies' names
    #[arg(long, short, value_name = "SAVE", default_value = "ghosts.sav")]
    pub output: OutputPath,
    /// Replace ghosts of the save that are slower than the driver
    #[arg(long, conflicts_with = "state")]
    pub replace: bool,
}

/// Frames after which a race has failed: ten minutes.
const FRAME_LIMIT: u64 = 36_000;

/// The ending of the names of controller paks beside a movie.
const PAKS_ENDING: &str = "mpk";

/// Controller paks that such a race left: without notes of other games.
const GHOSTS_ALONE: Kind = Kind {
    name: "controller paks with nothing but ghosts of Mario Kart 64",
    is_one: |bytes| {
        let pak = PakFile::parse(bytes).and_then(|file| file.formatted_pak(0));
        let is_own = |pak: Pak| pak.notes().all(|(_, note)| note == NOTE_ID);
        pak.is_ok_and(|pak| pak.is_none_or(is_own))
    },
};

/// One race.
#[derive(Serialize)]
struct Race {
    course: String,
    total_ms: u32,
    lap_ms: Vec<u32>,
    /// Whether the race was stored as the course's ghost: when there was none, or with --replace none that was faster. Null
    /// for a race from a save state, whose save memory is not kept.
    stored: Option<bool>,
    /// The movie of the race, if movies are written.
    #[serde(serialize_with = "json_path::optional")]
    movie: Option<PathBuf>,
    /// The controller paks beside the movie, with the game's ghost of the race: of Mario Kart 64 only.
    #[serde(
        serialize_with = "json_path::optional",
        skip_serializing_if = "Option::is_none"
    )]
    paks: Option<PathBuf>,
}

/// The path of a race's movie.
fn movie_path<G: KartGame>(folder: &Path, args: &Drive, combo: &G::Combo) -> PathBuf {
    let stem = args
        .output
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let (course, ending) = (G::course_name(combo), G::MOVIES.ending);
    folder.join(format!("{course}_{stem}.{ending}"))
}

/// Continues the race of a save state, or races each course from power-on.
///
/// # Errors
/// When the game does not have a course, the state can't be read, a race doesn't finish, or the save or a movie can't be
/// written. The other races are kept.
pub fn run(args: &Drive, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    let game = Game::open(choice)?;
    interrupt::catch()?;
    let mut failures = Failures::none("races", report);
    let races = match (&args.state, &args.movies, game.kind.id) {
        (Some(state), Some(folder), _) => {
            vec![of_game!(game.kind, G => race_on::<G>(&game, state, args, folder, outputs))?]
        }
        (_, _, GameId::MarioKartDs) => race_courses(&game, args, outputs, &mut failures, report)?,
        (_, Some(folder), GameId::MarioKart64) => {
            record_courses(&game, args, folder, outputs, &mut failures, report)?
        }
        (_, None, GameId::MarioKart64) => bail!(
            "--movies: expected a folder, since races of Mario Kart 64 are written as movies, found none"
        ),
    };
    report.summary(&races, |races, output| {
        for race in races {
            let kept = match (race.stored, &race.movie) {
                (None, Some(movie)) => movie.display().to_string(),
                (Some(true), _) => "stored".to_owned(),
                _ if args.replace => "not faster than the ghost there is".to_owned(),
                _ => "the ghost there is stays".to_owned(),
            };
            writeln!(output, "{:<5} {:>7} ms  {kept}", race.course, race.total_ms)?;
        }
        Ok(())
    })?;
    interrupt::check_keeping(races.len(), format_args!("{} races are kept", races.len()))?;
    failures.end()
}

/// Races each course and writes the save memory with the game's ghosts.
///
/// An existing save is used. Its ghosts stay, unless the user passes `--replace`: then the game decides whether a
/// race replaces its ghost.
fn race_courses(
    game: &Game,
    args: &Drive,
    outputs: &Outputs,
    failures: &mut Failures,
    report: Report,
) -> Result<Vec<Race>> {
    outputs.require_free(&args.output, MarioKartDs::SAVE)?;
    let save = save_of(game, args)?;
    let is_raced = |course: &&Course| {
        let is_free = matches!(save.ghost(course.slot.into()), Ok(None));
        is_free || args.replace || args.against_ghost || args.movies.is_some()
    };
    let courses = courses_of::<MarioKartDs>(game, &args.races.course_name)?;
    let courses = courses.iter().map(|name| {
        let course = courses::by_name(name)?;
        game.require_course(course)?;
        Ok(course)
    });
    let courses: Vec<&Course> = courses.collect::<Result<_>>()?;
    let (courses, kept): (Vec<&Course>, Vec<&Course>) = courses.into_iter().partition(is_raced);
    for course in &kept {
        report.note(format_args!(
            "{}: {} has a ghost already: --replace races for its place",
            course.abbreviation,
            args.output.display()
        ));
    }
    ensure!(
        !courses.is_empty(),
        "{}: expected a course without a ghost, found none: add --replace to lose the ghosts that the driver is faster than",
        args.output.display()
    );
    let progress = report.progress(courses.len() as u64, "races");
    let mut races = Vec::new();
    for course in courses {
        progress.set_message(course.abbreviation);
        let combo = args.races.on(course);
        let race = race(game, combo, course.slot.into(), args, outputs, report)
            .with_context(|| format!("racing {} on {}", course.abbreviation, game.name));
        progress.inc(1);
        let Some(race) = failures.keep(race) else {
            if interrupt::requested() {
                break;
            }
            continue;
        };
        report.step(format_args!("{}: {} ms", race.course, race.total_ms));
        races.push(race);
    }
    progress.finish_and_clear();
    Ok(races)
}

/// The save to race with: the output if it exists, else a blank one.
fn save_of(game: &Game, args: &Drive) -> Result<Save> {
    let path = &args.output;
    if std::fs::metadata(&**path).map_or(true, |there| there.len() == 0) {
        return Ok(Save::blank());
    }
    let save = ghosts::read_save::<MarioKartDs>(path)?;
    game.require_own(&save)
        .with_context(|| path.display().to_string())?;
    Ok(save)
}

/// Continues the race of a save state and writes it as a movie, with the state beside it.
fn race_on<G: KartGame>(
    game: &Game,
    state: &Path,
    args: &Drive,
    folder: &Path,
    outputs: &Outputs,
) -> Result<Race> {
    let start = game.start_from::<G>(state, &G::Console::default())?;
    let stem = state.file_stem().unwrap_or_default().to_string_lossy();
    let movie = folder.join(format!("{stem}_{}.{}", args.seed, G::MOVIES.ending));
    let output = MovieOutput::begin::<G>(outputs, &movie, Some(&start.state))?;
    let run = drive::<G>(args, |driver| {
        race_movie::record_from_state(start, FRAME_LIMIT, driver, &mut |_| {
            interrupt::control_flow()
        })
    });
    interrupt::check()?;
    let finished = run.and_then(|run| {
        run.outcome.require_match()?;
        Ok(run)
    });
    let run =
        finished.with_context(|| format!("racing {} on from {}", game.name, state.display()))?;
    output.commit::<G>(run.movie)?;
    Ok(Race {
        course: G::course_name(&run.combo),
        total_ms: run.outcome.total_ms,
        lap_ms: run.lap_ms,
        stored: None,
        movie: Some(movie),
        paks: None,
    })
}

/// Races each course of Mario Kart 64 and writes the races as movies, each with the controller paks beside it.
fn record_courses(
    game: &Game,
    args: &Drive,
    folder: &Path,
    outputs: &Outputs,
    failures: &mut Failures,
    report: Report,
) -> Result<Vec<Race>> {
    ensure!(
        !args.replace && !args.against_ghost,
        "--replace and --against-ghost: expected neither for {}, whose ghosts lie beside the movies, found one",
        game.kind.title
    );
    let courses = courses_of::<MarioKart64>(game, &args.races.course_name)?;
    let combos = courses
        .iter()
        .map(|course| MarioKart64::race_of(&args.races, course, game));
    let combos: Vec<Combo64> = combos.collect::<Result<_>>()?;
    let progress = report.progress(combos.len() as u64, "races");
    let mut races = Vec::new();
    for combo in combos {
        let course = MarioKart64::course_name(&combo);
        progress.set_message(course.clone());
        let race = record_course(game, combo, args, folder, outputs)
            .with_context(|| format!("racing {course} on {}", game.name));
        progress.inc(1);
        let Some(race) = failures.keep(race) else {
            if interrupt::requested() {
                break;
            }
            continue;
        };
        report.step(format_args!("{}: {} ms", race.course, race.total_ms));
        races.push(race);
    }
    progress.finish_and_clear();
    Ok(races)
}

fn record_course(
    game: &Game,
    combo: Combo64,
    args: &Drive,
    folder: &Path,
    outputs: &Outputs,
) -> Result<Race> {
    let path = movie_path::<MarioKart64>(folder, args, &combo);
    let paks_path = path.with_extension(PAKS_ENDING);
    let output = MovieOutput::begin::<MarioKart64>(outputs, &path, None)?;
    let paks_output = outputs.begin(&paks_path, GHOSTS_ALONE)?;
    let setup = Setup::<MarioKart64> {
        rom: &game.rom,
        console: &Console64::default(),
        combo,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: FRAME_LIMIT,
    };
    let run = drive::<MarioKart64>(args, |driver| {
        race_movie::record(&setup, driver, &mut |_| interrupt::control_flow())
    });
    interrupt::check()?;
    let run = run?;
    run.outcome.require_match()?;
    let paks = run
        .saved
        .iter()
        .find(|(storage, _)| *storage == Storage::Paks);
    let (_, paks) = paks.context("a console with controller paks")?;
    paks_output.commit_with(paks)?;
    output.commit::<MarioKart64>(run.movie)?;
    Ok(Race {
        course: MarioKart64::course_name(&combo),
        total_ms: run.outcome.total_ms,
        lap_ms: run.lap_ms,
        stored: None,
        movie: Some(path),
        paks: Some(paks_path),
    })
}

/// Lets the driver that the options describe race in `record`. The movie of a disturbed race marks the frames that the driver drove itself.
fn drive<G: KartGame>(
    args: &Drive,
    record: impl FnOnce(&mut RaceDriver<'_, G>) -> RunResult<RaceMovie<G>, G>,
) -> RunResult<RaceMovie<G>, G> {
    let mut driver = ScriptedDriver::<G>::new(match args.calm {
        true => Style::calm(args.seed),
        false => Style::seeded(args.seed),
    });
    if !args.disturb {
        return record(&mut driver);
    }
    let mut driver = DisturbedDriver::new(driver, args.seed);
    let mut run = record(&mut driver)?;
    driver.corrections(&run).write_to(&mut run.movie);
    Ok(run)
}

/// The courses that the command line names; if none, all of the game.
fn courses_of<G: KartGame>(game: &Game, named: &[CourseName]) -> Result<Vec<String>> {
    if !named.is_empty() {
        return Ok(named.iter().map(|course| course.0.clone()).collect());
    }
    if !game.bundled {
        bail!(
            "--course-name: expected courses to race on {}, found none",
            game.name
        );
    }
    Ok(G::bundled_courses())
}

/// Races a course and writes its ghost at once, so that an interruption loses only the current race. The save is
/// locked between reading and writing it.
fn race(
    game: &Game,
    combo: Combo,
    slot: usize,
    args: &Drive,
    outputs: &Outputs,
    report: Report,
) -> Result<Race> {
    let mut output = waiting::begin(outputs, &args.output, MarioKartDs::SAVE, report)?;
    let save = save_of(game, args)?;
    let may_store = args.replace || matches!(save.ghost(slot), Ok(None));
    let movie = args
        .movies
        .as_ref()
        .map(|folder| movie_path::<MarioKartDs>(folder, args, &combo));
    let movie_output = match &movie {
        Some(path) => Some(MovieOutput::begin::<MarioKartDs>(outputs, path, None)?),
        None => None,
    };
    let console = Console {
        battery: Some(save.battery().to_vec()),
        ..Console::default()
    };
    let setup = Setup::<MarioKartDs> {
        rom: &game.rom,
        console: &console,
        combo,
        opponent: match args.against_ghost {
            true => Opponent::Ghost,
            false => Opponent::None,
        },
        expected_ms: None,
        frame_limit: FRAME_LIMIT,
    };
    let run = drive::<MarioKartDs>(args, |driver| {
        race_movie::record(&setup, driver, &mut |_| interrupt::control_flow())
    });
    interrupt::check()?;
    let run = run?;
    run.outcome.require_match()?;
    if let Some(movie_output) = movie_output {
        movie_output.commit::<MarioKartDs>(run.movie)?;
    }
    let is_stored = may_store && run.saved != save.battery();
    if may_store {
        let after = save
            .with_battery(&run.saved)
            .context("the game's save memory")?;
        output
            .write_all(&after.to_bytes())
            .with_context(|| format!("can't write {}", args.output.display()))?;
        output.commit()?;
    }
    Ok(Race {
        course: courses::code(combo.course),
        total_ms: run.outcome.total_ms,
        lap_ms: run.lap_ms,
        stored: Some(is_stored),
        movie,
        paks: None,
    })
}
