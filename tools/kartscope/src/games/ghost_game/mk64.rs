//! Mario Kart 64's ghosts, on controller paks.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use env_mk64::combo::Combo;
use env_mk64::game::MarioKart64;
use env_mk64::movie::Movie;
use env_mk64::runs::RaceMovie;
use env_mk64::runs::console::Console;
use env_mk64::runs::ghost_movie::{self, PAK_SERIAL};
use learn::dataset::Dataset;
use mk64_formats::ghost::{FILE_SIZE, Ghost, Ghosts, SLOT_COUNT};
use mk64_formats::names::{self, Course};
use n64_formats::pak::Pak;
use n64_formats::pak_file::{Container, PakFile};
use outputs::Kind;
use serde::Serialize;

use super::GhostGame;
use crate::game::Game;
use crate::games::KartGame;
use crate::report::time;

/// The ending of the names of a DexDrive's files.
const DEXDRIVE_ENDING: &str = "n64";

/// Where a ghost lies: on which port's pak, and in which of the game's slots there; both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    port: usize,
    slot: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of port {}", self.slot, self.port)
    }
}

/// A ghost in a few numbers.
#[derive(Serialize)]
pub struct Listed {
    #[serde(flatten)]
    place: Place,
    course_abbreviation: String,
    /// The course's number in RAM.
    course: Option<u8>,
    character: u8,
    total_ms: u32,
    /// How many runs of unchanged input.
    runs: usize,
    /// How many drawn frames, 30 a second.
    drawn_frames: usize,
}

/// The ghosts on a port's pak; `None` if the game has no note there.
fn ghosts_on(file: &PakFile, port: usize) -> Result<Option<Ghosts>> {
    let pak = file.formatted_pak(port);
    match pak.with_context(|| format!("port {port}"))? {
        None => Ok(None),
        Some(pak) => Ok(Ghosts::read_from(&pak)?),
    }
}

fn course_of(ghost: &Ghost) -> Option<&'static Course> {
    Course::by_slot(ghost.course())
}

fn character_name(character: u8) -> &'static str {
    let names = names::CHARACTERS;
    names.get(usize::from(character)).unwrap_or(&"?")
}

impl GhostGame for MarioKart64 {
    type Save = PakFile;
    type Place = Place;
    type Ghost = Ghost;
    type Summary = Listed;

    const SAVE: Kind = Kind {
        name: "a file with controller paks",
        is_one: |bytes| PakFile::parse(bytes).is_ok(),
    };
    const HEADING: &'static str = "port  slot  course  character  time       drawn frames";

    /// The paks of four ports, as Mupen64Plus has them; one as a DexDrive has it for a name that ends in `.n64`.
    fn blank_save(path: &Path) -> PakFile {
        let is_dexdrive = path.extension().is_some_and(|it| it == DEXDRIVE_ENDING);
        let mut file = PakFile::new(match is_dexdrive {
            true => Container::DexDrive,
            false => Container::Ports,
        });
        for port in 0..file.container().count() {
            let formatted = file.set_pak(port, &Pak::formatted(PAK_SERIAL));
            formatted.unwrap_or_else(|error| unreachable!("the container has the port: {error}"));
        }
        file
    }

    fn parse_save(file: &[u8]) -> Result<PakFile> {
        Ok(PakFile::parse(file)?)
    }

    fn save_to_bytes(file: &PakFile) -> Vec<u8> {
        file.bytes().to_vec()
    }

    fn missing(_: &PakFile) -> Option<String> {
        None
    }

    fn ghosts(file: &PakFile) -> Vec<(Place, Result<Ghost>)> {
        let mut found = Vec::new();
        for port in 0..file.container().count() {
            match ghosts_on(file, port) {
                Ok(Some(ghosts)) => found.extend(ghosts.ghosts().map(|(slot, ghost)| {
                    let ghost = ghost.with_context(|| format!("port {port}"));
                    (Place { port, slot }, ghost)
                })),
                Ok(None) => {}
                Err(error) => found.push((Place { port, slot: 0 }, Err(error))),
            }
        }
        found
    }

    fn is_on(_: Place, ghost: Option<&Ghost>, course: &str) -> bool {
        let of = |ghost| course_of(ghost).map(|it| it.abbreviation.eq_ignore_ascii_case(course));
        ghost.and_then(of).unwrap_or(true)
    }

    fn summary(_: &PakFile, place: Place, ghost: &Ghost) -> Result<Listed> {
        Ok(Listed {
            place,
            course_abbreviation: Self::course_label(place, ghost),
            course: course_of(ghost).map(|course| course.id),
            character: ghost.character(),
            total_ms: Self::total_ms(ghost),
            runs: ghost.runs().len(),
            drawn_frames: ghost.frame_count(),
        })
    }

    fn line(listed: &Listed) -> String {
        let Place { port, slot } = listed.place;
        let character = character_name(listed.character);
        format!(
            "{port:>4}  {slot:>4}  {:<6}  {character:<9}  {}  {:>12}",
            listed.course_abbreviation,
            time(listed.total_ms),
            listed.drawn_frames
        )
    }

    fn course_label(_: Place, ghost: &Ghost) -> String {
        course_of(ghost)
            .map_or("?", |course| course.abbreviation)
            .to_owned()
    }

    fn driver_name(ghost: &Ghost) -> String {
        character_name(ghost.character()).to_owned()
    }

    fn file_code(place: Place, ghost: &Ghost) -> String {
        let code = Self::course_label(place, ghost).to_lowercase();
        match place.port {
            0 => code,
            port => format!("{code}_port{port}"),
        }
    }

    fn course_rank(ghost: &Ghost) -> Result<usize> {
        Ok(ghost.course().into())
    }

    fn race_of_ghost(ghost: &Ghost) -> Option<Combo> {
        ghost_movie::combo_of(ghost).ok()
    }

    fn total_ms(ghost: &Ghost) -> u32 {
        ghost.time().ms()
    }

    /// A ghost does not have them.
    fn lap_ms(_: &Ghost) -> Option<Vec<u32>> {
        None
    }

    fn ghost_to_bytes(ghost: &Ghost) -> Result<Vec<u8>> {
        Ok(ghost.to_file())
    }

    fn parse_ghost(file: &[u8]) -> Result<Option<Ghost>> {
        match file.len() {
            FILE_SIZE => Ok(Some(Ghost::parse(file)?)),
            _ => Ok(None),
        }
    }

    /// The place is on the first pak: that of the course's ghost, or else a free one.
    fn put(file: &mut PakFile, ghost: &Ghost, replace: bool) -> Result<Place> {
        let pak = file.formatted_pak(0)?;
        let mut pak = pak.unwrap_or_else(|| Pak::formatted(PAK_SERIAL));
        let mut ghosts = Ghosts::read_from(&pak)?.unwrap_or_else(Ghosts::blank);
        let slot = ghosts.slot_for(ghost.course())?.with_context(|| {
            format!("expected a free slot of {SLOT_COUNT}, found ghosts of other courses in all")
        })?;
        if let (Some(there), false) = (ghosts.ghost(slot)?, replace) {
            bail!(
                "slot {slot} has a ghost of the course already, of {}: add --replace to lose it",
                time(Self::total_ms(&there))
            );
        }
        ghosts.set_ghost(slot, ghost)?;
        ghosts.write_to(&mut pak)?;
        file.set_pak(0, &pak)?;
        Ok(Place { port: 0, slot })
    }

    /// A pak does not tell which game wrote it.
    fn require_own(_: &Game, _: &PakFile) -> Result<()> {
        Ok(())
    }

    fn require_race(game: &Game, combo: &Combo) -> Result<()> {
        let (available, found) = (Self::courses_of(game), Self::course_name(combo));
        ensure!(
            available.contains(&found),
            "{}: expected one of its courses, {}, found {found}",
            game.name,
            available.join(" ")
        );
        Ok(())
    }

    /// Nothing that a console has saved changes a time trial.
    fn memory(_: &Game, _: &PakFile) -> Option<Vec<u8>> {
        None
    }

    fn race(
        rom: &[u8],
        _: Option<&[u8]>,
        ghost: &Ghost,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<RaceMovie> {
        let console = Console::default();
        Ok(ghost_movie::from_ghost(rom, &console, ghost, on_frame)?)
    }

    /// The ghost has no name.
    fn ghost_of_movie(
        rom: &[u8],
        movie: &Movie,
        _: &str,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Ghost> {
        Ok(ghost_movie::to_ghost(rom, movie, on_frame)?)
    }

    fn ghosts_of_dataset(_: &Dataset, _: &str) -> Result<Vec<(String, Ghost, bool)>> {
        bail!(
            "expected a movie, a pak or a ghost for Mario Kart 64, found a dataset, whose rows are not the frames in which its game \
             reads the pad"
        )
    }
}
