//! Programs of random instructions give the same RAM as with the unchanged core.
//!
//! The shim has cheaper loads, stores, tables of compiled blocks and loops than the core. They must not change values,
//! cycles or the order of both processors. Here two random programs run at once: they load and store in
//! the same main RAM, in each processor's own memories and in their own code, so that a difference spreads over RAM.

mod fixture;

use desmume::{Cpu, Emulator, Options, Picture};
use fixture::{ARM7_ADDRESS, ARM9_ADDRESS, rom_of_both};
use nds_formats::pad::Frame;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use xxhash_rust::xxh3::xxh3_64;

const FRAMES: usize = 20;

const SEEDS: usize = 4;

/// Results of the core without the shim's shortcuts, by seed: the RAM hashes of all frames, hashed. Made by this test
/// with `desmume-sys` as of commit 1399720.
const OF_INTERPRETER: [u64; SEEDS] = [
    0xdd09_51d8_8232_94dd,
    0x33ad_cc86_107b_3a06,
    0x8db1_7fa1_2db1_bfb8,
    0xe2ab_71f5_4452_281b,
];
const OF_JIT: [u64; SEEDS] = [
    0x7f38_6b0b_c86b_c643,
    0xec14_59ef_79d0_24ce,
    0xc2f5_3b97_e672_bdb2,
    0xe0b9_02d6_c01e_4f47,
];

/// The bases of loads and stores, in r8 to r11 and r13. r13 is near the boundary of a page (16 KiB), which stores of
/// several registers cross.
const ARM9_BASES: [u32; 5] = [
    0x0210_0000, // main RAM, where the ARM7 loads and stores, too
    0x027C_2000, // the data TCM
    0x0300_1000, // shared RAM
    0x0100_1000, // the instruction TCM
    0x0210_4000,
];
const ARM7_BASES: [u32; 5] = [
    0x0210_0000,
    0x0380_8000, // the ARM7's own RAM
    0x0300_1000,
    0x0240_2000, // main RAM's mirror
    0x0380_C000,
];

const ALWAYS: u32 = 0xE000_0000;
const BODY: usize = 300;
/// The instructions after the body that the body overwrites. A branch follows each, so that a compiled block begins
/// at each: the core recompiles a block only if its beginning is overwritten.
const WRITTEN: usize = 16;
/// A branch to the next instruction, at which a block ends.
const TO_NEXT: u32 = 0x0AFF_FFFF;

/// A random condition, mostly "always".
fn condition(random: &mut ChaCha8Rng) -> u32 {
    if random.random_bool(0.7) {
        ALWAYS
    } else {
        random.random_range(0..14) << 28
    }
}

fn base(random: &mut ChaCha8Rng) -> u32 {
    [8, 9, 10, 11, 13][random.random_range(0..5)] << 16
}

fn data(random: &mut ChaCha8Rng) -> u32 {
    random.random_range(0..8)
}

/// Arithmetic or logic on r0 to r7, with or without flags.
fn arithmetic(random: &mut ChaCha8Rng) -> u32 {
    // and, eor, sub, rsb, add, adc, sbc, orr, mov, bic, mvn
    let operation = [0, 1, 2, 3, 4, 5, 6, 12, 13, 14, 15][random.random_range(0..11)] << 21;
    let flags = random.random_range(0..2) << 20;
    let shift = random.random_range(0..32) << 7 | random.random_range(0..4) << 5;
    operation | flags | data(random) << 16 | data(random) << 12 | shift | data(random)
}

/// A load or store of a word or byte.
fn word_access(random: &mut ChaCha8Rng) -> u32 {
    let byte_and_load = random.random_range(0..2) << 22 | random.random_range(0..2) << 20;
    let up = random.random_range(0..2) << 23;
    let offset = random.random_range(0..0x200);
    0x0500_0000 | byte_and_load | up | base(random) | data(random) << 12 | offset
}

/// A store of a halfword, or a load of one or of a signed byte.
fn halfword_access(random: &mut ChaCha8Rng) -> u32 {
    let kind = [0x0000_00B0, 0x0010_00B0, 0x0010_00D0, 0x0010_00F0][random.random_range(0..4)];
    let offset = random.random_range(0..16) << 8 | random.random_range(0..8) << 1;
    0x0140_0000
        | kind
        | random.random_range(0..2) << 23
        | base(random)
        | data(random) << 12
        | offset
}

/// A load or store of several registers.
fn registers_access(random: &mut ChaCha8Rng) -> u32 {
    let way_and_load = random.random_range(0..4) << 23 | random.random_range(0..2) << 20;
    0x0800_0000 | way_and_load | base(random) | random.random_range(1..0x100)
}

fn instruction(random: &mut ChaCha8Rng) -> u32 {
    let what = match random.random_range(0..20) {
        0..6 => arithmetic(random),
        6..12 => word_access(random),
        12..15 => halfword_access(random),
        15..17 => registers_access(random),
        // A store of r14 into the overwritten instructions, to which r12 points.
        17..19 => 0x058C_E000 | random.random_range(0..WRITTEN as u32) << 3,
        _ => TO_NEXT,
    };
    condition(random) | what
}

/// A program at `address` that sets the bases, then runs its body for ever.
fn program(random: &mut ChaCha8Rng, address: u32, bases: [u32; 5]) -> Vec<u32> {
    // The literals come first; the first word jumps over them.
    let literals = [
        bases[0],
        bases[1],
        bases[2],
        bases[3],
        bases[4],
        address + 4 * (1 + 6 + 6 + 4 + BODY as u32),
    ];
    let mut words = vec![ALWAYS | 0x0A00_0005];
    words.extend(literals);
    // ldr register, [pc, #-0x20]: the word six before it.
    words.extend([8, 9, 10, 11, 13, 12].map(|register| ALWAYS | 0x051F_0020 | register << 12));
    let start = words.len();
    words.extend([
        ALWAYS | 0x0200_E0FF, // and r14, r0, #0xFF
        ALWAYS | 0x038E_E4E2, // orr r14, r14, #0xE2000000
        ALWAYS | 0x038E_E502, // orr r14, r14, #0x00800000: add r0, r0, #(r0's low byte)
        ALWAYS | 0x0888_00FF, // stmia r8, {r0-r7}
    ]);
    words.extend((0..BODY).map(|_| instruction(random)));
    for _ in 0..WRITTEN {
        words.extend([ALWAYS | arithmetic(random), ALWAYS | TO_NEXT]);
    }
    let back = start as i32 - (words.len() as i32 + 2);
    words.push(ALWAYS | 0x0A00_0000 | (back as u32 & 0x00FF_FFFF));
    words
}

/// The RAM hashes of all frames, hashed.
fn run(seed: usize, cpu: Cpu) -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed as u64);
    let arm9 = program(&mut random, ARM9_ADDRESS, ARM9_BASES);
    let arm7 = program(&mut random, ARM7_ADDRESS, ARM7_BASES);
    let options = Options {
        cpu,
        ..Options::default()
    };
    let mut emulator = Emulator::open(&rom_of_both(&arm9, &arm7), &options).expect("an emulator");
    let hashes: Vec<u8> = (0..FRAMES)
        .flat_map(|_| {
            emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a step");
            emulator.ram_hash().to_le_bytes()
        })
        .collect();
    xxh3_64(&hashes)
}

/// Compares every seed's run with the result of the unchanged core.
#[track_caller]
fn assert_left(cpu: Cpu, expected: &[u64; SEEDS]) {
    let found: [u64; SEEDS] = std::array::from_fn(|seed| run(seed, cpu));
    assert_eq!(found, *expected, "{cpu:?}");
}

#[test]
fn interpreted_programs_leave_what_the_unchanged_core_leaves() {
    assert_left(Cpu::Interpreter, &OF_INTERPRETER);
}

#[test]
fn compiled_programs_leave_what_the_unchanged_core_leaves() {
    // Where there is no JIT, the default is the interpreter.
    if let cpu @ Cpu::Jit { .. } = Cpu::default() {
        assert_left(cpu, &OF_JIT);
    }
}
