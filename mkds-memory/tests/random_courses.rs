//! Broken courses: an error or some course, never a panic, never a hang.

mod image;

use homebrew::COURSES;
use homebrew::native::Game;
use image::{Image, Ring};
use mkds_formats::ghost::Combo;
use mkds_formats::kcl::Attribute;
use mkds_formats::kcl::{HEADER_SIZE, Kcl};
use mkds_formats::nkm::Nkm;
use mkds_memory::camera::Camera;
use mkds_memory::collision::surface_of;
use mkds_memory::course::Course;
use mkds_memory::view::View;
use mkds_memory::{RAM_BASE, Ram, symbols};
use nds_formats::fx::VecFx32;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use track::{Pose, Ray, RayFan, Trace, Track, Triangle, ZClip};

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        ..ProptestConfig::default()
    })
}

/// Asks a course everything.
fn measure(course: &Course) {
    let start = course
        .track()
        .start()
        .map_or([0.0; 3], |start| start.position);
    let far = f32::MAX;
    for position in [start, [0.0; 3], [far; 3], [f32::NAN, 0.0, f32::INFINITY]] {
        let pose = Pose::new(position, [1.0, 0.2, 0.0], [0.0, 1.0, 0.0]);
        let fan = RayFan::new(9, 6.0, 3000.0).at_elevations(&[0.0, 1.0]);
        let mut out = [0.0; 18];
        fan.cast(
            &(course.track().boundary(), course.track().walls()),
            &pose,
            &mut out,
        );
        assert!(
            out.iter().all(|distance| (0.0..=3000.0).contains(distance)),
            "{out:?}"
        );
        let ray = Ray {
            origin: position,
            direction: [f32::NAN, 0.0, 0.0],
        };
        assert_eq!(course.track().walls().trace(&ray, far), None);
        for direction in [pose.forward, pose.up] {
            let endless = Ray {
                origin: position,
                direction,
            };
            let walls = course.track().walls().trace(&endless, f32::INFINITY);
            let edges = course.track().boundary().trace(&endless, f32::INFINITY);
            let mut hits = walls.into_iter().chain(edges);
            assert!(hits.all(|hit| hit.distance.is_finite()));
        }
        let _ = (
            course.track().floor_below(position),
            course.material_at(position),
        );
        for number in course.prisms_at(position).into_iter().flatten() {
            let _ = course.prism(number);
        }
        let line = course.track().centreline();
        for checkpoint in [None, Some(0), Some(usize::MAX)] {
            let _ = line.project([position[0], position[2]], checkpoint);
            let _ = line.progress([position[0], position[2]], checkpoint);
        }
        for along in [0.0, -1.0, far, f32::NAN] {
            let turn = line.heading_change(along, 100.0) + line.curvature(along, 50.0);
            assert!(turn.is_finite(), "{turn} at {along}");
        }
        let _ = course.track().checkpoints_after(0).take(1000).count();
    }
}

/// Bytes to lay over a file: where, as a share of it, and what.
fn noise() -> impl Strategy<Value = Vec<(f64, Vec<u8>)>> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..64),
        any::<u32>().prop_map(|word| word.to_le_bytes().to_vec()),
        prop::sample::select(vec![0u32, 1, u32::MAX, 1 << 31, i32::MAX as u32])
            .prop_map(|word| word.to_le_bytes().to_vec()),
    ];
    prop::collection::vec((0.0..1.0f64, bytes), 1..8)
}

fn lay(noise: &[(f64, Vec<u8>)], over: &mut [u8]) {
    for (share, bytes) in noise {
        let start = (over.len() as f64 * share) as usize & !1;
        let end = over.len().min(start + bytes.len());
        over[start..end].copy_from_slice(&bytes[..end - start]);
    }
}

#[test]
fn noise_in_files_does_no_harm() {
    let case = (0..COURSES.len(), noise(), any::<bool>(), any::<bool>());
    let test = |(index, noise, in_collision, in_header): (usize, Vec<_>, bool, bool)| {
        let info = &COURSES[index];
        let (mut kcl, mut nkm) = (info.kcl.to_vec(), info.nkm.to_vec());
        let file = if in_collision { &mut kcl } else { &mut nkm };
        let end = if in_header { HEADER_SIZE } else { file.len() };
        lay(&noise, &mut file[..end]);
        if let (Ok(kcl), Ok(nkm)) = (Kcl::parse(&kcl), Nkm::parse(&nkm))
            && let Ok(course) = Course::from_files(&kcl, &nkm)
        {
            measure(&course);
        }
        Ok(())
    };
    runner(400)
        .run(&case, test)
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// The pieces of RAM that a course is read from.
fn pieces(ram: &[u8]) -> [std::ops::Range<usize>; 2] {
    let header = (symbols::COLLISION_HEADER.address - RAM_BASE) as usize;
    let word = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| ram[at + i]));
    let positions = (word(header) - RAM_BASE) as usize;
    let octree = (word(header + 12) - RAM_BASE) as usize;
    [header..header + 0x3C, positions..octree + 0x1000]
}

#[test]
fn noise_in_ram_does_no_harm() {
    let mut game = Game::new(None).expect("a game");
    let combo = Combo {
        character: 3,
        kart: 10,
        course: COURSES[0].id,
    };
    game.start_race(combo).expect("a race");
    let whole = game.ram().to_vec();
    let mut torn = whole.clone();
    let torn = std::cell::RefCell::new(&mut torn);
    let point = [any::<i32>(), any::<i32>(), any::<i32>()];
    let case = (0..2usize, noise(), prop::collection::vec(point, 8));
    let test = |(piece, noise, points): (usize, Vec<_>, Vec<[i32; 3]>)| {
        let mut torn = torn.borrow_mut();
        let piece = pieces(&whole)[piece].clone();
        lay(&noise, &mut torn[piece.clone()]);
        let race = Ram::new(&torn).and_then(|ram| ram.race()).ok().flatten();
        if let Some(race) = race {
            if let Ok(course) = Course::read(&race) {
                measure(&course);
            }
            // Nobody has checked this octree.
            if let Ok(collision) = race.collision() {
                for [x, y, z] in points {
                    let found = collision.octree().prisms_at(VecFx32::from_raw(x, y, z));
                    let count = collision.prisms().len();
                    prop_assert!(found.into_iter().flatten().all(|n| usize::from(n) <= count));
                }
            }
        }
        torn[piece.clone()].copy_from_slice(&whole[piece]);
        Ok(())
    };
    runner(400)
        .run(&case, test)
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// Octrees whose nodes lead anywhere among themselves.
#[test]
fn tangled_octrees_end() {
    let ring = Ring {
        steps: 4,
        ..Ring::default()
    };
    let image = Image::race(&ring, 1, 0);
    let octree = pieces(&image.bytes)[1].end - 0x1000;
    let image = std::cell::RefCell::new(image);
    // Behind the nodes there is nothing: an empty list wherever one looks.
    let tables = (0u32..0x400).prop_map(|table| table * 4);
    let empty_lists = (0x800u32..0xC00).prop_map(|list| (1 << 31) | (list * 2));
    let orderly = prop_oneof![1 => tables.clone(), 9 => empty_lists.clone()];
    let tangled = prop_oneof![6 => tables, 2 => empty_lists, 1 => any::<u32>()];
    let nodes = prop_oneof![
        prop::collection::vec(orderly, 0x400),
        prop::collection::vec(tangled, 0x400),
    ];
    let sound = std::cell::Cell::new(0);
    let test = |nodes: Vec<u32>| {
        let mut image = image.borrow_mut();
        for (index, node) in nodes.iter().enumerate() {
            image.word(RAM_BASE + octree as u32 + 4 * index as u32, *node);
        }
        let race = Ram::new(&image.bytes)
            .and_then(|ram| ram.race())
            .ok()
            .flatten();
        let race = race.expect("a race");
        let octree = race.collision().expect("a collision").octree();
        let is_sound = octree.checked().is_ok();
        sound.set(sound.get() + u32::from(is_sound));
        // What is sound has an answer everywhere.
        for step in -40..40 {
            let point = [f64::from(step) * 100.0, 0.0, f64::from(step) * -77.0];
            let found = octree.prisms_at(VecFx32::from_f64(point));
            prop_assert!(!is_sound || found.is_ok());
        }
        Ok(())
    };
    runner(400)
        .run(&nodes, test)
        .unwrap_or_else(|failure| panic!("{failure}"));
    let sound = sound.get();
    assert!((20..380).contains(&sound), "{sound} of 400 are sound");
}

/// The most tables that fit into RAM, each of them a child of the one before.
#[test]
fn an_octree_that_fills_ram_ends() {
    let mut image = Image::race(
        &Ring {
            steps: 4,
            ..Ring::default()
        },
        1,
        0,
    );
    let octree = pieces(&image.bytes)[1].end - 0x1000;
    let end = image.bytes.len() - 64;
    for at in (octree..end).step_by(4) {
        image.bytes[at..at + 4].copy_from_slice(&4u32.to_le_bytes());
    }
    let race = Ram::new(&image.bytes)
        .and_then(|ram| ram.race())
        .ok()
        .flatten();
    let course = Course::read(&race.expect("a race")).expect("a course");
    let error = course
        .prisms_at([0.0; 3])
        .expect_err("no octree")
        .to_string();
    assert!(error.contains("collision_header.octree"), "{error}");
}

#[test]
fn courses_of_degenerate_triangles_are_courses() {
    let corner = |x: f32| [x, 0.0, 0.0];
    let point = [corner(1.0); 3];
    let line = [corner(0.0), corner(5.0), corner(9.0)];
    let lost = [corner(f32::NAN), corner(f32::INFINITY), corner(-3.0)];
    let triangles = [point, line, lost].into_iter().cycle().take(300).zip(1..);
    let triangle = |(corners, number): ([[f32; 3]; 3], u16)| Triangle {
        corners,
        normal: [0.0, 1.0, 0.0],
        surface: surface_of(Attribute(if number % 2 == 0 { 8 << 8 } else { 0 })),
    };
    let track = Track::new(triangles.map(triangle).collect(), Vec::new(), None);
    measure(&Course::from(track));
}

proptest! {
    #[test]
    fn random_cameras_do_no_harm(
        bytes in prop::collection::vec(any::<u8>(), Camera::SIZE),
        points in prop::array::uniform2([any::<f32>(), any::<f32>(), any::<f32>()]),
    ) {
        let projection = Camera::from_prefix(&bytes).expect("a whole structure").projection();
        for clip in [ZClip::Native, ZClip::NonNative, ZClip::Off] {
            let [from, to] = points;
            let pixels = projection
                .line_on_screen(from, to, clip)
                .into_iter()
                .flatten();
            for [x, y] in pixels {
                prop_assert!((0.0..=256.0).contains(&x) && (0.0..=192.0).contains(&y), "{x} {y}");
            }
            let line = projection.line(from, to, clip).into_iter().flatten();
            for pixel in line.chain(projection.point(from, clip)) {
                prop_assert!(pixel.iter().all(|part| part.is_finite()));
            }
        }
    }
}
