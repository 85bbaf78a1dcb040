//! After a course is ready, frames are looked at without allocating. The counter is its binary's allocator. Skipped
//! where the emulator is not installed.

use std::f32::consts::PI;

use allocation_counter::measure;
use mk64_memory::course::Course;
use mk64_memory::events::RaceEvents;
use mk64_memory::path::Path;
use mk64_memory::player::PlayerType;
use mk64_memory::{Ram, RamMut};
use mupen64plus::{Buttons, Emulator, Frame, Options, Pad, Picture};
use track::{Aim, Bearing, RayFan};

/// Frames until the title takes inputs, and of a press and its answer in a menu.
const TITLE: u32 = 320;
const PRESS: [(u32, bool); 2] = [(4, true), (40, false)];
/// Frames of the race that are looked at: the countdown and a good part of a lap.
const FRAMES: u32 = 1500;

fn play(emulator: &mut Emulator, frames: u32, buttons: Buttons) {
    let stick = [0, 0];
    for _ in 0..frames {
        let frame = Frame::first(Pad { buttons, stick });
        emulator.step(&frame, Picture::Skip).expect("a frame");
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "tests say when they skip")]
fn frames_of_a_race_allocate_nothing() {
    let mut emulator = match Emulator::open(homebrew_n64::ROM, &Options::default()) {
        Err(error @ mupen64plus::Error::Library { .. }) => {
            println!("skipped: {error}");
            return;
        }
        emulator => emulator.expect("an emulator"),
    };
    play(&mut emulator, TITLE, Buttons::empty());
    // The title, then nine choices.
    for (frames, is_pressed) in [PRESS; 10].into_iter().flatten() {
        let button = [Buttons::empty(), Buttons::START][usize::from(is_pressed)];
        play(&mut emulator, frames, button);
    }
    let course = {
        let ram = Ram::new(emulator.ram()).expect("an image");
        Course::read(&ram.race().expect("RAM").expect("a race")).expect("a course")
    };
    let mut events = RaceEvents::new();
    let path = Path::parse("path_centre[0][3].position[0]").expect("a path");
    let fan = RayFan::new(24, PI, 3000.0);
    let (mut edges, mut walls) = ([0.0; 24], [0.0; 24]);
    let mut bearings = [Bearing::default(); 4];
    let mut told = 0;
    for _ in 0..FRAMES {
        play(&mut emulator, 1, Buttons::empty());
        RamMut::new(emulator.ram_mut())
            .and_then(|mut ram| {
                let mut player = ram.player_mut(0)?;
                if !player.view().kind().contains(PlayerType::START_SEQUENCE) {
                    player.set_kind(PlayerType::EXISTS | PlayerType::CPU);
                }
                Ok(())
            })
            .expect("a player");
        let image = emulator.ram();
        let allocations = measure(|| {
            let ram = Ram::new(image).expect("an image");
            told += events.update(&ram).expect("a race").len();
            let race = ram.race().expect("RAM").expect("a race");
            let (pose, progress) = (race.player(0).expect("a player").pose(), race.progress(0));
            let track = course.track();
            fan.cast(track.boundary(), &pose, &mut edges);
            fan.cast(track.walls(), &pose, &mut walls);
            let point = usize::from(progress.expect("a player").nearest_point);
            let checkpoint = mk64_memory::course::checkpoint_of(point);
            pose.bearings_after(track, checkpoint, Aim::Midpoint, &mut bearings);
            let here = [pose.position[0], pose.position[2]];
            assert!(track.centreline().project(here, Some(checkpoint)).is_some());
            assert!(path.read(&ram).is_ok_and(|value| value.is_some()));
        });
        assert_eq!(allocations.count_total, 0);
    }
    assert!(told > 20 && edges.iter().any(|edge| *edge > 0.0));
}
