//! Behavioural cloning on small synthetic drives.
#![cfg(feature = "torch")]

mod resuming;

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use env_mkds::action::{DrivingAction, PadAction, Steer};
use learn::Error;
use learn::bc::{self, CARD, Card, Config, Epoch, ModelName, Progress, Run, StopReason, Summary};
use learn::dataset::{Column, DType, Dataset, Game, Row, Rows, Schema, Source, Writer};
use learn::device::Device;
use learn::policy::{Decision, Policy};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::tempdir;

use resuming::{Stop, contents};

fn schema() -> Schema {
    Schema::new(vec![
        Column::float("bend", "radians", (-1.0, 1.0), "of the road ahead"),
        Column::new("noise", DType::F32).of_shape(&[2]),
    ])
    .expect("a valid schema")
}

/// The rule to learn: steer into the bend, drift in tight bends, never brake.
fn rule(bend: f32) -> DrivingAction {
    let steer = match bend {
        bend if bend > 0.2 => Steer::Left,
        bend if bend < -0.2 => Steer::Right,
        _ => Steer::Straight,
    };
    DrivingAction {
        accelerate: true,
        drift: bend.abs() > 0.7,
        steer,
        ..Default::default()
    }
}

/// `movies` drives of `frames` frames along a smooth random road.
fn dataset(folder: &Path, movies: u64, frames: usize) -> Dataset {
    let mut writer = Writer::open(folder, &schema()).expect("a new dataset");
    for movie in 0..movies {
        let mut random = ChaCha8Rng::seed_from_u64(movie);
        let phase: f32 = random.random_range(0.0..6.0);
        let mut rows = Rows::new(&schema());
        for frame in 0..frames {
            let bend = (frame as f32 / 9.0 + phase).sin();
            let noise = [
                random.random_range(-5.0..5.0),
                1000.0 + random.random::<f32>(),
            ];
            rows.push(&Row {
                frame: frame as u32,
                observation: &[bend, noise[0], noise[1]],
                held: rule(bend).to_pad().into(),
                ..Row::default()
            });
        }
        let source = Source {
            movie: format!("drive{movie}.dsm"),
            movie_sha256: format!("{movie:08}"),
            game: Game {
                course: (movie % 2) as u8,
                course_name: ["f8c", "yf"][(movie % 2) as usize].to_owned(),
                ..Game::default()
            },
            ..Source::default()
        };
        writer.add(source, &rows).expect("added");
    }
    Dataset::open(folder).expect("a whole dataset")
}

fn small(model: ModelName) -> Config {
    Config {
        hidden: 16,
        seq_len: 8,
        batch_size: 64,
        epochs: 4,
        lr: 5e-3,
        seed: 7,
        ..Config::new(model)
    }
}

/// Trains on one thread, where the same input gives the same bits.
fn train(
    dataset: &Dataset,
    config: &Config,
    folder: &Path,
    interrupt: &AtomicBool,
    progress: &mut dyn Progress,
) -> learn::Result<Summary> {
    let run = Run {
        folder,
        courses: &[],
        device: Device::Cpu,
        threads: 1,
        interrupt,
    };
    bc::train(std::slice::from_ref(dataset), config, &run, progress)
}

fn train_all(dataset: &Dataset, config: &Config, folder: &Path) -> Summary {
    train(dataset, config, folder, &AtomicBool::new(false), &mut ()).expect("trained")
}

#[test]
fn a_simple_rule_is_learnt_and_driven() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 5, 600);
    for model in [ModelName::Mlp, ModelName::Lstm] {
        let folder = tempdir().expect("a folder");
        let config = Config {
            epochs: 12,
            ..small(model)
        };
        let summary = train_all(&dataset, &config, folder.path());
        let card = Card::read(folder.path()).expect("a card");
        let best = summary.best.expect("epochs were done");
        let first = card.history[0].decisive_loss();
        assert!(
            best.decisive_loss() < first / 3.0,
            "{model:?}: {first} to {best:?}"
        );
        let validation = best.validation.expect("two movies validate");
        assert!(
            validation.heads["steer"].balanced_accuracy > 0.9,
            "{model:?}: {validation:?}"
        );
        assert!(
            validation.heads["drift"].balanced_accuracy > 0.85,
            "{model:?}: {validation:?}"
        );
        assert_eq!(validation.heads["accelerate"].accuracy, 1.0, "{model:?}");

        let mut policy = Policy::load(folder.path(), Device::Cpu).expect("a model");
        policy.check_schema(&schema()).expect("the same schema");
        let right = (0..300)
            .filter(|frame| {
                let bend = (*frame as f32 / 9.0 + 1.0).sin();
                policy.act(&[bend, 3.0, 1000.5]).expect("a decision") == rule(bend)
            })
            .count();
        assert!(right > 250, "{model:?}: {right} of 300");
    }
}

#[test]
fn a_policy_decides_as_the_network_did_in_validation() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 2, 300);
    for model in [ModelName::Mlp, ModelName::Lstm] {
        let folder = tempdir().expect("a folder");
        // No previous actions, so that no decision depends on another; all of one course, so
        // that one of the two movies validates.
        let config = Config {
            previous_actions: 0,
            previous_action_dropout: 0.0,
            split_ratio: 0.5,
            ..small(model)
        };
        let data = tempdir().expect("a folder");
        let dataset = same_course(&dataset, data.path());
        let best = train_all(&dataset, &config, folder.path())
            .best
            .expect("epochs were done");
        let card = Card::read(folder.path()).expect("a card");
        let used = card
            .movies
            .iter()
            .find(|movie| movie.validates)
            .expect("one validates");
        let index = dataset
            .movies()
            .iter()
            .position(|movie| movie.sha256 == used.rows_sha256);
        let rows = dataset.read(index.expect("it is there")).expect("readable");

        let mut policy = Policy::load(folder.path(), Device::Cpu).expect("a model");
        let mut counts = vec![vec![0u64; 3]; 3];
        for (row, action) in rows.iter().zip(rows.actions()) {
            let decided = policy.act(row.observation).expect("a decision");
            counts[action.steer.index()][decided.steer.index()] += 1;
        }
        let validation = best.validation.expect("one movie validates");
        assert_eq!(counts, validation.heads["steer"].counts, "{model:?}");
    }
}

/// The dataset with all its movies on one course.
fn same_course(dataset: &Dataset, folder: &Path) -> Dataset {
    let mut writer = Writer::open(folder, &schema()).expect("a new dataset");
    for (index, movie) in dataset.movies().iter().enumerate() {
        let mut source = movie.source.clone();
        source.game.course = 0;
        writer
            .add(source, &dataset.read(index).expect("readable"))
            .expect("added");
    }
    Dataset::open(folder).expect("a whole dataset")
}

#[test]
fn movies_are_split_and_courses_chosen() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 6, 40);
    let folder = tempdir().expect("a folder");
    let config = Config {
        epochs: 1,
        ..small(ModelName::Mlp)
    };
    let summary = train_all(&dataset, &config, folder.path());
    assert_eq!(
        (summary.plan.train_movies, summary.plan.validation_movies),
        (4, 2)
    );
    assert_eq!(
        (summary.plan.train_frames, summary.plan.validation_frames),
        (160, 80)
    );
    let card = Card::read(folder.path()).expect("a card");
    let epoch = &card.history[0];
    let frames = |epoch: &bc::SplitMetrics| {
        let confusion = &epoch.heads["steer"].counts;
        confusion.iter().flatten().sum::<u64>()
    };
    assert_eq!(frames(&epoch.train), 160);
    assert_eq!(
        frames(epoch.validation.as_ref().expect("a validation side")),
        80
    );

    let choose = |courses: &[String]| {
        let folder = tempdir().expect("a folder");
        let interrupt = AtomicBool::new(false);
        let run = Run {
            folder: folder.path(),
            courses,
            device: Device::Cpu,
            threads: 1,
            interrupt: &interrupt,
        };
        // The same dataset twice is as good as once.
        bc::train(&[dataset.clone(), dataset.clone()], &config, &run, &mut ())
    };
    let chosen = choose(&["yf".to_owned()]).expect("trained");
    assert_eq!(chosen.plan.train_movies + chosen.plan.validation_movies, 3);
    let error = choose(&["ryc".to_owned()])
        .expect_err("no such course")
        .to_string();
    assert!(
        error.contains("no movie on ryc") && error.contains("there are f8c, yf"),
        "{error}"
    );
}

#[test]
fn interrupted_and_resumed_is_bit_for_bit_uninterrupted() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 5, 200);
    for model in [ModelName::Mlp, ModelName::Lstm] {
        let config = small(model);
        let [straight, resumed] = [(); 2].map(|()| tempdir().expect("a folder"));
        train_all(&dataset, &config, straight.path());

        for (epoch, batch) in [(1, 1), (2, 3), (4, 2)] {
            let interrupt = AtomicBool::new(false);
            let mut stop = Stop {
                epoch,
                batch,
                interrupt: &interrupt,
            };
            let summary = train(&dataset, &config, resumed.path(), &interrupt, &mut stop)
                .expect("interrupted without an error");
            assert_eq!(summary.ending, StopReason::Interrupted);
            assert_eq!(summary.epochs, epoch - 1);
        }
        let summary = train_all(&dataset, &config, resumed.path());
        assert_eq!(summary.ending, StopReason::Complete);
        assert_eq!(summary.plan.resumed_epochs, 3);

        let (straight, resumed) = (contents(straight.path()), contents(resumed.path()));
        let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
            files.iter().map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(names(&straight), names(&resumed));
        for ((name, straight), (_, resumed)) in straight.iter().zip(&resumed) {
            assert!(straight == resumed, "{model:?}: {name} differs");
        }
    }
}

#[test]
fn more_epochs_go_on_and_other_settings_or_data_do_not() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 4, 60);
    let folder = tempdir().expect("a folder");
    let config = Config {
        epochs: 1,
        ..small(ModelName::Mlp)
    };
    train_all(&dataset, &config, folder.path());
    let again = train_all(&dataset, &config, folder.path());
    assert_eq!((again.epochs, again.plan.resumed_epochs), (1, 1));
    let more = Config {
        epochs: 3,
        ..config
    };
    assert_eq!(train_all(&dataset, &more, folder.path()).epochs, 3);

    let refused = |dataset: &Dataset, config: &Config| {
        let interrupt = AtomicBool::new(false);
        let error = train(dataset, config, folder.path(), &interrupt, &mut ());
        error.expect_err("another training").to_string()
    };
    let error = refused(&dataset, &Config { lr: 0.1, ..config });
    assert!(
        error.contains("config.lr") && error.contains("expected 0.1, found 0.005"),
        "{error}"
    );
    let elsewhere = tempdir().expect("a folder");
    let error = refused(&self::dataset(elsewhere.path(), 2, 60), &config);
    assert!(
        error.contains("movies") && error.contains("4 movies"),
        "{error}"
    );
}

#[test]
fn training_stops_when_it_gets_no_better() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 4, 50);
    let folder = tempdir().expect("a folder");
    // With so large a step the loss never improves.
    let config = Config {
        epochs: 60,
        patience: 3,
        lr: 5.0,
        ..small(ModelName::Mlp)
    };
    let summary = train_all(&dataset, &config, folder.path());
    assert_eq!(summary.ending, StopReason::NoImprovement);
    let best = summary.best.expect("epochs were done").epoch;
    assert_eq!(summary.epochs, best + 3);
    let card = Card::read(folder.path()).expect("a card");
    assert_eq!(card.best_epoch, best);
    assert_eq!(card.weights.file, format!("model-{best:04}.safetensors"));
}

/// A dataset's folder once more, with steps of four frames.
fn in_steps_of_four(dataset: &Dataset, folder: &Path) -> Dataset {
    let four = schema().with_frames_per_step(4.try_into().expect("not 0"));
    let mut writer = Writer::open(folder, &four).expect("a new dataset");
    for (index, movie) in dataset.movies().iter().enumerate() {
        let mut rows = Rows::new(&four);
        for row in dataset.read(index).expect("readable").iter() {
            rows.push(&Row {
                frame: row.frame * 4,
                ..row
            });
        }
        writer.add(movie.source.clone(), &rows).expect("added");
    }
    Dataset::open(folder).expect("a whole dataset")
}

#[test]
fn steps_of_two_lengths_are_not_mixed() {
    let (data, fours, folder) = (
        tempdir().expect("a folder"),
        tempdir().expect("a folder"),
        tempdir().expect("a folder"),
    );
    let dataset = dataset(data.path(), 2, 40);
    let fours = in_steps_of_four(&dataset, fours.path());
    let config = Config {
        epochs: 1,
        ..small(ModelName::Mlp)
    };
    let interrupt = AtomicBool::new(false);
    let run = Run {
        folder: folder.path(),
        courses: &[],
        device: Device::Cpu,
        threads: 1,
        interrupt: &interrupt,
    };
    let refused = |datasets: &[Dataset]| {
        let error = bc::train(datasets, &config, &run, &mut ());
        error.expect_err("two step lengths").to_string()
    };
    let error = refused(&[dataset.clone(), fours.clone()]);
    assert!(
        error.contains("frames_per_step: expected 1, found 4"),
        "{error}"
    );
    train_all(&fours, &config, folder.path());
    let error = refused(&[dataset]);
    assert!(
        error.contains(CARD) && error.contains("frames_per_step: expected 1, found 4"),
        "{error}"
    );
    let policy = Policy::load(folder.path(), Device::Cpu).expect("a model");
    assert_eq!(policy.frames_per_step().get(), 4);
    let error = policy.check_schema(&schema()).expect_err("a step a frame");
    let error = error.to_string();
    assert!(
        error.contains("the environment's frames_per_step: expected") && error.contains("4"),
        "{error}"
    );
}

#[test]
fn a_card_of_version_1_is_read() {
    use sha2::{Digest, Sha256};
    let folder = tempdir().expect("a folder");
    model(folder.path(), ModelName::Mlp);
    let card = Card::read(folder.path()).expect("a card");
    let fields = "bend [] Float32 from -1 to 1 radians\nnoise [2] Float32 from any to any \n";
    let hash: String = Sha256::digest(fields)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    edit_card(folder.path(), |json| {
        json.as_object_mut().expect("an object").remove("action");
        json["version"] = 1.into();
        json["observation"] = json["observation"]["fields"].take();
        json["observation_sha256"] = hash.into();
    });
    assert_eq!(Card::read(folder.path()).expect("an old card"), card);
    edit_card(folder.path(), |json| {
        json["observation"][0]["high"] = 2.into();
    });
    let error = Card::read(folder.path()).expect_err("changed").to_string();
    assert!(error.contains("observation_sha256"), "{error}");
}

/// Counts its calls.
#[derive(Default)]
struct Heard {
    plans: usize,
    batches: usize,
    epochs: Vec<(Epoch, bool)>,
}

impl Progress for Heard {
    fn begin(&mut self, _plan: &bc::Plan) {
        self.plans += 1;
    }
    fn batch(&mut self, _epoch: u32, done: usize, batches: usize) {
        assert!(done <= batches);
        self.batches += 1;
    }
    fn epoch(&mut self, epoch: &Epoch, best: bool) {
        self.epochs.push((epoch.clone(), best));
    }
}

#[test]
fn progress_hears_everything_and_a_lone_movie_has_no_validation() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 1, 100);
    let folder = tempdir().expect("a folder");
    let config = Config {
        epochs: 2,
        ..small(ModelName::Mlp)
    };
    let mut heard = Heard::default();
    train(
        &dataset,
        &config,
        folder.path(),
        &AtomicBool::new(false),
        &mut heard,
    )
    .expect("trained");
    assert_eq!((heard.plans, heard.batches, heard.epochs.len()), (1, 4, 2));
    let (first, best) = &heard.epochs[0];
    assert!(*best && first.epoch == 1 && first.validation.is_none());
}

#[test]
fn a_model_is_trained_by_one_at_a_time() {
    /// Trains in the same folder while training goes on there.
    struct Second<'a> {
        dataset: &'a Dataset,
        folder: &'a Path,
        refused: Option<Error>,
    }
    impl Progress for Second<'_> {
        fn epoch(&mut self, _epoch: &Epoch, _best: bool) {
            let never = AtomicBool::new(false);
            let second = train(
                self.dataset,
                &small(ModelName::Mlp),
                self.folder,
                &never,
                &mut (),
            );
            self.refused = second.err();
        }
    }
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 2, 40);
    let folder = tempdir().expect("a folder");
    let config = Config {
        epochs: 1,
        ..small(ModelName::Mlp)
    };
    let mut second = Second {
        dataset: &dataset,
        folder: folder.path(),
        refused: None,
    };
    let never = AtomicBool::new(false);
    train(&dataset, &config, folder.path(), &never, &mut second).expect("trained");
    let refused = second.refused.expect("the second is refused");
    assert!(
        matches!(refused, Error::Output(outputs::Error::Busy { .. })),
        "{refused}"
    );
}

#[test]
fn senseless_arguments_are_refused() {
    let data = tempdir().expect("a folder");
    let dataset = dataset(data.path(), 1, 10);
    let folder = tempdir().expect("a folder");
    let base = small(ModelName::Mlp);
    for config in [
        Config { epochs: 0, ..base },
        Config {
            batch_size: 0,
            ..base
        },
        Config { seq_len: 0, ..base },
        Config {
            lr: f64::NAN,
            ..base
        },
        Config {
            split_ratio: 0.0,
            ..base
        },
        Config {
            previous_action_dropout: 1.5,
            ..base
        },
    ] {
        let interrupt = AtomicBool::new(false);
        let error = train(&dataset, &config, folder.path(), &interrupt, &mut ());
        assert!(matches!(error, Err(Error::Argument { .. })), "{config:?}");
    }
    assert!(!folder.path().join(CARD).exists());
    let run = Run {
        folder: folder.path(),
        courses: &[],
        device: Device::Cpu,
        threads: 1,
        interrupt: &AtomicBool::new(false),
    };
    assert!(matches!(
        bc::train(&[], &base, &run, &mut ()),
        Err(Error::NoData(_))
    ));
    assert!("transformer".parse::<ModelName>().is_err());
}

#[test]
fn devices_are_parsed_and_looked_for() {
    assert_eq!("auto".parse::<Device>().expect("a device"), Device::Auto);
    assert_eq!("cuda".parse::<Device>().expect("a device"), Device::Cuda(0));
    assert_eq!(
        "cuda:3".parse::<Device>().expect("a device"),
        Device::Cuda(3)
    );
    for wrong in ["", "gpu", "cuda:", "cuda:x", "cuda:-1"] {
        assert!(wrong.parse::<Device>().is_err(), "{wrong}");
    }
    let absent = Device::Cuda(Device::cuda_count());
    let error = absent.resolve().expect_err("no such device").to_string();
    assert!(error.contains(&absent.to_string()), "{error}");
    assert!(Device::Auto.resolve().is_ok());
}

/// A small model of each kind, trained for an epoch.
fn model(folder: &Path, model: ModelName) {
    let data = tempdir().expect("a folder");
    let config = Config {
        epochs: 1,
        ..small(model)
    };
    train_all(&dataset(data.path(), 2, 60), &config, folder);
}

fn edit_card(folder: &Path, edit: impl FnOnce(&mut serde_json::Value)) {
    let path = folder.join(CARD);
    let text = fs::read_to_string(&path).expect("a card");
    let mut json = serde_json::from_str(&text).expect("JSON");
    edit(&mut json);
    fs::write(path, json.to_string()).expect("writable");
}

#[test]
fn a_damaged_model_is_named_with_file_place_expected_and_found() {
    let spoilt = |spoil: &dyn Fn(&Path)| {
        let folder = tempdir().expect("a folder");
        model(folder.path(), ModelName::Mlp);
        spoil(folder.path());
        Policy::load(folder.path(), Device::Cpu)
            .expect_err("a damaged model")
            .to_string()
    };
    let weights = |folder: &Path| folder.join("model-0001.safetensors");

    let missing = spoilt(&|folder| fs::remove_file(folder.join(CARD)).expect("removable"));
    assert!(
        missing.contains("cannot read") && missing.contains(CARD),
        "{missing}"
    );
    let foreign = spoilt(&|folder| edit_card(folder, |json| json["format"] = "gguf".into()));
    assert!(
        foreign.contains("format: expected kartscope-model, found gguf"),
        "{foreign}"
    );
    let version = spoilt(&|folder| edit_card(folder, |json| json["version"] = 9.into()));
    assert!(
        version.contains("version: expected 1 or 2, found 9"),
        "{version}"
    );
    let config = spoilt(&|folder| edit_card(folder, |json| json["config"]["layers"] = 0.into()));
    assert!(
        config.contains("config: layers: expected 1 to 64, found 0"),
        "{config}"
    );
    let field = spoilt(&|folder| {
        edit_card(folder, |json| {
            json["observation"]["fields"][0]["unit"] = "degrees".into();
        });
    });
    assert!(field.contains("observation_sha256"), "{field}");
    let means = spoilt(&|folder| {
        edit_card(folder, |json| {
            json["normalisation"]["mean"] = serde_json::json!([0.0]);
        });
    });
    assert!(
        means.contains("normalisation: expected 3 finite means"),
        "{means}"
    );
    let other =
        spoilt(&|folder| edit_card(folder, |json| json["action"][0]["name"] = "yaw".into()));
    assert!(
        other.contains("class_weights: expected weights, none below 0: 3 for yaw"),
        "{other}"
    );
    let unit = spoilt(&|folder| edit_card(folder, |json| json["action"][0]["unit"] = "m".into()));
    assert!(
        unit.contains("action: expected steer") && unit.contains("found steer"),
        "{unit}"
    );
    let open = spoilt(&|folder| {
        edit_card(folder, |json| {
            json["action"][0]["high"] = serde_json::Value::Null;
        });
    });
    assert!(
        open.contains("action steer: expected integers between bounds"),
        "{open}"
    );
    let lost = spoilt(&|folder| fs::remove_file(weights(folder)).expect("removable"));
    assert!(
        lost.contains("cannot read") && lost.contains("model-0001"),
        "{lost}"
    );
    let cut = spoilt(&|folder| {
        let bytes = fs::read(weights(folder)).expect("readable");
        fs::write(weights(folder), &bytes[..100]).expect("writable");
    });
    assert!(
        cut.contains("model-0001.safetensors: SHA-256: expected"),
        "{cut}"
    );
    let shape = spoilt(&|folder| edit_card(folder, |json| json["config"]["hidden"] = 17.into()));
    assert!(
        shape.contains("tensor hidden.0.weight: expected Float [17"),
        "{shape}"
    );
    let garbage = spoilt(&|folder| {
        use sha2::{Digest, Sha256};
        let bytes = [0xFF; 64];
        fs::write(weights(folder), bytes).expect("writable");
        let hash: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        edit_card(folder, |json| json["weights"]["sha256"] = hash.into());
    });
    assert!(
        garbage.contains("model-0001.safetensors: safetensors:"),
        "{garbage}"
    );
}

#[test]
fn a_policy_refuses_what_it_was_not_trained_for() {
    let folder = tempdir().expect("a folder");
    model(folder.path(), ModelName::Mlp);
    let mut policy = Policy::load(folder.path(), Device::Cpu).expect("a model");
    let error = policy.act(&[0.0; 4]).expect_err("too wide").to_string();
    assert!(error.contains("expected 3 numbers, found 4"), "{error}");
    let other = Schema::new(vec![Column::new("bend", DType::F32)]).expect("valid");
    let error = policy
        .check_schema(&other)
        .expect_err("another schema")
        .to_string();
    assert!(
        error.contains("bend") && error.contains("from -1"),
        "{error}"
    );
}

#[test]
fn a_reset_policy_is_a_new_one_and_samples_by_its_seed() {
    for name in [ModelName::Mlp, ModelName::Lstm] {
        let folder = tempdir().expect("a folder");
        model(folder.path(), name);
        let mut policy = Policy::load(folder.path(), Device::Cpu).expect("a model");
        let drive = |policy: &mut Policy| -> Vec<DrivingAction> {
            policy.reset();
            (0..100)
                .map(|frame| policy.act(&[(frame as f32 / 5.0).sin(), 0.0, 1000.0]))
                .collect::<learn::Result<_>>()
                .expect("decisions")
        };
        let first = drive(&mut policy);
        assert_eq!(first, drive(&mut policy));
        assert_eq!(first, drive(&mut policy.share()));

        let mut sampled = |seed| {
            policy.set_decision(&Decision::Sampled(seed));
            drive(&mut policy)
        };
        assert_eq!(sampled(1), sampled(1));
        assert_ne!(sampled(1), sampled(2));
    }
}
