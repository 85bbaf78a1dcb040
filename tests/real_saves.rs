//! Ghosts of real saves, compared with an independent reader's list.

use std::path::Path;

use serde_json::Value;

use crate::program::{json, text};

#[test]
fn ghosts_are_listed_as_an_independent_reader_lists_them() {
    let saves = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/mkds/saves");
    if !saves.exists() {
        println!("skipped: the folder shared beside the project is absent");
        return;
    }
    let expected = std::fs::read(saves.join("ghosts.json")).expect("ghosts.json");
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    let expected = expected["saves"].as_object().expect("saves by name");
    assert_eq!(expected.len(), 2);
    for (name, ghosts) in expected {
        assert_eq!(
            &json(["ghosts", "list", text(&saves.join(name))]),
            ghosts,
            "{name}"
        );
    }
}
