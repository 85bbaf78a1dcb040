//! `kartscope inspect`, compared with the library on the same RAM.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use desmume::Picture;
use env_mkds::runs::Replay;
use mkds_memory::course::Course;
use mkds_memory::path::{FieldValue, Path as FieldPath};
use mkds_memory::{RAM_BASE, Ram};
use nds_formats::dsm::Movie;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Race, fails, files, json, kartscope, misuses, run, stderr, stdout, text};

/// The first race frame at which the kart moves, and a while later.
const MOMENTS: [&str; 2] = ["race+400", "race+401"];

/// Dumps of two frames of the race one after the other.
struct Dumps {
    _folder: TempDir,
    paths: [PathBuf; 2],
    images: [Vec<u8>; 2],
    frames: [u64; 2],
}

impl Dumps {
    /// The dumps that all tests share.
    fn get() -> &'static Self {
        static DUMPS: OnceLock<Dumps> = OnceLock::new();
        DUMPS.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let paths = ["a.bin", "b.bin"].map(|name| folder.path().join(name));
            let frames = [0, 1].map(|index| {
                let output = text(&paths[index]);
                let dumped = json(["inspect", "dump", &at(MOMENTS[index]), "-o", output]);
                assert_eq!(dumped["bytes"], 0x40_0000);
                dumped["frame"].as_u64().expect("a frame")
            });
            let images = paths.each_ref().map(|path| fs::read(path).expect("a dump"));
            Self {
                _folder: folder,
                paths,
                images,
                frames,
            }
        })
    }
}

/// The shared movie at a moment, as a source.
fn at(moment: &str) -> String {
    format!("{}@{moment}", text(&Race::get().movie()))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("a number, not {value}"))
}

/// The value of a path in an image.
fn read(path: &str, image: &[u8]) -> FieldValue {
    let path = FieldPath::parse(path).expect("a path");
    let ram = Ram::new(image).expect("the game");
    path.read(&ram).expect("readable").expect("something")
}

fn address(path: &str, image: &[u8]) -> u32 {
    let path = FieldPath::parse(path).expect("a path");
    let ram = Ram::new(image).expect("the game");
    path.address(&ram).expect("readable").expect("something")
}

#[test]
fn fields_have_the_values_of_the_typed_views() {
    let dumps = Dumps::get();
    let dump = text(&dumps.paths[0]);
    let ram = Ram::new(&dumps.images[0]).expect("the game");
    let race = ram.race().expect("sound").expect("a race");
    let driver = race.driver(0).expect("the player");
    let status = race.driver_status(0).expect("the player");
    let shown = json([
        "inspect",
        "show",
        dump,
        "driver[0].position",
        "driver[0].yaw",
        "race_status.driver[0].race_progress",
        "race_status.driver[0].total_time",
        "driver[0].motion_flags",
    ]);
    let [x, y, z] = driver.position().to_f64();
    let position = &shown[0]["value"];
    assert_eq!(
        ["x", "y", "z"].map(|axis| number(&position[axis])),
        [x, y, z]
    );
    assert_eq!(number(&shown[1]["value"]), f64::from(driver.yaw().0));
    let degrees = format!(
        "({:.2} degrees)",
        f64::from(driver.yaw().0) * 360.0 / 65536.0
    );
    assert!(
        shown[1]["text"]
            .as_str()
            .is_some_and(|text| text.ends_with(&degrees)),
        "{shown}"
    );
    assert_eq!(number(&shown[2]["value"]), status.race_progress().to_f64());
    let time = status.total_time();
    let time = format!(
        "{}:{:02}.{:03}",
        time.minutes, time.seconds, time.milliseconds
    );
    assert_eq!(shown[3]["text"], *time);
    assert_eq!(
        number(&shown[4]["value"]),
        f64::from(driver.motion_flags().bits())
    );
    let printed = run(["inspect", "show", dump, "driver[0].motion_flags"]);
    assert!(stdout(&printed).contains("ON_GROUND"), "{printed:?}");

    let everything = json(["inspect", "show", dump]);
    assert_eq!(number(&everything["driver"][0]["position"]["z"]), z);
    let checkpoints = everything["map"]["cpoi"].as_array().expect("checkpoints");
    let expected = race.map().expect("a map").checkpoints().expect("readable");
    assert_eq!(checkpoints.len(), expected.len());
    for (shown, expected) in checkpoints.iter().zip(expected.iter()) {
        assert_eq!(number(&shown["key_id"]), f64::from(expected.key_id()));
    }
}

#[test]
fn dumps_and_lines_are_what_the_replay_has_frame_by_frame() {
    let dumps = Dumps::get();
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("race.csv");
    let movie = Race::get().movie();
    let watched = json([
        "inspect",
        "watch",
        text(&movie),
        "driver[0].position",
        "race_status.driver[0].lap",
        "--every",
        "7",
        "-o",
        text(&table),
    ]);
    let table = fs::read_to_string(table).expect("a table");
    let mut lines = table.lines();
    assert_eq!(
        lines.next(),
        Some(
            "frame,race_frame,driver[0].position.x,driver[0].position.y,driver[0].position.z,\
             race_status.driver[0].lap"
        )
    );
    let movie = Movie::parse(&fs::read(movie).expect("a movie")).expect("a movie");
    let mut replay = Replay::open(homebrew::ROM, &movie).expect("the same game");
    let (mut written, mut with_race) = (0, 0);
    while let Some(frame) = replay.step(Picture::Skip).expect("played") {
        let image = replay.machine().main_ram();
        if let Some(index) = dumps.frames.iter().position(|dumped| *dumped == frame) {
            assert!(image == dumps.images[index], "the dump of frame {frame}");
        }
        if frame % 7 != 0 {
            continue;
        }
        let race = Ram::new(image).ok().and_then(|ram| ram.race().ok()?);
        let expected = match race {
            None => format!("{frame},,,,,"),
            Some(race) => {
                with_race += 1;
                let [x, y, z] = race.driver(0).expect("a player").position().to_f64();
                let lap = race.driver_status(0).expect("a player").lap();
                let race_frame = race.state().frame_counter();
                format!("{frame},{race_frame},{x},{y},{z},{lap}")
            }
        };
        assert_eq!(lines.next(), Some(expected.as_str()));
        written += 1;
    }
    assert_eq!(lines.next(), None);
    assert_eq!(watched["lines"], written);
    assert!(with_race > 100 && with_race < written, "{with_race}");
}

#[test]
fn lines_of_changes_are_the_laps() {
    let movie = Race::get().movie();
    let field = "race_status.driver[0].lap";
    let arguments = ["inspect", "watch", text(&movie), field, "--on-change"];
    let rows = json(arguments);
    let rows = rows.as_array().expect("an array");
    let laps: Vec<Option<i64>> = rows.iter().map(|row| row[field].as_i64()).collect();
    assert_eq!(laps, [None, Some(0), Some(1), Some(2), Some(3)]);

    let output = run(arguments
        .into_iter()
        .chain(["--format", "jsonl", "--from", "race"]));
    let lines = stdout(&output);
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines, rows[1..], "{}", stderr(&output));
    assert_eq!(lines[0]["race_frame"], 1);
}

/// The paths and addresses that a search found.
fn found(search: &Value) -> Vec<(String, String)> {
    let candidates = search["candidates"].as_array().expect("candidates");
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    candidates
        .iter()
        .map(|candidate| (words(&candidate["path"]), words(&candidate["address"])))
        .collect()
}

#[test]
fn searches_find_fields_by_their_values_and_changes() {
    let dumps = Dumps::get();
    let movie = Race::get().movie();
    let position = "driver[0].position.z";
    let [old, new] = dumps
        .images
        .each_ref()
        .map(|image| read(position, image).as_f64().expect("a number"));
    // Once by value and once by change, in the dumps and in the movie's frames.
    let steps = |whens: [&str; 2]| {
        [
            format!("{}:={old}", whens[0]),
            format!("{}:by={}", whens[1], new - old),
        ]
    };
    let [first, second] = steps(dumps.paths.each_ref().map(|path| text(path)));
    let search = ["inspect", "search", "-t", "fx32", "--limit", "500"];
    let by_dumps = json(search.into_iter().chain(["--at", &first, "--at", &second]));
    let [first, second] = steps(MOMENTS);
    let by_movie = json(
        search
            .into_iter()
            .chain([text(&movie), "--at", &first, "--at", &second]),
    );
    assert_eq!(found(&by_dumps), found(&by_movie));
    let expected = format!("{:#010X}", address(position, &dumps.images[0]));
    assert!(
        found(&by_movie).contains(&(position.to_owned(), expected)),
        "{by_movie}"
    );
    assert_eq!(by_movie["count"], found(&by_movie).len());

    let laps = json([
        "inspect",
        "search",
        text(&movie),
        "--type",
        "i32",
        "--at",
        "race+300:any",
        "--at",
        "race+400:unchanged",
        "--at",
        "end:by=3",
        "--at",
        "end:1..3",
        "--limit",
        "1000",
    ]);
    let laps = found(&laps);
    assert!(
        laps.iter()
            .any(|(path, _)| path == "race_status.driver[0].lap"),
        "{laps:?}"
    );
    let left = json([
        "inspect",
        "search",
        text(&movie),
        "--type",
        "u16",
        "--at",
        "race+400:any",
        "--at",
        "race+401:increased",
        "--at",
        "race+401:unchanged",
        "--limit",
        "0",
    ]);
    let left: Vec<u64> = left["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["left"].as_u64().expect("a count"))
        .collect();
    assert_eq!(left[0], 0x20_0000);
    assert!(left[1] > 0 && left[1] < 100_000, "{left:?}");
    assert_eq!(left[2], left[1], "the same frame again");
}

#[test]
fn a_difference_lists_what_changed_and_nothing_else() {
    let dumps = Dumps::get();
    let [a, b] = dumps.paths.each_ref().map(|path| text(path));
    let difference = json(["inspect", "diff", a, b, "--limit", "100000"]);
    let fields = difference["fields"].as_array().expect("fields");
    assert_eq!(difference["field_count"], fields.len());
    let mut paths = Vec::new();
    for field in fields {
        let path = field["path"].as_str().expect("a path");
        let [old, new] = dumps.images.each_ref().map(|image| read(path, image));
        assert_ne!(old, new, "{path}");
        let shown = serde_json::to_value((&old, &new)).expect("JSON");
        assert_eq!(
            [&field["old"], &field["new"]],
            [&shown[0], &shown[1]],
            "{path}"
        );
        paths.push(path);
    }
    for path in ["driver[0].position.z", "race_state.frame_counter"] {
        assert!(paths.contains(&path), "{path}");
    }
    // Each byte is in a field, in a structure's unnamed part, or listed separately.
    let elsewhere = difference["elsewhere"].as_array().expect("ranges");
    let sum: u64 = elsewhere
        .iter()
        .map(|range| range["bytes"].as_u64().expect("a count"))
        .sum();
    assert_eq!(difference["elsewhere_bytes"], sum);

    let same = json(["inspect", "diff", a, a]);
    assert_eq!(
        (&same["field_count"], &same["elsewhere_bytes"]),
        (&0.into(), &0.into())
    );
    let by_movie = json([
        "inspect",
        "diff",
        &at(MOMENTS[0]),
        &at(MOMENTS[1]),
        "--limit",
        "100000",
    ]);
    assert_eq!(by_movie["fields"], difference["fields"]);
}

#[test]
fn a_written_field_is_all_that_changes() {
    let dumps = Dumps::get();
    let folder = tempfile::tempdir().expect("a folder");
    let changed = folder.path().join("changed.bin");
    let shown = json([
        "inspect",
        "show",
        text(&dumps.paths[0]),
        "--set",
        "driver[0].boost_timer=77",
        "--set",
        "driver[0].position.y=-12.5",
        "-o",
        text(&changed),
    ]);
    assert_eq!(shown[0]["value"], 77);
    let image = fs::read(&changed).expect("written");
    assert_eq!(
        read("driver[0].boost_timer", &image),
        FieldValue::Integer(77)
    );
    assert_eq!(
        read("driver[0].position.y", &image),
        FieldValue::Number(-12.5)
    );
    let own = |path: &str, size: u32| {
        let start = address(path, &image) - RAM_BASE;
        start..start + size
    };
    let own = [
        own("driver[0].boost_timer", 2),
        own("driver[0].position.y", 4),
    ];
    for (offset, (old, new)) in (0u32..).zip(dumps.images[0].iter().zip(&image)) {
        let may_change = own.iter().any(|bytes| bytes.contains(&offset));
        assert!(old == new || may_change, "offset {offset:#X}");
    }
    let difference = json(["inspect", "diff", text(&dumps.paths[0]), text(&changed)]);
    assert_eq!(difference["field_count"], 2);
    assert_eq!(difference["elsewhere_bytes"], 0);
    assert!(
        fs::read(&dumps.paths[0]).expect("the source") == dumps.images[0],
        "the source stays"
    );
}

#[test]
fn a_course_is_the_same_in_the_rom_and_in_a_race_and_is_drawn_whole() {
    let dumps = Dumps::get();
    let folder = tempfile::tempdir().expect("a folder");
    let [svg, png] = ["f8c.svg", "f8c.png"].map(|name| folder.path().join(name));
    let of_rom = json([
        "inspect",
        "course",
        "f8c",
        "--svg",
        text(&svg),
        "--png",
        text(&png),
    ]);
    let of_race = json(["inspect", "course", text(&dumps.paths[0])]);
    let without_source = |mut course: Value| {
        course["source"].take();
        course
    };
    assert_eq!(without_source(of_rom.clone()), without_source(of_race));

    let ram = Ram::new(&dumps.images[0]).expect("the game");
    let race = ram.race().expect("sound").expect("a race");
    let course = Course::read(&race).expect("a course");
    assert_eq!(of_rom["triangles"], course.track().triangles().len());
    let materials = of_rom["materials"].as_array().expect("materials");
    let sum: u64 = materials
        .iter()
        .map(|material| material["triangles"].as_u64().expect("a count"))
        .sum();
    assert_eq!(of_rom["triangles"], sum);
    let sections = of_rom["sections"].as_array().expect("sections");
    let checkpoints = sections.iter().find(|section| section["name"] == "CPOI");
    assert_eq!(
        checkpoints.expect("checkpoints")["count"],
        course.track().checkpoints().len()
    );

    let svg = fs::read_to_string(svg).expect("a drawing");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let lines = |layer: &str| {
        let group = document
            .descendants()
            .find(|node| node.attribute("id") == Some(layer));
        let children = group.expect("a layer").children();
        children.filter(|node| node.has_tag_name("line")).count()
    };
    assert_eq!(lines("key-checkpoints"), of_rom["key_checkpoints"]);
    assert_eq!(
        lines("checkpoints") + lines("key-checkpoints"),
        course.track().checkpoints().len()
    );
    let png = png::Decoder::new(std::io::BufReader::new(fs::File::open(png).expect("a PNG")));
    let png = png.read_info().expect("a PNG");
    let size = |name| document.root_element().attribute(name).expect("a size");
    assert_eq!(
        (png.info().width.to_string(), png.info().height.to_string()),
        (size("width").to_owned(), size("height").to_owned())
    );
}

#[test]
fn fields_and_symbols_are_listed_with_where_and_how_sure() {
    let structures = json(["inspect", "fields"]);
    let paths: Vec<&str> = structures["fields"]
        .as_array()
        .expect("structures")
        .iter()
        .map(|row| row["path"].as_str().expect("a path"))
        .collect();
    let symbols = json(["inspect", "symbols"]);
    let symbols = symbols.as_array().expect("symbols");
    assert_eq!(
        paths,
        symbols
            .iter()
            .map(|row| row["path"].as_str().expect("a path"))
            .collect::<Vec<_>>()
    );
    let drivers = symbols.iter().find(|row| row["name"] == "drivers");
    let drivers = drivers.expect("the drivers");
    assert_eq!(drivers["address"], "0x0217ACF8");
    assert_eq!(drivers["count"], "driver_count");
    // Every listed field can be queried by its path, down to bits and names of flags.
    let fields = json(["inspect", "fields", "driver"]);
    let fields = fields["fields"].as_array().expect("fields");
    assert!(fields.len() > 150, "{}", fields.len());
    for field in fields {
        let path = field["path"].as_str().expect("a path");
        assert!(FieldPath::parse(path).is_ok(), "{path}");
    }
    let known = |name: &str| {
        let path = format!("driver[0].{name}");
        let field = fields.iter().find(|field| field["path"] == path);
        let field = field.expect("a field");
        [&field["confidence"], &field["source"]].map(|words| words.as_str().expect("words"))
    };
    let (headers, tools) = (
        "HaroohiePals headers",
        "published tools, HaroohiePals headers",
    );
    assert_eq!(known("position"), ["high", tools]);
    assert_eq!(
        known("gravity"),
        ["published, unconfirmed", "a published tool or write-up"]
    );
    assert_eq!(known("scale"), ["by its name", headers]);
    assert_eq!(known("field_184"), ["place and type only", headers]);
    let flags = json([
        "inspect",
        "fields",
        "driver[0].motion_flags",
        "--source",
        text(&Dumps::get().paths[0]),
    ]);
    let names = flags["names"].as_array().expect("names");
    assert!(
        names.iter().any(|name| name["name"] == "DRIFTING"),
        "{flags}"
    );
    assert!(
        flags["fields"][0]["value"]
            .as_str()
            .is_some_and(|value| value.contains("ON_GROUND"))
    );
}

#[test]
fn bad_sources_and_paths_are_named_and_leave_no_file() {
    let dumps = Dumps::get();
    let dump = text(&dumps.paths[0]);
    let movie = Race::get().movie();
    let movie = text(&movie);
    let folder = tempfile::tempdir().expect("a folder");
    let short = folder.path().join("short.bin");
    fs::write(&short, [0; 1000]).expect("written");
    let blank = folder.path().join("blank.bin");
    fs::write(&blank, vec![0; 0x40_0000]).expect("written");
    let output = folder.path().join("out");
    let output = text(&output);
    fails(
        ["inspect", "show", text(&short)],
        &[
            "short.bin",
            "expected a RAM dump of 4194304 or 16777216 bytes",
            "found 1000",
        ],
    );
    fails(
        ["inspect", "show", text(&blank)],
        &["blank.bin", "region word", "0x02000B54"],
    );
    fails(["inspect", "show", "missing.bin"], &["missing.bin"]);
    fails(
        ["inspect", "dump", &at("999999"), "-o", output],
        &["expected frame 999999", "found"],
    );
    fails(
        ["inspect", "dump", &at("race+999999"), "-o", output],
        &["expected frame race+999999"],
    );
    fails(
        [
            "inspect",
            "watch",
            movie,
            "course_id",
            "--to",
            "999999",
            "-o",
            output,
        ],
        &["expected frame 999999"],
    );
    fails(
        [
            "inspect",
            "watch",
            movie,
            "course_id",
            "--to",
            "race+999999",
            "-o",
            output,
        ],
        &["expected frame race+999999"],
    );
    misuses(
        ["inspect", "watch", movie, "driver"],
        &["driver: expected a field or an element"],
    );
    fails(
        ["inspect", "show", dump, "driver[7].yaw"],
        &["expected an index below 1, found 7"],
    );
    misuses(
        [
            "inspect",
            "search",
            movie,
            "-t",
            "u8",
            "--at",
            "race:changed",
        ],
        &["--at race:changed", "first step"],
    );
    fails(
        ["inspect", "search", "-t", "u8", "--at", "race:=1"],
        &["race", "No such file"],
    );
    misuses(
        ["inspect", "course", "nowhere"],
        &["expected a file", "one of the courses", "f8c", "nowhere"],
    );
    fails(
        ["inspect", "course", "rr"],
        &["data/Course/rainbow_course.carc", "found none"],
    );
    fails(
        ["inspect", "course", &at("0")],
        &["@0: expected a race, whose course it is, found none"],
    );
    fails(
        [
            "inspect",
            "show",
            dump,
            "--set",
            "driver[0].boost_timer=99999",
            "-o",
            output,
        ],
        &["driver[0].boost_timer", "-32768 to 32767", "99999"],
    );
    fails(
        [
            "inspect",
            "show",
            dump,
            "--set",
            "driver[0].boost_timer=9",
            "-o",
            dump,
        ],
        &["a.bin", "found its input"],
    );
    assert!(
        fs::read(&dumps.paths[0]).expect("the dump") == dumps.images[0],
        "the source is never written to"
    );
    let unwritable = short.join("out");
    fails(
        ["inspect", "dump", dump, "-o", text(&unwritable)],
        &["can't write", "short.bin"],
    );
    fails(
        ["inspect", "course", "f8c", "--svg", text(&unwritable)],
        &["can't write", "short.bin"],
    );
    fails(
        [
            "inspect",
            "watch",
            movie,
            "course_id",
            "-o",
            text(&unwritable),
        ],
        &["can't write", "short.bin"],
    );
    assert_eq!(files(folder.path()), [blank, short], "nothing half-written");
}

#[test]
fn words_that_make_no_sense_have_exit_code_2_and_say_where() {
    for (arguments, words) in [
        (
            vec!["show", "a.bin", "driver[0].bost"],
            "column 11: expected one of",
        ),
        (
            vec!["show", "a.dsm@soon"],
            "expected a frame: a number, race, race+N or end; found \"soon\"",
        ),
        (
            vec![
                "show",
                "a.bin",
                "--set",
                "driver[0].yaw=left",
                "-o",
                "b.bin",
            ],
            "expected a number, found \"left\"",
        ),
        (
            vec!["show", "a.bin", "--set", "driver[0].yaw=1"],
            "--output",
        ),
        (
            vec!["search", "-t", "u8", "--at", "a.bin:about 3"],
            "expected a condition: any, =VALUE, A..B",
        ),
        (
            vec!["watch", "a.dsm", "course_id", "--every", "0"],
            "--every",
        ),
    ] {
        let output = kartscope()
            .arg("inspect")
            .args(&arguments)
            .output()
            .expect("started");
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert!(!Path::new("b.bin").exists());
}

#[test]
fn events_agree_with_the_times_of_the_saved_ghost() {
    let race = Race::get();
    let events = json(["inspect", "events", text(&race.movie())]);
    let events = events.as_array().expect("an array");
    let of = |name: &str| -> Vec<&Value> {
        events
            .iter()
            .filter(|event| event["event"] == name)
            .collect()
    };
    let ghost = &json(["ghosts", "list", text(&race.save())])[0];
    let laps: Vec<&Value> = of("lap").iter().map(|lap| &lap["milliseconds"]).collect();
    assert_eq!(
        laps,
        ghost["lap_ms"]
            .as_array()
            .expect("laps")
            .iter()
            .collect::<Vec<_>>()
    );
    let [finish] = of("finish")[..] else {
        panic!("expected one finish, found {events:?}");
    };
    assert_eq!(finish["milliseconds"], ghost["total_ms"]);
    let from = &json(["replay", text(&race.movie())])[0]["race_from"];
    let ready = of("race_ready")[0];
    // The race appears in RAM after the movie's frame before the race's first one.
    let before = from.as_u64().map(|from| from - 1);
    assert_eq!(ready["movie_frame"].as_u64(), before);
    assert_eq!(of("countdown_over").len(), 1);
    let words = stdout(&run(["inspect", "events", text(&race.movie())]));
    let lap = format!("lap: lap 1, milliseconds {}", laps[0]);
    assert!(words.contains(&lap), "{words}");
}
