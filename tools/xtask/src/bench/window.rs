//! The debug window, its overlays, and the states that it rewinds to.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use test_display::TestDisplay;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ConnectionExt as _, ImageFormat, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::{Figures, Race, commands, median};

/// The window's settings for the measurement: six overlays, the panel, and space for both screens at three times their size.
const SETTINGS: &str = "\
overlays = ['rays', 'checkpoints', 'trajectory', 'minimap', 'gauges', 'buttons']
pinned = ['driver[0].boost_timer', 'race_status.driver[0].race_progress']
panel-open = true
sound = false
window-size = [1260, 1300]
";
/// Width and height of the display, pixels.
const DISPLAY: [u16; 2] = [1280, 1320];
/// Seconds of a short run and of a long one: their difference is the window at work, without its start.
const SECONDS: [f64; 2] = [10.0, 30.0];
/// Key presses that are timed.
const PRESSES: usize = 60;
/// The area of the game's clock in a window of the above size: left, top, width, height.
const CLOCK: [i16; 4] = [560, 90, 240, 40];
/// The key `.` of X's default keyboard: advances a frame.
const PERIOD: u8 = 60;
/// The key that pauses, F5.
const PAUSE: u8 = 71;

/// Adds the window's figures.
///
/// # Errors
/// When a program can't be built or started, or gives no figure.
pub(super) fn measure(root: &Path, out: &Path, race: &Race, figures: &mut Figures) -> Result<()> {
    figures.add_group(root, &["rewinding"])?;
    figures.add_group(root, &["drawing"])?;
    let [width, height] = DISPLAY;
    let display = TestDisplay::start(width, height)?;
    let [short, long] = SECONDS.map(|seconds| window(root, out, race, &display, seconds));
    let (short, long) = (short?, long?);
    let seconds = long.seconds - short.seconds;
    for (name, value, unit, goal) in [
        (
            "window_fps",
            (long.pictures - short.pictures) / seconds,
            "/s",
            ">= 59",
        ),
        (
            "window_cores",
            (long.processor - short.processor) / seconds,
            "cores",
            "<= 1",
        ),
        (
            "input_to_picture_ms",
            input_to_picture(root, out, race, &display)?,
            "ms",
            "<= 33",
        ),
    ] {
        figures.add(name, value, unit, goal, None);
    }
    Ok(())
}

/// The result and cost of a run of the window.
struct Run {
    seconds: f64,
    pictures: f64,
    /// Seconds of processor time.
    processor: f64,
}

/// The output of `kartscope debug`.
#[derive(Deserialize)]
struct Closed {
    seconds: f64,
    pictures: f64,
}

fn command(root: &Path, out: &Path, race: &Race, display: &TestDisplay) -> Result<Command> {
    let config = out.join("window");
    std::fs::create_dir_all(&config)?;
    std::fs::write(config.join("window.toml"), SETTINGS)?;
    let mut command = Command::new(commands::build_program(root, "kartscope")?);
    command
        .args(["debug", "movie", "--json"])
        .arg(&race.movie)
        .envs(display.environment())
        .env("KARTSCOPE_STATE_DIR", &config)
        .env("KARTSCOPE_CONFIG_DIR", config)
        .env_remove("WAYLAND_DISPLAY");
    Ok(command)
}

/// Plays the race's movie for some seconds.
fn window(
    root: &Path,
    out: &Path,
    race: &Race,
    display: &TestDisplay,
    seconds: f64,
) -> Result<Run> {
    let mut command = command(root, out, race, display)?;
    let before = children_seconds()?;
    let output = command.args(["--seconds", &seconds.to_string()]).output()?;
    ensure!(
        output.status.success(),
        "the window: {}; {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let closed: Closed = serde_json::from_slice(&output.stdout).context("reading its result")?;
    Ok(Run {
        seconds: closed.seconds,
        pictures: closed.pictures,
        processor: children_seconds()? - before,
    })
}

/// Processor time of this process's children that have ended, seconds.
fn children_seconds() -> Result<f64> {
    /// Clock ticks of the kernel, the same on every Linux.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").context("reading /proc/self/stat")?;
    // The name, in brackets, may contain blanks; the fields after it are counted from 3.
    let fields = stat.rsplit(')').next().context("a name in brackets")?;
    let field = |number: usize| -> Result<f64> {
        let field = fields.split_whitespace().nth(number - 3);
        Ok(field.context("too few fields")?.parse()?)
    };
    Ok((field(16)? + field(17)?) / TICKS_A_SECOND)
}

/// Milliseconds from a key to the picture that it changes: the key for the next frame, until the game's clock changes.
fn input_to_picture(root: &Path, out: &Path, race: &Race, display: &TestDisplay) -> Result<f64> {
    let (connection, screen) = x11rb::connect(Some(display.name()))?;
    let root_window = connection.setup().roots[screen].root;
    let mut process = command(root, out, race, display)?
        .stdout(Stdio::null())
        .spawn()?;
    let measured = || -> Result<f64> {
        let desk = Desk {
            connection,
            root: root_window,
        };
        let playing = desk.clock()?;
        desk.wait_for_change(&playing)?;
        desk.focus()?;
        // Until the race runs, whose clock shows hundredths.
        std::thread::sleep(Duration::from_secs(25));
        desk.press(PAUSE)?;
        std::thread::sleep(Duration::from_secs(1));
        let mut times = Vec::with_capacity(PRESSES);
        for press in 0..PRESSES {
            // At varying times between two pictures.
            std::thread::sleep(Duration::from_micros(100_000 + press as u64 * 277));
            let before = desk.clock()?;
            let begin = Instant::now();
            desk.press(PERIOD)?;
            desk.wait_for_change(&before)?;
            times.push(begin.elapsed().as_secs_f64() * 1e3);
        }
        Ok(median(times))
    };
    let measured = measured();
    process.kill()?;
    process.wait()?;
    measured
}

/// A connection to the display, for pressing keys and reading pictures.
struct Desk {
    connection: RustConnection,
    root: u32,
}

impl Desk {
    /// Gives the keyboard focus to the window, as a desktop would.
    fn focus(&self) -> Result<()> {
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            let size = self.connection.get_geometry(window)?.reply()?;
            let attributes = self.connection.get_window_attributes(window)?.reply()?;
            if size.width > 1000 && attributes.map_state == MapState::VIEWABLE {
                self.connection
                    .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?;
                self.connection.flush()?;
                return Ok(());
            }
        }
        bail!("no window on the display")
    }

    fn press(&self, key: u8) -> Result<()> {
        for event in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            self.connection
                .xtest_fake_input(event, key, 0, self.root, 0, 0, 0)?;
        }
        self.connection.flush()?;
        Ok(())
    }

    fn clock(&self) -> Result<Vec<u8>> {
        let [x, y, width, height] = CLOCK;
        let (width, height) = (width.unsigned_abs(), height.unsigned_abs());
        let asked = self.connection.get_image(
            ImageFormat::Z_PIXMAP,
            self.root,
            x,
            y,
            width,
            height,
            u32::MAX,
        )?;
        Ok(asked.reply()?.data)
    }

    fn wait_for_change(&self, before: &[u8]) -> Result<()> {
        let begin = Instant::now();
        while self.clock()? == before {
            ensure!(
                begin.elapsed() < Duration::from_secs(30),
                "the window shows nothing new"
            );
        }
        Ok(())
    }
}
