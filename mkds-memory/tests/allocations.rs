//! After a course is ready, frames are looked at without allocating. The counter is its binary's
//! allocator.

mod image;

use std::f32::consts::PI;

use allocation_counter::measure;
use homebrew::COURSES;
use homebrew::native::Game;
use image::observe;
use mkds_formats::ghost::Combo;
use mkds_memory::course::Course;
use mkds_memory::events::RaceEvents;
use mkds_memory::path::{FieldValue, Path};
use mkds_memory::{Ram, Result};
use nds_formats::pad::Pad;
use track::{Aim, Bearing, Frame, RayFan, ZClip};

/// What a driver measures, a frame after the other.
struct Sensors {
    course: Course,
    events: RaceEvents,
    told: usize,
    paths: [Path; 2],
    fan: RayFan,
    dome: RayFan,
    fields: [f32; 40],
    edges: [f32; 24],
    walls: [f32; 24],
    dome_walls: [f32; 30],
    bearings: [Bearing; 4],
}

impl Sensors {
    fn new(course: Course) -> Self {
        let paths = ["driver[0].boost_timer", "map.cpoi[3].key_id"];
        Self {
            course,
            events: RaceEvents::new(),
            told: 0,
            paths: paths.map(|path| Path::parse(path).expect("a field")),
            fan: RayFan::new(24, PI, 3000.0),
            dome: RayFan::new(10, PI, 500.0)
                .at_elevations(&[-0.2, 0.0, 0.2])
                .in_frame(Frame::World),
            fields: [0.0; 40],
            edges: [0.0; 24],
            walls: [0.0; 24],
            dome_walls: [0.0; 30],
            bearings: [Bearing::default(); 4],
        }
    }

    /// One frame: returns whether all of it was there to be measured.
    fn look(&mut self, bytes: &[u8]) -> Result<bool> {
        let ram = Ram::new(bytes)?;
        let Some(race) = ram.race()? else {
            return Ok(false);
        };
        self.told += self.events.update(&ram)?.len();
        for path in &self.paths {
            if !matches!(path.read(&ram)?, Some(FieldValue::Integer(_))) {
                return Ok(false);
            }
        }
        let driver = race.driver(0)?;
        let checkpoint = usize::from(race.driver_status(0)?.checkpoint());
        observe(&driver, &mut self.fields);
        let (course, pose) = (&self.course, driver.pose());
        self.fan
            .cast(course.track().boundary(), &pose, &mut self.edges);
        self.fan
            .cast(course.track().walls(), &pose, &mut self.walls);
        self.dome.cast(
            &(course.track().boundary(), course.track().walls()),
            &pose,
            &mut self.dome_walls,
        );
        let aims = [Aim::Midpoint, Aim::Nearest];
        let counts = aims
            .map(|aim| pose.bearings_after(course.track(), checkpoint, aim, &mut self.bearings));
        let [x, y, z] = pose.position;
        let line = course.track().centreline();
        let here = line.project([x, z], Some(checkpoint));
        let along = here.map_or(0.0, |here| here.along);
        let turns = line.curvature(along, 100.0) + line.heading_change(along, 500.0);
        let floor = course.track().floor_below([x, y + 5.0, z]);
        let near = course.prisms_at(pose.position)?.len();
        let ahead = course
            .track()
            .wall_ahead(pose.position, pose.forward, 3000.0);
        let projection = race.camera()?.projection();
        let kart = projection.point(pose.position, ZClip::Native);
        let mut lines = 0;
        for (ray, distance) in self.fan.rays(&pose).zip(&self.edges) {
            let end = [0, 1, 2].map(|axis| ray.origin[axis] + ray.direction[axis] * distance);
            let seen = projection.line_on_screen(ray.origin, end, ZClip::NativeNear);
            lines += usize::from(seen.is_some());
        }
        Ok(counts == [4, 4]
            && here.is_some()
            && turns.is_finite()
            && floor.is_some()
            && near > 0
            && (ahead.is_some() || self.edges.iter().all(|edge| edge.is_finite()))
            && kart.is_some()
            && lines > 0)
    }
}

#[test]
fn frames_are_measured_without_allocating() -> std::result::Result<(), Box<dyn std::error::Error>> {
    for info in COURSES {
        let mut game = Game::new(None)?;
        game.start_race(Combo {
            character: 3,
            kart: 10,
            course: info.id,
        })?;
        let mut course = None;
        let reading = measure(|| {
            let race = Ram::new(game.ram())
                .and_then(|ram| ram.race())
                .ok()
                .flatten();
            course = race.and_then(|race| Course::read(&race).ok());
        });
        assert!(reading.count_total > 0, "the counter counts");
        let mut sensors = Sensors::new(course.ok_or("no course")?);
        let mut measured = 0;
        for _ in 0..600 {
            game.tick(Pad::A);
            let ram = game.ram();
            let frame = measure(|| measured += usize::from(sensors.look(ram) == Ok(true)));
            assert_eq!(
                (frame.count_total, frame.bytes_total),
                (0, 0),
                "{}",
                info.name
            );
        }
        assert_eq!(measured, 600, "{}", info.name);
        assert!(sensors.told > 1, "{}: events are told", info.name);
    }
    Ok(())
}
