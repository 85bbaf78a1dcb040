use std::path::Path;

use mkds_formats::kcl::CollisionType;
use mkds_memory::course::Course;
use nds_formats::fx::VecFx32;

use super::curve::Curve;
use super::{compile_text, description::Description};

const OVAL: &str = include_str!("../../../../homebrew/courses/amber-oval.toml");

fn homebrew() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../homebrew"))
}

fn refusal(text: &str) -> String {
    match compile_text("course", text) {
        Ok(_) => panic!("compiled"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn committed_files_are_what_the_descriptions_give() {
    super::check(homebrew()).expect("committed files");
}

#[test]
fn courses_differ_in_kind_and_fit_the_game() {
    let courses = super::compile_all(&homebrew().join("courses")).expect("sound courses");
    let ids: Vec<_> = courses
        .iter()
        .map(|c| (c.description.slot, c.nkm.stage.course_id))
        .collect();
    assert_eq!(ids[..4], [(0, 37), (1, 38), (2, 39), (3, 40)]);
    let kinds: std::collections::HashSet<_> = courses
        .iter()
        .map(|c| c.description.kind.as_str())
        .collect();
    assert_eq!(kinds.len(), courses.len());
    for course in &courses {
        assert!(
            (6000.0..10_000.0).contains(&course.length),
            "{}",
            course.length
        );
        assert!((400..=2500).contains(&course.kcl.prisms().len()));
        assert!((30..=45).contains(&course.nkm.checkpoints.len()));
        assert_eq!(course.nkm.checkpoints[0].key_id, 0);
    }
    let has = |slot: usize, collision: CollisionType| {
        let prisms = courses[slot].kcl.prisms();
        prisms
            .iter()
            .any(|prism| prism.attribute.collision_type() == Some(collision))
    };
    assert!(has(2, CollisionType::BoostPanel) && has(2, CollisionType::HeavyOffRoad));
    assert!(has(3, CollisionType::JumpPad));
}

#[test]
fn checkpoints_span_road_shoulders_and_walls() {
    for course in super::compile_all(&homebrew().join("courses")).expect("sound courses") {
        let curve = Curve::new(&course.description);
        let count = course.nkm.checkpoints.len();
        for (i, checkpoint) in course.nkm.checkpoints.iter().enumerate() {
            let along = curve.length() * i as f64 / count as f64;
            let frame = curve.frame(curve.ahead(course.description.start, along));
            let ends = [
                [checkpoint.x1, checkpoint.z1],
                [checkpoint.x2, checkpoint.z2],
            ];
            for (side, [x, z]) in super::description::Side::BOTH.into_iter().zip(ends) {
                let edge = frame.at(frame.edge(side), 0.0);
                let centre = frame.position;
                let reach = libm::hypot(x.to_f64() - centre[0], z.to_f64() - centre[2]);
                let needed = libm::hypot(edge[0] - centre[0], edge[2] - centre[2]);
                assert!(reach > needed, "{} checkpoint {i} {side:?}", course.stem);
            }
        }
    }
}

#[test]
fn marks_and_distances_agree() {
    let description: Description = toml::from_str(OVAL).expect("a description");
    let curve = Curve::new(&description);
    for i in 0..200 {
        let mark = curve.marks() * f64::from(i) / 200.0;
        assert!((curve.mark_at(curve.distance(mark)) - mark).abs() < 1e-9);
    }
    assert!((curve.ahead(0.5, curve.length()) - 0.5).abs() < 1e-9);
}

/// A course that crosses itself, on a bridge of that height.
fn figure_eight(bridge: f64) -> String {
    let (settings, _) = OVAL.split_once("points = [").expect("points");
    let (a, b, half) = (1800.0, 900.0, bridge / 2.0);
    let points = [
        [-a, half, 0.0],
        [-b, half, -b],
        [0.0, 0.0, 0.0],
        [b, half, b],
        [a, half, 0.0],
        [b, bridge, -b],
        [0.0, bridge, 0.0],
        [-b, bridge, b],
    ];
    let points = points.map(|at| format!("{{ at = {at:?} }}"));
    format!(
        "{}points = [{}]",
        settings.replace("330.0", "200.0"),
        points.join(", ")
    )
}

#[test]
fn a_course_may_cross_itself_on_a_bridge() {
    compile_text("eight", &figure_eight(200.0)).expect("a course with a bridge");
}

#[test]
fn undrivable_courses_are_refused() {
    let cases = [
        (
            OVAL.replace("min_radius = 330.0", "min_radius = 600.0"),
            "has a radius of",
        ),
        (
            OVAL.replace("shoulder = 70.0", "shoulder = 400.0"),
            "edge folds at mark",
        ),
        (figure_eight(0.0), "overlaps itself at marks"),
        (
            OVAL.replace("laps = 3", "laps = 3\ncolour = 1"),
            "unknown field",
        ),
        (
            OVAL.replace("checkpoint_spacing = 200.0", ""),
            "missing field",
        ),
        (OVAL.replace("width = 300.0", "width = -300.0"), "width"),
        (OVAL.replace("width = 300.0", "width = nan"), "width"),
        (OVAL.replace("start = 0.3", "start = inf"), "start"),
        (
            format!("{OVAL}\ngaps = [{{ from = 5.0, to = 3.0 }}]"),
            "from 5 to 3",
        ),
        (
            format!("{OVAL}\ngaps = [{{ from = 17.0, to = 19.0 }}]"),
            "from 17 to 19",
        ),
        (
            format!("{OVAL}\nobjects = [{{ id = 101, place = {{ at = 1.0 }}, path = 0 }}]"),
            "path = 0: the course has 0 paths",
        ),
        (
            format!("{OVAL}\nobjects = [{{ id = 101, place = {{ at = 99.0 }} }}]"),
            "not a place along the lap",
        ),
    ];
    for (text, expected) in cases {
        let error = refusal(&text);
        assert!(error.contains(expected), "expected {expected:?}: {error}");
    }
}

/// The largest distance between corresponding corners of two triangles. A prism may start at any
/// corner, but keeps their order.
fn farthest_miss(given: [[f64; 3]; 3], found: [[f64; 3]; 3]) -> f64 {
    let from = |first: usize| {
        let off = |i: usize| {
            let vertex = given[(first + i) % 3];
            let axes = [0, 1, 2].map(|axis| found[i][axis] - vertex[axis]);
            libm::sqrt(axes.iter().map(|d| d * d).sum())
        };
        (0..3).map(off).fold(0.0, f64::max)
    };
    (0..3).map(from).fold(f64::INFINITY, f64::min)
}

#[test]
fn prisms_give_the_generators_own_triangles_back_within_a_sixteenth() {
    for course in super::compile_all(&homebrew().join("courses")).expect("sound courses") {
        let curve = Curve::new(&course.description);
        let given = super::sweep::triangles(&course.description, &curve);
        assert_eq!(given.len(), course.kcl.prisms().len(), "{}", course.stem);
        // The sensors' mesh, in which the shared corners of triangles are joined.
        let seen = Course::from_files(&course.kcl, &course.nkm).expect("a course");
        for (index, triangle) in (1..).zip(given) {
            let rebuilt = course.kcl.triangle(index).expect("a triangle");
            let seen = seen.prism(index).expect("a triangle").corners;
            let seen = seen.map(|corner| corner.map(f64::from));
            for corners in [rebuilt, seen] {
                let miss = farthest_miss(triangle.vertices.map(VecFx32::to_f64), corners);
                assert!(
                    miss <= 1.0 / 16.0,
                    "{} prism {index}: {miss} units",
                    course.stem
                );
            }
        }
    }
}

#[test]
fn one_course_has_every_section_of_a_race_courses_map() {
    let courses = super::compile_all(&homebrew().join("courses")).expect("sound courses");
    let nkm = &courses[2].nkm;
    assert_eq!(nkm.objects.len(), 4);
    assert!(
        nkm.objects
            .iter()
            .all(|object| object.shows_in_time_trial == 0)
    );
    let points: usize = nkm.paths.iter().map(|p| usize::from(p.point_count)).sum();
    assert_eq!((nkm.paths.len(), points), (2, nkm.path_points.len()));
    assert_eq!(nkm.objects[3].path_id, 0);
    assert_eq!(nkm.cameras.len(), 4);
    for (area, mark) in nkm.areas.iter().zip([10.75, 30.75]) {
        let camera = &nkm.cameras[usize::from(area.camera_id)];
        assert_eq!((camera.kind, area.kind), (1, 1));
        // The middle of the watched part is inside its box, the far side of the course is not.
        let curve = Curve::new(&courses[2].description);
        let inside = |mark: f64| {
            let at = curve.frame(mark).position;
            let from = area.position.to_f64();
            [(area.x_vector, area.size.x), (area.z_vector, area.size.z)]
                .into_iter()
                .all(|(axis, size)| {
                    let axis = axis.to_f64();
                    let along: f64 = (0..3).map(|k| (at[k] - from[k]) * axis[k]).sum();
                    along.abs() <= size.to_f64() * 50.0
                })
        };
        assert!(inside(mark - 1.7) && inside(mark) && inside(mark + 1.7));
        assert!(!inside((mark + 20.0) % 40.0));
    }
}
