use std::path::Path;

use proptest::prelude::*;

use super::geometry::{Vec3, add_scaled, cross, dot, length, sub};
use super::{Attribute, BuildOptions, CollisionType, HEADER_SIZE, Kcl, Triangle};
use nds_formats::fx::VecFx32;

/// A hilly square of road, 8 x 8 quads of 100 units.
fn hills() -> Vec<Triangle> {
    let at = |x: i32, z: i32| {
        let y = f64::from((x * 7 + z * 5 + x * z) % 11) * 3.0;
        VecFx32::from_f64([f64::from(x) * 100.0, y, f64::from(z) * 100.0])
    };
    let attribute = Attribute::of(CollisionType::Road);
    (0..8)
        .flat_map(|x| (0..8).map(move |z| (x, z)))
        .flat_map(|(x, z)| {
            let (a, b, c, d) = (at(x, z), at(x, z + 1), at(x + 1, z), at(x + 1, z + 1));
            [[a, b, c], [b, d, c]].map(|vertices| Triangle {
                vertices,
                attribute,
            })
        })
        .collect()
}

fn built() -> Kcl {
    Kcl::build(&hills(), &BuildOptions::default()).expect("the hills are sound")
}

/// The files of the bundled game's courses.
fn courses() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../homebrew/courses/built");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder of compiled courses") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "kcl") {
            files.push(std::fs::read(path).expect("a compiled course"));
        }
    }
    assert!(files.len() >= 4, "{} courses", files.len());
    files
}

/// Distance from a point to the nearest point of a triangle, by its plane and its sides.
fn distance(point: Vec3, [a, b, c]: [Vec3; 3]) -> f64 {
    let to_segment = |a: Vec3, b: Vec3| {
        let side = sub(b, a);
        let part = (dot(sub(point, a), side) / dot(side, side)).clamp(0.0, 1.0);
        length(sub(point, add_scaled(a, side, part)))
    };
    let normal = cross(sub(b, a), sub(c, a));
    let inside = [(a, b), (b, c), (c, a)]
        .into_iter()
        .all(|(p, q)| dot(cross(sub(q, p), sub(point, p)), normal) >= 0.0);
    if inside {
        return dot(sub(point, a), normal).abs() / length(normal);
    }
    to_segment(a, b).min(to_segment(b, c)).min(to_segment(c, a))
}

#[test]
fn courses_come_back_byte_for_byte() {
    for bytes in courses() {
        assert_eq!(Kcl::parse(&bytes).expect("a sound file").to_bytes(), bytes);
    }
}

#[test]
fn vertices_come_back_within_a_sixteenth() {
    let kcl = built();
    for (index, given) in (1..).zip(hills()) {
        let rebuilt = kcl.triangle(index).expect("a triangle");
        for vertex in given.vertices.map(VecFx32::to_f64) {
            let nearest = rebuilt.map(|found| length(sub(found, vertex)));
            assert!(
                nearest.into_iter().fold(f64::MAX, f64::min) < 1.0 / 16.0,
                "{index}"
            );
        }
    }
}

#[test]
fn prisms_follow_the_games_conventions() {
    let kcl = built();
    for (index, prism) in (1..).zip(kcl.prisms()) {
        let corner = kcl.positions()[usize::from(prism.position)].to_f64();
        let [face, e1, e2, e3] = [
            prism.face_normal,
            prism.edge_normals[0],
            prism.edge_normals[1],
            prism.edge_normals[2],
        ]
        .map(|normal| kcl.normals()[usize::from(normal)].to_f64());
        assert!(face[1] > 0.9, "road faces up");
        let [v0, v1, v2] = kcl.triangle(index).expect("a triangle");
        assert_eq!(v0, corner);
        let middle = [0, 1, 2].map(|axis| (v0[axis] + v1[axis] + v2[axis]) / 3.0);
        let from_corner = sub(middle, corner);
        assert!(dot(from_corner, e1) < 0.0 && dot(from_corner, e2) < 0.0);
        assert!(dot(from_corner, e3) > 0.0 && dot(from_corner, e3) < prism.height.to_f64());
        assert!(dot(sub(v2, v0), e1).abs() < 0.1 && dot(sub(v1, v0), e2).abs() < 0.1);
    }
}

#[test]
fn attributes_unpack() {
    let wall = Attribute::of(CollisionType::Wall);
    assert_eq!(
        (wall.0, wall.is_wall(), wall.is_floor()),
        (0x4800, true, false)
    );
    let road = Attribute::of(CollisionType::Road);
    assert_eq!(
        (road.0, road.is_wall(), road.is_floor()),
        (0x8000, false, true)
    );
    for &collision in CollisionType::ALL {
        assert_eq!(Attribute::of(collision).collision_type(), Some(collision));
    }
    assert_eq!(Attribute(0x1700).collision_type(), None);
    let packed = Attribute(0b0010_0000_1011_1011);
    assert!(packed.is_shadow() && packed.ignored_by_drivers() && packed.ignored_by_items());
    assert_eq!((packed.light(), packed.variant()), (5, 5));
}

#[test]
fn slivers_and_huge_triangles_are_refused() {
    let triangle = |vertices: [[f64; 3]; 3]| Triangle {
        vertices: vertices.map(VecFx32::from_f64),
        attribute: Attribute::of(CollisionType::Road),
    };
    let straight = triangle([[0.0; 3], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]);
    let huge = triangle([[0.0; 3], [211.0, 90.0, 3001.0], [2999.0, -70.0, 101.0]]);
    for bad in [straight, huge] {
        let error = Kcl::build(&[bad], &BuildOptions::default()).expect_err("a bad triangle");
        assert!(error.to_string().contains("triangle 0"), "{error}");
    }
    assert!(Kcl::build(&[], &BuildOptions::default()).is_err());
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = built().to_bytes();
    for end in 0..bytes.len() {
        assert!(
            Kcl::parse(&bytes[..end]).is_err(),
            "{end} of {} bytes",
            bytes.len()
        );
    }
}

/// The error for a file in which the word at `offset` is replaced.
fn error_with(offset: usize, word: u32) -> String {
    let mut bytes = built().to_bytes();
    bytes[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
    Kcl::parse(&bytes).expect_err("a broken file").to_string()
}

#[test]
fn errors_name_section_and_offset() {
    let bytes = built().to_bytes();
    let word = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[at + i])) as usize;
    let (prisms, octree) = (word(8) + 0x10, word(12));
    let cases = [
        (
            0,
            0,
            "header at 0x0: expected the positions at 0x3C..=0x3C, found 0x0",
        ),
        (4, u32::MAX, "header at 0x4: expected the normals at"),
        (8, u32::MAX, "header at 0x8: expected the prisms at"),
        (12, 0, "header at 0xC: expected the octree at"),
        (0x20, 12345, "header at 0x20: expected the mask of a width"),
        (0x2C, 40, "header at 0x20: expected the mask of a width"),
        (0x30, 31, "header at 0x30: expected block shifts"),
        (
            prisms + 4,
            0xFFFF,
            "expected a position index below 64, found 65535",
        ),
        (octree, 0, "expected children after their parent"),
        (octree, 0x7FFF_FFF0, "expected children after their parent"),
        (octree, 0x8000_0001, "ended by 0, at offset 0x3, found none"),
        (octree, u32::MAX, "ended by 0, at offset"),
    ];
    for (offset, word, expected) in cases {
        let error = error_with(offset, word);
        assert!(error.contains(expected), "{offset:#X}: {error}");
    }
}

#[test]
fn a_leaf_without_end_is_an_error() {
    let mut bytes = built().to_bytes();
    let end = bytes.len();
    bytes[end - 2..].copy_from_slice(&1_u16.to_le_bytes());
    assert!(Kcl::parse(&bytes).is_err());
}

proptest! {
    #[test]
    fn a_leaf_holds_all_that_a_sphere_can_touch(
        x in -300.0..1100.0, y in -200.0..300.0, z in -300.0..1100.0,
    ) {
        let (kcl, triangles) = (built(), hills());
        let point = VecFx32::from_f64([x, y, z]);
        let leaf: Vec<u16> = kcl.leaf(point).collect();
        for (index, triangle) in (1..).zip(triangles) {
            let near = distance(point.to_f64(), triangle.vertices.map(VecFx32::to_f64)) < 25.0;
            prop_assert!(!near || leaf.contains(&index), "{} at {:?}", index, point.to_f32());
        }
        prop_assert!(leaf.len() < 64, "{} prisms in a leaf", leaf.len());
    }

    #[test]
    fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Kcl::parse(&bytes);
    }

    #[test]
    fn damaged_files_do_not_panic(
        at in 0..4000_usize, word: u32, x: i32, y: i32, z: i32,
    ) {
        let mut bytes = built().to_bytes();
        // Half of the damage goes to the header, where it does most.
        let at = if word % 2 == 0 { at % HEADER_SIZE } else { at % (bytes.len() - 4) };
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        if let Ok(kcl) = Kcl::parse(&bytes) {
            prop_assert_eq!(kcl.to_bytes(), bytes);
            kcl.leaf(VecFx32::from_raw(x, y, z)).for_each(|index| {
                kcl.triangle(index);
            });
        }
    }
}

#[test]
fn leaves_of_the_courses_hold_all_that_a_sphere_can_touch() {
    for bytes in courses() {
        let kcl = Kcl::parse(&bytes).expect("a sound file");
        let triangles: Vec<_> = (1..=kcl.prisms().len() as u16)
            .filter_map(|index| kcl.triangle(index))
            .collect();
        assert_eq!(triangles.len(), kcl.prisms().len());
        // Points spread over the triangles themselves, up to a sphere's radius off.
        for (i, triangle) in triangles.iter().enumerate().step_by(7) {
            let [a, b, c] = *triangle;
            let part = f64::from(i as u32 % 10) / 10.0;
            let on_side = add_scaled(a, sub(b, a), part);
            let point = add_scaled(on_side, sub(c, on_side), 0.3);
            let point = [
                point[0],
                point[1] + f64::from(i as u32 % 5) * 5.0 - 10.0,
                point[2],
            ];
            let leaf: Vec<u16> = kcl.leaf(VecFx32::from_f64(point)).collect();
            for (index, &triangle) in (1..).zip(&triangles) {
                let near = distance(point, triangle) < 24.5;
                assert!(!near || leaf.contains(&index), "{index} at {point:?}");
            }
            assert!(leaf.len() < 64, "{} prisms in a leaf", leaf.len());
        }
    }
}
