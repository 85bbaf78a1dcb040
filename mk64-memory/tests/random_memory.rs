//! Torn, dangling and random memory: an error or nothing, never a panic, never a hang.

use mk64_memory::course::Course;
use mk64_memory::events::RaceEvents;
use mk64_memory::path::{Path, Places};
use mk64_memory::race::Side;
use mk64_memory::{Error, RAM_BASE, RAM_SIZE, Ram, RamMut, symbols};
use proptest::prelude::*;
use track::{RayFan, ZClip};

/// Where the tests keep a small course, and how much of it there is.
const COURSE: u32 = 0x8020_0000;
const COURSE_SIZE: u32 = 0x4000;

/// The bytes as the console numbers them, kept as the emulator does.
struct Console(Vec<u8>);

impl Console {
    fn set(&mut self, address: u32, bytes: &[u8]) {
        for (byte, at) in bytes.iter().zip(address - RAM_BASE..) {
            self.0[at as usize ^ 3] = *byte;
        }
    }

    fn word(&mut self, address: u32, word: u32) {
        self.set(address, &word.to_be_bytes());
    }

    fn half(&mut self, address: u32, half: u16) {
        self.set(address, &half.to_be_bytes());
    }

    /// A race without a course.
    fn race() -> Self {
        let mut console = Self(vec![0; RAM_SIZE]);
        console.word(symbols::GAME_STATE.address, 4);
        console.word(symbols::RACE_STATE.address, 3);
        console.half(symbols::PLAYER.address, 0xC000);
        console
    }

    /// A race on a course of bytes that may be anything: the pointers lead to them.
    fn on(course: &[u8], triangles: u16, points: u16) -> Self {
        let mut console = Self::race();
        console.set(COURSE, course);
        console.half(symbols::COLLISION_TRIANGLE_COUNT.address, triangles);
        console.half(symbols::PATH_POINT_COUNT.address, points);
        console.word(symbols::COLLISION_TRIANGLE.address, COURSE);
        console.word(symbols::COLLISION_INDICES.address, COURSE);
        for (number, symbol) in (1..).zip([
            &symbols::PATH_CENTRE,
            &symbols::PATH_LEFT,
            &symbols::PATH_RIGHT,
            &symbols::PATH_SECTION_TYPES,
            &symbols::PATH_EXPECTED_ROTATION,
        ]) {
            console.word(symbol.address, COURSE + 0x400 * number);
        }
        for triangle in 0..u32::from(triangles) {
            let at = COURSE + 0x2C * triangle;
            for corner in 0..3 {
                let vertex = COURSE + 0x10 * ((triangle * 7 + corner * 3) % 0x300);
                console.word(at + 0x10 + 4 * corner, vertex);
            }
            let normal = match triangle % 3 {
                0 => [1.0f32, 0.0, 0.0],
                1 => [0.0, 1.0, 0.0],
                _ => [0.6, 0.0, -0.8],
            };
            for (axis, part) in (0..).zip(normal) {
                console.word(at + 0x1C + 4 * axis, part.to_bits());
            }
        }
        console
    }
}

/// Reads everything that there is to read.
fn read_all(bytes: &[u8], events: &mut RaceEvents) -> mk64_memory::Result<()> {
    let ram = Ram::new(bytes)?;
    let told = events.update(&ram).map_or(0, <[_]>::len);
    assert!(told <= 1 + 24 * 8, "{told} events in a frame");
    let _ = ram
        .player_ghost()
        .map(|words| words.map(|word| word.frames()).sum::<u32>());
    let _ = (
        format!("{:?} {:?} {:?}", ram.menu(), ram.mode(), ram.course_id()),
        format!("{:?}", ram.save_data()),
        ram.actors()?.iter().filter(|actor| actor.exists()).count(),
        ram.controllers()?
            .iter()
            .map(|pad| pad.buttons().bits())
            .max(),
    );
    let Some(race) = ram.race()? else {
        return Ok(());
    };
    for (index, player) in race.players() {
        let _ = format!("{player:?} {:?} {:?}", race.progress(index)?, player.pose());
    }
    for (camera, fov) in ram.cameras()?.iter().zip(ram.fields_of_view()?) {
        let pixel = camera.projection(fov).point([1.0, 2.0, 3.0], ZClip::Native);
        assert!(pixel.is_none_or(|pixel| pixel.iter().all(|part| part.is_finite())));
    }
    let _ = (
        format!("{:?} {:?}", race.camera()?, race.hud()?),
        race.timer()?,
    );
    for (column, row) in (0..33).map(|index| (index, 31 - index.min(31))) {
        let _ = race.cell(column, row).map(|cell| cell.max());
    }
    for path in 0..5 {
        let _ = race.section_types(path).map(|types| types.count());
        let _ = race.expected_rotations(path).map(|yaws| yaws.max());
        let _ = race.path(path, Side::Left).map(|points| points.len());
    }
    let course = Course::read(&race)?;
    let pose = race.player(0).expect("the rule of a race").pose();
    let mut rays = [0.0; 24];
    let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
    fan.cast(course.track().boundary(), &pose, &mut rays);
    fan.cast(course.track().walls(), &pose, &mut rays);
    let _ = course.surface_at(pose.position);
    let here = [pose.position[0], pose.position[2]];
    let _ = course.track().centreline().project(here, Some(0));
    let _ = course.track().checkpoints_after(0).take(1000).count();
    Ok(())
}

fn noise() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let at = prop_oneof![
        0x000D_C4BCu32..0x000D_C610,
        0x000E_86A0u32..0x000E_86B0,
        0x000F_6910u32..0x000F_E000,
        0x0014_F110u32..0x0015_F800,
        0x0015_F800u32..0x0016_4A00,
        0x0018_CA70u32..0x0018_EE10,
    ];
    prop::collection::vec((at, any::<u32>()), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_globals_are_an_error_or_a_race(
        noise in noise(),
        later in noise(),
        course in prop::collection::vec(any::<u8>(), 0x3000),
        triangles in 0u16..60,
        points in 0u16..100,
    ) {
        let mut console = Console::on(&course, triangles, points);
        let mut events = RaceEvents::new();
        let _ = read_all(&console.0, &mut events);
        for noise in [noise, later] {
            for (at, word) in noise {
                console.word(RAM_BASE + at / 4 * 4, word);
            }
            // Still a race, whatever else it is.
            console.word(symbols::GAME_STATE.address, 4);
            console.word(symbols::RACE_STATE.address, 3);
            console.half(symbols::PLAYER.address, 0xC000);
            console.word(symbols::RACE_TICKS.address, 7);
            let _ = read_all(&console.0, &mut events);
        }
    }

    #[test]
    fn a_random_course_is_read(
        course in prop::collection::vec(any::<u8>(), 0x3000),
        triangles in 0u16..60,
        points in 0u16..100,
    ) {
        let console = Console::on(&course, triangles, points);
        let ram = Ram::new(&console.0)?;
        let race = ram.race()?.expect("a race");
        let course = Course::read(&race)?;
        prop_assert_eq!(course.path_points(), usize::from(points));
        // Bytes of other structures may have written over a normal.
        prop_assert!(course.track().triangles().len() <= usize::from(triangles));
        read_all(&console.0, &mut RaceEvents::new())?;
    }

    #[test]
    fn every_path_and_place_is_read_or_refused(noise in noise()) {
        let mut console = Console::race();
        for (at, word) in noise {
            console.word(RAM_BASE + at / 4 * 4, word);
        }
        let ram = Ram::new(&console.0)?;
        for path in Path::roots() {
            let _ = path.read(&ram);
            for child in path.children(&ram).unwrap_or_default().iter().take(20) {
                let _ = child.read(&ram);
            }
        }
        let places = Places::new(&ram);
        for at in (0xF_6990..0xF_6990 + 0xDD8).step_by(0x40) {
            prop_assert!(places.at(RAM_BASE + at).is_some());
        }
    }
}

#[test]
fn wrong_pointers_and_counts_are_named() {
    let mut console = Console::on(&[0; COURSE_SIZE as usize], 3, 3);
    console.word(symbols::COLLISION_TRIANGLE.address, 0x8040_0000 - 0x2C);
    let course = |console: &Console| {
        let ram = Ram::new(&console.0).expect("an image");
        let race = ram.race().expect("RAM").expect("a race");
        Course::read(&race).map(|course| course.path_points())
    };
    let error = course(&console).expect_err("it leaves RAM");
    assert_eq!(
        error.to_string(),
        "collision_triangle: the pointer at 0x8015F580 holds 0x803FFFD4, expected 132 bytes inside \
         0x80000000..0x80400000"
    );
    console.word(symbols::COLLISION_TRIANGLE.address, 0);
    let is_null = matches!(course(&console), Err(Error::NullPointer { .. }));
    assert!(is_null);
    console.half(symbols::COLLISION_TRIANGLE_COUNT.address, 5001);
    let error = course(&console).expect_err("more than any course has");
    assert_eq!(
        error.to_string(),
        "collision_triangle_count at 0x8015F588: expected a count of at most 5000, found 5001"
    );
    console.half(symbols::PATH_POINT_COUNT.address, 0xFFFF);
    let error = course(&console).expect_err("more than any path has");
    assert_eq!(
        error.to_string(),
        "path_point_count at 0x801645C8: expected a count of at most 4096, found 65535"
    );
}

#[test]
fn there_is_a_race_by_one_rule() {
    let is_there = |console: &Console| {
        let ram = Ram::new(&console.0).expect("an image");
        ram.race().expect("RAM").is_some()
    };
    assert!(is_there(&Console::race()));
    for state in 0..10 {
        let mut console = Console::race();
        console.word(symbols::GAME_STATE.address, state);
        assert_eq!(is_there(&console), state == 4, "game state {state}");
        let mut console = Console::race();
        console.word(symbols::RACE_STATE.address, state);
        assert_eq!(
            is_there(&console),
            (2..=5).contains(&state),
            "race state {state}"
        );
    }
    let mut console = Console::race();
    console.half(symbols::PLAYER.address, 0x4000);
    assert!(!is_there(&console));
}

#[test]
fn images_are_of_a_console_with_or_without_the_expansion_pak() {
    let mut console = Console::race();
    let whole = Ram::new(&console.0).map(|ram| ram.bytes().len());
    assert_eq!(whole, Ok(RAM_SIZE));
    console.0.resize(2 * RAM_SIZE, 0xFF);
    assert!(Ram::new(&console.0).is_ok_and(|ram| ram.race().expect("RAM").is_some()));
    let mut ram = RamMut::new(&mut console.0).expect("an image");
    ram.player_mut(7).expect("the last player").set_lap(2);
    assert!(ram.player_mut(8).is_err());
    let lap = ram
        .ram()
        .players()
        .map(|players| players.get(7).map(|player| player.lap()));
    assert_eq!(lap, Ok(Some(2)));
    for size in [0, RAM_SIZE - 4, RAM_SIZE + 4, 3 * RAM_SIZE] {
        let refused = Ram::new(&vec![0; size]).err();
        let (expected, found) = (RAM_SIZE, size);
        assert_eq!(refused, Some(Error::ImageSize { expected, found }));
    }
}
