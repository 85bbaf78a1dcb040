//! A drawn picture does not depend on which frames before it were skipped.

mod fixture;

use desmume::{Emulator, Options, Picture, Screens};
use fixture::{random_inputs, rom};
use rand::{RngExt, SeedableRng};

#[test]
fn pictures_after_skipped_frames_equal_those_without() {
    let inputs = random_inputs(1, 120);
    let mut always = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let mut sometimes = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2);
    let mut last = None;
    let mut compared = 0;
    for (frame, input) in inputs.iter().enumerate() {
        always.step(input, Picture::Draw).expect("a step");
        if random.random_bool(0.4) {
            sometimes.step(input, Picture::Draw).expect("a step");
            let picture = sometimes.screens();
            assert!(picture == always.screens(), "frame {frame}");
            assert_ne!(
                Some(&picture),
                last.as_ref(),
                "frame {frame}: the picture changes"
            );
            last = Some(picture);
            compared += 1;
        } else {
            sometimes.step(input, Picture::Skip).expect("a step");
        }
    }
    assert!(compared > 20);
}

#[test]
fn screens_are_rgba_with_the_upper_first() {
    let mut emulator = Emulator::open(&rom(), &Options::default()).expect("an emulator");
    for input in random_inputs(3, 60) {
        emulator.step(&input, Picture::Draw).expect("a step");
    }
    let screens = emulator.screens();
    let pixels = Screens::WIDTH * Screens::HEIGHT;
    assert_eq!(screens.rgba().len(), 2 * pixels * 4);
    assert_eq!([screens.top(), screens.bottom()].concat(), screens.rgba());
    assert!(
        screens.rgba().chunks(4).all(|pixel| pixel[3] == 0xFF),
        "opaque"
    );
    let coloured = |screen: &[u8]| {
        screen
            .chunks(4)
            .filter(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2])
            .count()
    };
    assert!(
        coloured(screens.top()) > 500,
        "the program draws on the upper screen"
    );
    assert_eq!(coloured(screens.bottom()), 0);
}
