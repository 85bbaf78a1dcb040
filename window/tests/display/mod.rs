//! A display without a screen, and a hand for it.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gtk::glib;

/// What programs find the system's own parts by: all that is kept of the caller's environment.
const KEPT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR"];

/// A test that waits longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// An X server of its own, on which GTK was started.
pub(crate) struct Display {
    server: Child,
    name: String,
}

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
        let name = std::env::var("DISPLAY")?;
        // The program that started this one ends the server.
        let server = Command::new("true").spawn()?;
        Ok(Some(Self { server, name }))
    }

    /// Runs this program once more with the environment that GTK has to find: a program can't
    /// change its own without unsafe code.
    fn start_again_inside() -> Result<Option<Self>, Box<dyn Error>> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-noreset",
                "-screen",
                "0",
                "1280x1024x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut number)?;
        }
        let guard = Self {
            server,
            name: format!(":{}", number.trim()),
        };
        let kept = KEPT
            .iter()
            .filter_map(|&name| Some((name, std::env::var_os(name)?)));
        let output = Command::new(std::env::current_exe()?)
            .env_clear()
            .envs(kept)
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("KARTSCOPE_TEST_DISPLAY", "1")
            .env("DISPLAY", &guard.name)
            .env("GDK_BACKEND", "x11")
            .env("GSK_RENDERER", "cairo")
            .env("GTK_A11Y", "none")
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .stderr(Stdio::piped())
            .output()?;
        drop(guard);
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
        command
            .args(arguments.split(' '))
            .env("DISPLAY", &self.name);
        match command.status()? {
            status if status.success() => Ok(()),
            status => Err(format!("xdotool {arguments}: {status}").into()),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.server.kill();
        let _status = self.server.wait();
    }
}
