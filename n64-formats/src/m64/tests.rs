use proptest::prelude::*;

use super::*;
use crate::pad::{Buttons, Pad};
use crate::rom;

/// What TASVideos says a header holds, byte by byte, without the crate's constants.
fn header_of_two(samples: u32) -> Vec<u8> {
    let mut bytes = vec![0; 0x400];
    let mut put =
        |at: usize, contents: &[u8]| bytes[at..at + contents.len()].copy_from_slice(contents);
    put(0x00, &[0x4D, 0x36, 0x34, 0x1A, 3, 0, 0, 0]);
    put(0x08, &0x5F00_0001_u32.to_le_bytes());
    put(0x0C, &1000_u32.to_le_bytes());
    put(0x10, &77_u32.to_le_bytes());
    put(0x14, &[60, 2]);
    put(0x18, &samples.to_le_bytes());
    put(0x1C, &[1, 0]);
    // Controllers 1 and 3; a controller pak in the first, a rumble pak in the third.
    put(0x20, &(1_u32 | 1 << 2 | 1 << 4 | 1 << 10).to_le_bytes());
    put(0xC4, b"MARIOKART64");
    put(0xE4, &[0x3E, 0x50, 0x55, 0xB6, 0x45, 0]);
    put(0x122, b"Video\0garbage");
    put(0x162, b"Sound");
    put(0x1A2, b"Input");
    put(0x1E2, b"RSP");
    put(0x222, "J\u{e9}r\u{f4}me".as_bytes());
    put(0x300, b"A lap");
    // Reserved, which a later version may use.
    put(0x24, b"MUPN");
    put(0x3FF, b"!");
    bytes
}

const A: [u8; 4] = [0x80, 0, 80, 0];
const B_AND_Z: [u8; 4] = [0x60, 0, 0xB0, 0x7F];
const C_UP: [u8; 4] = [0, 0x08, 0, 0];

#[test]
fn every_field_is_read() {
    let file = [header_of_two(3).as_slice(), &A, &B_AND_Z, &C_UP].concat();
    let movie = Movie::parse(&file).expect("a movie");
    let header = &movie.header;
    assert_eq!(header.uid(), 0x5F00_0001);
    assert_eq!(
        (header.interrupts(), header.rerecords(), header.rate()),
        (1000, 77, 60)
    );
    assert_eq!(header.start(), Start::Snapshot);
    let first = Controller {
        pak: true,
        ..Controller::PRESENT
    };
    let third = Controller {
        rumble: true,
        ..Controller::PRESENT
    };
    assert_eq!(
        header.controllers(),
        [first, Controller::NONE, third, Controller::NONE]
    );
    assert_eq!(header.rom_name(), "MARIOKART64");
    assert_eq!(
        (header.rom_crc(), header.rom_country()),
        ([0x3E, 0x50, 0x55, 0xB6], b'E')
    );
    assert_eq!(
        header.plugins(),
        Plugins {
            video: "Video".into(),
            sound: "Sound".into(),
            input: "Input".into(),
            rsp: "RSP".into(),
        }
    );
    assert_eq!(
        (header.author().as_str(), header.description().as_str()),
        ("J\u{e9}r\u{f4}me", "A lap")
    );

    let pad = |buttons, stick| Pad { buttons, stick };
    let mut turn = Frame::first(pad(Buttons::A, [80, 0]));
    turn.pads[2] = pad(Buttons::B | Buttons::Z, [-80, 127]);
    let cut_turn = Frame::first(pad(Buttons::C_UP, [0, 0]));
    assert_eq!(movie.polls().collect::<Vec<_>>(), [turn, cut_turn]);
    assert_eq!(movie.to_bytes(), file);
}

#[test]
fn what_is_set_is_written_where_it_belongs() {
    let mut movie = Movie::new(Start::Snapshot);
    let header = &mut movie.header;
    header.set_uid(0x5F00_0001);
    header.set_interrupts(1000);
    header.set_rerecords(77);
    header.set_rate(60);
    let first = Controller {
        pak: true,
        ..Controller::PRESENT
    };
    let third = Controller {
        rumble: true,
        ..Controller::PRESENT
    };
    header.set_controllers([first, Controller::NONE, third, Controller::NONE]);
    let rom = rom::Header {
        name: "MARIOKART64".into(),
        crc: [0x3E50_55B6, 0x2E92_DA52],
        code: "NKTE".into(),
        revision: 0,
    };
    assert!(!header.is_of(&rom));
    header.set_rom(&rom);
    assert!(header.is_of(&rom));
    header
        .set_plugins(&Plugins {
            video: "Video".into(),
            sound: "Sound".into(),
            input: "Input".into(),
            rsp: "RSP".into(),
        })
        .expect("short names");
    header.set_author("J\u{e9}r\u{f4}me").expect("a short name");
    header.set_description("A lap").expect("a short text");
    let mut frame = Frame::first(Pad::from_sample(A));
    frame.pads[1] = Pad::from_sample(C_UP);
    frame.pads[2] = Pad::from_sample(B_AND_Z);
    movie.push(&frame);

    let mut expected = [header_of_two(2).as_slice(), &A, &B_AND_Z].concat();
    expected[0x24..0x28].fill(0);
    expected[0x127..0x162].fill(0);
    expected[0x3FF] = 0;
    assert_eq!(movie.to_bytes(), expected);
}

#[test]
fn two_bits_reset_and_are_kept() {
    let reset = [0x80, 0xC0, 0, 0];
    let file = [header_of_two(2).as_slice(), &reset, &[0, 0x40, 0, 0]].concat();
    let movie = Movie::parse(&file).expect("a movie");
    assert!(movie.samples[0].is_reset() && Sample::RESET.is_reset());
    assert!(!movie.samples[1].is_reset());
    assert_eq!(movie.samples[0].pad().buttons, Buttons::A);
    assert_eq!(movie.to_bytes(), file);
}

#[test]
fn other_files_are_refused_with_place_expected_and_found() {
    let good = [header_of_two(2).as_slice(), &A, &A].concat();
    let message = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = good.clone();
        change(&mut file);
        Movie::parse(&file).expect_err("refused").to_string()
    };
    let samples = "m64, offset 0x400: expected 2 samples of 4 bytes, as the header says, found";
    for (change, expected) in [
        (
            &(|file: &mut Vec<u8>| file.truncate(0x3FF)) as &dyn Fn(&mut Vec<u8>),
            "m64, header: expected a header of 1024 bytes, found 1023 bytes".to_owned(),
        ),
        (
            &|file| file[2] = b'5',
            r#"m64, offset 0x0: expected "M64\x1a", found "M65\x1a""#.to_owned(),
        ),
        (
            &|file| file[4] = 2,
            "m64, offset 0x4, version 2: another version than 3 is not supported".to_owned(),
        ),
        (
            &|file| file[0x1C] = 3,
            "m64, offset 0x1c: expected 1 (from a snapshot), 2 (from power-on) or 4 (from EEPROM), found 3"
                .to_owned(),
        ),
        (&|file| file.truncate(0x404), format!("{samples} 1 samples")),
        (&|file| file.extend(A), format!("{samples} 3 samples")),
        (&|file| file.push(0), format!("{samples} 2 samples and 1 bytes")),
        (
            &|file| file[0x18..0x1C].fill(0xFF),
            "m64, offset 0x400: expected 4294967295 samples of 4 bytes, as the header says, found 2 samples"
                .to_owned(),
        ),
        (
            &|file| file[0x20] = 0,
            "m64, controllers: expected one that was asked, found none".to_owned(),
        ),
    ] {
        assert_eq!(message(change), expected);
    }
}

#[test]
fn texts_that_do_not_fit_are_refused_and_change_nothing() {
    let mut movie = Movie::parse(&header_of_two(0)).expect("a movie");
    let header = &mut movie.header;
    let long = "\u{e9}".repeat(128);
    let author = header.set_author(&long[..222]).unwrap_err().to_string();
    assert_eq!(
        author,
        "m64, author: expected at most 221 bytes, found 222 bytes"
    );
    header.set_description(&long[..254]).expect("255 bytes");
    header.set_description(&long).unwrap_err();
    let zero = header.set_author("a\0b").unwrap_err().to_string();
    assert_eq!(zero, r#"m64, author: expected no zeros, found "a\0b""#);
    let plugins = Plugins {
        rsp: "r".repeat(64),
        ..Plugins::default()
    };
    header.set_plugins(&plugins).unwrap_err();
    assert_eq!(header.plugins().video, "Video");
    assert_eq!(
        (header.author().as_str(), header.description().as_str()),
        ("J\u{e9}r\u{f4}me", &long[..254])
    );
}

proptest! {
    #[test]
    fn movies_are_written_back(
        mut header in prop::array::uniform32(any::<[u8; 32]>()),
        samples in prop::collection::vec(any::<[u8; 4]>(), 0..50),
        start in prop::sample::select(vec![1, 2, 4]),
    ) {
        header[0][..8].copy_from_slice(&[0x4D, 0x36, 0x34, 0x1A, 3, 0, 0, 0]);
        header[0][0x18..0x1C].copy_from_slice(&(samples.len() as u32).to_le_bytes());
        header[0][0x1C..0x1E].copy_from_slice(&[start, 0]);
        header[1][0] |= 1;
        let file = [header.as_flattened(), samples.as_flattened()].concat();
        let movie = Movie::parse(&file).expect("a movie");
        prop_assert_eq!(movie.to_bytes(), file);
        // Texts of any bytes, and any ports.
        let _ = (movie.header.author(), movie.header.plugins(), movie.header.rom_name());
        let ports = movie.header.controllers().iter().filter(|port| port.present).count();
        prop_assert_eq!(movie.polls().count(), samples.len().div_ceil(ports));
    }

    #[test]
    fn pushed_frames_are_polled(frames in prop::collection::vec(any::<[[u8; 4]; 4]>(), 0..20), ports: [bool; 4]) {
        let mut movie = Movie::new(Start::PowerOn);
        movie.header.set_controllers(ports.map(|present| Controller { present, ..Controller::NONE }));
        let frames = frames.into_iter().map(|samples| {
            let mut frame = Frame { pads: samples.map(Pad::from_sample) };
            for (pad, present) in frame.pads.iter_mut().zip(ports) {
                if !present {
                    *pad = Pad::default();
                }
            }
            frame
        });
        let frames: Vec<Frame> = frames.collect();
        frames.iter().for_each(|frame| movie.push(frame));
        let again = Movie::parse(&movie.to_bytes()).expect("ours");
        let expected = if ports == [false; 4] { vec![] } else { frames };
        prop_assert_eq!(again.polls().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..0x500)) {
        let _ = Movie::parse(&bytes);
    }
}
