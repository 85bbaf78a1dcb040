//! A race as a Gymnasium-style environment.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use desmume::{Emulator, Picture, Screens, State};
use env_core::{Env, EnvRng, RenderFrame, Step, rng};
use env_kart::{
    ending::Circumstances,
    facts::Facts,
    moment::Moment,
    observation::{Observation, ObservationSpace, Observer},
    pictures::PixelStack,
    referee::{Outcome, Referee},
    reference_line::ReferenceLine,
    reward::Rewarder,
};
use mkds_memory::{Race, course::Course};
use nds_formats::dsm::Movie;
use nds_formats::input::Input;
use nds_formats::pad::{Frame, Pad};
use nds_formats::rom::RomHeader;
use rand::RngExt;

use crate::{
    Error, Result,
    config::{RaceEnvConfig, StartVariation},
    control::{ActionSpace, Controller, KEYMASK, RaceAction},
    displace::displace,
    emulated::find_race,
    facts,
    starts::{self, StartState},
};

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
    /// `frameCounter` of the race.
    pub frame: u32,
    /// All laps were driven.
    pub finished: bool,
    /// The value of each reward term in this step, in the order of [`RaceEnv::reward_names`]; before
    /// [`env_kart::reward::Rewards::clip`].
    pub rewards: Vec<f64>,
    /// The event that ended the episode: an [`env_kart::ending::Ending::name`], or
    /// [`RACE_GONE`](env_kart::referee::RACE_GONE).
    pub ended_by: Option<&'static str>,
}

impl Info {
    fn of(now: &Facts) -> Self {
        Self {
            race_started: true,
            race_progress: now.race_progress,
            lap_progress: now.lap_progress,
            lap: now.lap,
            total_ms: now.total_ms,
            frame: facts::frame_counter(now),
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
    /// Its variation, in place of [`Start::vary`](env_kart::beginning::Start::vary).
    pub variation: Option<StartVariation>,
}

/// Makes environments of one configuration. They share start states and courses; the menus are driven only once.
#[derive(Debug)]
pub struct RaceFactory {
    shared: Arc<Shared>,
    /// The emulator that made the states; the first environment takes it.
    first: Mutex<Option<Emulator>>,
}

/// The parts that environments of one configuration share.
#[derive(Debug)]
struct Shared {
    rom: Arc<[u8]>,
    config: RaceEnvConfig,
    observer: Observer,
    referee: Referee,
    start_states: Vec<StartState>,
    /// By the course's id.
    courses: Mutex<HashMap<u32, Arc<Course>>>,
}

impl Shared {
    /// The course of `race`, read from RAM on first use.
    fn course(&self, race: &Race<'_>) -> Result<Arc<Course>> {
        let mut courses = self.courses.lock().unwrap_or_else(PoisonError::into_inner);
        let id = race.config().course().0;
        if let Some(course) = courses.get(&id) {
            return Ok(course.clone());
        }
        let course = Arc::new(Course::read(race)?);
        courses.insert(id, course.clone());
        Ok(course)
    }
}

impl RaceFactory {
    /// Powers `rom` on and makes the states that episodes begin with.
    ///
    /// # Errors
    /// [`env_kart::Error::Setting`] for an invalid configuration, those of [`crate::menus::enter_race`], of files that
    /// the configuration names, and the emulator's.
    pub fn new(rom: impl Into<Arc<[u8]>>, config: RaceEnvConfig) -> Result<Self> {
        config.check()?;
        let rom = rom.into();
        let found = RomHeader::parse(&rom)?.game_code;
        if !found.starts_with("AMC") {
            return Err(Error::WrongGame { found });
        }
        let observer = Observer::new(&config.observation, KEYMASK)?;
        let mut read = |path: &Path| read_line(&rom, path).map_err(|error| starts::at(path, error));
        let rewarder = Rewarder::new(config.reward.clone(), &mut read)?;
        let referee = Referee::new(rewarder, &config.terminate, &config.truncate)?;
        let (emulator, start_states) = starts::prepare(&rom, &config)?;
        Ok(Self {
            shared: Arc::new(Shared {
                rom,
                observer,
                referee,
                start_states,
                courses: Mutex::default(),
                config,
            }),
            first: Mutex::new(Some(emulator)),
        })
    }

    /// A further environment.
    ///
    /// # Errors
    /// The emulator's.
    pub fn make(&self) -> Result<RaceEnv> {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let shared = self.shared.clone();
        let config = &shared.config;
        let emulator = match first {
            Some(emulator) => emulator,
            None => Emulator::open_with_battery(
                &shared.rom,
                &config.options,
                config.battery.as_deref(),
            )?,
        };
        RaceEnv::new(emulator, shared)
    }

    /// The settings.
    pub fn config(&self) -> &RaceEnvConfig {
        &self.shared.config
    }
}

/// Reads a reference line from a file: the path of the kart in a movie, or the points of a CSV file.
fn read_line(rom: &[u8], path: &Path) -> Result<ReferenceLine> {
    let bytes = starts::read_file(path, Input::Movie)?;
    if path.extension().is_none_or(|extension| extension != "dsm") {
        return Ok(ReferenceLine::parse_csv(&String::from_utf8_lossy(&bytes))?);
    }
    let mut replay = starts::open_movie(rom, path, &Movie::parse(&bytes)?)?;
    let mut places = Vec::new();
    while replay.step(Picture::Skip)?.is_some() && !replay.outcome().finished {
        if let Some(race) = find_race(replay.emulator())? {
            places.push(race.driver(0)?.position().to_f32());
        }
    }
    Ok(ReferenceLine::new(places)?)
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
    /// The one that the emulator drew last.
    Drawn,
}

impl Shown {
    /// Writes both screens, RGBA.
    fn draw(self, emulator: &Emulator, shared: &Shared, rgba: &mut [u8]) {
        match self {
            Self::StartState(number) => {
                rgba.copy_from_slice(shared.start_states[number].screens.as_rgba());
            }
            Self::Drawn => emulator.draw_screens_into(rgba),
        }
    }
}

/// A race environment. A reset loads one of the factory's start states.
#[derive(Debug)]
pub struct RaceEnv {
    emulator: Emulator,
    shared: Arc<Shared>,
    course: Option<Arc<Course>>,
    space: ObservationSpace,
    pixels: Option<PixelStack>,
    controller: Controller,
    referee: Referee,
    rng: EnvRng,
    episode: Option<Episode>,
    shown: Shown,
    /// Whether pictures are drawn for [`Env::render`].
    render: bool,
    /// The buttons held in the last frame.
    pad: Pad,
}

impl RaceEnv {
    fn new(emulator: Emulator, shared: Arc<Shared>) -> Result<Self> {
        let config = &shared.config;
        let pictures = config.pixels.map(|pixels| pixels.pictures());
        let mut columns = shared.observer.fields().to_vec();
        columns.extend(pictures.map(|pictures| pictures.column()));
        Ok(Self {
            course: None,
            space: ObservationSpace::new(columns),
            pixels: pictures.map(PixelStack::new).transpose()?,
            controller: Controller::new(&config.actions)?,
            referee: shared.referee.clone(),
            rng: rng(None),
            episode: None,
            shown: Shown::Drawn,
            render: config.render,
            pad: Pad::empty(),
            emulator,
            shared,
        })
    }

    /// One environment: [`RaceFactory::new`] and [`RaceFactory::make`].
    ///
    /// # Errors
    /// As both.
    pub fn open(rom: impl Into<Arc<[u8]>>, config: RaceEnvConfig) -> Result<Self> {
        RaceFactory::new(rom, config)?.make()
    }

    /// The emulator, as the last step left it.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The emulator, to read its battery memory or to write into RAM. A caller that steps it directly breaks the episode.
    pub fn emulator_mut(&mut self) -> &mut Emulator {
        &mut self.emulator
    }

    /// The states that episodes begin with, before they are varied.
    pub fn start_states(&self) -> impl ExactSizeIterator<Item = &State> {
        self.shared
            .start_states
            .iter()
            .map(|start_state| &start_state.state)
    }

    /// The course of the race; `None` before the first.
    pub fn course(&self) -> Option<&Course> {
        self.course.as_deref()
    }

    /// The observer that makes the observations.
    pub fn observer(&self) -> &Observer {
        &self.shared.observer
    }

    /// The settings.
    pub fn config(&self) -> &RaceEnvConfig {
        &self.shared.config
    }

    /// Sets whether the following steps draw pictures for [`Env::render`]. This changes nothing else.
    pub fn set_render(&mut self, render: bool) {
        self.render = render;
    }

    /// The buttons held in the last frame.
    pub const fn pad(&self) -> Pad {
        self.pad
    }

    /// The terms of [`Info::rewards`].
    pub fn reward_names(&self) -> impl Iterator<Item = &'static str> {
        self.referee.reward_names()
    }

    /// Updates the course when a race has begun or ended.
    fn follow_race(&mut self) -> Result<()> {
        let race = find_race(&self.emulator)?;
        match (&self.course, race) {
            (None, Some(race)) => self.course = Some(self.shared.course(&race)?),
            (Some(_), None) => self.course = None,
            _ => {}
        }
        Ok(())
    }

    /// Loads a start state and varies it; returns the buttons held last.
    fn begin(&mut self, number: usize, variation: StartVariation) -> Result<Pad> {
        let shared = self.shared.clone();
        let start_state = &shared.start_states[number];
        self.emulator.load_state(&start_state.state)?;
        let lateral = self.rng.random_range(-1.0..=1.0) * variation.lateral;
        let heading = self.rng.random_range(-1.0..=1.0) * variation.heading;
        let wait = self.rng.random_range(0..=variation.wait_frames);
        if (lateral != 0.0 || heading != 0.0) && find_race(&self.emulator)?.is_some() {
            displace(self.emulator.main_ram_mut(), lateral, heading)?;
        }
        self.shown = Shown::StartState(number);
        for frame in 1..=wait {
            self.advance(&Frame::default(), frame == wait)?;
        }
        Ok(if wait == 0 {
            start_state.pad
        } else {
            Pad::empty()
        })
    }

    /// Plays a frame, and draws it if it is the last of a step and pictures are needed.
    fn advance(&mut self, input: &Frame, is_last: bool) -> Result<()> {
        let seen = self.render || self.pixels.is_some();
        let picture = match is_last && seen {
            true => Picture::Draw,
            false => Picture::Skip,
        };
        if picture == Picture::Draw {
            self.shown = Shown::Drawn;
        }
        Ok(self.emulator.step(input, picture)?)
    }

    /// The observation of the frame in RAM, its info, and its numbers for comparison.
    fn observe(&mut self, pad: Pad) -> Result<(Observation, Info, Option<Facts>)> {
        self.pad = pad;
        let mut observation = Observation::default();
        let (info, now) = match moment(&self.emulator, self.course.as_deref(), pad)? {
            Some(moment) => {
                self.shared.observer.observe(&moment, &mut observation);
                (Info::of(&moment.now), Some(moment.now))
            }
            None => {
                let controls = facts::controls(pad);
                self.shared
                    .observer
                    .observe_nothing(&controls, &mut observation);
                (Info::default(), None)
            }
        };
        if let Some(pixels) = &mut self.pixels {
            let (emulator, shown, shared) = (&self.emulator, self.shown, &self.shared);
            pixels.take(|rgba| shown.draw(emulator, shared, rgba))?;
            pixels.write(&mut observation.bytes);
        }
        Ok((observation, info, now))
    }

    /// Plays the frames of a step, up to the one that ends the episode; also returns the buttons held last.
    fn play(&mut self, episode: &mut Episode, pressed: Pad) -> Result<(Outcome, Pad)> {
        let mut outcome = Outcome::default();
        let mut pad = pressed;
        let skip = self.shared.config.frame_skip;
        for frame in 1..=skip {
            let movie = &self.shared.start_states[episode.start_state].movie;
            let input = movie.get(episode.played).copied();
            episode.played += usize::from(input.is_some());
            let movie_over = episode.played >= movie.len();
            let input = input.unwrap_or_else(|| Frame::pad(pressed));
            pad = input.pad;
            self.advance(&input, frame == skip)?;
            self.follow_race()?;
            let circumstances = Circumstances {
                steps: episode.steps + u32::from(frame == skip),
                movie_over,
            };
            let moment = moment(&self.emulator, self.course.as_deref(), pad)?;
            self.referee
                .judge(moment.as_ref(), circumstances, &mut outcome);
            if outcome.is_over() {
                break;
            }
        }
        Ok((outcome, pad))
    }

    fn choose_start_state(&mut self, start: Option<usize>) -> Result<usize> {
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

impl Env for RaceEnv {
    type Obs = Observation;
    type Action = RaceAction;
    type Info = Info;
    type Options = ResetOptions;
    type Error = Error;
    type ObservationSpace = ObservationSpace;
    type ActionSpace = ActionSpace;

    fn observation_space(&self) -> &ObservationSpace {
        &self.space
    }

    fn action_space(&self) -> &ActionSpace {
        self.controller.space()
    }

    fn reset(&mut self, seed: Option<u64>, options: &ResetOptions) -> Result<(Observation, Info)> {
        self.episode = None;
        if seed.is_some() {
            self.rng = rng(seed);
        }
        let variation = options.variation.unwrap_or(self.shared.config.start.vary);
        variation.check()?;
        let start_state = self.choose_start_state(options.start)?;
        let pad = self.begin(start_state, variation)?;
        self.course = None;
        self.follow_race()?;
        self.controller.reset();
        if let Some(pixels) = &mut self.pixels {
            pixels.clear();
        }
        let (observation, mut info, first) = self.observe(pad)?;
        self.referee.reset(first);
        self.referee.take_rewards(&mut info.rewards);
        self.episode = Some(Episode {
            steps: 0,
            start_state,
            played: 0,
        });
        Ok((observation, info))
    }

    fn step(&mut self, action: &RaceAction) -> Result<Step<Observation, Info>> {
        let mut episode = self.episode.take().ok_or(Error::NotReset)?;
        let pressed = match self.controller.press(action) {
            Ok(pad) => pad,
            // The action was refused and no frame played: the episode continues.
            Err(error) => {
                self.episode = Some(episode);
                return Err(error.into());
            }
        };
        let (outcome, pad) = self.play(&mut episode, pressed)?;
        episode.steps += 1;
        let (observation, mut info, _) = self.observe(pad)?;
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

    /// Both screens, 256 x 384, as the last step drew them; `None` unless [`RaceEnvConfig::render`] or
    /// [`RaceEnv::set_render`].
    fn render(&mut self) -> Result<Option<RenderFrame>> {
        Ok(self.render.then(|| {
            let mut rgba = vec![0; Screens::BYTES];
            self.shown.draw(&self.emulator, &self.shared, &mut rgba);
            RenderFrame {
                width: Screens::WIDTH,
                height: 2 * Screens::HEIGHT,
                rgba,
            }
        }))
    }
}

/// The frame in an emulator's RAM, in which `pad` was held; `None` without a race.
fn moment<'c>(
    emulator: &Emulator,
    course: Option<&'c Course>,
    pad: Pad,
) -> Result<Option<Moment<'c>>> {
    let (Some(course), Some(race)) = (course, find_race(emulator)?) else {
        return Ok(None);
    };
    facts::moment(&race, course, pad).map(Some)
}
