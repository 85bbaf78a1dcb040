//! The input files of the attacked commands, which the program itself makes; the commands; and checks of how they end.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// A program that has not ended this long after its signal has hung.
const LIMIT: Duration = Duration::from_secs(120);
/// Time between two checks whether a program has ended.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A race of the bundled game in each of its forms.
pub struct Fixture {
    folder: TempDir,
    kartscope: PathBuf,
}

/// A long-running command: `IN` stands for the fixture's folder, `OUT` for the command's own folder.
pub struct Long {
    pub arguments: &'static [&'static str],
    /// Whether it resumes its work when it is run again.
    pub resumes: bool,
}

/// Every long command.
pub const LONG: [Long; 10] = [
    long(
        &[
            "record",
            "IN/movies",
            "-o",
            "OUT/dataset",
            "--num-proc",
            "2",
        ],
        true,
    ),
    long(
        &[
            "train",
            "IN/dataset",
            "-o",
            "OUT/model",
            "-e",
            "6",
            "--split-ratio",
            "1",
            "--device",
            "cpu",
            "--threads",
            "1",
        ],
        true,
    ),
    long(&["process", "IN/race.sav", "-o", "OUT/movies"], true),
    long(
        &["drive", "-c", "f8c", "--seed", "2", "-o", "OUT/race.sav"],
        false,
    ),
    long(
        &[
            "eval",
            "IN/model",
            "IN/movies/f8c_race.dsm",
            "-e",
            "2",
            "--device",
            "cpu",
        ],
        false,
    ),
    long(&["replay", "IN/endless.dsm"], false),
    long(
        &[
            "replay",
            "IN/movies/f8c_race.dsm",
            "--gif",
            "OUT/race.gif",
            "--png",
            "OUT/race.png",
        ],
        false,
    ),
    long(
        &[
            "inspect",
            "watch",
            "IN/endless.dsm",
            "driver[0].position",
            "-o",
            "OUT/race.csv",
        ],
        false,
    ),
    long(&["inspect", "events", "IN/endless.dsm"], false),
    long(&["verify", "IN/race.sav"], false),
];

const fn long(arguments: &'static [&'static str], resumes: bool) -> Long {
    Long { arguments, resumes }
}

impl Fixture {
    /// Races, and makes the commands' inputs from the race.
    pub fn make(kartscope: &Path) -> Result<Self> {
        let fixture = Self {
            folder: tempfile::tempdir().context("creating a temporary folder")?,
            kartscope: kartscope.to_owned(),
        };
        let none = Path::new("");
        for arguments in [
            &[
                "drive",
                "-c",
                "f8c",
                "-c",
                "yf",
                "--seed",
                "1",
                "-o",
                "IN/race.sav",
            ][..],
            &["process", "IN/race.sav", "-o", "IN/movies"],
            &["record", "IN/movies", "-o", "IN/dataset"],
            &[
                "train",
                "IN/dataset",
                "-o",
                "IN/model",
                "-e",
                "1",
                "--split-ratio",
                "1",
                "--device",
                "cpu",
            ],
        ] {
            let output = fixture.command(arguments, none).output()?;
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "kartscope {arguments:?}: {said}");
        }
        let movie = fs::read_to_string(fixture.folder.path().join("movies/f8c_race.dsm"))?;
        let last = movie.trim_end().lines().last().context("a frame")?;
        let endless = movie.trim_end().to_owned() + &format!("\n{last}").repeat(1_000_000) + "\n";
        fs::write(fixture.folder.path().join("endless.dsm"), endless)?;
        Ok(fixture)
    }

    /// kartscope with these arguments and no input.
    pub fn command(&self, arguments: &[&str], out: &Path) -> Command {
        let mut command = Command::new(&self.kartscope);
        command
            .args(self.place(arguments, out))
            .env_remove("KARTSCOPE_ROM")
            .stdin(Stdio::null());
        command
    }

    /// The same command in a shell, with the `redirection` of its streams.
    pub fn redirected(&self, arguments: &[&str], out: &Path, redirection: &str) -> Command {
        let mut command = Command::new("bash");
        command
            .args(["-c", &format!("exec \"$@\" {redirection}"), "bash"])
            .arg(&self.kartscope)
            .args(self.place(arguments, out))
            .env_remove("KARTSCOPE_ROM")
            .stdin(Stdio::null());
        command
    }

    fn place(&self, arguments: &[&str], out: &Path) -> Vec<String> {
        let folder = self.folder.path().display().to_string();
        let out = out.display().to_string();
        let place = |argument: &&str| {
            argument
                .replace("IN/", &(folder.clone() + "/"))
                .replace("OUT/", &(out.clone() + "/"))
        };
        arguments.iter().map(place).collect()
    }
}

/// A running command, with its standard error in a file.
pub struct Running {
    child: Child,
    words: PathBuf,
}

impl Running {
    /// Starts it; its standard error goes into a file in `folder`.
    pub fn start(command: &mut Command, folder: &Path) -> Result<Self> {
        let words = folder.join("words");
        let child = command
            .stdout(Stdio::null())
            .stderr(File::create(&words)?)
            .spawn()
            .with_context(|| format!("can't start {command:?}"))?;
        Ok(Self { child, words })
    }

    /// Sends a signal, with the shell's `kill`; does nothing if the command has ended.
    pub fn signal(&self, name: &str) -> Result<()> {
        let kill = format!("kill -{name} {}", self.child.id());
        Command::new("bash")
            .args(["-c", &kill])
            .stderr(Stdio::null())
            .status()?;
        Ok(())
    }

    /// Waits for its end; if it hangs, kills it and returns `None`.
    pub fn wait(&mut self) -> Result<Option<ExitStatus>> {
        let begin = Instant::now();
        while begin.elapsed() < LIMIT {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(None)
    }

    /// The fault in its end; `None` if it ended by itself or by one of the signals `allowed`.
    pub fn fault(&mut self, allowed: &[i32]) -> Result<Option<String>> {
        let status = self.wait()?;
        let words = fs::read(&self.words)?;
        Ok(fault(status, &String::from_utf8_lossy(&words), allowed))
    }
}

/// The fault in an end: a crash, a panic, or a hang.
pub fn fault(status: Option<ExitStatus>, words: &str, allowed: &[i32]) -> Option<String> {
    let Some(status) = status else {
        return Some("hangs".to_owned());
    };
    let crashed = status
        .signal()
        .is_some_and(|signal| !allowed.contains(&signal));
    let is_harm = crashed || words.contains("panicked") || status.code() == Some(101);
    is_harm.then(|| format!("{status}: {}", words.trim().replace('\n', "; ")))
}

/// Every file of a folder and below, by its name in it.
pub fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).with_context(|| inner.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name() != Some(OsStr::new("words")) {
                found.insert(path.strip_prefix(folder)?.to_owned(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}
