//! `kartscope inspect` on Mario Kart 64's bundled game, compared with the library on the same RAM. The game is told by the
//! movie or by the save state, except for dumps, which are the same size for both games.

use std::fs;
use std::path::{Path, PathBuf};

use env_kart::runs::MachineOf;
use env_kart::runs::replay::Replay;
use env_mk64::game::MarioKart64;
use machine::Picture;
use mk64_memory::course::Course;
use mk64_memory::path::{FieldValue, Path as FieldPath};
use mk64_memory::{RAM_SIZE, Ram, symbols};
use serde_json::Value;
use session::Game as _;
use tempfile::TempDir;

use crate::mk64::{driven, on_mk64};
use crate::program::{fails, json, misuses, run, stdout, text};

/// A moment of the movie in which the kart drives.
const MOMENT: &str = "race+500";

/// The console after a frame of the movie.
fn console_at(movie: &Path, frame: u64) -> MachineOf<MarioKart64> {
    let movie = MarioKart64::parse_movie(&fs::read(movie).expect("a movie")).expect("a movie");
    let mut replay = Replay::<MarioKart64>::open(homebrew_n64::ROM, &movie).expect("a replay");
    while replay.step(Picture::Skip).expect("played") != Some(frame) {}
    replay.into_machine()
}

/// The shared movie at a moment, as a source.
fn at(movie: &Path, moment: &str) -> String {
    format!("{}@{moment}", text(movie))
}

fn read(path: &str, image: &[u8]) -> FieldValue {
    let path = FieldPath::parse(path).expect("a path");
    let ram = Ram::new(image).expect("the game");
    path.read(&ram).expect("readable").expect("something")
}

/// A dump of the movie at [`MOMENT`], written by the program.
struct Dump {
    folder: TempDir,
    path: PathBuf,
    image: Vec<u8>,
    frame: u64,
}

impl Dump {
    fn of(movie: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("race.bin");
        let dumped = json(["inspect", "dump", &at(movie, MOMENT), "-o", text(&path)]);
        assert_eq!(dumped["bytes"], RAM_SIZE);
        Self {
            folder,
            image: fs::read(&path).expect("a dump"),
            path,
            frame: dumped["frame"].as_u64().expect("a frame"),
        }
    }
}

#[test]
fn a_moment_is_the_same_in_a_movie_in_a_dump_and_in_both_kinds_of_states() {
    let Some(movie) = driven() else { return };
    let Dump {
        folder,
        path: dump,
        image,
        frame,
    } = Dump::of(&movie);
    let mut console = console_at(&movie, frame);
    assert!(image == console.ram()[..RAM_SIZE]);
    let ram = Ram::new(&image).expect("the game");
    let race = ram.race().expect("sound").expect("a race");
    let position = race.player(0).expect("the player").position();
    let state = console.save_state().expect("a state");
    let (own, other) = (folder.path().join("a"), folder.path().join("b.st"));
    fs::write(&own, state.bytes()).expect("written");
    fs::write(&other, state.to_st()).expect("written");
    let fields = ["player[0].position", "player[0].effects", "game_state"];
    let shown = |source: &[&str]| json([&["inspect", "show"], source, &fields].concat());
    let expected = shown(&[&at(&movie, &frame.to_string())]);
    let found = &expected[0]["value"];
    let numbers = [0, 1, 2].map(|axis| found[axis].as_f64().expect("a number"));
    assert_eq!(numbers, position.map(f64::from));
    assert_eq!(shown(&[text(&own)]), expected);
    assert_eq!(shown(&[text(&other)]), expected);
    assert_eq!(shown(&["--game", "mk64", text(&dump)]), expected);
    let printed = run(["inspect", "show", text(&other), "game_state"]);
    assert!(stdout(&printed).contains("RACE"), "{printed:?}");
}

#[test]
fn events_agree_with_the_times_of_the_replay() {
    let Some(movie) = driven() else { return };
    let events = json(["inspect", "events", text(&movie)]);
    let events = events.as_array().expect("an array");
    let of = |name: &str| -> Vec<&Value> {
        let named = events.iter().filter(|event| event["event"] == name);
        named.filter(|event| event["player"] != 1).collect()
    };
    let replayed = &json(["replay", text(&movie)])[0];
    let laps = of("lap").into_iter();
    let laps: Vec<u64> = laps
        .map(|lap| lap["centiseconds"].as_u64().expect("a time"))
        .collect();
    let total = replayed["total_ms"].as_u64().expect("a time");
    assert_eq!((laps.len(), laps.iter().sum::<u64>() * 10), (3, total));
    assert_eq!(of("finish")[0]["centiseconds"], total / 10);
    assert_eq!(of("countdown_over").len(), 1);
    let words = stdout(&run(["inspect", "events", text(&movie)]));
    let lap = format!("lap: centiseconds {}, lap 1", laps[0]);
    assert!(words.contains(&lap), "{words}");
}

#[test]
fn lines_are_what_the_library_reads() {
    let Some(movie) = driven() else { return };
    let dump = Dump::of(&movie);
    let lines = json([
        "inspect",
        "watch",
        text(&movie),
        "player[0].position",
        "lap",
        "--from",
        MOMENT,
        "--to",
        MOMENT,
    ]);
    let lines = lines.as_array().expect("lines");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["frame"], dump.frame);
    let ticks = read("race_ticks", &dump.image).as_f64();
    assert_eq!(lines[0]["race_frame"].as_f64(), ticks);
    for path in ["player[0].position[2]", "lap[0]", "lap[9]"] {
        let number = lines[0][path].as_f64();
        assert_eq!(number, read(path, &dump.image).as_f64(), "{path}");
    }
}

#[test]
fn searches_and_differences_find_fields() {
    let Some(movie) = driven() else { return };
    let steps = [
        "race+500:any",
        "race+502:by=2",
        "race+504:by=2",
        "race+520:by=16",
    ];
    let steps = steps.iter().flat_map(|step| ["--at", step]);
    let ticks = [
        "inspect",
        "search",
        text(&movie),
        "-t",
        "i32",
        "--limit",
        "999",
    ];
    let found = json(ticks.into_iter().chain(steps));
    let candidates = found["candidates"].as_array().expect("candidates");
    let ticks = candidates
        .iter()
        .find(|candidate| candidate["path"] == "race_ticks")
        .unwrap_or_else(|| panic!("expected race_ticks in {candidates:?}"));
    let address = format!("{:#010X}", symbols::RACE_TICKS.address);
    assert_eq!(ticks["address"], *address);

    let Dump {
        folder,
        path: dump,
        image,
        ..
    } = Dump::of(&movie);
    let written = folder.path().join("written.bin");
    let set = |value: &str| {
        let game = ["--game", "mk64", "inspect", "show", text(&dump), "--set"];
        json([&game[..], &[value, "-o", text(&written)]].concat())
    };
    let x = read("player[0].position[0]", &image).as_f64().expect("x");
    set(&format!("player[0].position[0]={}", x + 64.0));
    let difference = json([
        "--game",
        "mk64",
        "inspect",
        "diff",
        text(&dump),
        text(&written),
    ]);
    assert_eq!(difference["field_count"], 1, "{difference}");
    assert_eq!(difference["fields"][0]["path"], "player[0].position[0]");
    assert_eq!(difference["fields"][0]["new"].as_f64(), Some(x + 64.0));
    assert_eq!(difference["elsewhere_bytes"], 0);
    // The value itself is found where it was written, as a floating-point number.
    let step = format!("{}:={}", text(&written), x + 64.0);
    let search = ["--game", "mk64", "inspect", "search", "-t", "f32", "--at"];
    let found = json(search.into_iter().chain([&*step]));
    let paths = found["candidates"].as_array().expect("candidates").iter();
    let mut paths = paths.map(|candidate| &candidate["path"]);
    assert!(paths.any(|path| path == "player[0].position[0]"), "{found}");
}

#[test]
fn symbols_and_fields_are_listed_with_where_and_how_sure() {
    let listed = json(["--game", "mk64", "inspect", "symbols"]);
    let listed = listed.as_array().expect("symbols");
    assert_eq!(listed.len(), symbols::ALL.len());
    for (row, symbol) in listed.iter().zip(symbols::ALL) {
        assert_eq!(row["path"], symbol.path);
        assert_eq!(row["address"], *format!("{:#010X}", symbol.address));
        assert_eq!(row["source"], symbol.source);
        assert!(row["confidence"].is_string());
    }
    let fields = json(["--game", "mk64", "inspect", "fields", "player"]);
    for field in fields["fields"].as_array().expect("fields") {
        let path = field["path"].as_str().expect("a path");
        assert!(FieldPath::parse(path).is_ok(), "{path}");
        assert!(
            field["source"]
                .as_str()
                .is_some_and(|source| !source.is_empty())
        );
    }
}

#[test]
fn sources_and_paths_of_the_other_game_are_refused() {
    let Some(movie) = driven() else { return };
    let movie = text(&movie);
    let folder = tempfile::tempdir().expect("a folder");
    let short = folder.path().join("short.bin");
    fs::write(&short, [0; 1000]).expect("written");
    fails(
        ["--game", "mk64", "inspect", "show", text(&short)],
        &["short.bin", "a RAM dump of 4194304 or 8388608 bytes"],
    );
    // A field of the other game is no misuse, for which game it is the movie says.
    fails(
        ["inspect", "show", movie, "race_status.driver[0].lap"],
        &["race_status", "column 1", "player"],
    );
    misuses(
        ["inspect", "show", movie, "player[0].sped"],
        &["column 11", "expected one of", "speed"],
    );
    misuses(
        ["inspect", "watch", movie, "collision_triangle"],
        &["collision_triangle: expected a field or an element"],
    );
    fails(
        ["inspect", "course", "f8c", "--game", "mk64"],
        &[
            "the bundled game: expected one of its courses",
            "mmf",
            "found f8c",
        ],
    );
    fails(
        ["inspect", "course", &format!("{movie}@0")],
        &["@0: expected a race, whose course it is, found none"],
    );
    fails(
        ["inspect", "show", "--game", "mkds", movie],
        &["expected a RAM dump", "found"],
    );
}

#[test]
fn a_course_is_the_same_by_its_name_and_in_a_race_and_is_drawn_whole() {
    let Some(movie) = driven() else { return };
    let dump = Dump::of(&movie);
    let [svg, png] = ["mmf.svg", "mmf.png"].map(|name| dump.folder.path().join(name));
    let drawn = ["--svg", text(&svg), "--png", text(&png)];
    let named = json(on_mk64(
        &[&["inspect", "course", "mmf"], &drawn[..]].concat(),
    ));
    let raced = json(["inspect", "course", &at(&movie, "race")]);
    let dumped = json(on_mk64(&["inspect", "course", text(&dump.path)]));
    for other in [raced, dumped] {
        for (key, value) in named.as_object().expect("an object") {
            if key != "source" {
                assert_eq!(other[key], *value, "{key}");
            }
        }
    }

    let race = Ram::new(&dump.image).expect("the game").race();
    let course = Course::read(&race.expect("sound").expect("a race")).expect("a course");
    let track = course.track();
    assert_eq!(named["abbreviation"], "MMF");
    assert_eq!(named["triangles"], track.triangles().len());
    assert_eq!(named["checkpoints"], track.checkpoints().len());
    let sections = named["sections"].as_array().expect("sections");
    assert_eq!(sections[0]["count"], course.path_points());
    let count = |material: &Value| material["triangles"].as_u64().expect("a count");
    let materials = named["materials"].as_array().expect("materials");
    let sum: u64 = materials.iter().map(count).sum();
    assert_eq!(sum, track.triangles().len() as u64);

    let svg = fs::read_to_string(svg).expect("a drawing");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let lines = |layer: &str| {
        let group = document
            .descendants()
            .find(|node| node.attribute("id") == Some(layer));
        let children = group.expect("a layer").children();
        children.filter(|node| node.has_tag_name("line")).count()
    };
    let checkpoints = lines("checkpoints") + lines("key-checkpoints");
    assert_eq!(checkpoints, track.checkpoints().len());
    image::open(png).expect("a picture");
}
