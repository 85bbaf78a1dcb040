//! Reading manifests of version 1.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Manifest;
use super::manifest;
use crate::{Error, Result, files};

pub(super) const VERSION: u32 = 1;

/// The keys of a movie that are facts of its game.
const GAME: [&str; 6] = [
    "character",
    "kart",
    "course",
    "course_name",
    "lap_times_ms",
    "total_time_ms",
];
/// The keys of a movie that are facts of the machine.
const MACHINE: [&str; 8] = [
    "rom_sha256",
    "rom_checksum",
    "rom_serial",
    "cpu",
    "clock",
    "firmware",
    "save_sha256",
    "state_sha256",
];

/// Reads a manifest of version 1 as one of the present version.
pub(super) fn read(path: &Path) -> Result<Manifest> {
    let mut value: Map<String, Value> = files::read_json(path, "dataset manifest")?;
    value.insert("version".to_owned(), json!(manifest::VERSION));
    // The only program that wrote version 1 recorded a row a frame.
    value.insert("frames_per_step".to_owned(), json!(1));
    let movies = value.get_mut("movies").and_then(Value::as_array_mut);
    for movie in movies
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let mut game = block(movie, &GAME);
        game.insert("name".to_owned(), json!("mkds"));
        let machine = block(movie, &MACHINE);
        movie.insert("game".to_owned(), game.into());
        movie.insert("machine".to_owned(), machine.into());
    }
    serde_json::from_value(value.into()).map_err(|source| Error::Json {
        path: path.to_path_buf(),
        what: "dataset manifest",
        source,
    })
}

/// Takes the values of `keys` out of a movie.
fn block(movie: &mut Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let values = keys.iter().filter_map(|key| movie.remove_entry(*key));
    values.collect()
}
