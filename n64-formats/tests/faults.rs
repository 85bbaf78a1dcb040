//! The fuzzers' seeds, whole, cut short at every byte, and with every bit flipped: each gives a
//! value that is written back, or an error. A fuzzer's find becomes a seed and so is tested here.

#![allow(unreachable_pub, reason = "tests have no interface to other crates")]

#[path = "../../nds-formats/tests/variants/mod.rs"]
mod variants;

use n64_formats::m64::Movie;
use n64_formats::mio0;
use n64_formats::pak::{Pak, SIZE};
use n64_formats::rom::Rom;

use variants::every_variant;

#[test]
fn movies() {
    every_variant("m64", |bytes| {
        let Ok(movie) = Movie::parse(bytes) else {
            return false;
        };
        assert_eq!(movie.to_bytes(), bytes);
        let _ = (movie.header.author(), movie.polls().count());
        true
    });
}

#[test]
fn packed_files() {
    every_variant("mio0", |bytes| {
        mio0::decompress(bytes).is_ok_and(|plain| {
            let packed = mio0::compress(&plain).unwrap();
            assert_eq!(mio0::decompress(&packed), Ok(plain));
            true
        })
    });
}

#[test]
fn paks() {
    every_variant("pak", |pages| {
        let mut bytes = Pak::formatted([1; 16]).bytes().to_vec();
        bytes[..pages.len().min(SIZE)].copy_from_slice(pages);
        let Ok(pak) = Pak::parse(&bytes) else {
            return false;
        };
        assert!(pak.bytes() == bytes);
        pak.notes().all(|(slot, _)| {
            let contents = pak.contents(slot);
            contents.is_ok_and(|contents| pak.clone().write(slot, &contents).is_ok())
        })
    });
}

#[test]
fn roms() {
    every_variant("n64_rom", |bytes| {
        Rom::read(bytes).is_ok_and(|rom| rom.bytes().len() == bytes.len())
    });
}
