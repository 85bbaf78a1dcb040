//! Reading manifests of version 1.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Manifest;
use super::manifest;
use crate::{Result, files};

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

/// Reads the text of a manifest of version 1 as one of the present version; `path` is for errors.
pub(super) fn parse(text: &[u8], path: &Path) -> Result<Manifest> {
    let mut value: Map<String, Value> = files::parse_json(text, path, manifest::WHAT)?;
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
    files::from_json(value, path, manifest::WHAT)
}

/// Takes the values of `keys` out of a movie.
fn block(movie: &mut Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let values = keys.iter().filter_map(|key| movie.remove_entry(*key));
    values.collect()
}
