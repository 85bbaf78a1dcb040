//! Reading manifests of version 1.

use serde_json::{Map, Value, json};

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

/// A manifest of version 1 with the keys of version 2, but for the version itself.
pub(super) fn upgraded(mut manifest: Map<String, Value>) -> Map<String, Value> {
    // The only program that wrote version 1 recorded a row a frame.
    manifest.insert("frames_per_step".to_owned(), json!(1));
    let movies = manifest.get_mut("movies").and_then(Value::as_array_mut);
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
    manifest
}

/// Takes the values of `keys` out of a movie.
fn block(movie: &mut Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let values = keys.iter().filter_map(|key| movie.remove_entry(*key));
    values.collect()
}
