//! RAM of a race with words of the input laid over it: every view, field and event, and the course.
#![no_main]

use std::sync::Mutex;

use homebrew::native::Game;
use libfuzzer_sys::fuzz_target;
use mkds_formats::ghost::Combo;
use mkds_formats::pad::Pad;
use mkds_memory::Ram;
use mkds_memory::course::Course;
use mkds_memory::events::RaceEvents;
use mkds_memory::path::Path;

/// Where the game keeps its pointers and its heap, which most words go to; see `symbols`.
const POINTERS: usize = 0x17_5000;
const POINTERS_SIZE: usize = 0x7000;

static IMAGE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fuzz_target!(|words: &[u8]| {
    let mut image = IMAGE.lock().expect("no fault so far");
    if image.is_empty() {
        *image = race();
    }
    let mut events = RaceEvents::new();
    let _ = Ram::new(&image).map(|ram| events.update(&ram).map(<[_]>::len));
    let undo: Vec<_> = words
        .chunks_exact(8)
        .map(|word| lay(&mut image, word))
        .collect();
    let ram = Ram::new(&image);
    if let Ok(ram) = &ram {
        look(ram, words.iter().map(|byte| usize::from(*byte)).sum());
        let _ = events.update(ram).map(<[_]>::len);
    }
    for (at, bytes) in undo.into_iter().rev() {
        image[at..at + 4].copy_from_slice(&bytes);
    }
});

/// The bundled game a second into a race.
fn race() -> Vec<u8> {
    let mut game = Game::new(None).expect("the bundled courses");
    let combo = Combo {
        character: 0,
        kart: 0,
        course: 20,
    };
    game.start_race(combo).expect("a race on a bundled course");
    for _ in 0..360 {
        game.tick(Pad::A);
    }
    game.ram().to_vec()
}

/// Puts a word of eight input bytes, place and value, into RAM; gives what was there.
fn lay(image: &mut [u8], word: &[u8]) -> (usize, [u8; 4]) {
    let half = |at: usize| u32::from_le_bytes([word[at], word[at + 1], word[at + 2], word[at + 3]]);
    let place = half(0) as usize;
    // An odd place is near the pointers, an even one anywhere.
    let at = match place % 2 {
        1 => POINTERS + place / 2 % POINTERS_SIZE,
        _ => place / 2 % (image.len() - 4),
    };
    let mut before = [0; 4];
    before.copy_from_slice(&image[at..at + 4]);
    image[at..at + 4].copy_from_slice(&half(4).to_le_bytes());
    (at, before)
}

fn look(ram: &Ram<'_>, choice: usize) {
    let roots: Vec<_> = Path::roots().collect();
    for root in &roots {
        let _ = (root.read(ram), root.address(ram), root.count(ram));
    }
    descend(&roots[choice % roots.len()], ram, choice);
    let Ok(Some(race)) = ram.race() else { return };
    for index in 0..race.driver_count().min(8) {
        let _ = race.driver(index).map(|driver| driver.position());
        let _ = race.driver_status(index).map(|status| status.lap_times());
    }
    let _ = race.camera().map(|camera| camera.position());
    // A course costs a hundred times the rest.
    if !choice.is_multiple_of(8) {
        return;
    }
    if let Ok(course) = Course::read(&race) {
        let start = course.start().map_or([0.0; 3], |start| start.position);
        let _ = (course.floor_below(start), course.material_at(start));
        let _ = course.wall_ahead(start, [0.0, 0.0, 1.0], 1000.0);
        assert!(course.checkpoints_after(0).take(100).count() <= 100);
    }
}

/// Reads what lies behind a path, and goes on into one of it.
fn descend(path: &Path, ram: &Ram<'_>, choice: usize) {
    let _ = (path.read(ram), path.address(ram), path.count(ram));
    let Ok(children) = path.children(ram) else {
        return;
    };
    if let Some(child) = children.get(choice % children.len().max(1)) {
        descend(child, ram, choice / 3 + 1);
    }
}
