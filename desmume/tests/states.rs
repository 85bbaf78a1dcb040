//! Save states: runs continue from them unchanged, in the same and in other emulators; incompatible states are refused.

mod fixture;

use std::io::Write;

use desmume::{Cpu, Emulator, Error, Options, Picture, State};
use fixture::{random_inputs, rom, rom_of};
use flate2::{Compression, write::ZlibEncoder};
use nds_formats::dsm::DateTime;
use nds_formats::pad::{Frame, Pad};

fn open(cpu: Cpu) -> Emulator {
    Emulator::open(
        &rom(),
        &Options {
            cpu,
            ..Options::default()
        },
    )
    .expect("an emulator")
}

fn hashes(emulator: &mut Emulator, inputs: &[Frame]) -> Vec<u64> {
    inputs
        .iter()
        .map(|input| {
            emulator.step(input, Picture::Skip).expect("a step");
            emulator.ram_hash()
        })
        .collect()
}

/// The CPU modes, and the number of frames to run in each.
fn modes() -> [(Cpu, usize); 2] {
    [(Cpu::Interpreter, 100), (Cpu::default(), 400)]
}

#[test]
fn a_run_goes_on_from_a_state_in_the_middle() {
    let before = random_inputs(1, 100);
    for (cpu, count) in modes() {
        let after = random_inputs(2, count);
        let mut emulator = open(cpu);
        hashes(&mut emulator, &before);
        let state = emulator.save_state().expect("a state");
        let saved_ram = emulator.main_ram().to_vec();
        let expected = hashes(&mut emulator, &after);

        for attempt in 0..2 {
            emulator.load_state(&state).expect("a load");
            assert_eq!(emulator.frame_count(), 100);
            assert!(emulator.main_ram() == saved_ram, "{cpu:?}: RAM as saved");
            assert!(
                hashes(&mut emulator, &after) == expected,
                "{cpu:?}, attempt {attempt}"
            );
        }
    }
}

#[test]
fn saving_does_not_change_the_run() {
    // With the JIT that holds for games that wait for the vertical blank: see game.rs.
    let inputs = random_inputs(3, 200);
    let expected = hashes(&mut open(Cpu::Interpreter), &inputs);
    let mut saved = open(Cpu::Interpreter);
    let mut found = hashes(&mut saved, &inputs[..77]);
    saved.save_state().expect("a state");
    found.extend(hashes(&mut saved, &inputs[77..]));
    assert!(found == expected);
}

#[test]
fn a_state_goes_on_in_another_emulator() {
    let before = random_inputs(4, 60);
    for (cpu, count) in modes() {
        let after = random_inputs(5, count);
        let mut first = open(cpu);
        hashes(&mut first, &before);
        let bytes = first.save_state().expect("a state").bytes();
        let expected = hashes(&mut first, &after);

        let mut second = open(cpu);
        hashes(&mut second, &random_inputs(6, 33));
        second
            .load_state(&State::from_bytes(&bytes).expect("the bytes"))
            .expect("a load");
        assert!(hashes(&mut second, &after) == expected, "{cpu:?}");
    }
}

#[test]
fn battery_memory_is_part_of_a_state() {
    let mut emulator = open(Cpu::default());
    emulator
        .set_battery(&vec![1; 256 << 10])
        .expect("a battery");
    let state = emulator.save_state().expect("a state");
    emulator
        .set_battery(&vec![2; 512 << 10])
        .expect("a battery");
    emulator.load_state(&state).expect("a load");
    assert!(emulator.battery().expect("a battery") == vec![1; 256 << 10]);
}

#[test]
fn states_of_other_consoles_are_refused_and_change_nothing() {
    let mut emulator = open(Cpu::Interpreter);
    hashes(&mut emulator, &random_inputs(7, 20));
    let hash = emulator.ram_hash();
    let mut refuses = |other: &mut Emulator, part: &str| {
        let state = other.save_state().expect("a state");
        match emulator.load_state(&state) {
            Err(Error::State { what, .. }) => assert_eq!(what, part),
            result => panic!("{part}: expected an error, found {result:?}"),
        }
        assert_eq!(emulator.ram_hash(), hash);
    };

    let loop_forever = rom_of(&[0xEAFF_FFFE]);
    let interpreter = Options {
        cpu: Cpu::Interpreter,
        ..Options::default()
    };
    let mut other_rom = Emulator::open(&loop_forever, &interpreter).expect("an emulator");
    refuses(&mut other_rom, "SHA-256 of its ROM");

    let other_cpu = Options {
        cpu: Cpu::Jit { block_size: 12 },
        ..Options::default()
    };
    if let Ok(mut jit) = Emulator::open(&rom(), &other_cpu) {
        refuses(&mut jit, "CPU mode");
    }

    let clock = DateTime {
        year: 2020,
        ..DateTime::default()
    };
    let other_clock = Options {
        clock,
        ..interpreter
    };
    let mut later = Emulator::open(&rom(), &other_clock).expect("an emulator");
    refuses(&mut later, "clock at power-on");
}

#[test]
fn bytes_that_are_no_state_are_refused() {
    let bytes = open(Cpu::default()).save_state().expect("a state").bytes();
    let refused = |bytes: &[u8], part: &str| match State::from_bytes(bytes) {
        Err(Error::State { what, .. }) => assert_eq!(what, part),
        result => panic!("{part}: expected an error, found {result:?}"),
    };
    refused(&[], "size");
    refused(&bytes[..40], "size");
    refused(&[0; 1000], "first bytes");
    refused(&bytes[..bytes.len() - 1], "size in bytes after the header");

    let changed = |at: usize| {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        changed
    };
    refused(&changed(3), "first bytes");
    refused(&changed(8), "version");
    refused(&changed(bytes.len() / 2), "checksum");
}

#[test]
fn a_state_goes_on_from_a_file_of_desmumes() {
    let before = random_inputs(8, 60);
    for (cpu, count) in modes() {
        let after = random_inputs(9, count);
        let mut emulator = open(cpu);
        hashes(&mut emulator, &before);
        let file = emulator.save_state().expect("a state").to_dst();
        let file = file.expect("a file");
        let expected = hashes(&mut emulator, &after);

        for file in [compressed(&file), file] {
            let options = emulator.options().clone();
            let state = State::from_dst(&file, &rom(), &options).expect("the file");
            assert_eq!(state.frame_count(), 0);
            emulator.load_state(&state).expect("a load");
            assert!(hashes(&mut emulator, &after) == expected, "{cpu:?}");
        }
    }
}

/// The bundled game past its first frames.
fn game_under_way() -> Emulator {
    let mut emulator = Emulator::open(homebrew::ROM, &Options::default()).expect("an emulator");
    hashes(&mut emulator, &vec![Frame::default(); 200]);
    emulator
}

/// A file's chunks, each complete with its id, and the part after them.
fn chunks(file: &[u8]) -> (Vec<(u32, Vec<u8>)>, &[u8]) {
    let word = |at: usize| u32::from_le_bytes(*file[at..].first_chunk().expect("a word"));
    let (mut chunks, mut at) = (Vec::new(), 32);
    while word(at) != u32::MAX {
        let size = 8 + word(at + 4) as usize;
        chunks.push((word(at), file[at..at + size].to_vec()));
        at += size;
    }
    (chunks, &file[at..])
}

/// `file` with other chunks.
fn with_chunks(file: &[u8], change: impl Fn(u32, Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    let (found, end) = chunks(file);
    let changed = found
        .into_iter()
        .filter_map(|(id, chunk)| change(id, chunk));
    let mut changed = [
        file[..32].to_vec(),
        changed.flatten().collect(),
        end.to_vec(),
    ]
    .concat();
    let size = changed.len() as u32;
    changed[24..28].copy_from_slice(&size.to_le_bytes());
    changed
}

/// States of other builds of DeSmuME, which leave out chunks or write them differently.
#[test]
fn files_of_other_builds_go_on_the_same_in_a_fresh_emulator_and_a_used_one() {
    let mut emulator = game_under_way();
    let state = emulator.save_state().expect("a state");
    let file = state.to_dst().expect("a file");
    let inputs = vec![Frame::pad(Pad::A); 40];
    let expected = hashes(&mut emulator, &inputs);
    let options = emulator.options().clone();
    let mut run = |file: &[u8], what: &str| {
        let state = State::read(file, homebrew::ROM, &options).expect(what);
        let mut fresh = Emulator::open(homebrew::ROM, &options).expect("an emulator");
        fresh.load_state(&state).expect(what);
        let fresh = hashes(&mut fresh, &inputs);
        emulator.load_state(&state).expect(what);
        assert!(hashes(&mut emulator, &inputs) == fresh, "{what}");
        fresh
    };
    assert!(run(&file, "whole") == expected);
    assert!(run(&compressed(&file), "compressed") == expected);
    let as_110 = with_chunks(&file, |id, mut chunk| {
        if id == 111 {
            chunk[..4].copy_from_slice(&110_u32.to_le_bytes());
        }
        Some(chunk)
    });
    let without = |left_out: u32| with_chunks(&file, |id, chunk| (id != left_out).then_some(chunk));
    // The wireless hardware of another build is not read: it is as in a file without it.
    assert!(run(&as_110, "chunk 110") == run(&without(111), "no chunk 111"));
    for optional in [8, 81, 100, 101, 120, 140, 150, 160, 170, 180] {
        run(&without(optional), &format!("no chunk {optional}"));
    }
}

#[test]
fn a_file_without_what_a_console_needs_is_refused_by_name() {
    let mut emulator = game_under_way();
    let file = emulator.save_state().expect("a state").to_dst();
    let file = file.expect("a file");
    for needed in [1, 2, 3, 4, 5, 51, 60, 61, 7, 90, 91] {
        let file = with_chunks(&file, |id, chunk| (id != needed).then_some(chunk));
        let error = State::from_dst(&file, homebrew::ROM, emulator.options()).unwrap_err();
        let name = format!("(chunk {needed})");
        assert!(error.to_string().contains(&name), "{name}: {error}");
    }
    let nameless = with_chunks(&file, |id, chunk| (id != 130).then_some(chunk));
    let error = State::from_dst(&nameless, homebrew::ROM, emulator.options()).unwrap_err();
    assert!(error.to_string().contains("found none"), "{error}");
}

#[test]
fn the_first_bytes_say_which_kind_of_state_a_file_is() {
    let mut emulator = game_under_way();
    let state = emulator.save_state().expect("a state");
    let options = emulator.options().clone();
    let read = |bytes: &[u8]| State::read(bytes, homebrew::ROM, &options);
    let own = read(&state.bytes()).expect("a state of our own");
    assert_eq!(own.frame_count(), state.frame_count());
    let file = state.to_dst().expect("a file");
    assert_eq!(read(&file).expect("a file").frame_count(), 0);
    // Both ways give the same start of a movie.
    let start = |state: &State| state.as_movie_start().expect("a start").bytes();
    assert!(start(&own) == start(&state));

    let refused = |bytes: &[u8], found: &str| {
        assert!(!State::is_one(bytes));
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.contains("first bytes of the file"), "{error}");
        assert!(error.contains(found), "{error}");
    };
    refused(b"MELN\x0A\0\0\0and more", "melonDS");
    refused(b"", "found \"\"");
    refused(b"version 1\n", "version 1");

    // States of both kinds name the ROM that they are of.
    let other = State::read(&state.bytes(), &rom(), &options).unwrap_err();
    assert!(other.to_string().contains("SHA-256 of its ROM"), "{other}");
    let other = State::read(&file, &rom(), &options)
        .unwrap_err()
        .to_string();
    let title = homebrew::ROM[..12].split(|byte| *byte == 0).next();
    let title = String::from_utf8_lossy(title.expect("a title"));
    assert!(other.contains(&*title) && other.contains("AMC"), "{other}");
}

/// A state's file as DeSmuME compresses it.
fn compressed(file: &[u8]) -> Vec<u8> {
    let (header, chunks) = file.split_at(32);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(chunks).expect("a write to memory");
    let packed = packed.finish().expect("a write to memory");
    let mut file = header[..24].to_vec();
    file.extend((chunks.len() as u32).to_le_bytes());
    file.extend((packed.len() as u32).to_le_bytes());
    file.extend(packed);
    file
}

#[test]
fn files_that_are_no_state_are_refused() {
    let mut emulator = open(Cpu::default());
    let file = emulator.save_state().expect("a state").to_dst();
    let file = file.expect("a file");
    let options = emulator.options().clone();
    let refused = |file: &[u8], part: &str| match State::from_dst(file, &rom(), &options) {
        Err(Error::State { what, .. }) => assert_eq!(what, part),
        result => panic!("{part}: expected an error, found {result:?}"),
    };
    refused(&[], "size of the file");
    refused(&file[..31], "size of the file");
    refused(&file[..file.len() - 1], "size of the file");
    let changed = |at: usize, byte: u8| {
        let mut changed = file.clone();
        changed[at] = byte;
        changed
    };
    refused(&changed(3, b'x'), "first bytes of the file");
    refused(&changed(16, 11), "version of the file");
    refused(&changed(27, 0xFF), "size that the file names");
    // An unknown chunk first; a first chunk that is longer than the file.
    refused(&changed(32, 99), "chunks");
    refused(&changed(39, 0x7F), "chunks");

    let packed = compressed(&file);
    let mut longer = packed.clone();
    longer[24] ^= 1;
    refused(&longer, "size of the contents");
    let mut broken = packed.clone();
    broken[32] = 0;
    refused(&broken, "compressed contents");
    refused(&packed[..packed.len() / 2], "compressed contents");

    let mut other = rom();
    other[0x10] ^= 1;
    match State::from_dst(&file, &other, &options) {
        Err(Error::State { what, .. }) => assert_eq!(what, "header of its ROM"),
        result => panic!("expected an error, found {result:?}"),
    }
}
