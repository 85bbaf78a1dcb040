//! The fuzzers' seeds, whole, cut short at every byte, and with every bit flipped: each gives a
//! value that is written back, or an error. A fuzzer's find becomes a seed and so is tested here.

#![allow(unreachable_pub, reason = "tests have no interface to other crates")]

mod variants;

use nds_formats::dsm::{Form, Movie};
use nds_formats::lz10;
use nds_formats::narc::Narc;
use nds_formats::nitrofs::FileSystem;
use nds_formats::rom::RomHeader;

use variants::every_variant;

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
