//! The frames of binary movies: written back, and the same in the text form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nds_formats::dsm::{Form, Movie};

fuzz_target!(|frames: &[u8]| {
    let file = [b"version 2\nbinary 1\n|", frames].concat();
    let Ok(mut movie) = Movie::parse(&file) else {
        assert!(!frames.len().is_multiple_of(6));
        return;
    };
    assert_eq!(movie.to_bytes(), file);
    movie.set_form(Form::Text).expect("a form without limits");
    let mut text = Movie::parse(&movie.to_bytes()).expect("our own text");
    assert_eq!(text.frames, movie.frames);
    text.set_form(Form::Binary).expect("frames without sound");
    let binary = Movie::parse(&text.to_bytes()).expect("our own bytes");
    assert_eq!(binary.frames, movie.frames);
});
