//! The run itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use desmume::{Emulator, Picture, Screens, State};
use env_mkds::runs::annotations::Annotations;
use env_mkds::runs::comments::RaceComment;
use env_mkds::runs::corrections::Corrections;
use mkds_memory::events::RaceEvents;
use mkds_memory::{RAM_BASE, Ram};
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;

use crate::file::Snapshot;
use crate::keyframes::Keyframes;
use crate::log::{Input, Log, Poke};
use crate::seen::{Happening, Mark, Seen};
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
pub(crate) const BRANCHES: usize = 100;

/// A run that was left for another one.
#[derive(Clone, Debug)]
pub struct Branch {
    /// What it is called.
    pub name: String,
    /// What was done in it.
    pub log: Log,
    /// The frame at which it was left.
    pub frame: u64,
    pub(crate) seen: Arc<Seen>,
}

impl Branch {
    /// A run that was not played here.
    pub(crate) fn unseen(name: String, log: Log, frame: u64) -> Self {
        Self {
            name,
            log,
            frame,
            seen: Arc::default(),
        }
    }
}

/// A frame that was saved by hand, and the run that led to it.
#[derive(Clone, Debug)]
struct Slot {
    branch: Branch,
    /// The frame itself; `None` in a session that was read from a file, whose runs lead there.
    moment: Option<Moment>,
}

/// All of a frame.
#[derive(Clone, Debug)]
struct Moment {
    state: State,
    screens: Screens,
    watch: RaceEvents,
}

/// A place in the part of the run that is ahead and unseen, on the way to which the session is.
#[derive(Clone, Copy, Debug)]
struct Search {
    mark: Mark,
    /// The frame from which it is searched, to go back to if there is none.
    from: u64,
}

/// To which side a run is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Ahead.
    On,
    /// Behind.
    Back,
}

/// A game with its past, and with the future that a movie or a way back has left it.
#[derive(Debug)]
pub struct Session {
    emulator: Emulator,
    /// What a movie of the run says besides its frames.
    header: Movie,
    start_state: Option<Arc<Vec<u8>>>,
    /// The run that the header's comments tell of.
    recorded: Log,
    log: Log,
    /// Inputs played so far: the index of the next one.
    frame: u64,
    /// The frame to go to.
    goal: Option<u64>,
    search: Option<Search>,
    /// Whether the emulator's screens show the present frame.
    drawn: bool,
    /// The picture of a present frame that was loaded and not played.
    still: Option<Screens>,
    keyframes: Keyframes,
    /// Tells the events of the frame after the present one.
    watch: RaceEvents,
    seen: Arc<Seen>,
    bookmarks: BTreeMap<u64, String>,
    branches: Vec<Branch>,
    slots: [Option<Slot>; SLOTS],
    undo: Vec<Branch>,
    redo: Vec<Branch>,
    /// How many times it was gone back to record anew.
    rerecords: u64,
    /// Grows with every change of what a file of the session holds.
    changes: u64,
}

impl Session {
    /// A session that begins where `emulator` stands. `movie` is of that beginning: its header goes into the movies
    /// that the session writes, and its frames are ahead.
    ///
    /// # Errors
    /// The emulator's, and when the movie's comments of corrections can't be read.
    pub fn new(mut emulator: Emulator, mut movie: Movie) -> Result<Self> {
        let watch = RaceEvents::new().every(1);
        let mut keyframes = Keyframes::new(BUDGET);
        keyframes.insert(0, &emulator.save_state()?, &watch);
        let log = Log::of_movie(&mut movie)?;
        Ok(Self {
            emulator,
            header: movie,
            start_state: None,
            recorded: log.clone(),
            log,
            frame: 0,
            goal: None,
            search: None,
            drawn: false,
            still: None,
            keyframes,
            watch,
            seen: Arc::default(),
            bookmarks: BTreeMap::new(),
            branches: Vec::new(),
            slots: [const { None }; SLOTS],
            undo: Vec::new(),
            redo: Vec::new(),
            rerecords: 0,
            changes: 0,
        })
    }

    /// The same session, with DeSmuME's file of the save state that its movie starts from, if it starts from one.
    #[must_use]
    pub fn with_start_state(self, start_state: Option<Vec<u8>>) -> Self {
        Self {
            start_state: start_state.map(Arc::new),
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

    /// Inputs played so far: the number of the frame that comes next.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// The number of the frame that the screens show, counted from 0 as the command line counts the frames of movies;
    /// `None` before the first.
    #[must_use]
    pub fn shown_frame(&self) -> Option<u64> {
        self.frame.checked_sub(1)
    }

    /// Grows with every change of what a file of the session holds: while it is the same, nothing is to be saved.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
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
        &self.seen.annotations
    }

    /// The id of the course of the run's race: of the last that was played, else of the one that a movie tells of, else of
    /// the one in RAM. `None` where none of them is known.
    #[must_use]
    pub fn course(&self) -> Option<u32> {
        let told = || RaceComment::of_movie(&self.header).ok().flatten();
        let comment = self.seen.annotations.race().or_else(told);
        let in_ram = || {
            let ram = Ram::new(self.emulator.main_ram()).ok()?;
            let race = ram.race().ok().flatten()?;
            Some(race.config().course().0)
        };
        comment
            .map(|comment| comment.combo.course.into())
            .or_else(in_ram)
    }

    /// What has happened in the run, as far as it was ever played, in order.
    #[must_use]
    pub fn happenings(&self) -> &[Happening] {
        &self.seen.happenings
    }

    /// Whether all of the run was seen, or is as a movie's comments tell of it: whether [`movie`](Self::movie) can tell
    /// of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.seen.frames >= self.length() || self.log == self.recorded
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
            self.changes += 1;
        }
        let played = self.frame;
        self.frame += 1;
        self.drawn = picture == Picture::Draw;
        self.still = None;
        self.look(played)?;
        if self.frame.is_multiple_of(KEYFRAME_EVERY) && !self.keyframes.contains(self.frame) {
            let state = self.emulator.save_state()?;
            self.keyframes.insert(self.frame, &state, &self.watch);
        }
        self.apply_pokes()?;
        Ok(true)
    }

    /// Takes down what has happened in the frame that was just played, if it is new.
    fn look(&mut self, played: u64) -> Result<()> {
        // RAM of a game that has just been switched on is of no build; of one that loads a race, the race is torn.
        let ram = Ram::new(self.emulator.main_ram()).ok();
        let events = match &ram {
            Some(ram) => self.watch.update(ram).unwrap_or_default(),
            None => &[],
        };
        if played == self.seen.frames {
            let race = ram.and_then(|ram| ram.race().ok().flatten());
            Arc::make_mut(&mut self.seen).see(race.as_ref(), events)?;
        }
        Ok(())
    }

    /// Sets out for a frame, at most the log's end: [`travel`](Self::travel) goes there.
    pub fn set_goal(&mut self, frame: u64) {
        self.goal = Some(frame.min(self.length()));
        self.search = None;
    }

    /// Sets out for the next place of a kind, or the one before. What is ahead and was never played is played until such
    /// a place comes.
    ///
    /// # Errors
    /// [`Error::NoMark`] where all is known and there is none.
    pub fn set_goal_at(&mut self, mark: Mark, way: Way) -> Result<()> {
        let present = self.goal.unwrap_or(self.frame);
        let from = self.search.map_or(present, |search| search.from);
        let found = match way {
            Way::On => self.seen.next(mark, from),
            Way::Back => self.seen.previous(mark, from),
        };
        let is_seen = self.seen.frames >= self.length();
        match found {
            Some(frame) => self.set_goal(frame),
            None if is_seen || (way == Way::Back && mark != Mark::Race) => {
                return Err(Error::NoMark { mark: mark.name() });
            }
            None => {
                self.set_goal(self.length());
                self.search = Some(Search { mark, from });
            }
        }
        Ok(())
    }

    /// The frame that the session is on its way to.
    #[must_use]
    pub fn goal(&self) -> Option<u64> {
        self.goal
    }

    /// Goes on towards the goal until it is reached, which it says, or until `deadline`. The frame that it ends at is
    /// drawn, so that the run is seen on the way.
    ///
    /// # Errors
    /// The emulator's, and [`Error::NoMark`] where a search has come to the end: the way then leads back to where it began.
    pub fn travel(&mut self, deadline: Option<Instant>) -> Result<bool> {
        while let Some(goal) = self.goal {
            self.jump_towards(goal)?;
            while self.frame < goal {
                let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                let picture = match is_late || self.frame + 1 == goal {
                    true => Picture::Draw,
                    false => Picture::Skip,
                };
                self.step_with(None, picture)?;
                if self.has_found() {
                    break;
                }
                if is_late && self.frame < goal {
                    return Ok(false);
                }
            }
            if self.goal == Some(goal) {
                self.goal = None;
                if let Some(Search { mark, from }) = self.search.take() {
                    self.set_goal(from);
                    return Err(Error::NoMark { mark: mark.name() });
                }
            }
        }
        Ok(true)
    }

    /// Turns a search whose place has come into a way there.
    fn has_found(&mut self) -> bool {
        let found = self
            .search
            .and_then(|search| self.seen.next(search.mark, search.from));
        if let Some(frame) = found {
            self.set_goal(frame);
        }
        found.is_some()
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
        if let Some(kept) = self.keyframes.get(frame) {
            let (state, watch) = kept?;
            self.emulator.load_state(&state)?;
            self.watch = watch;
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
        self.goal = None;
        self.search = None;
        self.rerecords += 1;
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
        if frame < self.seen.frames {
            Arc::make_mut(&mut self.seen).truncate(frame);
        }
        self.changes += 1;
    }

    /// The present run, to come back to.
    fn branch(&self, name: String) -> Branch {
        Branch {
            name,
            log: self.log.clone(),
            frame: self.frame,
            seen: self.seen.clone(),
        }
    }

    fn remember(&mut self) {
        if self.undo.len() == UNDO {
            self.undo.remove(0);
        }
        self.undo.push(self.branch(String::new()));
        self.redo.clear();
    }

    /// Takes the last change of the log back: a branching, a write into RAM, a loaded slot or branch. Says whether
    /// there was one. What was driven since becomes a branch.
    ///
    /// # Errors
    /// The emulator's.
    pub fn undo(&mut self) -> Result<bool> {
        let Some(run) = self.undo.pop() else {
            return Ok(false);
        };
        self.redo.push(self.branch(String::new()));
        // A redo is gone with the next change, and is in no file.
        if !run.log.begins_with(&self.log) && !self.is_in_a_slot() {
            self.keep_branch(format!("before undoing at frame {}", self.frame));
        }
        self.go_over_to(run)?;
        Ok(true)
    }

    /// Whether the present run is one that a slot holds.
    fn is_in_a_slot(&self) -> bool {
        let mut slots = self.slots.iter().flatten();
        slots.any(|slot| slot.branch.log == self.log)
    }

    /// Takes the last [`undo`](Self::undo) back. Says whether there was one.
    ///
    /// # Errors
    /// The emulator's.
    pub fn redo(&mut self) -> Result<bool> {
        let Some(run) = self.redo.pop() else {
            return Ok(false);
        };
        self.undo.push(self.branch(String::new()));
        self.go_over_to(run)?;
        Ok(true)
    }

    /// Whether there is something to undo, and to redo.
    #[must_use]
    pub fn can_undo_and_redo(&self) -> (bool, bool) {
        (!self.undo.is_empty(), !self.redo.is_empty())
    }

    /// Goes over to another run and sets out for the frame at which it was left.
    fn go_over_to(&mut self, run: Branch) -> Result<()> {
        let frame = run.frame;
        let common = self.replace_log(run);
        self.drawn = false;
        if self.frame >= common {
            let from = self.keyframes.before(common).unwrap_or(0);
            self.load_keyframe(from)?;
        }
        self.set_goal(frame);
        Ok(())
    }

    /// Puts another run in the present one's place; gives the last frame that both have.
    fn replace_log(&mut self, run: Branch) -> u64 {
        let common = self.log.common(&run.log);
        self.log = run.log;
        self.forget_after(common);
        if self.seen.frames < run.seen.frames {
            self.seen = run.seen;
        }
        common
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
        self.branches.push(self.branch(name));
        self.changes += 1;
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
        self.go_over_to(branch)
    }

    /// Saves the present frame, with all that led to it and is ahead, in a slot.
    ///
    /// # Errors
    /// [`Error::NoSuch`], and the emulator's.
    pub fn save_slot(&mut self, slot: usize) -> Result<()> {
        check_slot(slot)?;
        self.slots[slot] = Some(Slot {
            moment: Some(Moment {
                state: self.emulator.save_state()?,
                screens: self.screens(),
                watch: self.watch.clone(),
            }),
            branch: self.branch(format!("slot {slot}")),
        });
        self.changes += 1;
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
        self.rerecords += 1;
        let Some(moment) = saved.moment else {
            return self.go_over_to(saved.branch);
        };
        self.frame = saved.branch.frame;
        self.replace_log(saved.branch);
        self.emulator.load_state(&moment.state)?;
        self.watch = moment.watch;
        self.goal = None;
        self.search = None;
        self.still = Some(moment.screens);
        // A state that was taken after a write is none from before it, as those along the run are.
        if self.log.pokes(self.frame).is_empty() {
            self.keyframes
                .insert(self.frame, &moment.state, &self.watch);
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
        self.changes += 1;
    }

    /// Marked frames with their names, in order.
    #[must_use]
    pub fn bookmarks(&self) -> &BTreeMap<u64, String> {
        &self.bookmarks
    }

    /// The whole run as a movie, with what is known of its race and of its corrections in the comments.
    ///
    /// # Errors
    /// [`Error::Poked`] when RAM was written into, and [`Error::Unseen`] unless it [is known](Self::is_known): play it to
    /// its end first.
    pub fn movie(&self) -> Result<Movie> {
        self.require_no_pokes()?;
        if !self.is_known() {
            return Err(Error::Unseen {
                seen: self.seen.frames,
                length: self.length(),
            });
        }
        let mut movie = self.header.clone();
        movie.frames = self.log.frames().collect();
        if self.rerecords > 0 {
            let before = movie.header.rerecord_count()?.unwrap_or(0).max(0);
            let count = before.saturating_add_unsigned(self.rerecords);
            movie.header.set("rerecordCount", &count.to_string())?;
        }
        if self.log != self.recorded {
            self.seen.annotations.write_to(&mut movie);
            self.corrections().write_to(&mut movie);
        }
        Ok(movie)
    }

    /// Checks that the run is one of inputs alone.
    ///
    /// # Errors
    /// [`Error::Poked`].
    pub fn require_no_pokes(&self) -> Result<()> {
        match self.log.first_poke() {
            Some((count, frame)) => Err(Error::Poked { count, frame }),
            None => Ok(()),
        }
    }

    /// Whether there is nothing beside the run: no branch, bookmark or slot.
    #[must_use]
    pub fn is_a_run_alone(&self) -> bool {
        self.branches.is_empty()
            && self.bookmarks.is_empty()
            && self.slots.iter().all(Option::is_none)
    }

    /// All that a file of the session holds. Cheap: nothing is copied but names.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let slots = (0..).zip(&self.slots);
        Snapshot {
            header: self.header.clone(),
            recorded: self.recorded.clone(),
            start_state: self.start_state.clone(),
            run: self.branch(String::new()),
            branches: self.branches.clone(),
            bookmarks: self.bookmarks.clone(),
            slots: slots
                .filter_map(|(number, slot)| Some((number, slot.as_ref()?.branch.clone())))
                .collect(),
            rerecords: self.rerecords,
        }
    }

    /// Takes over what a file holds of the session, which has just begun, and sets out for the frame at which it was left.
    ///
    /// # Errors
    /// [`Error::OutsideRam`].
    pub(crate) fn restore(&mut self, snapshot: Snapshot) -> Result<()> {
        self.log = snapshot.run.log;
        self.apply_pokes()?;
        self.set_goal(snapshot.run.frame);
        self.branches = snapshot.branches;
        self.bookmarks = snapshot.bookmarks;
        for (number, branch) in snapshot.slots {
            if let Some(slot) = self.slots.get_mut(number) {
                *slot = Some(Slot {
                    branch,
                    moment: None,
                });
            }
        }
        self.rerecords = snapshot.rerecords;
        Ok(())
    }

    /// DeSmuME's file of the save state that the run began in, to lie beside its movies; `None` where they start at
    /// power-on.
    #[must_use]
    pub fn start_state(&self) -> Option<&[u8]> {
        self.start_state.as_ref().map(|state| state.as_slice())
    }

    /// The frames in which a human corrected an agent.
    #[must_use]
    pub fn corrections(&self) -> Corrections {
        let mut corrections = Corrections::default();
        let inputs = (0..).zip(self.log.inputs());
        for (frame, _) in inputs.filter(|(_, input)| input.correction) {
            corrections.mark(frame);
        }
        corrections
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
