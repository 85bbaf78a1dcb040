//! `kartscope doctor`: checks the installation.

use anyhow::{Context, Result, bail};
use desmume::{Cpu, Options};
use env_kart::driver::ScriptedDriver;
use env_kart::line_driver::Style;
use env_kart::runs::race_movie::{self, Setup};
use env_kart::runs::{Opponent, RunGame as _};
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use env_mkds::runs::console::Console;
use machine::{Machine as _, Picture};
use n64_formats::pad::Frame;
use serde::Serialize;

use crate::arguments::RaceChoice;
use crate::game::Game;
use crate::games::{GameChoice, GameKind, KartGame, MARIO_KART_64, MARIO_KART_DS};
use crate::interrupt;
use crate::report::{Report, causes};

/// Frames of a race that an emulator must run to count as working.
const TRIAL_FRAMES: u64 = 60;
/// Frames after which a Nintendo 64 shows a picture.
const FIRST_PICTURE: u32 = 60;

/// The result of one check.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    found: String,
}

/// Runs all checks and reports their results.
///
/// # Errors
/// When a required part doesn't work.
pub fn run(choice: &GameChoice, report: Report) -> Result<()> {
    let findings = [
        Finding {
            what: "kartscope",
            ok: true,
            found: env!("CARGO_PKG_VERSION").to_owned(),
        },
        processor(),
        finding("emulator core", desmume::core_version().map_err(Into::into)),
        finding("ROM", rom_found(choice)),
        finding("JIT", race_on(Cpu::default())),
        finding("interpreter", race_on(Cpu::Interpreter)),
        of_n64("Mupen64Plus", mupen64plus_found(), choice),
        of_n64(
            "N64 race",
            race::<MarioKart64>(&MARIO_KART_64, &Default::default()),
            choice,
        ),
        of_n64("N64 picture", picture(), choice),
        libtorch(),
        cairo(),
        ffmpeg(),
    ];
    report.result(&findings, |findings, output| {
        for Finding { what, ok, found } in findings {
            let mark = if *ok { "ok" } else { "--" };
            writeln!(output, "{mark}  {what:<14} {found}")?;
        }
        Ok(())
    })?;
    let broken: Vec<String> = findings
        .iter()
        .filter(|finding| !finding.ok)
        .map(|finding| format!("{}: {}", finding.what, finding.found))
        .collect();
    if !broken.is_empty() {
        bail!("not working: {}", broken.join("; "));
    }
    Ok(())
}

fn finding(what: &'static str, result: Result<String>) -> Finding {
    match result {
        Ok(found) => Finding {
            what,
            ok: true,
            found,
        },
        Err(error) => Finding {
            what,
            ok: false,
            found: causes(&error),
        },
    }
}

fn processor() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let found = format!(
        "{} ({}), {cores} cores",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    Finding {
        what: "processor",
        ok: true,
        found,
    }
}

/// Describes the ROM, and whether its addresses are known.
fn rom_found(choice: &GameChoice) -> Result<String> {
    let game = Game::open(choice)?;
    let described = (game.kind.describe)(&game.rom)?;
    Ok(format!(
        "{}: {described}; SHA-256 {}",
        game.name,
        game.sha256()
    ))
}

/// A finding on the Nintendo 64. Without its libraries everything else works: what is missing is an error only where its game
/// is chosen.
fn of_n64(what: &'static str, result: Result<String>, choice: &GameChoice) -> Finding {
    let is_chosen = Game::open(choice).is_ok_and(|game| std::ptr::eq(game.kind, &MARIO_KART_64));
    match result {
        Err(error) if !is_chosen => Finding {
            what,
            ok: true,
            found: format!("no Mario Kart 64: {}", causes(&error)),
        },
        result => finding(what, result),
    }
}

/// The libraries of Mupen64Plus, with their versions.
fn mupen64plus_found() -> Result<String> {
    let libraries = mupen64plus::installed(None).into_iter();
    let names = libraries.map(|(_, name)| name.map_err(Into::into));
    Ok(names.collect::<Result<Vec<_>>>()?.join(", "))
}

/// Races on the bundled game of the DS for a second of game time.
fn race_on(cpu: Cpu) -> Result<String> {
    let console = Console {
        options: Options {
            cpu,
            ..Options::default()
        },
        ..Console::default()
    };
    race::<MarioKartDs>(&MARIO_KART_DS, &console)
}

/// Races on the first course of a bundled game.
fn race<G: KartGame>(kind: &'static GameKind, console: &G::Console) -> Result<String> {
    let game = Game::bundled(kind);
    let choice = RaceChoice {
        course_name: Vec::new(),
        character: 0,
        kart: 0,
    };
    let courses = G::bundled_courses();
    let course = courses.first().context("the bundled game has a course")?;
    let setup = Setup::<G> {
        rom: &game.rom,
        console,
        combo: G::race_of(&choice, course, &game)?,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: TRIAL_FRAMES,
    };
    let mut driver = ScriptedDriver::<G>::new(Style::default());
    race_movie::record(&setup, &mut driver, &mut |_| interrupt::control_flow())?;
    Ok(format!(
        "raced {TRIAL_FRAMES} frames of {course} on the bundled game"
    ))
}

/// Draws a picture of the Nintendo 64's bundled game, for which EGL is needed.
fn picture() -> Result<String> {
    let mut console = MarioKart64::switch_on(MARIO_KART_64.bundled, &Default::default())?;
    for _ in 1..FIRST_PICTURE {
        console.step(&Frame::default(), Picture::Skip)?;
    }
    console.step(&Frame::default(), Picture::Draw)?;
    let shape = mupen64plus::Emulator::HARDWARE.picture;
    Ok(format!(
        "drew {} x {} pixels by EGL",
        shape.width, shape.height
    ))
}

#[cfg(feature = "torch")]
fn libtorch() -> Finding {
    let devices = match learn::device::Device::cuda_count() {
        0 => "cpu".to_owned(),
        count => format!("cpu and {count} CUDA devices"),
    };
    Finding {
        what: "libtorch",
        ok: true,
        found: devices,
    }
}

#[cfg(not(feature = "torch"))]
fn libtorch() -> Finding {
    let found = "left out of this build: no train, no eval".to_owned();
    Finding {
        what: "libtorch",
        ok: true,
        found,
    }
}

#[cfg(feature = "cairo")]
fn cairo() -> Finding {
    Finding {
        what: "cairo",
        ok: true,
        found: drawing::cairo_version(),
    }
}

#[cfg(not(feature = "cairo"))]
fn cairo() -> Finding {
    let found = "left out of this build: no pictures".to_owned();
    Finding {
        what: "cairo",
        ok: true,
        found,
    }
}

/// Reports whether ffmpeg is installed; its absence is no error, since only videos need it.
#[cfg(feature = "cairo")]
fn ffmpeg() -> Finding {
    let found = drawing::export::ffmpeg_version()
        .unwrap_or_else(|error| format!("no replay --video: {error}"));
    Finding {
        what: "ffmpeg",
        ok: true,
        found,
    }
}

#[cfg(not(feature = "cairo"))]
fn ffmpeg() -> Finding {
    let found = "not asked for: no pictures in this build".to_owned();
    Finding {
        what: "ffmpeg",
        ok: true,
        found,
    }
}
