//! The scenes of Mario Kart 64's races, for the overlays over them.
//!
//! ```
//! use mk64_memory::RAM_SIZE;
//! use overlays::Races;
//! use overlays_mk64::Mk64Races;
//!
//! let ram = vec![0; RAM_SIZE]; // or an emulator's RAM
//! assert!(Mk64Races::race(&ram)?.is_none());
//! # Ok::<(), env_mk64::Error>(())
//! ```
#![forbid(unsafe_code)]

mod controls;
mod material;
mod objects;

use env_kart::facts::Facts;
use env_mk64::facts;
use machine::Machine as _;
use mk64_formats::names::CHARACTERS;
use mk64_memory::{Race, Ram, course};
use mupen64plus::Emulator;
use n64_formats::pad::Frame;
use overlays::{Course, Kart, OverlayKind, Races, Scene};

pub use controls::controls;
pub use material::material;
pub use objects::objects;

/// Reads the races of Mario Kart 64.
#[derive(Debug)]
pub enum Mk64Races {}

impl Races for Mk64Races {
    type Race<'a> = Race<'a>;
    type Course = course::Course;
    type Input = Frame;
    type Error = env_mk64::Error;

    /// The console has one screen.
    const UNUSED: &'static [OverlayKind] = &[OverlayKind::BottomMap];

    fn race(ram: &[u8]) -> Result<Option<Race<'_>>, Self::Error> {
        Ok(Ram::new(ram)?.race()?)
    }

    fn course_id(race: &Race<'_>) -> Result<u32, Self::Error> {
        Ok(number_of(race.course_id()?))
    }

    fn read_course(race: &Race<'_>) -> Result<course::Course, Self::Error> {
        Ok(course::Course::read(race)?)
    }

    fn course(course: &course::Course) -> Course<'_> {
        Course {
            id: Some(number_of(course.id())),
            track: course.track(),
            paths: course.paths(),
            material,
        }
    }

    fn facts(race: &Race<'_>, input: &Frame) -> Result<Facts, Self::Error> {
        facts::read(race, input.pads[0])
    }

    fn scene<'a>(
        race: &Race<'_>,
        course: &'a course::Course,
        input: &Frame,
    ) -> Result<Scene<'a>, Self::Error> {
        let [fov, ..] = race.ram().fields_of_view()?;
        let projection = race.camera()?.projection(fov);
        let (course, facts) = (Self::course(course), Self::facts(race, input)?);
        Ok(Scene::new(Emulator::HARDWARE, projection, course, facts)
            .with_controls(controls(input.pads[0]))
            .with_objects(objects(race)?)
            .with_karts(karts(race)))
    }
}

/// The other players.
fn karts(race: &Race<'_>) -> Vec<Kart> {
    let others = race.players().filter(|(number, _)| *number > 0);
    let kart = |(number, player): (usize, mk64_memory::Player<'_>)| {
        let character = CHARACTERS.get(usize::from(player.character().0));
        Kart {
            position: player.position(),
            forward: player.forward(),
            name: character.map_or_else(|| format!("player {number}"), |name| name.to_lowercase()),
            is_ghost: player.is_ghost(),
        }
    };
    others.map(kart).collect()
}

fn number_of(course: mk64_memory::ids::CourseId) -> u32 {
    u32::from(course.0.cast_unsigned())
}
