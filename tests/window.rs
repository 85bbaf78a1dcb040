//! The debug window on a virtual desktop, with keys as a user presses them.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use env_mkds::runs::Replay;
use gif::DecodeOptions;
use homebrew::ROM;
use mkds_memory::RamMut;
use mkds_memory::path::{FieldValue, Path as Field};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Frame, Pad, Touch};
use overlays::{OverlayKind, Races as _};
use overlays_mkds::MkdsRaces;
use serde_json::Value;
use tempfile::TempDir;

use crate::desktop::{Window, assert_alike, golden};
use crate::program::{Race, files, json, kartscope, stderr, text};
use crate::states::FromState;

/// Where the button is that opens the list of overlays.
const OVERLAYS_BUTTON: [u32; 2] = [908, 27];
/// Keys of the console's buttons, as they are by default.
const KEYS: [(Pad, &str); 8] = [
    (Pad::A, "x"),
    (Pad::B, "z"),
    (Pad::X, "u"),
    (Pad::Y, "i"),
    (Pad::L, "q"),
    (Pad::R, "e"),
    (Pad::LEFT, "Left"),
    (Pad::RIGHT, "Right"),
];
/// The file name of the race's run when it is saved as a movie.
const RUN: &str = "f8c_race.dsm";
/// A field that holds what is written to it for a while, counting down.
const BOOST: &str = "driver[0].boost_timer";

/// The replayed race: its length, its first frame, and the hash of RAM at its end.
pub(crate) struct Played {
    pub(crate) length: u64,
    pub(crate) race_from: u64,
    pub(crate) ram_hash: Value,
}

impl Played {
    pub(crate) fn get() -> &'static Self {
        static PLAYED: OnceLock<Played> = OnceLock::new();
        PLAYED.get_or_init(|| {
            let played = &json(["replay", text(&Race::get().movie())])[0];
            let number = |key: &str| played[key].as_u64().expect("a number");
            Self {
                length: number("frames"),
                race_from: number("race_from"),
                ram_hash: played["ram_hash"].clone(),
            }
        })
    }
}

pub(crate) fn parse(movie: &Path) -> Movie {
    Movie::parse(&fs::read(movie).expect("a movie")).expect("a movie")
}

/// The race's emulator after the first `frame` frames, with other inputs from `turn` on.
pub(crate) fn race_at(frame: u64, turn: u64, inputs: &[Frame]) -> Replay {
    let mut movie = parse(&Race::get().movie());
    movie.frames.truncate(turn as usize);
    movie.frames.extend_from_slice(inputs);
    let mut replay = Replay::open(ROM, &movie).expect("it plays");
    for _ in 0..frame {
        replay
            .step(desmume::Picture::Skip)
            .expect("it plays")
            .expect("a frame");
    }
    replay
}

pub(crate) fn hash_of(replay: &Replay) -> String {
    format!("{:016x}", replay.machine().ram_hash())
}

/// Opens a file by its name in the window's dialog.
pub(crate) fn open_file(window: &Window, path: &Path) {
    window.press(&["ctrl+o"]);
    window.turn_to("Open movies");
    window.write(text(path));
    window.press(&["Return"]);
    window.wait_until_gone("Open movies");
}

/// A window on the race's movie, of which nothing was played yet.
pub(crate) fn unplayed(settings: &str) -> Window {
    let movie = Race::get().movie();
    Window::open_with(&["debug", "movie", text(&movie)], settings)
}

/// The same, which has been seen to its end.
fn window_on_the_race(settings: &str) -> Window {
    let window = unplayed(settings);
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    window
}

/// A window on the race's movie, at a frame after the race's first; nothing ahead was played.
pub(crate) fn window_at(after: u64) -> Window {
    let window = unplayed("");
    go_into_the_race(&window, after);
    window
}

/// Goes to a frame after the race's first.
pub(crate) fn go_into_the_race(window: &Window, after: u64) {
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(Played::get().race_from);
    let (seconds, frames) = (after / 60, after % 60);
    window.press(&vec!["Page_Down"; seconds as usize]);
    window.press(&vec!["period"; frames as usize]);
    window.wait_for_frame(Played::get().race_from + after);
}

/// The files in a folder, without GTK's hidden ones.
fn made(folder: &TempDir) -> Vec<String> {
    let files = files(folder.path()).into_iter();
    let inside = files.filter_map(|file| file.strip_prefix(folder.path()).ok().map(Path::to_owned));
    let names = inside.map(|file| text(&file).to_owned());
    names.filter(|name| !name.starts_with('.')).collect()
}

/// Answers the window's question for a file with the name that it proposes, or another.
pub(crate) fn answer(window: &Window, title: &str, name: Option<&str>) {
    window.turn_to(title);
    if let Some(name) = name {
        window.press(&["ctrl+a"]);
        window.write(name);
    }
    window.press(&["Return"]);
    window.wait_until_gone(title);
    window.turn_to("kartscope");
}

#[test]
fn a_movie_is_played_rewound_and_played_as_a_replay_plays_it() {
    let played = Played::get();
    let window = window_on_the_race("");
    window.press(&["comma"]);
    window.wait_for_frame(played.length - 1);
    window.press(&["Page_Up"]);
    window.wait_for_frame(played.length - 61);
    // Each overlay off or on; the panel, the screens, and the whole screen.
    let numbers = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
    window.press(&numbers);
    window.press(&["F9", "F8", "F8", "F8", "F9", "F11", "F11"]);
    // The game rewinds while the key is held.
    window.xdotool(&["keydown", "bracketleft"]);
    window.wait_until_before(played.length - 121);
    window.xdotool(&["keyup", "bracketleft"]);
    window.press(&["Home"]);
    window.wait_for_frame(0);
    window.press(&["period", "period"]);
    window.wait_for_frame(2);
    window.press(&["End"]);
    window.wait_for_frame(played.length);
    let (closed, folder) = window.close();
    assert_eq!(closed["games"][0]["frames"], played.length);
    assert_eq!(closed["games"][0]["ram_hash"], played.ram_hash);
    let settings = fs::read_to_string(folder.path().join("config/window.toml"));
    let settings = settings.expect("settings are kept");
    assert!(
        settings.contains("minimap") != settings.contains("collision"),
        "{settings}"
    );
}

#[test]
fn every_game_goes_to_its_own_race_and_one_without_keeps_no_other_from_it() {
    const SHORT: u64 = 100;
    let played = Played::get();
    let folder = tempfile::tempdir().expect("a folder");
    let short = folder.path().join("short.dsm");
    let mut movie = parse(&Race::get().movie());
    movie.frames.truncate(SHORT as usize);
    fs::write(&short, movie.to_bytes()).expect("written");
    let window = Window::open(&["debug", "movie", text(&short), text(&Race::get().movie())]);
    window.press(&["End"]);
    window.wait_for_frame(SHORT);
    window.press(&["ctrl+Tab"]);
    window.wait_for_frame(played.length);
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(played.race_from);
    let (closed, _) = window.close();
    assert_eq!(closed["games"][0]["frames"], SHORT);
    assert_eq!(closed["games"][1]["frames"], played.race_from);
}

#[test]
fn a_lap_is_driven_by_keys_saved_and_replayed_to_the_same_ram() {
    /// Frames from the race's first to the second lap.
    const LAP: u64 = 1800;
    let Played { race_from, .. } = *Played::get();
    // The keys are those that the movie's driver would have pressed.
    let movie = parse(&Race::get().movie());
    let driven = &movie.frames[race_from as usize..][..LAP as usize];
    let window = window_at(0);
    window.press(&["F2"]);
    let mut keys: Vec<String> = Vec::new();
    let mut held = Pad::empty();
    for run in driven.chunk_by(|a, b| a.pad == b.pad) {
        for (button, key) in KEYS {
            let act = match (held.contains(button), run[0].pad.contains(button)) {
                (false, true) => "keydown",
                (true, false) => "keyup",
                _ => continue,
            };
            keys.extend([act, key].map(str::to_owned));
        }
        held = run[0].pad;
        keys.extend(["key", "--delay", "0"].map(str::to_owned));
        keys.extend(vec!["period".to_owned(); run.len()]);
    }
    for (_, key) in KEYS {
        keys.extend(["keyup", key].map(str::to_owned));
    }
    window.xdotool(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    window.wait_for_frame(race_from + LAP);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = window.wait_for_file(RUN);
    assert_eq!(
        parse(&saved).frames,
        movie.frames[..(race_from + LAP) as usize]
    );
    let (closed, folder) = window.discard();
    let replayed = json(["replay", text(&folder.path().join(RUN))]);
    assert_eq!(closed["games"][0]["frames"], replayed[0]["frames"]);
    assert_eq!(closed["games"][0]["ram_hash"], replayed[0]["ram_hash"]);
    assert_eq!(replayed[0]["divergence"], Value::Null);
    let end = format!("{}@end", text(&folder.path().join(RUN)));
    let lap = json(["inspect", "show", &end, "race_status.driver[0].lap"]);
    assert_eq!(lap[0]["value"], 1, "{lap}");
}

#[test]
fn a_run_from_a_save_state_is_saved_with_the_state_beside_it() {
    let movie = FromState::get().movie();
    let name = movie
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let length = parse(&movie).frames.len() as u64;
    let window = Window::open(&["debug", "movie", text(&movie)]);
    window.press(&["End"]);
    window.wait_for_frame(length);
    window.press(&["F2", "period", "period"]);
    window.wait_for_frame(length + 2);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    window.wait_for_file(&name);
    let (closed, folder) = window.close();
    let run = folder.path().join(&name);
    let state = |movie: &Path| fs::read(movie.with_extension("dst")).expect("a state");
    assert!(state(&run) == state(&movie), "the state is another");
    let replayed = &json(["replay", text(&run)])[0];
    assert_eq!(replayed["frames"], length + 2);
    assert_eq!(replayed["ram_hash"], closed["games"][0]["ram_hash"]);
    assert_eq!(replayed["divergence"], Value::Null);
}

#[test]
fn runs_are_branched_and_gone_back_to_and_slots_bring_frames_back() {
    const AFTER: u64 = 400;
    let Played {
        race_from,
        length,
        ref ram_hash,
    } = *Played::get();
    let turn = race_from + AFTER;
    let window = window_at(AFTER);
    window.press(&["alt+1", "F2"]);
    window.xdotool(&["keydown", "x", "keydown", "Left"]);
    window.press(&["period"; 12]);
    window.xdotool(&["keyup", "Left", "keyup", "x"]);
    window.wait_for_frame(turn + 12);
    // The run that was left, then the new one.
    window.press(&["ctrl+j"]);
    window.wait_for_frame(turn);
    window.press(&["End"]);
    window.wait_for_frame(length);
    window.press(&["ctrl+j"]);
    window.wait_for_frame(turn + 12);
    // The slot has the run that was, with all that is ahead in it.
    window.press(&["ctrl+1"]);
    window.wait_for_frame(turn);
    window.press(&["End"]);
    window.wait_for_frame(length);
    window.press(&["ctrl+j"]);
    window.wait_for_frame(turn + 12);
    let (closed, _) = window.discard();
    let driven = [Frame::pad(Pad::A | Pad::LEFT); 12];
    let expected = hash_of(&race_at(turn + 12, turn, &driven));
    assert_eq!(closed["games"][0]["ram_hash"], expected);
    assert_ne!(closed["games"][0]["ram_hash"], *ram_hash);
}

#[test]
fn a_field_is_found_written_played_on_with_and_undone() {
    const AFTER: u64 = 700;
    let Played {
        race_from,
        length,
        ref ram_hash,
    } = *Played::get();
    let poke = |window: &Window| {
        window.press(&["ctrl+f"]);
        window.write("driver 0 boost_timer");
        // Enter edits the first result; the popover gets the keys when it opens.
        window.open_bubble(|window| window.press(&["Return"]));
        window.press(&["ctrl+a"]);
        window.write("77");
        window.press(&["Return"]);
        window.xdotool(&["mousemove", "200", "300", "click", "1"]);
        window.press(&["period"; 10]);
        window.wait_for_frame(race_from + AFTER + 10);
    };
    let window = window_at(AFTER);
    poke(&window);
    let (closed, _) = window.discard();
    let mut replay = race_at(race_from + AFTER, u32::MAX.into(), &[]);
    let field = Field::parse(BOOST).expect("a field");
    let mut ram = RamMut::new(replay.machine_mut().main_ram_mut()).expect("all of RAM");
    field
        .write(&mut ram, &FieldValue::Integer(77))
        .expect("written");
    for _ in 0..10 {
        replay.step(desmume::Picture::Skip).expect("it plays");
    }
    assert_eq!(closed["games"][0]["ram_hash"], hash_of(&replay));

    let window = window_at(AFTER);
    poke(&window);
    window.press(&["ctrl+z"]);
    window.wait_for_frame(race_from + AFTER);
    window.press(&["End"]);
    window.wait_for_frame(length);
    let (closed, _) = window.discard();
    assert_eq!(closed["games"][0]["ram_hash"], *ram_hash);
}

#[test]
fn the_mouse_touches_the_lower_screen_and_the_timeline_goes_where_it_points() {
    /// Where the lower screen's corner is in a window of the default size, and its enlargement.
    const CORNER: [u32; 2] = [108, 446];
    const SCALE: u32 = 2;
    const TOUCHED: [u32; 2] = [60, 150];
    /// Where the timeline's ends are, and its middle.
    const TIMELINE: [u32; 3] = [17, 712, 861];
    let Played { length, .. } = *Played::get();
    let window = window_at(400);
    window.press(&["F2"]);
    window.point_at([0, 1].map(|axis| CORNER[axis] + TOUCHED[axis] * SCALE + SCALE / 2));
    window.xdotool(&["mousedown", "1"]);
    window.press(&["period"; 3]);
    window.xdotool(&["mouseup", "1"]);
    window.press(&["period"; 2]);
    window.wait_for_frame(Played::get().race_from + 405);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let movie = parse(&window.wait_for_file(RUN));
    let touches: Vec<_> = movie
        .frames
        .iter()
        .rev()
        .take(5)
        .map(|frame| frame.touch)
        .collect();
    let [x, y] = TOUCHED.map(|place| place as u8);
    let touched = Some(Touch { x, y });
    assert_eq!(touches, [None, None, touched, touched, touched]);

    // Back to the movie; a third of the way along the bar is a third of the run.
    window.press(&["ctrl+j"]);
    window.wait_for_frame(Played::get().race_from + 400);
    let [left, right, middle] = TIMELINE;
    let third = left + (right - left) / 3;
    window.point_at([third, middle]);
    window.xdotool(&["click", "1"]);
    window.wait_for("xdotool search --name 'at frame 1[67][0-9][0-9] '", &[]);
    let (closed, _) = window.discard();
    let frame = closed["games"][0]["frames"].as_u64().expect("a number");
    assert!(frame.abs_diff(length / 3) < 20, "{frame} of {length}");
    let there = race_at(frame, u32::MAX.into(), &[]);
    assert_eq!(closed["games"][0]["ram_hash"], hash_of(&there));
}

#[test]
fn what_is_exported_is_what_replay_writes() {
    const AFTER: u64 = 600;
    const OVERLAYS: &str = "rays,checkpoints,buttons,gauges,minimap";
    let frame = Played::get().race_from + AFTER;
    let names = OVERLAYS.replace(',', "', '");
    let window = window_on_the_race(&format!("overlays = ['{names}']"));
    go_into_the_race(&window, AFTER);
    window.press(&["ctrl+e"]);
    answer(&window, "Export the picture", None);
    window.wait_for_file("picture.png");
    window.press(&["ctrl+b"]);
    window.press(&["period"; 40]);
    window.wait_for_frame(frame + 40);
    window.press(&["ctrl+b", "ctrl+shift+e"]);
    answer(&window, "Export frames", Some("run.txt"));
    window.press(&["ctrl+shift+e"]);
    answer(&window, "Export frames", None);
    window.wait_for_file("run.gif");
    window.wait_for_frame(frame + 40);
    let (_, folder) = window.discard();
    assert_eq!(
        made(&folder),
        ["config/window.toml", "picture.png", "run.gif"]
    );

    let expected = folder.path().join("expected.png");
    let movie = Race::get().movie();
    json([
        "replay",
        text(&movie),
        "--png",
        text(&expected),
        "--frame",
        // Counted from 0; the window counts those that were played.
        &(frame - 1).to_string(),
        "--scale",
        "3",
        "--overlays",
        OVERLAYS,
    ]);
    let picture = |name: &str| {
        image::open(folder.path().join(name))
            .expect("a picture")
            .to_rgb8()
    };
    assert_alike("export", &picture("expected.png"), &picture("picture.png"));
    let gif = fs::File::open(folder.path().join("run.gif")).expect("a GIF");
    let mut gif = DecodeOptions::new().read_info(gif).expect("a GIF");
    assert_eq!([gif.width(), gif.height()], [256 * 3, 384 * 3]);
    let mut pictures = 0;
    while gif.read_next_frame().expect("readable").is_some() {
        pictures += 1;
    }
    assert_eq!(pictures, 11, "every fourth of 41 frames");
}

#[test]
fn a_window_that_is_interrupted_leaves_nothing_half_written() {
    for signal in ["INT", "TERM"] {
        let window = window_at(0);
        window.press(&["ctrl+shift+e"]);
        answer(&window, "Export frames", None);
        // The export of a whole race takes longer than this.
        window.signal(signal);
        let (output, folder) = window.wait();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stderr(&output), "");
        assert_eq!(made(&folder), ["config/window.toml"]);
    }
}

#[test]
fn corrections_of_an_agent_become_a_dataset_that_trains() {
    let race = Race::get();
    let (model, movie) = (race.model(), race.movie());
    let window = Window::open(&["debug", "agent", text(&model), text(&movie)]);
    // Past the countdown, in which nothing is recorded, and into the race.
    window.press(&["F5"]);
    window.press(&["ctrl+Home"]);
    window.press(&["End"]);
    window.press(&["period"; 330]);
    window.xdotool(&["keydown", "x", "keydown", "Left"]);
    window.press(&["period"; 25]);
    window.xdotool(&["keyup", "Left", "keyup", "x"]);
    window.press(&["period"; 5]);
    window.press(&["ctrl+shift+s"]);
    answer(&window, "Save the corrections", None);
    window.wait_for_file("corrections/manifest.json");
    let (_, folder) = window.close();
    let corrections = folder.path().join("corrections");
    let dataset = learn::dataset::Dataset::open(&corrections).expect("a dataset");
    let rows: usize = dataset
        .manifest()
        .movies
        .iter()
        .map(|movie| movie.rows as usize)
        .sum();
    assert_eq!(rows, 25);
    let again = folder.path().join("model");
    json([
        "train",
        text(&race.dataset()),
        text(&corrections),
        "-o",
        text(&again),
        "-e",
        "1",
        "--split-ratio",
        "1",
        "--device",
        "cpu",
    ]);
}

#[test]
fn races_that_are_watched_end_as_those_that_are_not() {
    let race = Race::get();
    let (model, movie) = (race.model(), race.movie());
    let arguments = [
        "eval",
        text(&model),
        text(&movie),
        "--episodes",
        "1",
        "--frame-limit",
        "900",
        "--device",
        "cpu",
    ];
    let alone = json(arguments);
    let (output, _) = Window::open(&[&arguments[..], &["--window"]].concat()).wait();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    let watched: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(watched["movies"], alone["movies"]);

    let (output, folder) = Window::open(&["record", text(&movie), "-o", "rows", "--window"]).wait();
    assert!(output.status.success(), "{}", stderr(&output));
    let parquet = |folder: &Path| {
        let mut files = files(folder);
        files.retain(|file| file.extension().is_some_and(|end| end == "parquet"));
        fs::read(&files[0]).expect("rows")
    };
    assert!(parquet(&folder.path().join("rows")) == parquet(&race.dataset()));
}

#[test]
fn windows_look_as_they_should() {
    const AFTER: u64 = 700;
    let movie = Race::get().movie();
    let movie = text(&movie);
    let look = |name: &str, games: &[&str], settings: &str| {
        let arguments = [&["debug", "movie"], games].concat();
        let window = Window::open_with(&arguments, settings);
        window.press(&["End"]);
        window.wait_for_frame(Played::get().length);
        go_into_the_race(&window, AFTER);
        window.looks_like(name);
        window.close();
    };
    look("race", &[movie], "");
    let names: Vec<String> = OverlayKind::ALL
        .map(|kind| format!("'{}'", kind.name()))
        .to_vec();
    let all = format!("overlays = [{}]\npanel-open = false", names.join(", "));
    look("overlays", &[movie], &format!("{all}\nscreens = 'upper'"));
    look("tiles", &[movie, movie], "panel-open = false");
}

#[test]
fn each_overlay_is_turned_on_and_off_in_the_list() {
    let window = window_on_the_race("overlays = []\npanel-open = false\nscreens = 'upper'");
    go_into_the_race(&window, 700);
    let turn_each = || {
        window.point_at(OVERLAYS_BUTTON);
        window.xdotool(&["click", "1"]);
        for _ in MkdsRaces::UNUSED.len()..OverlayKind::ALL.len() {
            window.press(&["space", "Tab"]);
        }
        window.press(&["Escape"]);
        window.point_at([0, 0]);
    };
    turn_each();
    window.looks_like("overlays");
    turn_each();
    window.looks_like("bare");
    let (_, folder) = window.close();
    let settings = fs::read_to_string(folder.path().join("config/window.toml"));
    let settings = settings.expect("settings are kept");
    assert!(settings.contains("overlays = []"), "{settings}");
}

#[test]
fn a_button_that_is_missing_would_be_seen() {
    let window = golden("race");
    let mut without = window.clone();
    let background = *window.get_pixel(300, 27);
    for (x, y) in (188..258).flat_map(|x| (10..44).map(move |y| (x, y))) {
        without.put_pixel(x, y, background);
    }
    let compare = || assert_alike("missing", &window, &without);
    assert!(std::panic::catch_unwind(compare).is_err());
}

#[test]
fn without_a_display_the_error_says_so() {
    let output = kartscope()
        .args(["debug", "movie", text(&Race::get().movie())])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("kartscope starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("no display"),
        "{}",
        stderr(&output)
    );
}
