//! One game in the window, without the window: what plays it, and at what speed.

use std::time::{Duration, Instant};

use anyhow::Result;
use drawing::DrawList;
use env_core::Driver;
use machine::{Hardware, Held, Input as _, Machine, Picture};
use session::{Game, Input, InputOf, Run, Session};

use crate::game::{Display, Drawn};
use crate::pace::{Pace, Speed};

/// Frames that one step of rewinding goes back.
const REWIND: u64 = 2;

/// A driver that is no human: it decides what to press in the frame after the one that the session shows, and nothing
/// where there is nothing to drive.
pub type Agent<G> = dyn Driver<Session<G>, Action = Option<InputOf<G>>, Error = anyhow::Error>;

/// What gives the inputs where the log ends.
pub enum Live<G: Game> {
    /// Nothing: the run is over, as a movie that is watched.
    Nothing,
    /// The human who has the controls.
    Human,
    /// A driver, which a human may correct.
    Agent(Box<Agent<G>>),
}

/// What a human holds, asked for once in every frame that is played live.
pub type Hands<'a> = &'a mut dyn FnMut() -> Held;

/// A game's run, its drivers and its display, without their types.
trait Player {
    fn hardware(&self) -> Hardware;
    fn run(&self) -> &dyn Run;
    fn run_mut(&mut self) -> &mut dyn Run;
    fn has_agent(&self) -> bool;
    fn has_human(&self) -> bool;
    /// Has a human, or nothing, give the inputs where the log ends, unless an agent does.
    fn set_human(&mut self, is_human: bool);
    fn reset_agent(&mut self);
    /// Plays a frame; `None` where there is none, else whether it was live.
    fn step(&mut self, hands: Hands<'_>, is_taken: bool, picture: Picture) -> Result<Option<bool>>;
    fn see(&mut self);
    fn pass(&mut self);
    fn have_moved(&mut self);
    fn draw(&self, drawn: Drawn<'_>, list: &mut DrawList);
}

struct Played<G: Game> {
    session: Session<G>,
    live: Live<G>,
    display: Box<dyn Display<InputOf<G>>>,
}

impl<G: Game> Played<G> {
    fn live_input(
        &mut self,
        hands: Hands<'_>,
        is_taken: bool,
    ) -> Result<Option<Input<InputOf<G>>>> {
        let input = match &mut self.live {
            Live::Nothing => return Ok(None),
            Live::Human => Input::of(InputOf::<G>::of(&hands())),
            Live::Agent(agent) => {
                // It is asked in every frame, so that it knows what has happened when it is to go on.
                let own = agent.act(&self.session)?;
                let pressed = InputOf::<G>::of(&hands());
                match own {
                    Some(_) if is_taken || pressed != InputOf::<G>::default() => Input {
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

    fn step(&mut self, hands: Hands<'_>, is_taken: bool, picture: Picture) -> Result<Option<bool>> {
        let live = match self.session.is_live() {
            true => self.live_input(hands, is_taken)?,
            false => None,
        };
        let is_live = live.is_some();
        Ok(self.session.step_with(live, picture)?.then_some(is_live))
    }

    fn see(&mut self) {
        let input = self.session.last_input().frame;
        self.display.see(self.session.ram(), &input);
    }

    fn pass(&mut self) {
        self.display.pass(self.session.ram());
    }

    fn have_moved(&mut self) {
        self.display.have_moved();
    }

    fn draw(&self, drawn: Drawn<'_>, list: &mut DrawList) {
        let input = self.session.last_input().frame;
        self.display.draw(self.session.ram(), &input, drawn, list);
    }
}

/// One game.
pub struct Stage {
    /// What it is called.
    pub name: String,
    player: Box<dyn Player>,
    /// A human holds the controls.
    taken: bool,
    playing: bool,
    speed: Speed,
    pace: Pace,
    /// The present frame was passed over, not seen.
    passed: bool,
    /// How long a frame takes, and how many there were.
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

    /// The run, to go elsewhere in it: [`travel`](Self::travel) or [`tick`](Self::tick) goes there.
    pub fn run_mut(&mut self) -> &mut dyn Run {
        self.player.run_mut()
    }

    /// Draws over the present frame, in the picture's pixels.
    pub fn draw(&self, drawn: Drawn<'_>, list: &mut DrawList) {
        self.player.draw(drawn, list);
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
        self.player.has_agent()
    }

    /// Whether a human has the controls: then going on drives on.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match (self.player.has_human(), self.has_agent()) {
            (true, _) => self.taken || self.run().is_live(),
            (false, has_agent) => has_agent && self.taken,
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
        let run = self.run();
        let is_the_agents =
            self.has_agent() && run.is_a_run_alone() && run.corrections().is_empty();
        run.changes() != saved && !is_the_agents
    }

    /// Gives the controls to a human: what is ahead becomes a branch.
    ///
    /// # Errors
    /// The session's.
    pub fn take_controls(&mut self) -> Result<()> {
        self.run_mut().take_over();
        self.taken = true;
        self.player.set_human(true);
        Ok(())
    }

    /// Gives the controls back to the agent; without one the run is watched only.
    pub fn give_back_controls(&mut self) {
        self.taken = false;
        self.player.reset_agent();
        self.player.set_human(false);
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
        self.run_mut().take_sound(into);
    }

    /// Goes to what was saved in a slot, and pauses there.
    ///
    /// # Errors
    /// The session's.
    pub fn load_slot(&mut self, slot: usize) -> Result<()> {
        self.set_playing(false);
        self.run_mut().load_slot(slot)?;
        self.have_moved();
        Ok(())
    }

    /// Lets `passed` time go by: plays the frames that are due, or goes on towards the session's goal, until
    /// `deadline`. Says whether anything has changed.
    ///
    /// # Errors
    /// The session's and the agent's.
    pub fn tick(&mut self, passed: Duration, hands: Hands<'_>, deadline: Instant) -> Result<bool> {
        if self.run().goal().is_some() {
            return self.travel(deadline);
        }
        if !self.playing {
            return Ok(false);
        }
        if self.taken && !self.run().is_live() {
            // After going back: the human drives on from here.
            self.run_mut().take_over();
        }
        let due = self.pace.frames(self.speed, passed);
        let before = self.run().frame();
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
        if self.run().frame() != before && !self.playing {
            self.draw_the_end()?;
        }
        Ok(self.run().frame() != before)
    }

    /// Draws the frame at which the run ended before its turn to be drawn came.
    fn draw_the_end(&mut self) -> Result<()> {
        let frame = self.run().frame();
        self.run_mut().set_goal(frame);
        self.run_mut().travel(None)?;
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
        if self.run().goal().is_none() {
            let back = self.run().frame().saturating_sub(REWIND);
            self.run_mut().set_goal(back);
        }
        self.travel(deadline)
    }

    /// Plays one frame, whether paused or not. Says whether there was one.
    ///
    /// # Errors
    /// The session's and the agent's.
    pub fn play(&mut self, hands: Hands<'_>, picture: Picture) -> Result<bool> {
        let begin = Instant::now();
        if self.passed && picture == Picture::Draw {
            // What the frame that is shown is worth is told from the one before.
            self.player.have_moved();
            self.see();
        }
        let Some(is_live) = self.player.step(hands, self.taken, picture)? else {
            self.playing = false;
            return Ok(false);
        };
        self.taken |= is_live && !self.has_agent();
        match picture {
            Picture::Draw => self.see(),
            Picture::Skip => {
                self.player.pass();
                self.passed = true;
            }
        }
        self.meter.add(begin.elapsed());
        Ok(true)
    }

    /// Goes on towards the session's goal. Says whether the frame has changed.
    ///
    /// # Errors
    /// The session's.
    pub fn travel(&mut self, deadline: Instant) -> Result<bool> {
        let before = self.run().frame();
        self.run_mut().travel(Some(deadline))?;
        let now = self.run().frame();
        if now != before {
            self.have_moved();
        }
        Ok(true)
    }

    /// Works out what the present frame tells.
    fn see(&mut self) {
        self.player.see();
        self.passed = false;
    }

    /// What was known of the frames before is of another run.
    fn have_moved(&mut self) {
        self.player.have_moved();
        self.see();
        self.player.reset_agent();
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
