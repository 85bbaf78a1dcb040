//! A race as a Gymnasium-style environment, of any kart game.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use env_core::{Env, EnvRng, RenderFrame, Step, rng};
use machine::{Machine, Picture};
use rand::RngExt;
use track::Track;

use crate::{
    Error,
    beginning::StartVariation,
    control::{ActionSet, ActionSpace, Button, Controller, RaceAction},
    ending::Circumstances,
    facts::{Controls, Facts},
    moment::Moment,
    observation::{Observation, ObservationSpace, Observer},
    pictures::{Pictures, PixelStack},
    referee::{Outcome, Referee},
};

/// A kart game whose races are environments.
pub trait RaceGame: Sized + 'static {
    /// What plays it.
    type Machine: Machine;
    /// A button of its console.
    type Button: Button;
    /// A course, as read from RAM.
    type Course;
    /// The configuration of its environments.
    type Config;
    /// Why a race can't begin or go on.
    type Error: std::error::Error
        + Send
        + Sync
        + From<Error>
        + From<<Self::Machine as Machine>::Error>
        + 'static;

    /// The race's own count of frames at the start signal.
    const GO_FRAME: u32;

    /// The race's own count of frames before which the game ignores inputs, or its ghosts don't record them.
    const FIRST_INPUT: u32 = 0;

    /// Checks `rom` and `config`, and makes all that environments of this configuration share.
    ///
    /// # Errors
    /// [`Error::Setting`] for an invalid configuration, and the game's.
    fn prepare(rom: &Arc<[u8]>, config: &Self::Config) -> Result<Prepared<Self>, Self::Error>;

    /// A machine that has just been switched on.
    ///
    /// # Errors
    /// The machine's.
    fn open(rom: &Arc<[u8]>, config: &Self::Config) -> Result<Self::Machine, Self::Error>;

    /// The id of the course of the race in RAM; `None` without a race.
    ///
    /// # Errors
    /// The race is malformed.
    fn course_id(machine: &Self::Machine) -> Result<Option<u32>, Self::Error>;

    /// Reads the course of the race in RAM.
    ///
    /// # Errors
    /// There is no race, or its course is malformed.
    fn read_course(machine: &Self::Machine) -> Result<Self::Course, Self::Error>;

    /// The course's geometry.
    fn track(course: &Self::Course) -> &Track;

    /// The facts of the frame in RAM, in which `pad` was held; `None` without a race.
    ///
    /// # Errors
    /// The race is malformed.
    fn facts(machine: &Self::Machine, pad: PadOf<Self>) -> Result<Option<Facts>, Self::Error>;

    /// What is held on a pad.
    fn controls(pad: PadOf<Self>) -> Controls;

    /// The input of a frame in which `pad` is held.
    fn input(pad: PadOf<Self>) -> InputOf<Self>;

    /// What is held on the player's pad in a frame with that input.
    fn pad(input: &InputOf<Self>) -> PadOf<Self>;

    /// Moves the player's kart in RAM `lateral` units to its left and turns it `heading` radians to the left.
    ///
    /// # Errors
    /// The race is malformed.
    fn displace(machine: &mut Self::Machine, lateral: f32, heading: f32)
    -> Result<(), Self::Error>;
}

/// The pad of a game's console.
pub type PadOf<G> = <<G as RaceGame>::Button as Button>::Pad;
/// The input of a game's machine.
pub type InputOf<G> = <<G as RaceGame>::Machine as Machine>::Input;
/// The state of a game's machine.
pub type StateOf<G> = <<G as RaceGame>::Machine as Machine>::State;

/// All that environments of one configuration share.
pub struct Prepared<G: RaceGame> {
    /// A machine for the first environment.
    pub machine: G::Machine,
    /// The states that episodes begin with, at least one.
    pub start_states: Vec<StartState<G>>,
    /// Makes the observations.
    pub observer: Observer,
    /// Rewards the frames and ends the episodes.
    pub referee: Referee,
    /// The set of actions.
    pub actions: ActionSet<G::Button>,
    /// The pictures, as the last field of the observation.
    pub pictures: Option<Pictures>,
    /// Frames that each action is held, at least 1.
    pub frame_skip: u32,
    /// How start states are varied.
    pub vary: StartVariation,
    /// Whether each step draws its last frame, for [`Env::render`].
    pub render: bool,
}

/// A state that an episode begins with.
pub struct StartState<G: RaceGame> {
    /// The machine's.
    pub state: StateOf<G>,
    /// What was held in the frame before.
    pub pad: PadOf<G>,
    /// The picture, RGBA.
    pub picture: Vec<u8>,
    /// The frames of a movie that plays from there in place of the agent.
    pub movie: Arc<[InputOf<G>]>,
}

impl<G: RaceGame> StartState<G> {
    /// The frame after one with that input.
    ///
    /// # Errors
    /// The machine's.
    pub fn after(machine: &mut G::Machine, lead: &InputOf<G>) -> Result<Self, G::Error> {
        machine.step(lead, Picture::Draw)?;
        Ok(Self {
            state: machine.save_state()?,
            pad: G::pad(lead),
            picture: machine.picture(),
            movie: Arc::new([]),
        })
    }
}

/// Information about a step besides the observation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// A race is in RAM.
    pub race_started: bool,
    /// Progress of the whole race; 1 at the finish.
    pub race_progress: f32,
    /// Progress of the lap, 0 to 1; negative before the start line.
    pub lap_progress: f32,
    /// The lap, from 0.
    pub lap: i32,
    /// Milliseconds since the start.
    pub total_ms: u32,
    /// The race's own count of frames.
    pub frame: u32,
    /// All laps were driven.
    pub finished: bool,
    /// The value of each reward term in this step, in the order of [`RaceEnv::reward_names`]; before
    /// [`Rewards::clip`](crate::reward::Rewards::clip).
    pub rewards: Vec<f64>,
    /// The event that ended the episode: an [`Ending::name`](crate::ending::Ending::name), or
    /// [`RACE_GONE`](crate::referee::RACE_GONE).
    pub ended_by: Option<&'static str>,
}

impl Info {
    fn of<G: RaceGame>(now: &Facts) -> Self {
        Self {
            race_started: true,
            race_progress: now.race_progress,
            lap_progress: now.lap_progress,
            lap: now.lap,
            total_ms: now.total_ms,
            frame: u32::try_from(now.since_start + i64::from(G::GO_FRAME)).unwrap_or(0),
            finished: now.is_finished(),
            ..Self::default()
        }
    }
}

/// The options of a reset, for one episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResetOptions {
    /// The index of the start state, in place of a random one.
    pub start: Option<usize>,
    /// Its variation, in place of [`Start::vary`](crate::beginning::Start::vary).
    pub variation: Option<StartVariation>,
}

/// Makes environments of one configuration. They share start states and courses; the menus are driven only once.
pub struct RaceFactory<G: RaceGame> {
    shared: Arc<Shared<G>>,
    /// The machine that made the states; the first environment takes it.
    first: Mutex<Option<G::Machine>>,
}

/// The parts that environments of one configuration share.
struct Shared<G: RaceGame> {
    rom: Arc<[u8]>,
    config: G::Config,
    start_states: Vec<StartState<G>>,
    observer: Observer,
    referee: Referee,
    actions: ActionSet<G::Button>,
    pictures: Option<Pictures>,
    frame_skip: u32,
    vary: StartVariation,
    render: bool,
    /// By the course's id.
    courses: Mutex<HashMap<u32, Arc<G::Course>>>,
}

impl<G: RaceGame> Shared<G> {
    /// The course of the race in RAM, read on first use.
    fn course(&self, id: u32, machine: &G::Machine) -> Result<Arc<G::Course>, G::Error> {
        let mut courses = self.courses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(course) = courses.get(&id) {
            return Ok(course.clone());
        }
        let course = Arc::new(G::read_course(machine)?);
        courses.insert(id, course.clone());
        Ok(course)
    }
}

impl<G: RaceGame> RaceFactory<G> {
    /// Powers `rom` on and makes the states that episodes begin with.
    ///
    /// # Errors
    /// As [`RaceGame::prepare`].
    pub fn new(rom: impl Into<Arc<[u8]>>, config: G::Config) -> Result<Self, G::Error> {
        let rom = rom.into();
        let Prepared {
            machine,
            start_states,
            observer,
            referee,
            actions,
            pictures,
            frame_skip,
            vary,
            render,
        } = G::prepare(&rom, &config)?;
        Ok(Self {
            shared: Arc::new(Shared {
                rom,
                config,
                start_states,
                observer,
                referee,
                actions,
                pictures,
                frame_skip,
                vary,
                render,
                courses: Mutex::default(),
            }),
            first: Mutex::new(Some(machine)),
        })
    }

    /// A further environment.
    ///
    /// # Errors
    /// The machine's.
    pub fn make(&self) -> Result<RaceEnv<G>, G::Error> {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let shared = self.shared.clone();
        let machine = match first {
            Some(machine) => machine,
            None => G::open(&shared.rom, &shared.config)?,
        };
        RaceEnv::new(machine, shared)
    }

    /// The settings.
    pub fn config(&self) -> &G::Config {
        &self.shared.config
    }
}

impl<G: RaceGame> fmt::Debug for RaceFactory<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaceFactory").finish_non_exhaustive()
    }
}

/// One episode, while it runs.
#[derive(Clone, Debug)]
struct Episode {
    steps: u32,
    /// The index of its start state, and how many frames of that state's movie were played.
    start_state: usize,
    played: usize,
}

/// Which picture belongs to the frame in RAM.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// That of a start state, which was drawn when the state was made.
    StartState(usize),
    /// The one that the machine drew last.
    Drawn,
}

impl Shown {
    /// Writes the picture, RGBA.
    fn write<G: RaceGame>(self, machine: &G::Machine, shared: &Shared<G>, rgba: &mut [u8]) {
        match self {
            Self::StartState(number) => {
                rgba.copy_from_slice(&shared.start_states[number].picture);
            }
            Self::Drawn => machine.write_picture(rgba),
        }
    }
}

/// A race environment. A reset loads one of the factory's start states.
pub struct RaceEnv<G: RaceGame> {
    machine: G::Machine,
    shared: Arc<Shared<G>>,
    course: Option<Arc<G::Course>>,
    space: ObservationSpace,
    pixels: Option<PixelStack>,
    controller: Controller<G::Button>,
    referee: Referee,
    rng: EnvRng,
    episode: Option<Episode>,
    shown: Shown,
    /// Whether pictures are drawn for [`Env::render`].
    render: bool,
    /// What was held in the last frame.
    pad: PadOf<G>,
}

impl<G: RaceGame> RaceEnv<G> {
    fn new(machine: G::Machine, shared: Arc<Shared<G>>) -> Result<Self, G::Error> {
        let pictures = shared.pictures;
        let mut columns = shared.observer.fields().to_vec();
        columns.extend(pictures.map(|pictures| pictures.column()));
        Ok(Self {
            course: None,
            space: ObservationSpace::new(columns),
            pixels: pictures.map(PixelStack::new).transpose()?,
            controller: Controller::new(&shared.actions)?,
            referee: shared.referee.clone(),
            rng: rng(None),
            episode: None,
            shown: Shown::Drawn,
            render: shared.render,
            pad: Self::idle(),
            machine,
            shared,
        })
    }

    /// One environment: [`RaceFactory::new`] and [`RaceFactory::make`].
    ///
    /// # Errors
    /// As both.
    pub fn open(rom: impl Into<Arc<[u8]>>, config: G::Config) -> Result<Self, G::Error> {
        RaceFactory::new(rom, config)?.make()
    }

    /// A pad with nothing held.
    fn idle() -> PadOf<G> {
        G::pad(&InputOf::<G>::default())
    }

    /// The machine, as the last step left it.
    pub fn machine(&self) -> &G::Machine {
        &self.machine
    }

    /// The machine, to read its battery memory or to write into RAM. A caller that steps it directly breaks the episode.
    pub fn machine_mut(&mut self) -> &mut G::Machine {
        &mut self.machine
    }

    /// The states that episodes begin with, before they are varied.
    pub fn start_states(&self) -> impl ExactSizeIterator<Item = &StateOf<G>> {
        self.shared
            .start_states
            .iter()
            .map(|start_state| &start_state.state)
    }

    /// The course of the race; `None` before the first.
    pub fn course(&self) -> Option<&G::Course> {
        self.course.as_deref()
    }

    /// The observer that makes the observations.
    pub fn observer(&self) -> &Observer {
        &self.shared.observer
    }

    /// The settings.
    pub fn config(&self) -> &G::Config {
        &self.shared.config
    }

    /// Sets whether the following steps draw pictures for [`Env::render`]. This changes nothing else.
    pub fn set_render(&mut self, render: bool) {
        self.render = render;
    }

    /// What was held in the last frame.
    pub const fn pad(&self) -> PadOf<G> {
        self.pad
    }

    /// The terms of [`Info::rewards`].
    pub fn reward_names(&self) -> impl Iterator<Item = &'static str> {
        self.referee.reward_names()
    }

    /// The facts of the frame in RAM, in which `pad` was held; `None` without a race. Follows races that begin and end.
    fn read_frame(&mut self, pad: PadOf<G>) -> Result<Option<Facts>, G::Error> {
        let facts = G::facts(&self.machine, pad)?;
        if facts.is_none() {
            self.course = None;
        } else if self.course.is_none() {
            let id = G::course_id(&self.machine)?.ok_or(Error::NoRace)?;
            self.course = Some(self.shared.course(id, &self.machine)?);
        }
        Ok(facts)
    }

    /// Loads a start state and varies it; returns what was held last.
    fn begin(&mut self, number: usize, variation: StartVariation) -> Result<PadOf<G>, G::Error> {
        let shared = self.shared.clone();
        let start_state = &shared.start_states[number];
        self.machine.load_state(&start_state.state)?;
        let lateral = self.rng.random_range(-1.0..=1.0) * variation.lateral;
        let heading = self.rng.random_range(-1.0..=1.0) * variation.heading;
        let wait = self.rng.random_range(0..=variation.wait_frames);
        if (lateral != 0.0 || heading != 0.0) && G::course_id(&self.machine)?.is_some() {
            G::displace(&mut self.machine, lateral, heading)?;
        }
        self.shown = Shown::StartState(number);
        for frame in 1..=wait {
            self.advance(&InputOf::<G>::default(), frame == wait)?;
        }
        Ok(if wait == 0 {
            start_state.pad
        } else {
            Self::idle()
        })
    }

    /// Plays a frame, and draws it if it is the last of a step and pictures are needed.
    fn advance(&mut self, input: &InputOf<G>, is_last: bool) -> Result<(), G::Error> {
        let seen = self.render || self.pixels.is_some();
        let picture = match is_last && seen {
            true => Picture::Draw,
            false => Picture::Skip,
        };
        if picture == Picture::Draw {
            self.shown = Shown::Drawn;
        }
        Ok(self.machine.step(input, picture)?)
    }

    /// The observation of the frame with these facts, and its info.
    fn observe(
        &mut self,
        pad: PadOf<G>,
        facts: Option<Facts>,
    ) -> Result<(Observation, Info), G::Error> {
        self.pad = pad;
        let mut observation = Observation::default();
        let observer = &self.shared.observer;
        let info = match moment::<G>(facts, self.course.as_deref()) {
            Some(moment) => {
                observer.observe(&moment, &mut observation);
                Info::of::<G>(&moment.now)
            }
            None => {
                observer.observe_nothing(&G::controls(pad), &mut observation);
                Info::default()
            }
        };
        if let Some(pixels) = &mut self.pixels {
            let (machine, shown, shared) = (&self.machine, self.shown, &self.shared);
            pixels.take(|rgba| shown.write(machine, shared, rgba))?;
            pixels.write(&mut observation.bytes);
        }
        Ok((observation, info))
    }

    /// Plays the frames of a step, up to the one that ends the episode; also returns what was held in the last, and its
    /// facts.
    fn play(
        &mut self,
        episode: &mut Episode,
        pressed: PadOf<G>,
    ) -> Result<(Outcome, PadOf<G>, Option<Facts>), G::Error> {
        let mut outcome = Outcome::default();
        let (mut pad, mut facts) = (pressed, None);
        let skip = self.shared.frame_skip;
        for frame in 1..=skip {
            let movie = &self.shared.start_states[episode.start_state].movie;
            let input = movie.get(episode.played).copied();
            episode.played += usize::from(input.is_some());
            let movie_over = episode.played >= movie.len();
            let input = input.unwrap_or_else(|| G::input(pressed));
            pad = G::pad(&input);
            self.advance(&input, frame == skip)?;
            facts = self.read_frame(pad)?;
            let circumstances = Circumstances {
                steps: episode.steps + u32::from(frame == skip),
                movie_over,
            };
            let moment = moment::<G>(facts, self.course.as_deref());
            self.referee
                .judge(moment.as_ref(), circumstances, &mut outcome);
            if outcome.is_over() {
                break;
            }
        }
        Ok((outcome, pad, facts))
    }

    fn choose_start_state(&mut self, start: Option<usize>) -> Result<usize, Error> {
        let count = self.shared.start_states.len();
        match start {
            None if count == 1 => Ok(0),
            None => Ok(self.rng.random_range(0..count)),
            Some(start) if start < count => Ok(start),
            Some(start) => Err(Error::setting(
                "reset's start",
                "the number of one of the states that episodes begin with",
                format!("{start} of {count}"),
            )),
        }
    }
}

impl<G: RaceGame> Env for RaceEnv<G> {
    type Obs = Observation;
    type Action = RaceAction;
    type Info = Info;
    type Options = ResetOptions;
    type Error = G::Error;
    type ObservationSpace = ObservationSpace;
    type ActionSpace = ActionSpace;

    fn observation_space(&self) -> &ObservationSpace {
        &self.space
    }

    fn action_space(&self) -> &ActionSpace {
        self.controller.space()
    }

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &ResetOptions,
    ) -> Result<(Observation, Info), G::Error> {
        self.episode = None;
        if seed.is_some() {
            self.rng = rng(seed);
        }
        let variation = options.variation.unwrap_or(self.shared.vary);
        variation.check()?;
        let start_state = self.choose_start_state(options.start)?;
        let pad = self.begin(start_state, variation)?;
        self.course = None;
        let first = self.read_frame(pad)?;
        self.controller.reset();
        if let Some(pixels) = &mut self.pixels {
            pixels.clear();
        }
        let (observation, mut info) = self.observe(pad, first)?;
        self.referee.reset(first);
        self.referee.take_rewards(&mut info.rewards);
        self.episode = Some(Episode {
            steps: 0,
            start_state,
            played: 0,
        });
        Ok((observation, info))
    }

    fn step(&mut self, action: &RaceAction) -> Result<Step<Observation, Info>, G::Error> {
        let mut episode = self.episode.take().ok_or(Error::NotReset)?;
        let pressed = match self.controller.press(action) {
            Ok(pad) => pad,
            // The action was refused and no frame played: the episode continues.
            Err(error) => {
                self.episode = Some(episode);
                return Err(error.into());
            }
        };
        let (outcome, pad, facts) = self.play(&mut episode, pressed)?;
        episode.steps += 1;
        let (observation, mut info) = self.observe(pad, facts)?;
        self.referee.take_rewards(&mut info.rewards);
        info.ended_by = outcome.ended_by();
        let step = Step::new(observation, outcome.reward, info)
            .terminated(outcome.terminated.is_some())
            .truncated(outcome.terminated.is_none() && outcome.truncated.is_some());
        if !step.is_done() {
            self.episode = Some(episode);
        }
        Ok(step)
    }

    /// The machine's whole picture, as the last step drew it; `None` unless [`Prepared::render`] or
    /// [`RaceEnv::set_render`].
    fn render(&mut self) -> Result<Option<RenderFrame>, G::Error> {
        Ok(self.render.then(|| {
            let shape = G::Machine::HARDWARE.picture;
            let mut rgba = vec![0; shape.bytes()];
            self.shown.write(&self.machine, &self.shared, &mut rgba);
            RenderFrame {
                width: shape.width as usize,
                height: (shape.height * shape.count) as usize,
                rgba,
            }
        }))
    }
}

/// The frame of these facts on its course; `None` without a race.
fn moment<G: RaceGame>(facts: Option<Facts>, course: Option<&G::Course>) -> Option<Moment<'_>> {
    let (facts, course) = facts.zip(course)?;
    Some(Moment::new(facts, G::track(course)))
}

impl<G: RaceGame> fmt::Debug for RaceEnv<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaceEnv").finish_non_exhaustive()
    }
}
