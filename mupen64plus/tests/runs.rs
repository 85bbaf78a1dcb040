//! The program runs, sees what is held, and does the same in every run.

mod fixture;

use std::hint::black_box;
use std::num::NonZeroU32;
use std::thread;

use fixture::{FRAMES, MODES, PADS, inputs, is_installed, options, rom, word};
use mupen64plus::{
    Buttons, Cartridge, Cheat, Cpu, Emulator, Error, Frame, Options, Pad, Picture, Port, RAM_SIZES,
};

#[test]
fn a_step_is_a_vertical_interrupt_and_the_program_sees_what_is_held() {
    if !is_installed() {
        return;
    }
    for cpu in MODES {
        let options = Options {
            ports: [
                Port::ControllerPak,
                Port::Controller,
                Port::Empty,
                Port::RumblePak,
            ],
            ..options(cpu)
        };
        let mut emulator = Emulator::open(&rom(), &options).expect("an emulator");
        let before = word(emulator.ram(), FRAMES);
        for frame in 1..=100 {
            emulator
                .step(&Frame::default(), Picture::Skip)
                .expect("a step");
            assert_eq!(word(emulator.ram(), FRAMES), before + frame, "{cpu}");
            let polled: Vec<usize> = emulator.polls().iter().map(|poll| poll.port).collect();
            assert_eq!(polled, [0, 1, 3], "{cpu}");
        }
        let pad = |bits, stick| Pad {
            buttons: Buttons::from_bits_truncate(bits),
            stick,
        };
        let frame = Frame {
            pads: [
                pad(0x3FFF, [80, -80]),
                pad(0x0080, [-1, 127]),
                pad(0x0010, [1, 1]),
                pad(0x0101, [-128, 0]),
            ],
        };
        for _ in 0..2 {
            emulator.step(&frame, Picture::Skip).expect("a step");
        }
        let seen = [0, 4, 12].map(|port| word(emulator.ram(), PADS + port));
        assert_eq!(seen, [0xFF3F_50B0, 0x8000_FF7F, 0x0101_8000], "{cpu}");
    }
}

/// The libraries and the program change the thread's floating-point mode, for themselves alone.
#[test]
fn the_callers_arithmetic_stays_as_it_is() {
    if !is_installed() {
        return;
    }
    let halved = || black_box(black_box(f32::MIN_POSITIVE) / 2.0);
    assert!(halved() > 0.0);
    let mut emulator = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    assert!(halved() > 0.0, "after its libraries were loaded");
    for picture in [Picture::Skip, Picture::Draw] {
        // Without a display that can be drawn on, the step is complete all the same.
        let stepped = emulator.step(&Frame::default(), picture);
        assert!(matches!(
            stepped,
            Ok(()) | Err(Error::Picture { .. } | Error::Library { .. })
        ));
        assert!(halved() > 0.0, "after a step");
    }
    emulator.reset().expect("a console");
    drop(emulator);
    assert!(halved() > 0.0, "after it was closed");
}

fn hashes(emulator: &mut Emulator, inputs: &[Frame]) -> Vec<u64> {
    let step = |input| {
        emulator.step(input, Picture::Skip).expect("a step");
        emulator.ram_hash()
    };
    inputs.iter().map(step).collect()
}

#[test]
fn modes_threads_and_order_of_instances_do_not_matter() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(300);
    let mut all = Vec::new();
    for cpu in MODES {
        let mut first = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        let mut second = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        let reference = hashes(&mut first, &inputs);
        assert!(
            hashes(&mut second, &inputs) == reference,
            "{cpu}: the second one"
        );
        let threads: Vec<_> = [first, second]
            .into_iter()
            .map(|mut emulator| {
                let inputs = inputs.clone();
                thread::spawn(move || {
                    emulator.reset().expect("a reset");
                    (hashes(&mut emulator, &inputs), emulator)
                })
            })
            .collect();
        for thread in threads {
            let (hashes, _) = thread.join().expect("no panic");
            assert!(hashes == reference, "{cpu}: on a thread of its own");
        }
        all.push(reference);
    }
    assert!(all[0] == all[1] && all[1] == all[2], "between modes");
}

#[test]
fn roms_in_other_byte_orders_are_the_same_game() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(20);
    let options = options(Cpu::Dynarec);
    let mut emulator = Emulator::open(&rom(), &options).expect("an emulator");
    let state = emulator.save_state().expect("a state");
    let reference = hashes(&mut emulator, &inputs);
    for unit in [2, 4] {
        let mut file = rom();
        file.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
        let mut other = Emulator::open(&file, &options).expect("an emulator");
        assert!(hashes(&mut other, &inputs) == reference, "{unit}");
        other.load_state(&state).expect("it loads");
        assert!(hashes(&mut other, &inputs) == reference, "{unit}");
    }
}

#[test]
fn a_free_run_is_that_of_as_many_steps() {
    if !is_installed() {
        return;
    }
    let input = inputs(1)[0];
    for cpu in MODES {
        let mut stepped = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        let mut free = Emulator::open(&rom(), &options(cpu)).expect("an emulator");
        for count in [1, 2, 57] {
            hashes(&mut stepped, &vec![input; count as usize]);
            let run = free.run_freely(&input, NonZeroU32::new(count).expect("some"));
            run.expect("a run");
            assert_eq!(free.ram_hash(), stepped.ram_hash(), "{cpu}: {count}");
            assert_eq!(free.frame_count(), stepped.frame_count(), "{cpu}: {count}");
            assert_eq!(free.polls().len(), count as usize, "{cpu}");
        }
    }
}

#[test]
fn a_reset_is_a_new_console() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(50);
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    let at_start = emulator.ram_hash();
    let reference = hashes(&mut emulator, &inputs);
    for _ in 0..3 {
        emulator.reset().expect("a reset");
        assert_eq!(emulator.frame_count(), 0);
        assert_eq!(emulator.ram_hash(), at_start);
        assert!(hashes(&mut emulator, &inputs) == reference);
    }
}

#[test]
fn the_expansion_pak_doubles_ram() {
    if !is_installed() {
        return;
    }
    for (expansion_pak, size) in [false, true].into_iter().zip(RAM_SIZES) {
        let options = Options {
            expansion_pak,
            ..Options::default()
        };
        let mut emulator = Emulator::open(&rom(), &options).expect("an emulator");
        assert_eq!(emulator.ram().len(), size);
        let last = size as u32 - 4;
        emulator.ram_mut()[last as usize..].copy_from_slice(&7_u32.to_ne_bytes());
        let state = emulator.save_state().expect("a state");
        emulator.reset().expect("a reset");
        assert_eq!(word(emulator.ram(), last), 0);
        emulator.load_state(&state).expect("it loads");
        assert_eq!(word(emulator.ram(), last), 7);
    }
}

#[test]
fn codes_change_the_running_program_after_a_reset_as_before() {
    if !is_installed() {
        return;
    }
    let unused = 0x30_0100;
    let cheat = Cheat {
        code: 0x8130_0100,
        value: 0xBEEF,
    };
    let with_code = Options {
        cartridge: Cartridge {
            cheats: vec![cheat],
            ..Cartridge::default()
        },
        ..Options::default()
    };
    let inputs = inputs(100);
    let mut plain = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let mut changed = Emulator::open(&rom(), &with_code).expect("an emulator");
    hashes(&mut plain, &inputs);
    let reference = hashes(&mut changed, &inputs);
    assert_eq!(word(plain.ram(), unused), 0);
    assert_eq!(word(changed.ram(), unused) >> 16, 0xBEEF);
    changed.reset().expect("a reset");
    assert!(hashes(&mut changed, &inputs) == reference);
}
