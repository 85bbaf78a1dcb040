//! Torn, dangling and random memory: an error or nothing, never a panic, never a hang.

mod image;

use image::{COURSE, DRIVERS, Image, MAP, Ring, STATUS};
use mkds_memory::course::Course;
use mkds_memory::sensor::{Pose, RayFan};
use mkds_memory::{RAM_BASE, RAM_SIZE, Ram, RamMut, symbols};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// How many images are made.
const CASES: u32 = 10_000;

/// Reads everything that there is to read.
fn read_all(bytes: &[u8]) -> mkds_memory::Result<()> {
    let ram = Ram::new(bytes)?;
    let _ = (
        ram.course_id().ok(),
        ram.scene_state(),
        ram.race_config().map(|c| c.map(|c| c.course())),
    );
    let Some(race) = ram.race()? else {
        return Ok(());
    };
    let _ = race.is_ready();
    for index in 0..race.driver_count() {
        let _ = format!("{:?} {:?}", race.driver(index)?, race.driver_status(index)?);
    }
    let _ = format!("{:?} {:?} {:?}", race.status(), race.state(), race.config());
    let _ = race.camera().map(|camera| format!("{camera:?}"));
    let course = Course::read(&race)?;
    let pose = Pose::of(&race.driver(0)?);
    let checkpoint = usize::from(race.driver_status(0)?.checkpoint());
    let mut rays = [0.0; 24];
    let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
    fan.cast(course.boundary(), &pose, &mut rays);
    fan.cast(course.walls(), &pose, &mut rays);
    let _ = course.floor_below(pose.position);
    let _ = course
        .centreline()
        .project([pose.position[0], pose.position[2]], Some(checkpoint));
    let _ = course.centreline().curvature(f32::MAX, 100.0);
    let _ = course.checkpoints_after(checkpoint).take(1000).count();
    Ok(())
}

/// Words that do harm: pointers near and far, counts small and huge, noise.
fn word() -> impl Strategy<Value = u32> {
    let end = RAM_BASE + RAM_SIZE as u32;
    prop_oneof![
        any::<u32>(),
        (RAM_BASE..end).prop_map(|address| address & !3),
        end - 64..end + 64,
        0u32..16,
        prop::sample::select(vec![
            DRIVERS,
            STATUS,
            MAP,
            COURSE,
            u32::MAX,
            0x7FFF_FFFF,
            0x8000_0000
        ]),
    ]
}

/// Where words do harm.
fn address() -> impl Strategy<Value = u32> {
    let pointers: Vec<u32> = symbols::ALL
        .iter()
        .flat_map(|symbol| (0..symbol.size() as u32 / 4).map(|word| symbol.address + 4 * word))
        .collect();
    prop_oneof![
        4 => prop::sample::select(pointers),
        2 => (0u32..0x110 / 4).prop_map(|word| MAP + 4 * word),
        2 => (0u32..0x4000 / 4).prop_map(|word| MAP + 4 * word),
        1 => (0u32..0x8000 / 4).prop_map(|word| COURSE + 4 * word),
        1 => (0u32..0x5A8 / 4).prop_map(|word| DRIVERS + 4 * word),
        1 => (0u32..0x528 / 4).prop_map(|word| STATUS + 4 * word),
    ]
}

#[test]
fn random_words_do_no_harm() {
    let ring = Ring {
        steps: 12,
        ..Ring::default()
    };
    let whole = Image::race(&ring, 2, 0);
    assert_eq!(read_all(&whole.bytes), Ok(()));
    let mut image = Image {
        bytes: whole.bytes.clone(),
        delta: 0,
    };
    let mut runner = TestRunner::new(ProptestConfig {
        cases: CASES,
        ..ProptestConfig::default()
    });
    let words = prop::collection::vec((address(), word()), 1..12);
    let image = std::cell::RefCell::new(&mut image);
    runner
        .run(&words, |words| {
            let mut image = image.borrow_mut();
            for (address, word) in &words {
                image.word(*address, *word);
            }
            let _ = read_all(&image.bytes);
            let _ = RamMut::new(&mut image.bytes).map(|mut ram| ram.driver_mut(1).is_ok());
            for (address, _) in &words {
                let start = (address - RAM_BASE) as usize;
                image.bytes[start..start + 4].copy_from_slice(&whole.bytes[start..start + 4]);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn random_structures_do_no_harm() {
    let whole = Image::race(
        &Ring {
            steps: 12,
            ..Ring::default()
        },
        2,
        0,
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 500,
        ..ProptestConfig::default()
    });
    let noise = (
        prop::sample::select(vec![
            DRIVERS,
            STATUS,
            MAP,
            MAP + 0x400,
            MAP + 0x1000,
            COURSE,
        ]),
        prop::collection::vec(any::<u8>(), 1..4096),
    );
    runner
        .run(&noise, |(address, noise)| {
            let mut image = Image {
                bytes: whole.bytes.clone(),
                delta: 0,
            };
            image.put(address, &noise);
            let _ = read_all(&image.bytes);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
