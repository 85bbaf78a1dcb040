//! Movies of Mupen64: the input as a file, and as the rest of a header with a known beginning, and samples that it
//! counts; with the comments behind them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use n64_formats::m64::{Movie, Start, comments};

fuzz_target!(|input: &[u8]| {
    check(input);
    let mut file = Movie::new(Start::PowerOn).to_bytes();
    let header = file.len();
    // Behind the magic and the version.
    let length = input.len().min(header - 8);
    file[8..8 + length].copy_from_slice(&input[..length]);
    file.extend(&input[length..]);
    let samples = (file.len() - header) as u32 / 4;
    file[0x18..0x1C].copy_from_slice(&samples.to_le_bytes());
    check(&file);
});

fn check(file: &[u8]) {
    let Ok((file, lines)) = comments::split(file) else {
        return;
    };
    let again = comments::join(file.to_vec(), &lines);
    assert!(comments::split(&again).expect("ours") == (file, lines));
    let Ok(movie) = Movie::parse(file) else {
        return;
    };
    assert!(movie.to_bytes() == file);
    let header = &movie.header;
    let _ = (header.start(), header.author(), header.plugins());
    let frames: Vec<_> = movie.polls().collect();
    let mut again = Movie {
        samples: Vec::new(),
        ..movie.clone()
    };
    frames.iter().for_each(|frame| again.push(frame));
    let read = Movie::parse(&again.to_bytes()).expect("ours");
    assert!(read.polls().eq(frames));
}
