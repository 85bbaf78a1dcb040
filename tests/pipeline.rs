//! From a race to a trained driver, command by command.

use std::fs;
use std::ops::Range;
use std::path::Path;

use env_mkds::runs::Corrections;
use env_mkds::runs::RaceComment;
use learn::dataset::{Dataset, Rows, Writer};
use mkds_formats::ghost::PLAYBACK_DELAY;
use nds_formats::dsm::Movie;
use nds_formats::pad::Pad;
use serde_json::Value;

use crate::program::{Race, fails, files, json, kartscope, run, stderr, text};

/// The first frame of the race at which the driver's input has an effect.
const GO: u64 = 301;

#[test]
fn a_drive_leaves_the_games_own_ghost_of_it() {
    let race = Race::get();
    let ghosts = json(["ghosts", "list", text(&race.save())]);
    let [ghost] = ghosts.as_array().expect("an array").as_slice() else {
        panic!("expected one ghost, found {ghosts}");
    };
    assert_eq!(ghost["course_abbreviation"], "F8C");
    assert_eq!(ghost["slot"], 0);
    let laps = ghost["lap_ms"].as_array().expect("laps");
    assert_eq!(laps.len(), 3);
    let sum: u64 = laps
        .iter()
        .map(|lap| lap.as_u64().expect("milliseconds"))
        .sum();
    assert_eq!(Some(sum), ghost["total_ms"].as_u64());
}

#[test]
fn a_slower_drive_does_not_replace_the_ghost_that_may_be_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().join("ghosts.sav");
    fs::copy(Race::get().save(), &save).expect("copied");
    let ghost = || json(["ghosts", "list", text(&save)])[0]["total_ms"].as_u64();
    let before = ghost().expect("a time");
    let drive = ["drive", "-c", "f8c", "--seed", "2", "--replace"];
    let driven = json([&drive[..], &["-o", text(&save)]].concat());
    let driven = driven[0]["total_ms"].as_u64().expect("a time");
    assert_ne!(driven, before);
    assert_eq!(ghost(), Some(driven.min(before)));
}

#[test]
fn a_ghosts_movie_finishes_in_the_ghosts_time_and_every_replay_gives_the_same_ram() {
    let race = Race::get();
    let ghost = json(["ghosts", "list", text(&race.save())])[0]["total_ms"].clone();
    let replay = || json(["replay", text(&race.movie())])[0].clone();
    let first = replay();
    assert_eq!(first["finished"], true);
    assert_eq!(first["total_ms"], ghost);
    assert_eq!(first["divergence"], Value::Null);
    assert_eq!(first, replay());
}

#[test]
fn the_real_games_timing_changes_no_result() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (rom, save, dataset) = (path("rom.nds"), path("race.sav"), path("dataset"));
    fs::write(&rom, homebrew::rom_with_real_timing()).expect("written");
    let json_of = |arguments: &[&str]| json([arguments, &["--rom", text(&rom)]].concat());
    json_of(&["drive", "-c", "f8c", "--seed", "1", "-o", text(&save)]);
    json_of(&["process", text(&save), "-o", text(&path("movies"))]);
    let movie = path("movies/f8c_race.dsm");
    let frames = |movie: &Path| {
        let bytes = fs::read(movie).expect("a movie");
        Movie::parse(&bytes).expect("a movie").frames
    };
    assert!(frames(&movie) == frames(&race.movie()), "the movies differ");
    let events = ["inspect", "events"];
    assert_eq!(
        json_of(&[&events[..], &[text(&movie)]].concat()),
        json([&events[..], &[text(&race.movie())]].concat())
    );
    let recorded = json_of(&["record", text(&movie), "-o", text(&dataset)]);
    let usual = Dataset::open(race.dataset()).expect("a dataset");
    assert_eq!(recorded["rows"], usual.manifest().movies[0].rows);
}

#[test]
fn a_changed_input_is_reported_with_the_first_frame_that_differs() {
    let race = Race::get();
    let start = json(["replay", text(&race.movie())])[0]["race_from"]
        .as_u64()
        .expect("a frame");
    let movie = fs::read_to_string(race.movie()).expect("a movie");
    // A second after the start signal the kart is moving; releasing all buttons must change it at once.
    let changed_frame = start + GO + 60;
    let mut frame = 0;
    let changed: Vec<String> = movie
        .lines()
        .map(|line| {
            let is_frame = line.starts_with('|');
            frame += u64::from(is_frame);
            if is_frame && frame == changed_frame + 1 {
                assert!(line.contains('A'), "the driver accelerates: {line}");
                "|0|.............000 000 0 000|".to_owned()
            } else {
                line.to_owned()
            }
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("changed.dsm");
    fs::write(&path, changed.join("\n") + "\n").expect("written");
    let output = kartscope()
        .args(["replay", text(&path), "--json"])
        .output()
        .expect("started");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    let named =
        (changed_frame..changed_frame + 4).any(|frame| said.contains(&format!("frame {frame}:")));
    assert!(
        named,
        "expected frame {changed_frame} or just after in: {said}"
    );
}

#[test]
fn processing_and_recording_again_keeps_what_is_there() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let (movies, dataset) = (folder.path().join("movies"), folder.path().join("dataset"));
    for kept in [false, true] {
        let made = json(["process", text(&race.save()), "-o", text(&movies)]);
        assert_eq!(made[0]["kept"], kept);
        let recorded = json(["record", text(&movies), "-o", text(&dataset)]);
        assert_eq!(recorded["movies"], 1);
        assert_eq!(recorded["kept"], u64::from(kept));
    }
    let made = fs::read(movies.join("f8c_race.dsm")).expect("the movie");
    assert_eq!(
        made,
        fs::read(race.movie()).expect("the first movie"),
        "movies are made alike"
    );
}

#[test]
fn a_dataset_has_a_row_a_frame_and_says_what_it_is_from() {
    let race = Race::get();
    let manifest = fs::read(race.dataset().join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    let movie = &manifest["movies"][0];
    assert_eq!(manifest["frames_per_step"], 1);
    assert_eq!(movie["movie"], "f8c_race.dsm");
    assert_eq!(movie["machine"]["cpu"], "jit 100");
    let driven = &movie["game"];
    assert_eq!(
        (&driven["name"], &driven["course_name"]),
        (&"mkds".into(), &"f8c".into())
    );
    assert_eq!(driven["lap_times_ms"].as_array().map(Vec::len), Some(3));
    let ghost = &json(["ghosts", "list", text(&race.save())])[0];
    assert_eq!(driven["total_time_ms"], ghost["total_ms"]);
    let (rows, frames) = (movie["rows"].as_u64(), ghost["frames"].as_u64());
    let difference = rows.expect("rows").abs_diff(frames.expect("frames"));
    assert!(
        difference <= 2,
        "{rows:?} rows for a ghost of {frames:?} frames"
    );
}

#[test]
fn save_files_are_recorded_in_one_go() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    let recorded = json([
        "record",
        text(&race.save()),
        "--process",
        "-o",
        text(&dataset),
    ]);
    assert_eq!(recorded["movies"], 1);
    let of_movie = fs::read(race.dataset().join("manifest.json")).expect("a manifest");
    assert_eq!(
        fs::read(dataset.join("manifest.json")).expect("a manifest"),
        of_movie
    );
}

#[test]
fn what_a_human_drove_is_recorded_and_trained_on() {
    let race = Race::get();
    let start = json(["replay", text(&race.movie())])[0]["race_from"]
        .as_u64()
        .expect("a frame");
    let mut movie = Movie::parse(&fs::read(race.movie()).expect("a movie")).expect("sound");
    let ranges = [start + 400..start + 520, start + 700..start + 745];
    let [Range { start: a, end: b }, Range { start: c, end: d }] = &ranges;
    let comment = format!("kartscope corrections {a}..{b} {c}..{d}");
    movie.header.add_comment(&comment);
    let folder = tempfile::tempdir().expect("a folder");
    let corrected = folder.path().join("corrected.dsm");
    fs::write(&corrected, movie.to_bytes()).expect("written");

    let (whole, corrections) = (
        folder.path().join("whole"),
        folder.path().join("corrections"),
    );
    let recorded = json([
        "record",
        text(&corrected),
        "--corrections",
        "-o",
        text(&corrections),
    ]);
    assert_eq!(recorded["rows"], 165);
    let dataset = Dataset::open(&corrections).expect("a dataset");
    assert!(dataset.movies()[0].source.corrections);
    let rows = dataset.read(0).expect("rows");
    assert_eq!(rows.sequences().collect::<Vec<_>>(), [0..120, 120..165]);
    // They equal the whole race's rows of these frames.
    json(["record", text(&corrected), "-o", text(&whole)]);
    let all = Dataset::open(&whole)
        .expect("a dataset")
        .read(0)
        .expect("rows");
    // Before the race's first frame its counter is at 1.
    let of_movie = |frame: u32| start + u64::from(frame) - 1;
    let marked = |frame: u32| ranges.iter().any(|range| range.contains(&of_movie(frame)));
    let expected: Vec<_> = all.iter().filter(|row| marked(row.frame)).collect();
    assert!(rows.iter().collect::<Vec<_>>() == expected);

    let uncorrected = race.dataset();
    for network in ["mlp", "lstm"] {
        let model = folder.path().join(network);
        let trained = json([
            "train",
            text(&uncorrected),
            text(&corrections),
            "-o",
            text(&model),
            "--model-name",
            network,
            "-e",
            "1",
            "--split-ratio",
            "1",
            "--device",
            "cpu",
        ]);
        assert_eq!(trained["plan"]["train_movies"], 2);
        assert_eq!(trained["plan"]["train_frames"], all.len() + 165);
    }

    // A folder has either the whole race or the corrections of a movie.
    let again = ["record", text(&corrected), "-o", text(&corrections)];
    fails(again, &["corrected.dsm", "corrections", "another folder"]);
    // Parts of a race cannot become a ghost.
    let save = folder.path().join("ghost.sav");
    fails(
        ["ghosts", "inject", text(&corrections), "-o", text(&save)],
        &["no finished whole race"],
    );
}

/// A dataset with every fourth row of another, as steps of four frames.
fn in_steps_of_four(dataset: &Dataset, folder: &Path) {
    let schema = dataset.schema().clone();
    let schema = schema.with_frames_per_step(4.try_into().expect("not 0"));
    let mut writer = Writer::open(folder, &schema).expect("a new dataset");
    let mut rows = Rows::new(&schema);
    for row in dataset.read(0).expect("rows").iter().step_by(4) {
        rows.push(&row);
    }
    let source = dataset.movies()[0].source.clone();
    writer.add(source, &rows).expect("added");
}

#[test]
fn a_model_drives_in_the_steps_that_it_was_trained_on() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (fours, model, run) = (path("fours"), path("model"), path("run.dsm"));
    in_steps_of_four(&Dataset::open(race.dataset()).expect("a dataset"), &fours);
    let train = [
        &["train", text(&fours), "-o", text(&model), "--device", "cpu"][..],
        &["-e", "20", "--batch-size", "64"],
    ]
    .concat();
    let datasets = race.dataset();
    let mixed = [&train[..], &[text(&datasets)]].concat();
    fails(mixed, &["frames_per_step: expected 4, found 1"]);
    json(train);
    let judged = json([
        "eval",
        text(&model),
        text(&race.movie()),
        "--episodes",
        "1",
        "--movie",
        text(&run),
    ]);
    let steps = judged["movies"][0]["results"][0]["steps"].as_u64();
    assert!(steps.expect("steps") <= 18_000 / 4, "{judged}");
    let movie = Movie::parse(&fs::read(&run).expect("a movie")).expect("sound");
    let comment = RaceComment::of_movie(&movie).expect("sound");
    let first = comment.expect("a race").first_frame() as usize + PLAYBACK_DELAY;
    let driven: Vec<Pad> = movie.frames[first..first + 2000]
        .iter()
        .map(|frame| frame.pad)
        .collect();
    let is_held = |phase: usize| {
        let steps = driven[phase..].chunks(4);
        steps
            .into_iter()
            .all(|step| step.iter().all(|pad| pad == &step[0]))
    };
    assert!((0..4).any(is_held), "decisions last four frames");
    assert!(
        driven.iter().any(|pad| *pad != driven[0]),
        "there are several"
    );
}

#[test]
fn a_disturbed_drive_names_what_the_driver_drove_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    json([
        "drive",
        "-c",
        "f8c",
        "--calm",
        "--disturb",
        "--movies",
        text(&path("movies")),
        "-o",
        text(&path("calm.sav")),
    ]);
    let file = path("movies/f8c_calm.dsm");
    assert_eq!(json(["replay", text(&file)])[0]["finished"], true);
    let movie = Movie::parse(&fs::read(&file).expect("a movie")).expect("sound");
    let corrections = Corrections::of_movie(&movie).expect("sound");
    let race = RaceComment::of_movie(&movie)
        .expect("sound")
        .expect("a race");
    let pushed: Vec<u64> = (race.first_frame() + GO..movie.frames.len() as u64)
        .take_while(|frame| corrections.ranges().last().expect("some").end > *frame)
        .filter(|frame| !corrections.contains(*frame))
        .collect();
    assert!(pushed.len() > 300, "{} frames", pushed.len());
    assert!(corrections.count() > 2 * pushed.len() as u64);
    let held = Pad::A | Pad::LEFT | Pad::RIGHT;
    for frame in pushed {
        let pad = movie.frames[frame as usize].pad;
        assert!(pad.contains(Pad::A) && held.contains(pad), "{pad:?}");
    }

    let recorded = json([
        "record",
        text(&file),
        "--corrections",
        "-o",
        text(&path("dataset")),
    ]);
    let rows = recorded["rows"].as_u64().expect("rows");
    let counted = (race.first_frame() + PLAYBACK_DELAY as u64..movie.frames.len() as u64)
        .filter(|frame| corrections.contains(*frame))
        .count() as u64;
    assert!(rows.abs_diff(counted) <= 2, "{rows} rows of {counted}");
}

#[test]
fn a_movie_without_corrections_is_left_out_and_nothing_else_is_an_error() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    fails(
        [
            "record",
            text(&race.movie()),
            "--corrections",
            "-o",
            text(&dataset),
        ],
        &["f8c_race.dsm", "expected a movie that names corrections"],
    );
    let mut movie = Movie::parse(&fs::read(race.movie()).expect("a movie")).expect("sound");
    movie.header.add_comment("kartscope corrections 3..x");
    let broken = folder.path().join("broken.dsm");
    fs::write(&broken, movie.to_bytes()).expect("written");
    fails(
        [
            "record",
            text(&broken),
            "--corrections",
            "-o",
            text(&dataset),
        ],
        &["broken.dsm", "3..x", "FIRST..END"],
    );
}

#[test]
fn a_replay_draws_pictures() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let (png, gif, plain) = (
        folder.path().join("a.png"),
        folder.path().join("a.gif"),
        folder.path().join("plain.png"),
    );
    let movie = race.movie();
    json([
        "replay",
        text(&movie),
        "--png",
        text(&png),
        "--frame",
        "race+340",
        "--gif",
        text(&gif),
        "--from",
        "race+300",
        "--to",
        "race+339",
    ]);
    // The same moment by the number that inspect gives it.
    let source = format!("{}@race+340", text(&movie));
    let dump = folder.path().join("ram.bin");
    let dumped = json(["inspect", "dump", &source, "-o", text(&dump)]);
    let frame = dumped["frame"].to_string();
    let by_number = ["--frame", &frame, "--plain"];
    json(
        [
            &["replay", text(&movie), "--png", text(&plain)],
            &by_number[..],
        ]
        .concat(),
    );
    let read = |path: &std::path::Path| {
        let file = std::io::BufReader::new(fs::File::open(path).expect("a file"));
        let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a picture");
        ((info.width, info.height), pixels)
    };
    let ((size, pixels), (plain_size, plain)) = (read(&png), read(&plain));
    assert_eq!(size, (512, 768));
    assert_eq!(plain_size, size);
    let colours: std::collections::HashSet<&[u8]> = plain.chunks_exact(4).collect();
    assert!(
        colours.len() > 16,
        "the game's own picture has {} colours",
        colours.len()
    );
    let half = pixels.len() / 2;
    assert!(
        pixels[..half] != plain[..half],
        "the overlays are on the top screen"
    );
    assert!(pixels[half..] == plain[half..], "and nowhere else");
    let mut frames = 0;
    let mut decoder = gif::DecodeOptions::new()
        .read_info(fs::File::open(&gif).expect("a file"))
        .expect("a GIF");
    while decoder.next_frame_info().expect("readable").is_some() {
        frames += 1;
    }
    assert_eq!(frames, 10);
    assert_eq!(files(folder.path()).len(), 4, "no partial file is left");
}

#[test]
fn a_model_races() {
    let race = Race::get();
    let (model, movie) = (race.model(), race.movie());
    let judged = json([
        "eval",
        text(&model),
        text(&movie),
        "--episodes",
        "2",
        "--device",
        "cpu",
    ]);
    assert_eq!(
        judged["movies"][0]["results"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(judged["movies"][0]["course"], "f8c");
    let rate = judged["finish_rate"].as_f64().expect("a rate");
    assert!((0.0..=1.0).contains(&rate));
}

#[test]
fn eval_fails_below_the_required_finish_rate() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("model");
    let dataset = race.dataset();
    // Steps this small hardly change the random initial network: it only holds A. The kart then slides along
    // the walls and finishes the oval in time; the hairpins need a trained driver.
    json([
        "train",
        text(&dataset),
        "-o",
        text(&model),
        "-e",
        "1",
        "--split-ratio",
        "1",
        "--lr",
        "1e-12",
        "--device",
        "cpu",
    ]);
    let (save, movies) = (
        folder.path().join("hairpins.sav"),
        folder.path().join("movies"),
    );
    json(["drive", "-c", "yf", "-o", text(&save)]);
    json(["process", text(&save), "-o", text(&movies)]);
    fails(
        [
            "eval",
            text(&model),
            text(&movies.join("yf_hairpins.dsm")),
            "--episodes",
            "2",
            "--require-finish",
            "1",
            "--device",
            "cpu",
        ],
        &["--require-finish", "at least 1", "found 0"],
    );
}

#[test]
fn the_doctor_finds_everything_in_order() {
    let findings = json(["doctor"]);
    for finding in findings.as_array().expect("findings") {
        assert_eq!(finding["ok"], true, "{finding}");
    }
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(run(["completions", shell]).stdout).expect("text");
        for command in [
            "ghosts", "drive", "process", "record", "replay", "train", "eval", "doctor",
        ] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}
