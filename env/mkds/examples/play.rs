//! Plays a movie and prints the kart's position in each frame, or cuts a movie: used by `cargo xtask peers`.
//!
//! usage: play MOVIE ROM
//!        play MOVIE ROM FRAME OUT
//!
//! Standard output has one line a frame: its number, the kart's position in 1/4096 units (`- - -` while there is no
//! race), and every 60 frames and after the last one the CRC-32 of main RAM (`-` otherwise).
//!
//! With FRAME the frames from there on become the movie OUT, which starts from a save state beside it.
#![allow(clippy::print_stdout, reason = "the answers")]

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use desmume::Picture;
use env_mkds::runs::Replay;
use mkds_memory::Ram;
use nds_formats::battery;
use nds_formats::dsm::Movie;
use nds_formats::rom;

const CHECKSUM_EVERY: u64 = 60;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, rom, cut @ ..] = arguments.as_slice() else {
        bail!("usage: play MOVIE ROM [FRAME OUT]");
    };
    let movie = Movie::parse(&fs::read(path)?)?;
    let rom = fs::read(rom)?;
    let replay = if movie.header.starts_from_state()? {
        let state = Path::new(path).with_extension("dst");
        Replay::open_from_state(&rom, &movie, &fs::read(state)?)?
    } else {
        Replay::open(&rom, &movie)?
    };
    match cut {
        [] => play(replay),
        [frame, out] => cut_movie(replay, movie, frame.parse()?, Path::new(out)),
        _ => bail!("usage: play MOVIE ROM [FRAME OUT]"),
    }
}

fn play(mut replay: Replay) -> Result<()> {
    let last = replay.frames().len().saturating_sub(1) as u64;
    let mut answers = BufWriter::new(std::io::stdout().lock());
    while let Some(frame) = replay.step(Picture::Skip)? {
        let ram = replay.machine().main_ram();
        let position = match Ram::new(ram)?.race()? {
            Some(race) => {
                let position = race.driver(0)?.position();
                format!("{} {} {}", position.x.0, position.y.0, position.z.0)
            }
            None => "- - -".to_owned(),
        };
        let checksum = if frame % CHECKSUM_EVERY == 0 || frame == last {
            format!("{:08x}", rom::checksum(ram))
        } else {
            "-".to_owned()
        };
        writeln!(answers, "{frame} {position} {checksum}")?;
    }
    answers.flush()?;
    Ok(())
}

/// Plays to `frame` and writes the rest as a movie that starts there. The movie contains the save memory of that
/// frame: DeSmuME does not restore the save memory of a state.
fn cut_movie(mut replay: Replay, mut movie: Movie, frame: usize, out: &Path) -> Result<()> {
    ensure!(
        frame < movie.frames.len(),
        "FRAME: expected one of the movie's {}, found {frame}",
        movie.frames.len()
    );
    for _ in 0..frame {
        replay.step(Picture::Skip)?.context("the movie ended")?;
    }
    let emulator = replay.machine_mut();
    fs::write(out.with_extension("dst"), emulator.save_state()?.to_dst()?)?;
    let battery = emulator.battery()?;
    movie.frames.drain(..frame);
    // The comments count frames from power-on.
    movie.header.remove("comment");
    movie.header.set("savestate", "1")?;
    let sram = (!battery.is_empty()).then(|| battery::with_footer(&battery));
    movie.header.set_sram(sram.transpose()?.as_deref());
    fs::write(out, movie.to_bytes())?;
    Ok(())
}
