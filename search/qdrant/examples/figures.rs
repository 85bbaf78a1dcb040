//! Time of a search and recall of Qdrant inside the process beside the exact engine, over 10,000 vectors of MobileNetV2's dimension.
//!
//! Prints a line for each kind of vectors, with names and values as `cargo xtask bench` has them: those `along` the ways of races, as
//! pictures of a game are, and `independent` ones, the worst for any graph.

use std::error::Error;
use std::io::{Write, stdout};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Instant;

use outputs::Output;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use search::{Builder, Description, Embedding, Exact, Metric, Neighbour, Query, Search};
use search_qdrant::Edge;

const ROWS: usize = 10_000;
const DIMENSION: usize = 1280;
const QUERIES: usize = 200;
const NEIGHBOURS: NonZeroUsize = NonZeroUsize::new(5).expect("not 0");
/// Rows between two corners of a way.
const STEPS: usize = 50;

fn main() -> Result<(), Box<dyn Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut corner = || -> Vec<f32> {
        let numbers = (0..DIMENSION).map(|_| random.random_range(-1.0..1.0));
        numbers.collect()
    };
    let corners: Vec<_> = (0..=ROWS / STEPS).map(|_| corner()).collect();
    let along = |step: f32| -> Vec<Vec<f32>> {
        let parts = corners.windows(2).flat_map(|part| {
            (0..STEPS).map(move |n| {
                let at = (n as f32 + step) / STEPS as f32;
                let pairs = part[0].iter().zip(&part[1]);
                pairs.map(|(x, y)| x + at * (y - x)).collect()
            })
        });
        parts.collect()
    };
    let queries: Vec<_> = along(0.4).into_iter().step_by(ROWS / QUERIES).collect();
    compare("along", &along(0.0), &queries)?;
    let mut independent =
        |count: usize| -> Vec<Vec<f32>> { (0..count).map(|_| corner()).collect() };
    let (vectors, queries) = (independent(ROWS), independent(QUERIES));
    compare("independent", &vectors, &queries)
}

fn compare(kind: &str, vectors: &[Vec<f32>], queries: &[Vec<f32>]) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("exact");
    let embedding = Embedding {
        embedder: "random".to_owned(),
        weights_sha256: None,
        preprocessing: String::new(),
        dimension: DIMENSION,
    };
    let mut builder = Builder::new(Description {
        embedding,
        metric: Metric::Cosine,
        fields: Vec::new(),
    })?;
    for vector in vectors {
        builder.push(vector, &[])?;
    }
    builder.write(Output::begin(&path, Exact::KIND)?)?;
    let exact = Exact::open(&path)?;
    let begin = Instant::now();
    let edge = Edge::build(&exact, &folder.path().join("edge"), &mut |_| {
        ControlFlow::Continue(())
    })?;
    let edge = edge.ok_or("nothing ends the work")?;
    let seconds = begin.elapsed().as_secs_f64();
    let (expected, exact_ms) = search(&exact, queries)?;
    let (found, edge_ms) = search(&edge, queries)?;
    let recalls = expected.iter().zip(&found);
    let recalls = recalls.map(|(expected, found)| search::recall(expected, found, 1e-6));
    let recall = recalls.sum::<f64>() / queries.len() as f64;
    let graph = edge.graph();
    writeln!(
        stdout(),
        "{kind}: knn_edge_recall {recall:.4} knn_edge_ms {edge_ms:.3} (median; exact {exact_ms:.3}), built in {seconds:.0} s; {graph}"
    )?;
    Ok(())
}

/// The neighbours of each query, and the median of the milliseconds.
fn search(index: &dyn Search, queries: &[Vec<f32>]) -> search::Result<(Vec<Vec<Neighbour>>, f64)> {
    let (mut found, mut times) = (Vec::new(), Vec::new());
    for vector in queries {
        let begin = Instant::now();
        found.push(index.nearest(&Query {
            vector,
            neighbours: NEIGHBOURS,
            filter: &[],
        })?);
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok((found, times[times.len() / 2]))
}
