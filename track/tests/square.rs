//! A square course made by hand, whose every distance is known, and no game at all.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use track::{
    Aim, Bearing, Checkpoint, Corners, Hit, Pose, Ray, RayFan, Start, Surface, Trace, Track,
    Triangle,
};

const fn surface(kind: u16) -> Surface {
    Surface {
        kind,
        carries: kind != WALL,
        stops: kind == WALL,
        is_road: kind == ROAD,
    }
}

const ROAD: u16 = 5;
const GRASS: u16 = 6;
const WALL: u16 = 7;

/// Half the side of the square that the road encloses, that encloses the road, and that the walls
/// make, units.
const INSIDE: f32 = 200.0;
const OUTSIDE: f32 = 300.0;
const WALLS: f32 = 340.0;
/// How high the ground lies, units.
const GROUND: f32 = 5.0;

/// From -z towards +z on the side of -x, so that the middle of the square is to the left.
const HERE: [f32; 3] = [-250.0, GROUND, 0.0];

/// A point turned by quarter turns to the left, about the middle.
fn turned([x, y, z]: [f32; 3], quarters: usize) -> [f32; 3] {
    (0..quarters).fold([x, y, z], |[x, y, z], _| [z, y, -x])
}

/// Two triangles, between corners that go around to the left.
fn quad(corners: [[f32; 3]; 4], normal: [f32; 3], kind: u16) -> [Triangle; 2] {
    let [a, b, c, d] = corners;
    [[a, b, c], [c, d, a]].map(|corners| Triangle {
        corners,
        normal,
        surface: surface(kind),
    })
}

/// A quarter of the course: a strip of road and one of grass beside it, each as long as its outer
/// side, and a wall 60 units high.
fn side(quarters: usize) -> Vec<Triangle> {
    let at = |x, y, z| turned([x, y, z], quarters);
    let strip = |inner: f32, outer: f32, kind| {
        let corners = [
            at(-outer, GROUND, -outer),
            at(-outer, GROUND, outer),
            at(-inner, GROUND, inner),
            at(-inner, GROUND, -inner),
        ];
        quad(corners, [0.0, 1.0, 0.0], kind)
    };
    let wall = [
        at(-WALLS, GROUND, -WALLS),
        at(-WALLS, GROUND + 60.0, -WALLS),
        at(-WALLS, GROUND + 60.0, WALLS),
        at(-WALLS, GROUND, WALLS),
    ];
    let mut triangles = Vec::from(strip(INSIDE, OUTSIDE, ROAD));
    triangles.extend(strip(OUTSIDE, WALLS, GRASS));
    triangles.extend(quad(wall, turned([1.0, 0.0, 0.0], quarters), WALL));
    triangles
}

fn triangles() -> Vec<Triangle> {
    (0..4).flat_map(side).collect()
}

/// Three checkpoints a side, the first of all amid the side of -x; each is driven through towards
/// the next, which lies further around to the left.
fn checkpoints() -> Vec<Checkpoint> {
    let line = |index: usize| {
        let quarters = (index + 1) / 3;
        let z = [0.0, 150.0, -150.0][index % 3];
        [-INSIDE, -OUTSIDE].map(|x| {
            let [x, _, z] = turned([x, 0.0, z], quarters);
            [x, z]
        })
    };
    let midpoint = |index| Checkpoint::between(line(index), None).midpoint;
    let checkpoint = |index: usize| {
        let next = (index + 1) % 12;
        Checkpoint {
            key: (index == 0).then_some(0),
            next: vec![next],
            ..Checkpoint::between(line(index), Some(midpoint(next)))
        }
    };
    (0..12).map(checkpoint).collect()
}

fn square() -> Track {
    let start = Start {
        position: HERE,
        rotation: [0.0; 3],
    };
    Track::new(triangles(), checkpoints(), Some(start))
}

/// On the side of -x, half way between the road's edges, facing along +z.
fn pose() -> Pose {
    Pose::new(HERE, [0.0, 0.0, 1.0], [0.0, 1.0, 0.0])
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01)
}

#[test]
fn the_boundary_is_two_squares() {
    let track = square();
    let mut lengths = [0.0; 2];
    for segment in track.boundary().segments() {
        let [from, to] = [segment.start, segment.end];
        assert_eq!((from[1], to[1]), (GROUND, GROUND));
        let (half, square) = match segment.beyond {
            Some(beyond) => {
                assert_eq!(beyond, surface(GRASS));
                (OUTSIDE, 0)
            }
            None => (INSIDE, 1),
        };
        for [x, _, z] in [from, to] {
            assert!((x.abs().max(z.abs()) - half).abs() < 0.01, "{segment:?}");
        }
        lengths[square] += (from[0] - to[0]).hypot(from[2] - to[2]);
    }
    assert!(
        close(&lengths, &[8.0 * OUTSIDE, 8.0 * INSIDE]),
        "{lengths:?}"
    );

    let ground = track.boundary_of(|surface| surface.carries);
    let outer = ground
        .segments()
        .iter()
        .filter(|s| s.start[0].abs() > OUTSIDE || s.start[2].abs() > OUTSIDE);
    let length = |[a, b]: [[f32; 3]; 2]| (a[0] - b[0]).hypot(a[2] - b[2]);
    let outer: f32 = outer.map(|s| length([s.start, s.end])).sum();
    assert!(close(&[outer], &[8.0 * WALLS]), "{outer}");
    assert!(
        ground
            .segments()
            .iter()
            .all(|segment| segment.beyond.is_none())
    );
}

#[test]
fn rays_measure_the_road_and_say_what_begins_beyond() {
    let track = square();
    let fan = RayFan::new(3, PI, 1000.0);
    let mut distances = [0.0; 3];
    fan.cast(track.boundary(), &pose(), &mut distances);
    assert!(close(&distances, &[50.0, OUTSIDE, 50.0]), "{distances:?}");
    let raised = Pose {
        position: [HERE[0], GROUND + 10.0, HERE[2]],
        ..pose()
    };
    fan.cast(track.walls(), &raised, &mut distances);
    assert!(close(&distances, &[590.0, WALLS, 90.0]), "{distances:?}");
    fan.cast(&(track.boundary(), track.walls()), &raised, &mut distances);
    assert!(close(&distances, &[50.0, OUTSIDE, 50.0]), "{distances:?}");

    let ray = |direction| Ray {
        origin: HERE,
        direction,
    };
    let hit = |direction| {
        track
            .boundary()
            .trace(&ray(direction), 60.0)
            .expect("an edge")
    };
    let Hit {
        normal,
        surface: beyond,
        ..
    } = hit([1.0, 0.0, 0.0]);
    assert!(close(&normal, &[-1.0, 0.0, 0.0]), "{normal:?}");
    assert_eq!(beyond, None, "inside there is nothing");
    let Hit {
        normal,
        surface: beyond,
        ..
    } = hit([-1.0, 0.0, 0.0]);
    assert!(close(&normal, &[1.0, 0.0, 0.0]), "{normal:?}");
    assert_eq!(beyond, Some(surface(GRASS)));
    assert_eq!(track.boundary().trace(&ray([0.0, 0.0, 1.0]), 60.0), None);
}

#[test]
fn walls_are_what_stops_drivers_or_what_else_is_asked_for() {
    let track = square();
    assert_eq!(track.walls().triangles().len(), 8);
    let right = [-1.0, 0.0, 0.0];
    let wall = track
        .wall_ahead(raised(10.0), right, 100.0)
        .expect("a wall");
    assert_eq!((wall.distance, wall.surface), (90.0, Some(surface(WALL))));
    assert_eq!(wall.normal, [1.0, 0.0, 0.0], "against the ray");
    let from_outside = track.wall_ahead([-400.0, 20.0, 0.0], [1.0, 0.0, 0.0], 100.0);
    assert_eq!(from_outside.map(|hit| hit.normal), Some([-1.0, 0.0, 0.0]));
    assert_eq!(track.wall_ahead(raised(10.0), right, 89.0), None);
    assert_eq!(
        track.wall_ahead(raised(61.0), right, 100.0),
        None,
        "over it"
    );
    let floors = track.walls_of(Triangle::is_floor);
    assert_eq!(floors.triangles().len(), 16);
    let down = Ray {
        origin: raised(10.0),
        direction: [0.0, -1.0, 0.0],
    };
    assert_eq!(
        floors.trace(&down, 100.0).map(|hit| hit.distance),
        Some(10.0)
    );
}

/// Over [`HERE`].
fn raised(height: f32) -> [f32; 3] {
    [HERE[0], HERE[1] + height, HERE[2]]
}

#[test]
fn the_floor_below_is_the_highest_one_under_a_point() {
    let mut all = triangles();
    let bridge = [
        [-300.0, 55.0, -20.0],
        [-300.0, 55.0, 20.0],
        [-200.0, 55.0, 20.0],
        [-200.0, 55.0, -20.0],
    ];
    all.extend(quad(bridge, [0.0, 1.0, 0.0], GRASS));
    // A ceiling carries nothing: it faces down.
    all.extend(quad(bridge, [0.0, -1.0, 0.0], ROAD));
    let track = Track::new(all, Vec::new(), None);
    let floor = |point| {
        let floor = track.floor_below(point)?;
        let triangle = track.triangles()[floor.triangle];
        assert_eq!(
            (floor.normal, floor.surface),
            (triangle.normal, triangle.surface)
        );
        Some((floor.y, floor.surface.kind))
    };
    assert_eq!(
        floor([-250.0, 54.0, 0.0]),
        Some((GROUND, ROAD)),
        "under the bridge"
    );
    assert_eq!(floor([-250.0, 56.0, 0.0]), Some((55.0, GRASS)), "upon it");
    assert_eq!(
        floor([-250.0, 56.0, 30.0]),
        Some((GROUND, ROAD)),
        "beside it"
    );
    assert_eq!(floor([0.0, 56.0, 320.0]), Some((GROUND, GRASS)));
    assert_eq!(
        floor([-250.0, GROUND, 0.0]),
        Some((GROUND, ROAD)),
        "upon the ground"
    );
    assert_eq!(floor([-250.0, 4.0, 0.0]), None, "below it");
    assert_eq!(floor([0.0, 50.0, 0.0]), None, "amid the square");
    assert_eq!(floor([f32::NAN, 50.0, 0.0]), None);
}

#[test]
fn a_road_far_below_neither_joins_the_road_above_nor_ends_with_it() {
    let plain = [[-1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [1.0, -1.0]];
    let plain = plain.map(|[x, z]| [x * 900.0, GROUND - 200.0, z * 900.0]);
    let mut all = triangles();
    all.extend(quad(plain, [0.0, 1.0, 0.0], ROAD));
    let track = Track::new(all, Vec::new(), None);
    let fan = RayFan::new(3, PI, 2000.0);
    let mut distances = [0.0; 3];
    fan.cast(track.boundary(), &pose(), &mut distances);
    assert!(close(&distances, &[50.0, OUTSIDE, 50.0]), "{distances:?}");
    let below = Pose {
        position: raised(-200.0),
        ..pose()
    };
    fan.cast(track.boundary(), &below, &mut distances);
    assert!(close(&distances, &[1150.0, 900.0, 650.0]), "{distances:?}");
}

#[test]
fn the_centreline_goes_around_to_the_left() {
    let track = square();
    let line = track.centreline();
    let length = track.lap_length().expect("a lap");
    assert_eq!(length, line.length());
    // Longer than straight from checkpoint to checkpoint, shorter than around the road's corners.
    assert!((1765.7..2000.0).contains(&length), "{length}");
    assert!(close(&[line.heading_change(0.0, length)], &[TAU]));
    for quarter in 0..4 {
        let index = 3 * quarter;
        let along = line.along_of_checkpoint(index).expect("on the line");
        assert!(close(&[along], &[length * quarter as f32 / 4.0]), "{along}");
        assert!(close(
            &[line.heading_change(along, length / 4.0)],
            &[FRAC_PI_2]
        ));
        let [x, _, z] = turned([-240.0, 0.0, 0.0], quarter);
        for near in [None, Some(index)] {
            let position = line.project([x, z], near).expect("a line");
            assert!((position.offset - 10.0).abs() < 0.1, "{position:?}");
            let gap = (position.along - along) / length;
            assert!((gap - gap.round()).abs() < 1e-3, "{position:?}");
            let [ahead, _, aside] = turned([0.0, 0.0, 1.0], quarter);
            let [x, z] = position.direction;
            assert!(x * ahead + z * aside > 0.99, "{position:?}");
        }
    }
    let ahead: Vec<_> = track
        .checkpoints_after(10)
        .take(3)
        .map(|c| c.midpoint)
        .collect();
    let midpoint = |index: usize| track.checkpoints()[index].midpoint;
    assert_eq!(ahead, [midpoint(11), midpoint(0), midpoint(1)]);
    assert!(track.checkpoints().iter().all(|checkpoint| {
        let [x, z] = checkpoint.left;
        x.abs().max(z.abs()) == INSIDE
    }));
}

#[test]
fn bearings_are_positive_to_the_left() {
    let track = square();
    let mut bearings = [Bearing::default(); 4];
    let count = pose().bearings_after(&track, 0, Aim::Midpoint, &mut bearings);
    assert_eq!(count, 4);
    let bearing = |ahead: f32, left: f32| [ahead.hypot(left), left.atan2(ahead)];
    let expected = [(150.0, 0.0), (250.0, 100.0), (250.0, 250.0), (250.0, 400.0)];
    for (found, (ahead, left)) in bearings.iter().zip(expected) {
        assert!(
            close(&[found.distance, found.angle], &bearing(ahead, left)),
            "{found:?}"
        );
    }
    let aside = Pose {
        position: [-220.0, GROUND, 0.0],
        ..pose()
    };
    aside.bearings_after(&track, 0, Aim::Nearest, &mut bearings);
    let near = [bearings[0].distance, bearings[0].angle];
    assert!(close(&near, &bearing(150.0, 0.0)), "{near:?}");
    assert_eq!(pose().local([-200.0, 9.0, 30.0]), [30.0, 50.0]);
}

#[test]
fn tracks_are_equal_by_what_they_are_made_of() {
    assert_eq!(square(), square());
    let mut other = triangles();
    other[0].surface.kind += 1;
    assert_ne!(Track::new(other, checkpoints(), square().start()), square());
}

#[test]
fn corners_less_than_a_unit_apart_are_one() {
    let mut corners = Corners::default();
    let first = corners.number([7.9, 0.0, 0.0]);
    // Across the border of a cell.
    assert_eq!(corners.number([8.4, 0.5, -0.5]), first);
    let second = corners.number([9.0, 0.0, 0.0]);
    assert_ne!(second, first);
    assert_eq!(corners.number([8.7, 0.0, 0.0]), second, "the nearer one");
    assert_eq!(corners.position(first), [7.9, 0.0, 0.0]);
}
