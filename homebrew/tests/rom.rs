//! The ROM and the native build are one game.

use desmume::{Emulator, Options, Picture};
use homebrew::native::Game;
use homebrew::{COURSES, ROM, ROM_SHA256};
use mkds_formats::pad::{Frame, Pad};
use mkds_memory::Ram;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

const INPUTS: u32 = 10_000;

#[test]
fn the_rom_is_the_one_its_hash_names() {
    let hash: String = Sha256::digest(ROM)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(hash, ROM_SHA256);
}

/// The same player on both.
struct Pair {
    emulator: Emulator,
    native: Game,
}

impl Pair {
    fn new() -> Self {
        let emulator = Emulator::open(ROM, &Options::default()).expect("our own ROM");
        Self {
            emulator,
            native: Game::new(None).expect("the bundled courses fit"),
        }
    }

    fn tick(&mut self, pad: Pad) {
        self.emulator
            .step(&Frame::pad(pad), Picture::Skip)
            .expect("a running game");
        self.native.tick(pad);
    }

    fn press(&mut self, pad: Pad, frames: u32) {
        self.tick(pad);
        (0..frames).for_each(|_| self.tick(Pad::empty()));
    }

    /// Menus to the course, with the waits of the published converter.
    fn enter(&mut self, slot: u8) {
        self.press(Pad::empty(), 360);
        self.press(Pad::A, 110);
        self.press(Pad::DOWN, 7);
        self.press(Pad::A, 45);
        self.press(Pad::A, 45);
        self.press(Pad::A, 30);
        self.press(Pad::A, 160);
        self.press(Pad::A, 55);
        (0..slot).for_each(|_| self.press(Pad::DOWN, 7));
        self.press(Pad::A, 15);
        self.tick(Pad::A);
        while race_frame(self.emulator.main_ram()) != Some(1) {
            assert!(
                self.emulator.frame_count() < 2000,
                "no race behind the menus"
            );
            self.emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a running game");
        }
        while race_frame(self.native.ram()) != Some(1) {
            self.native.tick(Pad::empty());
        }
    }
}

fn race_frame(ram: &[u8]) -> Option<u32> {
    let race = Ram::new(ram).ok()?.race().ok()??;
    Some(race.state().frame_counter())
}

/// The player's driver_t while there is a race.
fn driver(ram: &[u8]) -> Option<&[u8]> {
    race_frame(ram)?;
    ram.get(0x20_0000..0x20_05A8)
}

#[test]
fn ten_thousand_random_inputs_move_both_alike_on_every_course() {
    let pedals = [
        Pad::A,
        Pad::A,
        Pad::A,
        Pad::A,
        Pad::empty(),
        Pad::B,
        Pad::A | Pad::B,
    ];
    let others = [
        Pad::empty(),
        Pad::LEFT,
        Pad::RIGHT,
        Pad::LEFT | Pad::R,
        Pad::RIGHT | Pad::R,
        Pad::R,
        Pad::X,
    ];
    for course in COURSES {
        let mut pair = Pair::new();
        pair.enter(course.slot);
        let mut rng = ChaCha8Rng::seed_from_u64(course.slot.into());
        let mut pad = Pad::empty();
        for frame in 0..INPUTS {
            if frame % 5 == 0 {
                pad = *pedals.choose(&mut rng).expect("pedals")
                    | *others.choose(&mut rng).expect("others");
            }
            pair.tick(pad);
            let (rom, native) = (driver(pair.emulator.main_ram()), driver(pair.native.ram()));
            assert!(rom.is_some(), "{}: input {frame}: no race", course.name);
            assert!(
                rom == native,
                "{}: input {frame}: driver_t differs",
                course.name
            );
        }
    }
}
