//! The sound that the program plays: a ramp.

mod fixture;

use fixture::{inputs, is_installed, options, rom};
use mupen64plus::{Cpu, Emulator, Picture, SAMPLE_RATE};

#[test]
fn what_is_played_is_heard_and_changes_nothing() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(120);
    let mut loud = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    let mut quiet = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    loud.set_sound(true);
    let mut samples = Vec::new();
    for (frame, input) in inputs.iter().enumerate() {
        loud.step(input, Picture::Skip).expect("a step");
        quiet.step(input, Picture::Skip).expect("a step");
        assert_eq!(loud.ram_hash(), quiet.ram_hash());
        if frame >= 60 {
            loud.take_sound(&mut samples);
        }
    }
    let mut none = Vec::new();
    quiet.take_sound(&mut none);
    assert!(none.is_empty());
    // One second, and another that lay there before it was taken first.
    let seconds = samples.len() as f64 / f64::from(SAMPLE_RATE);
    assert!((1.9..2.05).contains(&seconds), "{seconds} s");
    // Left rises from 0 to 531, right is silent; in between lie the samples of other rates.
    assert!(
        samples
            .iter()
            .all(|[left, right]| (0..=531).contains(left) && *right == 0)
    );
    let rising = samples
        .windows(2)
        .filter(|pair| pair[0][0] <= pair[1][0])
        .count();
    assert!(
        rising * 100 > samples.len() * 98,
        "{rising} of {}",
        samples.len()
    );
    loud.set_sound(false);
    loud.step(&inputs[0], Picture::Skip).expect("a step");
    loud.take_sound(&mut none);
    assert!(none.is_empty());
}
