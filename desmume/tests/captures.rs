//! Captured sound does not depend on how the shim mixes channels.
//!
//! The shim mixes channels line by line, unless one of the channels 4 to 15 plays captured memory: then it mixes sample
//! by sample, as the core does. A silent channel that plays captured memory must therefore change nothing.

mod fixture;

use desmume::{Cpu, Emulator, Options, Picture};
use fixture::{ARM9_ADDRESS, CAPTURED, rom_of_both};
use nds_formats::pad::Frame;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const MAIN_RAM: u32 = 0x0200_0000;
const CAPTURED_ADDRESS: u32 = MAIN_RAM + CAPTURED as u32;
/// The left mixer's samples, then the right one's.
const CAPTURED_BYTES: usize = 0x2000;
/// Memory that holds silence.
const QUIET_ADDRESS: u32 = 0x0230_0000;

/// A sample for each one that the console plays: captures and channels go at the same pace.
const PACE: u32 = 0xFE84;
const FRAMES: usize = 12;

const SAMPLES_16_BIT: u32 = 1 << 29;
const ADPCM: u32 = 2 << 29;
const GENERATED: u32 = 3 << 29;
const LOOPING: u32 = 1 << 27;
const ONCE: u32 = 2 << 27;
/// The bits that say how far to the right it plays.
const SIDE: u32 = 0x007F_0000;

/// A store of the ARM7: the register and the value.
type Store = (u32, u32);

/// The stores that make a channel play `words` words from `address`, in stereo at half of the volume.
fn play(channel: u32, what: u32, address: u32, pace: u32, words: u32) -> [Store; 4] {
    const START: u32 = 1 << 31;
    let register = 0x0400_0400 + 0x10 * channel;
    let side = (16 + 8 * (channel % 12)) << 16;
    [
        (register + 4, address),
        (register + 8, pace | 1 << 16),
        (register + 0xC, words),
        (register, START | what | side | 0x20),
    ]
}

/// As [`play`], but silent.
fn play_silently(channel: u32, address: u32) -> [Store; 4] {
    let mut stores = play(channel, SAMPLES_16_BIT | LOOPING, address, PACE, 0x200);
    stores[3].1 &= !0x7F;
    stores
}

/// A program that stores, then does nothing.
fn arm7(stores: &[Store]) -> Vec<u32> {
    const STAY: u32 = 0xEAFF_FFFE;
    let code = 3 * stores.len() + 1;
    let mut words = Vec::new();
    let literal = |at: usize, number: usize| 4 * (code + number - at - 2) as u32;
    for index in 0..stores.len() {
        let at = words.len();
        words.extend([
            0xE59F_0000 | literal(at, 2 * index), // ldr r0, =register
            0xE59F_1000 | literal(at + 1, 2 * index + 1), // ldr r1, =value
            0xE580_1000,                          // str r1, [r0]
        ]);
    }
    words.push(STAY);
    words.extend(
        stores
            .iter()
            .flat_map(|&(register, value)| [register, value]),
    );
    words
}

/// The captured memory after each frame, while channels of all kinds and those of `more` play.
fn captured(cpu: Cpu, more: &[Store]) -> Vec<Vec<u8>> {
    // The ARM9 does nothing; the samples follow its program. ADPCM starts with its header: here zero.
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut arm9 = vec![0xEAFF_FFFE, 0];
    arm9.extend((0..0x200).map(|_| random.random::<u32>()));
    let samples = ARM9_ADDRESS + 4;

    let mut stores = vec![
        (0x0400_0418, PACE), // the paces of the captures: those of channels 1 and 3
        (0x0400_0438, PACE),
        (0x0400_0510, CAPTURED_ADDRESS),
        (0x0400_0514, 0x400),
        (0x0400_0518, CAPTURED_ADDRESS + 0x1000),
        (0x0400_051C, 0x400),
    ];
    for channel in [
        play(0, SAMPLES_16_BIT | LOOPING, samples, 0xFD00, 0x40),
        play(4, SAMPLES_16_BIT | LOOPING, samples, 0xFE00, 0x80),
        play(5, LOOPING, samples, 0xFEC0, 0x30),
        play(6, ADPCM | LOOPING, samples, 0xFF00, 0x20),
        play(7, SAMPLES_16_BIT | ONCE, samples, PACE, 0x160),
        play(8, GENERATED | 3 << 24, 0, 0xF800, 0),
        play(14, GENERATED, 0, 0xF000, 0),
        play(15, ADPCM | ONCE, samples, 0xFF00, 0x180),
    ] {
        stores.extend(channel);
    }
    stores.extend(more);
    stores.extend([(0x0400_0500, 0x807F), (0x0400_0508, 0x8080)]);

    let options = Options {
        cpu,
        ..Options::default()
    };
    let rom = rom_of_both(&arm9, &arm7(&stores));
    let mut emulator = Emulator::open(&rom, &options).expect("an emulator");
    (0..FRAMES)
        .map(|_| {
            emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a step");
            emulator.main_ram()[CAPTURED..CAPTURED + CAPTURED_BYTES].to_vec()
        })
        .collect()
}

fn modes() -> [Cpu; 2] {
    [Cpu::Interpreter, Cpu::default()]
}

#[test]
fn a_silent_channel_on_captured_memory_changes_nothing() {
    for cpu in modes() {
        let line_by_line = captured(cpu, &play_silently(9, QUIET_ADDRESS));
        let sample_by_sample = captured(cpu, &play_silently(9, CAPTURED_ADDRESS));
        assert!(
            line_by_line[5..]
                .windows(2)
                .all(|frames| frames[0] != frames[1])
        );
        assert!(line_by_line == sample_by_sample, "{cpu:?}");
    }
}

#[test]
fn captured_memory_sounds_the_same_on_every_channel() {
    // The capture writes samples that are sixteen samples old. Here the channel plays what it wrote some samples ago:
    // in one of these, samples of the line that is being mixed.
    let echo = |channel: u32, behind: u32| {
        let address = CAPTURED_ADDRESS - behind;
        let mut stores = play(channel, SAMPLES_16_BIT | LOOPING, address, PACE, 0x400);
        stores[3].1 = stores[3].1 & !SIDE | 0x20 << 16;
        stores
    };
    for cpu in modes() {
        for behind in (16..=40).step_by(4) {
            let of_1 = captured(cpu, &echo(1, behind));
            let of_10 = captured(cpu, &echo(10, behind));
            assert!(of_1 == of_10, "{cpu:?}, {behind} bytes behind");
            let silent = captured(cpu, &play_silently(10, CAPTURED_ADDRESS - behind));
            assert!(of_1 != silent, "{cpu:?}: the echo is heard");
        }
    }
}
