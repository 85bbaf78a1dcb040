//! X displays without a screen, and an environment that is the same on every machine: where tests and measurements run
//! programs with windows.
#![forbid(unsafe_code)]

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The environment variables by which programs find parts of the system.
const KEPT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR"];

/// A program in an environment that is the same on every machine: of the caller's variables it has only `PATH`,
/// `LD_LIBRARY_PATH` and `TMPDIR`.
pub fn isolated(program: impl AsRef<OsStr>) -> Command {
    let kept = KEPT
        .iter()
        .filter_map(|&name| Some((name, std::env::var_os(name)?)));
    let mut command = Command::new(program);
    // Without a locale GTK leaves the old name on a window whose title changes.
    command.env_clear().envs(kept).env("LC_ALL", "C.UTF-8");
    command
}

/// A running Xvfb. It ends when this is dropped.
#[derive(Debug)]
pub struct TestDisplay {
    server: Child,
    name: String,
}

impl TestDisplay {
    /// Starts a display of `width` x `height` pixels, and waits until programs can connect to it.
    ///
    /// # Errors
    /// When Xvfb is not installed, or ends before it accepts connections.
    pub fn start(width: u16, height: u16) -> io::Result<Self> {
        let mut server = isolated("Xvfb")
            // Without -noreset the server restarts when its last client leaves, and refuses connections at that moment.
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp"])
            .args(["-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                let message = format!("can't start Xvfb, which `make setup` installs: {error}");
                io::Error::new(error.kind(), message)
            })?;
        let output = server.stdout.take();
        // From here on the server ends with this.
        let mut display = Self {
            server,
            name: String::new(),
        };
        let mut number = String::new();
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut number)?;
        }
        if !number.ends_with('\n') {
            let status = display.server.wait()?;
            let message =
                format!("Xvfb: expected the number of its display, found its end, {status}");
            return Err(io::Error::other(message));
        }
        display.name = format!(":{}", number.trim());
        Ok(display)
    }

    /// The display's name, as in `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The environment in which GTK shows windows on the display: drawn by the processor, without a desktop's services.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("DISPLAY", self.name()),
            ("GDK_BACKEND", "x11"),
            ("GSK_RENDERER", "cairo"),
            ("GTK_A11Y", "none"),
            ("DBUS_SESSION_BUS_ADDRESS", "disabled:"),
            ("GSETTINGS_BACKEND", "memory"),
        ]
        .into_iter()
    }
}

impl Drop for TestDisplay {
    fn drop(&mut self) {
        // An error means that the server has ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
