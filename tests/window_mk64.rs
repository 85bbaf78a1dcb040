//! The debug window on Mario Kart 64, with keys as a user presses them.

use std::fs;
use std::path::Path;

use env_mk64::movie::Movie;
use env_mk64::runs::Replay;
use mk64_memory::RamMut;
use mk64_memory::path::{FieldValue, Path as Field};
use n64_formats::pad::{Buttons, Frame, Pad};
use serde_json::Value;

use crate::desktop::{Window, assert_alike};
use crate::mk64::{Learnt, driven, on_mk64, replayed};
use crate::program::{fails, json, text};
use crate::window::answer;

/// Frames after the race's first one at which a human takes over; a whole number of seconds.
const AFTER: u64 = 480;
/// How long keys are held, frames.
const HELD: usize = 12;
/// The overlays of pictures.
const OVERLAYS: &str = "collision,paths,rays,checkpoints,minimap,buttons,gauges";

fn parse(movie: &Path) -> Movie {
    Movie::parse(&fs::read(movie).expect("a movie")).expect("a movie")
}

/// The first frame of the race in a movie of which `replay` said this.
fn race_from(replayed: &Value) -> u64 {
    replayed["race_from"].as_u64().expect("a number")
}

/// A window on the driven race, at `AFTER`, and the number of that frame.
fn window_in_the_race(movie: &Path) -> (Window, u64) {
    let names = OVERLAYS.replace(',', "', '");
    let arguments = on_mk64(&["debug", "movie", text(movie)]);
    let window = Window::open_with(&arguments, &format!("overlays = ['{names}']"));
    let race = race_from(&replayed(movie));
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(race);
    window.press(
        &[
            ["Page_Down"; AFTER as usize / 60].as_slice(),
            &["Page_Up", "Page_Down"],
        ]
        .concat(),
    );
    window.wait_for_frame(race + AFTER);
    (window, race + AFTER)
}

#[test]
fn a_race_is_taken_over_with_the_stick_and_yellow_buttons_saved_and_gone_back_to() {
    let Some(movie) = driven() else { return };
    let length = replayed(&movie)["frames"].as_u64().expect("a number");
    let (window, turn) = window_in_the_race(&movie);
    window.press(&["F2"]);
    window.xdotool(&["keydown", "x", "keydown", "Left", "keydown", "h"]);
    window.press(&["period"; HELD]);
    window.xdotool(&["keyup", "h", "keyup", "Left", "keyup", "x"]);
    window.wait_for_frame(turn + HELD as u64);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = window.wait_for_file("mmf_ghosts.m64");
    // The run that was left, then the new one.
    window.press(&["ctrl+j"]);
    window.wait_for_frame(turn);
    window.press(&["End"]);
    window.wait_for_frame(length);
    window.press(&["ctrl+j"]);
    window.wait_for_frame(turn + HELD as u64);
    let (recorded, run) = (parse(&movie), parse(&saved));
    let (before, after) = run.frames().split_at(turn as usize);
    assert_eq!(before, &recorded.frames()[..turn as usize]);
    let pad = Pad {
        buttons: Buttons::A | Buttons::C_RIGHT,
        stick: [-80, 0],
    };
    // In a frame in which the game polls no controller, a movie has the input of the frame before.
    let driven = after
        .iter()
        .skip_while(|frame| **frame == before[before.len() - 1]);
    let driven: Vec<_> = driven.collect();
    assert!(after.len() == HELD && driven.len() >= HELD - 1, "{after:?}");
    assert!(
        driven.into_iter().all(|frame| *frame == Frame::first(pad)),
        "{after:?}"
    );
    let again = replayed(&saved);
    let (closed, _folder) = window.discard();
    assert_eq!(closed["games"][0]["ram_hash"], again["ram_hash"]);
    assert_eq!(again["divergence"], Value::Null);
}

#[test]
fn a_picture_with_overlays_is_what_replay_draws_and_a_field_is_written() {
    let Some(movie) = driven() else { return };
    let (window, frame) = window_in_the_race(&movie);
    window.press(&["ctrl+e"]);
    answer(&window, "Export the picture", None);
    window.wait_for_file("picture.png");
    window.press(&["ctrl+f"]);
    window.write("player 0 boost_timer");
    // Enter edits the first result; the popover gets the keys when it opens.
    window.open_bubble(|window| window.press(&["Return"]));
    window.press(&["ctrl+a"]);
    window.write("77");
    window.press(&["Return"]);
    window.xdotool(&["mousemove", "200", "300", "click", "1"]);
    window.press(&["period"; HELD]);
    window.wait_for_frame(frame + HELD as u64);
    let (closed, folder) = window.discard();

    let mut replay = Replay::open(homebrew_n64::ROM, &parse(&movie)).expect("it plays");
    for _ in 0..frame {
        replay.step(machine::Picture::Skip).expect("it plays");
    }
    let field = Field::parse("player[0].boost_timer").expect("a field");
    let mut ram = RamMut::new(replay.machine_mut().ram_mut()).expect("all of RAM");
    field
        .write(&mut ram, &FieldValue::Integer(77))
        .expect("written");
    for _ in 0..HELD {
        replay.step(machine::Picture::Skip).expect("it plays");
    }
    let hash = machine::Machine::hash(replay.machine());
    assert_eq!(closed["games"][0]["ram_hash"], format!("{hash:016x}"));

    let expected = folder.path().join("expected.png");
    // Counted from 0; the window counts those that were played.
    let at = (frame - 1).to_string();
    let picture = ["--png", text(&expected), "--frame", &at];
    let drawn = ["--scale", "3", "--overlays", OVERLAYS];
    json(on_mk64(
        &[&["replay", text(&movie)][..], &picture, &drawn].concat(),
    ));
    let picture = |name: &str| {
        let picture = image::open(folder.path().join(name));
        picture.expect("a picture").to_rgb8()
    };
    assert_eq!(picture("picture.png").dimensions(), (960, 720));
    assert_alike("mk64", &picture("expected.png"), &picture("picture.png"));
}

#[test]
fn a_race_is_played_on_a_rom_that_names_the_game() {
    let Some(movie) = driven() else { return };
    let race = race_from(&replayed(&movie));
    let folder = tempfile::tempdir().expect("a folder");
    let rom = folder.path().join("game.z64");
    fs::write(&rom, homebrew_n64::ROM).expect("written");
    let rom = ["--rom", text(&rom)];
    let window = Window::open(&[&["debug", "play", "-c", "mmf"][..], &rom].concat());
    // The menus lead to the race in the same frame as for the driver; from there on the user drives.
    window.press(&["F5"]);
    window.wait_for_frame(race - 1);
    window.press(&["period"; HELD]);
    window.wait_for_frame(race - 1 + HELD as u64);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = window.wait_for_file("mmf.m64");
    let run = &json([&["replay", text(&saved)][..], &rom].concat())[0];
    let (closed, _folder) = window.close();
    assert_eq!(run["frames"], closed["games"][0]["frames"]);
    assert_eq!(run["ram_hash"], closed["games"][0]["ram_hash"]);
    assert_eq!(race_from(run), race);
    fails(
        [&["debug", "play", "-c", "f8c"][..], &rom].concat(),
        &["f8c", "mmf"],
    );
}

#[test]
fn gtk_and_the_game_draw_with_contexts_of_their_own() {
    let Some(movie) = driven() else { return };
    let window = Window::open_drawn_by_glx(&on_mk64(&["debug", "movie", text(&movie)]));
    let race = race_from(&replayed(&movie));
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(race);
    // Each of these is drawn.
    window.press(&["period"; HELD]);
    window.wait_for_frame(race + HELD as u64);
    let (closed, _folder) = window.close();
    assert_eq!(closed["games"][0]["frames"], race + HELD as u64);
}

#[test]
fn a_model_drives_in_the_window_as_in_its_evaluation() {
    let Some(learnt) = Learnt::get() else { return };
    let (model, movie) = (learnt.model(), &learnt.movie);
    let arguments = on_mk64(&["debug", "agent", text(&model), text(movie)]);
    let window = Window::open(&arguments);
    window.press(&["F5", "ctrl+Home", "End"]);
    window.press(&["period"; 400]);
    window.press(&["ctrl+s"]);
    answer(&window, "Save the run", None);
    let saved = window.wait_for_file("mmf_ghosts.m64");
    let (run, own) = (parse(&saved), parse(&learnt.own()));
    let played = run.frames().len();
    assert!(played > 400, "{played} frames");
    assert!(run.frames() == &own.frames()[..played], "another race");
    window.close();
}

#[test]
fn a_ghost_of_the_pak_is_chosen_from_a_list_and_watched() {
    let Some(movie) = driven() else { return };
    let movies = tempfile::tempdir().expect("a folder");
    let paks = movie.with_extension("mpk");
    let made = json(["process", text(&paks), "-o", text(movies.path())]);
    let made = replayed(Path::new(made[0]["movie"].as_str().expect("a path")));
    let window = Window::open(&on_mk64(&["debug"]));
    assert!(window.drop_files(&[&paks]));
    window.turn_to("A ghost of the save");
    window.press(&["Return"]);
    window.turn_to("mmf_mmf_ghosts");
    window.press(&["End"]);
    window.wait_for_frame(made["frames"].as_u64().expect("a number"));
    let (closed, _folder) = window.close();
    assert_eq!(closed["games"][0]["ram_hash"], made["ram_hash"]);
}
