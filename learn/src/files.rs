//! JSON files and hashes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nds_formats::input;
use outputs::Kind;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Writes `value` as indented JSON to `path`, a name that the program chose.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(std::io::Error::from)
        .map_err(Error::io("write", path))?;
    text.push(b'\n');
    Ok(outputs::write(path, Kind::OWN, &text)?)
}

/// The most bytes that a JSON file may have: a dataset of 10,000 movies is described in 20 MB.
const MOST_JSON: u64 = 256 << 20;

/// Reads `path` as JSON; `what` names what it should be.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T> {
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_JSON + 1).read_to_end(&mut text))
        .and_then(|_| input::fetched(&text))
        .map_err(Error::io("read", path))?;
    if text.len() as u64 > MOST_JSON {
        let expected = format!("at most {MOST_JSON} bytes");
        return Err(Error::mismatch(path, what, expected, "more"));
    }
    serde_json::from_slice(&text).map_err(|source| Error::Json {
        path: path.to_path_buf(),
        what,
        source,
    })
}

/// SHA-256 of a file's bytes, in hexadecimal.
pub(crate) fn sha256_of_file(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    // Reading a device may never end.
    let is_file = file.metadata().map_err(Error::io("read", path))?.is_file();
    if !is_file {
        return Err(Error::mismatch(path, "kind", "a regular file", "another"));
    }
    let mut hasher = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut block).map_err(Error::io("read", path))?;
        if read == 0 {
            return Ok(hexadecimal(&hasher.finalize()));
        }
        let bytes = input::fetched(&block[..read]).map_err(Error::io("read", path))?;
        hasher.update(bytes);
    }
}

/// SHA-256 of `bytes`, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
