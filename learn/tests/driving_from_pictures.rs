//! Behavioural cloning on small synthetic drives with pictures.
#![cfg(feature = "torch")]

mod resuming;

use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use env_core::Driver;
use env_kart::observation::Observation;
use learn::bc::{
    self, CARD, Card, Config, ModelName, PictureConfig, Progress, Run, StopReason, Summary,
};
use learn::dataset::{
    Column, Console, Dataset, Encoding, Game, Held, PictureFormat, RgbImage, Row, Rows, Schema,
    Source, Writer,
};
use learn::device::Device;
use learn::policy::{PicturePolicy, Policy};
use n64_formats::pad::{Buttons, Pad as N64Pad};
use nds_formats::pad::Pad as DsPad;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::tempdir;

use resuming::{Stop, contents};

const NETWORKS: [ModelName; 3] = [ModelName::PilotNet, ModelName::TensorKart, ModelName::Small];

const FORMAT: PictureFormat = PictureFormat {
    width: 40,
    height: 24,
    encoding: Encoding::Png,
};

fn schema(console: Console) -> Schema {
    Schema::of_pictures(FORMAT)
        .expect("valid pictures")
        .with_frames_per_step(NonZeroU32::new(12).expect("not 0"))
        .on(console)
}

/// The side on which a picture is bright.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bright {
    Left,
    Neither,
    Right,
}

/// A picture with a bright half, and green where the road is free; the rest differs from picture to picture.
fn picture(bright: Bright, free: bool, random: &mut ChaCha8Rng) -> RgbImage {
    let noise: u8 = random.random_range(0..30);
    RgbImage::from_fn(FORMAT.width, FORMAT.height, |x, _| {
        let lit = match bright {
            Bright::Left => x < FORMAT.width / 2,
            Bright::Neither => false,
            Bright::Right => x >= FORMAT.width / 2,
        };
        let red = if lit { 200 } else { 20 };
        image::Rgb([red + noise, if free { 220 } else { 10 }, noise])
    })
}

/// The rule to learn: steer to the bright side, accelerate where the road is free.
fn rule(console: Console, bright: Bright, free: bool) -> Held {
    match console {
        Console::N64 => N64Pad {
            buttons: if free { Buttons::A } else { Buttons::empty() },
            stick: [
                match bright {
                    Bright::Left => -80,
                    Bright::Neither => 0,
                    Bright::Right => 80,
                },
                0,
            ],
        }
        .into(),
        Console::Ds => {
            let side = match bright {
                Bright::Left => DsPad::LEFT,
                Bright::Neither => DsPad::empty(),
                Bright::Right => DsPad::RIGHT,
            };
            let accelerator = if free { DsPad::A } else { DsPad::empty() };
            (side | accelerator).into()
        }
    }
}

/// Drives of `rows` rows that are bright on these sides.
fn dataset(folder: &Path, console: Console, sides: &[Bright], movies: u64, rows: u32) -> Dataset {
    let schema = schema(console);
    let mut writer = Writer::open(folder, &schema).expect("a new dataset");
    for movie in 0..movies {
        let mut random = ChaCha8Rng::seed_from_u64(movie);
        let mut drive = Rows::new(&schema);
        for row in 0..rows {
            let bright = sides[random.random_range(0..sides.len())];
            let free = random.random_bool(0.6);
            let picture = picture(bright, free, &mut random);
            drive.push(&Row {
                frame: row * 12,
                picture: Some(&FORMAT.encode(&picture).expect("encoded")),
                held: rule(console, bright, free),
                ..Row::default()
            });
        }
        writer.add(source(movie), &drive).expect("added");
    }
    Dataset::open(folder).expect("a whole dataset")
}

fn source(movie: u64) -> Source {
    Source {
        movie: format!("drive{movie}.m64"),
        movie_sha256: format!("{movie:012}"),
        game: Game {
            course_name: "mmf".to_owned(),
            ..Game::default()
        },
        ..Source::default()
    }
}

fn config(model: ModelName) -> Config {
    Config {
        batch_size: 8,
        epochs: 3,
        seed: 7,
        ..Config::new(model)
    }
}

/// Trains on one thread, where the same input gives the same bits.
fn train(
    datasets: &[Dataset],
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
    bc::train(datasets, config, &run, progress)
}

fn train_all(dataset: &Dataset, config: &Config, folder: &Path) -> Summary {
    let datasets = std::slice::from_ref(dataset);
    train(datasets, config, folder, &AtomicBool::new(false), &mut ()).expect("trained")
}

fn refused(datasets: &[Dataset], config: &Config) -> String {
    let folder = tempdir().expect("a folder");
    let never = AtomicBool::new(false);
    let error = train(datasets, config, folder.path(), &never, &mut ());
    assert!(!folder.path().join(CARD).exists());
    error.expect_err("refused").to_string()
}

fn act(policy: &mut PicturePolicy, picture: &RgbImage) -> Held {
    let observation = Observation {
        bytes: picture.as_raw().clone(),
        ..Observation::default()
    };
    policy.act(&observation).expect("a decision")
}

#[test]
fn what_was_seen_on_one_side_is_driven_on_both() {
    let data = tempdir().expect("a folder");
    let sides = [Bright::Left, Bright::Neither];
    let dataset = dataset(data.path(), Console::N64, &sides, 3, 40);
    for model in NETWORKS {
        let folder = tempdir().expect("a folder");
        let config = Config {
            epochs: 16,
            patience: 16,
            ..config(model)
        };
        let summary = train_all(&dataset, &config, folder.path());
        let card = Card::read(folder.path()).expect("a card");
        let (first, best) = (&card.history[0], summary.best.expect("epochs were done"));
        let (first, best) = (first.decisive_loss(), best.decisive_loss());
        // TensorKart's outputs come close to a whole number but slowly: for 0.9 a softsign needs 9.
        let left = if model == ModelName::TensorKart {
            0.7
        } else {
            0.1
        };
        assert!(best < left * first, "{model:?}: {first} to {best}");

        let mut policy = PicturePolicy::load(folder.path(), Device::Cpu).expect("a model");
        assert_eq!(policy.console(), Console::N64);
        assert_eq!(policy.pictures(), FORMAT);
        assert_eq!(policy.frames_per_step().get(), 12);
        let mut random = ChaCha8Rng::seed_from_u64(99);
        for free in [false, true] {
            let sides = [Bright::Left, Bright::Neither, Bright::Right];
            let sticks = sides.map(|bright| {
                let held = act(&mut policy, &picture(bright, free, &mut random));
                let expected = rule(Console::N64, bright, free);
                assert_eq!(held.buttons, expected.buttons, "{model:?} {bright:?}");
                let apart = held.stick[0].abs_diff(expected.stick[0]);
                let is_near = apart < 40 || model == ModelName::TensorKart;
                assert!(is_near, "{model:?} {bright:?}: {held:?}");
                held.stick[0]
            });
            assert!(sticks.is_sorted(), "{model:?}: {sticks:?}");
        }
    }
}

#[test]
fn a_directional_pad_is_a_class_that_is_mirrored_too() {
    let data = tempdir().expect("a folder");
    let sides = [Bright::Left, Bright::Neither];
    let dataset = dataset(data.path(), Console::Ds, &sides, 3, 40);
    let folder = tempdir().expect("a folder");
    let config = Config {
        epochs: 12,
        ..config(ModelName::Small)
    };
    let best = train_all(&dataset, &config, folder.path()).best;
    let validation = best.and_then(|best| best.validation).expect("figures");
    assert_eq!(validation.heads["steer"].accuracy, 1.0, "{validation:?}");
    assert!(!validation.is_always_straight());
    let mut policy = PicturePolicy::load(folder.path(), Device::Cpu).expect("a model");
    let mut random = ChaCha8Rng::seed_from_u64(99);
    let bright = picture(Bright::Right, true, &mut random);
    let held = act(&mut policy.share(), &bright);
    assert_eq!(held, rule(Console::Ds, Bright::Right, true));
    assert_eq!(held, act(&mut policy, &bright));
}

#[test]
fn a_policy_decides_as_the_network_did_in_validation() {
    let data = tempdir().expect("a folder");
    let sides = [Bright::Left, Bright::Neither, Bright::Right];
    let dataset = dataset(data.path(), Console::N64, &sides, 3, 30);
    for model in NETWORKS {
        let folder = tempdir().expect("a folder");
        let config = Config {
            pictures: Some(PictureConfig {
                crop_top: 5,
                crop_bottom: 2,
                mirror: 0.5,
            }),
            epochs: 2,
            ..config(model)
        };
        let best = train_all(&dataset, &config, folder.path()).best;
        let validation = best.and_then(|best| best.validation).expect("figures");
        let card = Card::read(folder.path()).expect("a card");
        let used = card.movies.iter().find(|movie| movie.validates);
        let used = used.expect("one validates");
        let mut movies = dataset.movies().iter();
        let index = movies.position(|movie| movie.sha256 == used.rows_sha256);
        let rows = dataset.read(index.expect("it is there")).expect("readable");

        let mut policy = PicturePolicy::load(folder.path(), Device::Cpu).expect("a model");
        let mut distance = 0.0;
        let mut pressed = [0; 2];
        for row in 0..rows.len() {
            let recorded = rows.get(row).expect("a row").held;
            let picture = rows.picture(row).expect("sound").expect("a picture");
            let held = act(&mut policy, &picture);
            distance += f64::from(recorded.stick[0].abs_diff(held.stick[0])) / 80.0;
            pressed[0] += u64::from(recorded.buttons & Buttons::A.bits() != 0);
            pressed[1] += u64::from(held.buttons & Buttons::A.bits() != 0);
        }
        // A stick is rounded to whole numbers, and does not go beyond full deflection.
        let apart = (distance / rows.len() as f64 - validation.distances["stick_x"]).abs();
        assert!(apart <= 0.5 / 80.0, "{model:?}: {apart}");
        let expected = pressed.map(|frames| frames as f64 / rows.len() as f64);
        let [recorded, decided] = validation.held()["A"];
        assert_eq!(recorded, expected[0], "{model:?}");
        // TensorKart's button is a number, which counts from a bin around one half on.
        let rounded = model == ModelName::TensorKart;
        let apart = (decided - expected[1]).abs();
        assert!(
            apart <= if rounded { 0.1 } else { 0.0 },
            "{model:?}: {apart}"
        );
    }
}

#[test]
fn interrupted_and_resumed_is_bit_for_bit_uninterrupted() {
    let data = tempdir().expect("a folder");
    let sides = [Bright::Left, Bright::Neither, Bright::Right];
    let dataset = dataset(data.path(), Console::N64, &sides, 3, 20);
    for model in NETWORKS {
        let config = config(model);
        let [straight, resumed] = [(); 2].map(|()| tempdir().expect("a folder"));
        train_all(&dataset, &config, straight.path());
        for (epoch, batch) in [(1, 1), (2, 3), (3, 2)] {
            let interrupt = AtomicBool::new(false);
            let mut stop = Stop {
                epoch,
                batch,
                interrupt: &interrupt,
            };
            let datasets = std::slice::from_ref(&dataset);
            let summary = train(datasets, &config, resumed.path(), &interrupt, &mut stop);
            let summary = summary.expect("interrupted without an error");
            assert_eq!(summary.ending, StopReason::Interrupted);
            assert_eq!(summary.epochs, epoch - 1);
        }
        train_all(&dataset, &config, resumed.path());
        let (straight, resumed) = (contents(straight.path()), contents(resumed.path()));
        assert_eq!(straight.len(), resumed.len());
        for ((name, straight), (other, resumed)) in straight.iter().zip(&resumed) {
            assert_eq!(name, other);
            assert!(straight == resumed, "{model:?}: {name} differs");
        }
    }
}

#[test]
fn datasets_without_pictures_or_with_others_are_refused_by_name() {
    let [plain, narrow, data] = [(); 3].map(|()| tempdir().expect("a folder"));
    let numbers = Column::float("speed", "units/frame", (0.0, 16.0), "");
    let numbers = Schema::new(vec![numbers]).expect("valid").on(Console::N64);
    let twelve = NonZeroU32::new(12).expect("not 0");
    let numbers = numbers.with_frames_per_step(twelve);
    let mut rows = Rows::new(&numbers);
    rows.push(&Row {
        observation: &[1.0],
        ..Row::default()
    });
    let mut writer = Writer::open(plain.path(), &numbers).expect("a new dataset");
    writer.add(source(0), &rows).expect("added");
    let without = Dataset::open(plain.path()).expect("a whole dataset");
    let dataset = dataset(data.path(), Console::N64, &[Bright::Left], 1, 10);

    let config = config(ModelName::Small);
    let error = refused(&[dataset.clone(), without], &config);
    let folder = plain.path().display().to_string();
    assert!(
        error.starts_with(&folder) && error.contains("pictures"),
        "{error}"
    );

    let half = PictureFormat {
        width: FORMAT.width / 2,
        ..FORMAT
    };
    let schema = Schema::of_pictures(half).expect("valid");
    let schema = schema.with_frames_per_step(twelve).on(Console::N64);
    let mut rows = Rows::new(&schema);
    let picture = half.encode(&RgbImage::new(half.width, half.height));
    rows.push(&Row {
        picture: Some(&picture.expect("encoded")),
        ..Row::default()
    });
    let mut writer = Writer::open(narrow.path(), &schema).expect("a new dataset");
    writer.add(source(1), &rows).expect("added");
    let narrower = Dataset::open(narrow.path()).expect("a whole dataset");
    let error = refused(&[dataset.clone(), narrower], &config);
    let expected = "pictures: expected 40 x 24 pixels, png, found 20 x 24 pixels, png";
    assert!(error.contains(expected), "{error}");
    assert!(
        error.contains(&narrow.path().display().to_string()),
        "{error}"
    );

    let all_cut = Config {
        pictures: Some(PictureConfig {
            crop_top: 20,
            crop_bottom: 4,
            mirror: 0.5,
        }),
        ..config
    };
    let error = refused(&[dataset], &all_cut);
    assert!(error.contains("fewer than its 24"), "{error}");
}

#[test]
fn a_damaged_picture_stops_training_with_its_file_and_row() {
    let data = tempdir().expect("a folder");
    let schema = schema(Console::N64);
    let mut rows = Rows::new(&schema);
    for row in 0..5 {
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let picture = picture(Bright::Left, true, &mut random);
        let mut bytes = FORMAT.encode(&picture).expect("encoded");
        if row == 3 {
            // The header stays whole.
            bytes.truncate(bytes.len() / 2);
        }
        rows.push(&Row {
            frame: row * 12,
            picture: Some(&bytes),
            ..Row::default()
        });
    }
    let mut writer = Writer::open(data.path(), &schema).expect("a new dataset");
    let file = writer.add(source(0), &rows).expect("added").file.clone();
    let dataset = Dataset::open(data.path()).expect("headers are whole");
    let error = refused(&[dataset], &config(ModelName::Small));
    let place = format!("{file}: observation.picture, row 3: expected a picture, found");
    assert!(error.contains(&place), "{error}");
}

#[test]
fn numbers_beside_pictures_are_learnt_as_without_them() {
    let [with, without] = [(); 2].map(|()| tempdir().expect("a folder"));
    let numbers = Column::float("speed", "units/frame", (0.0, 16.0), "");
    let plain = Schema::new(vec![numbers]).expect("valid");
    let pictured = plain.clone().with_pictures(FORMAT).expect("valid");
    let train = |data: &Path, schema: &Schema| {
        let mut rows = Rows::new(schema);
        let picture = FORMAT.encode(&RgbImage::new(FORMAT.width, FORMAT.height));
        let picture = picture.expect("encoded");
        for frame in 0..50 {
            rows.push(&Row {
                frame,
                observation: &[(frame % 7) as f32],
                picture: schema.pictures().map(|_| picture.as_slice()),
                held: if frame % 7 > 3 { DsPad::A } else { DsPad::B }.into(),
                ..Row::default()
            });
        }
        let mut writer = Writer::open(data, schema).expect("a new dataset");
        writer.add(source(0), &rows).expect("added");
        let dataset = Dataset::open(data).expect("a whole dataset");
        let folder = tempdir().expect("a folder");
        train_all(&dataset, &config(ModelName::Mlp), folder.path());
        Card::read(folder.path()).expect("a card").history
    };
    let history = train(with.path(), &pictured);
    assert_eq!(history, train(without.path(), &plain));
}

#[test]
fn a_policy_takes_models_and_pictures_of_its_own_kind() {
    let [data, folder] = [(); 2].map(|()| tempdir().expect("a folder"));
    let dataset = dataset(data.path(), Console::N64, &[Bright::Left], 1, 10);
    let one = Config {
        epochs: 1,
        ..config(ModelName::Small)
    };
    train_all(&dataset, &one, folder.path());
    let error = Policy::load(folder.path(), Device::Cpu).expect_err("a model of pictures");
    let error = error.to_string();
    let expected = "config.model: expected mlp or lstm, found small, which sees pictures";
    assert!(error.contains(CARD) && error.contains(expected), "{error}");

    let mut policy = PicturePolicy::load(folder.path(), Device::Cpu).expect("a model");
    let error = policy.decide(&[0; 30]).expect_err("too small").to_string();
    let expected = "expected 2880 bytes, 40 x 24 pixels of red, green and blue, found 30";
    assert!(error.contains(expected), "{error}");

    let path = folder.path().join(CARD);
    let text = fs::read_to_string(&path).expect("a card");
    let spoilt = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        fs::write(&path, text.replacen(from, to, 1)).expect("writable");
        let error = PicturePolicy::load(folder.path(), Device::Cpu);
        error.expect_err("a damaged card").to_string()
    };
    let error = spoilt("\"crop_top\": 0", "\"crop_top\": 24");
    assert!(error.contains("rows cut off a picture"), "{error}");
    let error = spoilt("\"model\": \"small\"", "\"model\": \"mlp\"");
    assert!(error.contains("pictures"), "{error}");
    let error = spoilt("\"name\": \"Z\"", "\"name\": \"Y\"");
    assert!(error.contains("class_weights"), "{error}");
}
