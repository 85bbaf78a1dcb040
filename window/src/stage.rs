//! One game in the window, without the window: what plays it, at what speed, and what is known of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use desmume::Picture;
use env_core::Driver;
use mkds_formats::names::Course;
use nds_formats::pad::Frame;
use overlays::GhostRun;
use session::{Input, Session};

use crate::known::Known;
use crate::pace::{Pace, Speed};

/// Frames that one step of rewinding goes back.
const REWIND: u64 = 2;

/// A driver that is no human: it decides what to press in the frame after the one that the session shows, and nothing
/// where there is nothing to drive.
pub type Agent = dyn Driver<Session, Action = Option<Frame>, Error = anyhow::Error>;

/// What gives the inputs where the log ends.
pub enum Live {
    /// Nothing: the run is over, as a movie that is watched.
    Nothing,
    /// The human who has the controls.
    Human,
    /// A driver, which a human may correct.
    Agent(Box<Agent>),
}

/// What a human presses, asked for once in every frame that is played live.
pub type Hands<'a> = &'a mut dyn FnMut() -> Frame;

/// Other runs of a course's race.
#[derive(Default)]
struct Rivals {
    ghosts: Vec<GhostRun>,
    reference_line: Vec<[f32; 3]>,
}

/// One game.
pub struct Stage {
    /// What it is called.
    pub name: String,
    /// By the course's id.
    rivals: BTreeMap<u32, Rivals>,
    session: Session,
    live: Live,
    /// A human holds the controls.
    taken: bool,
    playing: bool,
    speed: Speed,
    pace: Pace,
    known: Known,
    /// The present frame was passed over, not seen.
    passed: bool,
    /// How long a frame takes, and how many there were.
    meter: Meter,
}

impl Stage {
    /// A game that plays at once.
    #[must_use]
    pub fn new(name: String, session: Session, live: Live) -> Self {
        Self {
            name,
            rivals: BTreeMap::new(),
            session,
            live,
            taken: false,
            playing: true,
            speed: Speed::Times(1.0),
            pace: Pace::default(),
            known: Known::default(),
            passed: false,
            meter: Meter::default(),
        }
    }

    /// Compares the races on a course with another run of one. The first one's best lap is the line to drive along.
    ///
    /// # Errors
    /// The run is of another course than the session's race, as far as that is known.
    pub fn race_against(&mut self, ghost: GhostRun, course: u32) -> Result<()> {
        if let Some(own) = self.session.course() {
            ensure!(
                own == course,
                "{}: expected a ghost of {}, found one of {}",
                ghost.name(),
                course_name(own),
                course_name(course)
            );
        }
        let rivals = self.rivals.entry(course).or_default();
        if rivals.ghosts.is_empty() {
            rivals.reference_line = ghost.best_lap();
        }
        rivals.ghosts.push(ghost);
        Ok(())
    }

    /// Other runs of the present race's course.
    #[must_use]
    pub fn ghosts(&self) -> &[GhostRun] {
        self.rivals().map_or(&[], |rivals| &rivals.ghosts)
    }

    /// A line to drive along, units; empty without another run.
    #[must_use]
    pub fn reference_line(&self) -> &[[f32; 3]] {
        self.rivals().map_or(&[], |rivals| &rivals.reference_line)
    }

    fn rivals(&self) -> Option<&Rivals> {
        self.rivals.get(&self.known.course()?.id()?)
    }

    /// The run.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The run, to go elsewhere in it: [`travel`](Self::travel) or [`tick`](Self::tick) goes there.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Whether the game goes on by itself.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Plays or pauses.
    pub fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.pace.reset();
    }

    /// How fast it plays.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Changes how fast it plays.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.pace.reset();
    }

    /// Whether an agent drives where the log ends.
    #[must_use]
    pub fn has_agent(&self) -> bool {
        matches!(self.live, Live::Agent(_))
    }

    /// Whether a human has the controls: then going on drives on.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match self.live {
            Live::Nothing => false,
            Live::Human => self.taken || self.session.is_live(),
            Live::Agent(_) => self.taken,
        }
    }

    /// Whether what a human presses counts, be it to correct an agent.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.is_taken() || self.has_agent()
    }

    /// Whether something of a human's is in the session that no file has which was written at the session's `saved`
    /// changes. What an agent drives alone, it drives again.
    #[must_use]
    pub fn is_unsaved(&self, saved: u64) -> bool {
        let session = &self.session;
        let is_the_agents =
            self.has_agent() && session.is_a_run_alone() && session.corrections().is_empty();
        session.changes() != saved && !is_the_agents
    }

    /// What was worked out of the frames so far.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Gives the controls to a human: what is ahead becomes a branch.
    ///
    /// # Errors
    /// The session's.
    pub fn take_controls(&mut self) -> Result<()> {
        self.session.take_over()?;
        self.taken = true;
        if !self.has_agent() {
            self.live = Live::Human;
        }
        Ok(())
    }

    /// Gives the controls back to the agent; without one the run is watched only.
    pub fn give_back_controls(&mut self) {
        self.taken = false;
        match &mut self.live {
            Live::Agent(agent) => agent.reset(),
            live => *live = Live::Nothing,
        }
    }

    /// How fast frames were played lately.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The same, to start counting anew.
    pub fn meter_mut(&mut self) -> &mut Meter {
        &mut self.meter
    }

    /// Moves what the game has sounded since the last call to the end of `into`.
    pub fn take_sound(&mut self, into: &mut Vec<[i16; 2]>) {
        self.session.emulator_mut().take_sound(into);
    }

    /// Goes to what was saved in a slot, and pauses there.
    ///
    /// # Errors
    /// The session's.
    pub fn load_slot(&mut self, slot: usize) -> Result<()> {
        self.set_playing(false);
        self.session.load_slot(slot)?;
        self.have_moved();
        Ok(())
    }

    /// Lets `passed` time go by: plays the frames that are due, or goes on towards the session's goal, until
    /// `deadline`. Says whether anything has changed.
    ///
    /// # Errors
    /// The session's and the agent's.
    pub fn tick(&mut self, passed: Duration, hands: Hands<'_>, deadline: Instant) -> Result<bool> {
        if self.session.goal().is_some() {
            return self.travel(deadline);
        }
        if !self.playing {
            return Ok(false);
        }
        if self.taken && !self.session.is_live() {
            // After going back: the human drives on from here.
            self.session.take_over()?;
        }
        let due = self.pace.frames(self.speed, passed);
        let before = self.session.frame();
        let mut left = due.unwrap_or(u32::MAX);
        while left > 0 {
            left -= 1;
            // Only the last is seen.
            let is_last = left == 0 || Instant::now() >= deadline;
            let picture = match is_last {
                true => Picture::Draw,
                false => Picture::Skip,
            };
            if !self.play(&mut *hands, picture)? || is_last {
                break;
            }
        }
        if self.session.frame() != before && !self.playing {
            self.draw_the_end()?;
        }
        Ok(self.session.frame() != before)
    }

    /// Draws the frame at which the run ended before its turn to be drawn came.
    fn draw_the_end(&mut self) -> Result<()> {
        self.session.set_goal(self.session.frame());
        self.session.travel(None)?;
        if self.passed {
            self.have_moved();
        }
        Ok(())
    }

    /// Goes a little back and pauses there.
    ///
    /// # Errors
    /// The session's.
    pub fn rewind(&mut self, deadline: Instant) -> Result<bool> {
        self.set_playing(false);
        if self.session.goal().is_none() {
            let back = self.session.frame().saturating_sub(REWIND);
            self.session.set_goal(back);
        }
        self.travel(deadline)
    }

    /// Plays one frame, whether paused or not. Says whether there was one.
    ///
    /// # Errors
    /// The session's and the agent's.
    pub fn play(&mut self, hands: Hands<'_>, picture: Picture) -> Result<bool> {
        let begin = Instant::now();
        let live = match self.session.is_live() {
            true => self.live_input(hands)?,
            false => None,
        };
        if self.passed && picture == Picture::Draw {
            // What the frame that is shown is worth is told from the one before.
            self.known.have_moved();
            self.see();
        }
        if !self.session.step_with(live, picture)? {
            self.playing = false;
            return Ok(false);
        }
        self.taken |= live.is_some() && !self.has_agent();
        match picture {
            Picture::Draw => self.see(),
            Picture::Skip => {
                self.known.pass(self.session.emulator().main_ram());
                self.passed = true;
            }
        }
        self.meter.add(begin.elapsed());
        Ok(true)
    }

    fn live_input(&mut self, hands: Hands<'_>) -> Result<Option<Input>> {
        let input = match &mut self.live {
            Live::Nothing => return Ok(None),
            Live::Human => Input::of(hands()),
            Live::Agent(agent) => {
                // It is asked in every frame, so that it knows what has happened when it is to go on.
                let own = agent.act(&self.session)?;
                let pressed = hands();
                match own {
                    Some(_) if self.taken || pressed != Frame::default() => Input {
                        frame: pressed,
                        correction: true,
                    },
                    Some(frame) => Input::of(frame),
                    // Before and after its race the game is the human's, and no mistake of the agent's.
                    None => Input::of(pressed),
                }
            }
        };
        Ok(Some(input))
    }

    /// Goes on towards the session's goal. Says whether the frame has changed.
    ///
    /// # Errors
    /// The session's.
    pub fn travel(&mut self, deadline: Instant) -> Result<bool> {
        let before = self.session.frame();
        self.session.travel(Some(deadline))?;
        let now = self.session.frame();
        if now != before {
            self.have_moved();
        }
        Ok(true)
    }

    /// Works out what the present frame tells.
    fn see(&mut self) {
        let pad = self.session.last_input().frame.pad;
        self.known.see(self.session.emulator().main_ram(), pad);
        self.passed = false;
    }

    /// What was known of the frames before is of another run.
    fn have_moved(&mut self) {
        self.known.have_moved();
        self.see();
        if let Live::Agent(agent) = &mut self.live {
            agent.reset();
        }
    }
}

/// What a course is called.
fn course_name(id: u32) -> String {
    let course = u8::try_from(id).ok().and_then(Course::by_id);
    match course {
        Some(course) => format!("{} ({})", course.abbreviation.to_lowercase(), course.name),
        None => format!("course {id}"),
    }
}

/// How long frames take, averaged over the last ones.
#[derive(Debug, Default)]
pub struct Meter {
    mean: f64,
    /// Frames since it was last asked.
    frames: u32,
}

impl Meter {
    fn add(&mut self, took: Duration) {
        const SHARE: f64 = 0.05;
        let took = took.as_secs_f64();
        self.mean = match self.frames {
            0 if self.mean == 0.0 => took,
            _ => self.mean + (took - self.mean) * SHARE,
        };
        self.frames += 1;
    }

    /// Milliseconds that a frame takes.
    #[must_use]
    pub fn frame_ms(&self) -> f64 {
        self.mean * 1e3
    }

    /// Frames since the last call.
    pub fn take_frames(&mut self) -> u32 {
        std::mem::take(&mut self.frames)
    }
}
