//! Torn, dangling and random memory: an error or nothing, never a panic, never a hang.

mod image;

use image::{CAMERA, CONFIG, COURSE, DRIVERS, Image, MAP, Ring, STATE, STATUS};
use mkds_memory::course::Course;
use mkds_memory::events::RaceEvents;
use mkds_memory::layout::Type;
use mkds_memory::path::Path;
use mkds_memory::symbols::Holds;
use mkds_memory::{RAM_BASE, RAM_SIZE, Ram, RamMut, symbols};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use track::{RayFan, ZClip};

/// How many images are made of which courses are read.
const CASES: u32 = 10_000;
/// How many images are made of which all else is read.
const TANGLED_CASES: u32 = 100_000;
/// Where every pointer of [`tangled`] leads.
const TANGLE: u32 = 0x0230_0000;
const TANGLE_SIZE: u32 = 0x4_0000;

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
    for index in 0..race.driver_count() {
        let _ = format!("{:?} {:?}", race.driver(index)?, race.driver_status(index)?);
    }
    let _ = format!("{:?} {:?} {:?}", race.status(), race.state(), race.config());
    let _ = race.camera().map(|camera| format!("{camera:?}"));
    let course = Course::read(&race)?;
    let pose = race.driver(0)?.pose();
    let checkpoint = usize::from(race.driver_status(0)?.checkpoint());
    let mut rays = [0.0; 24];
    let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
    fan.cast(course.track().boundary(), &pose, &mut rays);
    fan.cast(course.track().walls(), &pose, &mut rays);
    let _ = (
        course.track().floor_below(pose.position),
        course.prisms_at(pose.position).is_ok(),
    );
    let _ = course
        .track()
        .centreline()
        .project([pose.position[0], pose.position[2]], Some(checkpoint));
    let _ = course.track().centreline().curvature(f32::MAX, 100.0);
    let _ = course
        .track()
        .checkpoints_after(checkpoint)
        .take(1000)
        .count();
    Ok(())
}

/// Follows every list and link that there is a method for, and tells what happened since `events`
/// last looked.
fn read_links(bytes: &[u8], events: &mut RaceEvents) -> mkds_memory::Result<()> {
    let ram = Ram::new(bytes)?;
    let told = events.update(&ram).map_or(0, <[_]>::len);
    assert!(told <= 1 + 24 * 8, "{told} events in a frame");
    let _ = ram
        .multi_config()
        .map(|config| config.map(|config| config.next().course()));
    let _ = ram
        .controllers()
        .map(|all| all.iter().map(|one| one.pad().held().bits()).max());
    for recording in [ram.player_recording(), ram.ghost_recording()]
        .into_iter()
        .flatten()
        .flatten()
    {
        let _ = recording.runs().map(|run| run.duration()).max();
    }
    for entry in ram.collision_entries().iter().flat_map(|all| all.iter()) {
        let _ = entry.collider(&ram).is_ok();
    }
    let _ = ram
        .item_types()
        .map(|types| types.iter().map(|kind| kind.limit()).max());
    let _ = ram
        .item_configs()
        .map(|configs| configs.iter().map(|config| config.count()).max());
    let Some(race) = ram.race()? else {
        return Ok(());
    };
    for index in 0..race.driver_count() {
        if let Ok(Some(items)) = race.items(index) {
            let _ = (
                items.held().items_in(&ram).is_ok(),
                items.slot().items_in(&ram).is_ok(),
            );
        }
        if let Some(enemy) = race.driver(index)?.enemy_state().follow(&ram)?
            && let Some(point) = enemy.enemy_cursor().current().follow(&ram)?
        {
            let _ = (point.next_in(&ram).is_ok(), point.previous_in(&ram).is_ok());
        }
    }
    if let Ok(camera) = race.camera() {
        let (projection, place) = (camera.projection(), camera.target().to_f32());
        let _ = projection.point(place, ZClip::Native);
        let line = projection.line_on_screen(place, [0.0; 3], ZClip::NativeNear);
        assert!(line.is_none_or(|ends| ends.iter().flatten().all(|part| part.is_finite())));
    }
    let map = race.map()?;
    for group in 0..9 {
        let _ = map.clip_areas(group).is_ok();
    }
    let _ = map.linked_routes().map(|routes| {
        let points = routes
            .iter()
            .take(9)
            .map(|route| route.points_in(&ram).map_or(0, |p| p.len()));
        points.max()
    });
    let _ = map
        .linked_item_points()
        .map(|points| points.get(0).map(|point| point.next_in(&ram).is_ok()));
    let _ = map
        .linked_mission_enemy_points()
        .map(|points| points.get(0).map(|point| point.next_in(&ram).is_ok()));
    let _ = (
        map.objects().is_ok(),
        map.respawn_points().is_ok(),
        map.cameras().is_ok(),
        map.beta_item_points().is_ok(),
    );
    Ok(())
}

/// The paths to fields, through up to `pointers` pointers.
fn paths(pointers: usize) -> Vec<Path> {
    let mut open: Vec<(Path, usize)> = Path::roots().map(|path| (path, 0)).collect();
    let mut all = Vec::new();
    while let Some((path, followed)) = open.pop() {
        let followed = followed + usize::from(points(&path));
        let fields = path.layout().map_or(&[][..], |layout| layout.fields);
        let fields = fields.iter().map(|field| format!("{path}.{}", field.name));
        let elements = [0, 1].map(|index| format!("{path}[{index}]"));
        if followed <= pointers {
            let children = fields
                .chain(elements)
                .filter_map(|text| Path::parse(&text).ok());
            open.extend(children.map(|path| (path, followed)));
        }
        all.push(path);
    }
    all
}

/// Whether a path leads to a pointer, or to several things behind one.
fn points(path: &Path) -> bool {
    match path.ty() {
        Some(ty) => matches!(ty, Type::Pointer(_)),
        None => path.kind().ends_with(']'),
    }
}

/// A race whose null pointers lead to memory that is all pointers to itself.
fn tangled(paths: &[Path]) -> Image {
    let ring = Ring {
        steps: 12,
        ..Ring::default()
    };
    let mut image = Image::race(&ring, 2, 0);
    for word in 0..TANGLE_SIZE / 4 {
        image.word(TANGLE + 4 * word, somewhere(word));
    }
    image.half(symbols::COLLISION_ENTRY_COUNT.address, 12);
    let roots = symbols::ALL
        .iter()
        .filter(|symbol| symbol.holds == Holds::Pointer);
    let mut pointers: Vec<u32> = roots.map(|symbol| symbol.address).collect();
    let ram = Ram::new(&image.bytes).expect("an image of the game");
    for path in paths {
        if points(path) {
            pointers.extend(path.address(&ram).ok().flatten());
        }
    }
    for (number, pointer) in pointers.into_iter().enumerate() {
        let at = (pointer - RAM_BASE) as usize;
        if image.bytes[at..at + 4] == [0; 4] {
            image.word(pointer, somewhere(number as u32));
        }
    }
    image
}

/// One of the words of the tangle.
fn somewhere(number: u32) -> u32 {
    TANGLE + number.wrapping_mul(0x9E37_79B1) % TANGLE_SIZE / 4 * 4
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
        .flat_map(|symbol| {
            let words = (symbol.size() as u32).div_ceil(4).min(16);
            (0..words).map(|word| symbol.address + 4 * word)
        })
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

/// Where structures begin.
fn structure() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![
        DRIVERS,
        DRIVERS + 0x5A8,
        STATUS,
        STATE,
        CONFIG,
        CAMERA,
        MAP,
        MAP + 0x400,
        MAP + 0x1000,
        COURSE,
        TANGLE,
    ])
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
    let noise = (structure(), prop::collection::vec(any::<u8>(), 1..4096));
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

#[test]
fn random_bytes_in_a_tangle_of_pointers_do_no_harm() {
    let paths = paths(3);
    let whole = tangled(&paths);
    let mut events = RaceEvents::new();
    assert_eq!(read_links(&whole.bytes, &mut events), Ok(()));
    let ram = Ram::new(&whole.bytes).expect("an image of the game");
    let fields: Vec<&Path> = paths
        .iter()
        .filter(|path| path.layout().is_none() && !path.kind().ends_with(']'))
        .collect();
    let found = fields
        .iter()
        .filter(|path| matches!(path.read(&ram), Ok(Some(_))));
    assert!(
        2 * found.count() > fields.len(),
        "the tangle is out of reach"
    );

    let image = std::cell::RefCell::new(Image {
        bytes: whole.bytes.clone(),
        delta: 0,
    });
    let mut runner = TestRunner::new(ProptestConfig {
        cases: TANGLED_CASES,
        ..ProptestConfig::default()
    });
    let tangle = (0..TANGLE_SIZE / 4).prop_map(|word| TANGLE + 4 * word);
    let bytes_of = |word: u32| word.to_le_bytes().to_vec();
    let overlays = prop::collection::vec(
        prop_oneof![
            6 => (prop_oneof![address(), tangle], word().prop_map(bytes_of)),
            1 => (structure(), prop::collection::vec(any::<u8>(), 1..256)),
        ],
        1..12,
    );
    let events = std::cell::RefCell::new(events);
    runner
        .run(
            &(overlays, any::<prop::sample::Index>()),
            |(overlays, first)| {
                let mut image = image.borrow_mut();
                for (address, bytes) in &overlays {
                    image.put(*address, bytes);
                }
                let _ = read_links(&image.bytes, &mut events.borrow_mut());
                if let Ok(ram) = Ram::new(&image.bytes) {
                    let from = first.index(fields.len());
                    for path in fields[from..].iter().take(100) {
                        if let Err(error) = path.read(&ram) {
                            let error = error.to_string();
                            prop_assert!(error.contains(path.root().name), "{path}: {error}");
                        }
                    }
                }
                for (address, bytes) in &overlays {
                    let start = (address - RAM_BASE) as usize;
                    let whole = &whole.bytes[start..start + bytes.len()];
                    image.bytes[start..start + bytes.len()].copy_from_slice(whole);
                }
                Ok(())
            },
        )
        .unwrap_or_else(|failure| panic!("{failure}"));
}
