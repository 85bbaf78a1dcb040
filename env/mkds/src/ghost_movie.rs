//! From a ghost in a save file to a movie that plays the whole race from power-on.

use std::ops::ControlFlow;

use desmume::{Emulator, Options, Picture};
use mkds_formats::{
    dsm::Movie,
    ghost::{Combo, Ghost, PLAYBACK_DELAY},
    pad::{Frame, Pad},
    sav,
};
use mkds_memory::Ram;

use crate::{
    Error, Result,
    checks::Checks,
    menus::{self, Pace},
    replay::{self, RaceWatch, ReplayOutcome, race_digest},
};

/// Frames the race may go on after the ghost's last input.
const FINISH_LIMIT: u64 = 300;
/// Frames kept after the finish, so that the result is seen and the game stores its ghost.
const AFTER_FINISH: u64 = 60;
/// Paces tried in turn, each from power-on.
const ATTEMPTS: [Pace; 3] = [
    Pace { scale: 1.0 },
    Pace { scale: 1.5 },
    Pace { scale: 2.0 },
];

/// A movie made from a ghost, and how its race went.
#[derive(Clone, Debug)]
pub struct GhostMovie {
    /// From power-on to a second after the finish, with a check a race frame in its comments.
    pub movie: Movie,
    /// Frames of menus: the movie's frame at which the race has `frameCounter == 1`.
    pub start_frame: u64,
    /// Whether the race finished, and in which time against the ghost's.
    pub outcome: ReplayOutcome,
}

/// Where [`from_ghost`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// 0 for the first attempt; later ones wait longer in the menus.
    pub attempt: usize,
    /// Whether the menus are done.
    pub racing: bool,
    /// Frames stepped in this attempt.
    pub frame: u64,
    /// Frames the movie will have, roughly.
    pub expected_frames: u64,
}

/// What `kartscope` writes into a movie's comments about its race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaceComment {
    /// Character, kart and course.
    pub combo: Combo,
    /// The movie's frame at which the race has `frameCounter == 1`.
    pub start_frame: u64,
    /// The ghost's own total time in milliseconds.
    pub total_ms: Option<u32>,
}

impl RaceComment {
    const PREFIX: &'static str = "kartscope character=";

    /// The comment's text.
    pub fn to_text(&self) -> String {
        let Combo {
            character,
            kart,
            course,
        } = self.combo;
        let mut text = format!(
            "{}{character} kart={kart} course={course} start_frame={}",
            Self::PREFIX,
            self.start_frame
        );
        if let Some(total_ms) = self.total_ms {
            text.push_str(&format!(" total_ms={total_ms}"));
        }
        text
    }

    /// The race comment of a movie; `None` when it has none.
    ///
    /// # Errors
    /// [`Error::Comment`] when there is one and it does not parse.
    pub fn of_movie(movie: &Movie) -> Result<Option<Self>> {
        let Some(text) = movie
            .header
            .comments()
            .find(|text| text.starts_with(Self::PREFIX))
        else {
            return Ok(None);
        };
        Self::parse(&text).map(Some).ok_or_else(|| Error::Comment {
            comment: text.to_string(),
            expected: "`kartscope character=N kart=N course=N start_frame=N`",
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.split(' ')
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Self {
            combo: Combo {
                character: value("character")?.parse().ok()?,
                kart: value("kart")?.parse().ok()?,
                course: value("course")?.parse().ok()?,
            },
            start_frame: value("start_frame")?.parse().ok()?,
            total_ms: match value("total_ms") {
                Some(text) => Some(text.parse().ok()?),
                None => None,
            },
        })
    }
}

/// Drives the menus to the ghost's race, plays its inputs and writes down every frame as a movie.
///
/// `battery` is the save memory to power on with; the movie carries it. The menus are tried up to
/// three times, with longer waits each time. `on_progress` is called once a frame and may cancel.
///
/// # Errors
/// Those of [`menus::enter_race`] for the last attempt, and [`Error::Cancelled`]. A race that does
/// not finish as the ghost says is no error here: see [`GhostMovie::outcome`] and
/// [`ReplayOutcome::require_match`].
pub fn from_ghost(
    rom: &[u8],
    battery: Option<&[u8]>,
    ghost: &Ghost,
    options: &Options,
    on_progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<GhostMovie> {
    let inputs: Vec<Pad> = ghost.frames().collect();
    let mut failure = None;
    for (attempt, pace) in ATTEMPTS.into_iter().enumerate() {
        let mut report = |racing, frame| {
            on_progress(Progress {
                attempt,
                racing,
                frame,
                expected_frames: menus::expected_frames(pace)
                    + PLAYBACK_DELAY as u64
                    + inputs.len() as u64,
            })
        };
        let mut emulator = Emulator::open_with_battery(rom, options, battery)?;
        let mut frames = Vec::new();
        let entered = menus::enter_race_at(&mut emulator, &ghost.combo, pace, &mut |frame| {
            frames.push(*frame);
            report(false, frames.len() as u64)
        });
        match entered {
            Ok(start_frame) => {
                // Frames of the race that passed before it was seen are blank already.
                let seen = frames.len() as u64 - start_frame;
                let blank = (PLAYBACK_DELAY as u64).saturating_sub(seen);
                let (checks, outcome) = race(
                    &mut emulator,
                    &blank_then(blank, &inputs),
                    ghost.time.0,
                    &mut frames,
                    &mut |frame| report(true, frame),
                )?;
                let comment = RaceComment {
                    combo: ghost.combo,
                    start_frame,
                    total_ms: Some(ghost.time.0),
                };
                let movie = write_movie(rom, battery, options, frames, &comment, &checks)?;
                return Ok(GhostMovie {
                    movie,
                    start_frame,
                    outcome,
                });
            }
            Err(error @ (Error::NoRace { .. } | Error::WrongCombo { .. })) => failure = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(failure.expect("every attempt either returned or left its error"))
}

fn blank_then(blank: u64, inputs: &[Pad]) -> Vec<Pad> {
    (0..blank)
        .map(|_| Pad::empty())
        .chain(inputs.iter().copied())
        .collect()
}

/// Plays `pads`, then nothing, until a second after the finish.
fn race(
    emulator: &mut Emulator,
    pads: &[Pad],
    expected_ms: u32,
    frames: &mut Vec<Frame>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(Checks, ReplayOutcome)> {
    let mut checks = Checks::starting_at(frames.len() as u64);
    let mut watch = RaceWatch::expecting(Some(expected_ms));
    let mut end = frames.len() as u64 + pads.len() as u64 + FINISH_LIMIT;
    for pad in pads.iter().copied().chain(std::iter::repeat(Pad::empty())) {
        let index = frames.len() as u64;
        if index >= end {
            break;
        }
        let frame = Frame::pad(pad);
        emulator.step(&frame, Picture::Skip)?;
        frames.push(frame);
        if on_frame(frames.len() as u64).is_break() {
            return Err(Error::Cancelled {
                frames: frames.len() as u64,
            });
        }
        let Some(race) = Ram::new(emulator.main_ram())?.race()? else {
            return Err(Error::RaceLost { frame: index });
        };
        checks.push(race_digest(&race)?);
        let running = !watch.outcome().finished;
        watch.see(&race)?;
        if running && watch.outcome().finished {
            end = index + AFTER_FINISH;
        }
    }
    Ok((checks, watch.outcome()))
}

fn write_movie(
    rom: &[u8],
    battery: Option<&[u8]>,
    options: &Options,
    frames: Vec<Frame>,
    comment: &RaceComment,
    checks: &Checks,
) -> Result<Movie> {
    let mut movie = Movie::new();
    options.write_to(&mut movie)?;
    replay::describe_rom(rom, &mut movie)?;
    movie.header.add_comment(&comment.to_text());
    for text in checks.comments() {
        movie.header.add_comment(&text);
    }
    movie
        .header
        .set_sram(battery.map(sav::with_footer).transpose()?.as_deref());
    movie.frames = frames;
    Ok(movie)
}
