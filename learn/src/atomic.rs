//! Files appear under their final names whole or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use mkds_formats::lfs;
use outputs::{Kind, Output};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Lets `fill` write a file that the program names itself: an error or a crash on the way leaves
/// `path` as it was.
pub(crate) fn write_with(path: &Path, fill: impl FnOnce(&mut Output) -> Result<()>) -> Result<()> {
    let mut output = Output::begin(path, Kind::OWN)?;
    fill(&mut output)?;
    Ok(output.commit()?)
}

/// Writes `value` to `path` as indented JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write_with(path, |file| {
        let mut out = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut out, value)
            .map_err(std::io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
            .and_then(|()| out.flush())
            .map_err(Error::io("write", path))
    })
}

/// Reads `path` as JSON; `what` names what it should be.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T> {
    let text = fs::read(path)
        .and_then(lfs::fetched)
        .map_err(Error::io("read", path))?;
    serde_json::from_slice(&text).map_err(|source| Error::Json {
        path: path.to_path_buf(),
        what,
        source,
    })
}

/// SHA-256 of a file's bytes, in hexadecimal.
pub(crate) fn sha256_of_file(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut block).map_err(Error::io("read", path))?;
        if read == 0 {
            return Ok(hexadecimal(&hasher.finalize()));
        }
        let bytes = lfs::fetched(&block[..read]).map_err(Error::io("read", path))?;
        hasher.update(bytes);
    }
}

/// SHA-256 of `bytes`, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
