//! The run itself.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use machine::{Machine, Picture, Ram};

use crate::branch::{BRANCHES, Branch, SLOTS, Snapshot};
use crate::file::ToFile;
use crate::game::{Direction, Game, InputOf, Mark, MovieFormat, StateOf};
use crate::keyframes::Keyframes;
use crate::log::{Input, Log, Poke};
use crate::run::{Left, MovieFile, Run};
use crate::seen::{Happening, Seen};
use crate::{Error, Result};

/// Frames from one kept state to the next: as many as are played back in the time of two frames on the screen.
const KEYFRAME_EVERY: u64 = 60;
/// Memory for states, bytes.
const BUDGET: usize = 1_000_000_000;
/// How many changes of the log can be undone.
const UNDO: usize = 100;
/// A frame that was saved by hand, and the run that led to it.
#[derive(Clone, Debug)]
struct Slot<G: Game> {
    branch: Branch<G>,
    /// The frame itself; `None` in a session that was read from a file, whose runs lead there.
    moment: Option<Moment<G>>,
}

/// All of a frame.
#[derive(Clone, Debug)]
struct Moment<G: Game> {
    state: StateOf<G>,
    picture: Vec<u8>,
    watch: G::Watch,
}

/// A place in the part of the run that is ahead and unseen, on the way to which the session is.
#[derive(Clone, Copy, Debug)]
struct Search {
    mark: Mark,
    /// The frame where the search began, to return to if there is no such place.
    from: u64,
}

/// A game with its past, and with the future that a movie or a way back has left it.
#[derive(Debug)]
pub struct Session<G: Game> {
    machine: G::Machine,
    /// What a movie of the run says besides its frames.
    header: G::Movie,
    start_state: Option<Arc<Vec<u8>>>,
    /// The run that the header's comments tell of.
    recorded: Log<InputOf<G>>,
    log: Log<InputOf<G>>,
    /// Inputs played so far: the index of the next one.
    frame: u64,
    /// The frame to go to.
    goal: Option<u64>,
    search: Option<Search>,
    /// Whether the machine's picture is of the present frame.
    drawn: bool,
    /// The picture of a present frame that was loaded and not played.
    still: Option<Vec<u8>>,
    keyframes: Keyframes<G::Watch>,
    /// Tells the events of the frame after the present one.
    watch: G::Watch,
    seen: Arc<Seen<G>>,
    bookmarks: BTreeMap<u64, String>,
    branches: Vec<Branch<G>>,
    slots: [Option<Slot<G>>; SLOTS],
    undo: Vec<Branch<G>>,
    redo: Vec<Branch<G>>,
    /// How often the user went back and recorded again.
    rerecords: u64,
    /// Grows with every change of what a file of the session holds.
    changes: u64,
    /// Grows with every change of the log.
    edits: u64,
}

impl<G: Game> Session<G> {
    /// A session that begins where `machine` stands. `movie` is of that beginning: its header goes into the movies
    /// that the session writes, and its frames are ahead.
    ///
    /// # Errors
    /// The machine's, and when the movie's notes of corrections can't be read.
    pub fn new(mut machine: G::Machine, mut movie: G::Movie) -> Result<Self> {
        let watch = G::Watch::default();
        let mut keyframes = Keyframes::new(BUDGET);
        let state = machine.save_state().map_err(Error::machine)?;
        keyframes.insert(0, &state, &watch);
        let log = Log::from_inputs(G::take_inputs(&mut movie).map_err(Error::game)?);
        Ok(Self {
            machine,
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
            edits: 0,
        })
    }

    /// The same session, with the file of the save state that its movie starts from, if it starts from one.
    #[must_use]
    pub fn with_start_state(self, start_state: Option<Vec<u8>>) -> Self {
        Self {
            start_state: start_state.map(Arc::new),
            ..self
        }
    }

    /// The machine, in the present frame.
    #[must_use]
    pub fn machine(&self) -> &G::Machine {
        &self.machine
    }

    /// All that was done and is ahead.
    #[must_use]
    pub fn log(&self) -> &Log<InputOf<G>> {
        &self.log
    }

    /// What was pressed in the present frame; nothing at the beginning.
    #[must_use]
    pub fn last_input(&self) -> Input<InputOf<G>> {
        let last = self.frame.checked_sub(1);
        last.and_then(|last| self.log.input(last))
            .unwrap_or_default()
    }

    /// The states along the run.
    #[must_use]
    pub fn keyframes(&self) -> &Keyframes<G::Watch> {
        &self.keyframes
    }

    /// What a movie of the run says besides its inputs, as the session began with it.
    #[must_use]
    pub fn header(&self) -> &G::Movie {
        &self.header
    }

    /// The notes of the run.
    #[must_use]
    pub fn notes(&self) -> &G::Notes {
        &self.seen.notes
    }

    /// What has happened in the run, as far as it was ever played, in order.
    #[must_use]
    pub fn happenings(&self) -> &[Happening<G::Event>] {
        &self.seen.happenings
    }

    /// Plays a frame: the next of the log, or `live` where the log ends. Says whether there was one to play.
    ///
    /// # Errors
    /// The machine's, and the game's where a frame can't be noted.
    pub fn step(&mut self, live: Option<Input<InputOf<G>>>) -> Result<bool> {
        self.step_with(live, Picture::Draw)
    }

    /// [`step`](Self::step) with a picture or without.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn step_with(&mut self, live: Option<Input<InputOf<G>>>, picture: Picture) -> Result<bool> {
        let ahead = self.log.input(self.frame);
        let Some(input) = ahead.or(live) else {
            return Ok(false);
        };
        self.machine
            .step(&input.frame, picture)
            .map_err(Error::machine)?;
        if ahead.is_none() {
            self.log.push(input);
            self.changes += 1;
            self.edits += 1;
        }
        let played = self.frame;
        self.frame += 1;
        self.drawn = picture == Picture::Draw;
        self.still = None;
        self.record_events(played)?;
        if self.frame.is_multiple_of(KEYFRAME_EVERY) && !self.keyframes.contains(self.frame) {
            let state = self.machine.save_state().map_err(Error::machine)?;
            self.keyframes.insert(self.frame, &state, &self.watch);
        }
        self.apply_pokes()?;
        Ok(true)
    }

    /// Records the events of the frame that was just played, if it is new.
    fn record_events(&mut self, played: u64) -> Result<()> {
        G::watch(&mut self.watch, &self.machine);
        if played == self.seen.frames {
            let events = G::events(&self.watch);
            Arc::make_mut(&mut self.seen).record(&self.machine, events)?;
        }
        Ok(())
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

    /// Loads a state from which the goal is nearer than from the present frame, if there is one.
    fn jump_towards(&mut self, goal: u64) -> Result<()> {
        let is_there = self.frame == goal && (self.drawn || self.still.is_some());
        // The goal itself must be played to be drawn: a state at the goal is not enough.
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
            self.machine.load_state(&state).map_err(Error::machine)?;
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
            write(&mut self.machine, poke)?;
        }
        Ok(())
    }

    /// Drops what was computed from frames after `frame`.
    fn forget_after(&mut self, frame: u64) {
        self.keyframes.truncate(frame);
        if frame < self.seen.frames {
            Arc::make_mut(&mut self.seen).truncate(frame);
        }
        self.changes += 1;
        self.edits += 1;
    }

    /// The present run, to come back to.
    fn branch(&self, name: String) -> Branch<G> {
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

    /// Whether the present run is one that a slot holds.
    fn is_in_a_slot(&self) -> bool {
        let mut slots = self.slots.iter().flatten();
        slots.any(|slot| slot.branch.log == self.log)
    }

    /// Switches to another run and makes the frame where it was left the goal.
    fn go_over_to(&mut self, run: Branch<G>) -> Result<()> {
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
    fn replace_log(&mut self, run: Branch<G>) -> u64 {
        let common = self.log.common(&run.log);
        self.log = run.log;
        self.forget_after(common);
        if self.seen.frames < run.seen.frames {
            self.seen = run.seen;
        }
        common
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

    /// The branches, the oldest first.
    #[must_use]
    pub fn branches(&self) -> &[Branch<G>] {
        &self.branches
    }

    /// The frame that each slot holds.
    pub fn slots(&self) -> impl Iterator<Item = Option<u64>> {
        let slots = self.slots.iter();
        slots.map(|slot| slot.as_ref().map(|slot| slot.branch.frame))
    }

    /// The whole run as a movie, with what is known of its race and of its corrections in the comments.
    ///
    /// # Errors
    /// [`Error::Poked`] when RAM was written into, and [`Error::Unseen`] unless it [is fully played](Self::is_fully_played): play it to
    /// its end first.
    pub fn movie(&self) -> Result<G::Movie> {
        self.require_no_pokes()?;
        if !self.is_fully_played() {
            return Err(Error::Unseen {
                seen: self.seen.frames,
                length: self.length(),
            });
        }
        let notes = (self.log != self.recorded).then_some(&self.seen.notes);
        let inputs = self.log.inputs();
        G::movie(&self.header, inputs, self.rerecords, notes).map_err(Error::game)
    }

    /// All that a file of the session holds. Cheap: nothing is copied but names.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<G> {
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

    /// Restores a snapshot in a new session, and makes the frame where it was left the goal.
    ///
    /// # Errors
    /// [`Error::OutsideRam`].
    fn restore(&mut self, snapshot: Snapshot<G>) -> Result<()> {
        let slots = snapshot.slots.iter().map(|(_, slot)| slot);
        for run in snapshot.branches.iter().chain(slots).chain([&snapshot.run]) {
            for (_, poke) in run.log.all_pokes() {
                place_of(self.machine.ram(), poke)?;
            }
        }
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
}

impl<G: Game> Snapshot<G> {
    /// Opens the session on a ROM; its goal is the frame where it was left.
    ///
    /// # Errors
    /// When the ROM is another one, the save state that it begins in can't be read, a write goes where there is no RAM, and
    /// the machine's.
    pub fn open(self, rom: &[u8]) -> Result<Session<G>> {
        let inputs = self.recorded.inputs();
        let movie = G::movie(&self.header, inputs, 0, None).map_err(Error::game)?;
        let state = self.start_state.as_ref().map(|state| state.to_vec());
        let machine = G::open(rom, &movie, state.as_deref()).map_err(Error::game)?;
        let mut session = Session::new(machine, movie)?.with_start_state(state);
        session.restore(self)?;
        Ok(session)
    }
}

impl<G: Game> Run for Session<G> {
    fn picture(&self) -> Vec<u8> {
        self.still.clone().unwrap_or_else(|| self.machine.picture())
    }

    fn ram(&self) -> Option<Ram<'_>> {
        self.machine.ram()
    }

    fn hash(&self) -> u64 {
        self.machine.hash()
    }

    fn set_sound(&mut self, on: bool) {
        self.machine.set_sound(on);
    }

    fn take_sound(&mut self, into: &mut Vec<[i16; 2]>) {
        self.machine.take_sound(into);
    }

    fn edits(&self) -> u64 {
        self.edits
    }

    fn corrections(&self) -> Vec<Range<u64>> {
        self.log.corrections()
    }

    fn states(&self) -> Vec<u64> {
        self.keyframes.frames().collect()
    }

    fn race_start(&self) -> Option<i64> {
        G::race_start(&self.seen.notes)
    }

    fn places(&self, mark: Mark) -> Vec<u64> {
        match mark {
            Mark::Race => self.seen.race().into_iter().collect(),
            mark => self.seen.places(mark).collect(),
        }
    }

    fn latest_events(&self, most: usize) -> Vec<(u64, String)> {
        let happenings = &self.seen.happenings;
        let so_far = happenings.partition_point(|it| it.frame < self.frame);
        let latest = happenings[..so_far].iter().rev().take(most);
        latest
            .map(|it| (it.frame, G::describe(&it.event)))
            .collect()
    }

    fn left(&self) -> Vec<Left<'_>> {
        let branches = self.branches.iter();
        branches
            .map(|branch| Left {
                name: &branch.name,
                length: branch.log.length(),
            })
            .collect()
    }

    fn movie_file(&self) -> Result<MovieFile> {
        let movie = self.movie()?;
        Ok(MovieFile {
            frames: self.length(),
            movie: G::movie_to_bytes(&movie),
            state: self.start_state().map(<[u8]>::to_vec),
        })
    }

    fn movie_format(&self) -> MovieFormat {
        G::MOVIES
    }

    fn state_path(&self, movie: &Path, state: &[u8]) -> Result<PathBuf> {
        G::state_path(movie, state).map_err(Error::game)
    }

    fn to_file(&self) -> Box<dyn ToFile + Send> {
        Box::new(self.snapshot())
    }

    fn frame(&self) -> u64 {
        self.frame
    }

    fn shown_frame(&self) -> Option<u64> {
        self.frame.checked_sub(1)
    }

    fn changes(&self) -> u64 {
        self.changes
    }

    fn length(&self) -> u64 {
        self.log.length()
    }

    fn is_live(&self) -> bool {
        self.frame == self.length()
    }

    fn set_budget(&mut self, bytes: usize) {
        self.keyframes.set_budget(bytes);
    }

    fn is_fully_played(&self) -> bool {
        self.seen.frames >= self.length() || self.log == self.recorded
    }

    fn set_goal(&mut self, frame: u64) {
        self.goal = Some(frame.min(self.length()));
        self.search = None;
    }

    fn set_goal_at(&mut self, mark: Mark, direction: Direction) -> Result<()> {
        let present = self.goal.unwrap_or(self.frame);
        let from = self.search.map_or(present, |search| search.from);
        let found = match direction {
            Direction::Forward => self.seen.next(mark, from),
            Direction::Backward => self.seen.previous(mark, from),
        };
        let is_seen = self.seen.frames >= self.length();
        match found {
            Some(frame) => self.set_goal(frame),
            None if is_seen || (direction == Direction::Backward && mark != Mark::Race) => {
                return Err(Error::NoMark { mark: mark.name() });
            }
            None => {
                self.set_goal(self.length());
                self.search = Some(Search { mark, from });
            }
        }
        Ok(())
    }

    fn goal(&self) -> Option<u64> {
        self.goal
    }

    fn travel(&mut self, deadline: Option<Instant>) -> Result<bool> {
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

    fn go_to(&mut self, frame: u64) -> Result<()> {
        self.set_goal(frame);
        self.travel(None)?;
        Ok(())
    }

    fn take_over(&mut self) {
        if self.is_live() {
            return;
        }
        self.remember();
        self.keep_branch(format!("before frame {}", self.frame));
        self.log.truncate(self.frame);
        self.forget_after(self.frame);
        self.goal = None;
        self.search = None;
        self.rerecords += 1;
    }

    fn poke(&mut self, poke: Poke) -> Result<()> {
        write(&mut self.machine, &poke)?;
        self.remember();
        self.log.poke(self.frame, poke);
        self.forget_after(self.frame);
        Ok(())
    }

    fn undo(&mut self) -> Result<bool> {
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

    fn redo(&mut self) -> Result<bool> {
        let Some(run) = self.redo.pop() else {
            return Ok(false);
        };
        self.undo.push(self.branch(String::new()));
        self.go_over_to(run)?;
        Ok(true)
    }

    fn can_undo_and_redo(&self) -> (bool, bool) {
        (!self.undo.is_empty(), !self.redo.is_empty())
    }

    fn switch_to_next_branch(&mut self) -> Result<()> {
        let present = self.branches.iter().position(|it| it.log == self.log);
        let next = present.map_or(0, |number| (number + 1) % self.branches.len());
        self.switch_to_branch(next)
    }

    fn switch_to_branch(&mut self, number: usize) -> Result<()> {
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

    fn save_slot(&mut self, slot: usize) -> Result<()> {
        check_slot(slot)?;
        self.slots[slot] = Some(Slot {
            moment: Some(Moment {
                state: self.machine.save_state().map_err(Error::machine)?,
                picture: self.picture(),
                watch: self.watch.clone(),
            }),
            branch: self.branch(format!("slot {slot}")),
        });
        self.changes += 1;
        Ok(())
    }

    fn load_slot(&mut self, slot: usize) -> Result<()> {
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
        self.machine
            .load_state(&moment.state)
            .map_err(Error::machine)?;
        self.watch = moment.watch;
        self.goal = None;
        self.search = None;
        self.still = Some(moment.picture);
        // A state that was taken after a write is none from before it, as those along the run are.
        if self.log.pokes(self.frame).is_empty() {
            self.keyframes
                .insert(self.frame, &moment.state, &self.watch);
        }
        Ok(())
    }

    fn set_bookmark(&mut self, name: &str) {
        match name.is_empty() {
            true => self.bookmarks.remove(&self.frame),
            false => self.bookmarks.insert(self.frame, name.to_owned()),
        };
        self.changes += 1;
    }

    fn bookmarks(&self) -> &BTreeMap<u64, String> {
        &self.bookmarks
    }

    fn require_no_pokes(&self) -> Result<()> {
        match self.log.first_poke() {
            Some((count, frame)) => Err(Error::Poked { count, frame }),
            None => Ok(()),
        }
    }

    fn is_only_a_run(&self) -> bool {
        self.branches.is_empty()
            && self.bookmarks.is_empty()
            && self.slots.iter().all(Option::is_none)
    }

    fn start_state(&self) -> Option<&[u8]> {
        self.start_state.as_ref().map(|state| state.as_slice())
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

fn write(machine: &mut impl Machine, poke: &Poke) -> Result<()> {
    let range = place_of(machine.ram(), poke)?;
    if let Some(place) = machine.ram_mut().and_then(|ram| ram.get_mut(range)) {
        place.copy_from_slice(&poke.bytes);
    }
    Ok(())
}

/// Where a write goes.
fn place_of(ram: Option<Ram<'_>>, poke: &Poke) -> Result<Range<usize>> {
    let size = poke.bytes.len();
    let range = ram.and_then(|ram| ram.range(poke.address, size));
    range.ok_or_else(|| Error::OutsideRam {
        address: poke.address,
        size,
        span: ram.map_or(0..0, |ram| ram.span()),
    })
}
