//! The client of a Qdrant server against a server in this process, and what goes wrong with servers.

mod fake;
mod reference;

use std::net::TcpListener;
use std::ops::ControlFlow;
use std::time::Duration;

use fake::{Fake, Fault};
use proptest::prelude::*;
use qdrant_client::qdrant::{CollectionStatus, OptimizerStatus};
use reference::{Done, assert_same_contents, assert_same_refusals, cases, exact, nearest, random};
use search::{Exact, Metric, Search as _};
use search_qdrant::{Access, Address, Server};
use tonic::Code;

const COLLECTION: &str = "mario_kart_screenshots_mobilenet_v2";

fn address(url: &str) -> Address {
    Address::parse(url, Some("mobilenet_v2")).expect("an address")
}

/// Without pauses.
fn access() -> Access {
    Access {
        attempts: 3,
        pause: Duration::ZERO,
        ..Access::default()
    }
}

fn upload(exact: &Exact, url: &str) -> search::Result<Server> {
    let server = Server::upload(exact, address(url), access(), &mut |_| {
        ControlFlow::Continue(())
    });
    Ok(server?.expect("the work went on"))
}

fn open(url: &str) -> search::Result<Server> {
    Server::open(address(url), access())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn neighbours_are_those_of_a_search_over_all(case in cases()) {
        let folder = tempfile::tempdir()?;
        let fake = Fake::start();
        let exact = exact(&folder.path().join("exact"), case.metric, &case.vectors)?;
        let server = upload(&exact, &fake.url)?;
        for engine in [&exact as &dyn search::Search, &server] {
            case.assert_found(engine).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
    }
}

#[test]
fn a_collection_holds_what_the_exact_index_holds_also_when_it_is_opened_again() -> Done {
    let folder = tempfile::tempdir()?;
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let fake = Fake::start();
        let exact = exact(&folder.path().join("exact"), metric, &random(50, 2, 1))?;
        assert_same_contents(&upload(&exact, &fake.url)?, &exact)?;
        let server = open(&fake.url)?;
        assert_same_contents(&server, &exact)?;
        if metric == Metric::Cosine {
            assert_same_refusals(&server, &exact);
        }
        let fields = fake.state().collections[COLLECTION].fields.clone();
        assert_eq!(fields.into_iter().collect::<Vec<_>>(), ["course", "lap"]);
    }
    Ok(())
}

#[test]
fn an_interrupted_upload_goes_on_with_the_batch_in_which_it_stopped() -> Done {
    let folder = tempfile::tempdir()?;
    let fake = Fake::start();
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(1000, 700, 2),
    )?;
    let batch = (1 << 20) / (4 * 700);
    let mut steps = Vec::new();
    let ended = Server::upload(&exact, address(&fake.url), access(), &mut |done| {
        steps.push(done);
        match steps.len() {
            2 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    })?;
    assert!(ended.is_none());
    assert_eq!(steps, [batch, 2 * batch]);
    // Half a collection is no index.
    let error = open(&fake.url).expect_err("a part").to_string();
    let expected = format!(
        "{}/{COLLECTION}: points: expected 1000, found {}",
        fake.url,
        2 * batch
    );
    assert_eq!(error, expected);
    // The server had only a part of the second batch.
    fake.state()
        .collection(COLLECTION)?
        .points
        .retain(|id, _| *id < batch || *id % 2 == 0);
    fake.state().added.clear();
    assert_same_contents(&upload(&exact, &fake.url)?, &exact)?;
    let again = fake.state().added[0][0];
    assert_eq!(again, batch);
    // A whole collection is taken as it is.
    fake.state().added.clear();
    upload(&exact, &fake.url)?;
    assert!(
        fake.state()
            .added
            .iter()
            .flatten()
            .all(|id| *id >= 1000 - 1000 % batch)
    );
    Ok(())
}

#[test]
fn a_server_that_is_away_for_a_while_is_asked_again() -> Done {
    let folder = tempfile::tempdir()?;
    let fake = Fake::start();
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(20, 2, 3),
    )?;
    let server = upload(&exact, &fake.url)?;
    // The client itself asks twice each time.
    fake.state().faults = [Fault::Refusal(Code::Unavailable); 4].into();
    assert_eq!(
        nearest(&server, &[1.0, 2.0], 5, &[])?,
        nearest(&exact, &[1.0, 2.0], 5, &[])?
    );
    assert!(fake.state().faults.is_empty());
    // A refusal is final.
    fake.state().faults = [Fault::Refusal(Code::InvalidArgument); 2].into();
    nearest(&server, &[1.0, 2.0], 5, &[]).expect_err("a refusal");
    assert_eq!(fake.state().faults.len(), 1);
    Ok(())
}

#[test]
fn servers_that_cannot_serve_are_named_with_what_was_expected() -> Done {
    let folder = tempfile::tempdir()?;
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(20, 2, 4),
    )?;
    let complaint = |error: search::Error, url: &str, complaint: &str| {
        let error = error.to_string();
        let begin = format!("{url}/{COLLECTION}: ");
        assert!(
            error.starts_with(&begin) && error.contains(complaint),
            "{complaint}: {error}"
        );
    };

    let away = {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        format!("http://{}", listener.local_addr()?)
    };
    complaint(
        open(&away).expect_err("away"),
        &away,
        "expected a Qdrant server, which listens for gRPC, found none",
    );

    let fake = Fake::start();
    fake.state().faults = [Fault::Silence; 4].into();
    let hasty = Access {
        timeout: Duration::from_millis(250),
        attempts: 2,
        ..access()
    };
    let slow = Server::open(address(&fake.url), hasty).expect_err("slow");
    complaint(
        slow,
        &fake.url,
        "expected an answer within 0.25 s, found none",
    );

    let fake = Fake::start();
    complaint(
        open(&fake.url).expect_err("empty"),
        &fake.url,
        "collection: expected an index, found no such collection",
    );

    let fake = Fake::start();
    fake.state().room = Some(13);
    complaint(
        upload(&exact, &fake.url).expect_err("full"),
        &fake.url,
        "cannot add points: expected a server with room, found a full one: No space left",
    );
    fake.state().room = None;
    assert_same_contents(&upload(&exact, &fake.url)?, &exact)?;

    fake.state().key = Some("open sesame".to_owned());
    complaint(
        open(&fake.url).expect_err("no key"),
        &fake.url,
        "expected the server's API key in QDRANT_API_KEY, found none: ",
    );
    let with = |key: &str| Access {
        key: Some(key.to_owned()),
        ..access()
    };
    let wrong = Server::open(address(&fake.url), with("hunter2")).expect_err("a wrong key");
    assert!(!wrong.to_string().contains("hunter2"));
    complaint(
        wrong,
        &fake.url,
        "expected the server's API key in QDRANT_API_KEY, found another: ",
    );
    Ok(())
}

#[test]
fn the_right_key_opens_and_no_key_is_ever_printed() -> Done {
    let folder = tempfile::tempdir()?;
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(20, 2, 5),
    )?;
    let fake = Fake::start();
    fake.state().key = Some("sesame".to_owned());
    let with = |key: &str| Access {
        key: Some(key.to_owned()),
        ..access()
    };
    let progress = &mut |_| ControlFlow::Continue(());
    let server = Server::upload(&exact, address(&fake.url), with("sesame"), progress)?;
    let server = server.expect("the work went on");
    assert!(!format!("{server:?}").contains("sesame"));
    for key in ["", "two words", "line\n", "Schlüssel"] {
        let error = Server::open(address(&fake.url), with(key))
            .expect_err("no key")
            .to_string();
        assert_eq!(
            error,
            "QDRANT_API_KEY: expected an API key of visible ASCII characters, found others"
        );
    }
    Ok(())
}

#[test]
fn a_collection_of_something_else_is_refused_and_kept() -> Done {
    let folder = tempfile::tempdir()?;
    let fake = Fake::start();
    let build = |name: &str, metric, vectors: &[Vec<f32>]| {
        exact(&folder.path().join(name), metric, vectors)
    };
    let ours = build("ours", Metric::Cosine, &random(20, 2, 6))?;
    upload(&ours, &fake.url)?;
    let refused = |exact: &Exact| {
        let error = upload(exact, &fake.url)
            .expect_err("another index")
            .to_string();
        error
            .strip_prefix(&format!("{}/{COLLECTION}: ", fake.url))
            .expect("a name")
            .to_owned()
    };
    let dimension = refused(&build("dimension", Metric::Cosine, &random(20, 3, 6))?);
    assert_eq!(dimension, "dimension: expected 3, found 2");
    let metric = refused(&build("metric", Metric::Euclidean, &random(20, 2, 6))?);
    assert_eq!(metric, "metric: expected euclidean, found cosine");
    let contents = refused(&build("contents", Metric::Cosine, &random(20, 2, 7))?);
    assert!(
        contents.starts_with("contents: expected the index "),
        "{contents}"
    );
    assert_same_contents(&open(&fake.url)?, &ours)?;

    // The article's collection, and one whose vectors were made anew.
    let metadata = |change: &dyn Fn(&mut qdrant_client::qdrant::CollectionConfig)| {
        let before = fake.state().collections[COLLECTION].info.clone();
        let mut state = fake.state();
        let info = &mut state.collection(COLLECTION).expect("ours").info;
        change(info.config.as_mut().expect("a configuration"));
        drop(state);
        let error = open(&fake.url).expect_err("something else").to_string();
        fake.state().collection(COLLECTION).expect("ours").info = before;
        error
    };
    let without = metadata(&|config| config.metadata.clear());
    assert!(
        without.contains("metadata: expected an index of kartscope's, "),
        "{without}"
    );
    let other = metadata(&|config| drop(config.metadata.insert("kartscope".to_owned(), 7.into())));
    assert!(
        other.contains("metadata: expected the description of an index, found "),
        "{other}"
    );
    let vectors =
        metadata(&|config| config.params.as_mut().expect("parameters").vectors_config = None);
    assert!(
        vectors.contains("vectors: expected 2 numbers compared by Cosine, found 0 numbers"),
        "{vectors}"
    );
    Ok(())
}

#[test]
fn a_point_that_is_not_as_the_index_says_is_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let fake = Fake::start();
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(5, 2, 8),
    )?;
    let server = upload(&exact, &fake.url)?;
    let name = format!("{}/{COLLECTION}: ", fake.url);
    let set = |id: u64, change: &dyn Fn(&mut qdrant_client::qdrant::PointStruct)| {
        let mut state = fake.state();
        let points = &mut state.collection(COLLECTION).expect("ours").points;
        change(points.get_mut(&id).expect("a point"));
    };
    set(0, &|point| drop(point.payload.remove("lap")));
    set(1, &|point| {
        drop(point.payload.insert("course".to_owned(), 7.into()))
    });
    set(2, &|point| point.vectors = Some(vec![1.0, 2.0, 3.0].into()));
    let refused = |row| server.row(row).expect_err("a bad point").to_string();
    assert_eq!(
        refused(0),
        format!("{name}point 0, lap: expected an integer, found none")
    );
    assert_eq!(
        refused(1),
        format!("{name}point 1, course: expected a text, found none")
    );
    assert_eq!(
        refused(2),
        format!("{name}point 2, vector: expected 2 numbers, found 3")
    );
    fake.state().collection(COLLECTION)?.points.remove(&3);
    assert_eq!(
        refused(3),
        format!("{name}point 3: expected a point, found none")
    );
    Ok(())
}

#[test]
fn the_graph_says_how_far_it_is() -> Done {
    let folder = tempfile::tempdir()?;
    let fake = Fake::start();
    let exact = exact(
        &folder.path().join("exact"),
        Metric::Cosine,
        &random(20, 2, 9),
    )?;
    let server = upload(&exact, &fake.url)?;
    let set = |status: CollectionStatus, indexed| {
        let mut state = fake.state();
        let info = &mut state.collection(COLLECTION).expect("ours").info;
        info.set_status(status);
        info.indexed_vectors_count = Some(indexed);
        info.optimizer_status = Some(OptimizerStatus {
            ok: false,
            error: "no memory".to_owned(),
        });
    };
    let below = "0 of 20 vectors are in Qdrant's graph; the others are too few for it, and are searched one by one";
    for (status, indexed, expected) in [
        (CollectionStatus::Green, 0, below),
        (
            CollectionStatus::Yellow,
            15,
            "15 of 20 vectors are in Qdrant's graph; it adds more",
        ),
        (
            CollectionStatus::Green,
            20,
            "20 of 20 vectors are in Qdrant's graph",
        ),
    ] {
        set(status, indexed);
        assert_eq!(server.graph()?.to_string(), expected);
    }
    set(CollectionStatus::Red, 0);
    let error = server.graph().expect_err("no graph").to_string();
    assert_eq!(
        error,
        format!(
            "{}/{COLLECTION}: cannot build the graph: no memory",
            fake.url
        )
    );
    Ok(())
}

#[test]
fn addresses_are_read_and_others_refused() {
    let parse = |text| Address::parse(text, Some("resnet50")).map(|address| address.to_string());
    for (text, expected) in [
        (
            "http://localhost",
            "http://localhost:6334/mario_kart_screenshots_resnet50",
        ),
        (
            "http://localhost:7000/",
            "http://localhost:7000/mario_kart_screenshots_resnet50",
        ),
        ("https://a.example/laps", "https://a.example:6334/laps"),
        (
            "http://[::1]",
            "http://[::1]:6334/mario_kart_screenshots_resnet50",
        ),
        ("http://[::1]:1/laps/", "http://[::1]:1/laps"),
    ] {
        assert_eq!(parse(text).ok().as_deref(), Some(expected));
    }
    for text in [
        "localhost:6334",
        "ftp://localhost",
        "http://",
        "http://:6334",
        "http://localhost:port",
        "http://localhost:70000",
        "http://user:secret@localhost",
        "http://localhost/a/b",
        "http://localhost/a?b",
    ] {
        parse(text).expect_err(text);
    }
    let error = Address::parse("http://localhost", None).expect_err("no collection");
    assert_eq!(
        error.to_string(),
        "address of a Qdrant server: expected http:// or https://, HOST[:PORT] and /COLLECTION, found http://localhost"
    );
}
