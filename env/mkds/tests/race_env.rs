//! Environments on the bundled ROM: presets, parts, beginnings.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use desmume::{Emulator, Options};
use env_core::columns::Cells;
use env_core::vector::{Autoreset, VectorEnv, VectorOptions};
use env_core::{Env, Space, check_for};
use env_kart::runs::race_movie;
use env_mkds::{
    Error,
    action::DrivingAction,
    config::{NumberOrName, RaceEnvConfig, Start, StartFrom, StartVariation, States},
    control::{ActionSet, Button, RaceAction},
    ending::Ending,
    facts::GO_FRAME,
    menus::Opponent,
    observation::{Buttons, Position, Rays, Term},
    pixels::{Pixels, Screen},
    race_env::{RaceEnv, RaceFactory, ResetOptions},
    reward::{FINISH_REWARD, PROGRESS_REWARD, RewardTerm, Rewards},
    runs::{Setup, console::Console},
    scripted::{Pursuit, ScriptedDriver, Style},
};
use homebrew::{COURSES, ROM, rom_with_real_timing};
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use nds_formats::pad::Pad;

const OVAL: Combo = Combo {
    character: 0,
    kart: 0,
    course: COURSES[0].id,
};

/// A course on which mini-turbos pay off.
const HAIRPINS: Combo = Combo {
    course: COURSES[1].id,
    ..OVAL
};

fn open(config: RaceEnvConfig) -> RaceEnv {
    RaceEnv::open(ROM, config).expect("the bundled ROM races")
}

/// Full speed ahead.
fn ahead() -> RaceAction {
    DrivingAction {
        accelerate: true,
        ..DrivingAction::default()
    }
    .into()
}

fn idle() -> RaceAction {
    DrivingAction::default().into()
}

fn varied() -> RaceEnvConfig {
    RaceEnvConfig {
        start: Start {
            vary: StartVariation {
                lateral: 40.0,
                heading: 0.3,
                wait_frames: 20,
            },
            ..Start::default()
        },
        render: true,
        ..RaceEnvConfig::driving(OVAL)
    }
}

/// The scripted driver's race of the hairpins from power-on, as a movie in a folder that lives as long as the tests.
fn movie() -> PathBuf {
    static MOVIE: OnceLock<PathBuf> = OnceLock::new();
    let write = || {
        let setup = Setup {
            rom: ROM,
            console: &Console::default(),
            combo: HAIRPINS,
            opponent: Opponent::None,
            expected_ms: None,
            frame_limit: 9000,
        };
        let mut driver = ScriptedDriver::new(Style::default());
        let mut go_on = |_| std::ops::ControlFlow::Continue(());
        let race = race_movie::record(&setup, &mut driver, &mut go_on).expect("a race");
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("race_env.dsm");
        std::fs::write(&path, race.movie.to_bytes()).expect("a writable folder");
        path
    };
    MOVIE.get_or_init(write).clone()
}

/// Steps with the scripted driver until the episode ends; returns the sum of rewards and the last step.
fn drive(
    env: &mut RaceEnv,
) -> (
    f64,
    env_core::Step<env_mkds::observation::Observation, env_mkds::race_env::Info>,
) {
    let mut driver = Pursuit::new(env.course().expect("a course"), Style::default());
    let mut reward = 0.0;
    loop {
        let ram = Ram::new(env.machine().main_ram()).unwrap();
        let action = driver.act(&ram.race().unwrap().unwrap()).unwrap();
        let step = env.step(&action.into()).unwrap();
        reward += step.reward;
        if step.is_done() {
            return (reward, step);
        }
    }
}

#[test]
fn every_preset_keeps_the_environments_contract() {
    let presets = [
        varied(),
        RaceEnvConfig::mario_kart_ds_v0(3000.0, 20),
        RaceEnvConfig::time_trial_v1(),
        RaceEnvConfig {
            render: true,
            ..RaceEnvConfig::pixels_v0()
        },
    ];
    for config in presets {
        let observation = config.observation.clone();
        check_for(&mut open(config), 7, 60)
            .unwrap_or_else(|broken| panic!("{observation:?}: {broken:?}"));
    }
}

#[test]
fn episodes_are_the_same_with_the_real_games_timing() {
    for config in [
        RaceEnvConfig::mario_kart_ds_v0(3000.0, 20),
        RaceEnvConfig::time_trial_v1(),
        RaceEnvConfig::driving(OVAL),
    ] {
        let [usual, real] = [ROM.to_vec(), rom_with_real_timing()].map(|rom| {
            let mut env = RaceEnv::open(rom, config.clone()).expect("the bundled ROM races");
            let first = env.reset(Some(5), &ResetOptions::default()).unwrap();
            let mut random = env_core::rng(Some(5));
            let steps: Vec<_> = (0..300)
                .map(|_| {
                    let action = env.action_space().sample(&mut random);
                    env.step(&action).unwrap()
                })
                .take_while(|step| !step.is_done())
                .map(|step| (step.observation, step.reward))
                .collect();
            (first.0, steps)
        });
        assert!(!usual.1.is_empty());
        assert_eq!(usual, real);
    }
}

#[test]
fn presets_are_configurations_like_any_other() {
    for config in [
        RaceEnvConfig::mario_kart_ds_v0(1500.0, 8),
        RaceEnvConfig::time_trial_v1(),
        RaceEnvConfig::pixels_v0(),
    ] {
        assert_eq!(RaceEnvConfig::from_json(&config.to_json()).unwrap(), config);
        let toml = toml::to_string(&config).expect("a table");
        assert_eq!(RaceEnvConfig::from_toml(&toml).unwrap(), config);
    }
}

#[test]
fn starts_vary_by_seed_and_repeat_with_it() {
    let mut env = open(varied());
    let mut run = |seed| {
        let (mut last, _) = env.reset(Some(seed), &ResetOptions::default()).unwrap();
        let mut random = env_core::rng(Some(seed));
        for _ in 0..100 {
            let action = env.action_space().sample(&mut random);
            last = env.step(&action).unwrap().observation;
        }
        (last, env.machine().ram_hash())
    };
    let (first, other, again) = (run(1), run(2), run(1));
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn drawing_changes_nothing_but_the_picture() {
    let hash = |render| {
        let mut env = open(RaceEnvConfig { render, ..varied() });
        env.reset(Some(3), &ResetOptions::default()).unwrap();
        for _ in 0..50 {
            env.step(&ahead()).unwrap();
        }
        env.machine().ram_hash()
    };
    assert_eq!(hash(true), hash(false));
}

#[test]
fn environments_of_a_factory_are_the_same_and_independent() {
    let factory = RaceFactory::new(ROM, RaceEnvConfig::mario_kart_ds_v0(3000.0, 20)).unwrap();
    let (mut first, mut second) = (factory.make().unwrap(), factory.make().unwrap());
    for env in [&mut first, &mut second] {
        env.reset(Some(5), &ResetOptions::default()).unwrap();
    }
    for frame in 0..120 {
        let action = RaceAction::Index(if frame % 3 == 0 { 17 } else { 1 });
        let seen = first.step(&action).unwrap();
        assert_eq!(seen, second.step(&action).unwrap());
    }
    first.step(&RaceAction::Index(0)).unwrap();
    assert_ne!(first.machine().ram_hash(), second.machine().ram_hash());
}

#[test]
fn the_scripted_driver_earns_the_whole_reward() {
    let mut env = open(RaceEnvConfig {
        frame_skip: 1,
        truncate: Ending::Steps(9000),
        start: Start {
            from: StartFrom::Grid { frame: 200 },
            ..Start::default()
        },
        ..RaceEnvConfig::driving(OVAL)
    });
    let (_, info) = env.reset(Some(1), &ResetOptions::default()).unwrap();
    assert_eq!(info.frame, 200);
    let (reward, last) = drive(&mut env);
    assert!(last.terminated && !last.truncated && last.info.finished);
    assert_eq!(last.info.ended_by, Some("race_end"));
    let whole = PROGRESS_REWARD + FINISH_REWARD;
    assert!((reward - whole).abs() < 5.0, "{reward}");
    assert!(matches!(
        env.step(&idle()),
        Err(Error::Kart(env_kart::Error::NotReset))
    ));
}

#[test]
fn a_step_of_several_frames_is_worth_what_its_frames_are() {
    let run = |frame_skip: u32| {
        let mut env = open(RaceEnvConfig {
            frame_skip,
            truncate: Ending::Never,
            reward: Rewards {
                terms: vec![
                    RewardTerm::Progress { weight: 100.0 },
                    RewardTerm::Time { value: -0.25 },
                    RewardTerm::Speed { weight: 1.0 },
                ],
                clip: None,
            },
            ..RaceEnvConfig::driving(OVAL)
        });
        env.reset(Some(1), &ResetOptions::default()).unwrap();
        let steps = (0..240 / frame_skip).map(|_| env.step(&ahead()).unwrap());
        let worths = steps.map(|step| (step.reward, step.info.rewards));
        worths.fold((0.0, vec![0.0; 3]), |(sum, parts), (reward, more)| {
            let parts = parts.iter().zip(more).map(|(a, b)| a + b).collect();
            (sum + reward, parts)
        })
    };
    let (one, parts) = run(1);
    let (four, same) = run(4);
    assert!((one - four).abs() < 1e-6, "{one} {four}");
    assert!((parts.iter().sum::<f64>() - one).abs() < 1e-6);
    for (part, other) in parts.iter().zip(&same) {
        assert!(
            (part - other).abs() < 1e-6 && *part != 0.0,
            "{parts:?} {same:?}"
        );
    }
    assert_eq!(parts[1], -60.0);
}

#[test]
fn standing_still_is_truncated_as_stuck() {
    let mut env = open(RaceEnvConfig::driving(OVAL));
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    let last = std::iter::repeat_with(|| env.step(&idle()).unwrap())
        .take(400)
        .find(|step| step.is_done())
        .expect("standing still ends");
    assert!(last.truncated && !last.terminated);
    assert_eq!(last.info.ended_by, Some("stuck"));
}

/// The steps until `truncate` ends an episode of `action`, at most `most`.
fn steps_until(
    truncate: Ending,
    action: &RaceAction,
    most: usize,
) -> Option<(usize, &'static str)> {
    let mut env = open(RaceEnvConfig {
        frame_skip: 1,
        truncate,
        terminate: Ending::Never,
        ..RaceEnvConfig::driving(OVAL)
    });
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    (1..=most).find_map(|count| {
        let step = env.step(action).unwrap();
        step.truncated
            .then(|| (count, step.info.ended_by.expect("an event")))
    })
}

#[test]
fn events_end_episodes_when_they_happen() {
    let start = GO_FRAME as usize - 271;
    let slow = Ending::SlowSpeed {
        below: 0.4,
        frames: 60,
    };
    // A kart on the grid does not count as slow.
    assert_eq!(
        steps_until(slow.clone(), &idle(), 400),
        Some((start + 59, "slow_speed"))
    );
    assert_eq!(steps_until(slow, &ahead(), 120), None);
    assert_eq!(
        steps_until(Ending::Steps(7), &idle(), 10),
        Some((7, "steps"))
    );
    let signal = Ending::RaceStart { offset: 5 };
    assert_eq!(
        steps_until(signal.clone(), &idle(), 60),
        Some((start + 5, "race_start"))
    );
    // Straight on from the grid of the oval, sooner or later there is a wall.
    let wall = Ending::Collision { distance: 0.0 };
    let (hit, name) = steps_until(wall.clone(), &ahead(), 900).expect("a wall");
    assert!(hit > 60 && name == "collision", "{hit} {name}");
    // The first of several, and several at once.
    let any = Ending::Any(vec![wall.clone(), signal.clone()]);
    assert_eq!(
        steps_until(any, &ahead(), 900),
        Some((start + 5, "race_start"))
    );
    let all = Ending::All(vec![signal, wall]);
    assert_eq!(steps_until(all, &ahead(), 900), Some((hit, "all")));
    assert_eq!(steps_until(Ending::All(vec![]), &idle(), 50), None);
    let time = Ending::Time(1000);
    let (frames, _) = steps_until(time, &idle(), 200).expect("a second");
    assert!((start + 58..start + 64).contains(&frames), "{frames}");
}

#[test]
fn driving_back_is_the_wrong_way() {
    let mut env = open(RaceEnvConfig {
        frame_skip: 1,
        truncate: Ending::WrongWay { frames: 30 },
        start: Start {
            vary: StartVariation::default(),
            ..Start::default()
        },
        ..RaceEnvConfig::driving(OVAL)
    });
    let turned = ResetOptions {
        variation: Some(StartVariation {
            heading: 3.1,
            ..StartVariation::default()
        }),
        ..ResetOptions::default()
    };
    // Seeds turn the kart by up to half a turn; one of them turns it far enough.
    let ended = (0..12).any(|seed| {
        env.reset(Some(seed), &turned).unwrap();
        (0..240).any(|_| {
            let step = env.step(&ahead()).unwrap();
            assert!(!step.terminated);
            step.truncated
        })
    });
    assert!(ended);
}

#[test]
fn each_reward_term_rewards_its_event() {
    let terms = vec![
        RewardTerm::Lap { value: 1.0 },
        RewardTerm::Finish { value: 1.0 },
        RewardTerm::Drift { value: 1.0 },
        RewardTerm::Charge { value: 1.0 },
        RewardTerm::MiniTurbo { value: 1.0 },
        RewardTerm::Boost { value: 1.0 },
        RewardTerm::CheckpointAngle {
            value: 1.0,
            within: 0.3,
            within_drifting: 0.5,
        },
        RewardTerm::ReferenceLine {
            weight: 1.0,
            line: movie(),
            width: 300.0,
        },
        RewardTerm::Wall {
            value: -1.0,
            distance: 0.0,
        },
        RewardTerm::Slow {
            below: 0.4,
            value: -1.0,
        },
    ];
    let mut env = open(RaceEnvConfig {
        frame_skip: 1,
        truncate: Ending::Never,
        reward: Rewards { terms, clip: None },
        ..RaceEnvConfig::driving(HAIRPINS)
    });
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    let mut driver = Pursuit::new(env.course().expect("a course"), Style::default());
    let mut sums = vec![0.0; env.reward_names().count()];
    let (mut laps, mut turbos, mut drifting) = (0, 0, 0);
    let mut mini_turbo = 0;
    loop {
        let ram = Ram::new(env.machine().main_ram()).unwrap();
        let action = driver.act(&ram.race().unwrap().unwrap()).unwrap();
        let step = env.step(&action.into()).unwrap();
        for (sum, worth) in sums.iter_mut().zip(&step.info.rewards) {
            *sum += worth;
        }
        let ram = Ram::new(env.machine().main_ram()).unwrap();
        let race = ram.race().unwrap().unwrap();
        let kart = race.driver(0).unwrap();
        laps = laps.max(race.driver_status(0).unwrap().lap());
        turbos += i32::from(kart.mini_turbo_timer() > mini_turbo);
        mini_turbo = kart.mini_turbo_timer();
        drifting += i32::from(kart.drift_direction() != 0);
        if step.is_done() {
            break;
        }
    }
    let of: std::collections::HashMap<_, _> = env.reward_names().zip(sums).collect();
    assert_eq!(of["finish"], 1.0);
    assert_eq!(of["lap"], f64::from(laps));
    assert!(
        drifting > 0 && turbos > 0,
        "drifts and boosts: {drifting} {turbos} {of:?}"
    );
    assert_eq!(of["drift"], f64::from(drifting));
    assert_eq!(of["mini_turbo"], f64::from(turbos));
    assert!(of["charge"] > 0.0 && of["charge"] < of["drift"], "{of:?}");
    assert!(of["boost"] >= 30.0 * of["mini_turbo"], "{of:?}");
    assert!(of["checkpoint_angle"] > 500.0, "{of:?}");
    assert!((of["reference_line"] - 1.0).abs() < 0.05, "{of:?}");
    assert!(
        of["slow"] < -30.0 && of["slow"] > -300.0,
        "the countdown and the start: {of:?}"
    );
}

#[test]
fn clipped_rewards_stay_within() {
    let mut env = open(RaceEnvConfig {
        reward: Rewards {
            terms: vec![RewardTerm::Time { value: -9.0 }],
            clip: Some(2.0),
        },
        ..RaceEnvConfig::driving(OVAL)
    });
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    let step = env.step(&idle()).unwrap();
    // Four frames.
    assert_eq!((step.reward, step.info.rewards), (-8.0, vec![-36.0]));
}

#[test]
fn episodes_begin_along_a_lap() {
    let mut env = open(RaceEnvConfig {
        start: Start {
            from: StartFrom::Lap { count: 8 },
            ..Start::default()
        },
        ..RaceEnvConfig::mario_kart_ds_v0(3000.0, 20)
    });
    let at = |env: &mut RaceEnv, start| {
        let options = ResetOptions {
            start: Some(start),
            ..ResetOptions::default()
        };
        env.reset(Some(0), &options).unwrap().1.lap_progress
    };
    for start in 0..8 {
        let progress = at(&mut env, start);
        let due = start as f32 / 8.0;
        assert!((due..due + 0.1).contains(&progress), "{start}: {progress}");
    }
    let outside = ResetOptions {
        start: Some(8),
        ..ResetOptions::default()
    };
    assert!(matches!(
        env.reset(None, &outside),
        Err(Error::Kart(env_kart::Error::Setting { .. }))
    ));
    // Seeds draw several of them.
    let places: std::collections::BTreeSet<_> = (0..20)
        .map(|seed| {
            env.reset(Some(seed), &ResetOptions::default())
                .unwrap()
                .1
                .lap_progress
                .to_bits()
        })
        .collect();
    assert!(places.len() > 4, "{places:?}");
}

#[test]
fn a_movie_plays_on_until_it_ends() {
    let mut env = open(RaceEnvConfig {
        frame_skip: 1,
        observation: vec![Term::Position(Position {}), Term::Buttons(Buttons {})],
        start: Start {
            from: StartFrom::Movie {
                path: movie(),
                frame: None,
                play_on: true,
            },
            ..Start::default()
        },
        terminate: Ending::Never,
        truncate: Ending::MovieEnd,
        ..RaceEnvConfig::driving(OVAL)
    });
    let (_, info) = env.reset(Some(1), &ResetOptions::default()).unwrap();
    assert_eq!(info.frame, GO_FRAME);
    let (mut pressed, mut finished) = (Pad::empty(), false);
    let ended = loop {
        // The movie plays; the agent's action is ignored.
        let step = env.step(&idle()).unwrap();
        pressed |= Pad::from_bits_retain(step.observation.words[0]);
        finished |= step.info.finished;
        if step.is_done() {
            break step.info.ended_by;
        }
    };
    assert_eq!(ended, Some("movie_end"));
    assert!(finished, "the movie's race ends");
    assert!(pressed.contains(Pad::A | Pad::LEFT | Pad::R));
}

#[test]
fn a_library_of_states_is_read_from_files() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let mut env = open(RaceEnvConfig::driving(OVAL));
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    let mut save = |name: &str| {
        let path = folder.join(name);
        let state = env.machine_mut().save_state().unwrap();
        std::fs::write(&path, state.bytes()).unwrap();
        path
    };
    let early = save("early.state");
    // DeSmuME's own file of it.
    let desmumes = folder.join("early.dst");
    let state = env.machine_mut().save_state().unwrap();
    std::fs::write(&desmumes, state.to_dst().unwrap()).unwrap();
    let from_frame = |files, frame| RaceEnvConfig {
        start: Start {
            from: StartFrom::States(States { files, frame }),
            ..Start::default()
        },
        ..RaceEnvConfig::driving(OVAL)
    };
    let from = |files| from_frame(files, None);
    let listed = serde_json::json!({ "states": [&early] });
    assert_eq!(
        serde_json::from_value::<StartFrom>(listed).unwrap(),
        from(vec![early.clone()]).start.from
    );
    let first_frame = |config| {
        let (_, info) = open(config)
            .reset(Some(1), &ResetOptions::default())
            .unwrap();
        info.frame
    };
    for file in [&early, &desmumes] {
        assert_eq!(first_frame(from(vec![file.clone()])), 272);
        // The start waits for a later frame, and uses a state that is past the frame unchanged.
        let wait = |frame| first_frame(from_frame(vec![file.clone()], Some(frame)));
        assert_eq!((wait(300), wait(100)), (300, 272));
    }

    let broken = folder.join("broken.state");
    std::fs::write(&broken, b"KSSTATE\0 and nothing else").unwrap();
    let missing = folder.join("missing.state");
    for (file, what) in [(broken, "save state"), (missing, "cannot read")] {
        let error = RaceEnv::open(ROM, from(vec![early.clone(), file.clone()])).unwrap_err();
        let text = error.to_string();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(text.contains(&name) && text.contains(what), "{text}");
    }
}

#[test]
fn without_a_race_there_is_nothing_to_see_but_the_buttons() {
    let mut env = open(RaceEnvConfig {
        start: Start {
            from: StartFrom::PowerOn,
            ..Start::default()
        },
        truncate: Ending::Steps(5),
        ..RaceEnvConfig::mario_kart_ds_v0(3000.0, 20)
    });
    let (seen, info) = env.reset(Some(1), &ResetOptions::default()).unwrap();
    assert!(!info.race_started && seen.floats == [0.0; 20] && seen.words == [0]);
    let step = env.step(&RaceAction::Index(9)).unwrap();
    assert_eq!((step.reward, step.observation.words), (0.0, vec![9]));
    let last = (0..4)
        .map(|_| env.step(&RaceAction::Index(0)).unwrap())
        .last();
    assert_eq!(last.unwrap().info.ended_by, Some("steps"));
}

#[test]
fn pixels_are_cut_scaled_and_stacked() {
    let pixels = Pixels {
        screen: Screen::Top,
        crop: Some([64, 32, 128, 96]),
        size: None,
        grey: false,
        stack: 1,
    };
    let config = |pixels| RaceEnvConfig {
        pixels: Some(pixels),
        render: true,
        ..RaceEnvConfig::pixels_v0()
    };
    // Cut out: the same as of the picture that is rendered.
    let mut env = open(config(pixels));
    let (seen, _) = env.reset(Some(1), &ResetOptions::default()).unwrap();
    let picture = env.render().unwrap().expect("a picture");
    let expected: Vec<u8> = (32..128)
        .flat_map(|y| (64..192).map(move |x| (y * picture.width + x) * 4))
        .flat_map(|at| picture.rgba[at..at + 3].to_vec())
        .collect();
    assert!(seen.bytes == expected, "another picture");
    assert!(
        seen.bytes.iter().any(|byte| *byte != seen.bytes[0]),
        "one colour all over"
    );

    // Scaled: the mean brightness stays.
    let grey = |size| Pixels {
        grey: true,
        size,
        ..pixels
    };
    let mean = |size| {
        let (seen, _) = open(config(grey(size)))
            .reset(Some(1), &ResetOptions::default())
            .unwrap();
        seen.bytes.iter().map(|byte| f64::from(*byte)).sum::<f64>() / seen.bytes.len() as f64
    };
    let (whole, small) = (mean(None), mean(Some([16, 12])));
    assert!((whole - small).abs() < 1.0, "{whole} {small}");

    // Stacked: the newest is last, and the earlier ones move up.
    let mut env = open(config(Pixels {
        stack: 3,
        ..grey(Some([32, 24]))
    }));
    let depth = |bytes: &[u8], at: usize| {
        bytes
            .iter()
            .skip(at)
            .step_by(3)
            .copied()
            .collect::<Vec<_>>()
    };
    let (first, _) = env.reset(Some(1), &ResetOptions::default()).unwrap();
    assert_eq!(depth(&first.bytes, 0), depth(&first.bytes, 2));
    for _ in 0..12 {
        env.step(&RaceAction::Index(0)).unwrap();
    }
    let now = env.step(&RaceAction::Index(0)).unwrap().observation.bytes;
    let next = env.step(&RaceAction::Index(0)).unwrap().observation.bytes;
    assert_eq!(depth(&now, 1), depth(&next, 0));
    assert_eq!(depth(&now, 2), depth(&next, 1));
    assert_ne!(depth(&next, 1), depth(&next, 2));
}

#[test]
fn wrong_actions_do_nothing() {
    let mut env = open(RaceEnvConfig::mario_kart_ds_v0(3000.0, 20));
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    let before = env.machine().ram_hash();
    for action in [RaceAction::Index(2048), RaceAction::Index(-1), ahead()] {
        assert!(matches!(
            env.step(&action),
            Err(Error::Kart(env_kart::Error::Action { .. }))
        ));
    }
    assert_eq!(env.machine().ram_hash(), before);
    env.step(&RaceAction::Index(1))
        .expect("the episode goes on");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let base = || RaceEnvConfig::driving(OVAL);
    let start = |from| Start {
        from,
        ..Start::default()
    };
    let rays = |rays| vec![Term::Rays(rays)];
    for (config, setting) in [
        (
            RaceEnvConfig {
                frame_skip: 0,
                ..base()
            },
            "frame_skip",
        ),
        (
            RaceEnvConfig {
                observation: vec![],
                ..base()
            },
            "observation",
        ),
        (
            RaceEnvConfig {
                observation: rays(Rays {
                    count: 0,
                    ..Rays::default()
                }),
                ..base()
            },
            "rays.count",
        ),
        (
            RaceEnvConfig {
                observation: rays(Rays {
                    range: f32::NAN,
                    ..Rays::default()
                }),
                ..base()
            },
            "rays.range",
        ),
        (
            RaceEnvConfig {
                observation: [Term::driving(), Term::driving()].concat(),
                ..base()
            },
            "edge_distance twice",
        ),
        (
            RaceEnvConfig {
                start: start(StartFrom::Grid { frame: 0 }),
                ..base()
            },
            "start.from.grid",
        ),
        (
            RaceEnvConfig {
                start: start(StartFrom::Lap { count: 0 }),
                ..base()
            },
            "start.from.lap",
        ),
        (
            RaceEnvConfig {
                start: Start {
                    vary: StartVariation {
                        lateral: f32::NAN,
                        ..StartVariation::default()
                    },
                    ..Start::default()
                },
                ..base()
            },
            "start.vary",
        ),
        (
            RaceEnvConfig {
                course: NumberOrName::Name("nowhere".into()),
                ..base()
            },
            "course",
        ),
        (
            RaceEnvConfig {
                kart: NumberOrName::Number(200),
                ..base()
            },
            "kart",
        ),
        (
            RaceEnvConfig {
                actions: ActionSet::Choice(vec![]),
                ..base()
            },
            "actions",
        ),
        (
            RaceEnvConfig {
                truncate: Ending::Any(vec![Ending::Steps(0)]),
                ..base()
            },
            "truncate",
        ),
        (
            RaceEnvConfig {
                pixels: Some(Pixels {
                    crop: Some([200, 0, 100, 10]),
                    ..Pixels::default()
                }),
                ..base()
            },
            "pixels.crop",
        ),
        (
            RaceEnvConfig {
                reward: Rewards {
                    clip: Some(0.0),
                    ..Rewards::default()
                },
                ..base()
            },
            "reward.clip",
        ),
    ] {
        let error = RaceEnv::open(ROM, config).expect_err(setting).to_string();
        assert!(error.contains(setting), "{setting}: {error}");
    }
    for (text, found) in [
        ("frame_skip = \"x\"", "frame_skip"),
        ("framskip = 1", "framskip"),
        ("[[observation]]\nterm = \"radar\"", "radar"),
        (
            "[start]\nfrom = { lap = { count = 3, cuont = 4 } }",
            "cuont",
        ),
        ("truncate = { stukc = {} }", "stukc"),
    ] {
        let error = RaceEnvConfig::from_toml(text).expect_err(text).to_string();
        assert!(error.contains(found), "{text}: {error}");
    }
}

#[test]
fn names_are_as_good_as_numbers() {
    let config =
        RaceEnvConfig::from_toml("course = \"YF\"\ncharacter = \"luigi\"\nkart = 3").unwrap();
    let combo = config.combo().unwrap();
    let yf = mkds_formats::names::Course::by_abbreviation("yf")
        .unwrap()
        .id;
    assert_eq!((combo.course, combo.kart), (yf, 3));
    assert_eq!(
        mkds_formats::names::CHARACTERS[usize::from(combo.character)],
        "Luigi"
    );
}

#[test]
fn buttons_are_pressed_by_name() {
    let mut env = open(RaceEnvConfig {
        actions: ActionSet::Buttons(vec![Button::A, Button::Left, Button::R]),
        observation: vec![Term::Buttons(Buttons {})],
        ..RaceEnvConfig::driving(OVAL)
    });
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    let step = env
        .step(&RaceAction::Buttons(vec![true, true, false]))
        .unwrap();
    assert_eq!(step.observation.words, [(Pad::A | Pad::LEFT).bits()]);
}

#[test]
fn races_in_a_batch_are_the_races_alone() {
    const COUNT: usize = 3;
    let config = RaceEnvConfig {
        truncate: Ending::Steps(40),
        start: Start {
            from: StartFrom::Lap { count: 4 },
            ..Start::default()
        },
        ..RaceEnvConfig::mario_kart_ds_v0(3000.0, 24)
    };
    let factory = RaceFactory::new(ROM, config).unwrap();
    let mut alone = factory.make().unwrap();
    let options = VectorOptions {
        threads: 2,
        autoreset: Autoreset::NextStep,
        deadline: None,
    };
    let mut envs = VectorEnv::new(move |_| factory.make(), COUNT, options).unwrap();
    let seeds = envs.seeds(Some(11));
    let actions = |step: usize| [1 + 16 * (step as i64 % 3), 33, 1].map(RaceAction::Index);
    let mut seen = vec![Vec::new(); COUNT];
    envs.reset(&seeds, &ResetOptions::default(), None).unwrap();
    for step in 0..90 {
        let stepped = envs.step(&actions(step)).unwrap();
        for (index, seen) in seen.iter_mut().enumerate() {
            let Cells::F32(rays) = stepped.observations.row(0, index) else {
                panic!("another type")
            };
            seen.push((
                rays.to_vec(),
                stepped.rewards[index],
                stepped.truncated[index],
            ));
        }
    }
    for (index, seen) in seen.into_iter().enumerate() {
        alone.reset(seeds[index], &ResetOptions::default()).unwrap();
        let mut over = false;
        for (step, expected) in seen.into_iter().enumerate() {
            let (observation, reward) = if over {
                over = false;
                (alone.reset(None, &ResetOptions::default()).unwrap().0, 0.0)
            } else {
                let step = alone.step(&actions(step)[index]).unwrap();
                over = step.is_done();
                (step.observation, step.reward)
            };
            assert_eq!((observation.floats, reward, over), expected);
        }
    }
}

#[test]
fn leaving_the_race_by_the_pause_menu_ends_the_episode() {
    let mut env = open(RaceEnvConfig::mario_kart_ds_v0(3000.0, 24));
    env.reset(Some(1), &ResetOptions::default()).unwrap();
    // Start pauses, B leaves for the menus.
    let presses = [0, 8, 0, 2, 0]
        .into_iter()
        .flat_map(|mask| std::iter::repeat_n(mask, 15));
    let last = presses
        .map(|mask| env.step(&RaceAction::Index(mask)).unwrap())
        .find(|step| step.is_done())
        .expect("the race is left");
    assert!(last.truncated && !last.terminated);
    assert_eq!(last.info.ended_by, Some("race_gone"));
    assert!(!last.info.race_started && last.observation.floats == [0.0; 24]);
}

#[test]
fn a_console_that_crashes_fails_its_own_episode() {
    let factory = RaceFactory::new(ROM, RaceEnvConfig::mario_kart_ds_v0(3000.0, 24)).unwrap();
    let options = VectorOptions {
        threads: 2,
        ..VectorOptions::default()
    };
    let mut envs = VectorEnv::new(move |_| factory.make(), 2, options).unwrap();
    let seeds = envs.seeds(Some(1));
    envs.reset(&seeds, &ResetOptions::default(), None).unwrap();
    let go = [RaceAction::Index(1), RaceAction::Index(1)];
    for garbage in [0xFF, 0x00, 0x3F] {
        for _ in 0..5 {
            let step = envs.step(&go).unwrap();
            assert_eq!(step.errors, [None, None], "{garbage}");
        }
        let ram = envs
            .env_mut(1)
            .expect("it runs")
            .machine_mut()
            .main_ram_mut();
        ram.fill(garbage);
        // The rest of a game may run for some frames, without a race or with a broken one.
        let failed = (0..600).any(|_| {
            let step = envs.step(&go).unwrap();
            assert_eq!(step.errors[0], None);
            let infos = &step.infos[1];
            step.errors[1].is_some() || infos.as_ref().is_some_and(|info| !info.race_started)
        });
        assert!(failed, "{garbage}: a race in a console full of it");
        // A reset is enough, whichever way it went.
        let none = envs.seeds(None);
        envs.reset(&none, &ResetOptions::default(), Some(&[false, true]))
            .unwrap();
        assert!(
            envs.last().infos[1]
                .as_ref()
                .is_some_and(|info| info.race_started)
        );
    }
}

#[test]
fn an_environment_may_be_used_on_another_thread() {
    let factory =
        Arc::new(RaceFactory::new(ROM, RaceEnvConfig::mario_kart_ds_v0(3000.0, 20)).unwrap());
    let run = |factory: Arc<RaceFactory>| {
        let mut env = factory.make().unwrap();
        env.reset(Some(1), &ResetOptions::default()).unwrap();
        for _ in 0..60 {
            env.step(&RaceAction::Index(1)).unwrap();
        }
        env.machine().ram_hash()
    };
    let here = run(factory.clone());
    let there = std::thread::spawn(move || run(factory)).join().unwrap();
    assert_eq!(here, there);
    let _ = Emulator::open(ROM, &Options::default()).expect("images are free again");
}
