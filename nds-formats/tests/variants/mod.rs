//! The fuzzers' seeds, damaged in every way.

use std::path::Path;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds");

/// Hands every variant of the seeds of a target to `check`, which says whether it was accepted;
/// at least one has to be.
pub fn every_variant(target: &str, check: impl Fn(&[u8]) -> bool) {
    let mut accepted = 0;
    for entry in std::fs::read_dir(Path::new(SEEDS).join(target)).unwrap() {
        let seed = std::fs::read(entry.unwrap().path()).unwrap();
        let mut count = |bytes: &[u8]| accepted += usize::from(check(bytes));
        count(&seed);
        (0..seed.len()).for_each(|end| count(&seed[..end]));
        for bit in 0..8 * seed.len() {
            let mut flipped = seed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            count(&flipped);
        }
    }
    assert!(accepted > 0, "{target}: nothing was accepted");
}
