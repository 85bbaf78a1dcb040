//! `kartscope doctor`: checks the installation.

use anyhow::{Result, bail};
use desmume::{Cpu, Emulator, Options, Picture};
use nds_formats::pad::Frame;
use serde::Serialize;

use crate::game::Game;
use crate::games::GameChoice;
use crate::report::{Report, causes};

/// Frames that the emulator must run to count as working.
const TRIAL_FRAMES: u32 = 60;

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
        finding("JIT", trial(Cpu::default())),
        finding("interpreter", trial(Cpu::Interpreter)),
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

/// Runs the bundled game for a second of game time.
fn trial(cpu: Cpu) -> Result<String> {
    let options = Options {
        cpu,
        ..Options::default()
    };
    let mut emulator = Emulator::open(homebrew::ROM, &options)?;
    for _ in 0..TRIAL_FRAMES {
        emulator.step(&Frame::default(), Picture::Skip)?;
    }
    Ok(format!("ran {TRIAL_FRAMES} frames of the bundled game"))
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
