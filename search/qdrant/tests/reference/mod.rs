//! Indexes of random vectors, and a search over all vectors in 64 bits that neither engine knows.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;

use outputs::Output;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use search::{
    Builder, Condition, Description, Embedding, Exact, Field, Kind, Metric, Neighbour, Query,
    Search, Value,
};

pub(crate) type Done = Result<(), Box<dyn Error>>;

pub(crate) const COURSES: [&str; 3] = ["oval", "hairpins", "figure eight"];

/// The rows of a lap.
const LAP: usize = 4;

pub(crate) fn description(dimension: usize, metric: Metric) -> Description {
    Description {
        embedding: Embedding {
            embedder: "mobilenet_v2".to_owned(),
            weights_sha256: Some("b035".to_owned()),
            preprocessing: "224x224".to_owned(),
            dimension,
        },
        metric,
        fields: vec![
            Field::new("course", Kind::Text),
            Field::new("lap", Kind::Integer),
        ],
    }
}

/// The payload of a row.
fn payload(row: usize) -> [Value; 2] {
    let lap = (row / LAP) as i64 - 1;
    [COURSES[row % COURSES.len()].into(), lap.into()]
}

/// An exact index of vectors.
pub(crate) fn exact(path: &Path, metric: Metric, vectors: &[Vec<f32>]) -> search::Result<Exact> {
    let dimension = vectors.first().map_or(2, Vec::len);
    let mut builder = Builder::new(description(dimension, metric))?;
    for (row, vector) in vectors.iter().enumerate() {
        builder.push(vector, &payload(row))?;
    }
    builder.write(Output::begin(path, Exact::KIND)?)?;
    Exact::open(path)
}

/// Vectors of independent numbers.
pub(crate) fn random(rows: usize, dimension: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut vector = || {
        (0..dimension)
            .map(|_| random.random_range(-1.0..1.0))
            .collect()
    };
    (0..rows).map(|_| vector()).collect()
}

pub(crate) fn nearest(
    index: &dyn Search,
    vector: &[f32],
    count: usize,
    filter: &[Condition],
) -> search::Result<Vec<Neighbour>> {
    index.nearest(&Query {
        vector,
        neighbours: NonZeroUsize::new(count).expect("a count above 0"),
        filter,
    })
}

/// The distance of two vectors, as the metric is defined.
fn distance(metric: Metric, x: &[f32], y: &[f32]) -> f64 {
    let pairs = || x.iter().zip(y).map(|(x, y)| (f64::from(*x), f64::from(*y)));
    let sum = |of: fn((f64, f64)) -> f64| pairs().map(of).sum::<f64>();
    match metric {
        Metric::Euclidean => sum(|(x, y)| (x - y).powi(2)).sqrt(),
        Metric::Cosine => {
            1.0 - sum(|(x, y)| x * y) / (sum(|(x, _)| x * x) * sum(|(_, y)| y * y)).sqrt()
        }
    }
}

/// Random vectors, a query, and what is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) metric: Metric,
    pub(crate) vectors: Vec<Vec<f32>>,
    query: Vec<f32>,
    count: usize,
    /// The values that the fields may have; all if there are none.
    courses: Option<Vec<&'static str>>,
    laps: Option<Vec<i64>>,
}

/// Vectors from all alike to independent, some of them several times.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let shape = (
        prop_oneof![Just(Metric::Cosine), Just(Metric::Euclidean)],
        1..40_usize,
        2..60_usize,
        prop_oneof![Just(0.0_f32), Just(1.0)],
    );
    shape.prop_flat_map(|(metric, dimension, rows, common)| {
        // No vector is zero.
        let number = (-1000..=1000_i16).prop_map(move |n| common + (f32::from(n) + 0.5) / 1000.0);
        let vector = prop::collection::vec(number, dimension);
        let wanted = (
            1..80_usize,
            prop::option::of(prop::sample::subsequence(COURSES.to_vec(), 0..=3)),
            prop::option::of(prop::collection::vec(-1..6_i64, 0..4)),
        );
        (
            prop::collection::vec(vector, rows),
            prop::collection::vec(0..rows - 1, 0..5),
            wanted,
        )
            .prop_map(move |(mut vectors, repeated, (count, courses, laps))| {
                let query = vectors.pop().expect("at least two");
                vectors.extend(
                    repeated
                        .iter()
                        .map(|row| vectors[*row].clone())
                        .collect::<Vec<_>>(),
                );
                Case {
                    metric,
                    vectors,
                    query,
                    count,
                    courses,
                    laps,
                }
            })
    })
}

impl Case {
    fn filter(&self) -> Vec<Condition> {
        let courses = self.courses.iter();
        let courses = courses.map(|courses| Condition::new("course", courses.iter().copied()));
        let laps = self.laps.iter();
        let laps = laps.map(|laps| Condition::new("lap", laps.iter().copied()));
        courses.chain(laps).collect()
    }

    /// Whether a row meets the conditions.
    fn allows(&self, row: usize) -> bool {
        let [course, lap] = payload(row);
        let courses = self.courses.as_ref();
        let laps = self.laps.as_ref();
        courses.is_none_or(|courses| courses.iter().any(|it| Value::from(*it) == course))
            && laps.is_none_or(|laps| laps.iter().any(|it| Value::from(*it) == lap))
    }

    /// Asserts that an engine finds what a search over all vectors finds: as many, in order, each at its own distance, none farther than
    /// the one at its place. Vectors whose distances differ by rounding may change places.
    pub(crate) fn assert_found(&self, engine: &dyn Search) -> Done {
        let found = nearest(engine, &self.query, self.count, &self.filter())?;
        let of = |row: usize| distance(self.metric, &self.vectors[row], &self.query);
        let mut all: Vec<f64> = (0..self.vectors.len())
            .filter(|row| self.allows(*row))
            .map(of)
            .collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(found.len(), self.count.min(all.len()));
        for (neighbour, at_place) in found.iter().zip(all) {
            let row = neighbour.row as usize;
            assert!(self.allows(row), "{neighbour:?}");
            // Qdrant compares in 32 bits; what it finds is measured in 64.
            for (exact, tolerance) in [(of(row), 1e-6), (at_place, 1e-5)] {
                assert!(
                    (neighbour.distance - exact).abs() <= tolerance * exact.max(1.0),
                    "{neighbour:?}: {exact}"
                );
            }
            assert_eq!(neighbour.payload, payload(row));
        }
        let in_order =
            |pair: &[Neighbour]| (pair[0].distance, pair[0].row) < (pair[1].distance, pair[1].row);
        assert!(found.windows(2).all(in_order), "{found:?}");
        Ok(())
    }
}

/// Asserts that an engine holds what an exact index holds.
pub(crate) fn assert_same_contents(engine: &dyn Search, exact: &Exact) -> Done {
    assert_eq!(engine.description(), exact.description());
    assert_eq!(engine.count(), exact.count());
    for row in 0..exact.count() as u32 {
        assert_eq!(engine.row(row)?, exact.row(row)?);
    }
    for field in ["course", "lap", "driver"] {
        assert_eq!(engine.texts(field)?, exact.texts(field)?, "{field}");
    }
    Ok(())
}

/// Asserts that an engine refuses what the exact one refuses, in the same words.
pub(crate) fn assert_same_refusals(engine: &dyn Search, exact: &Exact) {
    let refused = |index: &dyn Search, vector: &[f32], filter: &[Condition]| {
        let error = nearest(index, vector, 1, filter).expect_err("a bad query");
        error.to_string()
    };
    for (vector, filter) in [
        (&[1.0, 2.0, 3.0][..], vec![]),
        (&[f32::NAN, 1.0], vec![]),
        (&[0.0, 0.0], vec![]),
        (&[1.0, 2.0], vec![Condition::new("driver", ["toad"])]),
        (&[1.0, 2.0], vec![Condition::new("lap", ["first"])]),
    ] {
        assert_eq!(
            refused(engine, vector, &filter),
            refused(exact, vector, &filter)
        );
    }
    let row = exact.count() as u32;
    let missing = |index: &dyn Search| index.row(row).expect_err("no row").to_string();
    assert_eq!(missing(engine), missing(exact));
}
