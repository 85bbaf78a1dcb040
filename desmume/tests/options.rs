//! Options and the movies that carry them.

use desmume::{Cpu, Firmware, Options};
use nds_formats::dsm::{DateTime, Movie};

#[test]
fn a_movie_carries_every_option_to_its_replay() {
    let options = Options {
        cpu: Cpu::Jit { block_size: 37 },
        clock: DateTime {
            year: 2031,
            month: 12,
            day: 30,
            hour: 23,
            minute: 58,
            second: 57,
            millisecond: 123,
        },
        firmware: Firmware {
            nickname: "racer".to_owned(),
            favourite_colour: 3,
            birth_day: 9,
            ..Firmware::default()
        },
        advanced_timing: false,
    };
    let mut movie = Movie::new();
    options
        .write_to(&mut movie)
        .expect("the options fit a header");
    let read = Movie::parse(&movie.to_bytes()).expect("the movie reads back");
    assert_eq!(Options::from_movie(&read).expect("options"), options);
}

#[test]
fn a_movie_without_a_block_size_is_for_the_interpreter() {
    let mut movie = Movie::new();
    assert_eq!(
        Options::from_movie(&movie).expect("options").cpu,
        Cpu::FASTEST
    );
    movie.header.remove("jitBlockSize");
    assert_eq!(
        Options::from_movie(&movie).expect("options").cpu,
        Cpu::Interpreter
    );
}
