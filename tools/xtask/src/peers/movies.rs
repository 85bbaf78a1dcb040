//! Compares movies in both directions: ours in py-desmume's player, and those of its recorder in ours.
//!
//! The kart's position is compared in each frame, a checksum of all of main RAM in each sixtieth and the last.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use nds_formats::battery;
use nds_formats::dsm::{Form, Movie};
use serde::Serialize;

use super::package::{Log, PY_DESMUME};
use super::race::{Race, Races};
use crate::commands;

/// Frames of a race, from its start, that the peer records: the start signal and a stretch of road.
const RECORDED: usize = 900;
/// Frames into a race at which movies start from a save state.
const STATE_AT: usize = 400;
/// The least distance, in units, that the kart must move for a comparison to be meaningful.
const MOVED: f64 = 50.0;

/// The result of one movie.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// Which program made it, of what, and which played it.
    pub what: String,
    /// The movie.
    pub movie: PathBuf,
    /// Frames played.
    pub frames: usize,
    /// Frames at which all of main RAM was compared.
    pub checksums: usize,
    /// The kart's position after the last frame, in 1/4096 units.
    pub position: [i32; 3],
}

/// Plays the movies of all races, and for the first race records and plays every kind of movie.
///
/// # Errors
/// When a movie's two replays differ, or a program fails.
pub fn compare(root: &Path, out: &Path, races: &Races) -> Result<Vec<Replayed>> {
    let player = build_player(root)?;
    let both = Both {
        root,
        out,
        rom: &races.rom,
        player,
    };
    let mut replayed = Vec::new();
    for (index, race) in races.races.iter().enumerate() {
        let movie = Movie::parse(&fs::read(&race.movie)?)?;
        both.written(race, "", &movie, &mut replayed)?;
        if index > 0 {
            continue;
        }
        let mut interpreter = movie.clone();
        interpreter.header.set_jit_block_size(0);
        both.written(race, " in the interpreter", &interpreter, &mut replayed)?;
        let mut binary = movie.clone();
        binary.set_form(Form::Binary)?;
        both.written(race, " in the binary form", &binary, &mut replayed)?;
        let sram = battery::with_footer(&fs::read(&races.save)?)?;
        let mut from_sram = movie.clone();
        from_sram.header.set_sram(Some(&sram));
        both.written(race, " from battery memory", &from_sram, &mut replayed)?;
        both.cut(race, &mut replayed)?;
        for start in [Start::Blank, Start::Sram(sram), Start::State] {
            both.recorded(race, &movie, &start, &mut replayed)?;
        }
    }
    Ok(replayed)
}

/// How a recording starts.
enum Start {
    Blank,
    Sram(Vec<u8>),
    State,
}

/// The two players.
struct Both<'a> {
    root: &'a Path,
    out: &'a Path,
    rom: &'a Path,
    player: PathBuf,
}

impl Both<'_> {
    /// Plays a movie of ours in both players.
    fn written(
        &self,
        race: &Race,
        how: &str,
        movie: &Movie,
        replayed: &mut Vec<Replayed>,
    ) -> Result<()> {
        let what = format!("{}{how}", race.course);
        let path = self.file(&what, "dsm");
        fs::write(&path, movie.to_bytes())
            .with_context(|| format!("can't write {}", path.display()))?;
        replayed.push(self.play(format!("written here: {what}"), &path)?);
        Ok(())
    }

    /// Plays the rest of a race of ours from a save state of ours in both players.
    fn cut(&self, race: &Race, replayed: &mut Vec<Replayed>) -> Result<()> {
        let what = format!("{} from a save state", race.course);
        let path = self.file(&what, "dsm");
        let frame = race.start as usize + STATE_AT;
        commands::run(
            Command::new(&self.player)
                .arg(&race.movie)
                .arg(self.rom)
                .arg(frame.to_string())
                .arg(&path),
        )?;
        replayed.push(self.play(format!("written here: {what}"), &path)?);
        Ok(())
    }

    /// Lets the peer record a race with our movie's keys, and plays it in both players.
    fn recorded(
        &self,
        race: &Race,
        movie: &Movie,
        start: &Start,
        replayed: &mut Vec<Replayed>,
    ) -> Result<()> {
        let (name, how, before) = match start {
            Start::Blank => ("blank", "from power-on", 0),
            Start::Sram(_) => ("sram", "from battery memory", 0),
            Start::State => ("state", "from a save state", race.start as usize + STATE_AT),
        };
        let what = format!("{} {how}, recorded", race.course);
        let path = self.file(&what, "dsm");
        let pads = self.file(&what, "pads");
        let end = race.start as usize + RECORDED;
        let frames = movie.frames.iter().take(end);
        let lines: String = frames
            .map(|frame| format!("{}\n", frame.pad.bits()))
            .collect();
        fs::write(&pads, lines)?;
        let log = Log(self.file(&what, "log"));
        let mut command = PY_DESMUME.script(self.root, "movies.py", &log)?;
        command
            .arg("record")
            .arg(self.rom)
            .arg(&path)
            .arg(&pads)
            .arg(before.to_string())
            .arg(name);
        if let Start::Sram(sram) = start {
            command.arg(self.keep_battery(&log, sram)?);
        }
        let session = sightings(&mut command, |status| log.check(PY_DESMUME.name, status))?;
        let what = format!("recorded there: {} {how}", race.course);
        let found = self.play(what, &path)?;
        let last = session.last().context("nothing was recorded")?;
        ensure!(
            session.len() == found.frames && last.position == Some(found.position),
            "{}: while it was recorded it had {} frames and ended at {:?}, replayed {} and {:?}",
            found.what,
            session.len(),
            last.position,
            found.frames,
            found.position
        );
        replayed.push(found);
        Ok(())
    }

    /// Plays a movie in both players and compares each frame.
    fn play(&self, what: String, movie: &Path) -> Result<Replayed> {
        let ours = sightings(
            Command::new(&self.player).arg(movie).arg(self.rom),
            |status| {
                ensure!(status.success(), "{}: {status}", self.player.display());
                Ok(())
            },
        )?;
        let log = Log(movie.with_extension("log"));
        let mut command = PY_DESMUME.script(self.root, "movies.py", &log)?;
        command.arg("play").arg(self.rom).arg(movie);
        let mut header = Movie::parse(&fs::read(movie)?)?.header;
        header.remove("savestate");
        if let Some(sram) = header.sram()? {
            self.keep_battery(&log, &sram)?;
        }
        let theirs = sightings(&mut command, |status| log.check(PY_DESMUME.name, status))?;
        for (ours, theirs) in ours.iter().zip(&theirs) {
            ensure!(
                ours == theirs,
                "{what}: {}: here {ours}, {} {theirs}",
                movie.display(),
                PY_DESMUME.name
            );
        }
        ensure!(
            ours.len() == theirs.len(),
            "{what}: {} frames here, {} there",
            ours.len(),
            theirs.len()
        );
        let positions: Vec<[i32; 3]> = ours.iter().filter_map(|frame| frame.position).collect();
        let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
            anyhow::bail!("{what}: {}: no race", movie.display());
        };
        ensure!(
            farthest(*first, &positions) >= MOVED,
            "{what}: {}: the kart stayed where it was, which proves nothing",
            movie.display()
        );
        Ok(Replayed {
            what,
            movie: movie.to_owned(),
            frames: ours.len(),
            checksums: ours.iter().filter(|frame| frame.checksum.is_some()).count(),
            position: *last,
        })
    }

    /// Writes a battery file at the path where the peer looks for the game's, as for a player who has saved before.
    ///
    /// Without it, the peer plays no movie with battery memory correctly: it does not record the memory's size, and blanks
    /// the memory when the game first writes to it.
    fn keep_battery(&self, log: &Log, battery: &[u8]) -> Result<PathBuf> {
        let name = self.rom.file_stem().context("the ROM has no name")?;
        let folder = log.home().join(".config/desmume");
        let file = folder.join(name).with_extension("dsv");
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, battery))
            .with_context(|| format!("can't write {}", file.display()))?;
        Ok(file)
    }

    fn file(&self, what: &str, extension: &str) -> PathBuf {
        let name = what.replace(", ", "_").replace(' ', "_");
        self.out.join(format!("{name}.{extension}"))
    }
}

/// How far from `start` the positions get, units.
fn farthest(start: [i32; 3], positions: &[[i32; 3]]) -> f64 {
    let distance = |position: &[i32; 3]| {
        let along = |axis: usize| f64::from(position[axis]) - f64::from(start[axis]);
        along(0).hypot(along(2)) / 4096.0
    };
    positions.iter().map(distance).fold(0.0, f64::max)
}

/// A player's report on a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sighting {
    frame: usize,
    position: Option<[i32; 3]>,
    checksum: Option<u32>,
}

impl std::fmt::Display for Sighting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "frame {}: the kart ", self.frame)?;
        match self.position {
            Some(position) => write!(f, "at {position:?}"),
            None => f.write_str("nowhere"),
        }?;
        match self.checksum {
            Some(checksum) => write!(f, ", RAM {checksum:08x}"),
            None => Ok(()),
        }
    }
}

impl Sighting {
    fn parse(line: &str) -> Option<Self> {
        let [frame, x, y, z, checksum] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let position = match [x, y, z] {
            ["-", "-", "-"] => None,
            parts => {
                let [x, y, z] = parts.map(|part| part.parse().ok());
                Some([x?, y?, z?])
            }
        };
        let checksum = match checksum {
            "-" => None,
            digits => Some(u32::from_str_radix(digits, 16).ok()?),
        };
        Some(Self {
            frame: frame.parse().ok()?,
            position,
            checksum,
        })
    }
}

/// A player's reports; an error if it failed.
fn sightings(
    command: &mut Command,
    check: impl Fn(std::process::ExitStatus) -> Result<()>,
) -> Result<Vec<Sighting>> {
    let output = command
        .stdout(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .with_context(|| format!("can't start {command:?}"))?;
    check(output.status)?;
    let text = String::from_utf8(output.stdout).context("a player's answer")?;
    let sightings: Vec<Sighting> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            Sighting::parse(line)
                .filter(|sighting| sighting.frame == number)
                .with_context(|| {
                    format!("{command:?}: expected \"{number} X Y Z CRC\", found {line:?}")
                })
        })
        .collect::<Result<_>>()?;
    Ok(sightings)
}

fn build_player(root: &Path) -> Result<PathBuf> {
    commands::build_example(root, "play")
}

#[cfg(test)]
mod tests {
    use super::Sighting;

    #[test]
    fn a_players_line_is_read_whole_or_not_at_all() {
        let nowhere = Sighting {
            frame: 0,
            position: None,
            checksum: Some(0x49dd_7908),
        };
        assert_eq!(Sighting::parse("0 - - - 49dd7908"), Some(nowhere));
        let somewhere = Sighting {
            frame: 906,
            position: Some([27644, 0, -340_798]),
            checksum: None,
        };
        assert_eq!(Sighting::parse("906 27644 0 -340798 -"), Some(somewhere));
        for broken in [
            "",
            "0 - - -",
            "0 - 1 - -",
            "x 1 2 3 -",
            "0 1 2 3 wxyz",
            "0 1 2 3 - -",
        ] {
            assert_eq!(Sighting::parse(broken), None, "{broken}");
        }
    }
}
