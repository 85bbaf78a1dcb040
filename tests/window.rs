//! The debug window on a display of the test's own, with keys as a user gives them.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Race, json, kartscope, stderr, text};

/// A display without a screen.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        let screen = ["-displayfd", "1", "-screen", "0", "1280x1000x24"];
        let mut server = Command::new("Xvfb")
            .args(screen)
            .args(["-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts: `make setup` installs it");
        let mut number = String::new();
        let mut output = server.stdout.take().expect("its output");
        let mut byte = [0];
        while output.read(&mut byte).expect("readable") == 1 && byte[0] != b'\n' {
            number.push(byte[0].into());
        }
        Self {
            server,
            name: format!(":{number}"),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A window of the program, and a user in front of it.
struct Window {
    program: Option<Child>,
    display: Display,
    folder: TempDir,
}

impl Window {
    fn open(arguments: &[&str]) -> Self {
        let display = Display::start();
        let folder = tempfile::tempdir().expect("a folder");
        // A desktop with nothing of the user's in it.
        let program = kartscope()
            .arg("debug")
            .args(arguments)
            .arg("--json")
            .current_dir(folder.path())
            .env("DISPLAY", &display.name)
            .env("GDK_BACKEND", "x11")
            .env("GSK_RENDERER", "cairo")
            .env("GTK_A11Y", "none")
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env("KARTSCOPE_CONFIG_DIR", folder.path().join("config"))
            .env("GSETTINGS_BACKEND", "memory")
            .env("HOME", folder.path())
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kartscope starts");
        let window = Self {
            program: Some(program),
            display,
            folder,
        };
        window.xdotool(&["search", "--sync", "--onlyvisible", "--name", "kartscope"]);
        window.xdotool(&[
            "search",
            "--onlyvisible",
            "--name",
            "kartscope",
            "windowfocus",
            "--sync",
        ]);
        window
    }

    fn xdotool(&self, arguments: &[&str]) {
        // Its waits have no end of their own.
        let output = Command::new("timeout")
            .args(["60", "xdotool"])
            .args(arguments)
            .env("DISPLAY", &self.display.name)
            .output()
            .expect("xdotool starts: `make setup` installs it");
        assert!(
            output.status.success(),
            "{arguments:?}: {}; {}",
            output.status,
            stderr(&output)
        );
    }

    fn press(&self, keys: &[&str]) {
        for key in keys {
            self.xdotool(&["key", key]);
        }
    }

    /// Waits until the window stands still at a frame, as its title says.
    fn wait_for_frame(&self, frame: u64) {
        let title = format!("at frame {frame} ");
        self.xdotool(&["search", "--sync", "--name", &title]);
    }

    /// Waits until there is a file of the window's.
    fn wait_for_file(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let script = "until [ -e \"$1\" ]; do sleep 0.05; done";
        let status = Command::new("timeout")
            .args(["60", "sh", "-c", script, "sh", text(&path)])
            .status()
            .expect("sh starts");
        assert!(status.success(), "{} was not written", path.display());
        path
    }

    /// Closes the window; gives what the program says, and the folder that it ran in.
    fn close(mut self) -> (Value, TempDir) {
        self.press(&["ctrl+w"]);
        let program = self.program.take().expect("it runs");
        let output = program.wait_with_output().expect("its output");
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stderr(&output), "", "no warning of GTK's");
        let said = serde_json::from_slice(&output.stdout).expect("a JSON document");
        let empty = tempfile::tempdir().expect("a folder");
        (said, std::mem::replace(&mut self.folder, empty))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(program) = &mut self.program {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

#[test]
fn a_movie_is_played_rewound_and_played_as_a_replay_plays_it() {
    let race = Race::get();
    let movie = race.movie();
    let expected = json(["replay", text(&movie)]);
    let length = expected[0]["frames"].as_u64().expect("a number");
    let window = Window::open(&["movie", text(&movie)]);
    window.press(&["End"]);
    window.wait_for_frame(length);
    window.press(&["comma"]);
    window.wait_for_frame(length - 1);
    window.press(&["Page_Up"]);
    window.wait_for_frame(length - 61);
    // Each overlay off or on; the panel, the screens.
    window.press(&[
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "F9", "F8", "F8", "F8", "F9",
    ]);
    window.press(&["Home"]);
    window.wait_for_frame(0);
    window.press(&["period", "period"]);
    window.wait_for_frame(2);
    window.press(&["End"]);
    window.wait_for_frame(length);
    let (closed, folder) = window.close();
    assert_eq!(closed["games"][0]["frames"], expected[0]["frames"]);
    assert_eq!(closed["games"][0]["ram_hash"], expected[0]["ram_hash"]);
    let settings = std::fs::read_to_string(folder.path().join("config/window.toml"));
    let settings = settings.expect("settings are kept");
    assert!(
        settings.contains("minimap") != settings.contains("collision"),
        "{settings}"
    );
}

#[test]
fn a_run_is_taken_over_driven_by_keys_saved_and_replayed_to_the_same_ram() {
    let race = Race::get();
    let movie = race.movie();
    let played = json(["replay", text(&movie)]);
    let race_from = played[0]["race_from"].as_u64().expect("a race");
    let window = Window::open(&["movie", text(&movie)]);
    window.press(&["ctrl+Home"]);
    // The window knows of the race when it has seen it.
    window.press(&["End"]);
    window.wait_for_frame(played[0]["frames"].as_u64().expect("a number"));
    window.press(&["ctrl+Home"]);
    window.wait_for_frame(race_from);
    window.press(&[
        "Page_Down",
        "Page_Down",
        "Page_Down",
        "Page_Down",
        "Page_Down",
        "Page_Down",
    ]);
    window.wait_for_frame(race_from + 360);
    window.press(&["F2"]);
    window.xdotool(&["keydown", "x", "keydown", "Left"]);
    window.press(&["period"; 12]);
    window.xdotool(&["keyup", "Left", "keyup", "x"]);
    window.wait_for_frame(race_from + 372);
    window.press(&["ctrl+s"]);
    window.xdotool(&[
        "search",
        "--sync",
        "--onlyvisible",
        "--name",
        "Save the run",
    ]);
    window.xdotool(&[
        "search",
        "--onlyvisible",
        "--name",
        "Save the run",
        "windowfocus",
        "--sync",
    ]);
    window.press(&["Return"]);
    let saved = window.wait_for_file("run.dsm");
    let movie =
        mkds_formats::dsm::Movie::parse(&std::fs::read(&saved).expect("read")).expect("a movie");
    let driven = &movie.frames[movie.frames.len() - 12..];
    let wanted = mkds_formats::pad::Pad::A | mkds_formats::pad::Pad::LEFT;
    assert!(driven.iter().all(|frame| frame.pad == wanted), "{driven:?}");
    window.xdotool(&[
        "search",
        "--onlyvisible",
        "--name",
        "kartscope",
        "windowfocus",
        "--sync",
    ]);
    let (closed, folder) = window.close();
    let replayed = json(["replay", text(&folder.path().join("run.dsm"))]);
    assert_eq!(closed["games"][0]["frames"], replayed[0]["frames"]);
    assert_eq!(closed["games"][0]["ram_hash"], replayed[0]["ram_hash"]);
    assert_eq!(replayed[0]["divergence"], Value::Null);
}
