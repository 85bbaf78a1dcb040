//! The fuzzers' seeds, whole, cut short at every byte, and with every bit flipped: each gives a
//! value that is written back, or an error. A fuzzer's find becomes a seed and so is tested here.

#![allow(unreachable_pub, reason = "tests have no interface to other crates")]

#[path = "../../nds-formats/tests/variants/mod.rs"]
mod variants;

use mk64_formats::eeprom::Save;
use mk64_formats::ghost::{FILE_SIZE, Ghost};

use variants::every_variant;

#[test]
fn saves() {
    every_variant("mk64_save", |bytes| {
        let Ok(save) = Save::parse(bytes) else {
            return false;
        };
        assert_eq!(save.to_bytes(), bytes);
        save.faults().is_empty()
    });
}

#[test]
fn ghosts() {
    every_variant("mk64_ghosts", |bytes| {
        let mut file = bytes.to_vec();
        file.resize(FILE_SIZE, 0);
        let Ok(ghost) = Ghost::parse(&file) else {
            return false;
        };
        assert_eq!(ghost.to_file(), file);
        true
    });
}
