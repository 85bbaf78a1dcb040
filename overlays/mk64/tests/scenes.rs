//! Scenes of the bundled game's races: where the camera sees things, and what the overlays draw of them.

mod drive;

use drawing::{DrawList, Point, Shape};
use drive::Drive;
use env_mk64::combo::{Class, Mode};
use mk64_memory::RamMut;
use mupen64plus::Picture;
use n64_formats::pad::{Buttons, Pad};
use overlays::{
    Buttons as ButtonsOverlay, Control, GhostRun, Karts, MapPlace, Minimap, ObjectGroup, Overlay,
    Paths, Sample, all, draw_all,
};
use overlays_mk64::controls;
use track::ZClip;

/// Lantern Loop.
const COURSE: u8 = 8;
/// Pixels a row of the picture, and its rows.
const SCREEN: [f32; 2] = [320.0, 240.0];
/// From here on to the right and down the game draws its map, which shows karts too.
const MAP: [usize; 2] = [232, 140];

fn drawn(overlay: impl Overlay, scene: &overlays::Scene<'_>) -> Vec<Shape> {
    let mut list = DrawList::default();
    overlay.draw(scene, &mut list);
    list.shapes().to_vec()
}

fn points(shape: &Shape) -> Vec<Point> {
    match shape {
        Shape::Line { from, to, .. } => vec![*from, *to],
        Shape::Polyline { points, .. } | Shape::Polygon { points, .. } => points.clone(),
        Shape::Disc { center, .. } | Shape::Text { center, .. } => vec![*center],
    }
}

/// The picture two frames on with the second player's kart at `place`; and where the kart is then, and the scene's
/// projection of that.
fn with_rival_at(drive: &mut Drive, place: [f32; 3]) -> (Vec<u8>, Option<Point>) {
    let state = drive.emulator.save_state().expect("a state");
    for picture in [Picture::Skip, Picture::Draw] {
        let mut ram = RamMut::new(drive.emulator.ram_mut()).expect("RAM");
        let mut rival = ram.player_mut(1).expect("a rival");
        rival.set_position(place);
        rival.set_old_position(place);
        drive.step(picture);
    }
    let picture = drive.emulator.picture().to_vec();
    let scene = drive.scene();
    let seen = scene
        .projection
        .point(scene.karts[0].position, ZClip::Native);
    drive.emulator.load_state(&state).expect("the state");
    (picture, seen)
}

/// The box around the pixels in which two pictures differ beside the game's map; and their middle.
fn difference(a: &[u8], b: &[u8]) -> Option<([usize; 4], Point)> {
    let width = SCREEN[0] as usize;
    let pixels = a.chunks_exact(4).zip(b.chunks_exact(4)).enumerate();
    let changed = pixels.filter(|(_, (a, b))| a != b);
    let places = changed.map(|(at, _)| [at % width, at / width]);
    let places: Vec<_> = places.filter(|[x, y]| *x < MAP[0] || *y < MAP[1]).collect();
    let (first, count) = (places.first()?, places.len() as f32);
    let mut bounds = [first[0], first[1], first[0], first[1]];
    let mut middle = [0.0; 2];
    for [x, y] in &places {
        bounds = [
            bounds[0].min(*x),
            bounds[1].min(*y),
            bounds[2].max(*x),
            bounds[3].max(*y),
        ];
        middle = [middle[0] + *x as f32 / count, middle[1] + *y as f32 / count];
    }
    Some((bounds, middle))
}

#[test]
fn karts_are_drawn_where_the_scene_projects_them() {
    let Some(mut drive) = Drive::of(COURSE, Mode::GrandPrix(Class::Cc50)) else {
        return;
    };
    let scene = drive.scene();
    let (pose, floor) = (scene.facts.pose, scene.floor);
    let at = |ahead: f32, left: f32| {
        [0, 1, 2].map(|axis| {
            let along = pose.forward[axis] * ahead + pose.left[axis] * left;
            if axis == 1 {
                floor
            } else {
                pose.position[axis] + along
            }
        })
    };
    let (without, _) = with_rival_at(&mut drive, at(-900.0, 0.0));
    for (ahead, left) in [(90.0, 0.0), (70.0, 40.0), (120.0, -70.0), (260.0, 30.0)] {
        let (with, seen) = with_rival_at(&mut drive, at(ahead, left));
        let [x, y] = seen.expect("before the camera");
        let (bounds, middle) = difference(&with, &without).expect("the kart is seen");
        let [low_x, low_y, high_x, high_y] = bounds.map(|side| side as f32);
        let size = (high_x - low_x).max(high_y - low_y);
        assert!((low_x..=high_x).contains(&x) && (low_y..=high_y + 2.0).contains(&y));
        assert!((middle[0] - x).abs() < 0.2 * size, "{middle:?}, {x}");
    }
}

/// How many of the points of the ground ahead of the kart that the scene knows as road are seen in the colours of road, and as
/// many of the others in the colours of other ground, where pixels are taken `aside` pixels to the right; as a share of all.
fn agreement(scene: &overlays::Scene<'_>, picture: &[u8], aside: f32) -> f32 {
    let pose = &scene.facts.pose;
    let mut pixels: [Vec<[f32; 3]>; 2] = Default::default();
    for (ahead, left) in (12..60).flat_map(|ahead| (-40..=40).map(move |left| (ahead, left))) {
        let (ahead, left) = (ahead as f32 * 10.0, left as f32 * 6.0);
        let at =
            |axis: usize| pose.position[axis] + pose.forward[axis] * ahead + pose.left[axis] * left;
        let above = [at(0), pose.position[1] + 40.0, at(2)];
        let Some(floor) = scene.course.track.floor_below(above) else {
            continue;
        };
        let point = [above[0], floor.y, above[2]];
        let Some([x, y]) = scene.projection.point(point, ZClip::NativeNear) else {
            continue;
        };
        let [x, y] = [x + aside, y];
        // The game writes times above, and draws its map below.
        let is_ground = (0.0..MAP[0] as f32).contains(&x) && (60.0..SCREEN[1]).contains(&y);
        if is_ground {
            let pixel = (y as usize * SCREEN[0] as usize + x as usize) * 4;
            let color = [0, 1, 2].map(|part| f32::from(picture[pixel + part]));
            pixels[usize::from(floor.surface.is_road)].push(color);
        }
    }
    let means = pixels.each_ref().map(|pixels| {
        [0, 1, 2]
            .map(|part| pixels.iter().map(|color| color[part]).sum::<f32>() / pixels.len() as f32)
    });
    let gap =
        |a: &[f32; 3], b: &[f32; 3]| -> f32 { a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum() };
    let right = (0..2).map(|kind| {
        let own = pixels[kind].iter();
        own.filter(|color| gap(color, &means[kind]) < gap(color, &means[1 - kind]))
            .count()
    });
    let count = pixels[0].len() + pixels[1].len();
    assert!(
        pixels.iter().all(|pixels| pixels.len() > 100),
        "{count} pixels"
    );
    right.sum::<usize>() as f32 / count as f32
}

#[test]
fn the_ground_of_the_collision_lies_on_that_of_the_picture() {
    let Some(mut drive) = Drive::on(COURSE) else {
        return;
    };
    for _ in 0..4 {
        drive.go(150);
        drive.step(Picture::Draw);
        let picture = drive.emulator.picture().to_vec();
        let scene = drive.scene();
        let shares = [-24.0, 0.0, 24.0].map(|aside| agreement(&scene, &picture, aside));
        assert!(shares[1] > 0.95, "{shares:?}");
        assert!(shares[1] > shares[0] && shares[1] > shares[2], "{shares:?}");
    }
}

#[test]
fn the_kart_on_the_map_is_where_it_is_on_the_course() {
    let Some(mut drive) = Drive::on(COURSE) else {
        return;
    };
    // Past the countdown, in which nothing is driven.
    drive.go(400);
    let mut places: Vec<([f32; 2], Point)> = Vec::new();
    for _ in 0..12 {
        drive.go(120);
        let scene = drive.scene();
        let [x, _, z] = scene.position();
        let map = drawn(Minimap::default(), &scene);
        // The path driven ends where the kart is; the arrow of the kart is drawn around that, last.
        let path = map
            .iter()
            .rfind(|shape| matches!(shape, Shape::Polyline { .. }));
        let here = *points(path.expect("a path")).last().expect("a point");
        let arrow = points(map.last().expect("an arrow"));
        for axis in 0..2 {
            let corners = arrow.iter().map(|corner| corner[axis]);
            let low = corners.clone().fold(f32::MAX, f32::min);
            let high = corners.fold(f32::MIN, f32::max);
            assert!((low..=high).contains(&here[axis]), "{here:?}, {arrow:?}");
        }
        places.push(([x, z], here));
    }
    // One scale for both axes.
    let (ground, map) = places[0];
    let ratios = places[1..].iter().flat_map(|(there, seen)| {
        [0, 1].map(|axis| (there[axis] - ground[axis], seen[axis] - map[axis]))
    });
    let ratios: Vec<(f32, f32)> = ratios.collect();
    let (far, seen) = ratios
        .iter()
        .max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))
        .expect("places");
    let scale = seen / far;
    assert!(scale > 0.0);
    for (units, pixels) in ratios {
        assert!((units * scale - pixels).abs() < 0.05, "{units} {pixels}");
    }
}

#[test]
fn everything_is_a_number_and_on_the_screen_all_around_the_course() {
    let Some(mut drive) = Drive::on(COURSE) else {
        return;
    };
    let overlays = all();
    let fields = [("player[0].speed".to_owned(), "5.1".to_owned())];
    let rewards = [("progress", 0.25), ("wall", -1.0)];
    let mut list = DrawList::default();
    for _ in 0..24 {
        drive.go(90);
        let samples = drive.history.samples().iter();
        let sooner = samples.map(|sample| Sample {
            frame: sample.frame - 30,
            ..*sample
        });
        let ghosts = [GhostRun::new("ghost", sooner)];
        let line = ghosts[0].best_lap();
        let scene = drive.scene().with_ghosts(&ghosts);
        let scene = scene.with_reference_line(&line).with_rewards(&rewards);
        list.clear();
        draw_all(&overlays, &scene.with_fields(&fields), &mut list);
        for shape in list.shapes() {
            for [x, y] in points(shape) {
                let is_inside = (0.0..=SCREEN[0]).contains(&x) && (0.0..=SCREEN[1]).contains(&y);
                assert!(is_inside, "{shape:?}");
            }
        }
    }
    assert_eq!(drawn(Minimap::at(MapPlace::Bottom), &drive.scene()), []);
}

#[test]
fn the_path_has_a_dot_where_each_near_point_is_seen() {
    let Some(mut drive) = Drive::on(COURSE) else {
        return;
    };
    drive.go(600);
    let scene = drive.scene();
    let reach = 400.0;
    let shapes = drawn(Paths { reach }, &scene);
    let discs = shapes.iter().filter_map(|shape| match shape {
        Shape::Disc { center, .. } => Some(*center),
        _ => None,
    });
    let discs: Vec<Point> = discs.collect();
    let is_near = |point: &&[f32; 3]| {
        let gap = |axis: usize| (point[axis] - scene.position()[axis]).powi(2);
        (gap(0) + gap(1) + gap(2)).sqrt() <= reach
    };
    let path = drive.course.paths()[0].iter();
    let seen = path.filter(is_near).filter_map(|[x, y, z]| {
        let seen = scene
            .projection
            .point([*x, y + 0.5, *z], ZClip::NativeNear)?;
        (0..2)
            .all(|axis| (0.0..=SCREEN[axis]).contains(&seen[axis]))
            .then_some(seen)
    });
    let seen: Vec<Point> = seen.collect();
    assert!(seen.len() > 5, "{} points", seen.len());
    assert_eq!(discs, seen);
    assert!(shapes.len() > discs.len(), "and a line");
    assert_eq!(drawn(Paths { reach: 0.0 }, &scene), []);
}

#[test]
fn rivals_have_their_names_and_are_on_the_map() {
    let Some(drive) = Drive::of(COURSE, Mode::GrandPrix(Class::Cc50)) else {
        return;
    };
    let scene = drive.scene();
    let names: Vec<&str> = scene.karts.iter().map(|kart| kart.name.as_str()).collect();
    assert_eq!(
        names,
        ["luigi", "yoshi", "toad", "d.k.", "wario", "peach", "bowser"]
    );
    let shapes = drawn(Karts, &scene);
    let labels = shapes.iter().filter_map(|shape| match shape {
        Shape::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let labels: Vec<&str> = labels.collect();
    assert!(!labels.is_empty() && labels.iter().all(|label| names.contains(label)));
    let map = drawn(Minimap::default(), &scene);
    let dots = map
        .iter()
        .filter(|shape| matches!(shape, Shape::Disc { .. }));
    assert_eq!(dots.count(), 2 * names.len(), "each with a rim");
}

#[test]
fn item_boxes_stand_on_the_road_of_the_course() {
    let Some(drive) = Drive::of(COURSE, Mode::GrandPrix(Class::Cc50)) else {
        return;
    };
    let scene = drive.scene();
    assert!(!scene.objects.is_empty());
    for object in &scene.objects {
        assert_eq!(
            (object.name.as_str(), object.group),
            ("item box", ObjectGroup::ItemBox)
        );
        let floor = scene
            .course
            .track
            .floor_below(object.position)
            .expect("a floor");
        assert!(
            floor.surface.is_road && object.position[1] - floor.y < 20.0,
            "{object:?}"
        );
        assert!((scene.course.material)(floor.surface).is_some());
    }
}

#[test]
fn each_button_of_the_game_is_one_control_and_the_stick_stays_in_its_circle() {
    let Some(drive) = Drive::on(COURSE) else {
        return;
    };
    let idle = controls(Pad::default());
    let cross = Buttons::UP | Buttons::DOWN | Buttons::LEFT | Buttons::RIGHT;
    for button in Buttons::all().iter() {
        let held = controls(Pad {
            buttons: button,
            stick: [0, 0],
        });
        let changed = held.iter().zip(&idle).filter(|(held, idle)| held != idle);
        assert_eq!(
            changed.count(),
            usize::from(!cross.contains(button)),
            "{button:?}"
        );
    }
    for stick in [[0, 0], [-80, 80], [127, -128], [40, 0]] {
        let pad = Pad {
            buttons: Buttons::empty(),
            stick,
        };
        let stick = controls(pad)
            .into_iter()
            .find(|control| matches!(control, Control::Stick { .. }));
        let scene = drive.scene().with_controls(stick.into_iter().collect());
        let shapes = drawn(ButtonsOverlay, &scene);
        let discs = shapes.iter().filter_map(|shape| match shape {
            Shape::Disc { center, radius, .. } => Some((*center, *radius)),
            _ => None,
        });
        let discs: Vec<(Point, f32)> = discs.collect();
        let [(center, radius), _, (tip, tip_radius)] = discs[..] else {
            panic!("{discs:?}");
        };
        let [right, down] = [0, 1].map(|axis| tip[axis] - center[axis]);
        assert!(right.hypot(down) + tip_radius <= radius, "{discs:?}");
        let [x, y] = pad.stick.map(f32::from);
        assert!((right * -y - down * x).abs() < 1e-3 && right * x - down * y >= 0.0);
    }
}
