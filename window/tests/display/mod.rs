//! A display without a screen, and a hand for it.

use std::error::Error;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gtk::glib;
use test_display::{TestDisplay, isolated};

/// A test that waits longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// The display on which GTK was started.
pub(crate) struct Display(());

impl Display {
    /// Starts a server and GTK; `None` where there is none to start.
    pub(crate) fn start() -> Result<Option<Self>, Box<dyn Error>> {
        let has = |program| {
            let mut asked = Command::new(program);
            asked
                .arg("-help")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            asked.status().is_ok()
        };
        if !has("Xvfb") || !has("xdotool") {
            return Ok(None);
        }
        if std::env::var_os("KARTSCOPE_TEST_DISPLAY").is_none() {
            return Self::start_again_inside();
        }
        gtk::init()?;
        Ok(Some(Self(())))
    }

    /// Runs this program once more with the environment that GTK has to find: a program can't
    /// change its own without unsafe code.
    fn start_again_inside() -> Result<Option<Self>, Box<dyn Error>> {
        let display = TestDisplay::start(1280, 1024)?;
        let output = isolated(std::env::current_exe()?)
            .envs(display.environment())
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("KARTSCOPE_TEST_DISPLAY", "1")
            .stderr(Stdio::piped())
            .output()?;
        drop(display);
        let told = String::from_utf8_lossy(&output.stderr);
        let mut lines = told.lines();
        let warning = lines.find(|line| line.contains("WARNING") || line.contains("CRITICAL"));
        eprint!("{told}");
        match (output.status.success(), warning) {
            (true, None) => std::process::exit(0),
            (_, Some(warning)) => Err(format!("GTK warns: {warning}").into()),
            (false, None) => Err("a test of the widgets has failed".into()),
        }
    }

    /// Lets GTK do what it has to, for a frame.
    pub(crate) fn turn(&self) {
        let context = glib::MainContext::default();
        let end = Instant::now() + Duration::from_millis(20);
        while Instant::now() < end {
            if !context.iteration(false) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// Lets GTK go on until something is so, or must be given up.
    pub(crate) fn wait(&self, is_so: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so() && Instant::now() < end {
            self.turn();
        }
    }

    /// Presses keys and moves the mouse.
    pub(crate) fn xdotool(&self, arguments: &str) -> Result<(), Box<dyn Error>> {
        let mut command = Command::new("xdotool");
        command.args(arguments.split(' '));
        match command.status()? {
            status if status.success() => Ok(()),
            status => Err(format!("xdotool {arguments}: {status}").into()),
        }
    }
}
