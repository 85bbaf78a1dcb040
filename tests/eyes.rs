//! Drivers that see pictures, from a movie to a race, and searches for pictures.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use learn::dataset::Dataset;
use serde_json::Value;
use tempfile::TempDir;

use crate::desktop::Window;
use crate::mk64::{driven, on_mk64, replayed};
use crate::program::{Race, fails, files, json, run, stderr, text};

/// A dataset with pictures of the shared race, and a driver of nearest neighbours by small grey pictures.
struct Eyes {
    folder: TempDir,
    movie: PathBuf,
}

impl Eyes {
    /// Those of all tests; `None` where Mupen64Plus is not installed.
    fn get() -> Option<&'static Self> {
        static EYES: OnceLock<Option<Eyes>> = OnceLock::new();
        EYES.get_or_init(|| Some(Self::from(driven()?))).as_ref()
    }

    fn from(movie: PathBuf) -> Self {
        let eyes = Self {
            folder: tempfile::tempdir().expect("a folder"),
            movie,
        };
        let (dataset, model) = (eyes.dataset(), eyes.model());
        let size = ["--size", "80x60", "--every", "200ms"];
        let record = [
            "record",
            text(&eyes.movie),
            "-o",
            text(&dataset),
            "--pictures",
        ];
        json(on_mk64(&[&record[..], &size].concat()));
        let train = ["train", "knn", text(&dataset), "-o", text(&model)];
        json([&train[..], &["--embedder", "pixels", "-k", "1"]].concat());
        eyes
    }

    fn dataset(&self) -> PathBuf {
        self.folder.path().join("dataset")
    }

    fn model(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    /// The file of a row's picture.
    fn picture(&self, row: usize) -> PathBuf {
        let dataset = Dataset::open(self.dataset()).expect("a dataset");
        let rows = dataset.read(0).expect("rows");
        let picture = self.folder.path().join(format!("{row}.png"));
        let shown = rows.picture(row).expect("sound").expect("a picture");
        shown.save(&picture).expect("written");
        picture
    }
}

#[test]
fn a_driver_of_pictures_races_and_its_race_is_replayed() {
    let Some(eyes) = Eyes::get() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("own.m64");
    let (model, movie) = (eyes.model(), &eyes.movie);
    let race = ["eval", text(&model), text(movie), "--movie", text(&own)];
    let short = ["--episodes", "1", "--frame-limit", "1200"];
    let judged = json(on_mk64(&[&race[..], &short].concat()));
    let races = &judged["movies"][0];
    assert_eq!(races["course"], "mmf");
    let progress = races["mean_progress"].as_f64().expect("a number");
    assert!(progress > 0.02, "it has driven {progress} of the race");
    let again = replayed(&own);
    assert_eq!(again["divergence"], Value::Null);
    // Both go through the menus alike.
    let (recorded, driven) = (replayed(movie), &again);
    assert_eq!(recorded["race_from"], driven["race_from"]);
}

#[test]
fn a_picture_of_a_dataset_is_its_own_nearest_neighbour() {
    let Some(eyes) = Eyes::get() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (index, sheet) = (
        folder.path().join("a.index"),
        folder.path().join("sheet.png"),
    );
    let dataset = eyes.dataset();
    let build = ["search", "build", text(&dataset), "-o", text(&index)];
    let built = json([&build[..], &["--embedder", "pixels", "--metric", "l2"]].concat());
    assert_eq!(built, json(["search", "info", text(&index)]));
    assert_eq!(built["metric"], "euclidean");
    assert_eq!(built["courses"][0], "mmf");
    let row = 100;
    let picture = eyes.picture(row);
    let query = ["search", "query", text(&index), text(&picture), "-k", "3"];
    let drawn = ["--dataset", text(&dataset), "--png", text(&sheet)];
    let found = json([&query[..], &drawn].concat());
    let found = found.as_array().expect("neighbours");
    assert_eq!(found.len(), 3);
    assert_eq!(found[0]["row"], row);
    assert_eq!(found[0]["distance"], 0.0);
    let distances = found
        .iter()
        .map(|it| it["distance"].as_f64().expect("a number"));
    assert!(distances.is_sorted());
    // The picture stands twice on the sheet: as the question, and as the nearest one.
    let sheet = image::open(sheet).expect("a picture").to_rgb8();
    let part = |left: u32| image::imageops::crop_imm(&sheet, left, 8, 320, 240).to_image();
    assert!(part(8) == part(336), "the nearest picture is another");
    fails(
        [&query[..], &["-c", "lr"]].concat(),
        &["expected pictures on the given courses, found some on mmf"],
    );
}

#[test]
fn pictures_are_embedded_once_for_all_indexes() {
    let Some(eyes) = Eyes::get() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    // A dataset of its own, since it is changed.
    let dataset = path("dataset");
    fs::create_dir(&dataset).expect("made");
    for file in files(&eyes.dataset()) {
        let name = file.file_name().expect("a name");
        fs::copy(&file, dataset.join(name)).expect("copied");
    }
    let rows = Dataset::open(&dataset).expect("a dataset").movies()[0].rows;
    let build = |name: &str| {
        let index = path(name);
        let build = ["search", "build", text(&dataset), "-o", text(&index)];
        let output = run([&build[..], &["--embedder", "pixels"]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        (fs::read(&index).expect("an index"), stderr(&output))
    };
    let (before, said) = build("before.index");
    assert_eq!(said, "");
    let embed = ["data", "embed", text(&dataset), "--embedder", "pixels"];
    let result = json(embed);
    assert_eq!(result["rows"], rows);
    assert_eq!(
        (&result["embedded"], &result["kept"]),
        (&1.into(), &0.into())
    );
    let again = json(embed);
    assert_eq!((&again["embedded"], &again["kept"]), (&0.into(), &1.into()));
    let vectors = &json(["data", "stats", text(&dataset)])["vectors"][0];
    assert_eq!(vectors["embedder"], "pixels");
    assert_eq!(
        (&vectors["dimension"], &vectors["rows"]),
        (&768.into(), &rows.into())
    );
    let (after, said) = build("after.index");
    assert!(after == before, "another index");
    assert!(
        said.contains(&format!("the vectors of {rows} pictures")),
        "{said}"
    );
    // The driver, too, is the same but for the file that its rows are in.
    let model = path("model");
    let train = [
        "train",
        "knn",
        text(&dataset),
        "-o",
        text(&model),
        "-k",
        "1",
    ];
    json([&train[..], &["--embedder", "pixels"]].concat());
    let index = |model: &Path| fs::read(model.join("neighbours.index")).expect("an index");
    assert!(index(&model) == index(&eyes.model()), "another driver");

    let manifest = dataset.join("manifest.json");
    let text_of = fs::read_to_string(&manifest).expect("a manifest");
    let other = text_of.replace("\"embedder\": \"pixels\"", "\"embedder\": \"faces\"");
    fs::write(&manifest, other).expect("written");
    let words = ["vectors: embedder: expected pixels, found faces"];
    fails(embed, &words);
    fails([&train[..], &["--embedder", "pixels"]].concat(), &words);
    let replaced = json([&embed[..], &["--replace"]].concat());
    assert_eq!(replaced["embedded"], 1);
    assert!(build("replaced.index").0 == before, "another index");
}

#[test]
fn an_embedder_learns_from_pictures_and_its_weights_take_the_place_of_the_installed_ones() {
    let Some(eyes) = Eyes::get() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (dataset, embedder) = (path("dataset"), path("embedder"));
    let record = [
        "record",
        text(&eyes.movie),
        "-o",
        text(&dataset),
        "--pictures",
    ];
    json(on_mk64(
        &[&record[..], &["--size", "80x60", "--every", "2000ms"]].concat(),
    ));
    let train = |epochs: &str| {
        let train = ["train", "embedder", text(&dataset), "-o", text(&embedder)];
        json([&train[..], &["--blocks", "1", "-e", epochs]].concat())
    };
    let short = train("1");
    assert_eq!(short["ending"], "complete");
    let long = train("2");
    let epochs = long["history"].as_array().expect("epochs");
    assert_eq!(epochs.len(), 2);
    assert_eq!(epochs[0], short["history"][0], "the first epoch is kept");

    let weights = long["weights"].as_str().expect("a file");
    let build = |name: &str, options: &[&str]| {
        let index = path(name);
        let build = ["search", "build", text(&dataset), "-o", text(&index)];
        json([&build[..], options].concat())
    };
    let installed = build("installed.index", &[]);
    let tuned = build("tuned.index", &["--weights", weights]);
    assert_eq!(installed["embedder"], tuned["embedder"]);
    assert_ne!(installed["weights_sha256"], tuned["weights_sha256"]);
    let other = ["train", "embedder", text(&dataset), "-o", text(&embedder)];
    fails(
        [&other[..], &["--blocks", "1", "--lr", "0.5"]].concat(),
        &["lr", "expected 0.5, found 0.0001"],
    );
}

#[test]
fn pictures_are_compared_by_what_a_driver_sees_in_them() {
    let Some(eyes) = Eyes::get() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (driver, index) = (folder.path().join("driver"), folder.path().join("a.index"));
    let dataset = eyes.dataset();
    let train = ["train", "pilotnet", text(&dataset), "-o", text(&driver)];
    let short = ["--network", "small", "-e", "1", "--split-ratio", "1"];
    json([&train[..], &short, &["--device", "cpu"]].concat());
    let build = ["search", "build", text(&dataset), "-o", text(&index)];
    let by_driver = ["--embedder", text(&driver), "--metric", "l2"];
    let built = json([&build[..], &by_driver].concat());
    assert_eq!(
        (&built["embedder"], &built["dimension"]),
        (&"small".into(), &64.into())
    );
    let picture = eyes.picture(100);
    let query = ["search", "query", text(&index), text(&picture), "-k", "1"];
    let found = json([&query[..], &["--weights", text(&driver)]].concat());
    assert_eq!(
        (&found[0]["row"], &found[0]["distance"]),
        (&100.into(), &0.0.into())
    );
    fails(query, &["embedder small", "train pilotnet"]);
    let numbers = Race::get().model();
    fails(
        [&build[..], &["--embedder", text(&numbers)]].concat(),
        &["expected a network that sees pictures, found mlp"],
    );
    fails(
        [&build[..], &by_driver, &["--weights", text(&picture)]].concat(),
        &["--weights: expected none"],
    );
    let card = driver.join("model.json");
    fails(
        [
            "search",
            "build",
            text(&dataset),
            "-o",
            text(&card),
            "--embedder",
            text(&driver),
        ],
        &["model.json"],
    );
}

#[test]
fn what_cannot_be_learnt_from_or_driven_is_named() {
    let Some(eyes) = Eyes::get() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (out, numbers) = (path("out"), Race::get().dataset());
    for method in ["knn", "pilotnet"] {
        fails(
            ["train", method, text(&numbers), "-o", text(&out)],
            &["pictures"],
        );
        assert!(!out.join("model.json").exists());
    }
    fails(
        ["data", "embed", text(&numbers), "--embedder", "pixels"],
        &["a dataset with pictures", "found one without"],
    );
    let model = eyes.model();
    let movie = Race::get().movie();
    fails(
        ["eval", text(&model), text(&movie), "--episodes", "1"],
        &["console", "expected ds", "found n64"],
    );
    // A model of another kind is not replaced.
    let cloned = Race::get().model();
    fails(
        [
            "train",
            "knn",
            text(&eyes.dataset()),
            "-o",
            text(&cloned),
            "--embedder",
            "pixels",
        ],
        &["format", "kartscope-neighbours", "kartscope-model"],
    );
    let picture = path("picture.png");
    fs::write(&picture, "no picture").expect("written");
    let index = model.join("neighbours.index");
    fails(
        ["search", "query", text(&index), text(&picture)],
        &["picture.png", "expected a PNG or a JPEG"],
    );
    fails(["search", "info", text(&picture)], &["picture.png"]);
    let copy = path("copy");
    fails(
        ["search", "copy", text(&picture), text(&copy)],
        &["picture.png", "expected an index of kartscope's"],
    );
    #[cfg(not(any(feature = "qdrant-edge", feature = "qdrant-server")))]
    for (place, feature) in [
        (text(&copy), "qdrant-edge"),
        ("http://localhost", "qdrant-server"),
    ] {
        let expected = format!("expected a build with the feature \"{feature}\"");
        fails(["search", "copy", text(&index), place], &[&expected]);
        assert!(!copy.exists());
    }
    // The vectors of two pictures are compared with no single one.
    let stacked = path("stacked");
    let dataset = eyes.dataset();
    let train = ["train", "knn", text(&dataset), "-o", text(&stacked)];
    json([&train[..], &["--embedder", "pixels", "--stack", "2"]].concat());
    let index = stacked.join("neighbours.index");
    fails(
        ["search", "query", text(&index), text(&eyes.picture(3))],
        &["preprocessing", "the last 2 pictures"],
    );
}

#[test]
fn what_an_agent_finds_stands_beside_its_game_and_opens_in_the_viewer() {
    let Some(eyes) = Eyes::get() else { return };
    let (model, dataset) = (eyes.model(), eyes.dataset());
    let agent = ["debug", "agent", text(&model), text(&eyes.movie)];
    let with_pictures = [&agent[..], &["--dataset", text(&dataset)]].concat();
    let size = "panel-open = true\nsound = false\nwindow-size = [1000, 700]\n";
    let window = Window::open_with(&on_mk64(&with_pictures), size);
    // Frames of the race, one after the other, until the driver has decided.
    window.press(&["F5", "End"]);
    window.press(&["period"; 400]);
    window.still_picture();
    // The only neighbour is the first line of the panel.
    window.point_at([800, 130]);
    window.xdotool(&["click", "1"]);
    let rows = Dataset::open(&dataset).expect("a dataset").movies()[0].rows;
    let viewer = format!("dataset – row [0-9]* of {rows}$");
    window.turn_to(&viewer);
    window.press(&["ctrl+w"]);
    window.wait_until_gone(&viewer);
    window.turn_to("kartscope");
    window.close();

    let cloned = Race::get().model();
    let movie = Race::get().movie();
    fails(
        [
            "debug",
            "agent",
            text(&cloned),
            text(&movie),
            "--dataset",
            text(&dataset),
        ],
        &["--dataset", "a driver of nearest neighbours"],
    );
}
