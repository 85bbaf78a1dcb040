//! The window loses nothing: sessions, movies, keys and places in a run, as a user gives them.

use std::fs;

use desmume::Picture;
use nds_formats::dsm::Movie;
use nds_formats::pad::{Frame, Pad};
use serde_json::Value;

use crate::desktop::Window;
use crate::program::{Race, fails, json, run, stderr, text};
use crate::window::{
    Played, answer, go_into_the_race, hash_of, open_file, parse, race_at, unplayed, window_at,
};

/// The file name of the race's movie when it is saved.
const RUN: &str = "f8c_race.dsm";
/// The file name of the race's session when it is saved.
const SESSION: &str = "f8c_race.kartscope";
/// Where a window keeps its session while it is open.
const KEPT: &str = ".local/state/kartscope/window-0.kartscope";
/// A row of the list of fields, where the display has it.
const FIELD_ROW: [u32; 2] = [800, 420];
/// The button that closes a message.
const MESSAGE_CLOSE: [u32; 2] = [700, 820];
/// A point inside the label that shows what gets the keys, and its colours.
const KEYS_LABEL: [u32; 2] = [17, 881];
const DRIVE: [u8; 3] = [38, 162, 105];
const WRITE: [u8; 3] = [229, 165, 10];

/// The events of the race's movie, as the command line prints them.
fn events(kind: &str) -> Vec<u64> {
    let events = json(["inspect", "events", text(&Race::get().movie())]);
    let events = events.as_array().expect("a list").iter();
    let frames = events.filter(|event| event["event"] == kind && event["driver"] != 1);
    frames
        .map(|event| event["movie_frame"].as_u64().expect("a number"))
        .collect()
}

#[test]
fn a_movie_that_was_hardly_watched_is_saved_whole_under_its_own_name() {
    let window = unplayed("");
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(Played::get().race_from);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = window.wait_for_file(RUN);
    window.wait_for_frame(Played::get().race_from);
    let original = fs::read(Race::get().movie()).expect("a movie");
    assert!(fs::read(&saved).expect("a movie") == original);
    window.close();
}

#[test]
fn a_run_is_saved_whole_from_any_frame_and_counts_how_often_it_was_driven_anew() {
    let Played { race_from, .. } = *Played::get();
    let window = window_at(300);
    window.press(&["F2"]);
    window.press(&["period"; 30]);
    window.wait_for_frame(race_from + 330);
    window.press(&["Page_Up", "Page_Up"]);
    window.wait_for_frame(race_from + 210);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = parse(&window.wait_for_file(RUN));
    assert_eq!(saved.frames.len() as u64, race_from + 330);
    assert_eq!(saved.header.rerecord_count(), Ok(Some(1)));
    let (_, folder) = window.discard();
    let replayed = json(["replay", text(&folder.path().join(RUN))]);
    assert_eq!(replayed[0]["frames"], race_from + 330);
    assert_eq!(replayed[0]["divergence"], Value::Null);
}

#[test]
fn keys_drive_after_a_message_was_closed_a_search_was_left_and_a_field_was_clicked() {
    let Played { race_from, .. } = *Played::get();
    let window = window_at(300);
    window.press(&["F2"]);
    window.wait_for_color(KEYS_LABEL, DRIVE);
    let drive = |key: &str| {
        window.xdotool(&["keydown", key]);
        window.press(&["period", "period"]);
        window.xdotool(&["keyup", key]);
    };
    window.press(&["alt+1"]);
    window.point_at(MESSAGE_CLOSE);
    window.xdotool(&["click", "1"]);
    drive("Left");
    window.wait_for_frame(race_from + 302);
    window.press(&["ctrl+f"]);
    window.wait_for_color(KEYS_LABEL, WRITE);
    window.write("x1.");
    window.press(&["Escape"]);
    window.wait_for_color(KEYS_LABEL, DRIVE);
    drive("Right");
    window.wait_for_frame(race_from + 304);
    window.point_at(FIELD_ROW);
    window.xdotool(&["click", "1"]);
    drive("Up");
    window.wait_for_frame(race_from + 306);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = parse(&window.wait_for_file(RUN));
    let last: Vec<Pad> = saved.frames[saved.frames.len() - 6..]
        .iter()
        .map(|frame| frame.pad)
        .collect();
    let (left, right, up) = (Pad::LEFT, Pad::RIGHT, Pad::UP);
    assert_eq!(last, [left, left, right, right, up, up]);
    window.discard();
}

#[test]
fn after_going_back_while_driving_one_drives_on_from_there() {
    let Played { race_from, .. } = *Played::get();
    let window = window_at(300);
    window.press(&["F2"]);
    window.xdotool(&["keydown", "x"]);
    window.press(&["period"; 80]);
    window.xdotool(&["keyup", "x"]);
    window.wait_for_frame(race_from + 380);
    window.press(&["Page_Up"]);
    window.wait_for_frame(race_from + 320);
    window.xdotool(&["keydown", "z"]);
    window.press(&["F5"]);
    window.wait_for("! xdotool search --name 'at frame'", &[]);
    window.press(&["F5"]);
    window.xdotool(&["keyup", "z"]);
    window.turn_to("at frame");
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = parse(&window.wait_for_file(RUN));
    let turn = race_from as usize + 320;
    assert!(saved.frames.len() > turn);
    assert_eq!(saved.frames[turn - 1].pad, Pad::A);
    let driven = &saved.frames[turn..];
    assert!(driven.iter().all(|frame| frame.pad == Pad::B), "{driven:?}");
    window.discard();
}

#[test]
fn all_games_go_back_while_the_key_is_held() {
    let movie = Race::get().movie();
    let Played { length, .. } = *Played::get();
    let window = Window::open(&["debug", "movie", text(&movie), text(&movie)]);
    window.press(&["End"]);
    window.wait_for_frame(length);
    window.xdotool(&["keydown", "bracketleft"]);
    window.wait_until_before(length - 30);
    // On a busy machine the other game is slower: the key is held until it is there, too.
    window.press(&["ctrl+Tab"]);
    window.wait_until_before(length - 30);
    window.xdotool(&["keyup", "bracketleft"]);
    let (closed, _) = window.close();
    for game in 0..2 {
        let frames = closed["games"][game]["frames"].as_u64().expect("a number");
        assert!(frames <= length - 30, "{closed}");
    }
}

#[test]
fn laps_checkpoints_and_frames_are_where_the_command_line_has_them() {
    let laps = events("lap");
    let checkpoints = events("checkpoint");
    let window = unplayed("");
    window.press(&["F5"]);
    // Also of frames that were never played.
    window.press(&["alt+Page_Down"]);
    window.wait_for_frame(laps[0] + 1);
    window.press(&["alt+Page_Down"]);
    window.wait_for_frame(laps[1] + 1);
    window.press(&["alt+Page_Up"]);
    window.wait_for_frame(laps[0] + 1);
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(Played::get().race_from);
    for checkpoint in &checkpoints[..3] {
        window.press(&["shift+Page_Down"]);
        window.wait_for_frame(checkpoint + 1);
    }
    window.press(&["shift+Page_Up"]);
    window.wait_for_frame(checkpoints[1] + 1);
    for (written, shown) in [
        ("1234", 1234),
        ("end", Played::get().length - 1),
        ("race", Played::get().race_from - 1),
        ("race+100", Played::get().race_from + 99),
    ] {
        window.open_bubble(|window| window.press(&["ctrl+g"]));
        window.press(&["ctrl+a"]);
        window.write(written);
        window.press(&["Return"]);
        window.wait_for_frame(shown + 1);
    }
    let (closed, folder) = window.close();
    let at = format!("{}@race+100", text(&Race::get().movie()));
    let ram = folder.path().join("ram.bin");
    json(["inspect", "dump", &at, "-o", text(&ram)]);
    let shown = race_at(Played::get().race_from + 100, u32::MAX.into(), &[]);
    assert_eq!(closed["games"][0]["ram_hash"], hash_of(&shown));
    assert!(fs::read(&ram).expect("a dump") == shown.machine().main_ram());
}

#[test]
fn a_session_is_saved_closed_and_opened_again() {
    let Played { race_from, .. } = *Played::get();
    let window = window_at(300);
    window.press(&["F2"]);
    window.press(&["period"; 20]);
    window.wait_for_frame(race_from + 320);
    window.press(&["ctrl+b", "alt+3", "ctrl+alt+s"]);
    answer(&window, "Save the session", None);
    window.wait_for_file(SESSION);
    let (closed, folder) = window.close();
    let session = folder.path().join(SESSION);
    assert!(!folder.path().join(KEPT).exists());

    let window = Window::open_in(folder, &["debug"]);
    open_file(&window, &session);
    window.wait_for_frame(race_from + 320);
    // The run that was left, and the slot.
    window.press(&["ctrl+j"]);
    window.wait_for_frame(race_from + 300);
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    window.press(&["ctrl+3"]);
    window.wait_for_frame(race_from + 320);
    let (again, _) = window.discard();
    assert_eq!(again["games"][0], closed["games"][0]);
    let driven = [Frame::default(); 20];
    let expected = hash_of(&race_at(race_from + 320, race_from + 300, &driven));
    assert_eq!(closed["games"][0]["ram_hash"], expected);
}

#[test]
fn a_window_that_is_killed_or_signalled_is_opened_again_as_it_was() {
    let Played { race_from, .. } = *Played::get();
    for signal in ["KILL", "TERM"] {
        let window = window_at(300);
        window.press(&["F2"]);
        window.press(&["period"; 20]);
        window.wait_for_frame(race_from + 320);
        let kept = window.wait_for_file(KEPT);
        let frame = format!("\"frame\":{}", race_from + 320);
        window.wait_for("grep -q \"$1\" \"$2\"", &[&frame, text(&kept)]);
        window.signal(signal);
        let (_, folder) = window.wait();
        let window = Window::open_in(folder, &["debug"]);
        window.wait_for_frame(race_from + 320);
        // It is not saved yet.
        window.press(&["ctrl+w"]);
        window.turn_to("Save the session");
        window.press(&["Escape"]);
        window.wait_until_gone("Save the session");
        window.turn_to("kartscope");
        let (closed, folder) = window.discard();
        let driven = [Frame::default(); 20];
        let expected = hash_of(&race_at(race_from + 320, race_from + 300, &driven));
        assert_eq!(closed["games"][0]["ram_hash"], expected, "{signal}");
        assert!(!folder.path().join(KEPT).exists());
    }
}

#[test]
fn an_unsaved_session_can_be_saved_before_the_window_closes() {
    let window = window_at(300);
    window.press(&["F2", "period", "period"]);
    window.wait_for_frame(Played::get().race_from + 302);
    window.press(&["ctrl+w"]);
    window.turn_to("Save the session[?]");
    window.press(&["alt+s"]);
    window.wait_until_gone("Save the session[?]");
    window.turn_to("Save the session");
    window.press(&["Return"]);
    let (_, folder) = window.closed();
    assert!(folder.path().join(SESSION).exists());
    assert!(!folder.path().join(KEPT).exists());
}

#[test]
fn a_window_without_a_game_begins_one_and_opens_files_of_each_kind() {
    let race = Race::get();
    let window = Window::open(&["debug"]);
    window.press(&["ctrl+n"]);
    window.turn_to("New game");
    window.press(&["Return"]);
    window.wait_until_gone("New game");
    window.turn_to("f8c");
    window.press(&["F5"]);
    window.turn_to("f8c at frame");
    window.press(&["period"]);
    // What was driven so far is not wanted.
    open_file(&window, &race.movie());
    window.turn_to("Save the session");
    window.press(&["alt+d"]);
    window.turn_to("f8c_race");
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    open_file(&window, &race.save());
    window.turn_to("A ghost of the save");
    window.press(&["Return"]);
    window.turn_to("f8c_race");
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    let broken = window.path("broken.dsm");
    fs::write(&broken, "no movie").expect("written");
    open_file(&window, &broken);
    window.turn_to("f8c_race");
    window.wait_for_frame(Played::get().length);
    let (closed, folder) = window.close();
    assert_eq!(closed["games"][0]["ram_hash"], Played::get().ram_hash);
    let settings = fs::read_to_string(folder.path().join("config/window.toml"));
    let settings = settings.expect("settings are kept");
    for path in [race.movie(), race.save()] {
        assert!(settings.contains(text(&path)), "{settings}");
    }
    assert!(!settings.contains("broken.dsm"), "{settings}");
}

#[test]
fn a_ghost_of_another_course_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let movies = folder.path().join("movies");
    let save = folder.path().join("other.sav");
    let course = homebrew::COURSES
        .iter()
        .find(|course| course.id != 20)
        .and_then(|course| mkds_formats::names::Course::by_id(course.id))
        .expect("another course");
    let code = course.abbreviation.to_lowercase();
    let output = run([
        "drive",
        "-c",
        &code,
        "--movies",
        text(&movies),
        "-o",
        text(&save),
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let ghost = crate::program::files(&movies).pop().expect("a movie");
    let movie = Race::get().movie();
    fails(
        ["debug", "movie", text(&movie), "--ghost", text(&ghost)],
        &["expected a ghost of f8c", &format!("found one of {code}")],
    );
}

#[test]
fn a_window_comes_back_at_its_size() {
    let window = unplayed("");
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    let size = |window: &Window, expected: &str| {
        window.wait_for(
            "xdotool search --onlyvisible --name 'at frame' getwindowgeometry | grep -q \"$1\"",
            &[&format!("Geometry: {expected}")],
        );
    };
    window.xdotool(&[
        "search",
        "--onlyvisible",
        "--name",
        "at frame",
        "windowsize",
        "--sync",
        "1100",
        "800",
    ]);
    size(&window, "1100x800");
    let (_, folder) = window.close();
    let window = Window::open_in(folder, &["debug", "movie", text(&Race::get().movie())]);
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    size(&window, "1100x800");
    window.close();
}

#[test]
fn screens_stand_beside_each_other_in_a_wide_window_and_the_picture_has_a_scale() {
    let settings = "window-size = [1250, 560]\npanel-open = false\noverlays = []\n";
    let window = unplayed(settings);
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    go_into_the_race(&window, 700);
    // No tooltip.
    window.point_at([1270, 990]);
    window.looks_like("beside");
    window.press(&["ctrl+minus"]);
    window.looks_like("small");
    let (_, folder) = window.close();
    let settings = fs::read_to_string(folder.path().join("config/window.toml"));
    assert!(settings.expect("settings are kept").contains("scale = 1"));
}

#[test]
fn unlimited_speed_plays_a_whole_movie_to_the_same_ram() {
    let window = unplayed("");
    window.press(&["F5", "equal", "equal", "equal", "equal", "F5"]);
    window.wait_for_frame(Played::get().length);
    let (closed, _) = window.close();
    assert_eq!(closed["games"][0]["ram_hash"], Played::get().ram_hash);
    let mut replay = race_at(0, u32::MAX.into(), &[]);
    while replay.step(Picture::Skip).expect("it plays").is_some() {}
    assert_eq!(closed["games"][0]["ram_hash"], hash_of(&replay));
    let movie = Movie::parse(&fs::read(Race::get().movie()).expect("a movie")).expect("one");
    assert_eq!(closed["games"][0]["frames"], movie.frames.len());
}
