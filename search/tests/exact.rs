//! The exact engine against a search over all vectors in 64 bits, and what it refuses.

use std::error::Error;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use outputs::Output;
use proptest::prelude::*;
use search::{
    Builder, Condition, Description, Embedding, Exact, Field, Kind, Metric, Neighbour, Query,
    Search, Value,
};

type Done = Result<(), Box<dyn Error>>;

fn description(dimension: usize, metric: Metric) -> Description {
    Description {
        embedding: Embedding {
            embedder: "mobilenet_v2".to_owned(),
            weights_sha256: Some("b035".to_owned()),
            preprocessing: "224x224".to_owned(),
            dimension,
        },
        metric,
        fields: vec![
            Field::new("row", Kind::Integer),
            Field::new("course", Kind::Text),
        ],
    }
}

const COURSES: [&str; 3] = ["oval", "hairpins", "figure eight"];

/// The course of a row of [`build`].
fn course(row: usize) -> &'static str {
    COURSES[row % COURSES.len()]
}

/// An index of `vectors`, whose rows have the number and the course of their place.
fn build(path: &Path, metric: Metric, vectors: &[Vec<f32>]) -> search::Result<Exact> {
    let mut builder = Builder::new(description(vectors[0].len(), metric))?;
    for (row, vector) in vectors.iter().enumerate() {
        let payload = [Value::Integer(row as i64), Value::from(course(row))];
        builder.push(vector, &payload)?;
    }
    builder.write(Output::begin(path, Exact::KIND)?)?;
    Exact::open(path)
}

fn nearest(index: &Exact, vector: &[f32], count: usize) -> search::Result<Vec<Neighbour>> {
    nearest_where(index, vector, count, &[])
}

fn nearest_where(
    index: &Exact,
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

/// Asserts that neighbours are those of a search over all vectors: the same number, in order, each at its own distance,
/// none farther than the one at its place. Vectors whose distances differ by rounding may change places.
fn assert_nearest(
    metric: Metric,
    vectors: &[Vec<f32>],
    query: &[f32],
    found: &[Neighbour],
    count: usize,
) {
    let mut all: Vec<f64> = vectors
        .iter()
        .map(|vector| distance(metric, vector, query))
        .collect();
    let of_row = all.clone();
    all.sort_by(f64::total_cmp);
    assert_eq!(found.len(), count.min(vectors.len()));
    for (place, neighbour) in found.iter().enumerate() {
        let row = neighbour.row as usize;
        // Euclidean distances differ by the order of their sums alone, angles by the rounding of unit vectors.
        let tolerance = match metric {
            Metric::Euclidean => 1e-12 * all[place],
            Metric::Cosine => 1e-6,
        };
        for exact in [of_row[row], all[place]] {
            assert!(
                (neighbour.distance - exact).abs() <= tolerance,
                "{neighbour:?} at {place}: {exact}"
            );
        }
        assert_eq!(
            neighbour.payload,
            [Value::Integer(row as i64), Value::from(course(row))]
        );
    }
    let in_order =
        |pair: &[Neighbour]| (pair[0].distance, pair[0].row) < (pair[1].distance, pair[1].row);
    assert!(found.windows(2).all(in_order), "{found:?}");
}

fn metrics() -> impl Strategy<Value = Metric> {
    prop_oneof![Just(Metric::Cosine), Just(Metric::Euclidean)]
}

/// Vectors of one dimension, from all alike to independent, of any size, some of them several times.
fn vectors() -> impl Strategy<Value = Vec<Vec<f32>>> {
    let shape = (
        1..60_usize,
        2..80_usize,
        -3..4_i32,
        prop_oneof![Just(0.0_f32), Just(1.0), Just(1000.0)],
    );
    shape.prop_flat_map(|(dimension, rows, exponent, common)| {
        let number = (-1000..=1000_i16).prop_map(move |n| {
            // No vector is zero: this number is never an integer's multiple that cancels `common`.
            (common + (f32::from(n) + 0.5) / 1000.0) * 10.0_f32.powi(exponent * 4)
        });
        let vector = prop::collection::vec(number, dimension);
        (
            prop::collection::vec(vector, rows),
            prop::collection::vec(0..rows, 0..rows),
        )
            .prop_map(|(mut vectors, repeated)| {
                vectors.extend(
                    repeated
                        .iter()
                        .map(|row| vectors[*row].clone())
                        .collect::<Vec<_>>(),
                );
                vectors
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn neighbours_are_those_of_a_search_over_all(
        (metric, vectors, count) in (metrics(), vectors(), 1..100_usize),
    ) {
        let folder = tempfile::tempdir()?;
        let (query, vectors) = vectors.split_first().expect("at least two");
        let index = build(&folder.path().join("index"), metric, vectors)?;
        let found = nearest(&index, query, count)?;
        assert_nearest(metric, vectors, query, &found, count);
        // A vector of the index is at distance 0 from itself, exactly.
        let itself = nearest(&index, &vectors[0], 1)?;
        prop_assert_eq!((itself[0].row, itself[0].distance), (0, 0.0));
    }

    #[test]
    fn a_filter_keeps_what_a_search_over_all_would(
        (metric, vectors, allowed) in (metrics(), vectors(), prop::sample::subsequence(COURSES.to_vec(), 1..=3)),
    ) {
        let folder = tempfile::tempdir()?;
        let (query, vectors) = vectors.split_first().expect("at least two");
        let index = build(&folder.path().join("index"), metric, vectors)?;
        let filter = [Condition::new("course", allowed.iter().copied())];
        let found = nearest_where(&index, query, vectors.len(), &filter)?;
        let mut all = nearest(&index, query, vectors.len())?;
        all.retain(|neighbour| allowed.contains(&course(neighbour.row as usize)));
        prop_assert_eq!(found, all);
    }

    /// Damage is refused by name, when the index is opened or when the damaged vector is read; it never changes an answer.
    #[test]
    fn a_changed_byte_changes_no_answer((at, flip) in (any::<prop::sample::Index>(), 1..=255_u8)) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("index");
        let vectors: Vec<Vec<f32>> = (0..20_i16).map(|n| vec![f32::from(n), 1.0, f32::from(n * n)]).collect();
        let whole = nearest(&build(&path, Metric::Euclidean, &vectors)?, &vectors[7], 20)?;
        let mut bytes = fs::read(&path)?;
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        fs::write(&path, bytes)?;
        let found = Exact::open(&path).and_then(|index| nearest(&index, &vectors[7], 20));
        match found {
            Ok(found) => prop_assert_eq!(found, whole),
            Err(error) => prop_assert!(error.to_string().contains("index: "), "{}", error),
        }
    }

    #[test]
    fn a_cut_or_longer_file_is_refused(length in any::<prop::sample::Index>(), more in 1..100_usize) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("index");
        build(&path, Metric::Cosine, &[vec![1.0, 2.0], vec![2.0, 1.0]])?;
        let bytes = fs::read(&path)?;
        fs::write(&path, &bytes[..length.index(bytes.len())])?;
        assert_mismatch(&path);
        fs::write(&path, [bytes, vec![0; more]].concat())?;
        assert_mismatch(&path);
    }
}

fn assert_mismatch(path: &Path) {
    let opened = Exact::open(path);
    assert!(matches!(opened, Err(search::Error::Mismatch { .. })));
}

/// A header may promise anything: what is allocated is bounded by the file.
#[test]
fn numbers_that_promise_too_much_are_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("index");
    build(&path, Metric::Cosine, &[vec![1.0, 2.0]])?;
    let bytes = fs::read(&path)?;
    let text = String::from_utf8_lossy(&bytes);
    for (promise, place) in [
        (r#""rows":4294967295"#, "length"),
        (r#""dimension":16384"#, "length"),
        (r#""dimension":16385"#, "dimension"),
        (r#""dimension":0"#, "dimension"),
        (r#""dimension":18446744073709551615"#, "dimension"),
        (r#""rows":-1"#, "header"),
    ] {
        let key = &promise[..promise.find(':').ok_or("no key")?];
        let begin = text.find(key).ok_or("no such key")?;
        let value = begin + key.len() + 1;
        let end = value + text[value..].find([',', '}']).ok_or("no end")?;
        let (head, tail) = (
            &bytes[..bytes_at(&text, begin)],
            &bytes[bytes_at(&text, end)..],
        );
        let mut forged = [head, promise.as_bytes(), tail].concat();
        let length =
            u32::from_le_bytes(forged[20..24].try_into()?) as usize + forged.len() - bytes.len();
        forged[20..24].copy_from_slice(&u32::try_from(length)?.to_le_bytes());
        fs::write(&path, forged)?;
        let error = Exact::open(&path).expect_err("a forged header");
        assert!(
            error.to_string().contains(&format!("{place}: expected")),
            "{promise}: {error}"
        );
    }
    Ok(())
}

/// The place in the bytes of a place in their text, in which other bytes may have become longer.
fn bytes_at(text: &str, at: usize) -> usize {
    text[..at]
        .chars()
        .map(|c| if c == '\u{FFFD}' { 1 } else { c.len_utf8() })
        .sum()
}

#[test]
fn of_equally_near_vectors_the_lowest_rows_are_found() -> Done {
    let folder = tempfile::tempdir()?;
    let vectors = vec![vec![3.0, 4.0]; 50];
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let index = build(&folder.path().join("index"), metric, &vectors)?;
        let found = nearest(&index, &[4.0, 3.0], 7)?;
        let rows: Vec<u32> = found.iter().map(|neighbour| neighbour.row).collect();
        assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6]);
    }
    Ok(())
}

#[test]
fn an_empty_index_has_no_neighbours() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("index");
    let builder = Builder::new(description(2, Metric::Cosine))?;
    builder.write(Output::begin(&path, Exact::KIND)?)?;
    let index = Exact::open(&path)?;
    assert_eq!(
        (index.count(), nearest(&index, &[1.0, 0.0], 3)?),
        (0, Vec::new())
    );
    Ok(())
}

#[test]
fn vectors_without_a_place_among_others_are_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let index = build(
        &folder.path().join("index"),
        Metric::Cosine,
        &[vec![1.0, 2.0]],
    )?;
    let mut builder = Builder::new(description(2, Metric::Cosine))?;
    for (vector, complaint) in [
        (
            &[f32::NAN, 1.0][..],
            "expected finite numbers, found NaN at 0",
        ),
        (
            &[1.0, f32::INFINITY],
            "expected finite numbers, found inf at 1",
        ),
        (
            &[0.0, -0.0],
            "expected a vector that has an angle, found zeros alone",
        ),
        (&[1.0, 2.0, 3.0], "expected 2 numbers, found 3"),
    ] {
        let error = nearest(&index, vector, 1).expect_err(complaint);
        assert_eq!(error.to_string(), format!("query: {complaint}"));
        let payload = [Value::Integer(0), Value::from("oval")];
        let error = builder.push(vector, &payload).expect_err(complaint);
        assert_eq!(error.to_string(), format!("vector 0: {complaint}"));
    }
    let mut builder = Builder::new(description(2, Metric::Euclidean))?;
    builder.push(&[0.0, 0.0], &[Value::Integer(0), Value::from("oval")])?;
    Ok(())
}

#[test]
fn payloads_and_conditions_are_of_the_fields_kinds() -> Done {
    let folder = tempfile::tempdir()?;
    let index = build(
        &folder.path().join("index"),
        Metric::Cosine,
        &[vec![1.0, 2.0]],
    )?;
    for (condition, complaint) in [
        (
            Condition::new("driver", ["toad"]),
            "condition: expected a field of row, course, found driver",
        ),
        (
            Condition::new("course", [7]),
            "condition, course: expected a text, found an integer",
        ),
    ] {
        let error = nearest_where(&index, &[1.0, 2.0], 1, &[condition]).expect_err(complaint);
        assert_eq!(error.to_string(), complaint);
    }
    let elsewhere = [Condition::new("course", ["rainbow road"])];
    assert!(nearest_where(&index, &[1.0, 2.0], 1, &elsewhere)?.is_empty());
    assert_eq!(index.texts("course")?, ["oval"]);

    let mut builder = Builder::new(description(2, Metric::Cosine))?;
    for (payload, complaint) in [
        (
            vec![Value::Integer(1)],
            "vector 0: expected 2 values of payload, found 1",
        ),
        (
            vec![Value::from("1"), Value::from("oval")],
            "vector 0, row: expected an integer, found a text",
        ),
    ] {
        let error = builder.push(&[1.0, 2.0], &payload).expect_err(complaint);
        assert_eq!(error.to_string(), complaint);
    }
    Ok(())
}

#[test]
fn an_index_of_another_kind_is_refused_by_name() {
    let ours = description(1280, Metric::Cosine);
    let require = |change: fn(&mut Embedding), metric| {
        let mut wanted = ours.embedding.clone();
        change(&mut wanted);
        ours.require("race.index", &wanted, metric)
            .map_err(|error| error.to_string())
    };
    assert_eq!(require(|_| {}, Metric::Cosine), Ok(()));
    let refused = |place, expected, found| {
        Err(format!(
            "race.index: {place}: expected {expected}, found {found}"
        ))
    };
    assert_eq!(
        require(
            |wanted| wanted.embedder = "resnet50".to_owned(),
            Metric::Cosine
        ),
        refused("embedder", "resnet50", "mobilenet_v2")
    );
    assert_eq!(
        require(|wanted| wanted.weights_sha256 = None, Metric::Cosine),
        refused("SHA-256 of the weights", "none", "b035")
    );
    assert_eq!(
        require(
            |wanted| wanted.preprocessing = "64x64".to_owned(),
            Metric::Cosine
        ),
        refused("preprocessing", "64x64", "224x224")
    );
    assert_eq!(
        require(|wanted| wanted.dimension = 2048, Metric::Cosine),
        refused("dimension", "2048", "1280")
    );
    assert_eq!(
        require(|_| {}, Metric::Euclidean),
        refused("metric", "euclidean", "cosine")
    );
}

#[test]
fn an_index_that_cannot_be_is_refused() {
    let refused = |change: fn(&mut Description)| {
        let mut description = description(2, Metric::Cosine);
        change(&mut description);
        Builder::new(description).expect_err("no index").to_string()
    };
    assert_eq!(
        refused(|it| it.embedding.dimension = 0),
        "dimension: expected 1 to 16384, found 0"
    );
    assert_eq!(
        refused(|it| it.fields.push(Field::new("row", Kind::Text))),
        "fields: expected different names, found row twice"
    );
}

#[test]
fn a_file_of_another_kind_is_refused_and_kept() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("notes.txt");
    fs::write(&path, "not an index")?;
    let error = Exact::open(&path).expect_err("a text");
    assert!(
        error
            .to_string()
            .ends_with("kind: expected an index of kartscope's, found another file")
    );
    assert!(Output::begin(&path, Exact::KIND).is_err());
    assert_eq!(fs::read(&path)?, b"not an index");
    Ok(())
}
