//! Races without an emulator are those on it, bit for bit.

use std::path::PathBuf;
use std::sync::Arc;

use env_core::columns::Columnar;
use env_core::vector::{VectorEnv, VectorOptions};
use env_core::{Env, Space, Step, rng};
use env_kart::race_env::{RaceEnv, RaceFactory, RaceGame};
use env_kart::runs::race_movie;
use env_mkds::action::DrivingAction;
use env_mkds::config::{RaceEnvConfig, Start, StartFrom, StartVariation, States};
use env_mkds::control::{ActionSet, Button, RaceAction};
use env_mkds::ending::Ending;
use env_mkds::game::MarioKartDs;
use env_mkds::menus::Opponent;
use env_mkds::observation::{
    Buttons, Normal, Observation, Position, PreviousAction, Rays, Term, Toward, Velocity,
};
use env_mkds::pixels::Pixels;
use env_mkds::race_env::{Info, ResetOptions};
use env_mkds::reward::{RewardTerm, Rewards};
use env_mkds::runs::{Setup, console::Console};
use env_mkds::scripted::{Pursuit, ScriptedDriver, Style};
use env_mkds::{Error, ram};
use env_native::NativeRaces;
use homebrew::{COURSES, CourseInfo, ROM};
use machine::{Machine, State};
use mkds_formats::ghost::Combo;
use nds_formats::rom;
use rand::RngExt;

fn combo(course: &CourseInfo) -> Combo {
    Combo {
        character: 3,
        kart: 10,
        course: course.id,
    }
}

/// The course of a preset, which is for the first one.
fn on(course: &CourseInfo, preset: RaceEnvConfig) -> RaceEnvConfig {
    let RaceEnvConfig {
        character,
        kart,
        course,
        ..
    } = RaceEnvConfig::driving(combo(course));
    RaceEnvConfig {
        character,
        kart,
        course,
        ..preset
    }
}

/// An environment on the emulator and one without, of the same configuration.
struct Pair {
    emulated: RaceEnv<MarioKartDs>,
    native: RaceEnv<NativeRaces>,
    what: String,
}

impl Pair {
    fn open(config: &RaceEnvConfig, what: &str) -> Self {
        Self {
            emulated: RaceEnv::open(ROM, config.clone()).expect("the bundled ROM races"),
            native: RaceEnv::open(ROM, config.clone()).expect("its logic races"),
            what: what.to_owned(),
        }
    }

    fn reset(&mut self, seed: Option<u64>) {
        let options = ResetOptions::default();
        let emulated = self.emulated.reset(seed, &options).expect("a race");
        let native = self.native.reset(seed, &options).expect("a race");
        assert_eq!(native.1, emulated.1, "{}: infos of the reset", self.what);
        self.assert_same("the reset", &native.0, &emulated.0);
    }

    fn step(&mut self, action: &RaceAction) -> Step<Observation, Info> {
        let emulated = self.emulated.step(action).expect("a step");
        let native = self.native.step(action).expect("a step");
        let place = format!("frame {}", emulated.info.frame);
        assert_eq!(native.info, emulated.info, "{}: {place}", self.what);
        assert_eq!(
            native.reward.to_bits(),
            emulated.reward.to_bits(),
            "{}: reward of {place}",
            self.what
        );
        assert_eq!(
            (native.terminated, native.truncated),
            (emulated.terminated, emulated.truncated),
            "{}: end at {place}",
            self.what
        );
        self.assert_same(&place, &native.observation, &emulated.observation);
        native
    }

    fn assert_same(&self, place: &str, native: &Observation, emulated: &Observation) {
        let bits = |seen: &Observation| {
            seen.floats
                .iter()
                .map(|value| value.to_bits())
                .collect::<Vec<_>>()
        };
        assert_eq!(bits(native), bits(emulated), "{}: {place}", self.what);
        assert_eq!(native.words, emulated.words, "{}: {place}", self.what);
        assert_eq!(native.bytes, emulated.bytes, "{}: {place}", self.what);
    }

    /// Plays steps of random actions, each held for a few steps, with a reset after each episode; counts the episodes that
    /// ended.
    fn play(&mut self, steps: u32, seed: u64) -> u32 {
        let mut random = rng(Some(seed));
        let mut ended = 0;
        self.reset(Some(seed));
        let mut action = self.native.action_space().sample(&mut random);
        for _ in 0..steps {
            if random.random_bool(0.3) {
                action = self.native.action_space().sample(&mut random);
            }
            if self.step(&action).is_done() {
                ended += 1;
                self.reset(None);
            }
        }
        ended
    }
}

/// Every term of an observation, and endings that come soon.
fn everything(course: &CourseInfo) -> RaceEnvConfig {
    let mut observation = Term::driving();
    observation.extend([
        Term::Rays(Rays {
            toward: Toward::Walls,
            count: 7,
            field_of_view: 300.0,
            elevation: 5.0,
            ..Rays::default()
        }),
        Term::Position(Position {}),
        Term::Velocity(Velocity {}),
        Term::Normal(Normal {}),
        Term::PreviousAction(PreviousAction {}),
        Term::Buttons(Buttons {}),
    ]);
    RaceEnvConfig {
        observation,
        frame_skip: 3,
        reward: Rewards {
            terms: vec![
                RewardTerm::Progress { weight: 100.0 },
                RewardTerm::Wall {
                    value: -0.1,
                    distance: 60.0,
                },
                RewardTerm::Checkpoint { value: 1.0 },
                RewardTerm::Drift { value: 0.1 },
                RewardTerm::Backwards { value: -1.0 },
            ],
            clip: Some(5.0),
        },
        truncate: Ending::Any(vec![Ending::Steps(120), Ending::stuck()]),
        start: Start {
            from: StartFrom::Lap { count: 4 },
            vary: StartVariation {
                lateral: 40.0,
                heading: 0.4,
                wait_frames: 9,
            },
        },
        ..RaceEnvConfig::driving(combo(course))
    }
}

/// The sets of actions, besides those of the presets.
fn action_sets() -> [ActionSet; 3] {
    use Button::{A, B, Left, R, Right};
    [
        ActionSet::Choice(vec![
            vec![A],
            vec![A, Left],
            vec![A, Right],
            vec![A, R, Left],
            vec![B],
        ]),
        ActionSet::Buttons(vec![A, B, Left, Right, R]),
        ActionSet::Pad,
    ]
}

#[test]
fn random_actions_lead_to_the_same_with_every_preset_on_every_course() {
    let presets = [
        ("Driving-v0", RaceEnvConfig::default()),
        (
            "MarioKartDS-v0",
            RaceEnvConfig::mario_kart_ds_v0(3000.0, 20),
        ),
        ("TimeTrial-v1", RaceEnvConfig::time_trial_v1()),
    ];
    for course in COURSES {
        for (name, preset) in presets.clone() {
            let what = format!("{}, {name}", course.name);
            Pair::open(&on(course, preset), &what).play(400, 11);
        }
    }
}

#[test]
fn every_observation_and_set_of_actions_is_the_same_through_resets_and_truncations() {
    for (course, actions) in COURSES.iter().zip(action_sets().into_iter().cycle()) {
        let config = RaceEnvConfig {
            actions,
            ..everything(course)
        };
        let ended = Pair::open(&config, course.name).play(500, 5);
        assert!(ended >= 4, "{}: {ended} episodes ended", course.name);
    }
}

#[test]
fn a_race_to_the_finish_is_the_same() {
    let config = RaceEnvConfig {
        frame_skip: 2,
        ..on(&COURSES[0], RaceEnvConfig::default())
    };
    let mut pair = Pair::open(&config, "to the finish");
    pair.reset(Some(1));
    let course = pair.native.course().expect("a course");
    let mut driver = Pursuit::new(course, Style::seeded(3));
    loop {
        let race = ram::find_race(pair.native.machine().ram());
        let race = race.expect("sound").expect("a race");
        let action = driver.act(&race).expect("a sound race");
        let step = pair.step(&action.into());
        if step.is_done() {
            assert!(step.terminated && step.info.finished, "{:?}", step.info);
            break;
        }
    }
    pair.reset(None);
    assert!(!pair.step(&DrivingAction::default().into()).is_done());
}

#[test]
fn episodes_begin_with_states_and_movies_of_the_emulator() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let setup = Setup {
        rom: ROM,
        console: &Console::default(),
        combo: combo(&COURSES[1]),
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 9000,
    };
    let mut driver = ScriptedDriver::new(Style::default());
    let mut go_on = |_| std::ops::ControlFlow::Continue(());
    let race = race_movie::record(&setup, &mut driver, &mut go_on).expect("a race");
    let movie = folder.join("equal_races.dsm");
    std::fs::write(&movie, race.movie.to_bytes()).expect("a writable folder");
    let from = |from| RaceEnvConfig {
        start: Start {
            from,
            ..Start::default()
        },
        ..RaceEnvConfig::default()
    };
    let mut pair = Pair::open(
        &from(StartFrom::Movie {
            path: movie,
            frame: None,
            play_on: true,
        }),
        "a movie",
    );
    pair.play(250, 1);

    let state = pair.emulated.machine_mut().save_state().expect("a state");
    let file = folder.join("equal_races.state");
    std::fs::write(&file, state.bytes()).expect("a writable folder");
    let states = States {
        files: vec![file],
        frame: None,
    };
    Pair::open(&from(StartFrom::States(states)), "a state").play(60, 2);
}

#[test]
fn a_left_race_ends_the_episode_as_on_the_emulator_and_the_next_one_begins() {
    use Button::{B, Start};
    let config = RaceEnvConfig {
        actions: ActionSet::Choice(vec![vec![], vec![Start], vec![B]]),
        ..on(&COURSES[1], RaceEnvConfig::default())
    };
    let mut pair = Pair::open(&config, "left");
    pair.reset(Some(1));
    pair.step(&RaceAction::Index(1));
    let ended = (0..20).find_map(|nth| {
        let step = pair.step(&RaceAction::Index(2 * (nth % 2)));
        step.is_done().then_some(step.info.ended_by)
    });
    assert_eq!(ended, Some(Some(env_kart::referee::RACE_GONE)));
    pair.reset(None);
    assert!(pair.step(&RaceAction::Index(0)).info.race_started);
}

#[test]
fn a_batch_is_its_races_alone_with_any_number_of_threads() {
    const COUNT: usize = 40;
    let config = RaceEnvConfig {
        actions: ActionSet::DriftLatch,
        ..everything(&COURSES[3])
    };
    let factory = Arc::new(RaceFactory::<NativeRaces>::new(ROM, config).expect("a race"));
    let mut alone: Vec<_> = (0..COUNT)
        .map(|_| factory.make().expect("a race"))
        .collect();
    let mut batches = [0, 1, 3].map(|threads| {
        let factory = factory.clone();
        let options = VectorOptions {
            threads,
            ..VectorOptions::default()
        };
        VectorEnv::new(move |_| factory.make(), COUNT, options).expect("races")
    });
    let seeds = batches[0].seeds(Some(9));
    let options = ResetOptions::default();
    for batch in &mut batches {
        batch.reset(&seeds, &options, None).expect("races");
    }
    for (env, seed) in alone.iter_mut().zip(&seeds) {
        env.reset(*seed, &options).expect("a race");
    }
    let mut random = rng(Some(2));
    let mut over = [false; COUNT];
    for _ in 0..150 {
        let space = batches[0].action_space();
        let actions: Vec<_> = (0..COUNT).map(|_| space.sample(&mut random)).collect();
        let steps = batches
            .each_mut()
            .map(|batch| batch.step(&actions).expect("a step"));
        for (index, env) in alone.iter_mut().enumerate() {
            let expected = if over[index] {
                let (observation, info) = env.reset(None, &options).expect("a race");
                Step::new(observation, 0.0, info)
            } else {
                env.step(&actions[index]).expect("a step")
            };
            over[index] = expected.is_done();
            for step in &steps {
                assert_eq!(step.infos[index].as_ref(), Some(&expected.info));
                assert_eq!(step.rewards[index].to_bits(), expected.reward.to_bits());
                assert_eq!(step.terminated[index], expected.terminated);
                assert_eq!(step.truncated[index], expected.truncated);
                let (mut column, batch) = (0, &step.observations);
                env.observation_space()
                    .cells(&expected.observation, &mut |cells| {
                        assert_eq!(batch.row(column, index), cells, "environment {index}");
                        column += 1;
                    });
            }
        }
    }
}

#[test]
fn states_are_restored_and_survive_their_bytes() {
    let config = RaceEnvConfig::driving(combo(&COURSES[2]));
    let factory = RaceFactory::<NativeRaces>::new(ROM, config).expect("a race");
    let mut env = factory.make().expect("an environment");
    env.reset(Some(1), &ResetOptions::default())
        .expect("a race");
    let console = env.machine_mut();
    let ahead = NativeRaces::input(nds_formats::pad::Pad::A);
    let play = |console: &mut env_native::Console| {
        for _ in 0..400 {
            console
                .step(&ahead, machine::Picture::Skip)
                .expect("a frame");
        }
        console.hash()
    };
    let begin = console.save_state().expect("a state");
    let copy = env_native::State::from_bytes(&begin.to_bytes()).expect("its own bytes");
    let first = play(console);
    let later = console.save_state().expect("a state");
    console.load_state(&begin).expect("an earlier state");
    assert_eq!(play(console), first);
    console.load_state(&copy).expect("the same state");
    assert_eq!(play(console), first);
    console.load_state(&begin).expect("an earlier state");
    console.load_state(&later).expect("a later state");
    assert_eq!(console.hash(), first);
    assert!(env_native::State::from_bytes(&begin.to_bytes()[1..]).is_err());
}

fn refusal(rom: impl Into<Arc<[u8]>>, config: RaceEnvConfig) -> String {
    let factory = RaceFactory::<NativeRaces>::new(rom, config);
    let error: Error = factory.expect_err("a refusal");
    error.to_string()
}

#[test]
fn what_needs_an_emulator_is_refused_by_name() {
    let plain = RaceEnvConfig::default;
    let pixels = RaceEnvConfig {
        pixels: Some(Pixels::default()),
        ..plain()
    };
    let render = RaceEnvConfig {
        render: true,
        ..plain()
    };
    let power_on = RaceEnvConfig {
        start: Start {
            from: StartFrom::PowerOn,
            ..Start::default()
        },
        ..plain()
    };
    for (config, setting) in [
        (pixels, "pixels:"),
        (render, "render:"),
        (power_on, "start.from:"),
    ] {
        let error = refusal(ROM, config);
        assert!(error.starts_with(setting), "{error}");
    }
    let mut other = ROM.to_vec();
    let program = rom::arm9_program(ROM).expect("a program").as_ptr_range();
    let at = program.start as usize - ROM.as_ptr() as usize;
    other[at] ^= 1;
    let error = refusal(other, plain());
    assert!(error.starts_with("rom:"), "{error}");
}
