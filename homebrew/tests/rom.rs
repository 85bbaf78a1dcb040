//! The ROM and the native build are the same game.

use std::collections::BTreeSet;
use std::ops::Range;

use desmume::{Emulator, Options, Picture};
use homebrew::native::{Game, Opponent};
use homebrew::{COURSES, ROM, ROM_SHA256, rom_with_real_timing};
use mkds_formats::ghost::{Combo, Ghost, RaceTime};
use mkds_formats::sav::Save;
use mkds_memory::Ram;
use nds_formats::pad::{Frame, Pad};
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

/// The counter that the real game increments at another moment, as an offset in RAM.
const SECOND_COUNTER: Range<usize> = 0x20_3C08..0x20_3C0C;
/// The places of the timing and the header's checksum in RAM: in the console's copy of the header, and beside it.
const HEADER: [Range<usize>; 4] = [
    0x3F_F808..0x3F_F80A,
    0x3F_FC08..0x3F_FC0A,
    0x3F_FE15..0x3F_FE16,
    0x3F_FF5E..0x3F_FF60,
];

#[test]
fn the_real_games_timing_changes_the_second_counter_alone() {
    let real = rom_with_real_timing();
    let mut pairs = [ROM, &real].map(|rom| Pair::with_rom(rom, None));
    let slot = COURSES[0].slot;
    pairs
        .iter_mut()
        .for_each(|pair| pair.enter(slot, Opponent::None));
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut distances = BTreeSet::new();
    for frame in 0..600 {
        let pad = random_pad(&mut rng);
        pairs.iter_mut().for_each(|pair| pair.tick(pad));
        let [usual, real] = &pairs;
        for (usual, real) in [
            (usual.emulator.main_ram(), real.emulator.main_ram()),
            (usual.native.ram(), real.native.ram()),
        ] {
            let differs = |&at: &usize| usual[at] != real[at];
            let known = |at: &usize| {
                SECOND_COUNTER.contains(at) || HEADER.iter().any(|part| part.contains(at))
            };
            let unknown = (0..usual.len()).filter(differs).find(|at| !known(at));
            assert_eq!(unknown, None, "frame {frame}: RAM differs");
            let race = Ram::new(real).expect("a game").race().expect("sound");
            let state = race.expect("a race in every frame").state();
            distances.insert(i64::from(state.frame_counter()) - i64::from(state.frame_counter_2()));
        }
    }
    assert_eq!(distances, [0, 1].into());
}

/// The same player on both.
struct Pair {
    emulator: Emulator,
    native: Game,
}

impl Pair {
    fn new(battery: Option<&[u8]>) -> Self {
        Self::with_rom(ROM, battery)
    }

    fn with_rom(rom: &[u8], battery: Option<&[u8]>) -> Self {
        let emulator = Emulator::open_with_battery(rom, &Options::default(), battery);
        let native = Game::with_card(battery, rom.to_vec().into());
        Self {
            emulator: emulator.expect("our own ROM"),
            native: native.expect("the bundled card"),
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

    /// Menus to the course, with the waits of the published converter, and to a race alone or
    /// against the ghost of the course.
    fn enter(&mut self, slot: u8, opponent: Opponent) {
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
        if opponent == Opponent::Ghost {
            self.press(Pad::DOWN, 7);
        }
        self.tick(Pad::A);
        let mut waited = 0;
        while race_frame(self.native.ram()) != Some(1) {
            assert!(waited < 100, "no race behind the menus");
            waited += 1;
            self.tick(Pad::empty());
        }
        let rom = race_frame(self.emulator.main_ram());
        assert_eq!(rom, Some(1), "both take as many frames to load");
    }
}

fn race_frame(ram: &[u8]) -> Option<u32> {
    let race = Ram::new(ram).ok()?.race().ok()??;
    Some(race.state().frame_counter())
}

/// The parts of RAM that tools read in a race, as offsets: the fixed symbols, the structs they point to, and
/// the course's archive.
const RACE: [Range<usize>; 5] = [
    0x17_5608..0x17_59A0,
    0x17_ACF4..0x17_ACFC,
    0x17_B588..0x17_B630,
    0x20_0000..0x21_1000,
    0x22_0000..0x24_0000,
];

/// The player's driver_t while there is a race.
fn driver(ram: &[u8]) -> Option<&[u8]> {
    race_frame(ram)?;
    ram.get(0x20_0000..0x20_05A8)
}

/// Random buttons.
fn random_pad(rng: &mut ChaCha8Rng) -> Pad {
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
    *pedals.choose(rng).expect("pedals") | *others.choose(rng).expect("others")
}

#[test]
fn ten_thousand_random_inputs_move_both_alike_on_every_course() {
    for course in COURSES {
        let mut pair = Pair::new(None);
        pair.enter(course.slot, Opponent::None);
        let mut rng = ChaCha8Rng::seed_from_u64(course.slot.into());
        let mut pad = Pad::empty();
        for frame in 0..INPUTS {
            if frame % 5 == 0 {
                pad = random_pad(&mut rng);
            }
            pair.tick(pad);
            let (rom, native) = (driver(pair.emulator.main_ram()), driver(pair.native.ram()));
            assert!(rom.is_some(), "{}: input {frame}: no race", course.name);
            assert!(
                rom == native,
                "{}: input {frame}: driver_t differs",
                course.name
            );
            assert_eq!(
                race_frame(pair.emulator.main_ram()),
                race_frame(pair.native.ram()),
                "{}: input {frame}",
                course.name
            );
        }
    }
}

#[test]
fn a_race_against_a_ghost_is_one_race_on_both() {
    let course = &COURSES[2];
    let mut rng = ChaCha8Rng::seed_from_u64(40);
    let pads: Vec<Pad> = (0..300)
        .map(|_| random_pad(&mut rng))
        .flat_map(|pad| std::iter::repeat_n(pad, 8))
        .collect();
    let combo = Combo {
        character: 3,
        kart: 10,
        course: course.id,
    };
    let laps = vec![RaceTime(30_000); 3];
    let ghost = Ghost::from_pads(combo, RaceTime(90_000), laps, "GHOST", pads);
    let mut save = Save::blank();
    save.set_ghost(course.slot.into(), &ghost)
        .expect("a ghost that a slot holds");

    let mut pair = Pair::new(Some(save.battery()));
    pair.enter(course.slot, Opponent::Ghost);
    assert_eq!(pair.native.ram()[0x17_ACF4], 2, "drivers");
    let mut pad = Pad::empty();
    for frame in 0..3000 {
        if frame % 5 == 0 {
            pad = random_pad(&mut rng);
        }
        pair.tick(pad);
        let (rom, native) = (pair.emulator.main_ram(), pair.native.ram());
        assert!(race_frame(rom).is_some(), "frame {frame}: no race");
        for range in RACE {
            if rom[range.clone()] == native[range.clone()] {
                continue;
            }
            let mut differing = range.filter(|&at| rom[at] != native[at]);
            let at = differing.next().expect("a difference");
            panic!("frame {frame}: RAM differs from {at:#x} on");
        }
    }
}
