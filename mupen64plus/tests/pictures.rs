//! The picture that the program draws itself.

mod fixture;

use fixture::{FRAMES, MIXED, drawing_rom, inputs, is_installed, options, rom, word};
use mupen64plus::{Cpu, Emulator, Frame, Options, PICTURE_SIZE, Picture, Video};

/// A colour of five bits a channel, with eight.
fn channels(half: u32) -> [u8; 3] {
    [11, 6, 1].map(|shift| {
        let five = half >> shift & 31;
        (five << 3 | five >> 2) as u8
    })
}

#[test]
fn what_the_program_writes_into_the_frame_buffer_is_shown() {
    if !is_installed() {
        return;
    }
    let mut emulator = Emulator::open(&rom(), &options(Cpu::Dynarec)).expect("an emulator");
    let [width, height] = PICTURE_SIZE;
    let black = [0, 0, 0, 255].repeat(width * height);
    assert!(emulator.picture() == black);
    let mut colours = Vec::new();
    for (frame, input) in inputs(20).iter().enumerate() {
        let picture = if frame == 19 {
            Picture::Draw
        } else {
            Picture::Skip
        };
        emulator.step(input, picture).expect("a step");
        colours.push(word(emulator.ram(), MIXED));
    }
    // The program has drawn rows 1.. with its mixed numbers, two pixels of five bits a channel in each.
    let first_row = 20 - colours.len() + 1;
    for (row, colour) in colours.iter().enumerate() {
        let row = &emulator.picture()[(first_row + row) * width * 4..][..width * 4];
        for pixels in row.chunks_exact(8) {
            for (pixel, half) in pixels.chunks_exact(4).zip([colour >> 16, colour & 0xFFFF]) {
                assert_eq!(pixel[..3], channels(half));
                assert_eq!(pixel[3], 255);
            }
        }
    }
    emulator
        .step(&Frame::default(), Picture::Skip)
        .expect("a step");
    assert!(emulator.picture() != black, "it stays as it was drawn");
}

fn glide() -> Options {
    Options {
        video: Video::Glide64mk2,
        ..Options::default()
    }
}

#[test]
fn a_picture_is_that_of_the_last_display_list_before_the_interrupt() {
    if !is_installed() {
        return;
    }
    let mut emulator = Emulator::open(&drawing_rom(), &glide()).expect("an emulator");
    let mut last = None;
    for input in &inputs(20) {
        emulator.step(input, Picture::Draw).expect("a step");
        // The program draws in its even frames.
        if word(emulator.ram(), FRAMES).is_multiple_of(2) {
            last = Some(channels(word(emulator.ram(), MIXED) >> 16));
        }
        let Some(last) = last else { continue };
        for (place, pixel) in emulator.picture().chunks_exact(4).enumerate() {
            let near = pixel
                .iter()
                .zip(last)
                .all(|(found, expected)| found.abs_diff(expected) <= 8);
            assert!(near, "pixel {place}: {pixel:?} for {last:?}");
        }
    }
}

#[test]
fn drawing_changes_nothing_and_pictures_do_not_depend_on_those_before() {
    if !is_installed() {
        return;
    }
    for options in [glide(), Options::default()] {
        let mut drawn = Emulator::open(&drawing_rom(), &options).expect("an emulator");
        let mut skipped = Emulator::open(&drawing_rom(), &options).expect("an emulator");
        for input in &inputs(40) {
            drawn.step(input, Picture::Draw).expect("a step");
            let looked_at = drawn.frame_count().is_multiple_of(7);
            let picture = if looked_at {
                Picture::Draw
            } else {
                Picture::Skip
            };
            skipped.step(input, picture).expect("a step");
            assert_eq!(drawn.ram_hash(), skipped.ram_hash(), "{:?}", options.video);
            if looked_at {
                assert!(drawn.picture() == skipped.picture(), "{:?}", options.video);
            }
        }
        // From a state comes the picture of the list that was sent before it was saved.
        let state = drawn.save_state().expect("a state");
        drawn.step(&inputs(1)[0], Picture::Draw).expect("a step");
        let mut other = Emulator::open(&drawing_rom(), &options).expect("an emulator");
        other.load_state(&state).expect("it loads");
        other.step(&inputs(1)[0], Picture::Draw).expect("a step");
        assert!(drawn.picture() == other.picture(), "{:?}", options.video);
    }
}

#[test]
fn pictures_are_drawn_on_any_thread() {
    if !is_installed() {
        return;
    }
    let inputs = inputs(12);
    let mut here = Emulator::open(&drawing_rom(), &glide()).expect("an emulator");
    let mut moving = Emulator::open(&drawing_rom(), &glide()).expect("an emulator");
    for input in inputs {
        here.step(&input, Picture::Draw).expect("a step");
        moving = std::thread::spawn(move || {
            moving.step(&input, Picture::Draw).expect("a step");
            moving
        })
        .join()
        .expect("no panic");
        assert!(here.picture() == moving.picture());
    }
}
