//! RAM of a race overwritten with words of the input: every view, field and event, and the course.
#![no_main]

use std::sync::Mutex;

use homebrew::native::Game;
use libfuzzer_sys::fuzz_target;
use mkds_formats::ghost::Combo;
use mkds_memory::course::Course;
use mkds_memory::events::RaceEvents;
use mkds_memory::path::Path;
use mkds_memory::{Race, Ram};
use nds_formats::pad::Pad;
use track::{Aim, Bearing, RayFan, ZClip};

/// The offsets of the game's pointers and its heap, to which most words are written; see `symbols`.
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

/// Writes a word of eight input bytes, place and value, into RAM; returns the previous bytes.
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
        let _ = (root.address(ram), root.count(ram));
    }
    descend(&roots[choice % roots.len()], ram, choice);
    look_at_lists(ram);
    let Ok(Some(race)) = ram.race() else { return };
    for index in 0..race.driver_count() {
        let _ = race.driver(index).map(|driver| driver.position());
        let _ = race.driver_status(index).map(|status| status.lap_times());
        if let Ok(Some(items)) = race.items(index) {
            let _ = (items.held().items_in(ram), items.slot().items_in(ram));
        }
    }
    look_at_map(&race);
    if let Ok(camera) = race.camera() {
        let (projection, place) = (camera.projection(), camera.position().to_f32());
        let _ = projection.point(place, ZClip::Native);
        let _ = projection.line_on_screen(place, [0.0; 3], ZClip::NativeNear);
    }
    // Reading a course takes a hundred times as long as the rest.
    if choice.is_multiple_of(32) {
        look_at_course(&race);
    }
}

fn look_at_lists(ram: &Ram<'_>) {
    for entry in ram.collision_entries().iter().flat_map(|all| all.iter()) {
        let _ = entry.collider(ram).is_ok();
    }
    for recording in [ram.player_recording(), ram.ghost_recording()] {
        let frames = recording.ok().flatten().map(|recording| {
            let runs = recording.runs().map(|run| u32::from(run.duration()));
            runs.sum::<u32>()
        });
        assert!(frames.is_none_or(|frames| frames <= 1764 * 255));
    }
    let _ = (ram.item_types().is_ok(), ram.item_configs().is_ok());
    let _ = (ram.multi_config().is_ok(), ram.controllers().is_ok());
}

fn look_at_map(race: &Race<'_>) {
    let Ok(map) = race.map() else { return };
    for group in 0..8 {
        let _ = map.clip_areas(group).map(|areas| areas.len());
    }
    for route in map
        .linked_routes()
        .iter()
        .flat_map(|all| all.iter())
        .take(8)
    {
        let _ = route.points_in(race.ram()).map(|points| points.len());
    }
    for point in map
        .linked_enemy_points()
        .iter()
        .flat_map(|all| all.iter())
        .take(8)
    {
        let _ = (point.next_in(race.ram()), point.previous_in(race.ram()));
    }
}

fn look_at_course(race: &Race<'_>) {
    let (Ok(course), Ok(driver)) = (Course::read(race), race.driver(0)) else {
        return;
    };
    let pose = driver.pose();
    let mut rays = [0.0; 8];
    let fan = RayFan::new(rays.len(), 3.0, 1000.0);
    fan.cast(course.track().boundary(), &pose, &mut rays);
    assert!(
        rays.iter().all(|ray| (0.0..=1000.0).contains(ray)),
        "{rays:?}"
    );
    fan.cast(course.track().walls(), &pose, &mut rays);
    assert!(
        rays.iter().all(|ray| (0.0..=1000.0).contains(ray)),
        "{rays:?}"
    );
    let _ = (
        course.track().floor_below(pose.position),
        course.material_at(pose.position),
    );
    let _ = course
        .track()
        .wall_ahead(pose.position, pose.forward, 1000.0);
    let _ = course.prisms_at(pose.position).is_ok();
    let [x, _, z] = pose.position;
    let here = course.track().centreline().project([x, z], None);
    let turn = here.map_or(0.0, |here| {
        course.track().centreline().curvature(here.along, 100.0)
    });
    assert!(turn.is_finite());
    let mut bearings = [Bearing::default(); 100];
    assert!(pose.bearings_after(course.track(), 0, Aim::Nearest, &mut bearings) <= 100);
}

/// Reads the value at a path, and descends into one of its parts.
fn descend(path: &Path, ram: &Ram<'_>, choice: usize) {
    let _ = (path.read(ram), path.address(ram), path.count(ram));
    let Ok(children) = path.children(ram) else {
        return;
    };
    if let Some(child) = children.get(choice % children.len().max(1)) {
        descend(child, ram, choice / 3 + 1);
    }
}
