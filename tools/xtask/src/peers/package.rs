//! The peers' Python packages, at pinned versions, each peer in an environment of its own: two of them call their
//! module `desmume`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::commands;

/// A peer, and what it needs.
pub struct Peer {
    /// The package and its version.
    pub name: &'static str,
    folder: &'static str,
    requirements: &'static [&'static str],
    /// Packages whose own requirements are not wanted.
    alone: &'static [&'static str],
}

/// The emulator library.
pub const PY_DESMUME: Peer = Peer {
    name: "py-desmume 0.0.9",
    folder: "py-desmume",
    requirements: &["py-desmume==0.0.9", "pillow==13.0.0"],
    alone: &[],
};

/// The same with Mario Kart DS's structures on top. It forgets to require numpy.
pub const MKDS: Peer = Peer {
    name: "py-desmume-mkds 0.0.20",
    folder: "py-desmume-mkds",
    requirements: &[
        "py-desmume-mkds==0.0.20",
        "pillow==13.0.0",
        "numpy==2.3.4",
        "typing_extensions==4.16.0",
    ],
    alone: &[],
};

/// The environments on top of that. Of its requirements only those of the sweeping ray are fetched: the others, a
/// computer vision library and a commit hook manager among them, measure nothing.
pub const GYM: Peer = Peer {
    name: "gym-mkds 0.2.3",
    folder: "gym-mkds",
    requirements: &[
        "py-desmume-mkds==0.0.20",
        "pillow==13.0.0",
        "numpy==2.3.4",
        "typing_extensions==4.16.0",
        "gymnasium==1.4.0",
        "scipy==1.17.1",
        "trimesh==4.11.3",
    ],
    alone: &["gym-mkds==0.2.3"],
};

impl Peer {
    /// The Python of its environment, which is made and filled first where it is not there as pinned.
    ///
    /// # Errors
    /// When there is no Python, or the packages can't be fetched.
    pub fn python(&self, root: &Path) -> Result<PathBuf> {
        let folder = root.join(".setup/peers").join(self.folder);
        let python = folder.join("bin/python");
        let stamp = folder.join("packages.txt");
        let pins = [self.requirements, self.alone].concat().join("\n");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == pins) {
            return Ok(python);
        }
        note!("fetching {}", self.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("can't remove {}", folder.display()))?;
        }
        commands::run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context(
            "the peers are Python packages: install Python 3.11 or newer with its venv module",
        )?;
        let install = |packages: &[&str], options: &[&str]| {
            commands::run(
                Command::new(&python)
                    .args(["-m", "pip", "install", "-q", "--disable-pip-version-check"])
                    .args(options)
                    .args(packages),
            )
            .with_context(|| format!("can't fetch {}", packages.join(", ")))
        };
        install(self.requirements, &[])?;
        if !self.alone.is_empty() {
            install(self.alone, &["--no-deps"])?;
        }
        fs::write(&stamp, pins).with_context(|| format!("can't write {}", stamp.display()))?;
        Ok(python)
    }

    /// A script of ours in its environment, ready to be given arguments. What it says on standard error goes to
    /// `log`, and what the peer keeps in the home folder goes beside that: battery files of an earlier run would
    /// change the next.
    ///
    /// # Errors
    /// As [`Peer::python`], or `log` can't be written.
    pub fn script(&self, root: &Path, script: &str, log: &Log) -> Result<Command> {
        let home = log.home();
        if home.exists() {
            fs::remove_dir_all(&home)
                .with_context(|| format!("can't remove {}", home.display()))?;
        }
        fs::create_dir_all(&home).with_context(|| format!("can't create {}", home.display()))?;
        let file =
            File::create(&log.0).with_context(|| format!("can't write {}", log.0.display()))?;
        let mut command = Command::new(self.python(root)?);
        command
            .arg(root.join("tools/xtask/peers").join(script))
            .env("HOME", home)
            .stderr(Stdio::from(file));
        Ok(command)
    }
}

/// Where a peer's standard error goes.
pub struct Log(pub PathBuf);

impl Log {
    /// The home folder of the script whose log this is.
    pub fn home(&self) -> PathBuf {
        self.0.with_extension("home")
    }

    /// Says with the log's last line that a peer stopped.
    ///
    /// # Errors
    /// Unless it succeeded.
    pub fn check(&self, name: &str, status: std::process::ExitStatus) -> Result<()> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        let last = text.lines().last().unwrap_or_default();
        ensure!(
            status.success(),
            "{name}: {status}: {last} (all of it: {})",
            self.0.display()
        );
        Ok(())
    }
}
