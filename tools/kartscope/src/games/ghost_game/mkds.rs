//! Mario Kart DS's ghosts, in its save files.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use desmume::Options;
use env_mkds::game::MarioKartDs;
use env_mkds::runs::{RaceMovie, ghost_movie};
use learn::dataset::{Dataset, Outcome};
use mkds_formats::ghost::{Combo, Ghost, GhostSummary, RaceTime, SLOT_SIZE};
use mkds_formats::names::{COURSE_SLOTS, Course};
use mkds_formats::sav::Save;
use nds_formats::dsm::Movie;
use nds_formats::pad::Pad;
use outputs::Kind;
use serde::Serialize;

use super::GhostGame;
use crate::courses;
use crate::game::{self, Game};
use crate::report::time;

/// The slot of a ghost, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Slot {
    slot: usize,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.slot.fmt(f)
    }
}

/// A ghost, and its unusual properties.
#[derive(Serialize)]
pub struct Listed {
    #[serde(flatten)]
    ghost: GhostSummary,
    /// The course is not one of the game's: the ghost comes from a mod.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    not_in_this_game: bool,
    /// The ghost is deleted: it is not in the save's table of ghosts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
}

impl Listed {
    /// The unusual properties as text.
    fn remarks(&self) -> String {
        let ghost = &self.ghost;
        let course = match Course::by_id(ghost.course) {
            None => format!("  course {}, not in this game", ghost.course),
            Some(course) if course.abbreviation != ghost.course_abbreviation => {
                format!("  course {}, {}", ghost.course, course.abbreviation)
            }
            Some(_) => String::new(),
        };
        let deleted = if self.deleted {
            "  deleted: the game no longer shows it"
        } else {
            ""
        };
        course + deleted
    }
}

impl GhostGame for MarioKartDs {
    type Save = Save;
    type Place = Slot;
    type Ghost = Ghost;
    type Summary = Listed;

    const SAVE: Kind = Kind {
        name: "a save file",
        is_one: |bytes| Save::parse(bytes).is_ok(),
    };
    const HEADING: &'static str =
        "slot  course  character  kart  time       laps                             nickname";

    fn blank_save(_: &Path) -> Save {
        Save::blank()
    }

    fn parse_save(file: &[u8]) -> Result<Save> {
        Ok(Save::parse(file)?)
    }

    fn save_to_bytes(save: &Save) -> Vec<u8> {
        save.to_bytes()
    }

    fn missing(save: &Save) -> Option<String> {
        let (lost, whole) = (save.lost_bytes(), save.battery().len());
        (lost > 0).then(|| {
            format!(
                "expected {whole} bytes of battery memory, found {}: only the first {} slots are whole",
                whole - lost,
                save.whole_slots()
            )
        })
    }

    fn ghosts(save: &Save) -> Vec<(Slot, Result<Ghost>)> {
        let ghosts = save.ghosts().into_iter();
        ghosts
            .map(|(slot, ghost)| (Slot { slot }, ghost.map_err(Into::into)))
            .collect()
    }

    fn is_on(Slot { slot }: Slot, _: Option<&Ghost>, course: &str) -> bool {
        let named = Course::by_abbreviation(course);
        named.is_some_and(|course| usize::from(course.slot) == slot)
    }

    fn summary(save: &Save, Slot { slot }: Slot, ghost: &Ghost) -> Result<Listed> {
        Ok(Listed {
            ghost: GhostSummary::new(slot, ghost),
            not_in_this_game: Course::by_id(ghost.combo.course).is_none(),
            deleted: save.hidden_ghosts()?.contains(&slot),
        })
    }

    fn line(listed: &Listed) -> String {
        let ghost = &listed.ghost;
        let laps: Vec<String> = ghost.lap_ms.iter().map(|&lap| time(lap)).collect();
        format!(
            "{:>4}  {:<6}  {:>9}  {:>4}  {}  {:<32} {}{}",
            ghost.slot,
            ghost.course_abbreviation,
            ghost.character,
            ghost.kart,
            time(ghost.total_ms),
            laps.join(" "),
            ghost.nickname,
            listed.remarks()
        )
    }

    fn course_label(Slot { slot }: Slot, _: &Ghost) -> String {
        let course = COURSE_SLOTS.get(slot);
        course.map_or("?", |course| course.abbreviation).to_owned()
    }

    fn driver_name(ghost: &Ghost) -> String {
        ghost.nickname.to_string()
    }

    fn file_code(Slot { slot }: Slot, ghost: &Ghost) -> String {
        courses::ghost_code(slot, ghost.combo.course)
    }

    fn course_rank(ghost: &Ghost) -> Result<usize> {
        let id = ghost.combo.course;
        let course = Course::by_id(id);
        let course = course.with_context(|| format!("course {id} has no place for a ghost"))?;
        Ok(course.slot.into())
    }

    fn race_of_ghost(ghost: &Ghost) -> Option<Combo> {
        Course::by_id(ghost.combo.course).map(|_| ghost.combo)
    }

    fn total_ms(ghost: &Ghost) -> u32 {
        ghost.time.0
    }

    fn lap_ms(ghost: &Ghost) -> Option<Vec<u32>> {
        Some(ghost.laps.iter().map(|lap| lap.0).collect())
    }

    fn ghost_to_bytes(ghost: &Ghost) -> Result<Vec<u8>> {
        Ok(ghost.to_slot()?.to_vec())
    }

    fn parse_ghost(file: &[u8]) -> Result<Option<Ghost>> {
        let Ok(slot) = <&[u8; SLOT_SIZE]>::try_from(file) else {
            return Ok(None);
        };
        // The slot's number is used in error messages only; 0 for an extracted ghost.
        let ghost = Ghost::from_slot(slot, 0)?;
        ghost.context("an empty slot, no ghost").map(Some)
    }

    fn put(save: &mut Save, ghost: &Ghost, replace: bool) -> Result<Slot> {
        let slot = Self::course_rank(ghost)?;
        if let (Some(there), false) = (save.ghost(slot).ok().flatten(), replace) {
            bail!(
                "slot {slot} has a ghost already, of {} by {:?}: add --replace to lose it",
                time(there.time.0),
                there.nickname
            );
        }
        save.set_ghost(slot, ghost)?;
        Ok(Slot { slot })
    }

    /// The real game would take the ghost for one of its own course in that slot.
    fn require_real(save: &Save) -> Result<()> {
        ensure!(
            !game::is_real(save),
            "expected a run of Mario Kart DS for a save of it, found one of the bundled game"
        );
        Ok(())
    }

    fn require_own(game: &Game, save: &Save) -> Result<()> {
        game.require_own(save)
    }

    fn require_race(game: &Game, combo: &Combo) -> Result<()> {
        match Course::by_id(combo.course) {
            Some(course) => game.require_course(course),
            None => bail!("expected a course of the game, found {}", combo.course),
        }
    }

    /// The save of the real game has its unlocks.
    fn memory(game: &Game, save: &Save) -> Option<Vec<u8>> {
        (!game.bundled).then(|| save.battery().to_owned())
    }

    fn race(
        rom: &[u8],
        memory: Option<&[u8]>,
        ghost: &Ghost,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<RaceMovie> {
        let options = Options::default();
        Ok(ghost_movie::from_ghost(
            rom, memory, ghost, &options, on_frame,
        )?)
    }

    fn ghost_of_movie(
        rom: &[u8],
        movie: &Movie,
        nickname: &str,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Ghost> {
        Ok(ghost_movie::to_ghost(rom, movie, nickname, on_frame)?)
    }

    fn ghosts_of_dataset(dataset: &Dataset, nickname: &str) -> Result<Vec<(String, Ghost, bool)>> {
        let bundled_rom = game::rom_sha256(homebrew::ROM);
        let mut ghosts = Vec::new();
        for (index, movie) in dataset.movies().iter().enumerate() {
            let source = &movie.source;
            // Corrections are only parts of a race.
            let race = &source.game;
            let (Outcome::Finished, Some(total_ms), false) =
                (&source.outcome, race.total_time_ms, source.corrections)
            else {
                continue;
            };
            let combo = Combo {
                character: race.character,
                kart: race.kart,
                course: race.course,
            };
            let laps = race.lap_times_ms.iter().copied().map(RaceTime).collect();
            let rows = dataset.read_numbers(index)?;
            let held = dataset.schema().frames_per_step().get() as usize;
            let pads = rows
                .iter()
                .map(|row| Pad::from_bits_retain(row.held.buttons))
                .flat_map(|pad| std::iter::repeat_n(pad, held));
            let ghost = Ghost::from_pads(combo, RaceTime(total_ms), laps, nickname, pads);
            let is_bundled = source.machine.rom_sha256 == bundled_rom;
            ghosts.push((movie.file.clone(), ghost, is_bundled));
        }
        Ok(ghosts)
    }
}
