//! Whole states, and save memory.

mod fixture;

use std::io::{Read, Write};

use fixture::{
    EEPROM_AT_START, EEPROM_BLOCK, FRAMES, MIXED, MODES, PAK_AT_START, bytes, inputs, is_installed,
    options, rom, word,
};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use mupen64plus::{Cpu, Emulator, Error, Frame, Options, Picture, Port, State, Storage};

fn hashes(emulator: &mut Emulator, inputs: &[Frame]) -> Vec<u64> {
    let step = |input| {
        emulator.step(input, Picture::Skip).expect("a step");
        emulator.ram_hash()
    };
    inputs.iter().map(step).collect()
}

#[test]
fn a_run_goes_on_exactly_from_a_state_wherever_it_is_loaded() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(120);
    let (before, after) = inputs.split_at(60);
    for cpu in MODES {
        let mut emulator = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        hashes(&mut emulator, before);
        let eeprom = emulator.storage(Storage::Eeprom).to_vec();
        let ram = emulator.ram_hash();
        let state = emulator.save_state().expect("a state");
        assert_eq!(emulator.ram_hash(), ram, "{cpu}: saving changes nothing");
        let reference = hashes(&mut emulator, after);
        assert_ne!(emulator.storage(Storage::Eeprom), eeprom, "{cpu}");
        let mut other = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        for emulator in [&mut emulator, &mut other] {
            for _ in 0..3 {
                emulator.load_state(&state).expect("it loads");
                assert_eq!(emulator.ram_hash(), ram, "{cpu}");
                assert_eq!(emulator.frame_count(), 60, "{cpu}");
                assert_eq!(emulator.storage(Storage::Eeprom), eeprom, "{cpu}");
                assert!(hashes(emulator, after) == reference, "{cpu}");
            }
        }
        let mut unsaved = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        hashes(&mut unsaved, before);
        assert!(
            hashes(&mut unsaved, after) == reference,
            "{cpu}: saving changes the run"
        );
    }
}

#[test]
fn states_are_taken_where_nothing_has_run() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(20);
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    hashes(&mut emulator, &inputs);
    let first = emulator.save_state().expect("a state");
    let second = emulator.save_state().expect("a state");
    assert!(first.bytes() == second.bytes());
    // RAM that is written to from outside is saved as it is.
    emulator.ram_mut()[MIXED as usize..][..4].copy_from_slice(&7_u32.to_ne_bytes());
    let changed = emulator.save_state().expect("a state");
    let reference = hashes(&mut emulator, &inputs);
    emulator.load_state(&first).expect("it loads");
    assert_ne!(word(emulator.ram(), MIXED), 7);
    let loaded = emulator.save_state().expect("a state");
    assert!(loaded.bytes() == first.bytes());
    emulator.load_state(&changed).expect("it loads");
    assert_eq!(word(emulator.ram(), MIXED), 7);
    assert!(hashes(&mut emulator, &inputs) == reference);
}

#[test]
fn states_go_through_files() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(30);
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    hashes(&mut emulator, &inputs);
    let state = emulator.save_state().expect("a state");
    let reference = hashes(&mut emulator, &inputs);
    let bytes = state.bytes();
    assert!(State::is_one(&bytes));
    let read = State::from_bytes(&bytes).expect("a state");
    assert!(read.bytes() == bytes);
    emulator.load_state(&read).expect("it loads");
    assert!(hashes(&mut emulator, &inputs) == reference);

    let refused = |bytes: &[u8], expected: &str| {
        let error = State::from_bytes(bytes).expect_err(expected).to_string();
        assert!(
            error.starts_with(&format!("save state: {expected}")),
            "{error}"
        );
    };
    refused(
        &bytes[..70],
        "size: expected at least 72 bytes, found 70 bytes",
    );
    refused(&bytes[..bytes.len() - 1], "size in bytes after the header");
    let changed = |place: usize| {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        changed
    };
    refused(&changed(0), "first bytes");
    refused(&changed(8), "version: expected 1, found 0");
    refused(&changed(80), "checksum");
    refused(&changed(bytes.len() - 1), "checksum");
}

#[test]
fn states_of_others_are_refused_and_change_nothing() {
    if !is_installed() {
        return;
    }
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    emulator
        .step(&Frame::default(), Picture::Skip)
        .expect("a step");
    let hash = emulator.ram_hash();
    let mut other_rom = rom();
    other_rom.extend([0; 4]);
    let large = Options {
        expansion_pak: true,
        ..Options::default()
    };
    for (rom, options, expected) in [
        (other_rom, Options::default(), "SHA-256 of its ROM"),
        (
            rom(),
            options(Cpu::CachedInterpreter),
            "CPU mode: expected dynarec, found cached",
        ),
        (rom(), large, "expansion pak: expected false, found true"),
    ] {
        let mut other = Emulator::open(&rom, &options).expect("an emulator");
        let state = other.save_state().expect("a state");
        let error = emulator.load_state(&state).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(emulator.ram_hash(), hash);
    }
}

#[test]
fn save_memory_goes_in_and_out() {
    if !is_installed() {
        return;
    }
    let mut eeprom = [0; 0x200];
    eeprom[..8].copy_from_slice(b"EEPROM 1");
    let mut pak = [0; 0x8000];
    pak[0x20..0x40].copy_from_slice(b"a controller pak of ours, byte32");
    let saved: [(Storage, &[u8]); 2] = [(Storage::Eeprom, &eeprom), (Storage::Paks, &pak)];
    let options = options(Cpu::Dynarec);
    let mut emulator = Emulator::open_with(&rom(), &options, &saved).expect("an emulator");
    // The answers begin in the middle of a word.
    let read = bytes(emulator.ram(), PAK_AT_START, 36);
    assert!(
        read.windows(32).any(|part| part == &pak[0x20..0x40]),
        "{read:x?}"
    );
    let read = bytes(emulator.ram(), EEPROM_AT_START, 12);
    assert!(read.windows(8).any(|part| part == b"EEPROM 1"), "{read:x?}");
    // The program writes its numbers of the frame before.
    for _ in 0..3 {
        let numbers = [FRAMES, MIXED].map(|address| word(emulator.ram(), address));
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
        let expected: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        let block = &emulator.storage(Storage::Eeprom)[8 * EEPROM_BLOCK..][..8];
        assert_eq!(block, expected);
    }
    assert_eq!(&emulator.storage(Storage::Eeprom)[..8], b"EEPROM 1");
    assert_eq!(&emulator.storage(Storage::Paks)[..0x8000], pak);
    let now = emulator.storage(Storage::Eeprom).to_vec();
    let again = Emulator::open_with(&rom(), &options, &[(Storage::Eeprom, &now)]);
    assert_eq!(
        again.expect("an emulator").storage(Storage::Eeprom)[..24],
        now[..24]
    );
    emulator.reset().expect("a reset");
    assert_eq!(emulator.storage(Storage::Eeprom)[..0x200], eeprom);

    let wrong = Emulator::open_with(&rom(), &options, &[(Storage::Eeprom, &[0; 100])]);
    let error = wrong.expect_err("100 bytes");
    assert!(
        matches!(
            error,
            Error::Storage {
                expected: 0x800,
                found: 100,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_pak_is_there_only_where_it_is_plugged_in() {
    if !is_installed() {
        return;
    }
    let pak = [0x55; 0x8000];
    let with = |port| {
        let options = Options {
            ports: [port, Port::Empty, Port::Empty, Port::Empty],
            ..Options::default()
        };
        let emulator = Emulator::open_with(&rom(), &options, &[(Storage::Paks, &pak)]);
        bytes(emulator.expect("an emulator").ram(), PAK_AT_START, 32)
    };
    let count = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == 0x55).count();
    assert!(count(&with(Port::ControllerPak)) >= 30);
    assert_eq!(count(&with(Port::Controller)), 0);
}

/// A state of Mupen64Plus's, uncompressed.
fn unpacked(st: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = GzDecoder::new(st).read_to_end(&mut bytes);
    read.expect("gzip data");
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut st = GzEncoder::new(Vec::new(), Compression::fast());
    st.write_all(bytes).expect("a vector");
    st.finish().expect("a vector")
}

#[test]
fn states_of_mupen64plus_are_of_any_mode_and_leave_save_memory_alone() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(60);
    let (before, after) = inputs.split_at(30);
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    hashes(&mut emulator, before);
    let st = emulator.save_state().expect("a state").to_st();
    let reference = hashes(&mut emulator, after);
    let state = State::from_bytes(&st).expect("a state");
    assert_eq!(
        State::from_bytes(&state.bytes()).expect("a state").to_st(),
        st
    );
    for cpu in MODES {
        let saved = [7; 0x200];
        let other = Emulator::open_with(&rom(), &options(cpu), &[(Storage::Eeprom, &saved)]);
        let mut other = other.expect("an emulator");
        hashes(&mut other, &inputs[..3]);
        let eeprom = other.storage(Storage::Eeprom).to_vec();
        other.load_state(&state).expect("it loads");
        assert_eq!(other.frame_count(), 0, "{cpu}");
        assert_eq!(other.storage(Storage::Eeprom), eeprom, "{cpu}");
        // From here on it is a state like any other.
        let own = other.save_state().expect("a state").bytes();
        assert!(hashes(&mut other, after) == reference, "{cpu}");
        let own = State::from_bytes(&own).expect("a state");
        other.load_state(&own).expect("it loads");
        assert_eq!(other.storage(Storage::Eeprom), eeprom, "{cpu}");
        assert!(hashes(&mut other, after) == reference, "{cpu}");
    }
}

#[test]
fn older_versions_of_mupen64plus_had_less_in_their_states() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(20);
    let mut emulator =
        Emulator::open(&rom(), &options(Cpu::CachedInterpreter)).expect("an emulator");
    hashes(&mut emulator, &inputs);
    let state = emulator.save_state().expect("a state");
    let reference = hashes(&mut emulator, &inputs);
    let whole = unpacked(&state.to_st());
    let queue = whole.len() - 1024 - 4 - 4096;
    for (minor, size) in [(0, queue + 36), (1, queue + 1024 + 4), (2, whole.len())] {
        let mut older = whole.clone();
        older[10] = minor;
        older.truncate(size);
        let read = State::from_bytes(&packed(&older)).expect("a state");
        emulator.load_state(&read).expect("it loads");
        assert_eq!(word(emulator.ram(), FRAMES), 20, "1.{minor}");
        assert!(hashes(&mut emulator, &inputs) == reference, "1.{minor}");
        older.truncate(if minor == 0 { queue - 1 } else { size - 1 });
        let error = State::from_bytes(&packed(&older)).expect_err("cut short");
        let error = error.to_string();
        assert!(error.contains("size of the core's state"), "{error}");
    }
}

#[test]
fn other_files_are_no_states_of_mupen64plus() {
    if !is_installed() {
        return;
    }
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    let st = emulator.save_state().expect("a state").to_st();
    let whole = unpacked(&st);
    let refused = |bytes: &[u8], expected: &str| {
        let error = State::from_bytes(bytes).expect_err(expected).to_string();
        assert!(error.starts_with("save state: "), "{error}");
        assert!(error.contains(expected), "{error}");
    };
    for size in [3, 100, st.len() / 2, st.len() - 1] {
        refused(&st[..size], "compressed contents: expected gzip data");
    }
    let mut changed = st;
    *changed.last_mut().expect("a byte") ^= 1;
    assert!(State::is_one(&changed));
    refused(&changed, "compressed contents: expected gzip data");
    let with = |place: usize, byte: u8| {
        let mut other = whole.clone();
        other[place] = byte;
        packed(&other)
    };
    // Mupen64's begin with a checksum of the ROM.
    let mupen64 = packed(&[b'A'; 50_000]);
    assert!(!State::is_one(&mupen64));
    refused(&mupen64, "expected M64+SAVE, found AAAAAAAA");
    refused(&packed(b""), "size of the core's state");
    refused(&packed(&whole[..20]), "size of the core's state");
    refused(
        &with(9, 2),
        "version of the core's state: expected 1, found 2",
    );
    refused(
        &packed(&[whole.as_slice(), &[0]].concat()),
        "expected at most 16793412 bytes, found more",
    );
    // Project64's, zipped and not.
    refused(b"", r#"found """#);
    refused(b"PK\x03\x04", r#"found "PK\x03\x04""#);
    let project64 = [b"\xC8\xA6\xD8\x23".as_slice(), &[0; 100]].concat();
    refused(
        &project64,
        r#"first bytes: expected "KS64ST\x00\x00" or gzip's "\x1f\x8b", found "\xc8"#,
    );

    let mut refused = |st: &[u8], expected: &str| {
        let state = State::from_bytes(st).expect("a state");
        let hash = emulator.ram_hash();
        let error = emulator.load_state(&state).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(emulator.ram_hash(), hash);
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    };
    refused(&with(12, b'x'), "MD5 of its ROM: expected ");
    let last_of_large = whole.len() - 1024 - 4 - 4096 - 16_788_288 + 0x1BC + 0x80_0000 - 4096;
    refused(
        &with(last_of_large, 1),
        "expansion pak: expected false, found true",
    );
}
