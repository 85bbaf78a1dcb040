//! The peers' Python packages, at pinned versions. Each peer has its own environment, since two of them have a module
//! `desmume`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::commands;

/// A peer and its requirements.
pub struct Peer {
    /// The package and its version.
    pub name: &'static str,
    folder: &'static str,
    requirements: &'static [&'static str],
    /// Packages that are installed without their own requirements.
    without_dependencies: &'static [&'static str],
}

/// The emulator library.
pub const PY_DESMUME: Peer = Peer {
    name: "py-desmume 0.0.9",
    folder: "py-desmume",
    requirements: &["py-desmume==0.0.9", "pillow==13.0.0"],
    without_dependencies: &[],
};

/// The emulator library with Mario Kart DS's structures. Its package does not declare its requirement of numpy.
pub const MKDS: Peer = Peer {
    name: "py-desmume-mkds 0.0.20",
    folder: "py-desmume-mkds",
    requirements: &[
        "py-desmume-mkds==0.0.20",
        "pillow==13.0.0",
        "numpy==2.3.4",
        "typing_extensions==4.16.0",
    ],
    without_dependencies: &[],
};

/// The environments based on that. Only the requirements of the sweeping ray are installed: the others, such as
/// a computer vision library and a commit hook manager, are not needed for measuring.
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
    without_dependencies: &["gym-mkds==0.2.3"],
};

/// The search library, whose flat index is exact.
pub const FAISS: Peer = Peer {
    name: "FAISS 1.15.1",
    folder: "faiss",
    requirements: &["faiss-cpu==1.15.1", "numpy==2.3.4"],
    without_dependencies: &[],
};

impl Peer {
    /// The Python of its environment, which is created first if it does not exist with the pinned versions.
    ///
    /// # Errors
    /// When there is no Python, or the packages can't be fetched.
    pub fn python(&self, root: &Path) -> Result<PathBuf> {
        let folder = root.join(".setup/peers").join(self.folder);
        let python = folder.join("bin/python");
        let stamp = folder.join("packages.txt");
        let pins = [self.requirements, self.without_dependencies]
            .concat()
            .join("\n");
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
        if !self.without_dependencies.is_empty() {
            install(self.without_dependencies, &["--no-deps"])?;
        }
        fs::write(&stamp, pins).with_context(|| format!("can't write {}", stamp.display()))?;
        Ok(python)
    }

    /// A command that runs a script of ours in its environment; the caller adds arguments. Its standard error goes to
    /// `log`, and its home folder is beside `log`, so that battery files of an earlier run do not affect the next.
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

/// The log file for a peer's standard error.
pub struct Log(pub PathBuf);

impl Log {
    /// The home folder of the script whose log this is.
    pub fn home(&self) -> PathBuf {
        self.0.with_extension("home")
    }

    /// Checks that a peer succeeded; the error has the log's last line.
    ///
    /// # Errors
    /// When the peer failed.
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
