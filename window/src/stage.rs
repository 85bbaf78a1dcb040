//! One game in the window, without GTK: its run, its driver and its speed.

use std::time::{Duration, Instant};

use anyhow::Result;
use drawing::DrawList;
use env_core::Driver;
use machine::{Hardware, Held, Input as _, Machine, Picture};
use session::{Game, Input, InputOf, Run, Session};

use crate::game::{Display, DisplayOptions};
use crate::pace::{Pace, Speed};

/// Frames that one step of rewinding goes back.
const REWIND: u64 = 2;

/// A driver that is a program: it chooses the input of the frame after the one that the session shows; `None` where there
/// is nothing to drive.
pub type Agent<G> = dyn Driver<Session<G>, Action = Option<InputOf<G>>, Error = anyhow::Error>;

/// What gives the inputs after the end of the recorded ones.
pub enum Live<G: Game> {
    /// Nothing: the run ends there, as a movie that is watched.
    Nothing,
    /// A human.
    Human,
    /// A driver, which a human may correct.
    Agent(Box<Agent<G>>),
}

/// Reads what a human holds; called once for each frame that is played live.
pub type ReadHeld<'a> = &'a mut dyn FnMut() -> Held;

/// A game's run, its drivers and its display, without their types.
trait Player {
    fn hardware(&self) -> Hardware;
    fn run(&self) -> &dyn Run;
    fn run_mut(&mut self) -> &mut dyn Run;
    fn has_agent(&self) -> bool;
    fn has_human(&self) -> bool;
    /// Lets a human, or nothing, give the inputs after the recorded ones, unless an agent does.
    fn set_human(&mut self, is_human: bool);
    fn reset_agent(&mut self);
    /// Plays a frame and returns whether it was live; `None` if there is no next frame.
    fn step(
        &mut self,
        read_held: ReadHeld<'_>,
        is_taken: bool,
        picture: Picture,
    ) -> Result<Option<bool>>;
    fn frame_shown(&mut self);
    fn frame_skipped(&mut self);
    fn jumped(&mut self);
    fn draw(&self, options: DisplayOptions<'_>, list: &mut DrawList);
}

struct Played<G: Game> {
    session: Session<G>,
    live: Live<G>,
    display: Box<dyn Display<InputOf<G>>>,
}

impl<G: Game> Played<G> {
    fn live_input(
        &mut self,
        read_held: ReadHeld<'_>,
        is_taken: bool,
    ) -> Result<Option<Input<InputOf<G>>>> {
        let input = match &mut self.live {
            Live::Nothing => return Ok(None),
            Live::Human => Input::of(InputOf::<G>::of(&read_held())),
            Live::Agent(agent) => {
                // The agent is asked in every frame, so that its history has no gap when it continues.
                let own = agent.act(&self.session)?;
                let pressed = InputOf::<G>::of(&read_held());
                match own {
                    Some(_) if is_taken || pressed != InputOf::<G>::default() => Input {
                        frame: pressed,
                        correction: true,
                    },
                    Some(frame) => Input::of(frame),
                    // Before and after the race the human drives, which is no correction of the agent.
                    None => Input::of(pressed),
                }
            }
        };
        Ok(Some(input))
    }
}

impl<G: Game> Player for Played<G> {
    fn hardware(&self) -> Hardware {
        G::Machine::HARDWARE
    }

    fn run(&self) -> &dyn Run {
        &self.session
    }

    fn run_mut(&mut self) -> &mut dyn Run {
        &mut self.session
    }

    fn has_agent(&self) -> bool {
        matches!(self.live, Live::Agent(_))
    }

    fn has_human(&self) -> bool {
        matches!(self.live, Live::Human)
    }

    fn set_human(&mut self, is_human: bool) {
        if !self.has_agent() {
            self.live = match is_human {
                true => Live::Human,
                false => Live::Nothing,
            };
        }
    }

    fn reset_agent(&mut self) {
        if let Live::Agent(agent) = &mut self.live {
            agent.reset();
        }
    }

    fn step(
        &mut self,
        read_held: ReadHeld<'_>,
        is_taken: bool,
        picture: Picture,
    ) -> Result<Option<bool>> {
        let live = match self.session.is_live() {
            true => self.live_input(read_held, is_taken)?,
            false => None,
        };
        let is_live = live.is_some();
        let picture = match &self.live {
            Live::Agent(agent) if agent.needs_picture() => Picture::Draw,
            _ => picture,
        };
        Ok(self.session.step_with(live, picture)?.then_some(is_live))
    }

    fn frame_shown(&mut self) {
        let input = self.session.last_input().frame;
        self.display.frame_shown(self.session.ram(), &input);
    }

    fn frame_skipped(&mut self) {
        self.display.frame_skipped(self.session.ram());
    }

    fn jumped(&mut self) {
        self.display.jumped();
    }

    fn draw(&self, options: DisplayOptions<'_>, list: &mut DrawList) {
        let input = self.session.last_input().frame;
        self.display.draw(self.session.ram(), &input, options, list);
    }
}

/// One game.
pub struct Stage {
    /// Its name.
    pub name: String,
    player: Box<dyn Player>,
    /// A human holds the controls.
    taken: bool,
    playing: bool,
    speed: Speed,
    pace: Pace,
    /// The present frame was skipped, not shown.
    passed: bool,
    /// The time of a frame, and the number of frames.
    meter: Meter,
}

impl Stage {
    /// A game that plays at once. `display` draws over its pictures.
    #[must_use]
    pub fn new<G: Game>(
        name: String,
        session: Session<G>,
        live: Live<G>,
        display: Box<dyn Display<InputOf<G>>>,
    ) -> Self {
        Self {
            name,
            player: Box::new(Played {
                session,
                live,
                display,
            }),
            taken: false,
            playing: true,
            speed: Speed::Times(1.0),
            pace: Pace::new(G::Machine::HARDWARE.frame_rate.hertz()),
            passed: false,
            meter: Meter::default(),
        }
    }

    /// What is fixed about its machine.
    #[must_use]
    pub fn hardware(&self) -> Hardware {
        self.player.hardware()
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &dyn Run {
        self.player.run()
    }

    /// The run. After its goal is set, [`travel`](Self::travel) or [`tick`](Self::tick) goes there.
    pub fn run_mut(&mut self) -> &mut dyn Run {
        self.player.run_mut()
    }

    /// Draws over the present frame, in the picture's pixels.
    pub fn draw(&self, options: DisplayOptions<'_>, list: &mut DrawList) {
        self.player.draw(options, list);
    }

    /// Whether the game plays, and is not paused.
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

    /// Whether an agent drives after the recorded inputs.
    #[must_use]
    pub fn has_agent(&self) -> bool {
        self.player.has_agent()
    }

    /// Whether a human has the controls: then playing on records new inputs.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match (self.player.has_human(), self.has_agent()) {
            (true, _) => self.taken || self.run().is_live(),
            (false, has_agent) => has_agent && self.taken,
        }
    }

    /// Whether a human's inputs count: the human has the controls, or can correct the agent.
    #[must_use]
    pub fn accepts_input(&self) -> bool {
        self.is_taken() || self.has_agent()
    }

    /// Whether something of a human's is in the session that no file has which was written at the session's `saved`
    /// changes. What an agent drives alone, it drives again.
    #[must_use]
    pub fn is_unsaved(&self, saved: u64) -> bool {
        let run = self.run();
        let is_the_agents = self.has_agent() && run.is_only_a_run() && run.corrections().is_empty();
        run.changes() != saved && !is_the_agents
    }

    /// Gives the controls to a human: the frames ahead become a branch.
    ///
    /// # Errors
    /// The session's.
    pub fn take_controls(&mut self) -> Result<()> {
        self.run_mut().take_over();
        self.taken = true;
        self.player.set_human(true);
        Ok(())
    }

    /// Gives the controls back to the agent; without one the run is only watched.
    pub fn give_back_controls(&mut self) {
        self.taken = false;
        self.player.reset_agent();
        self.player.set_human(false);
    }

    /// Measures how fast frames are played.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Mutable access, to restart the count.
    pub fn meter_mut(&mut self) -> &mut Meter {
        &mut self.meter
    }

    /// Appends the game's sound since the last call to `into`.
    pub fn take_sound(&mut self, into: &mut Vec<[i16; 2]>) {
        self.run_mut().take_sound(into);
    }

    /// Loads the state in a slot, and pauses there.
    ///
    /// # Errors
    /// The session's.
    pub fn load_slot(&mut self, slot: usize) -> Result<()> {
        self.set_playing(false);
        self.run_mut().load_slot(slot)?;
        self.jumped();
        Ok(())
    }

    /// Plays the frames that are due after `passed` more time, or goes towards the session's goal, until `deadline`.
    /// Returns whether anything has changed.
    ///
    /// # Errors
    /// The session's and the agent's.
    pub fn tick(
        &mut self,
        passed: Duration,
        read_held: ReadHeld<'_>,
        deadline: Instant,
    ) -> Result<bool> {
        if self.run().goal().is_some() {
            return self.travel(deadline);
        }
        if !self.playing {
            return Ok(false);
        }
        if self.taken && !self.run().is_live() {
            // After a jump back, the human drives on from here.
            self.run_mut().take_over();
        }
        let due = self.pace.frames(self.speed, passed);
        let before = self.run().frame();
        let mut left = due.unwrap_or(u32::MAX);
        while left > 0 {
            left -= 1;
            // Only the last frame is shown.
            let is_last = left == 0 || Instant::now() >= deadline;
            let picture = match is_last {
                true => Picture::Draw,
                false => Picture::Skip,
            };
            if !self.play(&mut *read_held, picture)? || is_last {
                break;
            }
        }
        if self.run().frame() != before && !self.playing {
            self.draw_the_end()?;
        }
        Ok(self.run().frame() != before)
    }

    /// Shows the frame at which the run ended, if it was skipped.
    fn draw_the_end(&mut self) -> Result<()> {
        let frame = self.run().frame();
        self.run_mut().set_goal(frame);
        self.run_mut().travel(None)?;
        if self.passed {
            self.jumped();
        }
        Ok(())
    }

    /// Goes back a few frames and pauses there.
    ///
    /// # Errors
    /// The session's.
    pub fn rewind(&mut self, deadline: Instant) -> Result<bool> {
        self.set_playing(false);
        if self.run().goal().is_none() {
            let back = self.run().frame().saturating_sub(REWIND);
            self.run_mut().set_goal(back);
        }
        self.travel(deadline)
    }

    /// Plays one frame, whether paused or not. Returns whether there was one.
    ///
    /// # Errors
    /// The session's and the agent's.
    pub fn play(&mut self, read_held: ReadHeld<'_>, picture: Picture) -> Result<bool> {
        let begin = Instant::now();
        if self.passed && picture == Picture::Draw {
            // The reward of the shown frame depends on the frame before it.
            self.player.jumped();
            self.frame_shown();
        }
        let Some(is_live) = self.player.step(read_held, self.taken, picture)? else {
            self.playing = false;
            return Ok(false);
        };
        self.taken |= is_live && !self.has_agent();
        match picture {
            Picture::Draw => self.frame_shown(),
            Picture::Skip => {
                self.player.frame_skipped();
                self.passed = true;
            }
        }
        self.meter.add(begin.elapsed());
        Ok(true)
    }

    /// Goes towards the session's goal. Returns whether the frame has changed.
    ///
    /// # Errors
    /// The session's.
    pub fn travel(&mut self, deadline: Instant) -> Result<bool> {
        let before = self.run().frame();
        self.run_mut().travel(Some(deadline))?;
        let now = self.run().frame();
        if now != before {
            self.jumped();
        }
        Ok(true)
    }

    /// Shows the present frame to the display.
    fn frame_shown(&mut self) {
        self.player.frame_shown();
        self.passed = false;
    }

    /// The display's history is of other frames.
    fn jumped(&mut self) {
        self.player.jumped();
        self.frame_shown();
        self.player.reset_agent();
    }
}

/// The time of a frame, averaged over the last ones.
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
