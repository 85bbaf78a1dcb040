//! Courses of Mario Kart 64, in the RAM of a race.

use anyhow::{Context, Result};
use env_kart::runs::race_movie::Setup;
use env_kart::runs::{Opponent, RunGame as _};
use env_mk64::game::MarioKart64;
use mk64_formats::names;
use mk64_memory::actor::Actor;
use mk64_memory::course::Course;
use mk64_memory::ids::SurfaceType;
use mk64_memory::{Race, Ram};

use super::{Contents, CourseReport, Line, ListedGame, Object, Section, contents_of, materials};
use crate::arguments::RaceChoice;
use crate::commands::inspect::source::Image;
use crate::game::Game;
use crate::games::{CourseName, KartGame as _};
use crate::interrupt;

/// The game's names of the paths, and what they are for.
const PATHS: [(&str, &str); 4] = [
    (
        "path 0",
        "points of the path that progress is counted along",
    ),
    ("path 1", "points of a branch"),
    ("path 2", "points of a branch"),
    ("path 3", "points of a branch"),
];

impl ListedGame for MarioKart64 {
    /// The course as a time trial on it has it.
    fn course_in_rom(course: &CourseName, game: &Game) -> Result<CourseReport<Self>> {
        let setup = Setup::<Self> {
            rom: &game.rom,
            console: &Default::default(),
            combo: Self::race_of(&RaceChoice::first_on(course), &course.0, game)?,
            opponent: Opponent::None,
            expected_ms: None,
            frame_limit: 0,
        };
        let entered = Self::enter(&setup, &mut |_| interrupt::control_flow());
        interrupt::check()?;
        let name = format!("{}: a time trial on {}", game.name, course.0);
        let machine = entered.with_context(|| name.clone())?.machine;
        of_ram(machine.ram(), name, game)
    }

    fn course_in_ram(image: &Image, game: &Game) -> Result<CourseReport<Self>> {
        of_ram(&image.bytes, image.name.clone(), game)
    }
}

/// The course of the race in main RAM, which was read from `source`.
fn of_ram(ram: &[u8], source: String, game: &Game) -> Result<CourseReport<MarioKart64>> {
    let ram = Ram::new(ram).with_context(|| source.clone())?;
    let race = ram.race().with_context(|| source.clone())?;
    let race =
        race.with_context(|| format!("{source}: expected a race, whose course it is, found none"))?;
    in_race(&race, source.clone(), game).with_context(|| source)
}

fn in_race(
    race: &Race<'_>,
    source: String,
    game: &Game,
) -> mk64_memory::Result<CourseReport<MarioKart64>> {
    let course = Course::read(race)?;
    let id = course.id().0.cast_unsigned();
    let triangles = course.track().triangles().iter();
    let actors = race.ram().actors()?;
    let contents = Contents {
        materials: materials(triangles.map(|triangle| triangle.surface.kind), |number| {
            SurfaceType(number).name()
        }),
        sections: sections(&course),
        objects: actors
            .iter()
            .filter(Actor::exists)
            .map(|actor| object_of(&actor))
            .collect(),
        ..contents_of(
            source,
            id.into(),
            names_of(id, game.bundled),
            course.laps(),
            course.track(),
        )
    };
    Ok(CourseReport {
        contents,
        item_paths: Vec::new(),
        enemy_paths: course
            .paths()
            .iter()
            .filter_map(|path| closed(path))
            .collect(),
        course,
    })
}

/// The abbreviation and the name of a course.
fn names_of(id: u16, bundled: bool) -> [Option<&'static str>; 2] {
    let Some(course) = u8::try_from(id).ok().and_then(names::Course::by_id) else {
        return [None; 2];
    };
    let own = homebrew_n64::COURSES.iter().find(|own| own.id == course.id);
    let name = match bundled {
        true => own.map(|own| own.name),
        false => Some(course.name),
    };
    [Some(course.abbreviation), name]
}

fn object_of(actor: &Actor<'_>) -> Object {
    let kind = actor.kind();
    Object {
        id: kind.0.cast_unsigned(),
        name: kind.name(),
        position: actor.position(),
    }
}

fn sections(course: &Course) -> Vec<Section> {
    let paths = course.paths().iter().zip(PATHS);
    paths
        .map(|(points, (name, holds))| Section {
            name,
            holds,
            count: points.len(),
        })
        .collect()
}

/// A path from above, back to its first point; `None` without points.
fn closed(path: &[[f32; 3]]) -> Option<Line> {
    let first = path.first()?;
    let points = path.iter().chain([first]);
    Some(points.map(|[x, _, z]| [*x, *z]).collect())
}
