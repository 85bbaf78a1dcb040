//! From power-on through the menus into a time trial.
//!
//! The inputs have fixed waits, those of a published converter (source: marIOkart), and do not depend on what the menus
//! show. The result is checked at the end: RAM holds the race's character, kart and course.

use std::ops::ControlFlow;

use desmume::{Emulator, Picture};
use env_kart::Error::Cancelled;
use mkds_formats::{
    ghost::Combo,
    names::{CHARACTER_GRID, COURSES_PER_CUP, Course},
};
use mkds_memory::{Race, Ram, race::RaceConfig};
use nds_formats::pad::{Frame, Pad};

pub use env_kart::runs::Opponent;

use crate::{Error, Result};

/// Frames a button is held: the game does not read the buttons in every frame.
const HOLD: u32 = 3;
/// Least frames to wait for a screen before the first press on it.
const LEAST_WAIT: u32 = 8;
/// Frames from one press of a cursor move to the next.
const MOVE: u32 = 7;
/// Frames after the last press in which the race must appear, before scaling.
const LOADING_LIMIT: u32 = 1200;
/// Karts in the list when everything is unlocked: three for each character.
const KARTS: u8 = 36;

/// The length of the waits in the menus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Factor on every wait; 1 is the published timing. No screen is waited for less than 8 frames.
    pub scale: f32,
}

impl Pace {
    /// The fastest pace at which the bundled game reads inputs.
    pub const BRISK: Self = Self { scale: 0.07 };
    /// The published timing, and slower ones for games that load more slowly.
    pub const PATIENT: [Self; 3] = [
        Self { scale: 1.0 },
        Self { scale: 1.5 },
        Self { scale: 2.0 },
    ];
}

impl Default for Pace {
    fn default() -> Self {
        Self { scale: 1.0 }
    }
}

impl Pace {
    fn frames(self, wait: u32) -> u32 {
        (wait as f32 * self.scale).ceil() as u32
    }

    fn screen(self, wait: u32) -> u32 {
        self.frames(wait).max(LEAST_WAIT)
    }
}

/// One screen: the frames to wait for it, then the buttons to press on it.
#[derive(Clone, Debug, PartialEq)]
struct Screen {
    name: &'static str,
    wait: u32,
    presses: Vec<Pad>,
}

impl Screen {
    fn new(name: &'static str, wait: u32, moves: &[(Pad, usize)]) -> Self {
        let mut presses: Vec<Pad> = moves
            .iter()
            .flat_map(|&(pad, times)| std::iter::repeat_n(pad, times))
            .collect();
        presses.push(Pad::A);
        Self {
            name,
            wait,
            presses,
        }
    }
}

/// The menus' screens for `combo`, in order.
fn screens(combo: &Combo, opponent: Opponent) -> Result<Vec<Screen>> {
    let character = CHARACTER_GRID
        .iter()
        .position(|&id| id == combo.character)
        .ok_or_else(|| unknown("character", combo.character, "0 to 11"))?;
    if combo.kart >= KARTS {
        return Err(unknown("kart", combo.kart, "0 to 35"));
    }
    let course = Course::by_id(combo.course)
        .ok_or_else(|| unknown("course", combo.course, "one of the 32 race courses"))?;
    // The list opens on the character's own first kart and wraps around.
    let right = (combo.kart + KARTS - combo.character * 3) % KARTS;
    let kart_moves = if right <= KARTS / 2 {
        (Pad::RIGHT, usize::from(right))
    } else {
        (Pad::LEFT, usize::from(KARTS - right))
    };
    // A race alone is the preselected option; the bundled game offers the ghost one row below it.
    let opponent_moves: &[_] = match opponent {
        Opponent::None => &[],
        Opponent::Ghost => &[(Pad::DOWN, 1)],
    };
    let (cup, row) = (course.cup(), usize::from(course.slot) % COURSES_PER_CUP);
    Ok(vec![
        Screen::new("title", 360, &[]),
        Screen::new("main menu", 110, &[(Pad::DOWN, 1)]),
        Screen::new("mode", 45, &[]),
        Screen::new(
            "character",
            45,
            &[(Pad::DOWN, character / 4), (Pad::RIGHT, character % 4)],
        ),
        Screen::new("kart", 30, &[kart_moves]),
        Screen::new("cup", 160, &[(Pad::DOWN, cup / 4), (Pad::RIGHT, cup % 4)]),
        Screen::new("course", 55, &[(Pad::DOWN, row)]),
        Screen::new("confirmation", 15, opponent_moves),
    ])
}

fn unknown(what: &'static str, found: u8, expected: &'static str) -> Error {
    Error::NotInMenus {
        what,
        found,
        expected,
    }
}

/// Steps a freshly powered-on game into the time trial of `combo`, alone and at the published pace.
///
/// Returns the frame of the race's start: the number of frames since power-on at which its
/// `frameCounter` is 1. A game that loads through a frame's end may count on before the emulator
/// returns its RAM; then a frame or two more have been stepped than that. Character, kart and
/// course have been checked. `on_frame` sees every frame fed to the game, in order, and may stop
/// the drive with [`ControlFlow::Break`].
///
/// # Errors
/// [`Error::NotInMenus`] for ids the menus do not offer, [`Error::NoRace`] when no race appears,
/// [`Error::WrongCombo`] when another race does, [`Cancelled`] on a break, and the
/// emulator's.
pub fn enter_race(
    emulator: &mut Emulator,
    combo: &Combo,
    on_frame: &mut dyn FnMut(&Frame) -> ControlFlow<()>,
) -> Result<u64> {
    enter_race_at(emulator, combo, Opponent::None, Pace::default(), on_frame)
}

/// [`enter_race`] with an opponent, or at another pace for games that load more slowly.
///
/// # Errors
/// As [`enter_race`], and [`Error::NoOpponent`] when the race has no opponent although one was requested.
pub fn enter_race_at(
    emulator: &mut Emulator,
    combo: &Combo,
    opponent: Opponent,
    pace: Pace,
    on_frame: &mut dyn FnMut(&Frame) -> ControlFlow<()>,
) -> Result<u64> {
    let mut player = Player {
        emulator,
        on_frame,
        stepped: 0,
    };
    for screen in screens(combo, opponent)? {
        player.hold(Pad::empty(), pace.screen(screen.wait))?;
        for pad in screen.presses {
            player.hold(pad, HOLD)?;
            // At any pace the button is released for as long as it was held: otherwise the game sees one long press.
            player.hold(Pad::empty(), pace.frames(MOVE).max(2 * HOLD) - HOLD)?;
        }
    }
    for _ in 0..pace.frames(LOADING_LIMIT) {
        player.hold(Pad::empty(), 1)?;
        if let Some(Started {
            combo: found,
            frame_counter,
            drivers,
        }) = race_started(player.emulator.main_ram())?
        {
            if found != *combo {
                return Err(Error::WrongCombo {
                    expected: *combo,
                    found,
                });
            }
            if opponent == Opponent::Ghost && drivers < 2 {
                return Err(Error::NoOpponent { combo: *combo });
            }
            return Ok(player.stepped - u64::from(frame_counter - 1));
        }
    }
    Err(Error::NoRace {
        frames: player.stepped,
        found: menu_state(player.emulator.main_ram()),
    })
}

/// [`enter_race_at`] one pace after the other, until one leads to the race; from power-on each time.
///
/// # Errors
/// As [`enter_race_at`], for the last pace.
pub fn enter_race_at_any(
    emulator: &mut Emulator,
    combo: &Combo,
    opponent: Opponent,
    paces: impl IntoIterator<Item = Pace>,
    on_frame: &mut dyn FnMut(&Frame) -> ControlFlow<()>,
) -> Result<u64> {
    let mut paces = paces.into_iter().peekable();
    loop {
        let pace = paces.next().unwrap_or_default();
        match enter_race_at(emulator, combo, opponent, pace, on_frame) {
            Err(Error::NoRace { .. } | Error::WrongCombo { .. }) if paces.peek().is_some() => {
                emulator.reset()?;
            }
            entered => return entered,
        }
    }
}

struct Player<'a> {
    emulator: &'a mut Emulator,
    on_frame: &'a mut dyn FnMut(&Frame) -> ControlFlow<()>,
    stepped: u64,
}

impl Player<'_> {
    fn hold(&mut self, pad: Pad, frames: u32) -> Result<()> {
        let frame = Frame::pad(pad);
        for _ in 0..frames {
            self.emulator.step(&frame, Picture::Skip)?;
            self.stepped += 1;
            if (self.on_frame)(&frame).is_break() {
                let frames = self.stepped;
                return Err(Cancelled { frames }.into());
            }
        }
        Ok(())
    }
}

/// Frames of a race that may have passed before it is first seen.
const UNSEEN: u32 = 8;

/// A race that has just begun.
struct Started {
    combo: Combo,
    frame_counter: u32,
    drivers: usize,
}

/// The race that has just begun; `None` while there is none.
fn race_started(ram: &[u8]) -> Result<Option<Started>> {
    let Some(race) = Ram::new(ram)?.race()? else {
        return Ok(None);
    };
    let frame_counter = race.state().frame_counter();
    let begun = (1..=UNSEEN).contains(&frame_counter);
    Ok(combo(&race).filter(|_| begun).map(|combo| Started {
        combo,
        frame_counter,
        drivers: race.driver_count(),
    }))
}

/// A description of the menus' state in RAM, for the error when no race begins.
fn menu_state(ram: &[u8]) -> String {
    let describe = || -> Result<String, mkds_memory::Error> {
        let ram = Ram::new(ram)?;
        let scene = match ram.scene_state()? {
            Some(state) => format!("scene state {state} (a race is 2)"),
            None => "no scene".to_owned(),
        };
        let chosen = match ram.race_config()?.and_then(|config| chosen(&config)) {
            Some(Combo {
                character,
                kart,
                course,
            }) => {
                format!("character {character}, kart {kart}, course {course} chosen")
            }
            None => "nothing chosen".to_owned(),
        };
        Ok(format!("{scene}, {chosen}"))
    };
    describe().unwrap_or_else(|error| error.to_string())
}

/// Character, kart and course of the player; `None` if they are no ids.
pub fn combo(race: &Race<'_>) -> Option<Combo> {
    chosen(&race.config())
}

fn chosen(config: &RaceConfig<'_>) -> Option<Combo> {
    let player = config.driver(0)?;
    Some(Combo {
        character: player.character().0.try_into().ok()?,
        kart: player.kart().0.try_into().ok()?,
        course: config.course().0.try_into().ok()?,
    })
}
