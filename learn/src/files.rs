//! JSON files and hashes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use nds_formats::input;
use outputs::Kind;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Track;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// `value` as indented JSON, and a line's end.
pub(crate) fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

/// Writes `value` as JSON to `path`, a name that the program chose.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = json(value).map_err(Error::io("write", path))?;
    Ok(outputs::write(path, Kind::OWN, &text)?)
}

/// The most bytes that a JSON file may have: a dataset of 10,000 movies is described in 20 MB.
const MOST_JSON: u64 = 256 << 20;

/// Reads a JSON file's text; `what` names what it should be.
pub(crate) fn read(path: &Path, what: &'static str) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_JSON + 1).read_to_end(&mut text))
        .and_then(|_| input::fetched(&text))
        .map_err(Error::io("read", path))?;
    if text.len() as u64 > MOST_JSON {
        let expected = format!("at most {MOST_JSON} bytes");
        return Err(Error::mismatch(path, what, expected, "more"));
    }
    Ok(text)
}

/// Parses a JSON file's text; `path` is for errors.
pub(crate) fn parse_json<T: DeserializeOwned>(
    text: &[u8],
    path: &Path,
    what: &'static str,
) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json);
    let value = value.map_err(Error::json(path, what))?;
    let at_top = |source| serde_path_to_error::Error::new(Track::new().path(), source);
    json.end()
        .map_err(at_top)
        .map_err(Error::json(path, what))?;
    Ok(value)
}

/// The value that a JSON file describes; `path` is for errors.
pub(crate) fn from_json<T: DeserializeOwned>(
    json: Map<String, Value>,
    path: &Path,
    what: &'static str,
) -> Result<T> {
    serde_path_to_error::deserialize(Value::Object(json)).map_err(Error::json(path, what))
}

/// The first key of two structures whose values differ, with both values.
///
/// # Panics
/// If they are no structures, or have values that JSON has not.
#[cfg(feature = "torch")]
pub(crate) fn first_difference<T: Serialize>(
    expected: &T,
    found: &T,
) -> Option<(String, String, String)> {
    let object = |value: &T| match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        // Two that can't be compared must not count as equal.
        other => panic!("expected a structure of plain values, found {other:?}"),
    };
    let (expected, found) = (object(expected), object(found));
    expected.iter().find_map(|(key, value)| {
        let other = found.get(key).cloned().unwrap_or_default();
        (*value != other).then(|| (key.clone(), value.to_string(), other.to_string()))
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
