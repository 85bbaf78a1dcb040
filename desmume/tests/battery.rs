//! Battery memory is read back unchanged.

mod fixture;

use desmume::{Emulator, Error, Options, Picture};
use fixture::{random_inputs, rom};

fn pattern(size: usize) -> Vec<u8> {
    (0..size)
        .map(|index| (index * 31 + index / 256) as u8)
        .collect()
}

#[test]
fn it_is_empty_until_it_is_used() {
    let mut emulator = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    assert_eq!(emulator.battery().expect("a battery"), []);
}

#[test]
fn every_common_chip_goes_in_and_out() {
    for size in [512, 8 << 10, 64 << 10, 256 << 10, 512 << 10, 1 << 20] {
        let battery = pattern(size);
        let options = Options::default();
        let mut emulator = Emulator::open_with_battery(&rom(), &options, Some(&battery))
            .unwrap_or_else(|error| panic!("{size} bytes: {error}"));
        for input in random_inputs(1, 10) {
            emulator.step(&input, Picture::Skip).expect("a step");
        }
        assert!(
            emulator.battery().expect("a battery") == battery,
            "{size} bytes"
        );
    }
}

#[test]
fn a_reset_brings_back_the_first_contents() {
    let battery = pattern(256 << 10);
    let mut emulator = Emulator::open_with_battery(&rom(), &Options::default(), Some(&battery))
        .expect("an emulator");
    emulator
        .set_battery(&vec![0; 512 << 10])
        .expect("a battery");
    assert_eq!(emulator.battery().expect("a battery").len(), 512 << 10);
    emulator.reset().expect("a reset");
    assert!(emulator.battery().expect("a battery") == battery);
}

#[test]
fn sizes_of_no_chip_are_refused() {
    for size in [1, 1000, 256 * 1024 + 122, 1 << 28] {
        let battery = vec![0; size];
        match Emulator::open_with_battery(&rom(), &Options::default(), Some(&battery)) {
            Err(Error::Battery { reason }) => assert!(reason.contains(&size.to_string())),
            result => panic!("{size} bytes: expected an error, found {result:?}"),
        }
    }
}
