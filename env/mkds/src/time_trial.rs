//! A time trial as a Gymnasium-style environment.

use std::ops::ControlFlow;

use desmume::{Emulator, Options, Picture, State};
use env_core::{Env, EnvRng, RenderFrame, Space, Step, rng, space::Rng};
use mkds_formats::{
    fx::{Angle, Fx32, VecFx32},
    ghost::Combo,
    pad::{Frame, Pad},
};
use mkds_memory::{Race, Ram, RamMut};
use rand::RngExt;

use crate::{
    Error, Result,
    action::DrivingAction,
    menus,
    observation::{self, Observation, Observer},
    scripted::GO_FRAME,
};

/// Reward for a whole race's progress; a step's reward is this times the progress it made.
pub const PROGRESS_REWARD: f64 = 100.0;
/// Reward for crossing the finish line, on top.
pub const FINISH_REWARD: f64 = 10.0;

/// How an episode's start differs from the grid. Each value is drawn evenly, by the reset's seed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StartVariation {
    /// The kart is moved up to this far to either side, units.
    pub lateral: f32,
    /// The kart is turned up to this far to either side, radians.
    pub heading: f32,
    /// Up to this many frames pass before the driver takes over.
    pub wait_frames: u32,
}

/// When a driver counts as stuck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StuckRule {
    /// Frames in which the best progress so far must grow by [`Self::progress`].
    pub frames: u32,
    /// Race progress, 1 being the whole race.
    pub progress: f32,
}

impl Default for StuckRule {
    fn default() -> Self {
        Self {
            frames: 600,
            progress: 0.002,
        }
    }
}

/// What to race, and how.
#[derive(Clone, Debug)]
pub struct Config {
    /// Character, kart and course.
    pub combo: Combo,
    /// Frames that each action is held; at least 1.
    pub frame_skip: u32,
    /// Steps after which an episode is truncated.
    pub max_steps: u32,
    /// `frameCounter` at which episodes begin; the race itself starts at [`GO_FRAME`].
    pub start_frame: u32,
    /// How starts vary.
    pub start: StartVariation,
    /// When to give up; `None` never.
    pub stuck: Option<StuckRule>,
    /// Whether each step draws its last frame, for [`Env::render`].
    pub render: bool,
    /// How the emulator runs.
    pub options: Options,
    /// The save memory to power on with.
    pub battery: Option<Vec<u8>>,
}

impl Config {
    /// A race of `combo` from shortly before the start, four frames a step, with nothing varied.
    pub fn new(combo: Combo) -> Self {
        Self {
            combo,
            frame_skip: 4,
            max_steps: 4000,
            start_frame: GO_FRAME - 30,
            start: StartVariation::default(),
            stuck: Some(StuckRule::default()),
            render: false,
            options: Options::default(),
            battery: None,
        }
    }

    fn check(&self) -> Result<()> {
        let setting = |setting, expected, found: String| {
            Err(Error::Setting {
                setting,
                expected,
                found,
            })
        };
        if self.frame_skip == 0 {
            return setting("frame_skip", "at least 1", self.frame_skip.to_string());
        }
        if self.max_steps == 0 {
            return setting("max_steps", "at least 1", self.max_steps.to_string());
        }
        if !(FIRST_START_FRAME..=MAX_START_FRAME).contains(&self.start_frame) {
            return setting("start_frame", "10 to 100000", self.start_frame.to_string());
        }
        self.start.check()
    }
}

impl StartVariation {
    fn check(self) -> Result<()> {
        for (setting, value) in [
            ("start.lateral", self.lateral),
            ("start.heading", self.heading),
        ] {
            if !value.is_finite() || value < 0.0 {
                let found = value.to_string();
                return Err(Error::Setting {
                    setting,
                    expected: "a number from 0 on",
                    found,
                });
            }
        }
        Ok(())
    }
}

/// The menus leave the race at one of its first frames.
const FIRST_START_FRAME: u32 = 10;
const MAX_START_FRAME: u32 = 100_000;

/// What a step tells beside the observation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Info {
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
    /// The episode was truncated because the driver got nowhere.
    pub stuck: bool,
}

impl Info {
    fn of(race: &Race<'_>) -> Result<Self> {
        let status = race.driver_status(0)?;
        let race_progress = status.race_progress().to_f32();
        Ok(Self {
            race_progress,
            lap_progress: status.lap_progress().to_f32(),
            lap: status.lap(),
            total_ms: status.total_milliseconds(),
            frame: race.state().frame_counter(),
            finished: race_progress >= 1.0,
            stuck: false,
        })
    }
}

/// One episode, while it runs.
#[derive(Clone, Copy, Debug)]
struct Episode {
    steps: u32,
    progress: f32,
    /// The best progress that the stuck rule counts from, and the frame it was made.
    best: (f32, u32),
}

/// A time trial. The menus are driven once; a reset loads the state kept from then.
#[derive(Debug)]
pub struct TimeTrial {
    emulator: Emulator,
    config: Config,
    observer: Observer,
    observations: ObservationSpace,
    start: State,
    rng: EnvRng,
    episode: Option<Episode>,
}

impl TimeTrial {
    /// Powers `rom` on and drives the menus to the race.
    ///
    /// # Errors
    /// [`Error::Setting`] for a config that makes no sense, those of [`menus::enter_race`] and the
    /// emulator's.
    pub fn new(rom: &[u8], config: Config) -> Result<Self> {
        config.check()?;
        let mut emulator =
            Emulator::open_with_battery(rom, &config.options, config.battery.as_deref())?;
        menus::enter_race(&mut emulator, &config.combo, &mut |_| {
            ControlFlow::Continue(())
        })?;
        while race(&emulator)?.state().frame_counter() < config.start_frame {
            emulator.step(&Frame::default(), Picture::Skip)?;
        }
        let observer = Observer::new(&race(&emulator)?)?;
        let start = emulator.save_state()?;
        Ok(Self {
            emulator,
            config,
            observer,
            observations: ObservationSpace::default(),
            start,
            rng: rng(None),
            episode: None,
        })
    }

    /// The emulator, as the last step left it.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The state that every episode starts from, before it is varied.
    pub fn start_state(&self) -> &State {
        &self.start
    }

    /// The course and its sensors.
    pub fn observer(&self) -> &Observer {
        &self.observer
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn vary_start(&mut self, variation: StartVariation) -> Result<()> {
        let StartVariation {
            lateral,
            heading,
            wait_frames,
        } = variation;
        let lateral = self.rng.random_range(-1.0..=1.0) * lateral;
        let heading = self.rng.random_range(-1.0..=1.0) * heading;
        let wait = self.rng.random_range(0..=wait_frames);
        if lateral != 0.0 || heading != 0.0 {
            displace(self.emulator.main_ram_mut(), lateral, heading)?;
        }
        for _ in 0..wait {
            self.emulator.step(&Frame::default(), Picture::Skip)?;
        }
        Ok(())
    }

    fn observe(&self) -> Result<(Observation, Info)> {
        let race = race(&self.emulator)?;
        let mut observation = [0.0; observation::LEN];
        self.observer.observe(&race, &mut observation)?;
        Ok((observation, Info::of(&race)?))
    }

    fn advance(&mut self, pad: Pad) -> Result<()> {
        let frame = Frame::pad(pad);
        for _ in 1..self.config.frame_skip {
            self.emulator.step(&frame, Picture::Skip)?;
        }
        let picture = if self.config.render {
            Picture::Draw
        } else {
            Picture::Skip
        };
        Ok(self.emulator.step(&frame, picture)?)
    }
}

/// What a reset may change about one episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResetOptions {
    /// How its start varies, in place of [`Config::start`].
    pub start: Option<StartVariation>,
}

/// The observations, bounded as [`observation::FIELDS`] says.
#[derive(Clone, Debug)]
pub struct ObservationSpace {
    low: Observation,
    high: Observation,
}

impl Default for ObservationSpace {
    fn default() -> Self {
        Self {
            low: observation::low(),
            high: observation::high(),
        }
    }
}

impl Space for ObservationSpace {
    type Element = Observation;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Observation {
        std::array::from_fn(|index| rng.random_range(self.low[index]..=self.high[index]))
    }

    fn contains(&self, value: &Observation) -> bool {
        let bounds = self.low.iter().zip(&self.high);
        value
            .iter()
            .zip(bounds)
            .all(|(value, (low, high))| low <= value && value <= high)
    }
}

/// All driving actions.
#[derive(Clone, Copy, Debug, Default)]
pub struct ActionSpace;

impl Space for ActionSpace {
    type Element = DrivingAction;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DrivingAction {
        let index = rng.random_range(0..DrivingAction::COUNT);
        DrivingAction::from_index(index).unwrap_or_default()
    }

    fn contains(&self, _: &DrivingAction) -> bool {
        true
    }
}

impl Env for TimeTrial {
    type Obs = Observation;
    type Action = DrivingAction;
    type Info = Info;
    type Options = ResetOptions;
    type Error = Error;
    type ObservationSpace = ObservationSpace;
    type ActionSpace = ActionSpace;

    fn observation_space(&self) -> &ObservationSpace {
        &self.observations
    }

    fn action_space(&self) -> &ActionSpace {
        &ActionSpace
    }

    fn reset(&mut self, seed: Option<u64>, options: &ResetOptions) -> Result<(Observation, Info)> {
        self.episode = None;
        if seed.is_some() {
            self.rng = rng(seed);
        }
        let variation = options.start.unwrap_or(self.config.start);
        variation.check()?;
        self.emulator.load_state(&self.start)?;
        self.vary_start(variation)?;
        let (observation, info) = self.observe()?;
        self.episode = Some(Episode {
            steps: 0,
            progress: info.race_progress,
            best: (info.race_progress, info.frame),
        });
        Ok((observation, info))
    }

    fn step(&mut self, action: &DrivingAction) -> Result<Step<Observation, Info>> {
        let mut episode = self.episode.take().ok_or(Error::NotReset)?;
        self.advance(action.to_pad())?;
        let (observation, mut info) = self.observe()?;
        let progress = info.race_progress - episode.progress;
        episode.steps += 1;
        episode.progress = info.race_progress;
        info.stuck = episode.is_stuck(self.config.stuck, &info);
        let finish = if info.finished { FINISH_REWARD } else { 0.0 };
        let reward = PROGRESS_REWARD * f64::from(progress) + finish;
        let over = info.stuck || episode.steps >= self.config.max_steps;
        let step = Step::new(observation, reward, info)
            .terminated(info.finished)
            .truncated(over && !info.finished);
        if !step.is_done() {
            self.episode = Some(episode);
        }
        Ok(step)
    }

    /// The upper screen, 256 x 192, as the last step drew it; `None` unless [`Config::render`].
    fn render(&mut self) -> Result<Option<RenderFrame>> {
        Ok(self.config.render.then(|| RenderFrame {
            width: 256,
            height: 192,
            rgba: self.emulator.screens().top().to_vec(),
        }))
    }
}

impl Episode {
    fn is_stuck(&mut self, rule: Option<StuckRule>, info: &Info) -> bool {
        let Some(rule) = rule else { return false };
        let (best, since) = self.best;
        // Nobody gets on before the start.
        if info.race_progress >= best + rule.progress || info.frame < GO_FRAME {
            self.best = (info.race_progress, info.frame);
        }
        info.frame.saturating_sub(since) >= rule.frames
    }
}

fn race(emulator: &Emulator) -> Result<Race<'_>> {
    let frame = emulator.frame_count();
    Ram::new(emulator.main_ram())?
        .race()?
        .ok_or(Error::RaceLost { frame })
}

/// Moves the player's kart `lateral` units to its left and turns it `heading` radians to the left.
fn displace(ram: &mut [u8], lateral: f32, heading: f32) -> Result<()> {
    let mut ram = RamMut::new(ram)?;
    let mut driver = ram.driver_mut(0)?;
    let old = driver.view();
    let facing = old.heading().to_f64();
    let lateral = f64::from(lateral);
    // Left of a heading over the ground: y is up, yaw grows from +z towards +x.
    let shift = VecFx32::from_f64([facing[2] * lateral, 0.0, -facing[0] * lateral]);
    let moved = |v: VecFx32| VecFx32 {
        x: Fx32(v.x.0 + shift.x.0),
        y: v.y,
        z: Fx32(v.z.0 + shift.z.0),
    };
    let (sin, cos) = f64::from(heading).sin_cos();
    let turned = |v: VecFx32| {
        let [x, y, z] = v.to_f64();
        VecFx32::from_f64([x * cos + z * sin, y, z * cos - x * sin])
    };
    let turn = Angle::from_radians(f64::from(heading));
    let (position, last_position) = (moved(old.position()), moved(old.last_position()));
    let (centre, previous_centre) = (
        moved(old.collision_centre()),
        moved(old.previous_collision_centre()),
    );
    let (contact, last_contact) = (
        moved(old.contact_centre()),
        moved(old.last_contact_centre()),
    );
    let yaw = Angle(old.yaw().0.wrapping_add(turn.0));
    let directions = [
        old.direction(),
        old.driving_direction(),
        old.velocity_direction(),
        old.heading(),
    ]
    .map(turned);
    driver.set_position(position);
    driver.set_last_position(last_position);
    driver.set_collision_centre(centre);
    driver.set_previous_collision_centre(previous_centre);
    driver.set_contact_centre(contact);
    driver.set_last_contact_centre(last_contact);
    driver.set_yaw(yaw);
    let [direction, driving_direction, velocity_direction, heading] = directions;
    driver.set_direction(direction);
    driver.set_driving_direction(driving_direction);
    driver.set_velocity_direction(velocity_direction);
    driver.set_heading(heading);
    Ok(())
}
