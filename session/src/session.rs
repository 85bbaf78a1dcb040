//! The run itself.

use std::collections::BTreeMap;
use std::time::Instant;

use desmume::{Emulator, Picture, Screens, State};
use env_mkds::annotations::Annotations;
use env_mkds::corrections::Corrections;
use mkds_formats::dsm::Movie;
use mkds_formats::pad::Frame;
use mkds_memory::{RAM_BASE, Ram};

use crate::keyframes::Keyframes;
use crate::log::{Input, Log, Poke};
use crate::{Error, Result};

/// Frames from one kept state to the next: as many as are played back in the time of two frames on the screen.
const KEYFRAME_EVERY: u64 = 60;
/// Memory for states, bytes.
const BUDGET: usize = 1_000_000_000;
/// How many slots there are.
pub const SLOTS: usize = 10;
/// How many changes of the log can be undone.
const UNDO: usize = 100;
/// How many branches are kept, the latest ones.
const BRANCHES: usize = 100;

/// A run that was left for another one.
#[derive(Clone, Debug)]
pub struct Branch {
    /// What it is called.
    pub name: String,
    /// What was done in it.
    pub log: Log,
    /// The frame at which it was left.
    pub frame: u64,
}

/// A state that was saved by hand, and the run that led to it.
#[derive(Clone, Debug)]
struct Slot {
    branch: Branch,
    state: State,
    screens: Screens,
}

/// A game with its past, and with the future that a movie or a way back has left it.
#[derive(Debug)]
pub struct Session {
    emulator: Emulator,
    /// What a movie of the run says besides its frames.
    header: Movie,
    start_state: Option<Vec<u8>>,
    log: Log,
    /// Inputs played so far: the index of the next one.
    frame: u64,
    /// The frame to go to.
    goal: Option<u64>,
    /// Whether the emulator's screens show the present frame.
    drawn: bool,
    /// The picture of a present frame that was loaded and not played.
    still: Option<Screens>,
    keyframes: Keyframes,
    annotations: Annotations,
    /// Frames that the annotations have seen.
    annotated: u64,
    bookmarks: BTreeMap<u64, String>,
    branches: Vec<Branch>,
    slots: [Option<Slot>; SLOTS],
    undo: Vec<(Log, u64)>,
    redo: Vec<(Log, u64)>,
}

impl Session {
    /// A session that begins where `emulator` stands. `movie` is of that beginning: its header goes into the movies
    /// that the session writes, and its frames are ahead.
    ///
    /// # Errors
    /// The emulator's.
    pub fn new(mut emulator: Emulator, mut movie: Movie) -> Result<Self> {
        let mut keyframes = Keyframes::new(BUDGET);
        keyframes.insert(0, &emulator.save_state()?);
        let log = Log::of(std::mem::take(&mut movie.frames));
        Ok(Self {
            emulator,
            header: movie,
            start_state: None,
            log,
            frame: 0,
            goal: None,
            drawn: false,
            still: None,
            keyframes,
            annotations: Annotations::default(),
            annotated: 0,
            bookmarks: BTreeMap::new(),
            branches: Vec::new(),
            slots: [const { None }; SLOTS],
            undo: Vec::new(),
            redo: Vec::new(),
        })
    }

    /// The same session, with DeSmuME's file of the save state that its movie starts from, if it starts from one.
    #[must_use]
    pub fn with_start_state(self, start_state: Option<Vec<u8>>) -> Self {
        Self {
            start_state,
            ..self
        }
    }

    /// The emulator, in the present frame.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The emulator, to set up what leaves RAM alone: sound. Stepping it or writing into RAM oneself leaves the log.
    pub fn emulator_mut(&mut self) -> &mut Emulator {
        &mut self.emulator
    }

    /// Both screens in the present frame.
    #[must_use]
    pub fn screens(&self) -> Screens {
        self.still
            .clone()
            .unwrap_or_else(|| self.emulator.screens())
    }

    /// Inputs played so far.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// Inputs played and ahead.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.log.length()
    }

    /// Whether live input comes next: nothing is ahead.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.frame == self.length()
    }

    /// All that was done and is ahead.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// What was pressed in the present frame; nothing at the beginning.
    #[must_use]
    pub fn last_input(&self) -> Input {
        let last = self.frame.checked_sub(1);
        last.and_then(|last| self.log.input(last))
            .unwrap_or_default()
    }

    /// The states along the run.
    #[must_use]
    pub fn keyframes(&self) -> &Keyframes {
        &self.keyframes
    }

    /// Changes how much memory states may take, in bytes.
    pub fn set_budget(&mut self, bytes: usize) {
        self.keyframes.set_budget(bytes);
    }

    /// What is known of the run's race.
    #[must_use]
    pub fn annotations(&self) -> &Annotations {
        &self.annotations
    }

    /// Plays a frame: the next of the log, or `live` where the log ends. Says whether there was one to play.
    ///
    /// # Errors
    /// The emulator's, and a broken race in RAM.
    pub fn step(&mut self, live: Option<Input>) -> Result<bool> {
        self.step_with(live, Picture::Draw)
    }

    /// [`step`](Self::step) with a picture or without.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn step_with(&mut self, live: Option<Input>, picture: Picture) -> Result<bool> {
        let ahead = self.log.input(self.frame);
        let Some(input) = ahead.or(live) else {
            return Ok(false);
        };
        self.emulator.step(&input.frame, picture)?;
        if ahead.is_none() {
            self.log.push(input);
        }
        let played = self.frame;
        self.frame += 1;
        self.drawn = picture == Picture::Draw;
        self.still = None;
        if self.frame.is_multiple_of(KEYFRAME_EVERY) && !self.keyframes.contains(self.frame) {
            self.keyframes
                .insert(self.frame, &self.emulator.save_state()?);
        }
        self.apply_pokes()?;
        self.annotate(played)?;
        Ok(true)
    }

    fn annotate(&mut self, played: u64) -> Result<()> {
        if played == self.annotated {
            // RAM of a game that has just been switched on is nobody's.
            let race = Ram::new(self.emulator.main_ram())
                .ok()
                .and_then(|ram| ram.race().ok().flatten());
            self.annotations.see(played, race.as_ref())?;
            self.annotated += 1;
        }
        Ok(())
    }

    /// Sets out for a frame, at most the log's end: [`travel`](Self::travel) goes there.
    pub fn set_goal(&mut self, frame: u64) {
        self.goal = Some(frame.min(self.length()));
    }

    /// The frame that the session is on its way to.
    #[must_use]
    pub fn goal(&self) -> Option<u64> {
        self.goal
    }

    /// Goes on towards the goal until it is reached, which it says, or until `deadline`. The frame that it ends at is
    /// drawn: whoever waits sees the run go by.
    ///
    /// # Errors
    /// The emulator's.
    pub fn travel(&mut self, deadline: Option<Instant>) -> Result<bool> {
        let Some(goal) = self.goal else {
            return Ok(true);
        };
        self.jump_towards(goal)?;
        while self.frame < goal {
            let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
            let picture = match is_late || self.frame + 1 == goal {
                true => Picture::Draw,
                false => Picture::Skip,
            };
            self.step_with(None, picture)?;
            if is_late && self.frame < goal {
                return Ok(false);
            }
        }
        self.goal = None;
        Ok(true)
    }

    /// Goes to a frame at once.
    ///
    /// # Errors
    /// The emulator's.
    pub fn go_to(&mut self, frame: u64) -> Result<()> {
        self.set_goal(frame);
        self.travel(None)?;
        Ok(())
    }

    /// Loads a state from which the goal is nearer than from the present frame, if there is one.
    fn jump_towards(&mut self, goal: u64) -> Result<()> {
        let is_there = self.frame == goal && (self.drawn || self.still.is_some());
        // The goal is played to and drawn, so that its state alone doesn't do.
        let from = self.keyframes.before(goal.saturating_sub(1)).unwrap_or(0);
        let is_on_the_way = self.frame < goal && self.frame >= from;
        if is_there || is_on_the_way || (goal == 0 && self.frame == 0) {
            return Ok(());
        }
        self.load_keyframe(from)
    }

    fn load_keyframe(&mut self, frame: u64) -> Result<()> {
        if let Some(state) = self.keyframes.state(frame) {
            self.emulator.load_state(&state?)?;
            self.frame = frame;
            self.drawn = false;
            self.still = None;
            self.apply_pokes()?;
        }
        Ok(())
    }

    fn apply_pokes(&mut self) -> Result<()> {
        for poke in self.log.pokes(self.frame) {
            write(&mut self.emulator, poke)?;
        }
        Ok(())
    }

    /// Takes the controls: what is ahead becomes a branch, and live input comes next.
    ///
    /// # Errors
    /// None today.
    pub fn take_over(&mut self) -> Result<()> {
        if self.is_live() {
            return Ok(());
        }
        self.remember();
        self.keep_branch(format!("before frame {}", self.frame));
        self.log.truncate(self.frame);
        self.forget_after(self.frame);
        Ok(())
    }

    /// Writes into RAM, now and whenever the run comes by.
    ///
    /// # Errors
    /// [`Error::OutsideRam`].
    pub fn poke(&mut self, poke: Poke) -> Result<()> {
        write(&mut self.emulator, &poke)?;
        self.remember();
        self.log.poke(self.frame, poke);
        self.forget_after(self.frame);
        Ok(())
    }

    /// What was worked out of frames after `frame` holds no longer.
    fn forget_after(&mut self, frame: u64) {
        self.keyframes.truncate(frame);
        self.annotations.truncate(frame);
        self.annotated = self.annotated.min(frame);
    }

    fn remember(&mut self) {
        if self.undo.len() == UNDO {
            self.undo.remove(0);
        }
        self.undo.push((self.log.clone(), self.frame));
        self.redo.clear();
    }

    /// Takes the last change of the log back: a branching, a write into RAM, a loaded slot or branch. Says whether
    /// there was one. What was played since is lost but for [`redo`](Self::redo).
    ///
    /// # Errors
    /// The emulator's.
    pub fn undo(&mut self) -> Result<bool> {
        let Some((log, frame)) = self.undo.pop() else {
            return Ok(false);
        };
        self.redo.push((self.log.clone(), self.frame));
        self.replace_log(log, frame)?;
        Ok(true)
    }

    /// Takes the last [`undo`](Self::undo) back. Says whether there was one.
    ///
    /// # Errors
    /// The emulator's.
    pub fn redo(&mut self) -> Result<bool> {
        let Some((log, frame)) = self.redo.pop() else {
            return Ok(false);
        };
        self.undo.push((self.log.clone(), self.frame));
        self.replace_log(log, frame)?;
        Ok(true)
    }

    /// Whether there is something to undo, and to redo.
    #[must_use]
    pub fn can_undo_and_redo(&self) -> (bool, bool) {
        (!self.undo.is_empty(), !self.redo.is_empty())
    }

    /// Goes over to another log and sets out for `frame` of it.
    fn replace_log(&mut self, log: Log, frame: u64) -> Result<()> {
        let common = self.log.common(&log);
        self.log = log;
        self.forget_after(common);
        self.drawn = false;
        if self.frame >= common {
            let from = self.keyframes.before(common).unwrap_or(0);
            self.load_keyframe(from)?;
        }
        self.set_goal(frame);
        Ok(())
    }

    /// Goes over to the branch after the one that is the present log, or to the first: so all runs come by in turn.
    ///
    /// # Errors
    /// [`Error::NoSuch`] without branches, and the emulator's.
    pub fn switch_to_next_branch(&mut self) -> Result<()> {
        let present = self.branches.iter().position(|it| it.log == self.log);
        let next = present.map_or(0, |number| (number + 1) % self.branches.len());
        self.switch_to_branch(next)
    }

    /// Keeps the whole log as a branch, unless it is one already.
    pub fn keep_branch(&mut self, name: String) {
        if let Some(branch) = self.branches.iter_mut().find(|it| it.log == self.log) {
            branch.frame = self.frame;
            return;
        }
        if self.branches.len() == BRANCHES {
            self.branches.remove(0);
        }
        self.branches.push(Branch {
            name,
            log: self.log.clone(),
            frame: self.frame,
        });
    }

    /// Runs that were left, the first first.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Goes over to a branch, and to the frame at which it was left; the present log becomes one.
    ///
    /// # Errors
    /// [`Error::NoSuch`], and the emulator's.
    pub fn switch_to_branch(&mut self, number: usize) -> Result<()> {
        let Some(branch) = self.branches.get(number).cloned() else {
            return Err(Error::NoSuch {
                what: "branch",
                count: self.branches.len(),
                found: number,
            });
        };
        self.remember();
        self.keep_branch(format!("before going to “{}”", branch.name));
        self.replace_log(branch.log, branch.frame)
    }

    /// Saves the present frame, with all that led to it and is ahead, in a slot.
    ///
    /// # Errors
    /// [`Error::NoSuch`], and the emulator's.
    pub fn save_slot(&mut self, slot: usize) -> Result<()> {
        check_slot(slot)?;
        self.slots[slot] = Some(Slot {
            branch: Branch {
                name: format!("slot {slot}"),
                log: self.log.clone(),
                frame: self.frame,
            },
            state: self.emulator.save_state()?,
            screens: self.screens(),
        });
        Ok(())
    }

    /// Goes to what was saved in a slot.
    ///
    /// # Errors
    /// [`Error::EmptySlot`], [`Error::NoSuch`], and the emulator's.
    pub fn load_slot(&mut self, slot: usize) -> Result<()> {
        check_slot(slot)?;
        let Some(saved) = self.slots[slot].clone() else {
            return Err(Error::EmptySlot { slot });
        };
        self.remember();
        let common = self.log.common(&saved.branch.log);
        self.log = saved.branch.log;
        self.forget_after(common);
        self.emulator.load_state(&saved.state)?;
        self.frame = saved.branch.frame;
        self.goal = None;
        self.still = Some(saved.screens);
        // A state that was taken after a write is none from before it, as those along the run are.
        if self.log.pokes(self.frame).is_empty() {
            self.keyframes.insert(self.frame, &saved.state);
        }
        Ok(())
    }

    /// The frame that each slot holds.
    pub fn slots(&self) -> impl Iterator<Item = Option<u64>> {
        let slots = self.slots.iter();
        slots.map(|slot| slot.as_ref().map(|slot| slot.branch.frame))
    }

    /// Marks the present frame; an empty text takes its mark away.
    pub fn set_bookmark(&mut self, name: &str) {
        match name.is_empty() {
            true => self.bookmarks.remove(&self.frame),
            false => self.bookmarks.insert(self.frame, name.to_owned()),
        };
    }

    /// Marked frames with their names, in order.
    #[must_use]
    pub fn bookmarks(&self) -> &BTreeMap<u64, String> {
        &self.bookmarks
    }

    /// The run up to the present frame as a movie, with what is known of its race and of its corrections in the comments.
    ///
    /// # Errors
    /// [`Error::Poked`] when RAM was written into.
    pub fn movie(&self) -> Result<Movie> {
        if let Some((count, frame)) = self.log.pokes_before(self.frame) {
            return Err(Error::Poked { count, frame });
        }
        let mut movie = self.header.clone();
        movie.frames = self.played().map(|input| input.frame).collect();
        let mut annotations = self.annotations.clone();
        annotations.truncate(self.frame);
        annotations.write_to(&mut movie);
        self.corrections().write_to(&mut movie);
        Ok(movie)
    }

    /// DeSmuME's file of the save state that the run began in, to lie beside its movies; `None` where they start at
    /// power-on.
    #[must_use]
    pub fn start_state(&self) -> Option<&[u8]> {
        self.start_state.as_deref()
    }

    /// The frames up to the present one in which a human corrected an agent.
    #[must_use]
    pub fn corrections(&self) -> Corrections {
        let mut corrections = Corrections::default();
        let inputs = (0..).zip(self.played());
        for (frame, _) in inputs.filter(|(_, input)| input.correction) {
            corrections.mark(frame);
        }
        corrections
    }

    fn played(&self) -> impl Iterator<Item = &Input> {
        let played = usize::try_from(self.frame).unwrap_or(usize::MAX);
        self.log.inputs().iter().take(played)
    }

    /// What the next frame of the log presses; `None` where live input comes next.
    #[must_use]
    pub fn next_frame(&self) -> Option<Frame> {
        self.log.input(self.frame).map(|input| input.frame)
    }
}

fn check_slot(slot: usize) -> Result<()> {
    match slot < SLOTS {
        true => Ok(()),
        false => Err(Error::NoSuch {
            what: "slot",
            count: SLOTS,
            found: slot,
        }),
    }
}

fn write(emulator: &mut Emulator, poke: &Poke) -> Result<()> {
    let outside = Error::OutsideRam {
        address: poke.address,
        size: poke.bytes.len(),
    };
    let start = poke
        .address
        .checked_sub(RAM_BASE)
        .map(|start| start as usize);
    let range = start.map(|start| start..start.saturating_add(poke.bytes.len()));
    let ram = emulator.main_ram_mut();
    match range.and_then(|range| ram.get_mut(range)) {
        Some(place) => place.copy_from_slice(&poke.bytes),
        None => return Err(outside),
    }
    Ok(())
}
