//! Fine-tuning of an embedder without labels: what it changes, that it goes on where it ended, and what it refuses.
#![cfg(feature = "torch")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use image::imageops::{self, FilterType};
use learn::bc::{Run, StopReason};
use learn::dataset::{
    Column, Dataset, Encoding, PictureFormat, RgbImage, Row, Rows, Schema, Source, Writer,
};
use learn::device::Device;
use learn::embed::tuning::{self, Config, Step, Summary};
use learn::embed::{Embedder, Network, NetworkEmbedder, Picture, Weights};
use learn::model::CARD;
use tch::nn::{ModuleT, VarStore};
use tch::{Tensor, no_grad, vision};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const FORMAT: PictureFormat = PictureFormat {
    width: 48,
    height: 36,
    encoding: Encoding::Png,
};
/// Movies and the rows of each.
const MOVIES: u32 = 2;
const ROWS: u32 = 8;

/// A bar that goes from left to right in each movie, over a background that is another in each picture.
fn picture(movie: u32, row: u32) -> RgbImage {
    let bar = row * FORMAT.width / ROWS;
    RgbImage::from_fn(FORMAT.width, FORMAT.height, |x, y| {
        let seed = (movie * ROWS + row + 1).wrapping_mul(2_654_435_761);
        let noise = ((x / 6 + 7 * (y / 6)).wrapping_mul(seed | 1) >> 24) as u8;
        match x.abs_diff(bar) < 4 {
            true if movie == 0 => image::Rgb([255, 40, 0]),
            true => image::Rgb([0, 40, 255]),
            false => image::Rgb([noise / 2, noise / 2, noise / 2]),
        }
    })
}

fn dataset(folder: &Path) -> Result<Dataset> {
    let schema = Schema::of_pictures(FORMAT)?;
    let mut writer = Writer::open(folder, &schema)?;
    for movie in 0..MOVIES {
        let mut rows = Rows::new(&schema);
        for row in 0..ROWS {
            rows.push(&Row {
                frame: row,
                picture: Some(&FORMAT.encode(&picture(movie, row))?),
                ..Row::default()
            });
        }
        writer.add(source(movie), &rows)?;
    }
    Ok(Dataset::open(folder)?)
}

fn source(movie: u32) -> Source {
    Source {
        movie: format!("{movie}.dsm"),
        movie_sha256: movie.to_string().repeat(64),
        ..Source::default()
    }
}

/// A file of random weights of MobileNetV2. The statistics of its normalisations come from so many passes over the dataset's
/// pictures; without any, all vectors of a random network are nearly the same.
fn weights(folder: &Path, seed: i64, passes: u32) -> Result<PathBuf> {
    tch::manual_seed(seed);
    let store = VarStore::new(tch::Device::Cpu);
    let network = vision::mobilenet::v2(&store.root(), 10);
    let side = 64;
    let pictures = (0..MOVIES).flat_map(|movie| (0..ROWS).map(move |row| picture(movie, row)));
    let input = pictures.map(|picture| {
        let scaled = imageops::resize(&picture, side, side, FilterType::Triangle);
        let bytes = Tensor::from_slice(&scaled).view([side.into(), side.into(), 3]);
        vision::imagenet::normalize(&bytes.permute([2, 0, 1]))
    });
    let input = Tensor::stack(&input.collect::<Result<Vec<_>, _>>()?, 0);
    for _ in 0..passes {
        let _outputs = no_grad(|| network.forward_t(&input, true));
    }
    let path = folder.join(format!("random-{seed}.safetensors"));
    store.save(&path)?;
    Ok(path)
}

fn config() -> Config {
    Config {
        epochs: 3,
        batch_size: 8,
        near: NonZeroU32::MIN,
        blocks: 3,
        lr: 1e-3,
        seed: 5,
        ..Config::default()
    }
}

/// A run, which is interrupted once it has done so many batches of that epoch.
fn train(
    dataset: &Dataset,
    weights: &Path,
    config: &Config,
    folder: &Path,
    stop: Option<(u32, usize)>,
) -> learn::Result<Summary> {
    let interrupt = AtomicBool::new(false);
    let run = Run {
        folder,
        courses: &[],
        device: Device::Cpu,
        threads: 1,
        interrupt: &interrupt,
    };
    let weights = Weights::read(weights)?;
    let datasets = std::slice::from_ref(dataset);
    tuning::train(datasets, &weights, config, &run, &mut |step| {
        if let Step::Batch { epoch, done, .. } = step {
            interrupt.fetch_or(stop == Some((epoch, done)), Ordering::Relaxed);
        }
    })
}

/// How far pictures of consecutive rows are from each other, as a part of how far others are.
fn nearness(weights: &Path) -> Result<f64> {
    let mut embedder = NetworkEmbedder::new(Network::MobileNetV2, Weights::read(weights)?)?;
    let pictures: Vec<RgbImage> = (0..MOVIES)
        .flat_map(|movie| (0..ROWS).map(move |row| picture(movie, row)))
        .collect();
    let views = pictures
        .iter()
        .map(|picture| Picture::new(FORMAT.width, FORMAT.height, picture));
    let vectors = embedder.embed(&views.collect::<learn::Result<Vec<_>>>()?)?;
    let cosine = |a: &[f32], b: &[f32]| {
        let product = |a: &[f32], b: &[f32]| -> f64 {
            let pairs = a.iter().zip(b);
            pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        product(a, b) / (product(a, a) * product(b, b)).sqrt()
    };
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for (first, a) in (0..MOVIES * ROWS).zip(&vectors) {
        for (second, b) in (0..first).zip(&vectors) {
            let is_near = first - second == 1 && first / ROWS == second / ROWS;
            let list = if is_near { &mut near } else { &mut far };
            list.push(1.0 - cosine(a, b));
        }
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    Ok(mean(&near) / mean(&far))
}

#[test]
fn neighbours_in_time_become_nearer_than_others() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let dataset = dataset(&folder.path().join("dataset"))?;
    let base = weights(folder.path(), 3, 25)?;
    let config = Config {
        epochs: 5,
        ..config()
    };
    let summary = train(&dataset, &base, &config, &folder.path().join("run"), None)?;
    assert_eq!(summary.ending, StopReason::Complete);
    assert_eq!((summary.history.len(), summary.pictures), (5, 16));
    let [first, .., last] = &summary.history[..] else {
        return Err("no epochs".into());
    };
    // An epoch's loss depends on which pairs meet in its batches; the distances below do not.
    assert!(last.loss < first.loss, "{:?}", summary.history);
    assert!(last.found > first.found, "{:?}", summary.history);
    let tuned = summary.weights.ok_or("no weights")?;
    let (before, after) = (nearness(&base)?, nearness(&tuned)?);
    assert!(after < 0.8 * before, "{before} to {after}");
    Ok(())
}

fn tensors(path: &Path) -> Result<BTreeMap<String, Tensor>> {
    Ok(Tensor::read_safetensors(path)?.into_iter().collect())
}

#[test]
fn the_last_blocks_learn_and_their_statistics_stay() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let dataset = dataset(&folder.path().join("dataset"))?;
    let base = weights(folder.path(), 3, 0)?;
    let config = Config {
        epochs: 1,
        blocks: 2,
        ..config()
    };
    let summary = train(&dataset, &base, &config, &folder.path().join("run"), None)?;
    let tuned = summary.weights.ok_or("no weights")?;
    let (before, after) = (tensors(&base)?, tensors(&tuned)?);
    let mut changed = 0;
    for (name, tensor) in &after {
        let learns = ["features.17.", "features.18."]
            .iter()
            .any(|block| name.starts_with(block));
        let learns = learns && !name.contains("running_");
        assert_eq!(*tensor != before[name], learns, "{name}");
        changed += if learns { tensor.numel() } else { 0 };
    }
    assert_eq!(changed, summary.parameters);
    let left: Vec<&String> = before
        .keys()
        .filter(|name| !after.contains_key(*name))
        .collect();
    assert!(
        left.iter().all(|name| name.starts_with("classifier.")),
        "{left:?}"
    );
    // Other weights make other vectors, and say so.
    let embedding = |path: &Path| -> Result<_> {
        let embedder = NetworkEmbedder::new(Network::MobileNetV2, Weights::read(path)?)?;
        Ok(embedder.embedding().clone())
    };
    assert_ne!(
        embedding(&base)?.weights_sha256,
        embedding(&tuned)?.weights_sha256
    );
    Ok(())
}

/// The bytes of a folder's files by name.
fn contents(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let read = |entry: std::io::Result<fs::DirEntry>| -> Result<_> {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        Ok((name, fs::read(entry.path())?))
    };
    fs::read_dir(folder)?.map(read).collect()
}

/// Fails unless two files have the same tensors but for their last bits: libtorch's gradients of these layers are not the same bits in
/// every run.
fn require_close(expected: &Path, found: &Path) -> Result<()> {
    let (expected, mut found) = (tensors(expected)?, tensors(found)?);
    for (name, expected) in expected {
        let found = found.remove(&name).ok_or("a tensor is missing")?;
        let largest = expected.abs().max().double_value(&[]);
        let distance = (expected - found).abs().max().double_value(&[]);
        assert!(
            distance <= 0.01 * largest,
            "{name}: {distance} of {largest}"
        );
    }
    assert!(found.is_empty(), "{found:?}");
    Ok(())
}

#[test]
fn an_interrupted_run_goes_on_as_if_it_had_not_been() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let dataset = dataset(&folder.path().join("dataset"))?;
    let base = weights(folder.path(), 4, 0)?;
    let [straight, resumed] = ["straight", "resumed"].map(|name| folder.path().join(name));
    let config = Config {
        epochs: 2,
        ..config()
    };
    let whole = train(&dataset, &base, &config, &straight, None)?;
    for (epoch, batch) in [(1, 1), (2, 1)] {
        let stop = Some((epoch, batch));
        let summary = train(&dataset, &base, &config, &resumed, stop)?;
        assert_eq!(summary.ending, StopReason::Interrupted);
        assert_eq!(summary.history.len() as u32, epoch - 1);
        assert_eq!(summary.weights.is_some(), epoch > 1);
    }
    let parts = train(&dataset, &base, &config, &resumed, None)?;
    assert_eq!(whole.history.len(), parts.history.len());
    for (whole, parts) in whole.history.iter().zip(&parts.history) {
        assert!((whole.loss - parts.loss).abs() < 1e-3 * whole.loss);
    }
    let straight = contents(&straight)?;
    let found = contents(&resumed)?;
    assert!(straight.keys().eq(found.keys()), "{:?}", found.keys());
    let tensors = straight
        .keys()
        .filter(|name| name.ends_with(".safetensors"));
    assert_eq!(tensors.clone().count(), 2, "weights and a checkpoint");
    for name in tensors {
        let [straight, resumed] = ["straight", "resumed"].map(|run| folder.path().join(run));
        require_close(&straight.join(name), &resumed.join(name))?;
    }

    // Another run in the same folder is refused by name, and changes nothing.
    let other = weights(folder.path(), 9, 0)?;
    let slower = Config { lr: 1e-5, ..config };
    for (config, base, word) in [(&slower, &base, "lr"), (&config, &other, "weights_sha256")] {
        let refused = train(&dataset, base, config, &resumed, None);
        let said = refused.err().ok_or("accepted")?.to_string();
        assert!(
            said.contains(word) && said.contains("another folder"),
            "{said}"
        );
    }
    assert_eq!(contents(&resumed)?, found);
    let checkpoint = resumed.join("checkpoint-0002.safetensors");
    fs::write(&checkpoint, b"damaged")?;
    let longer = Config {
        epochs: 3,
        ..config
    };
    let said = train(&dataset, &base, &longer, &resumed, None);
    let said = said.err().ok_or("accepted")?.to_string();
    assert!(
        said.contains("checkpoint-0002.safetensors: SHA-256"),
        "{said}"
    );
    Ok(())
}

#[test]
fn what_nothing_can_be_learnt_from_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let whole = dataset(&path("dataset"))?;
    let base = weights(folder.path(), 4, 0)?;
    let run = path("run");
    let refused = |dataset: &Dataset, config: &Config, folder: &Path| -> Result<String> {
        let refused = train(dataset, &base, config, folder, None);
        Ok(refused.err().ok_or("accepted")?.to_string())
    };
    for (config, word) in [
        (
            Config {
                batch_size: 1,
                ..config()
            },
            "batch-size",
        ),
        (
            Config {
                blocks: 20,
                ..config()
            },
            "blocks",
        ),
        (
            Config {
                lr: f64::NAN,
                ..config()
            },
            "lr",
        ),
        (
            Config {
                temperature: 0.0,
                ..config()
            },
            "temperature",
        ),
    ] {
        let said = refused(&whole, &config, &run)?;
        assert!(said.starts_with(word), "{said}");
    }

    // Rows that are all far from each other in time.
    let schema = Schema::of_pictures(FORMAT)?;
    let mut rows = Rows::new(&schema);
    for row in 0..3 {
        rows.push(&Row {
            frame: 100 * row,
            picture: Some(&FORMAT.encode(&picture(0, row))?),
            ..Row::default()
        });
    }
    Writer::open(path("gaps"), &schema)?.add(source(0), &rows)?;
    let said = refused(&Dataset::open(path("gaps"))?, &config(), &run)?;
    assert!(said.contains("no consecutive rows in"), "{said}");

    let schema = Schema::new(vec![Column::float("speed", "", (0.0, 1.0), "")])?;
    let mut rows = Rows::new(&schema);
    rows.push(&Row {
        observation: &[0.5],
        ..Row::default()
    });
    Writer::open(path("numbers"), &schema)?.add(source(0), &rows)?;
    let said = refused(&Dataset::open(path("numbers"))?, &config(), &run)?;
    assert!(said.contains("a dataset with pictures"), "{said}");
    assert!(!run.join(CARD).exists());

    fs::create_dir_all(&run)?;
    fs::write(run.join(CARD), r#"{"format": "kartscope-model"}"#)?;
    let said = refused(&whole, &config(), &run)?;
    assert!(
        said.contains("format: expected kartscope-embedder"),
        "{said}"
    );
    Ok(())
}
