//! The views on the bundled game, in the emulator: fields that its own course file and its rules tell, rays against the
//! course file, events of a whole race. Skipped where the emulator is not installed.

use std::convert::Infallible;

use homebrew_n64::COURSES;
use mk64_memory::controller;
use mk64_memory::course::{Course, POINTS_PER_CHECKPOINT, checkpoint_of};
use mk64_memory::differences::Comparison;
use mk64_memory::events::{Boost, Direction, Effect, EventKind, RaceEvents};
use mk64_memory::game::{GameMode, GameState, Menu, RaceState};
use mk64_memory::ids::{Character, CourseId, ItemKind, SurfaceType};
use mk64_memory::path::{FieldValue, Path, Places};
use mk64_memory::player::PlayerType;
use mk64_memory::race::Side;
use mk64_memory::search::{Condition, Number, Search};
use mk64_memory::{PlayerMut, Race, Ram, RamMut, symbols};
use mupen64plus::{Buttons, Emulator, Frame, Options, Pad, Picture};
use track::{RayFan, ZClip};

/// Frames from power-on until the title screen takes inputs.
const TITLE: u32 = 320;
/// Frames that a button is held in a menu, and frames until the menu has answered.
const HELD: u32 = 4;
const ANSWERED: u32 = 40;
/// Longer than from the choice of the course to the first frame of the countdown, and than the countdown.
const PATIENCE: u32 = 600;
/// A race of three laps takes less, frames.
const RACE: u32 = 12_000;

struct Game {
    emulator: Emulator,
    events: RaceEvents,
    told: Vec<EventKind>,
}

impl Game {
    /// `None` where the emulator is not installed.
    #[allow(clippy::print_stdout, reason = "tests say when they skip")]
    fn switched_on() -> Option<Self> {
        match Emulator::open(homebrew_n64::ROM, &Options::default()) {
            Err(error @ mupen64plus::Error::Library { .. }) => {
                println!("skipped: {error}");
                None
            }
            emulator => Some(Self {
                emulator: emulator.expect("an emulator"),
                events: RaceEvents::new(),
                told: Vec::new(),
            }),
        }
    }

    /// In a time trial on the first course, in the first frame of its countdown.
    fn at_the_countdown() -> Option<Self> {
        // Players, mode, class, its confirmation, character, its confirmation, cup, course, its confirmation.
        Self::through_the_menus(&[Buttons::A; 9])
    }

    /// In a Grand Prix on the first cup, in the first frame of the first countdown.
    fn at_the_grand_prix() -> Option<Self> {
        // Players, mode, class, its confirmation, character, its confirmation, cup, its confirmation.
        let mut presses = [Buttons::A; 9];
        presses[1] = Buttons::UP;
        Self::through_the_menus(&presses)
    }

    /// In a time trial, in the first frame of its countdown, on the course at a place of a cup.
    fn on_the_course((cup, place): (u8, u8)) -> Option<Self> {
        let presses = [
            // Up to the cups.
            &[Buttons::A; 6][..],
            &vec![Buttons::RIGHT; cup.into()],
            &[Buttons::A],
            &vec![Buttons::DOWN; place.into()],
            &[Buttons::A; 2],
        ];
        Self::through_the_menus(&presses.concat())
    }

    /// In the first frame of the countdown that the last of some presses in the main menu leads to.
    fn through_the_menus(presses: &[Buttons]) -> Option<Self> {
        let mut game = Self::switched_on()?;
        game.play(TITLE, Buttons::empty(), 0);
        game.press(Buttons::START);
        let (last, before) = presses.split_last().expect("some presses");
        for buttons in before {
            game.press(*buttons);
        }
        assert!(game.ram().race().expect("RAM").is_none());
        game.play(HELD, *last, 0);
        game.until(|game| game.ram().race().expect("RAM").is_some());
        Some(game)
    }

    /// In the first frame after the countdown.
    fn at_the_start() -> Option<Self> {
        let mut game = Self::at_the_countdown()?;
        game.until(|game| game.race().state() == RaceState::RACING);
        Some(game)
    }

    fn ram(&self) -> Ram<'_> {
        Ram::new(self.emulator.ram()).expect("an image of RAM")
    }

    fn race(&self) -> Race<'_> {
        self.ram().race().expect("RAM").expect("a race")
    }

    fn write(&mut self, change: impl FnOnce(&mut PlayerMut<'_>)) {
        let mut ram = RamMut::new(self.emulator.ram_mut()).expect("an image of RAM");
        change(&mut ram.player_mut(0).expect("a player"));
    }

    fn play(&mut self, frames: u32, buttons: Buttons, stick_x: i8) {
        let pad = Pad {
            buttons,
            stick: [stick_x, 0],
        };
        for _ in 0..frames {
            self.emulator
                .step(&Frame::first(pad), Picture::Skip)
                .expect("a frame");
            let ram = Ram::new(self.emulator.ram()).expect("an image of RAM");
            let events = self.events.update(&ram).expect("RAM");
            self.told.extend(events.iter().map(|event| event.kind));
        }
    }

    fn press(&mut self, buttons: Buttons) {
        self.play(HELD, buttons, 0);
        self.play(ANSWERED, Buttons::empty(), 0);
    }

    fn until(&mut self, is_there: impl Fn(&Self) -> bool) {
        for _ in 0..PATIENCE {
            if is_there(self) {
                return;
            }
            self.play(1, Buttons::empty(), 0);
        }
        panic!("it did not come in {PATIENCE} frames");
    }

    /// The computer drives from now on.
    fn let_the_computer_drive(&mut self) {
        self.write(|player| player.set_kind(PlayerType::EXISTS | PlayerType::CPU));
    }

    fn told(&self, kind: EventKind) -> bool {
        self.told.contains(&kind)
    }
}

/// The course file, read apart from the game and from the views.
struct File {
    points: Vec<[i16; 4]>,
    /// Half of the road's width at each point.
    half_widths: Vec<f32>,
    /// Corners and surface, in the order of the game's mesh.
    triangles: Vec<([[f64; 3]; 3], u8)>,
}

/// How wide the first course is, units: `courses/lantern-loop.toml`.
const ROAD_WIDTH: f32 = 210.0;
const SHOULDER_WIDTH: f32 = 70.0;
/// The walls' surface in the bundled courses.
const WALL: u8 = 4;

impl File {
    fn read(file: &[u8]) -> Self {
        let half = |at: usize| i16::from_be_bytes([file[at], file[at + 1]]);
        let count = |at| usize::from(half(at) as u16);
        let word =
            |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().expect("4 bytes")) as usize;
        let [vertices, batches, points, half_widths, numbers] = [44, 48, 52, 56, 60].map(word);
        let mut triangles = Vec::new();
        for batch in (0..count(38)).map(|index| batches + 16 * index) {
            let (first, number) = (count(batch), numbers + 3 * count(batch + 2));
            for triangle in 0..usize::from(file[batch + 5]) {
                let corner = |corner: usize| {
                    let index = first + usize::from(file[number + 3 * triangle + corner]);
                    [0, 2, 4].map(|axis| f64::from(half(vertices + 16 * index + axis)))
                };
                triangles.push(([0, 1, 2].map(corner), file[batch + 6]));
            }
        }
        let point = |index: usize| [0, 2, 4, 6].map(|part| half(points + 8 * index + part));
        Self {
            points: (0..count(42)).map(point).collect(),
            half_widths: (0..count(42))
                .map(|index| f32::from(half(half_widths + 2 * index)))
                .collect(),
            triangles,
        }
    }

    /// How far a wall is from `point` along `direction`, whichever side of it is met.
    fn wall_ahead(&self, point: [f64; 3], direction: [f64; 3]) -> Option<f64> {
        let walls = self
            .triangles
            .iter()
            .filter(|(_, surface)| *surface == WALL);
        let hits = walls.filter_map(|(corners, _)| hit(corners, point, direction));
        hits.min_by(f64::total_cmp)
    }
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Where a ray meets a triangle: Cramer's rule.
fn hit(corners: &[[f64; 3]; 3], point: [f64; 3], direction: [f64; 3]) -> Option<f64> {
    let (u, v) = (minus(corners[1], corners[0]), minus(corners[2], corners[0]));
    let across = cross(direction, v);
    let whole = dot(u, across);
    let from = minus(point, corners[0]);
    let first = dot(from, across) / whole;
    let second = dot(direction, cross(from, u)) / whole;
    let distance = dot(v, cross(from, u)) / whole;
    let inside = first >= 0.0 && second >= 0.0 && first + second <= 1.0;
    (inside && distance > 0.0).then_some(distance)
}

#[test]
fn menus_and_the_race_are_told_apart() {
    let Some(mut game) = Game::switched_on() else {
        return;
    };
    game.play(TITLE, Buttons::empty(), 0);
    assert_eq!(game.ram().menu(), Ok(Menu::TITLE));
    assert_ne!(game.ram().game_state(), Ok(GameState::RACE));
    assert!(game.ram().race().expect("RAM").is_none());
    assert!(game.told.is_empty());
}

#[test]
fn fields_have_the_values_of_a_time_trial() {
    let Some(mut game) = Game::at_the_countdown() else {
        return;
    };
    let (course, file) = (&COURSES[0], File::read(COURSES[0].file));
    let (ram, race) = (game.ram(), game.race());
    assert_eq!(ram.game_state(), Ok(GameState::RACE));
    assert_eq!(ram.mode(), Ok(GameMode::TIME_TRIAL));
    assert_eq!(race.state(), RaceState::STAGING);
    assert_eq!(race.course_id(), Ok(CourseId(course.id.into())));
    assert_eq!(ram.course_id(), race.course_id());
    assert_eq!(race.players().count(), 1);
    let player = race.player(0).expect("the first player");
    assert!(race.player(1).is_none() && !player.is_ghost());
    let waiting = PlayerType::EXISTS | PlayerType::HUMAN | PlayerType::START_SEQUENCE;
    assert_eq!(player.kind(), waiting);
    assert_eq!(player.character(), Character::MARIO);
    assert_eq!(player.item(), ItemKind::TRIPLE_MUSHROOM);
    assert_eq!((player.lap(), player.top_speed()), (-1, 310.0));
    assert_eq!(
        (player.bounding_box_size(), player.friction()),
        (5.5, 5800.0)
    );
    let progress = race.progress(0).expect("a player");
    assert_eq!((progress.lap, progress.rank), (-1, 0));
    let start = player.position();
    assert!(start[2] > f32::from(file.points[0][2]), "behind the line");

    // The path and the mesh are those of the course's file, point by point and corner by corner.
    let points = race.path(0, Side::Centre).expect("a path");
    let points = points.iter().map(|point| {
        let [x, y, z] = point.position();
        [x, y, z, point.section() as i16]
    });
    assert_eq!(points.collect::<Vec<_>>(), file.points);
    let mesh = race.triangles().expect("a mesh");
    let mesh: Vec<_> = mesh
        .iter()
        .map(|triangle| {
            let corners = race.corners(&triangle).expect("corners");
            (
                corners.map(|corner| corner.map(f64::from)),
                triangle.surface().0 as u8,
            )
        })
        .collect();
    assert_eq!(mesh, file.triangles);

    game.play(4, Buttons::A | Buttons::Z, 40);
    let pads = game.ram().controllers().expect("controllers");
    let pad = pads.get(0).expect("a controller");
    let held = controller::Buttons::A | controller::Buttons::Z;
    assert_eq!((pad.stick_x(), pad.buttons()), (40, held));
    let all = pads.get(controller::ALL_PADS).expect("all pads");
    assert_eq!(all.buttons(), held);
}

#[test]
fn the_grid_lists_the_triangles_of_its_cells() {
    let Some(game) = Game::at_the_countdown() else {
        return;
    };
    let race = game.race();
    let (mesh, bounds) = (
        race.triangles().expect("a mesh"),
        race.bounds().expect("bounds"),
    );
    let [width, depth] = [
        bounds.max_x() - bounds.min_x(),
        bounds.max_z() - bounds.min_z(),
    ]
    .map(|side| i32::from(side) / 32 + 1);
    let mut listed = vec![false; mesh.len()];
    for (column, row) in (0..32).flat_map(|row| (0..32).map(move |column| (column, row))) {
        let [low_x, low_z] = [
            i32::from(bounds.min_x()) + column as i32 * width,
            i32::from(bounds.min_z()) + row as i32 * depth,
        ];
        for number in race.cell(column, row).expect("a cell") {
            let triangle = mesh.get(number.into()).expect("a triangle");
            let ([min_x, _, min_z], [max_x, _, max_z]) = (
                triangle.minimum().map(i32::from),
                triangle.maximum().map(i32::from),
            );
            assert!(min_x <= low_x + width + 20 && max_x >= low_x - 20);
            assert!(min_z <= low_z + depth + 20 && max_z >= low_z - 20);
            listed[usize::from(number)] = true;
        }
    }
    assert!(listed.into_iter().all(|listed| listed));
    assert!(race.cell(32, 0).is_err() && race.cell(0, 32).is_err());
}

#[test]
fn the_course_measures_what_its_file_has() {
    let Some(mut game) = Game::at_the_start() else {
        return;
    };
    let file = File::read(COURSES[0].file);
    let course = Course::read(&game.race()).expect("a course");
    let track = course.track();
    assert_eq!(course.path_points(), file.points.len());
    assert_eq!(
        track.checkpoints().len(),
        file.points.len().div_ceil(POINTS_PER_CHECKPOINT)
    );
    let around: f64 = (0..file.points.len())
        .map(|index| {
            let [a, b] = [index, (index + 1) % file.points.len()].map(|at| file.points[at]);
            let [x, z] = [0, 2].map(|axis| f64::from(b[axis]) - f64::from(a[axis]));
            x.hypot(z)
        })
        .sum();
    let lap = f64::from(track.lap_length().expect("a lap"));
    assert!((lap / around - 1.0).abs() < 0.01, "{lap} of {around}");
    for (index, gate) in track.checkpoints().iter().enumerate() {
        let middle = file.points[index * POINTS_PER_CHECKPOINT];
        let off = [0, 1].map(|axis| gate.midpoint[axis] - f32::from(middle[2 * axis]));
        assert!(off[0].hypot(off[1]) < 2.0, "checkpoint {index}: {off:?}");
        let [x, z] = gate.forward;
        assert!(
            gate.beyond([gate.midpoint[0] + x, gate.midpoint[1] + z]) > 0.9,
            "{gate:?}"
        );
    }

    // The kart is on the first straight, whose road and shoulders are as wide as its description says.
    let pose = game.race().player(0).expect("a player").pose();
    let mut sides = [0.0; 2];
    let fan = RayFan::new(2, std::f32::consts::PI, 1000.0);
    fan.cast(track.boundary(), &pose, &mut sides);
    assert!((sides[0] + sides[1] - ROAD_WIDTH).abs() < 2.0, "{sides:?}");
    fan.cast(track.walls(), &pose, &mut sides);
    let width = ROAD_WIDTH + 2.0 * SHOULDER_WIDTH;
    assert!((sides[0] + sides[1] - width).abs() < 2.0, "{sides:?}");

    game.let_the_computer_drive();
    for _ in 0..20 {
        game.play(60, Buttons::empty(), 0);
        let player = game.race().player(0).expect("a player");
        let pose = player.pose();
        let (velocity, speed) = (player.velocity(), player.speed());
        if speed > 1.0 {
            let along: f32 = (0..3).map(|axis| pose.forward[axis] * velocity[axis]).sum();
            assert!(
                along > 0.8 * speed,
                "{:?} {velocity:?} {speed}",
                pose.forward
            );
        }
        let floor = track.floor_below(pose.position).expect("a floor");
        assert!((floor.y - player.surface_height()).abs() < 0.5);
        assert_eq!(SurfaceType(floor.surface.kind), player.surface());
        assert_eq!(course.surface_at(pose.position), Some(SurfaceType::ASPHALT));
        assert!(floor.surface.is_road && floor.surface.carries && !floor.surface.stops);
        for direction in [
            pose.left,
            pose.left.map(|part| -part),
            pose.forward,
            [1.0, 0.0, 0.0],
        ] {
            let level = {
                let length = direction[0].hypot(direction[2]);
                [direction[0] / length, 0.0, direction[2] / length]
            };
            let found = track.wall_ahead(pose.position, level, 10_000.0);
            let expected = file.wall_ahead(pose.position.map(f64::from), level.map(f64::from));
            match (found, expected) {
                (Some(hit), Some(expected)) => assert!(
                    (f64::from(hit.distance) - expected).abs() < 0.1,
                    "{hit:?} {expected}"
                ),
                (found, expected) => {
                    assert!(
                        found.is_none() && expected.is_none(),
                        "{found:?} {expected:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_bundled_course_is_read_as_its_file_has_it() {
    for info in COURSES {
        let Some(game) = Game::on_the_course(info.place) else {
            return;
        };
        let file = File::read(info.file);
        let course = Course::read(&game.race()).expect("a course");
        assert_eq!(course.id(), CourseId(info.id.into()), "{}", info.name);
        let triangles = course.track().triangles();
        assert_eq!(triangles.len(), file.triangles.len(), "{}", info.name);
        for (triangle, (corners, surface)) in triangles.iter().zip(&file.triangles) {
            let surface = u16::from(*surface);
            assert_eq!(triangle.corners.map(|c| c.map(f64::from)), *corners);
            assert_eq!(triangle.surface.kind, surface);
            assert_eq!(triangle.surface.stops, surface == u16::from(WALL));
            let carries = !triangle.surface.stops && surface != SurfaceType::OUT_OF_BOUNDS.0;
            assert_eq!(triangle.surface.carries, carries);
            let is_off_road = matches!(
                SurfaceType(surface),
                SurfaceType::GRASS | SurfaceType::SAND | SurfaceType::DIRT
            );
            assert_eq!(triangle.surface.is_road, carries && !is_off_road);
        }
        // Checkpoints reach as far to the sides as the paths there: four fifths of the road.
        let widths = file.half_widths.iter().step_by(POINTS_PER_CHECKPOINT);
        let checkpoints = course.track().checkpoints();
        assert_eq!(checkpoints.len(), widths.len());
        for (checkpoint, half_width) in checkpoints.iter().zip(widths) {
            let expected = 2.0 * 0.8 * half_width;
            assert!(
                (checkpoint.width() - expected).abs() < 3.0,
                "{checkpoint:?}"
            );
        }
        assert!(course.track().lap_length().is_some_and(|lap| lap > 4000.0));
        let start = course.track().start().expect("a start");
        assert_eq!([start.position[0], start.position[2]], [0.0, 0.0]);
        assert!((start.rotation[1].abs() - 180.0).abs() < 6.0, "{start:?}");
    }
}

#[test]
fn a_race_is_told_in_order() {
    let Some(mut game) = Game::at_the_start() else {
        return;
    };
    assert_eq!(
        game.told,
        [
            EventKind::RaceReady {
                course: CourseId::LUIGI_RACEWAY
            },
            EventKind::CountdownOver
        ]
    );
    let checkpoints = game
        .race()
        .path_point_count(0)
        .expect("a path")
        .div_ceil(POINTS_PER_CHECKPOINT);
    let mut last = checkpoint_of(game.race().progress(0).expect("one").nearest_point.into());
    game.told.clear();
    game.let_the_computer_drive();
    let (mut completion, mut fastest) = (f32::MIN, 0.0f32);
    for _ in 0..RACE {
        game.play(1, Buttons::empty(), 0);
        let race = game.race();
        let progress = race.progress(0).expect("a player");
        assert!(progress.course_completion >= completion - 0.002);
        completion = progress.course_completion;
        fastest = fastest.max(race.player(0).expect("a player").kmh());
        if race.state() != RaceState::RACING {
            break;
        }
    }
    assert!((50.0..110.0).contains(&fastest), "{fastest} km/h");
    let hud = game.race().hud().expect("a display");
    let laps: Vec<_> = (game.told.iter())
        .filter_map(|kind| match *kind {
            EventKind::Lap { lap, centiseconds } => Some((lap, centiseconds)),
            _ => None,
        })
        .collect();
    let durations = hud.lap_durations();
    assert_eq!(
        laps,
        [(1, durations[0]), (2, durations[1]), (3, durations[2])]
    );
    assert_eq!(durations.iter().sum::<u32>(), hud.total_time());
    let finish = EventKind::Finish {
        centiseconds: hud.total_time(),
        place: 1,
    };
    assert_eq!(game.told.iter().filter(|kind| **kind == finish).count(), 1);
    assert_eq!(hud.race_complete(), 1);
    let mut passed = 0;
    for kind in &game.told {
        if let EventKind::Checkpoint { checkpoint } = *kind {
            assert_eq!(checkpoint, (last + 1) % checkpoints);
            last = checkpoint;
            passed += 1;
        }
    }
    assert!((3 * checkpoints..=3 * checkpoints + 3).contains(&passed));

    // The run became the ghost: nothing was pressed, for as long as the race took.
    let ram = game.ram();
    let time: i32 = ram.element(&symbols::PLAYER_GHOST_TIME, 0).expect("a time");
    assert_eq!(time as u32, hud.total_time());
    let ghost = ram.player_ghost().expect("a ghost");
    let (mut frames, mut pressed) = (0, 0);
    for word in ghost {
        frames += word.frames();
        pressed |= word.a() | word.b() | word.z() | word.r();
        assert_eq!((word.stick_x(), word.stick_y()), (0, 0));
    }
    let seconds = frames as f32 / 30.0;
    let countdown = seconds - hud.total_time() as f32 / 100.0;
    assert!((3.0..5.0).contains(&countdown), "{seconds} s");
    assert_eq!(pressed, 0);
}

#[test]
fn driving_is_told() {
    let Some(mut game) = Game::at_the_start() else {
        return;
    };
    game.play(180, Buttons::A, 0);
    assert!(game.race().player(0).expect("a player").kmh() > 25.0);
    game.play(4, Buttons::A | Buttons::R, 0);
    assert!(game.told(EventKind::Effect {
        effect: Effect::Hop
    }));
    // Counter-steering twice charges a mini-turbo.
    for (frames, stick) in [(8, -40), (22, 64), (4, -40), (22, 64), (4, -40)] {
        game.play(frames, Buttons::A | Buttons::R, stick);
    }
    let direction = Direction::Left;
    assert!(game.told(EventKind::DriftStart { direction }));
    assert!(!game.told(EventKind::DriftEnd));
    for charge in [1, 2] {
        assert!(game.told(EventKind::DriftCharge { charge }));
    }
    let is_mini_turbo = |kind: &EventKind| {
        let boost = Boost::MiniTurbo;
        matches!(*kind, EventKind::BoostStart { boost: from, ticks: 28..=31 } if from == boost)
    };
    assert!(!game.told.iter().any(is_mini_turbo));
    game.play(4, Buttons::A, 0);
    assert!(game.told(EventKind::DriftEnd) && game.told.iter().any(is_mini_turbo));

    game.play(2, Buttons::A | Buttons::Z, 0);
    game.play(2, Buttons::A, 0);
    let (item, rest) = (ItemKind::TRIPLE_MUSHROOM, ItemKind::DOUBLE_MUSHROOM);
    assert!(game.told(EventKind::ItemSpent { item }));
    assert!(!game.told(EventKind::ItemReceived { item: rest }));
    assert!(game.told.iter().any(|kind| matches!(
        kind,
        EventKind::BoostStart {
            boost: Boost::Mushroom,
            ticks: 60..=80
        }
    )));

    // Straight on, it leaves the road, then meets the wall beside it.
    game.play(400, Buttons::A, 0);
    let place = |kind: fn(&EventKind) -> bool| game.told.iter().position(kind);
    let off_road = place(|kind| matches!(kind, EventKind::OffRoad { .. })).expect("off-road");
    let wall = place(|kind| *kind == EventKind::WallHit).expect("a wall");
    assert!(off_road < wall);
}

#[test]
fn the_wrong_way_and_falls_are_told() {
    let Some(mut game) = Game::at_the_start() else {
        return;
    };
    game.play(300, Buttons::A, 0);
    let turn = |game: &mut Game| {
        game.write(|player| {
            let [x, yaw, z] = player.view().rotation();
            player.set_rotation([x, yaw.wrapping_add(i16::MIN), z]);
        });
    };
    turn(&mut game);
    game.play(200, Buttons::A, 0);
    assert!(game.told(EventKind::WrongWay) && !game.told(EventKind::RightWay));
    turn(&mut game);
    game.play(60, Buttons::A, 0);
    assert!(game.told(EventKind::RightWay));

    game.write(|player| player.set_position([20_000.0, 100.0, 20_000.0]));
    game.play(600, Buttons::empty(), 0);
    let place = |sought: EventKind| game.told.iter().position(|kind| *kind == sought);
    let (fall, rescue) = (place(EventKind::Fall), place(EventKind::Rescue));
    assert!(fall.is_some() && fall < rescue, "{:?}", game.told);
    let course = Course::read(&game.race()).expect("a course");
    let position = game.race().player(0).expect("a player").position();
    assert!(course.track().floor_below(position).is_some());
}

#[test]
fn a_grand_prix_has_eight_players_and_item_boxes() {
    let Some(mut game) = Game::at_the_grand_prix() else {
        return;
    };
    assert_eq!(game.ram().mode(), Ok(GameMode::GRAND_PRIX));
    game.until(|game| game.race().state() == RaceState::RACING);
    game.told.clear();
    game.let_the_computer_drive();
    game.play(1500, Buttons::empty(), 0);
    let (ram, race) = (game.ram(), game.race());
    let mut characters: Vec<_> = race
        .players()
        .map(|(_, player)| player.character().0)
        .collect();
    characters.sort_unstable();
    assert_eq!(characters, [0, 1, 2, 3, 4, 5, 6, 7]);
    let mut ahead = f32::MAX;
    for rank in 0..8 {
        let number: i16 = ram
            .element(&symbols::PLAYER_BY_RANK, rank)
            .expect("a player");
        let number = usize::try_from(number).expect("a number");
        let progress = race.progress(number).expect("a player");
        let player = race.player(number).expect("a player");
        assert_eq!((progress.rank, player.rank()), (rank as i32, rank as i16));
        assert_eq!(progress.lap, i32::from(player.lap()));
        assert!(progress.course_completion <= ahead);
        ahead = progress.course_completion;
        let by_rank: f32 = ram
            .element(&symbols::COMPLETION_BY_RANK, rank)
            .expect("one");
        assert_eq!(by_rank, ahead);
    }
    assert!(ram.element::<i16>(&symbols::PLAYER_BY_RANK, 8).is_err());
    let actors = ram.actors().expect("actors");
    let boxes = actors.iter().filter(|actor| actor.exists());
    let course = Course::read(&race).expect("a course");
    let high: Vec<f32> = boxes
        .map(|item_box| {
            let floor = course.track().floor_below(item_box.position());
            item_box.position()[1] - floor.expect("a floor").y
        })
        .collect();
    assert_eq!(high.len(), 15);
    assert!(
        high.iter().all(|high| (5.0..12.0).contains(high)),
        "{high:?}"
    );
    let item = ItemKind::MUSHROOM;
    assert!(
        game.told(EventKind::ItemReceived { item }) && game.told(EventKind::ItemSpent { item })
    );
}

#[test]
fn the_camera_shows_what_it_looks_at_in_the_middle() {
    let Some(mut game) = Game::at_the_start() else {
        return;
    };
    game.let_the_computer_drive();
    game.play(600, Buttons::empty(), 0);
    let race = game.race();
    let (camera, fov) = (
        race.camera().expect("a camera"),
        game.ram().fields_of_view(),
    );
    let [fov, ..] = fov.expect("fields of view");
    assert_eq!(fov, 45.0);
    let projection = camera.projection(fov);
    let [x, y] = projection
        .point(camera.look_at(), ZClip::Native)
        .expect("seen");
    assert!(
        (x - 160.0).abs() < 0.01 && (y - 120.0).abs() < 0.01,
        "{x} {y}"
    );
    // The kart is below that by the angle between the two, and on the same line.
    let angle = |point: [f32; 3]| {
        let from = camera.position();
        let along = (point[0] - from[0]).hypot(point[2] - from[2]);
        ((point[1] - from[1]) / along).atan()
    };
    let kart = race.player(0).expect("a player").position();
    let below = angle(camera.look_at()) - angle(kart);
    let expected = 120.0 + 120.0 * below.tan() / (fov / 2.0).to_radians().tan();
    let [x, y] = projection.point(kart, ZClip::Native).expect("seen");
    assert!(
        (x - 160.0).abs() < 1.0 && (y - expected).abs() < 0.5,
        "{x} {y} {expected}"
    );
}

#[test]
fn fields_are_found_by_name_and_by_address() {
    let Some(mut game) = Game::at_the_start() else {
        return;
    };
    game.play(200, Buttons::A, 0);
    let (ram, player) = (game.ram(), game.race().player(0).expect("a player"));
    let read = |text: &str| {
        let path = Path::parse(text).expect("a path");
        path.read(&ram).expect("RAM").expect("a value")
    };
    let speed = FieldValue::Number(player.speed().into());
    assert_eq!(read("player[0].speed"), speed);
    assert_eq!(read("player_pointer[0].speed"), speed);
    let point = usize::from(game.race().progress(0).expect("one").nearest_point);
    let points = game.race().path(0, Side::Centre).expect("a path");
    let x = points.get(point).expect("a point").position()[0];
    assert_eq!(
        read(&format!("path_centre[0][{point}].position[0]")),
        FieldValue::Integer(x.into())
    );
    let triangle = player.contact().triangle_zx();
    assert_eq!(
        read(&format!("collision_triangle[{triangle}].surface")),
        FieldValue::Integer(player.surface().0.into())
    );
    let before = game.emulator.ram().to_vec();
    let places = Places::new(&ram);
    for text in ["player[3].effects", "hud[0].lap", "camera[0].look_at[2]"] {
        let address = Path::parse(text).expect("a path").address(&ram);
        let address = address.expect("RAM").expect("an address");
        assert_eq!(places.at(address).expect("a field").to_string(), text);
    }

    // What a tick changes is found by comparing two images, and by a search.
    game.play(4, Buttons::A, 0);
    let (old, ram) = (Ram::new(&before).expect("an image"), game.ram());
    let changes = Comparison::new(*old, *ram)
        .fields(|| Ok::<(), Infallible>(()))
        .expect("nothing stops it");
    let changed: Vec<String> = changes
        .iter()
        .map(|change| change.path.to_string())
        .collect();
    for text in ["player[0].position[2]", "race_ticks", "course_timer"] {
        assert!(
            changed.iter().any(|path| path == text),
            "{text}: {changed:?}"
        );
    }
    assert!(!changed.iter().any(|path| path.starts_with("player[1]")));
    let mut search = Search::new(Number::Float, false);
    let speed = f64::from(game.race().player(0).expect("a player").speed());
    search.keep(&old, &ram, Condition::Within(speed, speed));
    search.keep(&old, &ram, Condition::Changed);
    let address = Path::parse("player[0].speed")
        .expect("a path")
        .address(&ram);
    let address = address.expect("RAM").expect("an address");
    assert!(search.addresses().any(|found| found == address));
}
