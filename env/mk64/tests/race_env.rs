//! Environments on the bundled game: presets, beginnings, rewards, repeatability.

mod bundled;

use std::path::PathBuf;

use bundled::is_installed;
use env_core::columns::{Batch, Cells, Columnar};
use env_core::vector::{Autoreset, VectorEnv, VectorOptions};
use env_core::{Env, Space, check_for};
use env_kart::action::DrivingAction;
use env_kart::ending::Ending;
use env_kart::observation::{Observation, Term};
use env_kart::reward::{RewardTerm, Rewards};
use env_mk64::Error;
use env_mk64::combo::{Class, Mode};
use env_mk64::config::{NumberOrName, RaceEnvConfig, Start, StartFrom, StartVariation, States};
use env_mk64::control::{ActionSet, Button, RaceAction};
use env_mk64::emulated::race;
use env_mk64::pixels::Pixels;
use env_mk64::race_env::{RaceEnv, RaceFactory, ResetOptions};
use env_mk64::scripted::{Pursuit, Style};
use homebrew_n64::ROM;
use mk64_memory::course::Course;
use mk64_memory::game::GameMode;

/// The shortest of the bundled courses, by the name of the real course in its place.
const OVAL: &str = "Moo Moo Farm";

fn open(config: RaceEnvConfig) -> RaceEnv {
    RaceEnv::open(ROM, config).expect("the bundled game races")
}

fn named(name: &str) -> NumberOrName {
    NumberOrName::Name(name.to_owned())
}

/// The presets, all on one course.
fn presets() -> [RaceEnvConfig; 4] {
    [
        RaceEnvConfig::default(),
        RaceEnvConfig::mario_kart_64_v0(),
        RaceEnvConfig::pixels_v0(),
        RaceEnvConfig::both_v0(),
    ]
    .map(|preset| RaceEnvConfig {
        course: named(OVAL),
        ..preset
    })
}

fn varied() -> RaceEnvConfig {
    RaceEnvConfig {
        start: Start {
            from: StartFrom::Lap { count: 3 },
            vary: StartVariation {
                lateral: 10.0,
                heading: 0.3,
                wait_frames: 20,
            },
        },
        ..RaceEnvConfig::default()
    }
}

#[test]
fn every_preset_keeps_the_environments_contract() {
    if !is_installed() {
        return;
    }
    let [driving, published, _, both] = presets();
    let varied = RaceEnvConfig {
        render: true,
        ..varied()
    };
    for (config, steps) in [(varied, 60), (driving, 20), (published, 8), (both, 8)] {
        assert_eq!(check_for(&mut open(config), 3, steps), Ok(()));
    }
}

#[test]
fn presets_are_configurations_like_any_other() {
    for preset in presets() {
        preset.check().expect("sound settings");
        let read = RaceEnvConfig::from_json(&preset.to_json()).expect("as written");
        assert_eq!(read, preset);
    }
    let published = RaceEnvConfig::from_json(
        r#"{"actions": {"choice": [["a"], [{"stick": [-80, 0]}, "c_up"]]}}"#,
    );
    let expected = vec![vec![Button::A], vec![Button::Stick([-80, 0]), Button::CUp]];
    assert_eq!(
        published.expect("buttons by name").actions,
        ActionSet::Choice(expected)
    );
}

#[test]
fn races_are_chosen_by_number_and_by_name() {
    let course = |course| {
        let config = RaceEnvConfig {
            course,
            ..RaceEnvConfig::default()
        };
        config.combo().expect("a course").course
    };
    for known in mk64_formats::names::COURSES {
        assert_eq!(course(NumberOrName::Number(known.id)), known.id);
        assert_eq!(course(named(&known.name.to_uppercase())), known.id);
        assert_eq!(course(named(known.abbreviation)), known.id);
    }
    let grand_prix =
        RaceEnvConfig::from_toml("character = \"d.k.\"\nmode = { grand_prix = \"extra\" }");
    let combo = grand_prix
        .and_then(|config| config.combo())
        .expect("a race");
    assert_eq!(
        (combo.character, combo.mode),
        (4, Mode::GrandPrix(Class::Extra))
    );
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let refused = |text: &str| {
        let config = RaceEnvConfig::from_toml(text);
        config.expect_err(text).to_string()
    };
    for (text, expected) in [
        (
            "course = \"Block Fort\"",
            "course: expected a race course's name or abbreviation, as LR, or the game's number, found Block Fort",
        ),
        (
            "character = 8",
            "character: expected a number or name of the game's, found 8",
        ),
        (
            "course = 9\nmode = { grand_prix = \"50cc\" }",
            "no course 9 in the menus: expected a cup's first course, with which a Grand Prix begins",
        ),
        ("frame_skip = 0", "frame_skip: expected"),
        (
            "actions = { stick = { reach = 0, buttons = [] } }",
            "actions: expected a stick's reach of 1 to 127, found 0",
        ),
        (
            "observation = []",
            "observation: expected at least one term, or pixels, found none",
        ),
        (
            "pixels = { crop = [300, 0, 40, 40] }",
            "pixels.crop: expected",
        ),
    ] {
        let error = refused(text);
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    for (text, word) in [
        ("mode = \"battle\"", "battle"),
        ("kart = 3", "kart"),
        ("mode = { grand_prix = \"200cc\" }", "200cc"),
        ("pixels = { screen = \"top\" }", "screen"),
    ] {
        let error = refused(text);
        assert!(error.contains(word), "{text}: {error}");
    }
}

#[test]
fn roms_of_other_games_and_regions_are_refused() {
    let prepared = |rom: &[u8]| RaceFactory::new(rom, RaceEnvConfig::default()).map(drop);
    let mut european = ROM.to_vec();
    european[0x3B..0x3F].copy_from_slice(b"NKTP");
    let error = prepared(&european).expect_err("another region");
    assert!(
        matches!(&error, Error::WrongGame { found } if found == "NKTP"),
        "{error}"
    );
    let error = prepared(&ROM[..100]).expect_err("cut short");
    assert!(matches!(error, Error::Format(_)), "{error}");
    let error = prepared(b"no ROM").expect_err("no ROM");
    assert!(matches!(error, Error::Format(_)), "{error}");
}

/// What an episode shows: observations, and the hash of RAM at its end.
fn episode(env: &mut RaceEnv, seed: u64, actions: &[RaceAction]) -> (Vec<Observation>, u64) {
    let (first, _) = env
        .reset(Some(seed), &ResetOptions::default())
        .expect("a race");
    let steps = actions
        .iter()
        .map(|action| env.step(action).expect("a step").observation);
    let seen = std::iter::once(first).chain(steps).collect();
    (seen, env.machine().ram_hash())
}

/// As many actions of a space, by chance.
fn some_actions(space: &impl Space<Element = RaceAction>, count: usize) -> Vec<RaceAction> {
    let mut rng = env_core::rng(Some(17));
    (0..count).map(|_| space.sample(&mut rng)).collect()
}

#[test]
fn the_same_seed_and_actions_give_the_same_episode_in_every_environment() {
    if !is_installed() {
        return;
    }
    let factory = RaceFactory::new(ROM, varied()).expect("a race");
    let [mut one, mut other] = [0, 1].map(|_| factory.make().expect("an environment"));
    let actions = some_actions(one.action_space(), 40);
    let first = episode(&mut one, 5, &actions);
    assert_eq!(episode(&mut other, 5, &actions), first);
    // After another episode, and in another process's stead in an environment of a factory of its own.
    assert_ne!(episode(&mut one, 6, &actions), first);
    assert_eq!(episode(&mut one, 5, &actions), first);
    assert_eq!(episode(&mut open(varied()), 5, &actions), first);
}

/// All numbers of an observation of a batch.
fn floats(batch: &Batch, index: usize) -> Vec<f32> {
    let cells = (0..batch.columns().len()).filter_map(|column| match batch.row(column, index) {
        Cells::F32(cells) => Some(cells),
        _ => None,
    });
    cells.flatten().copied().collect()
}

#[test]
fn races_in_a_batch_are_the_races_alone() {
    if !is_installed() {
        return;
    }
    const COUNT: usize = 3;
    let factory = RaceFactory::new(ROM, varied()).expect("a race");
    let mut alone: Vec<RaceEnv> = (0..COUNT).map(|_| factory.make().expect("one")).collect();
    let options = VectorOptions {
        threads: 2,
        autoreset: Autoreset::Disabled,
        deadline: None,
    };
    let mut batch = VectorEnv::new(move |_| factory.make(), COUNT, options).expect("a batch");
    let seeds = [Some(1), Some(2), Some(3)];
    let action = some_actions(alone[0].action_space(), 20);
    let begun = batch.reset(&seeds, &ResetOptions::default(), None);
    let begun = begun.expect("races");
    for (index, env) in alone.iter_mut().enumerate() {
        let seen = env.reset(seeds[index], &ResetOptions::default());
        let (seen, _) = seen.expect("a race");
        assert_eq!(floats(&begun.observations, index), seen.floats);
    }
    for action in action {
        let step = batch.step(&vec![action.clone(); COUNT]).expect("steps");
        for (index, env) in alone.iter_mut().enumerate() {
            let single = env.step(&action).expect("a step");
            assert_eq!(floats(&step.observations, index), single.observation.floats);
            assert_eq!(step.rewards[index], single.reward);
            assert_eq!(step.infos[index].as_ref(), Some(&single.info));
        }
    }
    for (index, env) in alone.iter().enumerate() {
        let of_batch = batch.env(index).expect("it goes on");
        assert_eq!(of_batch.machine().ram_hash(), env.machine().ram_hash());
    }
}

#[test]
fn the_published_scheme_rewards_steps_checkpoints_laps_and_the_time_left() {
    if !is_installed() {
        return;
    }
    let published = RaceEnvConfig {
        course: named(OVAL),
        pixels: None,
        observation: Term::driving(),
        actions: ActionSet::Driving,
        frame_skip: 1,
        truncate: Ending::Never,
        ..RaceEnvConfig::mario_kart_64_v0()
    };
    let mut env = open(published);
    env.reset(Some(1), &ResetOptions::default())
        .expect("a race");
    let course = Course::read(&race(env.machine()).expect("a race")).expect("a course");
    let mut driver = Pursuit::new(&course, Style::default());
    let (mut earned, mut frames) = ([0.0; 6], 0);
    let last = loop {
        let action = driver.act(&race(env.machine()).expect("a race"));
        let step = env
            .step(&action.expect("a decision").into())
            .expect("a step");
        frames += 1;
        for (sum, part) in earned.iter_mut().zip(&step.info.rewards) {
            *sum += part;
        }
        if step.is_done() {
            break step;
        }
    };
    assert_eq!(last.info.ended_by, Some("race_end"));
    // Five drawn frames to each of the published steps; the last step of one frame ends in the tick of the finish.
    let ticks = f64::from(frames) * 2.0;
    let names: Vec<_> = env.reward_names().collect();
    assert_eq!(
        names,
        [
            "time",
            "lap",
            "checkpoint",
            "backwards",
            "finish",
            "early_finish"
        ]
    );
    let [time, laps, checkpoints, backwards, finish, early] = earned;
    let near = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 1.1, "{found}, {expected}");
    };
    near(time, -0.1 * ticks / 10.0);
    assert_eq!((laps, backwards, finish), (300.0, 0.0, 900.0));
    near(early, 5.0 * (1250.0 - ticks / 10.0));
    // Three laps, begun in the last checkpoint before the line and ended in the first behind it.
    let gates = course.track().checkpoints().len() as f64;
    near(checkpoints, 0.5 * 3.0 * gates);
}

#[test]
fn the_published_actions_are_twelve_and_the_picture_is_the_consoles() {
    if !is_installed() {
        return;
    }
    let mut env = open(RaceEnvConfig {
        render: true,
        ..RaceEnvConfig::mario_kart_64_v0()
    });
    let (seen, info) = env
        .reset(Some(1), &ResetOptions::default())
        .expect("a race");
    assert!(info.race_started && info.frame < 14, "{info:?}");
    let columns = env.observation_space().columns();
    assert_eq!(columns.len(), 1);
    assert_eq!(
        (columns[0].name.as_str(), &columns[0].shape[..]),
        ("pixels", &[240, 320, 3][..])
    );
    let picture = env.render().expect("drawn").expect("a picture");
    let colours = picture.rgba.chunks_exact(4).flat_map(|pixel| &pixel[..3]);
    assert!(colours.eq(&seen.bytes));
    let mut held = Vec::new();
    while let Ok(step) = env.step(&RaceAction::Index(held.len() as i64)) {
        assert!(!step.is_done());
        held.push((env.pad().buttons.bits(), env.pad().stick));
    }
    let [a, b] = [0x80, 0x40];
    let sides = [-20, -40, -60, -80, 20, 40, 60, 80].map(|x| (a, [x, 0]));
    let expected = [
        &[(0, [0, 0]), (a, [0, 0]), (b, [0, 0]), (b, [0, -80])][..],
        &sides,
    ]
    .concat();
    assert_eq!(held, expected);
    // Twelve steps of five drawn frames.
    let after = race(env.machine()).expect("a race").ticks().expect("ticks");
    assert_eq!(after - info.frame as i32, 12 * 5 * 2);
}

#[test]
fn episodes_begin_at_power_on_and_in_states_from_files() {
    if !is_installed() {
        return;
    }
    let start_from = |from| RaceEnvConfig {
        start: Start {
            from,
            vary: StartVariation::default(),
        },
        ..RaceEnvConfig::default()
    };
    let mut env = open(start_from(StartFrom::PowerOn));
    let (_, info) = env.reset(None, &ResetOptions::default()).expect("the logo");
    assert!(!info.race_started && env.machine().frame_count() < 10);
    let step = env.step(&DrivingAction::default().into()).expect("a step");
    assert!(!step.is_done());

    let mut env = open(varied());
    let chosen = ResetOptions {
        start: Some(1),
        variation: Some(StartVariation::default()),
    };
    let (_, begun) = env.reset(None, &chosen).expect("a race");
    assert!(begun.lap == 0 && begun.lap_progress > 0.3, "{begun:?}");
    let state = env.machine_mut().save_state().expect("a state");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("race_env.state");
    std::fs::write(&path, state.bytes()).expect("a writable folder");
    let files = |files| StartFrom::States(States { files, frame: None });
    let mut env = open(start_from(files(vec![path.clone()])));
    let (_, info) = env.reset(None, &ResetOptions::default()).expect("a race");
    // One frame was played after the state, as after every other beginning.
    assert!((info.lap_progress - begun.lap_progress).abs() < 0.02);

    let missing = path.with_file_name("missing.state");
    let error = RaceFactory::new(ROM, start_from(files(vec![missing.clone()])));
    let error = error.expect_err("no such file");
    assert!(
        matches!(&error, Error::Kart(env_kart::Error::Read { path, .. }) if *path == missing),
        "{error}"
    );
    std::fs::write(&path, b"no state").expect("a writable folder");
    let error = RaceFactory::new(ROM, start_from(files(vec![path.clone()])));
    let error = error.expect_err("no state").to_string();
    assert!(error.starts_with(&path.display().to_string()), "{error}");
}

#[test]
fn a_start_moves_and_turns_the_kart_to_its_left() {
    if !is_installed() {
        return;
    }
    let factory = RaceFactory::new(ROM, RaceEnvConfig::default()).expect("a race");
    let mut env = factory.make().expect("an environment");
    let mut place = |variation| {
        let options = ResetOptions {
            start: None,
            variation: Some(variation),
        };
        env.reset(Some(3), &options).expect("a race");
        race(env.machine())
            .expect("a race")
            .player(0)
            .expect("one")
            .pose()
    };
    let still = place(StartVariation::default());
    let moved = place(StartVariation {
        lateral: 20.0,
        heading: 0.0,
        wait_frames: 0,
    });
    let by: Vec<f32> = (0..3)
        .map(|axis| moved.position[axis] - still.position[axis])
        .collect();
    let along = |direction: [f32; 3]| {
        by.iter()
            .zip(direction)
            .map(|(by, part)| by * part)
            .sum::<f32>()
    };
    assert!(
        along(still.left).abs() > 1.0 && along(still.forward).abs() < 0.01,
        "{by:?}"
    );
    assert_eq!(moved.forward, still.forward);
    let turned = place(StartVariation {
        lateral: 0.0,
        heading: 0.5,
        wait_frames: 0,
    });
    assert_eq!(turned.position, still.position);
    let cos: f32 = (0..3)
        .map(|axis| turned.forward[axis] * still.forward[axis])
        .sum();
    assert!((0.5f32.cos()..0.9999).contains(&cos), "{cos}");
}

#[test]
fn a_grand_prix_has_rivals() {
    if !is_installed() {
        return;
    }
    let mut env = open(RaceEnvConfig {
        character: named("Toad"),
        mode: Mode::GrandPrix(Class::Cc150),
        reward: Rewards {
            terms: vec![RewardTerm::Progress { weight: 1.0 }],
            clip: None,
        },
        pixels: Some(Pixels {
            stack: 1,
            ..Pixels::default()
        }),
        ..RaceEnvConfig::default()
    });
    env.reset(None, &ResetOptions::default()).expect("a race");
    let race = race(env.machine()).expect("a race");
    assert_eq!(race.ram().mode().expect("RAM"), GameMode::GRAND_PRIX);
    assert_eq!(race.players().count(), 8);
    let ahead = DrivingAction {
        accelerate: true,
        ..DrivingAction::default()
    };
    let mut reward = 0.0;
    for _ in 0..60 {
        reward += env.step(&ahead.into()).expect("a step").reward;
    }
    assert!(reward > 0.005, "{reward}");
}
