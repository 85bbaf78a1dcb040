//! Benchmarks of one emulator: a frame without pictures, with pictures, with sound; saving and loading a state.
//!
//! `cargo bench -p desmume [-- --quick]`. The ROM is the bundled game's, in its title screen, unless
//! `KARTSCOPE_ROM` names another; figures in a race come from `figures race` (`tools/figures`).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use desmume::{Emulator, Options, Picture};
use nds_formats::pad::Frame;

fn open() -> Emulator {
    let options = Options::default();
    match std::env::var_os("KARTSCOPE_ROM") {
        Some(path) => Emulator::open_path(path, &options),
        None => Emulator::open(homebrew::ROM, &options),
    }
    .expect("the ROM starts")
}

fn emulator(criterion: &mut Criterion) {
    let mut emulator = open();
    let frame = Frame::default();
    for _ in 0..120 {
        emulator.step(&frame, Picture::Skip).expect("a step");
    }

    criterion.bench_function("step/skip", |bencher| {
        bencher.iter(|| emulator.step(&frame, Picture::Skip).expect("a step"));
    });
    criterion.bench_function("step/draw", |bencher| {
        bencher.iter(|| emulator.step(&frame, Picture::Draw).expect("a step"));
    });
    let mut samples = Vec::new();
    emulator.set_sound(true);
    criterion.bench_function("step/sound", |bencher| {
        bencher.iter(|| {
            emulator.step(&frame, Picture::Skip).expect("a step");
            samples.clear();
            emulator.take_sound(&mut samples);
        });
    });
    emulator.set_sound(false);
    criterion.bench_function("state/save", |bencher| {
        bencher.iter(|| black_box(emulator.save_state().expect("a state")));
    });
    let state = emulator.save_state().expect("a state");
    criterion.bench_function("state/load", |bencher| {
        bencher.iter(|| emulator.load_state(&state).expect("a load"));
    });
}

criterion_group!(benches, emulator);
criterion_main!(benches);
