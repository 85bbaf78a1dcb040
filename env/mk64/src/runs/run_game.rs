//! Mario Kart 64 as a [`RunGame`].

use std::borrow::Cow;
use std::ops::ControlFlow;

use env_kart::runs::{RunGame, checks::digest};
use mk64_formats::time::RaceTime;
use mk64_memory::hud::LAPS;
use mupen64plus::{Emulator, State, Storage};
use n64_formats::m64::Start;
use n64_formats::pad::{Frame, Pad};

use super::{
    Entered, Setup, StateStart,
    console::{self, Console},
    ghost_movie,
};
use crate::Result;
use crate::combo::{Class, Combo, Mode};
use crate::emulated::{find_race, race};
use crate::facts;
use crate::game::MarioKart64;
use crate::movie::Movie;

/// What a time trial's class is called in comments: it has none to choose.
const TIME_TRIAL: &str = "time_trial";

/// What a class is called in comments.
fn class_name(class: Class) -> String {
    class.to_string().to_lowercase()
}

impl RunGame for MarioKart64 {
    type Combo = Combo;
    type Console = Console;
    /// What cartridge and paks have saved. On the first pak is the ghost that the game keeps of the race, as its player can
    /// save it after the finish.
    type Saved = Vec<(Storage, Vec<u8>)>;

    const COMBO_FORM: &'static str = "character=N course=N mode=time_trial";
    const STATE_ENDING: &'static str = "st";
    const DIGEST_FIELD: &'static str = "player 0's position, velocity and rotation";

    fn combo_fields(combo: &Combo) -> String {
        let mode = match combo.mode {
            Mode::TimeTrial => TIME_TRIAL.to_owned(),
            Mode::GrandPrix(class) => class_name(class),
        };
        let (character, course) = (combo.character, combo.course);
        format!("character={character} course={course} mode={mode}")
    }

    fn combo_of_fields<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Option<Combo> {
        Some(Combo {
            character: value("character")?.parse().ok()?,
            course: value("course")?.parse().ok()?,
            mode: match value("mode")? {
                TIME_TRIAL => Mode::TimeTrial,
                name => {
                    let mut classes = Class::ALL.into_iter();
                    Mode::GrandPrix(classes.find(|class| class_name(*class) == name)?)
                }
            },
        })
    }

    fn combo(emulator: &Emulator) -> Result<Option<Combo>> {
        match find_race(emulator)? {
            Some(race) => Combo::of(&race),
            None => Ok(None),
        }
    }

    fn has_race(emulator: &Emulator) -> bool {
        matches!(find_race(emulator), Ok(Some(_)))
    }

    fn digest(emulator: &Emulator) -> Result<Option<u16>> {
        let race = find_race(emulator)?;
        let Some(player) = race.and_then(|race| race.player(0)) else {
            return Ok(None);
        };
        let [x, y, z] = player.position().map(|part| part.to_bits().cast_signed());
        let [u, v, w] = player.velocity().map(|part| part.to_bits().cast_signed());
        let [pitch, yaw, roll] = player.rotation().map(i32::from);
        Ok(Some(digest(&[x, y, z, u, v, w, pitch, yaw, roll])))
    }

    fn lap_times_ms(emulator: &Emulator) -> Result<Vec<u32>> {
        let Some(race) = find_race(emulator)? else {
            return Ok(Vec::new());
        };
        let laps = usize::try_from(race.progress(0)?.lap)
            .unwrap_or(0)
            .min(LAPS);
        let times = race.hud()?.lap_durations();
        Ok(times
            .into_iter()
            .take(laps)
            .map(|time| RaceTime(time).ms())
            .collect())
    }

    fn console(movie: &Movie) -> Result<Console> {
        Console::of_movie(movie)
    }

    fn starts_from_state(movie: &Movie) -> Result<bool> {
        Ok(movie.header.start() == Start::Snapshot)
    }

    fn blank_movie(rom: &[u8], console: &Console) -> Result<Movie> {
        console.blank_movie(rom)
    }

    fn switch_on(rom: &[u8], console: &Console) -> Result<Emulator> {
        console.switch_on(rom)
    }

    fn start_from_state(rom: &[u8], console: &Console, file: &[u8]) -> Result<StateStart> {
        console::start_from_state(rom, &console.options, file)
    }

    fn state_file(file: &[u8]) -> Result<Vec<u8>> {
        Ok(State::from_bytes(file)?.to_st())
    }

    fn enter(
        setup: &Setup<'_>,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Entered> {
        console::enter(setup, on_frame)
    }

    fn by_frames<'m>(rom: &[u8], movie: &'m Movie, state: Option<&[u8]>) -> Result<Cow<'m, Movie>> {
        console::by_frames(rom, movie, state)
    }

    fn frames(movie: &Movie) -> &[Frame] {
        movie.frames()
    }

    fn append(movie: &mut Movie, emulator: &Emulator, input: &Frame) {
        movie.push(input, emulator.polls());
    }

    fn saved(emulator: &mut Emulator) -> Result<Self::Saved> {
        let mut saved = console::saved_in(emulator);
        let paks = saved
            .iter_mut()
            .find(|(storage, _)| *storage == Storage::Paks);
        if let (Some((_, paks)), Some(ghost)) = (paks, ghost_movie::kept_ghost(emulator)?) {
            ghost_movie::save(&ghost, paks)?;
        }
        Ok(saved)
    }

    fn warning(rom: &[u8], movie: &Movie) -> Result<Option<&'static str>> {
        console::check_rom(rom, movie)?;
        Ok(None)
    }
}

/// The race's ticks.
pub(super) fn race_tick(emulator: &Emulator) -> Result<u32> {
    Ok(facts::tick(&facts::read(&race(emulator)?, Pad::default())?))
}

#[cfg(test)]
mod tests {
    use env_kart::runs::comments::RaceComment;
    use formats::comments::Comments;

    use super::*;

    #[test]
    fn a_comment_on_a_race_of_any_mode_comes_back() {
        let grand_prix = Class::ALL.map(Mode::GrandPrix);
        for mode in grand_prix.into_iter().chain([Mode::TimeTrial]) {
            let comment = RaceComment::<MarioKart64> {
                combo: Combo {
                    character: 7,
                    course: 18,
                    mode,
                },
                start_frame: -3,
                total_ms: Some(61_050),
            };
            let mut movie = Movie::new(Start::PowerOn);
            movie.add_comment(&comment.to_text());
            let read = RaceComment::<MarioKart64>::of_movie(&movie).expect("well-formed");
            assert_eq!(read, Some(comment));
        }
    }

    #[test]
    fn a_comment_on_a_race_of_an_unknown_mode_is_refused() {
        let mut movie = Movie::new(Start::PowerOn);
        movie.add_comment("kartscope character=0 course=8 mode=battle start_frame=1");
        let error = RaceComment::<MarioKart64>::of_movie(&movie).expect_err("no such mode");
        assert!(error.to_string().contains("mode=battle"), "{error}");
    }
}
