//! Races of the bundled game, as its native build keeps them in RAM.

use std::error::Error;
use std::f32::consts::PI;

use homebrew::native::Game;
use homebrew::{COURSES, CourseInfo};
use mkds_formats::ghost::Combo;
use mkds_formats::kcl::{CollisionType, Kcl};
use mkds_memory::collision::collision_type_of;
use mkds_memory::course::Course;
use mkds_memory::driver::{ControlFlags, MotionFlags};
use mkds_memory::events::RaceEvents;
use mkds_memory::race::{Character, Kart};
use mkds_memory::{RAM_SIZE, Race, Ram, RamMut};
use nds_formats::pad::Pad;
use track::{Aim, Bearing, Pose, RayFan, Trace};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn started(course: &CourseInfo) -> Result<Game> {
    let mut game = Game::new(None)?;
    game.start_race(Combo {
        character: 3,
        kart: 10,
        course: course.id,
    })?;
    Ok(game)
}

fn race_of(game: &Game) -> Result<Race<'_>> {
    Ok(Ram::new(game.ram())?.race()?.ok_or("no race")?)
}

fn gap(a: [f32; 3], b: [f32; 3]) -> f32 {
    [0, 1, 2]
        .map(|axis| (a[axis] - b[axis]).powi(2))
        .iter()
        .sum::<f32>()
        .sqrt()
}

#[test]
fn in_the_menus_there_is_no_race() -> Result {
    let mut game = Game::new(None)?;
    for _ in 0..60 {
        assert!(Ram::new(game.ram())?.race()?.is_none());
        game.tick(Pad::empty());
    }
    Ok(())
}

#[test]
fn a_race_is_read_as_it_was_chosen() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let race = race_of(&game)?;
        assert_eq!(
            (race.ram().course_id()?, race.ram().scene_state()?),
            (info.id.into(), Some(2))
        );
        assert_eq!(race.state().frame_counter(), 1);
        let config = race.config().driver(0).ok_or("no driver")?;
        assert_eq!(
            (config.character(), config.kart()),
            (Character::BOWSER, Kart::HURRICANE)
        );
        let status = race.driver_status(0)?;
        assert_eq!((status.place(), status.driver_id()), (0, 0));
        assert!(race.camera()?.fov_sin().to_f32() > 0.0);
    }
    Ok(())
}

#[test]
fn the_course_in_ram_is_the_course_in_the_file() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let course = Course::read(&race_of(&game)?)?;
        let file = Kcl::parse(info.kcl)?;
        assert_eq!(
            course.track().triangles().len(),
            file.prisms().len(),
            "{}",
            info.name
        );
        for (triangle, source) in course.track().triangles().iter().zip(course.sources()) {
            let prism = file.prism(source.prism).ok_or("no such prism")?;
            assert_eq!(source.attribute, prism.attribute);
            let corners = file.triangle(source.prism).ok_or("no area")?;
            for (own, filed) in triangle.corners.iter().zip(corners) {
                // Settled corners leave the prism's rounding behind.
                let gap = gap(*own, filed.map(|part| part as f32));
                assert!(gap < 0.5, "{}: {own:?} {filed:?}", info.name);
            }
        }
        assert_eq!(course.laps(), 3);
        assert!(course.track().centreline().is_closed());
        let length = course.track().centreline().length();
        assert!(
            (3000.0..20_000.0).contains(&length),
            "{}: {length}",
            info.name
        );
    }
    Ok(())
}

#[test]
fn on_the_grid_the_road_lies_around_and_ahead() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let race = race_of(&game)?;
        let (course, driver) = (Course::read(&race)?, race.driver(0)?);
        let pose = driver.pose();
        let start = course.track().start().ok_or("no start")?;
        assert!(
            gap(pose.position, start.position) < 150.0,
            "{pose:?} {start:?}"
        );
        assert!((pose.up[1] - 1.0).abs() < 0.1, "{pose:?}");

        let [x, y, z] = pose.position;
        let floor = course
            .track()
            .floor_below([x, y + 5.0, z])
            .ok_or("no floor")?;
        assert_eq!(collision_type_of(floor.surface), Some(CollisionType::Road));
        assert!((floor.y - y).abs() < 10.0, "{floor:?} {y}");

        let fan = RayFan::new(3, PI, 3000.0);
        let mut edges = [0.0; 3];
        fan.cast(course.track().boundary(), &pose, &mut edges);
        let [left, ahead, right] = edges;
        assert!(
            (200.0..320.0).contains(&(left + right)),
            "{}: {edges:?}",
            info.name
        );
        assert!(ahead > 200.0, "{}: {edges:?}", info.name);
        let mut walls = [0.0; 3];
        let raised = Pose {
            position: [x, y + 12.0, z],
            ..pose
        };
        fan.cast(course.track().walls(), &raised, &mut walls);
        assert!(
            walls[0] >= left - 1.0 && walls[2] >= right - 1.0,
            "{}: {walls:?}",
            info.name
        );

        let checkpoint = usize::from(race.driver_status(0)?.checkpoint());
        let mut bearings = [Bearing::default(); 4];
        assert_eq!(
            pose.bearings_after(course.track(), checkpoint, Aim::Midpoint, &mut bearings),
            4
        );
        assert!(
            bearings[0].angle.abs() < PI / 3.0,
            "{}: {bearings:?}",
            info.name
        );

        let here = course
            .track()
            .centreline()
            .project([x, z], Some(checkpoint))
            .ok_or("no line")?;
        assert!(
            (here.offset - (right - left) * 0.5).abs() < 20.0,
            "{}: {here:?} {edges:?}",
            info.name
        );
    }
    Ok(())
}

#[test]
fn steering_left_turns_to_the_left_by_every_measure() -> Result {
    let mut game = started(&COURSES[0])?;
    for _ in 0..330 {
        game.tick(Pad::A);
    }
    let before = race_of(&game)?.driver(0)?;
    let (yaw, pose) = (before.yaw(), before.pose());
    for _ in 0..20 {
        game.tick(Pad::A | Pad::LEFT);
    }
    let driver = race_of(&game)?.driver(0)?;
    assert!(
        driver.yaw().0.wrapping_sub(yaw.0).cast_signed() > 0,
        "the yaw grows to the left"
    );
    let [x, _, z] = driver.position().to_f32();
    assert!(
        pose.bearing([x, z]).angle > 0.0,
        "the way it went bears to the left"
    );
    let [_, left] = pose.local(driver.position().to_f32());
    assert!(left > 0.0, "{left}");
    let turned = driver.pose().forward;
    let aside: f32 = (0..3).map(|axis| turned[axis] * pose.left[axis]).sum();
    assert!(aside > 0.0, "{aside}");
    assert!(driver.motion_flags().contains(MotionFlags::ON_GROUND));
    let pedals = ControlFlags::ACCELERATE | ControlFlags::STEER_LEFT;
    assert!(
        driver.control_flags().contains(pedals),
        "{:?}",
        driver.control_flags()
    );
    Ok(())
}

#[test]
fn a_kart_that_is_moved_is_where_it_was_moved_to() -> Result {
    let mut game = started(&COURSES[0])?;
    let moved = {
        let mut ram = RamMut::new(game.ram_mut())?;
        let mut driver = ram.driver_mut(0)?;
        let mut position = driver.view().position();
        position.x.0 += 10 << 12;
        driver.set_position(position);
        position
    };
    game.tick(Pad::empty());
    let position = race_of(&game)?.driver(0)?.position();
    assert!(
        gap(position.to_f32(), moved.to_f32()) < 5.0,
        "{position:?} {moved:?}"
    );
    Ok(())
}

#[test]
fn every_ray_from_the_road_ends_at_its_edge() -> Result {
    for info in COURSES {
        let game = started(info)?;
        let course = Course::read(&race_of(&game)?)?;
        let line = course.track().centreline();
        let fan = RayFan::new(24, 2.0 * PI, 3000.0);
        let (mut beyond, mut rays) = (0, 0);
        for step in 0..200 {
            let ([x, z], [ahead_x, ahead_z]) = line
                .at(line.length() * step as f32 / 200.0)
                .ok_or("no line")?;
            let Some(floor) = course.track().floor_below([x, 4000.0, z]) else {
                continue;
            };
            let pose = Pose::new([x, floor.y, z], [ahead_x, 0.0, ahead_z], floor.normal);
            for ray in fan.rays(&pose) {
                rays += 1;
                // The course ends at its walls; a ray behind them missed the road's edge.
                let wall = course
                    .track()
                    .walls()
                    .trace(&ray, 3000.0)
                    .map_or(3000.0, |hit| hit.distance);
                let edge = course
                    .track()
                    .boundary()
                    .trace(&ray, 3000.0)
                    .map_or(3000.0, |hit| hit.distance);
                beyond += usize::from(edge > wall + 1.0);
            }
        }
        assert!(
            rays > 4000 && beyond * 50 < rays,
            "{}: {beyond} of {rays}",
            info.name
        );
    }
    Ok(())
}

/// What all that depends on a race says of RAM: whether there is one, and a course.
fn look(image: &[u8], events: &mut RaceEvents) -> mkds_memory::Result<bool> {
    let ram = Ram::new(image)?;
    events.update(&ram)?;
    let Some(race) = ram.race()? else {
        return Ok(false);
    };
    for driver in race.drivers() {
        assert!(driver.pose().forward.iter().all(|part| part.is_finite()));
    }
    let place = race.driver(0)?.position().to_f32();
    let _ = Course::read(&race)?.prisms_at(place)?;
    Ok(true)
}

#[test]
fn a_race_that_is_half_there_is_an_error_or_none() -> Result {
    const STEP: usize = 0x2000;
    let mut game = Game::new(None)?;
    game.tick(Pad::empty());
    let menus = game.ram().to_vec();
    let mut game = started(&COURSES[2])?;
    for _ in 0..400 {
        game.tick(Pad::A);
    }
    let race = game.ram();
    let upwards: Vec<usize> = (0..RAM_SIZE).step_by(STEP).collect();
    let downwards: Vec<usize> = upwards.iter().rev().copied().collect();
    let mut errors = 0;
    for steps in [upwards, downwards] {
        let (mut image, mut events) = (menus.clone(), RaceEvents::new());
        assert_eq!(look(&image, &mut events), Ok(false));
        for start in steps {
            let part = start..start + STEP;
            image[part.clone()].copy_from_slice(&race[part]);
            if let Err(error) = look(&image, &mut events) {
                let words = error.to_string();
                assert!(
                    words.contains("expected") || words.contains("null"),
                    "{words}"
                );
                errors += 1;
            }
        }
        assert_eq!(look(&image, &mut events), Ok(true));
    }
    assert!(errors > 0, "no part of it was missed");
    Ok(())
}
