//! A cross compiler and its tools.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Programs that make a console's programs.
pub(super) struct Toolchain {
    pub(super) compiler: &'static str,
    pub(super) objcopy: &'static str,
    /// The Debian packages that have them.
    pub(super) packages: &'static str,
}

impl Toolchain {
    /// Compiles sources, named relative to `folder`, to objects in `scratch`.
    pub(super) fn compile_all(
        &self,
        folder: &Path,
        flags: &[&str],
        sources: &[PathBuf],
        scratch: &Path,
    ) -> Result<Vec<PathBuf>> {
        sources
            .iter()
            .enumerate()
            .map(|(i, source)| {
                let name = source.file_stem().unwrap_or_default().to_string_lossy();
                let object = scratch.join(format!("{i}-{name}.o"));
                self.compile(folder, flags, source, &object)?;
                Ok(object)
            })
            .collect()
    }

    fn compile(&self, folder: &Path, flags: &[&str], source: &Path, object: &Path) -> Result<()> {
        // The sources are named relative to the working folder, so that no path of this machine can reach the object.
        self.run(
            Command::new(self.compiler)
                .current_dir(folder)
                .args(flags)
                .arg("-c")
                .arg(source)
                .arg("-o")
                .arg(object),
        )
    }

    /// Links objects, by a script named relative to `folder`.
    pub(super) fn link(
        &self,
        folder: &Path,
        flags: &[&str],
        script: &str,
        objects: &[PathBuf],
        libraries: &[&str],
        elf: &Path,
    ) -> Result<()> {
        self.run(
            Command::new(self.compiler)
                .current_dir(folder)
                .args(flags)
                .args([
                    "-static",
                    "-Wl,--build-id=none",
                    "-Wl,--no-warn-rwx-segments",
                    "-T",
                    script,
                ])
                .args(objects)
                .args(libraries)
                .arg("-o")
                .arg(elf),
        )
    }

    /// The bytes of some sections of a linked program, from the first to the last.
    pub(super) fn sections(&self, elf: &Path, names: &[&str]) -> Result<Vec<u8>> {
        let binary = elf.with_extension("bin");
        let mut command = Command::new(self.objcopy);
        command.args(["-O", "binary"]);
        for name in names {
            command.args(["-j", name]);
        }
        self.run(command.arg(elf).arg(&binary))?;
        fs::read(&binary).with_context(|| format!("reading {}", binary.display()))
    }

    /// The first line of what the compiler says about itself.
    pub(super) fn version(&self) -> Result<String> {
        let output = Command::new(self.compiler)
            .arg("--version")
            .output()
            .with_context(|| format!("starting {}", self.compiler))?;
        Ok(String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or(self.compiler)
            .to_owned())
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        let program = command.get_program().to_string_lossy().into_owned();
        let status = command
            .status()
            .with_context(|| format!("starting {program} (Debian packages {})", self.packages))?;
        if !status.success() {
            bail!("{program} failed: {status}");
        }
        Ok(())
    }
}

/// The C and assembly files of a folder in `root`, named relative to `root` and in the order of their names,
/// since the order of the objects is the order in the image.
pub(super) fn sources(root: &Path, folder: &str) -> Result<Vec<PathBuf>> {
    let path = root.join(folder);
    let listing = || format!("listing {}", path.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).with_context(listing)? {
        let name = PathBuf::from(entry.with_context(listing)?.file_name());
        if matches!(name.extension().and_then(OsStr::to_str), Some("c" | "s")) {
            names.push(Path::new(folder).join(name));
        }
    }
    names.sort();
    Ok(names)
}
