//! Paths in JSON, without loss.
//!
//! A path is a string. A path that is not valid UTF-8 is an object: `text`, with U+FFFD in place of invalid bytes, and
//! `bytes`, the path itself as numbers.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::{Serialize, Serializer};

/// Writes a path.
///
/// # Errors
/// The serialiser's.
pub fn serialize<S: Serializer>(path: impl AsRef<Path>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct NoText<'a> {
        text: &'a str,
        bytes: &'a [u8],
    }
    let path = path.as_ref();
    match path.to_str() {
        Some(text) => text.serialize(serializer),
        None => NoText {
            text: &path.to_string_lossy(),
            bytes: path.as_os_str().as_bytes(),
        }
        .serialize(serializer),
    }
}

/// Writes a path, or null.
///
/// # Errors
/// The serialiser's.
pub fn optional<S: Serializer>(
    path: &Option<impl AsRef<Path>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => serialize(path, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn json(path: &[u8]) -> serde_json::Value {
        let path = Path::new(OsStr::from_bytes(path));
        serialize(path, serde_json::value::Serializer).expect("JSON")
    }

    #[test]
    fn a_path_is_text_and_what_is_no_text_keeps_its_bytes() {
        assert_eq!(json("é.dsm".as_bytes()), "é.dsm");
        let bytes = json(b"a\xFF.dsm");
        assert_eq!(bytes["text"], "a\u{FFFD}.dsm");
        assert_eq!(bytes["bytes"], serde_json::json!(b"a\xFF.dsm"));
    }
}
