//! One game in the window, without the window: what plays it, at what speed, and what is known of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::Result;
use desmume::Picture;
use mkds_formats::pad::Frame;
use mkds_memory::Ram;
use mkds_memory::events::RaceEvents;
use overlays::GhostRun;
use session::{Input, Session};

use crate::known::Known;
use crate::pace::{Pace, Speed};

/// Frames that the window remembers events of.
const EVENTS: usize = 1000;
/// Frames that one step of rewinding goes back.
const REWIND: u64 = 2;

/// A driver that is no human.
pub trait Agent {
    /// What to press in the frame after the one that the emulator shows; `None` where it knows of nothing to do.
    ///
    /// # Errors
    /// No decision can be made.
    fn act(&mut self, session: &Session) -> Result<Option<Frame>>;

    /// The session has gone elsewhere: what was remembered of the frames before holds no longer.
    fn reset(&mut self);
}

/// Who plays where the log ends.
pub enum Live {
    /// Nobody: the movie is over.
    Nobody,
    /// Whoever has the controls.
    Human,
    /// A driver, whom a human may correct.
    Agent(Box<dyn Agent>),
}

/// What a human presses, asked for once in every frame that is played live.
pub type Hands<'a> = &'a mut dyn FnMut() -> Frame;

/// Something that happened in a race.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The session's frame.
    pub frame: u64,
    /// What.
    pub text: String,
}

/// One game.
pub struct Stage {
    /// What it is called.
    pub name: String,
    ghosts: Vec<GhostRun>,
    reference_line: Vec<[f32; 3]>,
    session: Session,
    live: Live,
    /// A human holds the controls of an agent's game.
    taken: bool,
    playing: bool,
    speed: Speed,
    pace: Pace,
    known: Known,
    watch: RaceEvents,
    happenings: VecDeque<Happening>,
    /// The frame after which events were looked for last.
    watched: u64,
    /// How long a frame takes, and how many there were.
    meter: Meter,
}

impl Stage {
    /// A game that plays at once.
    #[must_use]
    pub fn new(name: String, session: Session, live: Live) -> Self {
        Self {
            name,
            ghosts: Vec::new(),
            reference_line: Vec::new(),
            session,
            live,
            taken: false,
            playing: true,
            speed: Speed::Times(1.0),
            pace: Pace::default(),
            known: Known::default(),
            watch: RaceEvents::new(),
            happenings: VecDeque::new(),
            watched: 0,
            meter: Meter::default(),
        }
    }

    /// Compares the race with another run of it. The first one's best lap is the line to drive along.
    pub fn race_against(&mut self, ghost: GhostRun) {
        if self.ghosts.is_empty() {
            self.reference_line = ghost.best_lap();
        }
        self.ghosts.push(ghost);
    }

    /// Other runs of the race.
    #[must_use]
    pub fn ghosts(&self) -> &[GhostRun] {
        &self.ghosts
    }

    /// A line to drive along, units; empty without another run.
    #[must_use]
    pub fn reference_line(&self) -> &[[f32; 3]] {
        &self.reference_line
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

    /// Whether a human has the controls where the log ends.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match self.live {
            Live::Nobody => false,
            Live::Human => true,
            Live::Agent(_) => self.taken,
        }
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
        match self.live {
            Live::Agent(_) => self.taken = true,
            _ => self.live = Live::Human,
        }
        Ok(())
    }

    /// Gives the controls back to the agent; without one nothing changes.
    pub fn give_back_controls(&mut self) {
        self.taken = false;
        if let Live::Agent(agent) = &mut self.live {
            agent.reset();
        }
    }

    /// What happened, the latest last.
    #[must_use]
    pub fn happenings(&self) -> &VecDeque<Happening> {
        &self.happenings
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
        let due = self.pace.frames(self.speed, passed);
        let before = self.session.frame();
        let mut left = due.unwrap_or(u32::MAX);
        while left > 0 {
            // Of several frames only the last is seen; of as many as there is time for, one cannot know which.
            let picture = match (left, due) {
                (1, _) | (_, None) => Picture::Draw,
                _ => Picture::Skip,
            };
            left -= 1;
            if !self.play(&mut *hands, picture)? || Instant::now() >= deadline {
                break;
            }
        }
        Ok(self.session.frame() != before)
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
        if !self.session.step_with(live, picture)? {
            self.playing = false;
            return Ok(false);
        }
        self.look();
        self.meter.add(begin.elapsed());
        Ok(true)
    }

    fn live_input(&mut self, hands: Hands<'_>) -> Result<Option<Input>> {
        let input = match &mut self.live {
            Live::Nobody => return Ok(None),
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

    /// What was known of the frames before is of another run.
    fn have_moved(&mut self) {
        let now = self.session.frame();
        self.watch.reset();
        self.happenings.retain(|happening| happening.frame <= now);
        self.watched = now;
        self.known.have_moved();
        let pad = self.session.last_input().frame.pad;
        self.known.see(self.session.emulator().main_ram(), pad);
        if let Live::Agent(agent) = &mut self.live {
            agent.reset();
        }
    }

    /// Takes down what has happened in the frame.
    fn look(&mut self) {
        let frame = self.session.frame();
        if frame != self.watched + 1 {
            self.watch.reset();
        }
        self.watched = frame;
        let pad = self.session.last_input().frame.pad;
        self.known.see(self.session.emulator().main_ram(), pad);
        let Ok(ram) = Ram::new(self.session.emulator().main_ram()) else {
            return;
        };
        let Ok(events) = self.watch.update(&ram) else {
            return;
        };
        for event in events {
            if self.happenings.len() == EVENTS {
                self.happenings.pop_front();
            }
            self.happenings.push_back(Happening {
                frame,
                text: describe(event),
            });
        }
    }
}

/// An event in words.
fn describe(event: &mkds_memory::events::Event) -> String {
    let what = event.kind.to_string();
    match event.driver {
        Some(driver) if driver > 0 => format!("driver {driver}: {what}"),
        _ => what,
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
