//! Builds the bundled games: compiles their C and assembly, links them and packs ROM files.
//!
//! The files contain no path and no time, so that the same compiler gives the same file, byte for byte.

mod ds;
mod n64;
mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use outputs::Kind;
use sha2::{Digest, Sha256};

use toolchain::Toolchain;

/// A bundled game.
struct Game {
    /// The committed ROM in the `homebrew` folder; its hash lies beside it.
    committed: &'static str,
    toolchain: Toolchain,
    build: fn(&Path, &Path) -> Result<Vec<u8>>,
}

const GAMES: &[Game] = &[
    Game {
        committed: "rom/kartscope.nds",
        toolchain: ds::TOOLCHAIN,
        build: ds::build,
    },
    Game {
        committed: "n64/rom/kartscope.z64",
        toolchain: n64::TOOLCHAIN,
        build: n64::build,
    },
];

/// Builds the ROMs and writes them with their hashes.
///
/// # Errors
/// A compiler is missing or refuses a source, or a file cannot be read or written.
pub(crate) fn write(homebrew: &Path, scratch: &Path) -> Result<String> {
    each(|game| write_game(game, homebrew, scratch))
}

/// Builds the ROMs again and compares them with the committed ones and with the committed hashes.
///
/// # Errors
/// As [`write()`], or the two differ.
pub(crate) fn check(homebrew: &Path, scratch: &Path) -> Result<String> {
    each(|game| check_game(game, homebrew, scratch))
}

fn each(chore: impl Fn(&Game) -> Result<String>) -> Result<String> {
    let lines = GAMES.iter().map(chore).collect::<Result<Vec<_>>>()?;
    Ok(lines.join("\n"))
}

fn write_game(game: &Game, homebrew: &Path, scratch: &Path) -> Result<String> {
    let rom = (game.build)(homebrew, scratch)?;
    let path = homebrew.join(game.committed);
    let folder = path.parent().unwrap_or(homebrew);
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    outputs::write(&path, Kind::OWN, &rom)?;
    let hash = sha256(&rom);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let line = format!("{hash}  {name}\n");
    outputs::write(&hash_path(&path), Kind::OWN, line.as_bytes())?;
    Ok(format!(
        "homebrew/{}: {} bytes, sha256 {hash}",
        game.committed,
        rom.len()
    ))
}

fn check_game(game: &Game, homebrew: &Path, scratch: &Path) -> Result<String> {
    let path = homebrew.join(game.committed);
    let committed = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let hash_path = hash_path(&path);
    let noted = fs::read_to_string(&hash_path)
        .with_context(|| format!("reading {}", hash_path.display()))?;
    let noted = noted.split_whitespace().next().unwrap_or_default();
    let committed = sha256(&committed);
    ensure!(
        noted == committed,
        "{}: expected the hash of {}, {committed}, found {noted}",
        hash_path.display(),
        path.display()
    );
    let built = sha256(&(game.build)(homebrew, scratch)?);
    ensure!(
        built == committed,
        "{}: the committed ROM has sha256 {committed}, one built anew {built}; run `cargo xtask rom` with {} \
         ({} of Debian 12 is the one that counts)",
        path.display(),
        game.toolchain.version()?,
        game.toolchain.compiler
    );
    Ok(format!(
        "homebrew/{}: as built anew, sha256 {built}",
        game.committed
    ))
}

/// The hash file beside a ROM.
fn hash_path(rom: &Path) -> PathBuf {
    let mut name = rom.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
