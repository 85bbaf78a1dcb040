//! Code that is overwritten after it was compiled: the new code runs, for every kind of store and for DMA.

mod fixture;

use desmume::{Cpu, Emulator, Options, Picture};
use fixture::{ARM9_ADDRESS, STATE, rom_of};
use nds_formats::pad::Frame;

/// More than one for each way: the core recompiles overwritten code only a few times at the same address.
const ROUTINES: u32 = 64;
const CALLS: u32 = 100;
const FRAMES: usize = 10;

/// Where DMA copies from, in main RAM.
const SOURCE: u32 = 0x0230_0000;

/// Sets a register to any value: `mov`, then three times `orr`.
fn set(register: u32, value: u32) -> [u32; 4] {
    let [first, second, third, fourth] = value.to_le_bytes().map(u32::from);
    let or = 0xE380_0000 | register << 16 | register << 12;
    [
        0xE3A0_0000 | register << 12 | first,
        or | 0xC00 | second,
        or | 0x800 | third,
        or | 0x400 | fourth,
    ]
}

/// `add r0, r0, #value`: what a routine does.
fn add(value: u32) -> u32 {
    0xE280_0000 | value
}

/// Calls the routine at `routine`, many times.
fn call(words: &mut Vec<u32>, routine: u32) {
    words.push(0xE3A0_1000 | CALLS); // mov r1, #CALLS
    let here = ARM9_ADDRESS + 4 * words.len() as u32;
    words.extend([
        0xEB00_0000 | ((routine.wrapping_sub(here + 8) >> 2) & 0x00FF_FFFF), // 1: bl routine
        0xE251_1001,                                                         // subs r1, r1, #1
        0x1AFF_FFFC,                                                         // bne 1b
    ]);
}

/// Writes over the first instruction of the routine at `routine`.
fn write_over(words: &mut Vec<u32>, way: u32, routine: u32, instruction: u32) {
    words.extend(set(3, instruction));
    words.extend(set(4, routine));
    match way {
        0 => words.push(0xE584_3000), // str r3, [r4]
        1 => words.push(0xE1C4_30B0), // strh r3, [r4]
        2 => words.push(0xE5C4_3000), // strb r3, [r4]
        3 => words.push(0xE884_0008), // stmia r4, {r3}
        _ => {
            words.extend(set(5, SOURCE));
            words.push(0xE585_3000); // str r3, [r5]
            words.extend(set(2, 0x0400_00D4)); // DMA channel 3
            words.extend([0xE582_5000, 0xE582_4004]); // its source and destination
            words.extend(set(6, 0x8400_0001)); // one word, at once
            words.push(0xE582_6008);
        }
    }
}

/// The program, and what it leaves at [`STATE`].
fn program() -> (Vec<u32>, u32) {
    const WAYS: u32 = 5;
    const ROUTINE_BYTES: u32 = 16;
    const ROUTINES_OFFSET: usize = 0x2000;
    let routines = ARM9_ADDRESS + ROUTINES_OFFSET as u32;
    let mut words = vec![0xE3A0_0000]; // mov r0, #0
    let mut sum = 0;
    for number in 0..ROUTINES {
        let routine = routines + ROUTINE_BYTES * number;
        let (before, after) = (number + 1, 2 * number + 3);
        call(&mut words, routine);
        write_over(&mut words, number % WAYS, routine, add(after));
        call(&mut words, routine);
        sum += CALLS * (before + after);
    }
    words.extend(set(4, 0x0200_0000 + STATE as u32));
    words.extend([0xE584_0000, 0xEAFF_FFFE]); // str r0, [r4]; for ever
    assert!(
        4 * words.len() < ROUTINES_OFFSET,
        "the calls run into the routines"
    );
    words.resize(ROUTINES_OFFSET / 4, 0);
    for number in 0..ROUTINES {
        words.extend([add(number + 1), 0xE12F_FF1E, 0, 0]); // bx lr
    }
    (words, sum)
}

#[test]
fn overwritten_code_is_compiled_again() {
    let (words, sum) = program();
    for cpu in [Cpu::default(), Cpu::Interpreter] {
        let options = Options {
            cpu,
            ..Options::default()
        };
        let mut emulator = Emulator::open(&rom_of(&words), &options).expect("an emulator");
        for _ in 0..FRAMES {
            emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a step");
        }
        let left = &emulator.main_ram()[STATE..STATE + 4];
        assert_eq!(left, sum.to_le_bytes(), "{cpu:?}");
    }
}
