//! What overlays promise, on races of the bundled game.

mod drive;

use desmume::Emulator;
use drawing::{Color, DrawList, Point, Screen, Shape};
use drive::{Drive, Extras};
use machine::Machine as _;
use mkds_memory::RamMut;
use overlays::{
    Boundary, Centreline, Checkpoints, Fields, Gates, Ghost, GhostRun, MapPlace, Minimap, Objects,
    Overlay, OverlayKind, ReferenceLine, Rewards, Trajectory, all, draw_all,
};
use track::ZClip;

const COURSES: [u8; 4] = [20, 22, 31, 18];

fn drawn(overlay: impl Overlay, scene: &overlays::Scene<'_>) -> Vec<Shape> {
    let mut list = DrawList::default();
    overlay.draw(scene, &mut list);
    list.shapes().to_vec()
}

fn nothing() -> Extras {
    Extras {
        ghosts: Vec::new(),
        reference_line: Vec::new(),
        rewards: Vec::new(),
        fields: Vec::new(),
    }
}

/// All points of a shape; those of text are the corners of a box around it.
fn points(shape: &Shape) -> Vec<Point> {
    match shape {
        Shape::Line { from, to, .. } => vec![*from, *to],
        Shape::Polyline { points, .. } | Shape::Polygon { points, .. } => points.clone(),
        Shape::Disc { center, .. } => vec![*center],
        Shape::Text {
            center, size, text, ..
        } => {
            let half = [text.chars().count() as f32 * size * 0.3, size * 0.4];
            [[-1.0, -1.0], [1.0, 1.0]]
                .map(|corner: Point| [0, 1].map(|axis| center[axis] + corner[axis] * half[axis]))
                .to_vec()
        }
    }
}

fn texts(shapes: &[Shape]) -> Vec<&str> {
    let mut texts = Vec::new();
    for shape in shapes {
        if let Shape::Text { text, .. } = shape {
            texts.push(text.as_str());
        }
    }
    texts
}

fn polylines(shapes: &[Shape]) -> Vec<(&[Point], Color)> {
    let polyline = |shape| match shape {
        &Shape::Polyline {
            ref points, color, ..
        } => Some((points.as_slice(), color)),
        _ => None,
    };
    shapes.iter().filter_map(polyline).collect()
}

/// Whether a point is inside a polygon: the edges go round it.
fn winds_around(polygon: &[Point], [x, y]: Point) -> bool {
    let next = polygon.iter().cycle().skip(1);
    let mut turns = 0;
    for ([ax, ay], [bx, by]) in polygon.iter().zip(next) {
        let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        if *ay <= y && *by > y && side > 0.0 {
            turns += 1;
        } else if *ay > y && *by <= y && side < 0.0 {
            turns -= 1;
        }
    }
    turns != 0
}

#[test]
fn everything_is_a_number_and_on_its_screen_all_around_every_course() {
    let overlays = all();
    for course in COURSES {
        let (mut drive, extras) = Drive::with_extras(course, 1);
        let mut list = DrawList::default();
        for _ in 0..40 {
            drive.go(70, 140.0);
            list.clear();
            draw_all(&overlays, &drive.scene(&extras), &mut list);
            assert!(list.layers().count() == overlays.len());
            for (screen, shapes) in list.by_screen() {
                let [low, high] = screen.expect("a screen was chosen").corners();
                for shape in shapes {
                    for point in points(shape) {
                        let inside = |axis: usize| (low[axis]..=high[axis]).contains(&point[axis]);
                        assert!(inside(0) && inside(1), "course {course}: {shape:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn without_what_the_caller_knows_nothing_is_drawn_of_it() {
    let mut drive = Drive::on(20);
    drive.go(400, 140.0);
    let scene = drive.plain_scene();
    for kind in [
        OverlayKind::Ghost,
        OverlayKind::Trajectory,
        OverlayKind::SpeedTrajectory,
        OverlayKind::ReferenceLine,
        OverlayKind::Rewards,
        OverlayKind::Fields,
    ] {
        assert_eq!(drawn(kind.make(), &scene), [], "{}", kind.name());
    }
}

#[test]
fn what_crosses_the_near_plane_ends_at_the_edge_of_the_screen() {
    let mut drive = Drive::on(20);
    drive.go(500, 140.0);
    let scene = drive.plain_scene();
    let [x, _, z] = scene.position();
    let ([ahead_x, _, ahead_z], floor) = (scene.facts.pose.forward, scene.floor);
    let along = |distance: f32| [x + ahead_x * distance, floor, z + ahead_z * distance];
    // The camera is behind the kart: the line comes from behind the camera.
    let line = [along(-500.0), along(300.0)];
    assert!(scene.projection.in_view(line[0])[2] < 0.0);
    let scene = scene.with_reference_line(&line);
    let shapes = drawn(ReferenceLine { reach: 2000.0 }, &scene);
    let lines = polylines(&shapes);
    let [(points, _)] = lines[..] else {
        panic!("{} lines", lines.len());
    };
    let [start, end] = [points[0], points[points.len() - 1]];
    assert!(
        (start[1] - 192.0).abs() < 0.01,
        "at the lower edge: {start:?}"
    );
    let tip = scene.projection.point(line[1], ZClip::NativeNear);
    let tip = tip.expect("before the camera");
    assert!((tip[0] - end[0]).abs() + (tip[1] - end[1]).abs() < 0.01);
    // A straight line is straight: what is seen of it passes by its own points.
    let middle = scene.projection.point(along(20.0), ZClip::NativeNear);
    let [x, y] = middle.expect("before the camera");
    let share = (y - start[1]) / (end[1] - start[1]);
    assert!((start[0] + (end[0] - start[0]) * share - x).abs() < 0.5);
}

#[test]
fn the_boundary_is_beside_the_kart_on_either_side_and_only_as_far_as_asked() {
    let mut drive = Drive::on(20);
    drive.go(450, 140.0);
    let scene = drive.plain_scene();
    let kart = scene
        .projection
        .point(scene.position(), ZClip::NativeNear)
        .expect("seen");
    let count = |reach: f32| {
        let shapes = drawn(Boundary { reach }, &scene);
        let left = shapes
            .iter()
            .filter(|shape| points(shape).iter().all(|p| p[0] < kart[0]));
        let right = shapes
            .iter()
            .filter(|shape| points(shape).iter().all(|p| p[0] > kart[0]));
        (left.count(), right.count())
    };
    let (left, right) = count(800.0);
    assert!(
        left > 0 && right > 0,
        "{left} on the left, {right} on the right"
    );
    let (near_left, near_right) = count(250.0);
    assert!(near_left + near_right < left + right);
    assert_eq!(count(5.0), (0, 0));
}

#[test]
fn all_checkpoints_are_there_and_the_next_one_stands_out() {
    let mut drive = Drive::on(22);
    drive.go(450, 140.0);
    let scene = drive.plain_scene();
    let next = scene.course.track.checkpoints()[scene.checkpoint()].next[0];
    let three = drawn(Checkpoints::default(), &scene);
    let all = drawn(Checkpoints::of(Gates::All), &scene);
    let keys = drawn(Checkpoints::of(Gates::Key), &scene);
    assert!(texts(&three).contains(&next.to_string().as_str()));
    assert!(all.len() > three.len() && all.len() > keys.len());
    let key_names = texts(&keys);
    assert!(
        key_names.iter().all(|name| name.contains("key")),
        "{key_names:?}"
    );
    let without = Checkpoints {
        numbers: false,
        ..Checkpoints::of(Gates::All)
    };
    assert_eq!(texts(&drawn(without, &scene)), Vec::<&str>::new());
    let none = Checkpoints {
        count: 0,
        ..Checkpoints::default()
    };
    assert_eq!(drawn(none, &scene), []);
}

#[test]
fn the_centreline_leads_from_the_kart_ahead_in_dashes_that_lie_on_the_floor() {
    for course in COURSES {
        let mut drive = Drive::on(course);
        drive.go(700, 140.0);
        let scene = drive.plain_scene();
        let line = Centreline {
            ahead: 300.0,
            behind: 0.0,
        };
        let shapes = drawn(line, &scene);
        let dashes = polylines(&shapes);
        assert!((3..=9).contains(&dashes.len()), "{} dashes", dashes.len());
        // The way to a point of the floor that is 200 units ahead is among them.
        let [x, _, z] = scene.position();
        let here = scene
            .course
            .track
            .centreline()
            .project([x, z], Some(scene.checkpoint()));
        let along = here.expect("a line").along + 200.0;
        let ([x, z], _) = scene.course.track.centreline().at(along).expect("a point");
        let floor = scene
            .course
            .track
            .floor_below([x, scene.floor + 60.0, z])
            .expect("a floor");
        let spot = scene
            .projection
            .point([x, floor.y, z], ZClip::NativeNear)
            .expect("ahead");
        let gap = |point: &Point| (point[0] - spot[0]).hypot(point[1] - spot[1]);
        let nearest = dashes.iter().flat_map(|(points, _)| *points).map(gap);
        let nearest = nearest.fold(f32::INFINITY, f32::min);
        assert!(nearest < 12.0, "course {course}: {nearest} pixels away");
    }
}

#[test]
fn a_trajectory_forgets_the_future_after_a_rewind() {
    let mut drive = Drive::on(20);
    drive.go(500, 140.0);
    let (ram, before) = (drive.game.ram().to_vec(), drive.history.clone());
    drive.go(300, 140.0);
    assert_eq!(drive.history.samples().len(), before.samples().len() + 300);
    let later = drive.history.samples().last().copied().expect("a frame");
    drive.game.ram_mut().copy_from_slice(&ram);
    // The window sees the frame that it went back to.
    drive.see();
    assert_eq!(drive.history, before);
    assert!(
        before
            .samples()
            .iter()
            .all(|sample| sample.frame < later.frame)
    );
    let extras = nothing();
    let forgotten = drawn(Trajectory::default(), &drive.scene(&extras));
    drive.history = before;
    assert_eq!(
        forgotten,
        drawn(Trajectory::default(), &drive.scene(&extras))
    );
}

#[test]
fn a_trajectory_tells_speeds_apart_when_asked() {
    let mut drive = Drive::on(20);
    drive.go(500, 140.0);
    let now = *drive.history.samples().last().expect("a frame");
    // On ahead, ever faster.
    for step in 1..=120_u16 {
        let ahead = |axis: usize| now.position[axis] + now.forward[axis] * f32::from(step) * 2.0;
        drive.history.push(overlays::Sample {
            frame: now.frame + i64::from(step),
            position: [0, 1, 2].map(ahead),
            speed: f32::from(step) * 0.06,
            ..now
        });
    }
    let extras = nothing();
    let scene = drive.scene(&extras);
    let by_speed = Trajectory {
        by_speed: true,
        ..Trajectory::default()
    };
    let shapes = drawn(by_speed, &scene);
    let colors: Vec<Color> = polylines(&shapes).iter().map(|(_, color)| *color).collect();
    assert!(colors.len() > 5, "{colors:?}");
    let redness: Vec<f32> = colors.iter().map(|color| color.red - color.blue).collect();
    assert!(
        redness.first() > redness.last(),
        "from red to blue: {colors:?}"
    );
    let lines = polylines(&shapes);
    for pair in lines.windows(2).filter(|pair| pair[0].0.len() > 1) {
        let (end, start) = (pair[0].0[pair[0].0.len() - 1], pair[1].0[0]);
        assert!(
            (end[0] - start[0]).hypot(end[1] - start[1]) < 1.0,
            "no gaps"
        );
    }
}

#[test]
fn a_trajectory_tells_laps_apart() {
    let mut drive = Drive::on(22);
    drive.go(2600, 140.0);
    assert!(drive.history.laps().count() >= 2, "the second lap");
    let extras = nothing();
    let scene = drive.scene(&extras);
    let colors = |trajectory: Trajectory| {
        let shapes = drawn(trajectory, &scene);
        let mut colors: Vec<Color> = Vec::new();
        for (_, color) in polylines(&shapes) {
            if !colors.contains(&color) {
                colors.push(color);
            }
        }
        colors
    };
    assert_eq!(
        colors(Trajectory::default()).len(),
        2,
        "this lap and the last"
    );
    let near = Trajectory {
        reach: 0.0,
        ..Trajectory::default()
    };
    assert_eq!(colors(near), []);
}

#[test]
fn a_ghost_is_where_it_was_and_who_trails_it_is_behind() {
    let mut drive = Drive::on(20);
    drive.go(600, 140.0);
    let scene = drive.plain_scene();
    let shifted = |frames: i64| {
        let samples = drive.history.samples().iter();
        let moved = samples.map(|sample| overlays::Sample {
            frame: sample.frame + frames,
            ..*sample
        });
        [GhostRun::new("other", moved)]
    };
    let delta = |ghosts: &[GhostRun]| {
        let scene = drive.plain_scene().with_ghosts(ghosts);
        let shapes = drawn(Ghost, &scene);
        let delta = texts(&shapes)
            .into_iter()
            .find_map(|text| text.strip_suffix(" s"));
        delta.and_then(|delta| delta.parse::<f32>().ok())
    };
    // A ghost that was here half a second ago is ahead now.
    let behind = delta(&shifted(-30)).expect("a delta");
    assert!((behind - 0.5).abs() < 0.04, "{behind}");
    // One that will be here in half a second is behind.
    let ahead = delta(&shifted(30)).expect("a delta");
    assert!((ahead + 0.5).abs() < 0.04, "{ahead}");
    assert_eq!(delta(&[GhostRun::new("nobody", [])]), None);
    // At this frame the ghost is where the kart is.
    let here = shifted(0);
    let scene = scene.with_ghosts(&here);
    let kart = scene
        .projection
        .point(scene.position(), ZClip::NativeNear)
        .expect("seen");
    let shapes = drawn(Ghost, &scene);
    let edges: Vec<Point> = shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Line { .. }))
        .flat_map(points)
        .collect();
    let (left, right) = edges
        .iter()
        .fold((f32::MAX, f32::MIN), |(low, high), [x, _]| {
            (low.min(*x), high.max(*x))
        });
    assert!(left < kart[0] && kart[0] < right, "{left} {kart:?} {right}");
    assert!(right - left < 80.0, "as large as a kart: {left} to {right}");
}

#[test]
fn map_objects_have_markers_with_names_where_they_stand() {
    // Clover Cut's map places some.
    let mut drive = Drive::on(31);
    let mut seen = false;
    for _ in 0..40 {
        drive.go(40, 140.0);
        let scene = drive.plain_scene();
        let map = drive.race();
        let map = map.map().expect("a map");
        let near = map.objects().expect("objects").iter().filter(|object| {
            let position = object.position().to_f32();
            let ahead = scene.projection.point(position, ZClip::NativeNear);
            let gap = |axis: usize| position[axis] - scene.position()[axis];
            let distance = gap(0).hypot(gap(1)).hypot(gap(2));
            distance < 400.0
                && ahead.is_some_and(|[x, y]| (20.0..236.0).contains(&x) && y < 180.0 && y > 20.0)
        });
        let expected = near.count();
        let shapes = drawn(Objects::default(), &scene);
        if expected > 0 {
            seen = true;
            assert!(!texts(&shapes).is_empty());
            assert!(
                texts(&shapes)
                    .iter()
                    .all(|name| *name == name.to_lowercase())
            );
        }
        assert_eq!(drawn(Objects { reach: 0.0 }, &scene), []);
    }
    assert!(seen, "there were objects ahead");
}

#[test]
fn gauges_follow_the_kart() {
    let mut drive = Drive::on(20);
    drive.go(500, 140.0);
    let numbers = |drive: &Drive| {
        let shapes = drawn(OverlayKind::Gauges.make(), &drive.plain_scene());
        let texts = texts(&shapes);
        texts[4..]
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&drive)[1..], ["-", "-", "-"]);
    let percent: f32 = numbers(&drive)[0]
        .trim_end_matches('%')
        .parse()
        .expect("a number");
    assert!((95.0..=101.0).contains(&percent), "{percent}");
    {
        let mut ram = RamMut::new(drive.game.ram_mut()).expect("RAM");
        let mut driver = ram.driver_mut(0).expect("a player");
        driver.set_boost_timer(45);
        driver.set_mini_turbo_timer(12);
        driver.set_drift_direction(1);
        driver.set_drift_charge(4);
    }
    assert_eq!(numbers(&drive)[1..], ["45", "12", "ready"]);
}

#[test]
fn rewards_and_fields_are_named_and_long_ones_are_cut() {
    let mut drive = Drive::on(20);
    drive.go(10, 140.0);
    let rewards = [("progress", 0.25), ("a_very_long_name_of_a_reward", -1.0)];
    let fields = [
        ("speed".to_owned(), "5.1".to_owned()),
        ("a.path[3].that.is".repeat(9), "0x12345678".to_owned()),
    ];
    let scene = drive
        .plain_scene()
        .with_rewards(&rewards)
        .with_fields(&fields);
    let shapes = drawn(Rewards, &scene);
    let words = texts(&shapes);
    assert!(words.contains(&"progress") && words.contains(&"+0.250"));
    assert!(
        words.contains(&"sum") && words.contains(&"-0.750"),
        "{words:?}"
    );
    let shapes = drawn(Fields, &scene);
    let words = texts(&shapes);
    assert!(words.contains(&"speed") && words.contains(&"5.1") && words.contains(&"0x12345678"));
    assert!(words.iter().all(|word| word.len() < 40), "{words:?}");
    let many: Vec<_> = (0..500)
        .map(|i| (format!("field {i}"), i.to_string()))
        .collect();
    let scene = drive.plain_scene().with_fields(&many);
    let shapes = drawn(Fields, &scene);
    assert!(shapes.iter().flat_map(points).all(|[_, y]| y < 126.0));
}

#[test]
fn on_the_minimap_the_kart_is_on_its_road_and_faces_along_it() {
    for course in COURSES {
        let mut drive = Drive::on(course);
        let map = Minimap::at(MapPlace::Bottom);
        for _ in 0..25 {
            drive.go(90, 120.0);
            let scene = drive.plain_scene();
            let floor = scene.course.track.floor_below(scene.position());
            let is_on_road = floor.is_some_and(|floor| floor.surface.is_road);
            let shapes = drawn(&map, &scene);
            let areas: Vec<&[Point]> = shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Polygon { points, .. } => Some(points.as_slice()),
                    _ => None,
                })
                .collect();
            let (road, arrow) = (areas[2], areas[areas.len() - 1]);
            let middle = [0, 1].map(|axis| (arrow[0][axis] + arrow[2][axis] * 2.0) / 3.0);
            if is_on_road {
                assert!(
                    winds_around(road, middle),
                    "course {course} at {:?}",
                    scene.position()
                );
            }
            // The tip is where the kart faces: x to the right, z down.
            let [ahead_x, _, ahead_z] = scene.facts.pose.forward;
            let (x, y) = (arrow[0][0] - arrow[2][0], arrow[0][1] - arrow[2][1]);
            assert!((ahead_x * y - ahead_z * x).abs() < 0.01 * x.hypot(y));
            assert!(ahead_x * x + ahead_z * y > 0.0);
        }
    }
}

#[test]
fn one_minimap_serves_race_after_race() {
    let map = Minimap::default();
    let road = |drive: &Drive| {
        let shapes = drawn(&map, &drive.plain_scene());
        let road = shapes.iter().find(|shape| points(shape).len() > 8);
        road.cloned().expect("a road")
    };
    let (first, second) = (Drive::on(20), Drive::on(22));
    let before = road(&first);
    assert_ne!(before, road(&second));
    assert_eq!(before, road(&first));
}

#[test]
fn a_history_of_another_course_begins_anew() {
    let mut drive = Drive::on(20);
    drive.go(50, 140.0);
    let mut other = Drive::on(22);
    other.go(90, 140.0);
    other.history = drive.history;
    other.see();
    assert_eq!(other.history.samples().len(), 1);
}

#[test]
fn the_bottom_map_is_on_the_bottom_screen_and_leaves_the_top_chosen() {
    let drive = Drive::on(20);
    let mut list = DrawList::default();
    let (map, buttons) = (OverlayKind::BottomMap.make(), OverlayKind::Buttons.make());
    draw_all([map, buttons], &drive.plain_scene(), &mut list);
    let screens: Vec<_> = list.by_screen().map(|(screen, _)| screen).collect();
    assert_eq!(
        screens,
        [1, 0].map(|number| Some(Screen::of(&Emulator::HARDWARE.picture, number)))
    );
}
