//! The fuzzers' seeds, whole, cut short at every byte, and with every bit flipped: each gives a
//! value that is written back, or an error. A fuzzer's find becomes a seed and so is tested here.

#![allow(unreachable_pub, reason = "tests have no interface to other crates")]

#[path = "../../nds-formats/tests/variants/mod.rs"]
mod variants;

use mkds_formats::carc::CourseFiles;
use mkds_formats::ghost::{Ghost, SLOT_SIZE};
use mkds_formats::kcl::Kcl;
use mkds_formats::nkm::Nkm;

use variants::every_variant;

#[test]
fn ghosts() {
    // Without its checksum no change is accepted, but for the bytes it leaves out.
    let combo = mkds_formats::ghost::Combo {
        character: 0,
        kart: 0,
        course: 20,
    };
    let ghost = Ghost::new(combo, Default::default(), vec![], "", vec![]);
    let slot = ghost.to_slot().unwrap();
    for bit in 0..8 * SLOT_SIZE {
        let mut flipped = slot;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let unchecked = (SLOT_SIZE - 4..SLOT_SIZE - 2).contains(&(bit / 8));
        assert_eq!(Ghost::from_slot(&flipped, 0).is_ok(), unchecked, "{bit}");
    }
}

#[test]
fn collision() {
    every_variant("kcl", |bytes| {
        let Ok(kcl) = Kcl::parse(bytes) else {
            return false;
        };
        assert_eq!(kcl.to_bytes(), bytes);
        for index in 0..=u16::try_from(kcl.prisms().len()).unwrap() {
            let _ = kcl.triangle(index);
        }
        let leaves = kcl.positions().iter().flat_map(|point| kcl.leaf(*point));
        leaves.for_each(|index| assert!(kcl.prism(index).is_some()));
        true
    });
}

#[test]
fn maps() {
    every_variant("nkm", |bytes| {
        let nkm = Nkm::parse(bytes);
        nkm.is_ok_and(|nkm| {
            assert_eq!(nkm.to_bytes(), bytes);
            true
        })
    });
}

#[test]
fn courses() {
    every_variant("carc", |bytes| {
        let files = CourseFiles::parse(bytes);
        files.is_ok_and(|files| {
            assert_eq!(CourseFiles::parse(&files.to_bytes().unwrap()), Ok(files));
            true
        })
    });
}
