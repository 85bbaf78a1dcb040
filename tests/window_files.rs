//! Files that the window opens, by its dialogs and by dropping them on it, what it writes over, and what a screen reader
//! gets of it.

use std::fs;
use std::path::{Path, PathBuf};

use env_mkds::game::MarioKartDs;
use session::Snapshot;
use session::file::Document;
use tempfile::TempDir;
use window::input::Button;

use crate::desktop::Window;
use crate::program::{Race, text};
use crate::screen_reader::{Element, ScreenReader};
use crate::states::FromState;
use crate::window::{Played, answer, open_file, parse};

type SessionFile = Document<Snapshot<MarioKartDs>>;

/// Settings of windows whose panel is closed: there is less to read.
const PLAIN: &str = "panel-open = false\noverlays = []\n";
/// Pixels of the display from its left edge on that are never the panel's.
const GAMES: usize = 540;
/// Where the game is that must not be lost, frames after the race's first.
const AFTER: u64 = 120;

/// A home whose windows have these settings.
fn home(settings: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    fs::create_dir(&config).expect("made");
    fs::write(config.join("window.toml"), settings).expect("written");
    folder
}

/// Waits until the window shows a message that contains the text; returns the message.
fn wait_for_message(reader: &ScreenReader, words: &str) -> String {
    reader.wait_for(|element| {
        let is_shown = element.role == "label" && element.name.contains(words);
        is_shown.then(|| element.name.clone())
    })
}

/// What of `elements` the user acts on or looks at, and a screen reader has no name of. GTK calls such a thing by its
/// class.
fn nameless(elements: &[Element]) -> Vec<&Element> {
    const NAMED: [&str; 10] = [
        "button",
        "toggle button",
        "checkbox",
        "combo box",
        "image",
        "menu item",
        "search box",
        "slider",
        "switch",
        "text box",
    ];
    let is_nameless = |element: &&Element| {
        NAMED.contains(&element.role.as_str())
            && (element.name.is_empty() || element.name.starts_with("Gtk"))
            // GTK's own parts: those of a drop-down, and the button that clears an entry.
            && !element.inside.iter().any(|role| role == "combo box")
            && (element.role.as_str(), element.name.as_str()) != ("button", "GtkImage")
    };
    elements.iter().filter(is_nameless).collect()
}

#[test]
fn a_screen_reader_gets_a_name_of_every_button_picture_timeline_and_plot() {
    let movie = Race::get().movie();
    let pins = "pinned = ['driver[0].speed', 'driver[0].boost_timer']";
    let (window, reader) = Window::open_read(home(pins), &["debug", "movie", text(&movie)]);
    window.press(&["ctrl+Home"]);
    let frame = Played::get().race_from;
    window.wait_for_frame(frame);
    window.press(&["alt+1"]);
    wait_for_message(&reader, "saved in slot 1");
    let elements = reader.read();
    assert_eq!(nameless(&elements), [] as [&Element; 0]);
    let find = |role: &str, name: &str| {
        let mut found = elements.iter();
        let found = found.find(|it| it.role == role && it.name.contains(name));
        found.unwrap_or_else(|| panic!("no {role} is called {name}"))
    };
    let shown = format!("at frame {}", frame - 1);
    assert!(find("image", "screens").description.contains(&shown));
    assert_eq!(find("slider", "Frames played").value, Some(frame as f64));
    let plot = find("image", "driver[0].speed");
    assert!(plot.description.parse::<f64>().is_ok(), "{plot:?}");
    // Bubbles and dialogs.
    window.open_bubble(|window| window.press(&["ctrl+g"]));
    assert_eq!(nameless(&reader.read()), [] as [&Element; 0]);
    window.press(&["Escape", "ctrl+k"]);
    window.turn_to("Keys and Controllers");
    let elements = reader.read();
    assert_eq!(nameless(&elements), [] as [&Element; 0]);
    let bind = |element: &&Element| element.name.starts_with("Bind a key to");
    assert_eq!(elements.iter().filter(bind).count(), Button::ALL.len());
}

#[test]
fn files_that_are_dropped_on_the_window_are_opened() {
    let race = Race::get();
    let window = Window::open_with(&["debug"], PLAIN);
    let copy = |from: &Path, name: &str| {
        let to = window.path(name);
        fs::copy(from, &to).expect("copied");
        to
    };
    let movie = copy(&race.movie(), "Größer & schöner 100%.dsm");
    assert!(window.drop_files(&[&movie]));
    window.turn_to("Größer & schöner 100%");
    assert!(window.drop_files(&[&race.save()]));
    window.turn_to("A ghost of the save");
    window.press(&["Return"]);
    window.turn_to("f8c_race");
    let state = copy(&FromState::get().movie().with_extension("dst"), "grid.ds1");
    assert!(window.drop_files(&[&state]));
    window.turn_to("grid");
    let rom = window.path("game.nds");
    fs::write(&rom, homebrew::ROM).expect("written");
    assert!(window.drop_files(&[&rom]));
    // The state was driven from.
    window.turn_to("New game");
    window.press(&["Escape"]);
    window.wait_until_gone("New game");
    assert!(window.drop_files(&[&race.model()]));
    window.turn_to("The model's course");
    window.press(&["Escape"]);
    window.wait_until_gone("The model's course");
    window.turn_to("grid");
    // Several stand side by side.
    assert!(window.drop_files(&[&movie, &race.movie()]));
    window.turn_to("Save the session");
    window.press(&["alt+d"]);
    window.turn_to("Größer & schöner 100%");
    window.press(&["End"]);
    window.wait_for_frame(Played::get().length);
    window.press(&["ctrl+Tab"]);
    window.turn_to("f8c_race at");
    window.wait_for_frame(Played::get().length);
    let (closed, _) = window.close();
    let games = closed["games"].as_array().expect("a list");
    assert_eq!(games.len(), 2);
    for game in games {
        assert_eq!(game["ram_hash"], Played::get().ram_hash);
    }
}

/// Files that can't be opened in a window on the bundled game, each with its error.
fn bad_files(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let movie = fs::read(Race::get().movie()).expect("a movie");
    let state = fs::read(FromState::get().movie().with_extension("dst")).expect("a state");
    let save = fs::read(Race::get().save()).expect("a save");
    let mut other_rom = homebrew::ROM.to_vec();
    other_rom[0x5000] ^= 1;
    let other_state = {
        let options = desmume::Options::default();
        let mut emulator = desmume::Emulator::open(&other_rom, &options).expect("it starts");
        emulator.save_state().expect("a state").bytes().to_vec()
    };
    let files: [(&str, &[u8], &str); 8] = [
        ("cut.dsm", &movie[..movie.len() / 2 + 3], "cut.dsm"),
        ("cut.ds1", &state[..state.len() / 2], "cut.ds1"),
        ("other.state", &other_state, "ROM"),
        (
            "cut.nds",
            &homebrew::ROM[..homebrew::ROM.len() / 2],
            "cut.nds",
        ),
        ("cut.sav", &save[..1000], "found 1000 bytes"),
        ("empty", &[], "found 0 bytes"),
        ("text.txt", b"no game", "found 7 bytes"),
        (
            "cut.kartscope",
            b"{\"kartscope_session\":1,\"games\":[",
            "cut.kartscope",
        ),
    ];
    let written = files.map(|(name, bytes, said)| {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("written");
        (path, said)
    });
    let empty_folder = folder.join("empty folder");
    fs::create_dir(&empty_folder).expect("made");
    let others = [
        (empty_folder, "a model's folder"),
        (folder.join("gone.dsm"), "No such file"),
    ];
    written.into_iter().chain(others).collect()
}

#[test]
fn what_cant_be_opened_is_said_and_leaves_the_game_as_it_was() {
    let movie = Race::get().movie();
    let (window, reader) = Window::open_read(home(PLAIN), &["debug", "movie", text(&movie)]);
    window.press(&["ctrl+Home"]);
    let frame = Played::get().race_from + AFTER;
    window.wait_for_frame(frame - AFTER);
    // Something that must not be lost.
    window.press(&["Page_Down", "Page_Down"]);
    window.wait_for_frame(frame);
    window.press(&["F2", "period", "period"]);
    window.wait_for_frame(frame + 2);
    for (path, said) in bad_files(&window.path(".")) {
        assert!(window.drop_files(&[&path]));
        let message = wait_for_message(&reader, text(path.file_name().expect("a name").as_ref()));
        assert!(message.contains(said), "{}: {message}", path.display());
        println!("{message}");
    }
    // With others, too.
    let bad = window.path("text.txt");
    assert!(window.drop_files(&[&movie, &bad]));
    wait_for_message(&reader, "opening 2 files");
    open_file(&window, &bad);
    wait_for_message(&reader, "found 7 bytes");
    window.wait_for_frame(frame + 2);
    window.press(&["ctrl+w"]);
    window.turn_to("Save the session");
    window.press(&["Escape"]);
    window.wait_until_gone("Save the session[?]");
    window.turn_to("at frame");
    window.press(&["ctrl+alt+s"]);
    window.turn_to("Save the session");
    window.press(&["Return"]);
    let session = window.wait_for_file("f8c_race.kartscope");
    let document = SessionFile::parse(&fs::read(session).expect("a session"));
    assert_eq!(document.expect("a session").rom, None);
    window.turn_to("kartscope");
    window.press(&["ctrl+w"]);
    let (output, folder) = window.wait();
    let closed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(closed["games"][0]["frames"], frame + 2);
    let settings = fs::read_to_string(folder.path().join("config/window.toml")).expect("settings");
    for name in ["cut.", "gone", "empty", "text.txt"] {
        assert!(!settings.contains(name), "{settings}");
    }
    assert_eq!(parse(&movie).frames.len() as u64, Played::get().length);
}

#[test]
fn states_roms_models_and_recent_files_are_opened_by_keys() {
    let race = Race::get();
    let recent = format!("recent = ['/gone.dsm', '{}']\n", text(&race.movie()));
    let (window, reader) = Window::open_read(home(&(recent + PLAIN)), &["debug"]);
    reader.press("/gone.dsm");
    wait_for_message(&reader, "can't read /gone.dsm");
    reader.press(text(&race.movie()));
    window.turn_to("f8c_race");
    open_file(&window, &FromState::get().movie().with_extension("dst"));
    window.turn_to("countdown_3");
    window.press(&["F5"]);
    window.turn_to("countdown_3 at");
    // A ROM that is not begun with leaves the game, and its session, on theirs.
    let rom = window.path("game.nds");
    fs::write(&rom, homebrew::ROM).expect("written");
    let session = |name: &str| {
        let document = fs::read(window.wait_for_file(name)).expect("a session");
        SessionFile::parse(&document).expect("a session")
    };
    open_file(&window, &rom);
    window.turn_to("New game");
    window.press(&["Escape"]);
    window.wait_until_gone("New game");
    window.turn_to("countdown_3");
    window.press(&["period", "ctrl+alt+s"]);
    answer(&window, "Save the session", None);
    assert_eq!(session("countdown_3.kartscope").rom, None);
    open_file(&window, &rom);
    window.turn_to("New game");
    window.press(&["Return"]);
    window.wait_until_gone("New game");
    window.turn_to("f8c ");
    window.press(&["F5"]);
    window.turn_to("f8c at");
    window.press(&["period", "ctrl+alt+s"]);
    answer(&window, "Save the session", None);
    assert_eq!(session("f8c.kartscope").rom.as_deref(), Some(text(&rom)));
    // A model whose observation is not the one that it was trained on, and one that drives.
    let other = window.path("other");
    fs::create_dir(&other).expect("made");
    for file in fs::read_dir(race.model()).expect("a folder") {
        let file = file.expect("a file");
        let bytes = fs::read(file.path()).expect("readable");
        let is_card = file.file_name() == "model.json";
        let bytes = match String::from_utf8(bytes) {
            Ok(card) if is_card => card.replacen("speed", "haste", 1).into_bytes(),
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        fs::write(other.join(file.file_name()), bytes).expect("written");
    }
    open_file(&window, &other.join("model.json"));
    window.turn_to("The model's course");
    window.press(&["Return"]);
    wait_for_message(&reader, "observation_sha256: expected");
    window.turn_to("f8c at");
    open_file(&window, &race.model().join("model.json"));
    window.turn_to("The model's course");
    window.press(&["Return"]);
    window.wait_until_gone("The model's course");
    window.turn_to("f8c ");
}

#[test]
fn what_was_opened_is_not_written_over() {
    let race = Race::get();
    let folder = home(PLAIN);
    let path = |name: &str| folder.path().join(name);
    fs::copy(race.movie(), path("race.dsm")).expect("copied");
    fs::write(path("game.nds"), homebrew::ROM).expect("written");
    fs::hard_link(path("race.dsm"), path("hard.dsm")).expect("linked");
    for (name, target) in [
        ("soft.dsm", "race.dsm"),
        ("soft.png", "game.nds"),
        ("soft.gif", "game.nds"),
        ("soft.mp4", "race.dsm"),
    ] {
        std::os::unix::fs::symlink(target, path(name)).expect("linked");
    }
    let arguments = ["--rom", "game.nds", "debug", "movie", "race.dsm"];
    let (window, reader) = Window::open_read(folder, &arguments);
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(Played::get().race_from);
    for (keys, title, name) in [
        ("ctrl+s", "Save the run", "race.dsm"),
        ("ctrl+s", "Save the run", "hard.dsm"),
        ("ctrl+s", "Save the run", "soft.dsm"),
        ("ctrl+e", "Export the picture", "game.nds"),
        ("ctrl+e", "Export the picture", "soft.png"),
        ("ctrl+shift+e", "Export frames", "soft.gif"),
        ("ctrl+shift+e", "Export frames", "soft.mp4"),
    ] {
        window.press(&[keys]);
        window.turn_to(title);
        window.press(&["ctrl+a"]);
        window.write(name);
        window.press(&["Return"]);
        // GTK asks whether the file is to be replaced.
        reader.press("Replace");
        window.wait_until_gone(title);
        window.turn_to("kartscope");
        let message = wait_for_message(&reader, &format!("{name}: expected an output"));
        assert!(message.contains("found its input"), "{message}");
    }
    let read = |name: &str| fs::read(window.path(name)).expect("readable");
    assert!(read("race.dsm") == fs::read(race.movie()).expect("a movie"));
    assert!(read("game.nds") == homebrew::ROM);
}

#[test]
fn messages_lie_over_no_lap_and_no_time() {
    let movie = Race::get().movie();
    let movie = text(&movie);
    // The layout, how many games there are, and from which row on of the display something may lie over them: the lower
    // half of the lowest screen.
    for (layout, games, free) in [
        ("window-size = [1180, 900]", 1, 638),
        ("window-size = [830, 500]", 1, 342),
        ("window-size = [560, 950]\npanel-open = false", 1, 663),
        ("window-size = [1250, 560]\npanel-open = false", 1, 276),
        (
            "window-size = [700, 300]\npanel-open = false\nscreens = 'upper'",
            1,
            149,
        ),
        (
            "window-size = [700, 300]\npanel-open = false\nscreens = 'lower'",
            1,
            149,
        ),
        ("window-size = [1000, 700]", 7, 565),
    ] {
        let settings = format!("{layout}\noverlays = []\n");
        let arguments = [vec!["debug", "movie"], vec![movie; games]].concat();
        let window = Window::open_with(&arguments, &settings);
        window.press(&["ctrl+Home"]);
        window.wait_for_frame(Played::get().race_from);
        window.point_at([1270, 990]);
        let before = window.still_picture();
        let bad = window.path(&"a long name ".repeat(20));
        fs::write(&bad, "no game").expect("written");
        assert!(window.drop_files(&[&bad]));
        let rows = window.rows_unlike(&before, GAMES);
        assert!(rows[0] >= free, "{layout}: {} is above {free}", rows[0]);
    }
}
