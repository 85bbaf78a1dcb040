//! The fuzzers' seeds, whole, cut short at every byte, and with every bit flipped: each gives a
//! value that is written back, or an error. A fuzzer's find becomes a seed and so is tested here.

use std::path::Path;

use mkds_formats::carc::CourseFiles;
use mkds_formats::dsm::{Form, Movie};
use mkds_formats::ghost::{Ghost, SLOT_SIZE};
use mkds_formats::kcl::Kcl;
use mkds_formats::lz10;
use mkds_formats::narc::Narc;
use mkds_formats::nitrofs::FileSystem;
use mkds_formats::nkm::Nkm;
use mkds_formats::rom::RomHeader;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds");

/// Hands every variant of the seeds of a target to `check`, which says whether it was accepted;
/// at least one has to be.
fn every_variant(target: &str, check: impl Fn(&[u8]) -> bool) {
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

#[test]
fn movies() {
    every_variant("dsm_text", |bytes| {
        let Ok(movie) = Movie::parse(bytes) else {
            return false;
        };
        assert_eq!(movie.to_bytes(), bytes);
        let header = &movie.header;
        let _ = (header.start(), header.firmware(), header.rtc_start());
        true
    });
    every_variant("dsm_binary", |frames| {
        let file = [b"version 2\nbinary 1\n|", frames].concat();
        let Ok(mut movie) = Movie::parse(&file) else {
            return false;
        };
        assert_eq!(movie.to_bytes(), file);
        movie.set_form(Form::Text).unwrap();
        assert_eq!(
            Movie::parse(&movie.to_bytes()).unwrap().frames,
            movie.frames
        );
        true
    });
}

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
fn archives() {
    every_variant("lz10", |bytes| {
        let plain = lz10::decompress(bytes);
        plain.is_ok_and(|plain| {
            let packed = lz10::compress(&plain).unwrap();
            assert_eq!(lz10::decompress(&packed), Ok(plain));
            true
        })
    });
    every_variant("narc", |bytes| {
        let narc = Narc::parse(bytes);
        narc.is_ok_and(|narc| {
            let files: Vec<_> = narc.files().collect();
            Narc::build(&files).is_ok_and(|bytes| {
                let again = Narc::parse(&bytes).unwrap();
                assert_eq!(again.files().len(), files.len());
                true
            })
        })
    });
    every_variant("carc", |bytes| {
        let files = CourseFiles::parse(bytes);
        files.is_ok_and(|files| {
            assert_eq!(CourseFiles::parse(&files.to_bytes().unwrap()), Ok(files));
            true
        })
    });
}

#[test]
fn roms() {
    every_variant("rom", |bytes| {
        let header = RomHeader::parse(bytes);
        let files = FileSystem::parse(bytes);
        header.is_ok_and(|header| header.serial().is_ascii())
            && files.is_ok_and(|files| files.files().all(|(path, _)| files.file(path).is_some()))
    });
}
