//! Exact search over vectors of MobileNetV2's dimension: alike, as those of pictures of one game are, and independent.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use outputs::Output;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use search::{Builder, Description, Embedding, Exact, Metric, Query, Search};

const DIMENSION: usize = 1280;

/// An index of vectors that differ from `common` by up to 1 in each number.
fn index(path: &Path, rows: u32, common: f32, random: &mut ChaCha8Rng) -> Exact {
    let embedding = Embedding {
        embedder: "random".to_owned(),
        weights_sha256: None,
        preprocessing: String::new(),
        dimension: DIMENSION,
    };
    let description = Description {
        embedding,
        metric: Metric::Cosine,
        fields: Vec::new(),
    };
    let mut builder = Builder::new(description).expect("a valid description");
    for _ in 0..rows {
        let vector = vector(common, random);
        builder.push(&vector, &[]).expect("a valid vector");
    }
    let output = Output::begin(path, Exact::KIND).expect("a new file");
    builder.write(output).expect("a place in the folder");
    Exact::open(path).expect("the index above")
}

fn vector(common: f32, random: &mut ChaCha8Rng) -> Vec<f32> {
    (0..DIMENSION)
        .map(|_| common + random.random_range(-1.0..1.0f32))
        .collect()
}

fn search(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("random.index");
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for (rows, name) in [(10_000, "10k"), (100_000, "100k")] {
        for (common, likeness) in [(0.0, "independent"), (2.0, "alike")] {
            let index = index(&path, rows, common, &mut random);
            let query = vector(common, &mut random);
            let query = Query {
                vector: &query,
                neighbours: NonZeroUsize::new(5).expect("not 0"),
                filter: &[],
            };
            criterion.bench_function(&format!("{name} {likeness}"), |bencher| {
                bencher.iter(|| index.nearest(black_box(&query)).expect("a valid query"));
            });
        }
    }
}

criterion_group!(benches, search);
criterion_main!(benches);
