//! Figures of the host, on the tests' own cartridge: `cargo bench -p mupen64plus`.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::thread;

use criterion::{Criterion, criterion_group, criterion_main};
use fixture::{drawing_rom, is_installed, rom};
use mupen64plus::{Emulator, Frame, Options, Picture};

fn run(emulator: &mut Emulator, steps: usize) {
    for _ in 0..steps {
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    }
}

fn emulator(criterion: &mut Criterion) {
    if !is_installed() {
        return;
    }
    let open = || Emulator::open(&rom(), &Options::default()).expect("an emulator");
    let mut game = open();
    criterion.bench_function("make to first step", |bencher| {
        bencher.iter(|| run(&mut open(), 1));
    });
    criterion.bench_function("step", |bencher| bencher.iter(|| run(&mut game, 1)));
    criterion.bench_function("2,000 steps on one thread", |bencher| {
        bencher.iter(|| run(&mut game, 2000));
    });
    let mut both = [open(), open()];
    criterion.bench_function("2,000 steps on each of two threads", |bencher| {
        bencher.iter(|| {
            thread::scope(|scope| {
                for emulator in &mut both {
                    scope.spawn(|| run(emulator, 2000));
                }
            });
        });
    });
    criterion.bench_function("step and save", |bencher| {
        bencher.iter(|| {
            run(&mut game, 1);
            game.save_state().expect("a state")
        });
    });
    let state = game.save_state().expect("a state");
    criterion.bench_function("step and load", |bencher| {
        bencher.iter(|| {
            run(&mut game, 1);
            game.load_state(&state).expect("it loads");
        });
    });
    let mut drawing = Emulator::open(&drawing_rom(), &Options::default()).expect("an emulator");
    criterion.bench_function("step with a picture", |bencher| {
        bencher.iter(|| {
            let drawn = drawing.step(&Frame::default(), Picture::Draw);
            drawn.expect("a step");
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = emulator
}
criterion_main!(benches);
