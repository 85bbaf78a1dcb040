//! Collision: a parsed file is written back unchanged and can be queried; a built file can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nds_formats::fx::VecFx32;
use mkds_formats::kcl::{Attribute, BuildOptions, Kcl, Triangle};

fuzz_target!(|file: &[u8]| {
    if let Ok(kcl) = Kcl::parse(file) {
        assert_eq!(kcl.to_bytes(), file);
        check(&kcl);
    } else if file.len() <= 40 * 16 {
        build(file);
    }
});

fn check(kcl: &Kcl) {
    assert_eq!(kcl.prism(0), None);
    let prisms = kcl.prisms().len();
    for index in 1..=prisms.min(1000) as u16 {
        assert!(kcl.prism(index).is_some());
        let _ = kcl.triangle(index);
    }
    let min = kcl.area().area_min;
    let corners = kcl.positions().iter().take(100).copied();
    for point in corners.chain([min, VecFx32::default()]) {
        assert!(kcl.leaf(point).all(|index| kcl.prism(index).is_some()));
    }
}

/// Triangles of coordinates in sixteenths of a unit.
fn build(input: &[u8]) {
    let triangles = input.chunks_exact(20).map(|bytes| {
        let half = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let vertex = |at: usize| {
            let [x, y, z] = [0, 2, 4].map(|part| i32::from(half(at + part)) << 8);
            VecFx32::from_raw(x, y, z)
        };
        Triangle {
            vertices: [vertex(0), vertex(6), vertex(12)],
            attribute: Attribute(half(18) as u16),
        }
    });
    let triangles: Vec<_> = triangles.collect();
    if let Ok(kcl) = Kcl::build(&triangles, &BuildOptions::default()) {
        let read = Kcl::parse(&kcl.to_bytes()).expect("what we built");
        assert_eq!(read, kcl);
        check(&kcl);
    }
}
