//! The scenes of Mario Kart DS's races, for the overlays over them.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use drawing::DrawList;
//! use mkds_formats::ghost::Combo;
//! use nds_formats::pad::{Frame, Pad};
//! use overlays::{OverlayKind, Races, draw_all};
//! use overlays_mkds::MkdsRaces;
//! use track::RayFan;
//!
//! let mut game = homebrew::native::Game::new(None)?;
//! game.start_race(Combo { character: 0, kart: 0, course: 20 })?;
//! let overlays = [OverlayKind::Rays.make(), OverlayKind::Checkpoints.make()];
//! let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
//!
//! let race = MkdsRaces::race(game.ram())?.ok_or("no race")?; // of an emulator's main RAM as well
//! let course = MkdsRaces::read_course(&race)?; // once a race
//! let scene = MkdsRaces::scene(&race, &course, &Frame::pad(Pad::A))?.with_rays(&fan);
//! let mut list = DrawList::default();
//! draw_all(&overlays, &scene, &mut list);
//! assert!(!list.shapes().is_empty());
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod controls;
mod material;
mod objects;

use desmume::Emulator;
use env_kart::facts::Facts;
use env_mkds::facts;
use machine::Machine as _;
use mkds_memory::{Race, Ram, course};
use nds_formats::pad::Frame;
use overlays::{Course, Kart, OverlayKind, Races, Scene};

pub use controls::controls;
pub use material::material;
pub use objects::objects;

/// Reads the races of Mario Kart DS.
#[derive(Debug)]
pub enum MkdsRaces {}

impl Races for MkdsRaces {
    type Race<'a> = Race<'a>;
    type Course = course::Course;
    type Input = Frame;
    type Error = env_mkds::Error;

    /// A course that is read from RAM has no paths.
    const UNUSED: &'static [OverlayKind] = &[OverlayKind::Paths];

    fn race(ram: &[u8]) -> Result<Option<Race<'_>>, Self::Error> {
        Ok(Ram::new(ram)?.race()?)
    }

    fn course_id(race: &Race<'_>) -> Result<u32, Self::Error> {
        Ok(race.config().course().0)
    }

    fn read_course(race: &Race<'_>) -> Result<course::Course, Self::Error> {
        Ok(course::Course::read(race)?)
    }

    fn course(course: &course::Course) -> Course<'_> {
        Course {
            id: course.id(),
            track: course.track(),
            paths: &[],
            material,
        }
    }

    fn facts(race: &Race<'_>, input: &Frame) -> Result<Facts, Self::Error> {
        facts::read(race, input.pad)
    }

    fn scene<'a>(
        race: &Race<'_>,
        course: &'a course::Course,
        input: &Frame,
    ) -> Result<Scene<'a>, Self::Error> {
        let projection = race.camera()?.projection();
        let (course, facts) = (Self::course(course), Self::facts(race, input)?);
        Ok(Scene::new(Emulator::HARDWARE, projection, course, facts)
            .with_controls(controls(input.pad))
            .with_objects(objects(race))
            .with_karts(karts(race)))
    }
}

/// The other drivers.
fn karts(race: &Race<'_>) -> Vec<Kart> {
    let others = race.drivers().enumerate().skip(1);
    let kart = |(number, driver): (usize, mkds_memory::Driver<'_>)| Kart {
        position: driver.position().to_f32(),
        forward: driver.direction().to_f32(),
        name: format!("driver {number}"),
        is_ghost: false,
    };
    others.map(kart).collect()
}
