//! Qdrant inside the process against a search over all vectors in 64 bits, and what it refuses.

mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use reference::{
    Done, assert_same_contents, assert_same_refusals, cases, description, exact, nearest, random,
};
use search::{Builder, Exact, Field, Kind, Metric, Search as _};
use search_qdrant::Edge;

/// The exact index of vectors, and the same by Qdrant.
fn both(folder: &Path, metric: Metric, vectors: &[Vec<f32>]) -> search::Result<(Exact, Edge)> {
    let exact = exact(&folder.join("exact"), metric, vectors)?;
    let edge = Edge::build(&exact, &folder.join("edge"), &mut |_| {
        ControlFlow::Continue(())
    })?;
    Ok((exact, edge.expect("the work went on")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn neighbours_are_those_of_a_search_over_all(case in cases()) {
        let folder = tempfile::tempdir()?;
        let (exact, edge) = both(folder.path(), case.metric, &case.vectors)?;
        for engine in [&exact as &dyn search::Search, &edge] {
            case.assert_found(engine).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
    }
}

#[test]
fn an_index_holds_what_the_exact_one_holds_also_when_it_is_opened_again() -> Done {
    let folder = tempfile::tempdir()?;
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let folder = folder.path().join(metric.to_string());
        fs::create_dir(&folder)?;
        let (exact, edge) = both(&folder, metric, &random(50, 7, 1))?;
        assert_same_contents(&edge, &exact)?;
        drop(edge);
        assert_same_contents(&Edge::open(&folder.join("edge"))?, &exact)?;
    }
    Ok(())
}

/// A search writes nothing, so that any number may go on at once.
#[test]
fn several_search_at_once_and_change_no_byte() -> Done {
    let folder = tempfile::tempdir()?;
    let (exact, edge) = both(folder.path(), Metric::Cosine, &random(50, 2, 2))?;
    let path = folder.path().join("edge");
    let before = files(&path)?;
    let other = Edge::open(&path)?;
    assert_eq!(
        nearest(&edge, &[1.0, 2.0], 5, &[])?,
        nearest(&other, &[1.0, 2.0], 5, &[])?
    );
    assert_same_refusals(&other, &exact);
    drop((edge, other));
    assert!(files(&path)? == before);
    Ok(())
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> std::io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => all.extend(files(&path)?),
            false => drop(all.insert(path.clone(), fs::read(&path)?)),
        }
    }
    Ok(all)
}

/// Large enough for the graph, which misses few.
#[test]
fn the_graph_finds_nearly_all_neighbours() -> Done {
    const DIMENSION: usize = 512;
    const NEIGHBOURS: usize = 10;
    let folder = tempfile::tempdir()?;
    // Pictures of a race lie along a line: each is near the ones before and after it.
    let corners = random(120, DIMENSION, 3);
    let between = |at: f32, part: &[Vec<f32>]| {
        let pairs = part[0].iter().zip(&part[1]);
        pairs.map(|(x, y)| x + at * (y - x)).collect::<Vec<f32>>()
    };
    let along = |step: f32| {
        let parts = corners.windows(2);
        parts.flat_map(move |part| (0..50).map(move |n| between((n as f32 + step) / 50.0, part)))
    };
    let (exact, edge) = both(
        folder.path(),
        Metric::Cosine,
        &along(0.0).collect::<Vec<_>>(),
    )?;
    let graph = edge.graph();
    assert_eq!(
        (graph.vectors, graph.indexed),
        (exact.count(), exact.count()),
        "{graph}"
    );
    let mut recalls = Vec::new();
    for query in along(0.4).step_by(60) {
        let expected = nearest(&exact, &query, NEIGHBOURS, &[])?;
        let found = nearest(&edge, &query, NEIGHBOURS, &[])?;
        recalls.push(search::recall(&expected, &found, 1e-6));
    }
    let recall = recalls.iter().sum::<f64>() / recalls.len() as f64;
    assert!(
        recall >= 0.95,
        "recall {recall} over {} queries",
        recalls.len()
    );
    Ok(())
}

#[test]
fn few_vectors_are_in_no_graph() -> Done {
    let folder = tempfile::tempdir()?;
    let (_, edge) = both(folder.path(), Metric::Cosine, &random(20, 4, 4))?;
    let graph = edge.graph().to_string();
    assert!(
        graph.starts_with("0 of 20 vectors are in Qdrant's graph; "),
        "{graph}"
    );
    Ok(())
}

#[test]
fn an_empty_index_has_no_neighbours() -> Done {
    let folder = tempfile::tempdir()?;
    let (exact, edge) = both(folder.path(), Metric::Euclidean, &[])?;
    assert_same_contents(&edge, &exact)?;
    assert!(nearest(&edge, &[1.0, 0.0], 3, &[])?.is_empty());
    Ok(())
}

#[test]
fn work_that_is_ended_leaves_nothing() -> Done {
    let folder = tempfile::tempdir()?;
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(30, 3, 5),
    )?;
    let mut done = 0;
    let built = Edge::build(&exact, &folder.path().join("edge"), &mut |rows| {
        done = rows;
        ControlFlow::Break(())
    })?;
    assert!(built.is_none());
    assert_eq!(done, 30);
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

#[test]
fn what_is_no_index_is_refused_by_name() -> Done {
    let folder = tempfile::tempdir()?;
    let refused = |path: &Path| Edge::open(path).expect_err("no index").to_string();
    let missing = refused(&folder.path().join("missing"));
    assert!(
        missing.starts_with("cannot read ") && missing.contains("missing/index.json"),
        "{missing}"
    );

    let (exact, edge) = both(folder.path(), Metric::Cosine, &random(30, 3, 6))?;
    drop(edge);
    let path = folder.path().join("edge");
    let taken = Edge::build(&exact, &path, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(
        taken,
        Err(search::Error::Output(outputs::Error::Exists { .. }))
    ));

    let card = path.join("index.json");
    let json = fs::read_to_string(&card)?;
    for (from, to, complaint) in [
        (
            "\"version\": 1",
            "\"version\": 2",
            "version: expected 1, found 2",
        ),
        (
            "kartscope-qdrant",
            "other",
            "format: expected kartscope-qdrant, found other",
        ),
        (
            "\"dimension\": 3",
            "\"dimension\": 0",
            "dimension: expected 1 to 16384, found 0",
        ),
        (
            "\"rows\": 30",
            "\"rows\": 31",
            "points: expected 31, found 30",
        ),
        (
            "{",
            "[",
            "contents: expected JSON of an index of Qdrant's, found ",
        ),
    ] {
        fs::write(&card, json.replacen(from, to, 1))?;
        let error = refused(&path);
        assert!(
            error.contains(complaint) && error.contains("edge"),
            "{complaint}: {error}"
        );
    }
    Ok(())
}

/// Qdrant would trust its files.
#[test]
fn a_damaged_or_missing_file_is_refused_by_name() -> Done {
    let folder = tempfile::tempdir()?;
    let (_, edge) = both(folder.path(), Metric::Cosine, &random(30, 3, 7))?;
    drop(edge);
    let path = folder.path().join("edge");
    for (file, bytes) in files(&path.join("segments"))? {
        let name = file.strip_prefix(&path)?.display().to_string();
        let refused = |what: &str| {
            let error = Edge::open(&path).expect_err(what).to_string();
            assert!(
                error.contains(&format!("{name}: expected XXH3-64 ")),
                "{what}: {error}"
            );
        };
        fs::remove_file(&file)?;
        refused("no file");
        let mut damaged = bytes.clone();
        match damaged.last_mut() {
            Some(last) => *last ^= 1,
            None => damaged.push(0),
        }
        fs::write(&file, damaged)?;
        refused("a changed byte");
        fs::write(&file, bytes)?;
    }
    Edge::open(&path)?;
    Ok(())
}

#[test]
fn names_of_fields_with_a_meaning_in_paths_are_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let mut description = description(2, Metric::Cosine);
    description.fields.push(Field::new("a.b", Kind::Integer));
    let path = folder.path().join("exact");
    Builder::new(description)?.write(outputs::Output::begin(&path, Exact::KIND)?)?;
    let edge = folder.path().join("edge");
    let error = Edge::build(&Exact::open(&path)?, &edge, &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(
        error.expect_err("a name").to_string(),
        "name of a field: expected letters, digits, _ and -, found a.b"
    );
    assert!(!edge.exists());
    Ok(())
}
