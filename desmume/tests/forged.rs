//! A forged state can't crash the core, hang it, or damage it.

#[path = "fixture/forge.rs"]
mod forge;

use desmume::{Cpu, Emulator, Error, Options, Picture};
use forge::{End, Forge, read_with};
use nds_formats::pad::Frame;

/// How many states are forged here; `cargo xtask attacks states` forges more.
const STATES: u64 = 100;

#[test]
fn forged_states_are_refused_or_played_and_leave_the_console_as_it_was() {
    let mut forge = Forge::new();
    let mut ends: Vec<End> = (0..STATES).map(|seed| forge.attack(seed)).collect();
    assert!(!ends.contains(&End::Spoiled), "{ends:?}");
    ends.sort_unstable();
    ends.dedup();
    // Otherwise the states are forged too little or too much for the test to be meaningful.
    assert!(
        ends.contains(&End::Refused) && ends.contains(&End::Played),
        "{ends:?}"
    );
}

#[test]
fn a_frame_that_does_not_end_is_an_error_until_another_state_is_loaded() {
    /// The offset in the schedule's chunk of the start of the screen's next line, in cycles since power-on.
    const SCHEDULE: u32 = 51;
    const NEXT_LINE: usize = 28;
    for cpu in [Cpu::Interpreter, Cpu::default()] {
        let options = Options {
            cpu,
            ..Options::default()
        };
        let mut emulator = Emulator::open(homebrew::ROM, &options).expect("an emulator");
        let step = |emulator: &mut Emulator| emulator.step(&Frame::default(), Picture::Skip);
        for _ in 0..100 {
            step(&mut emulator).expect("a step");
        }
        let state = emulator.save_state().expect("a state");
        step(&mut emulator).expect("a step");
        let hash = emulator.ram_hash();

        let never = (1_u64 << 50).to_le_bytes();
        let forged = read_with(&state.bytes(), SCHEDULE, NEXT_LINE, &never).expect("a state");
        emulator.load_state(&forged).expect("loaded");
        for _ in 0..2 {
            match step(&mut emulator) {
                Err(Error::Halted { frame: 100, reason }) => {
                    assert!(reason.contains("did not end within"), "{reason}");
                }
                result => panic!("{cpu:?}: expected a halt, found {result:?}"),
            }
        }
        emulator.load_state(&state).expect("loaded");
        step(&mut emulator).expect("a step");
        assert_eq!(emulator.ram_hash(), hash, "{cpu:?}");
    }
}
