//! Courses from files and from RAM are one and the same, and their octrees find what is near.

mod image;

use std::error::Error;

use homebrew::native::Game;
use homebrew::{COURSES, CourseInfo};
use image::{Image, Ring};
use mkds_formats::carc::CourseFiles;
use mkds_formats::ghost::Combo;
use mkds_formats::kcl::Kcl;
use mkds_formats::names;
use mkds_formats::nkm::Nkm;
use mkds_memory::course::Course;
use mkds_memory::{Ram, symbols};
use nds_formats::fx::VecFx32;
use proptest::prelude::*;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn files(info: &CourseInfo) -> Result<(Kcl, Nkm)> {
    Ok((Kcl::parse(info.kcl)?, Nkm::parse(info.nkm)?))
}

fn started(info: &CourseInfo) -> Result<Game> {
    let mut game = Game::new(None)?;
    game.start_race(Combo {
        character: 3,
        kart: 10,
        course: info.id,
    })?;
    Ok(game)
}

fn length(a: [f64; 3]) -> f64 {
    a.iter().map(|part| part * part).sum::<f64>().sqrt()
}

fn gap(a: [f64; 3], b: [f64; 3]) -> f64 {
    length([a[0] - b[0], a[1] - b[1], a[2] - b[2]])
}

#[test]
fn a_course_is_the_same_from_ram_and_from_its_files() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let in_ram = Course::read(&Ram::new(game.ram())?.race()?.ok_or("no race")?)?;
        let (kcl, nkm) = files(info)?;
        let in_files = Course::from_files(&kcl, &nkm)?;
        assert_eq!((in_files.id(), in_files.laps()), (None, in_ram.laps()));
        assert_eq!(in_ram.id(), Some(u32::from(info.id)));
        let in_files = in_files.with_id(info.id.into());
        assert_eq!(
            in_ram.track().triangles(),
            in_files.track().triangles(),
            "{}: triangles",
            info.name
        );
        assert_eq!(in_ram.sources(), in_files.sources(), "{}", info.name);
        assert_eq!(
            in_ram.track().checkpoints(),
            in_files.track().checkpoints(),
            "{}",
            info.name
        );
        assert_eq!(
            in_ram.track().start(),
            in_files.track().start(),
            "{}",
            info.name
        );
        assert_eq!(
            in_ram.track().centreline(),
            in_files.track().centreline(),
            "{}",
            info.name
        );
        assert_eq!(
            in_ram.track().boundary().segments(),
            in_files.track().boundary().segments(),
            "{}: boundary",
            info.name
        );
        assert!(
            in_ram == in_files,
            "{}: something else, like the octree",
            info.name
        );
    }
    Ok(())
}

#[test]
fn a_course_is_the_same_from_the_rom() -> Result {
    for info in COURSES {
        let course = names::Course::by_id(info.id).ok_or("no such course")?;
        let packed = CourseFiles::of_rom(homebrew::ROM, course)?.ok_or("not in the ROM")?;
        let from_rom = Course::from_files(&Kcl::parse(&packed.kcl)?, &Nkm::parse(&packed.nkm)?)?;
        let game = started(info)?;
        let in_ram = Course::read(&Ram::new(game.ram())?.race()?.ok_or("no race")?)?;
        assert!(in_ram == from_rom.with_id(info.id.into()), "{}", info.name);
    }
    Ok(())
}

/// Prisms keep one corner and are fitted so that the two others come back within 1/16 unit.
#[test]
fn corners_come_back_within_a_sixteenth_of_a_unit() -> Result {
    const TOLERANCE: f64 = 1.0 / 16.0;
    for info in COURSES {
        let (kcl, nkm) = files(info)?;
        let course = Course::from_files(&kcl, &nkm)?;
        let exact: Vec<[f64; 3]> = kcl.positions().iter().map(|p| p.to_f64()).collect();
        let mut known = exact.clone();
        for (triangle, source) in course.track().triangles().iter().zip(course.sources()) {
            let rebuilt = kcl.triangle(source.prism).ok_or("no such prism")?;
            for (corner, rebuilt) in triangle.corners.iter().zip(rebuilt) {
                let corner = corner.map(f64::from);
                let gap = gap(corner, rebuilt);
                // What no prism keeps is what another prism gave: both are off the true one.
                let limit = if exact.contains(&corner) { 1.0 } else { 2.0 };
                assert!(
                    gap < limit * TOLERANCE,
                    "{}: {corner:?} {rebuilt:?}",
                    info.name
                );
                if !known.contains(&corner) {
                    known.push(corner);
                }
            }
        }
        // So no corner was taken for another, and triangles that meet share theirs to the bit.
        for (index, corner) in known.iter().enumerate() {
            for other in &known[index + 1..] {
                assert!(
                    gap(*corner, *other) > 4.0 * TOLERANCE,
                    "{}: {corner:?} {other:?}",
                    info.name
                );
            }
        }
    }
    Ok(())
}

/// The game adds up the distances from checkpoint to checkpoint; the centreline takes the bends.
#[test]
fn a_lap_is_a_little_longer_than_from_checkpoint_to_checkpoint() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let race = Ram::new(game.ram())?.race()?.ok_or("no race")?;
        let course = Course::read(&race)?;
        let lap = course.track().lap_length().ok_or("no lap")?;
        let track = race.map()?.data().track_length().to_f32();
        assert!(
            lap >= track * 0.999 && lap < track * 1.05,
            "{}: {lap} {track}",
            info.name
        );
        for (index, checkpoint) in course.track().checkpoints().iter().enumerate() {
            let along = course
                .track()
                .centreline()
                .along_of_checkpoint(index)
                .ok_or("off the line")?;
            let progress = course
                .track()
                .centreline()
                .progress(checkpoint.midpoint, Some(index));
            let gap = progress.ok_or("no line")? - along / lap;
            assert!(
                (gap - gap.round()).abs() < 1e-3,
                "{}: checkpoint {index}",
                info.name
            );
        }
        // Once around, the line heads where it did, one turn further to the left or right.
        let turn = course.track().centreline().heading_change(0.0, lap);
        assert!(
            (turn.abs() - std::f32::consts::TAU).abs() < 0.01,
            "{}: {turn}",
            info.name
        );
    }
    Ok(())
}

#[test]
fn the_octree_in_ram_is_the_octree_in_the_file() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let race = Ram::new(game.ram())?.race()?.ok_or("no race")?;
        let octree = race.collision()?.octree();
        let (kcl, _) = files(info)?;
        assert_eq!(octree.area(), kcl.area());
        let found = octree.checked()?;
        assert_eq!(found, &kcl.octree()[..found.len()]);
        // Behind it there is at most padding.
        assert!(kcl.octree().len() - found.len() < 4, "{}", info.name);
    }
    Ok(())
}

/// Points inside the box of a course's octree and around it.
fn points(kcl: &Kcl) -> impl Strategy<Value = VecFx32> + use<> {
    let area = *kcl.area();
    let axis = |minimum: i32, mask: u32| {
        let width = i64::from((!mask).wrapping_add(1)) << 12;
        let (minimum, margin) = (i64::from(minimum), 64 << 12);
        (minimum - margin..minimum + width + margin).prop_map(|part| part as i32)
    };
    let [x, y, z] = area.width_masks;
    let anywhere = (
        axis(area.area_min.x.0, x),
        axis(area.area_min.y.0, y),
        axis(area.area_min.z.0, z),
    );
    let corners: Vec<VecFx32> = kcl.positions().to_vec();
    let near = (
        0..corners.len(),
        [
            -(40i32 << 12)..40 << 12,
            -(40 << 12)..40 << 12,
            -(40 << 12)..40 << 12,
        ],
    )
        .prop_map(move |(index, [x, y, z])| {
            let corner = corners[index];
            VecFx32::from_raw(corner.x.0 + x, corner.y.0 + y, corner.z.0 + z)
        });
    prop_oneof![
        1 => anywhere.prop_map(|(x, y, z)| VecFx32::from_raw(x, y, z)),
        2 => near,
    ]
}

/// How far `point` lies from a triangle: from its inside, or from the nearest of its sides.
fn distance(point: [f64; 3], corners: [[f64; 3]; 3]) -> f64 {
    let sub = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let cross = |a: [f64; 3], b: [f64; 3]| {
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    };
    let [a, b, c] = corners;
    let normal = cross(sub(b, a), sub(c, a));
    let sides = [(a, b), (b, c), (c, a)];
    let over = |(from, to): &([f64; 3], [f64; 3])| {
        dot(cross(sub(*to, *from), sub(point, *from)), normal) >= 0.0
    };
    if sides.iter().all(over) {
        return dot(sub(point, a), normal).abs() / length(normal);
    }
    let to_side = |(from, to): ([f64; 3], [f64; 3])| {
        let along = sub(to, from);
        let share = (dot(sub(point, from), along) / dot(along, along)).clamp(0.0, 1.0);
        gap(
            point,
            [0, 1, 2].map(|axis| from[axis] + along[axis] * share),
        )
    };
    sides.map(to_side).into_iter().fold(f64::INFINITY, f64::min)
}

#[test]
fn a_lookup_finds_what_the_file_has_and_all_that_a_sphere_touches() -> Result {
    for info in COURSES {
        let (kcl, nkm) = files(info)?;
        let course = Course::from_files(&kcl, &nkm)?;
        let game = started(info)?;
        let race = Ram::new(game.ram())?.race()?.ok_or("no race")?;
        let octree = race.collision()?.octree();
        let radius = kcl.area().sphere_radius.to_f64();
        assert!(radius > 0.0);
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(2000));
        runner.run(&points(&kcl), |point| {
            let filed: Vec<u16> = kcl.leaf(point).collect();
            let in_ram = octree
                .prisms_at(point)
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&in_ram.collect::<Vec<_>>(), &filed);
            // Single precision keeps 24 bits, a coordinate has up to 31.
            let exact = point.to_f32().map(f64::from) == point.to_f64();
            if exact {
                prop_assert_eq!(
                    &course
                        .prisms_at(point.to_f32())
                        .expect("sound")
                        .collect::<Vec<_>>(),
                    &filed
                );
            }
            let area = kcl.area();
            let inside = [
                (point.x.0, area.area_min.x.0, area.width_masks[0]),
                (point.y.0, area.area_min.y.0, area.width_masks[1]),
                (point.z.0, area.area_min.z.0, area.width_masks[2]),
            ]
            .iter()
            .all(|(at, minimum, mask)| {
                (i64::from(*at) - i64::from(*minimum)) >> 12 & i64::from(*mask) == 0
                    && at >= minimum
            });
            for (triangle, source) in course.track().triangles().iter().zip(course.sources()) {
                let corners = triangle.corners.map(|corner| corner.map(f64::from));
                // A hair less, for what rounding did to the corners.
                if inside && distance(point.to_f64(), corners) < radius - 0.1 {
                    prop_assert!(
                        filed.contains(&source.prism),
                        "prism {} near {point:?}",
                        source.prism
                    );
                }
            }
            if !inside {
                prop_assert!(filed.is_empty());
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_prism_is_found_by_its_number() -> Result {
    let (kcl, nkm) = files(&COURSES[0])?;
    let course = Course::from_files(&kcl, &nkm)?;
    for (triangle, source) in course.track().triangles().iter().zip(course.sources()) {
        assert_eq!(course.prism(source.prism), Some(triangle));
    }
    assert_eq!(course.prism(0), None);
    assert_eq!(course.prism(u16::MAX), None);
    let start = course.track().start().ok_or("no start")?.position;
    let floor = course.track().floor_below(start).ok_or("no floor")?;
    let below = course.sources()[floor.triangle].prism;
    assert!(course.prisms_at(start)?.any(|number| number == below));
    Ok(())
}

/// The octree of a hand-made image with words of it replaced: offsets from its start.
fn broken(words: &[(u32, u32)]) -> String {
    let mut image = Image::race(&Ring::default(), 1, 0);
    let header = symbols::COLLISION_HEADER.address;
    let at = (header + 12 - 0x0200_0000) as usize;
    let octree = u32::from_le_bytes([0, 1, 2, 3].map(|i| image.bytes[at + i]));
    for (offset, word) in words {
        image.word(octree + offset, *word);
    }
    let race = Ram::new(&image.bytes).and_then(|ram| ram.race());
    let course = race.and_then(|race| Course::read(&race.expect("a race")));
    let course = course.expect("a course, whatever its octree");
    assert!(
        course
            .track()
            .floor_below(Ring::default().point(0.3, 10.0).map(|part| part + 1.0))
            .is_some()
    );
    course
        .prisms_at([0.0; 3])
        .expect_err("a broken octree")
        .to_string()
}

#[test]
fn a_broken_octree_is_an_error_that_says_where() {
    // A child table that is its own parent.
    let cyclic = broken(&[(0, 0)]);
    assert!(
        cyclic.contains("collision_header.octree: KCL, octree at 0x2"),
        "{cyclic}"
    );
    let dangling = broken(&[(0, 0x7FFF_FFF0)]);
    assert!(
        dangling.contains("expected children after their parent, below offset"),
        "{dangling}"
    );
    let list = broken(&[(0, 0xFFFF_FFF0)]);
    assert!(
        list.contains("ended by 0, at offset 0x7FFFFFF2, found none"),
        "{list}"
    );
    let odd = broken(&[(0, 0x8000_0001)]);
    assert!(
        odd.contains("ended by 0, at offset 0x3, found none"),
        "{odd}"
    );
    let number = broken(&[(4, u32::MAX)]);
    assert!(
        number.contains("expected a list of indices up to 480"),
        "{number}"
    );
    assert!(number.contains("found the index 65535"), "{number}");
}
