//! A desktop for one test: a virtual display, a window of the program on it, and simulated input.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;
use serde_json::Value;
use tempfile::TempDir;
use test_display::{TestDisplay, isolated};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat};

use crate::drag::drag;
use crate::program::{kartscope, stderr, text};
use crate::screen_reader::ScreenReader;

/// Pictures of windows as they should look.
const GOLDENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/goldens");
/// Width and height of the display, pixels.
const SIZE: [u16; 2] = [1280, 1000];
/// The area in which the window shows its speed, which differs in every picture: left, top, right, bottom.
const FIGURES: [u32; 4] = [100, 872, 1180, 895];
/// Width and height of the parts in which pictures are compared, pixels.
const PART: u32 = 100;
/// How alike parts have to be, 1 for the same. Letters that another version of a font sets a little differently pass;
/// a button that is missing does not.
const LIKENESS: f64 = 0.9;
/// How long a user waits for anything.
const PATIENCE: Duration = Duration::from_secs(120);

/// A window of the program, and a user in front of it.
pub struct Window {
    program: Option<Child>,
    display: TestDisplay,
    folder: TempDir,
}

impl Window {
    /// Opens the window that a command of the program shows.
    pub fn open(arguments: &[&str]) -> Self {
        Self::open_with(arguments, "")
    }

    /// The same, with these settings from another time.
    pub fn open_with(arguments: &[&str], settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("config");
        std::fs::create_dir(&config).expect("made");
        std::fs::write(config.join("window.toml"), settings).expect("written");
        Self::open_in(folder, arguments)
    }

    /// Like `open`, with the settings and sessions of earlier windows.
    pub fn open_in(folder: TempDir, arguments: &[&str]) -> Self {
        Self::start(folder, arguments, &[])
    }

    /// The same, read by a screen reader, which is there first.
    pub fn open_read(folder: TempDir, arguments: &[&str]) -> (Self, ScreenReader) {
        let reader = ScreenReader::start(folder.path());
        // Without a session GTK has no place for its objects.
        let environment = [
            ("GTK_A11Y", "atspi"),
            ("AT_SPI_BUS_ADDRESS", reader.address()),
            ("DBUS_SESSION_BUS_ADDRESS", reader.address()),
        ];
        (Self::start(folder, arguments, &environment), reader)
    }

    /// A window that GTK draws by OpenGL, with a context of GLX's, as on most desktops.
    pub fn open_drawn_by_glx(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("config")).expect("made");
        let environment = [("GSK_RENDERER", "gl"), ("GDK_DEBUG", "gl-glx")];
        Self::start(folder, arguments, &environment)
    }

    fn start(folder: TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let [width, height] = SIZE;
        let display = TestDisplay::start(width, height).expect("a display");
        let config = folder.path().join("config");
        // A desktop with nothing of the user's in it.
        let program = kartscope()
            .args(arguments)
            .arg("--json")
            .current_dir(folder.path())
            .envs(display.environment())
            .env("XDG_CACHE_HOME", folder.path().join(".cache"))
            .envs(environment.iter().copied())
            .env("KARTSCOPE_CONFIG_DIR", config)
            .env("HOME", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kartscope starts");
        let window = Self {
            program: Some(program),
            display,
            folder,
        };
        window.turn_to("kartscope");
        window
    }

    /// Waits for a window with this in its title, and gives it the keys.
    pub fn turn_to(&self, title: &str) {
        // Windows that go while it searches make it fail.
        self.wait_for(
            "xdotool search --onlyvisible --name \"$1\" windowfocus && \
             xdotool getwindowfocus getwindowname | grep -q \"$1\"",
            &[title],
        );
    }

    /// Runs xdotool: a user's hands and eyes.
    pub fn xdotool(&self, arguments: &[&str]) {
        let output = self
            .tool("xdotool")
            .args(arguments)
            .output()
            .expect("xdotool starts: `make setup` installs it");
        assert!(
            output.status.success(),
            "{arguments:?}: {}; {}",
            output.status,
            stderr(&output)
        );
    }

    /// Presses keys one after the other.
    pub fn press(&self, keys: &[&str]) {
        if !keys.is_empty() {
            self.xdotool(&[&["key"], keys].concat());
        }
    }

    /// Types into the focused widget.
    pub fn write(&self, text: &str) {
        self.xdotool(&["type", text]);
    }

    /// Moves the mouse to a pixel of the display.
    pub fn point_at(&self, [x, y]: [u32; 2]) {
        self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()]);
    }

    /// Drags files from another program onto the window and lets them go; says whether the window took them.
    pub fn drop_files(&self, files: &[&Path]) -> bool {
        drag(self.display.name(), files)
    }

    /// Waits until the window stands still after so many frames, as its title says: frames are counted from 0.
    pub fn wait_for_frame(&self, played: u64) {
        let title = match played.checked_sub(1) {
            Some(frame) => format!("at frame {frame} "),
            None => "at the start ".to_owned(),
        };
        self.wait_for("xdotool search --name \"$1\"", &[&title]);
    }

    /// Waits until the window, still going, shows an earlier frame than this.
    pub fn wait_until_before(&self, frame: u64) {
        let shown = "xdotool search --name 'at frame' getwindowname | sed 's/.*at frame \\([0-9]*\\) .*/\\1/'";
        let earlier = format!("[ \"$({shown})\" -lt \"$1\" ]");
        self.wait_for(&earlier, &[&frame.to_string()]);
    }

    /// Where a file of the window's is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until no window has this regular expression in its title.
    pub fn wait_until_gone(&self, title: &str) {
        self.wait_for("! xdotool search --onlyvisible --name \"$1\"", &[title]);
    }

    /// Calls `act`, which opens a popover, and waits until the popover is there.
    pub fn open_bubble(&self, open: impl Fn(&Self)) {
        let shown = "$(xdotool search --onlyvisible --class '' | wc -l)";
        let count = || {
            let output = self.shell(&format!("echo {shown}")).output();
            String::from_utf8(output.expect("sh starts").stdout).expect("a number")
        };
        let before = count();
        open(self);
        self.wait_for(&format!("[ {shown} -gt $1 ]"), &[before.trim()]);
    }

    /// Waits until there is a file of the window's.
    pub fn wait_for_file(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        self.wait_for("[ -e \"$1\" ]", &[text(&path)]);
        path
    }

    /// Waits until a condition of the shell's holds.
    pub fn wait_for(&self, condition: &str, arguments: &[&str]) {
        let script = format!("until {condition} >/dev/null; do sleep 0.05; done");
        let mut shell = self.shell(&script);
        let status = shell.args(arguments).status().expect("sh starts");
        assert!(
            status.success(),
            "waited in vain: {condition} {arguments:?}"
        );
    }

    /// A script on the display, which is ended when a user's patience is.
    fn shell(&self, script: &str) -> Command {
        let mut shell = self.tool("sh");
        shell.args(["-c", script, "sh"]).stderr(Stdio::null());
        shell
    }

    /// A program on the display.
    fn tool(&self, name: &str) -> Command {
        let mut tool = isolated("timeout");
        tool.arg(PATIENCE.as_secs().to_string())
            .arg(name)
            .env("DISPLAY", self.display.name());
        tool
    }

    /// Checks that the display looks like a picture of `tests/goldens`, part by part. With KARTSCOPE_UPDATE_GOLDENS set
    /// it becomes the picture instead: look at it.
    pub fn looks_like(&self, name: &str) {
        if std::env::var_os("KARTSCOPE_UPDATE_GOLDENS").is_some() {
            // Nothing is highlighted as new after that.
            self.xdotool(&["sleep", "2"]);
            self.picture().save(path_of(name)).expect("written");
            return;
        }
        let expected = golden(name);
        let begin = Instant::now();
        let mut found = self.picture();
        // What is highlighted as new fades.
        while unlike_part(&expected, &found).is_some() && begin.elapsed() < PATIENCE {
            found = self.picture();
        }
        assert_alike(name, &expected, &found);
    }

    /// Waits until a pixel of the display has a colour.
    pub fn wait_for_color(&self, [x, y]: [u32; 2], color: [u8; 3]) {
        let begin = Instant::now();
        while whole_picture(&self.display).get_pixel(x, y).0 != color {
            assert!(
                begin.elapsed() < PATIENCE,
                "waited in vain for {color:?} at {x}, {y}"
            );
        }
    }

    /// What the display shows once it stays so.
    pub fn still_picture(&self) -> RgbImage {
        let begin = Instant::now();
        let mut last = self.picture();
        loop {
            // Longer than a message takes to slide in by a row.
            std::thread::sleep(Duration::from_millis(300));
            let found = self.picture();
            if found == last {
                return found;
            }
            assert!(begin.elapsed() < PATIENCE, "the display never stays");
            last = found;
        }
    }

    /// Waits for another picture than this, and gives the rows whose first pixels are not as they were.
    pub fn rows_unlike(&self, before: &RgbImage, pixels: usize) -> Vec<u32> {
        let begin = Instant::now();
        loop {
            let found = self.still_picture();
            let rows = (0..).zip(before.rows().zip(found.rows()));
            let unlike =
                rows.filter(|(_, (a, b))| !a.clone().take(pixels).eq(b.clone().take(pixels)));
            let unlike: Vec<u32> = unlike.map(|(y, _)| y).collect();
            if !unlike.is_empty() {
                return unlike;
            }
            assert!(begin.elapsed() < PATIENCE, "the display stays as it was");
        }
    }

    /// What the display shows, without the figures that no two runs have alike.
    fn picture(&self) -> RgbImage {
        let mut picture = whole_picture(&self.display);
        let [left, top, right, bottom] = FIGURES;
        for (x, y) in (left..right).flat_map(|x| (top..bottom).map(move |y| (x, y))) {
            picture.put_pixel(x, y, image::Rgb([0; 3]));
        }
        picture
    }

    /// Sends the program a signal, as `kill` names it.
    pub fn signal(&self, name: &str) {
        let program = self.program.as_ref().expect("it runs");
        let status = isolated("sh")
            .args(["-c", "kill -\"$1\" \"$2\"", "sh", name])
            .arg(program.id().to_string())
            .status()
            .expect("sh starts");
        assert!(status.success());
    }

    /// Waits for the program to end; returns its output, and the folder that it ran in.
    pub fn wait(mut self) -> (Output, TempDir) {
        let program = self.program.take().expect("it runs");
        let output = program.wait_with_output().expect("its output");
        let empty = tempfile::tempdir().expect("a folder");
        (output, std::mem::replace(&mut self.folder, empty))
    }

    /// Closes the window, which must not show an error; returns the program's output, and the folder that it ran in.
    pub fn close(self) -> (Value, TempDir) {
        self.press(&["ctrl+w"]);
        self.closed()
    }

    /// Like `close`, for an unsaved session: discards it when the window asks.
    pub fn discard(self) -> (Value, TempDir) {
        self.press(&["ctrl+w"]);
        self.turn_to("Save the session");
        self.press(&["alt+d"]);
        self.closed()
    }

    /// What the program says when its window was closed, and the folder that it ran in.
    pub fn closed(self) -> (Value, TempDir) {
        let (output, folder) = self.wait();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stderr(&output), "", "no warning of GTK's");
        let said = serde_json::from_slice(&output.stdout).expect("a JSON document");
        (said, folder)
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

/// What a display shows.
fn whole_picture(display: &TestDisplay) -> RgbImage {
    let (connection, screen) = x11rb::connect(Some(display.name())).expect("a display");
    let root = connection.setup().roots[screen].root;
    let [width, height] = SIZE;
    let pixels = connection
        .get_image(ImageFormat::Z_PIXMAP, root, 0, 0, width, height, u32::MAX)
        .expect("asked")
        .reply()
        .expect("a picture");
    let pixels = pixels.data.chunks_exact(4);
    let rgb = pixels
        .flat_map(|bgrx| [bgrx[2], bgrx[1], bgrx[0]])
        .collect();
    RgbImage::from_raw(width.into(), height.into(), rgb).expect("all pixels")
}

/// A picture of `tests/goldens`.
pub fn golden(name: &str) -> RgbImage {
    image::open(path_of(name)).expect("a picture").to_rgb8()
}

fn path_of(name: &str) -> PathBuf {
    Path::new(GOLDENS).join(name).with_extension("png")
}

/// Checks that two pictures look alike, part by part: where edges are drawn a little softer or harder does not matter.
#[track_caller]
pub fn assert_alike(name: &str, expected: &RgbImage, found: &RgbImage) {
    assert_eq!(expected.dimensions(), found.dimensions(), "{name}");
    if let Some(([x, y], likeness)) = unlike_part(expected, found) {
        let seen = std::env::temp_dir().join(format!("kartscope-{name}.png"));
        found.save(&seen).expect("written");
        panic!(
            "{name} at {x}, {y}: likeness {likeness:.3}, expected {LIKENESS} or more; see {}",
            seen.display()
        );
    }
}

/// The first part in which two pictures of one size differ, and their similarity there.
fn unlike_part(expected: &RgbImage, found: &RgbImage) -> Option<([u32; 2], f64)> {
    let (width, height) = expected.dimensions();
    let corners = (0..height).step_by(PART as usize);
    let mut corners = corners.flat_map(|y| (0..width).step_by(PART as usize).map(move |x| [x, y]));
    corners.find_map(|[x, y]| {
        let part = |of: &RgbImage| image::imageops::crop_imm(of, x, y, PART, PART).to_image();
        let likeness = image_compare::rgb_hybrid_compare(&part(expected), &part(found));
        let likeness = likeness.expect("of one size").score;
        (likeness < LIKENESS).then_some(([x, y], likeness))
    })
}
