//! The map of a bundled course.

use drawing::{Drawing, Shape};
use mkds_formats::kcl::Kcl;
use mkds_formats::nkm::Nkm;
use mkds_memory::course::Course;
use overlays::{CourseMap, Races};
use overlays_mkds::MkdsRaces;

fn oval() -> Course {
    let files = &homebrew::COURSES[0];
    let (kcl, nkm) = (Kcl::parse(files.kcl), Nkm::parse(files.nkm));
    Course::from_files(&kcl.expect("a KCL"), &nkm.expect("an NKM")).expect("a course")
}

fn draw(course: &Course, size: u32) -> Drawing {
    let (paths, objects) = (vec![vec![[0.0, 0.0], [9.0, 9.0]]], [[1.0, 1.0]]);
    let map = CourseMap {
        course: MkdsRaces::course(course),
        title: "Oval <&>",
        laps: course.laps(),
        item_paths: &paths,
        enemy_paths: &[],
        objects: &objects,
    };
    map.draw(size)
}

fn layer<'a>(drawing: &'a Drawing, name: &str) -> &'a [Shape] {
    let mut layers = drawing.list.layers();
    layers.find(|(layer, _)| *layer == name).expect("a layer").1
}

#[test]
fn ground_lines_and_checkpoints_are_inside_the_picture() {
    let course = oval();
    let drawing = draw(&course, 800);
    let longest = drawing.width.max(drawing.height);
    assert!((800..1000).contains(&longest), "{longest}");
    let ground = layer(&drawing, "ground");
    let floors = course
        .track()
        .triangles()
        .iter()
        .filter(|t| t.is_floor())
        .count();
    let polygons = ground.iter().filter(|s| matches!(s, Shape::Polygon { .. }));
    assert_eq!(polygons.count(), floors);
    let (width, height) = (drawing.width as f32, drawing.height as f32);
    for shape in ["ground", "centreline", "checkpoints", "key-checkpoints"]
        .iter()
        .flat_map(|name| layer(&drawing, name))
    {
        let points = match shape {
            Shape::Line { from, to, .. } => vec![*from, *to],
            Shape::Polyline { points, .. } | Shape::Polygon { points, .. } => points.clone(),
            Shape::Disc { center, .. } | Shape::Text { center, .. } => vec![*center],
        };
        for [x, y] in points {
            assert!(
                (0.0..=width).contains(&x) && (0.0..=height).contains(&y),
                "{shape:?}"
            );
        }
    }
    let keys = |course: &Course| {
        course
            .track()
            .checkpoints()
            .iter()
            .filter(|c| c.key.is_some())
            .count()
    };
    let lines = |name| {
        let lines = layer(&drawing, name).iter();
        lines.filter(|s| matches!(s, Shape::Line { .. })).count()
    };
    assert_eq!(lines("key-checkpoints"), keys(&course));
    assert_eq!(
        lines("checkpoints"),
        course.track().checkpoints().len() - keys(&course)
    );
    assert_eq!(
        layer(&drawing, "item-paths").len(),
        3,
        "two points and a line"
    );
    assert_eq!(layer(&drawing, "start").len(), 2, "an arrow on its shadow");
}
