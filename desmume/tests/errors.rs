//! Everything that cannot run gives an error with the reason.

mod fixture;

use desmume::{Cpu, Emulator, Error, Options, Picture};
use fixture::{halting_rom, rom, rom_of};
use nds_formats::dsm::DateTime;
use nds_formats::pad::Frame;

fn refused(rom: &[u8]) -> String {
    match Emulator::open(rom, &Options::default()) {
        Err(error @ Error::Rom { .. }) => error.to_string(),
        result => panic!("expected a refused ROM, found {result:?}"),
    }
}

#[test]
fn files_that_are_no_rom_are_refused() {
    assert!(refused(&[]).contains("header of 512 bytes"));
    assert!(refused(&rom()[..0x1FF]).contains("header of 512 bytes"));
    assert!(refused(&[0; 0x4000]).contains("ARM9 program is empty"));
    assert!(refused(&[0xFF; 0x4000]).contains("ARM9 program"));
    assert!(refused(&rom()[..0x240]).contains("found the end before that"));
    // A text file.
    assert!(refused(&b"not a game ".repeat(1000)).contains("program"));
}

#[test]
fn an_encrypted_rom_that_is_damaged_is_refused() {
    // With a secure area CRC the program's start is encrypted: here it is noise.
    let mut rom = rom();
    let program = 0x4000_u32;
    rom[0x20..0x24].copy_from_slice(&program.to_le_bytes());
    rom[0x2C..0x30].copy_from_slice(&0x4000_u32.to_le_bytes());
    rom[0x6C..0x6E].copy_from_slice(&[0x12, 0x34]);
    rom.resize(0x4000, 0);
    rom.extend((0..0x4000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8));
    assert!(refused(&rom).contains("secure area"), "{}", refused(&rom));
}

#[test]
fn a_missing_file_is_named() {
    let error = Emulator::open_path("no/such.nds", &Options::default()).expect_err("an error");
    assert!(matches!(error, Error::Read { .. }));
    assert!(error.to_string().contains("no/such.nds"));
}

#[test]
fn a_halted_console_is_an_error_until_it_is_reset() {
    for cpu in [Cpu::Interpreter, Cpu::default()] {
        let options = Options {
            cpu,
            ..Options::default()
        };
        let mut emulator = Emulator::open(&halting_rom(), &options).expect("an emulator");
        for _ in 0..2 {
            match emulator.step(&Frame::default(), Picture::Skip) {
                Err(Error::Halted { frame: 0, reason }) => {
                    assert!(
                        reason.contains("undefined instruction on the ARM9"),
                        "{reason}"
                    );
                    assert!(reason.contains("ARM9 at 0x0200000"), "{reason}");
                }
                result => panic!("{cpu:?}: expected a halt, found {result:?}"),
            }
        }
        emulator.reset().expect("a reset");
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect_err("it halts again");

        // The next emulator uses its image.
        drop(emulator);
        let mut next = Emulator::open(&rom(), &options).expect("an emulator");
        next.step(&Frame::default(), Picture::Skip).expect("a step");
    }
}

#[test]
fn the_jit_reports_a_jump_to_nowhere() {
    if Cpu::default() == Cpu::Interpreter {
        return;
    }
    // mov r0, #0x05000000; bx r0: palette memory, where no code can be.
    let options = Options::default();
    let mut emulator =
        Emulator::open(&rom_of(&[0xE3A0_0405, 0xE12F_FF10]), &options).expect("an emulator");
    match emulator.step(&Frame::default(), Picture::Skip) {
        Err(Error::Halted { reason, .. }) => assert!(reason.contains("unmapped"), "{reason}"),
        result => panic!("expected a halt, found {result:?}"),
    }
}

#[test]
fn options_out_of_range_are_refused() {
    let mut options = Options {
        cpu: Cpu::Jit { block_size: 101 },
        ..Options::default()
    };
    if Cpu::default() != Cpu::Interpreter {
        let error = Emulator::open(&rom(), &options)
            .expect_err("an error")
            .to_string();
        assert_eq!(error, "option cpu.block_size: expected 1..=100, found 101");
    }
    options.cpu = Cpu::default();
    options.clock = DateTime {
        month: 13,
        ..DateTime::default()
    };
    let error = Emulator::open(&rom(), &options).expect_err("an error");
    assert!(matches!(
        error,
        Error::Option {
            option: "clock",
            ..
        }
    ));
    options.clock = DateTime::default();
    options.firmware.birth_month = 0;
    let error = Emulator::open(&rom(), &options).expect_err("an error");
    assert!(matches!(
        error,
        Error::Option {
            option: "firmware.birth_month",
            ..
        }
    ));
}
