//! Drivers of nearest neighbours, on pictures that tell what to do: a bright column stands where the stick is held.
#![cfg(feature = "torch")]

use std::fs;
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use env_core::Driver;
use env_kart::observation::Observation;
use learn::dataset::{
    Console, Dataset, Encoding, Held, PictureFormat, RgbImage, Row, Rows, Schema, Source, Writer,
};
use learn::device::Device;
use learn::embed::{self, Embedder, Embedding, Picture, Pixels};
use learn::model::{CARD, Model};
use learn::neighbours::{self, Engine, Fallback, Making, Player, Settings, Weighting};
use tempfile::{TempDir, tempdir};

const FORMAT: PictureFormat = PictureFormat {
    width: 32,
    height: 24,
    encoding: Encoding::Png,
};
/// Columns of a picture that the bright one is at: a row's step, the stick's way from the left.
const COLUMNS: u32 = 16;

fn picture(column: u32) -> RgbImage {
    RgbImage::from_fn(FORMAT.width, FORMAT.height, |x, _| {
        let distance = x.abs_diff(2 * column) as u8;
        image::Rgb([255 - distance * 8; 3])
    })
}

/// What is held where the bright column is there: A, and R on the right half.
fn held(column: u32) -> Held {
    let r = if column >= COLUMNS / 2 { 1 << 12 } else { 0 };
    Held {
        buttons: 1 << 7 | r,
        stick: [(column as i16 * 10 - 80) as i8, 0],
    }
}

fn seen(column: u32) -> Observation {
    Observation {
        bytes: picture(column).into_raw(),
        ..Observation::default()
    }
}

fn schema(format: PictureFormat) -> Schema {
    let schema = Schema::of_pictures(format).expect("valid pictures");
    let steps = NonZeroU32::new(12).expect("not 0");
    schema.on(Console::N64).with_frames_per_step(steps)
}

/// A dataset of two movies, in which the bright column goes from left to right, and back.
fn dataset() -> (TempDir, Dataset) {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema(FORMAT)).expect("a new dataset");
    for (name, course, back) in [("there.m64", "lr", false), ("back.m64", "mmf", true)] {
        let mut rows = Rows::new(&schema(FORMAT));
        for step in 0..COLUMNS {
            let column = if back { COLUMNS - 1 - step } else { step };
            rows.push(&Row {
                frame: step * 12,
                picture: Some(&FORMAT.encode(&picture(column)).expect("encoded")),
                held: held(column),
                ..Row::default()
            });
        }
        let mut source = Source {
            movie: name.to_owned(),
            movie_sha256: name.to_owned(),
            ..Source::default()
        };
        source.game.course_name = course.to_owned();
        writer.add(source, &rows).expect("added");
    }
    let dataset = Dataset::open(folder.path()).expect("a whole dataset");
    (folder, dataset)
}

/// Comparing small grey pictures.
fn making<'a>(settings: &'a Settings, engine: &'a Engine) -> Making<'a> {
    Making {
        embedder: "pixels",
        weights: None,
        settings,
        engine,
        threads: NonZeroUsize::new(2).expect("not 0"),
    }
}

fn train(settings: &Settings, folder: &Path) -> learn::Result<()> {
    train_for(&Engine::Exact, settings, folder)
}

fn train_for(engine: &Engine, settings: &Settings, folder: &Path) -> learn::Result<()> {
    let (_folder, dataset) = dataset();
    let card = neighbours::train(
        &[dataset],
        &making(settings, engine),
        folder,
        &mut |done, total| {
            assert!(done <= total && total == u64::from(2 * COLUMNS));
            ControlFlow::Continue(())
        },
    )?;
    assert!(card.is_some());
    Ok(())
}

fn player(settings: &Settings) -> (TempDir, Player) {
    let folder = tempdir().expect("a folder");
    train(settings, folder.path()).expect("trained");
    let player = Player::load(folder.path()).expect("a model");
    (folder, player)
}

fn neighbours_of(count: u32) -> Settings {
    Settings {
        neighbours: NonZeroU32::new(count).expect("not 0"),
        ..Settings::default()
    }
}

#[test]
fn what_was_done_in_the_same_picture_is_done_again() {
    let (_folder, mut player) = player(&neighbours_of(2));
    player.reset();
    for column in 0..COLUMNS {
        let done = player.act(&seen(column)).expect("decided");
        assert_eq!(done, held(column), "column {column}");
        let nearest = player.neighbours();
        assert_eq!(nearest.len(), 2, "one of each movie");
        assert!(nearest.iter().all(|it| it.distance < 1e-6), "{nearest:?}");
    }
}

#[test]
fn many_neighbours_are_averaged_and_the_nearer_count_more() {
    // Beside the first column, the nearest ones are all on its right.
    let held_by = |weighting, column| {
        let settings = Settings {
            weighting,
            ..neighbours_of(10)
        };
        let (_folder, mut player) = player(&settings);
        player.act(&seen(column)).expect("decided").stick[0]
    };
    let at_the_edge = held(0).stick[0];
    let mean = held_by(Weighting::Uniform, 0);
    let weighted = held_by(Weighting::Distance, 0);
    assert!(mean > at_the_edge + 5, "{mean}");
    assert!((at_the_edge..mean).contains(&weighted), "{weighted}");
}

#[test]
fn rows_of_waiting_decide_only_where_they_are_wanted() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema(FORMAT)).expect("a new dataset");
    let add = |writer: &mut Writer, name: &str, waits: u32| {
        let mut rows = Rows::new(&schema(FORMAT));
        for step in 0..COLUMNS {
            let waited = Held {
                stick: [50, 0],
                ..Held::default()
            };
            rows.push(&Row {
                frame: step * 12,
                picture: Some(&FORMAT.encode(&picture(step)).expect("encoded")),
                held: if step < waits { waited } else { held(step) },
                ..Row::default()
            });
        }
        let source = Source {
            movie: name.to_owned(),
            movie_sha256: name.to_owned(),
            ..Source::default()
        };
        writer.add(source, &rows).expect("added");
    };
    let decided = |waiting| {
        let dataset = Dataset::open(folder.path()).expect("a whole dataset");
        let settings = Settings {
            waiting,
            ..neighbours_of(1)
        };
        let model = tempdir().expect("a folder");
        let go_on = &mut |_, _| ControlFlow::Continue(());
        let making = making(&settings, &Engine::Exact);
        neighbours::train(&[dataset], &making, model.path(), go_on)?;
        let mut player = Player::load(model.path())?;
        player.act(&seen(0))
    };
    add(&mut writer, "all", COLUMNS);
    let refused = decided(false).expect_err("no button is ever held");
    assert!(refused.to_string().contains("no row in which"), "{refused}");
    add(&mut writer, "three", 3);
    assert_eq!(
        decided(false).expect("it decides"),
        held(3),
        "the first one that drives"
    );
    assert_eq!(decided(true).expect("it decides").buttons, 0);
}

#[test]
fn only_rows_of_the_wanted_courses_and_movies_decide() {
    for settings in [
        Settings {
            courses: vec!["mmf".to_owned()],
            ..neighbours_of(2)
        },
        Settings {
            movies: vec!["back.m64".to_owned()],
            ..neighbours_of(2)
        },
    ] {
        let (_folder, mut player) = player(&settings);
        player.act(&seen(3)).expect("decided");
        let movies = player
            .neighbours()
            .iter()
            .map(|it| it.payload[0].to_string());
        assert!(movies.clone().count() == 2 && movies.into_iter().all(|it| it == "back.m64"));
    }
}

#[test]
fn a_run_is_followed_until_it_is_left_and_not_into_the_next() {
    let settings = Settings {
        follow: 3,
        drift: 1e9,
        movies: vec!["there.m64".to_owned()],
        ..neighbours_of(1)
    };
    let (_folder, mut followed) = player(&settings);
    // The picture stays at the fourth column, and the run goes on for three steps; an exact match allows no distance, so that
    // the picture is a little off.
    let mut off = picture(4);
    off.put_pixel(0, 0, image::Rgb([200; 3]));
    let seen = Observation {
        bytes: off.into_raw(),
        ..Observation::default()
    };
    let mut sticks = Vec::new();
    for _ in 0..5 {
        sticks.push(followed.act(&seen).expect("decided").stick[0]);
    }
    let expected = [4, 5, 6, 7, 4].map(|column| held(column).stick[0]);
    assert_eq!(sticks, expected);

    let narrow = Settings {
        drift: 1.0,
        ..settings.clone()
    };
    let (_folder, mut narrow) = player(&narrow);
    let sticks = [(); 2].map(|()| narrow.act(&seen).expect("decided").stick[0]);
    assert_eq!(sticks, [held(4).stick[0]; 2], "it has drifted away at once");

    let (_folder, mut last) = player(&settings);
    for _ in 0..2 {
        let mut at_the_end = picture(COLUMNS - 1);
        at_the_end.put_pixel(0, 0, image::Rgb([9; 3]));
        let seen = Observation {
            bytes: at_the_end.into_raw(),
            ..Observation::default()
        };
        let done = last.act(&seen).expect("decided");
        assert_eq!(
            done,
            held(COLUMNS - 1),
            "the next movie is no part of the run"
        );
    }
}

#[test]
fn far_from_all_the_fallback_decides() {
    let done = |fallback| {
        let settings = Settings {
            farthest: Some(0.001),
            fallback,
            ..neighbours_of(1)
        };
        let (_folder, mut player) = player(&settings);
        let near = player.act(&seen(9)).expect("decided");
        assert_eq!(near, held(9));
        let checks = RgbImage::from_fn(FORMAT.width, FORMAT.height, |x, y| {
            image::Rgb([if (x + y) % 8 < 4 { 255 } else { 1 }; 3])
        });
        let strange = Observation {
            bytes: checks.into_raw(),
            ..Observation::default()
        };
        player.act(&strange).expect("decided")
    };
    assert_eq!(done(Fallback::Repeat), held(9));
    assert_eq!(done(Fallback::Release), Held::default());
    assert_ne!(done(Fallback::Nearest), Held::default());
}

#[test]
fn earlier_pictures_tell_alike_ones_apart() {
    // Both movies show the same pictures; only those before tell which way the column goes.
    let settings = Settings {
        pictures: NonZeroU32::new(2).expect("not 0"),
        ..neighbours_of(1)
    };
    let (_folder, mut player) = player(&settings);
    for (first, movie) in [(6, "there.m64"), (8, "back.m64")] {
        player.reset();
        player.act(&seen(first)).expect("decided");
        player.act(&seen(7)).expect("decided");
        assert_eq!(player.neighbours()[0].payload[0].to_string(), movie);
    }
}

#[test]
fn a_model_is_made_again_in_its_folder_and_nowhere_else() {
    let folder = tempdir().expect("a folder");
    train(&neighbours_of(2), folder.path()).expect("trained");
    train(&neighbours_of(3), folder.path()).expect("trained again");
    let model = Model::load(folder.path(), Device::Cpu).expect("a model");
    let player = model.player().expect("of neighbours");
    assert_eq!(player.card().settings, neighbours_of(3));
    let other = tempdir().expect("a folder");
    fs::write(other.path().join(CARD), r#"{"format": "kartscope-model"}"#).expect("written");
    let refused = train(&neighbours_of(2), other.path()).expect_err("another model");
    assert!(
        refused
            .to_string()
            .contains("format: expected kartscope-neighbours")
    );
}

#[test]
fn damaged_models_and_other_pictures_are_named() {
    let (folder, _) = player(&neighbours_of(2));
    let card = folder.path().join(CARD);
    let index = folder.path().join("neighbours.index");
    let (good_card, good_index) = (
        fs::read_to_string(&card).expect("a card"),
        fs::read(&index).expect("an index"),
    );
    let refused = || match Player::load(folder.path()) {
        Ok(_) => panic!("a damaged model"),
        Err(error) => error.to_string(),
    };
    for (from, to, word) in [
        (r#""neighbours": 2"#, r#""neighbours": 0"#, "neighbours"),
        (r#""dimension": 768"#, r#""dimension": 767"#, "dimension"),
        (
            r#""metric": "cosine""#,
            r#""metric": "euclidean""#,
            "metric",
        ),
        (r#""embedder": "pixels""#, r#""embedder": "faces""#, "faces"),
        ("neighbours.index", "../neighbours.index", "plain file name"),
    ] {
        assert!(good_card.contains(from), "{from} in {good_card}");
        fs::write(&card, good_card.replace(from, to)).expect("written");
        let said = refused();
        assert!(said.contains(word), "{word} in {said}");
    }
    fs::write(&card, &good_card).expect("written");
    let mut damaged = good_index.clone();
    // Of what is read when the index is opened; the vectors are checked when they are read.
    damaged[64] ^= 1;
    fs::write(&index, damaged).expect("written");
    assert!(refused().contains("neighbours.index"));
    fs::write(&index, good_index).expect("written");

    let mut player = Player::load(folder.path()).expect("a model");
    let small = Observation {
        bytes: vec![0; 30],
        ..Observation::default()
    };
    player.act(&small).expect_err("another size");
}

#[test]
fn datasets_without_pictures_and_of_other_sizes_are_refused() {
    let (_one, first) = dataset();
    let folder = tempdir().expect("a folder");
    let wide = PictureFormat {
        width: 40,
        ..FORMAT
    };
    let mut writer = Writer::open(folder.path(), &schema(wide)).expect("a new dataset");
    let mut rows = Rows::new(&schema(wide));
    rows.push(&Row {
        picture: Some(&wide.encode(&RgbImage::new(40, 24)).expect("encoded")),
        ..Row::default()
    });
    writer.add(Source::default(), &rows).expect("added");
    let second = Dataset::open(folder.path()).expect("a dataset");
    let model = tempdir().expect("a folder");
    let train = |datasets: &[Dataset]| {
        let settings = Settings::default();
        let making = making(&settings, &Engine::Exact);
        let go_on = &mut |_, _| ControlFlow::Continue(());
        neighbours::train(datasets, &making, model.path(), go_on)
    };
    let refused = train(&[first, second]).expect_err("two sizes").to_string();
    assert!(
        refused.contains("32 x 24") && refused.contains("40 x 24"),
        "{refused}"
    );
    assert!(!model.path().join(CARD).exists());
    let refused = train(&[]).expect_err("nothing").to_string();
    assert!(refused.contains("no rows"), "{refused}");
}

/// An embedder that counts the pictures that all of its kind see.
struct Counting {
    pixels: Pixels,
    seen: Arc<AtomicUsize>,
}

impl Embedder for Counting {
    fn embedding(&self) -> &Embedding {
        self.pixels.embedding()
    }

    fn embed(&mut self, pictures: &[Picture<'_>]) -> learn::Result<Vec<Vec<f32>>> {
        self.seen.fetch_add(pictures.len(), Ordering::Relaxed);
        self.pixels.embed(pictures)
    }
}

/// An index's bytes, and how many pictures were embedded for it.
fn index_of(datasets: &[Dataset], settings: &Settings) -> (Vec<u8>, usize) {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("pictures.index");
    let seen = Arc::new(AtomicUsize::new(0));
    let embedder = |_| -> Box<dyn Embedder + Send> {
        Box::new(Counting {
            pixels: Pixels::new(),
            seen: Arc::clone(&seen),
        })
    };
    let mut embedders: Vec<_> = (0..2).map(embedder).collect();
    let mut last = 0;
    let built = neighbours::build(datasets, &mut embedders, settings, &mut |done, _| {
        last = done;
        ControlFlow::Continue(())
    });
    let builder = built.expect("built").expect("not ended");
    let rows = datasets.iter().flat_map(Dataset::movies);
    assert_eq!(last, rows.map(|movie| movie.rows).sum::<u64>());
    let output = outputs::Output::begin(&path, search::Exact::KIND).expect("begun");
    builder.write(output).expect("written");
    let seen = seen.load(Ordering::Relaxed);
    (fs::read(path).expect("an index"), seen)
}

#[test]
fn an_index_of_a_dataset_s_own_vectors_is_that_of_its_pictures() {
    let settings = Settings {
        pictures: NonZeroU32::new(2).expect("not 0"),
        actions: 1,
        ..Settings::default()
    };
    let [(_one, plain), (_two, partly), (folder, whole)] = [(); 3].map(|()| dataset());
    let add =
        |dataset: &Dataset, most: u64| {
            let mut embedders: Vec<Box<dyn Embedder + Send>> = vec![Box::new(Pixels::new())];
            let added = embed::add_to(dataset, &mut embedders, false, &mut |done, _| match done
                > most
            {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            });
            added.expect("added");
            Dataset::open(dataset.folder()).expect("a dataset")
        };
    let of_a_movie = u64::from(COLUMNS);
    let partly = add(&partly, of_a_movie);
    let whole = add(&whole, 2 * of_a_movie);
    let (expected, seen) = index_of(&[plain], &settings);
    assert_eq!(seen, 2 * COLUMNS as usize);
    for (dataset, embedded) in [(partly, COLUMNS as usize), (whole, 0)] {
        let (found, seen) = index_of(std::slice::from_ref(&dataset), &settings);
        assert_eq!(seen, embedded);
        assert!(found == expected, "another index");
    }
    // Those of another preprocessing are no substitute.
    let manifest = folder.path().join(learn::dataset::MANIFEST);
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replace("32x24 bilinear", "32x24 nearest")).expect("written");
    let dataset = Dataset::open(folder.path()).expect("a dataset");
    let mut embedders: Vec<Box<dyn Embedder + Send>> = vec![Box::new(Pixels::new())];
    let never = &mut |_: u64, _: u64| -> ControlFlow<()> { panic!("something was embedded") };
    let refused = neighbours::build(&[dataset], &mut embedders, &settings, never);
    let said = refused.expect_err("other vectors").to_string();
    assert!(
        said.contains("preprocessing: expected 32x24 bilinear") && said.contains("nearest"),
        "{said}"
    );
}

/// Makes a driver of another engine, again where the exact one's was.
#[cfg(feature = "qdrant-edge")]
#[test]
fn another_engine_finds_the_same_neighbours() {
    let settings = Settings {
        follow: 2,
        ..neighbours_of(3)
    };
    let (_folder, mut exact) = player(&settings);
    let folder = tempdir().expect("a folder");
    for _ in 0..2 {
        train_for(&Engine::Edge, &settings, folder.path()).expect("trained");
    }
    let mut edge = Player::load(folder.path()).expect("a model");
    for column in [3, 4, 5, 12] {
        let (expected, found) = (exact.act(&seen(column)), edge.act(&seen(column)));
        assert_eq!(expected.expect("decided"), found.expect("decided"));
        let rows =
            |player: &Player| -> Vec<u32> { player.neighbours().iter().map(|it| it.row).collect() };
        assert_eq!(rows(&exact), rows(&edge));
    }
    train(&settings, folder.path()).expect("trained again");
    assert!(!folder.path().join("neighbours.edge").exists());
    Player::load(folder.path()).expect("an exact model");
}

#[cfg(not(any(feature = "qdrant-edge", feature = "qdrant-server")))]
#[test]
fn an_engine_that_the_build_lacks_is_named_before_the_work() {
    for (engine, feature) in [
        ("edge", "qdrant-edge"),
        ("http://localhost:6334", "qdrant-server"),
    ] {
        let folder = tempdir().expect("a folder");
        let engine: Engine = engine.parse().expect("an engine");
        let refused = train_for(&engine, &neighbours_of(1), folder.path()).expect_err("no engine");
        let expected = format!("expected a build with the feature \"{feature}\"");
        assert!(refused.to_string().contains(&expected), "{refused}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
    "faiss".parse::<Engine>().expect_err("no engine of ours");
}
