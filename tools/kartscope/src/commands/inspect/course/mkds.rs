//! Courses of Mario Kart DS: in the ROM's files, and in RAM.

use anyhow::{Context, Result};
use env_mkds::game::MarioKartDs;
use mkds_formats::carc::CourseFiles;
use mkds_formats::kcl::Kcl;
use mkds_formats::names;
use mkds_formats::nkm::{EnemyRoute, Nkm};
use mkds_memory::course::Course;
use mkds_memory::driver::FloorType;
use mkds_memory::map::IpoiBeta;
use mkds_memory::objects::MapObjectKind;
use mkds_memory::{Race, Ram};

use super::{Contents, CourseReport, Line, ListedGame, Object, Section, contents_of, materials};
use crate::commands::inspect::source::Image;
use crate::courses;
use crate::game::{self, Game};
use crate::games::CourseName;

/// Maps before this version have shorter item points.
const LAST_VERSION: u16 = 37;

impl ListedGame for MarioKartDs {
    fn course_in_rom(course: &CourseName, game: &Game) -> Result<CourseReport<Self>> {
        of_rom(courses::by_name(&course.0)?, game)
    }

    fn course_in_ram(image: &Image, _: &Game) -> Result<CourseReport<Self>> {
        let ram = Ram::new(&image.bytes).with_context(|| image.name.clone())?;
        let race = ram.race().with_context(|| image.name.clone())?;
        let race = race.with_context(|| {
            format!(
                "{}: expected a race, whose course it is, found none",
                image.name
            )
        })?;
        in_race(&race, image).with_context(|| image.name.clone())
    }
}

/// The course in the ROM's files.
fn of_rom(course: &names::Course, game: &Game) -> Result<CourseReport<MarioKartDs>> {
    let path = course.path();
    let context = || format!("{}: {path}", game.name);
    let files = CourseFiles::of_rom(&game.rom, course).with_context(context)?;
    let files = files.with_context(|| {
        format!(
            "{}: expected the file {path} of {}, found none",
            game.name, course.name
        )
    })?;
    let kcl = Kcl::parse(&files.kcl).with_context(context)?;
    let nkm = Nkm::parse(&files.nkm).with_context(context)?;
    let parsed = Course::from_files(&kcl, &nkm).with_context(context)?;
    let points: Vec<[f32; 2]> = nkm.item_points.iter().map(|p| ground(p.position)).collect();
    let routes = nkm.item_routes.iter();
    let item_paths = lines(
        &points,
        routes.map(|r| (r.start, r.length, r.next.to_vec())),
    );
    let (points, routes): (Vec<[f32; 2]>, Vec<_>) = match &nkm.enemy_route {
        EnemyRoute::Race { points, routes } => (
            points.iter().map(|p| ground(p.position)).collect(),
            routes
                .iter()
                .map(|r| (r.start, r.length, r.next.to_vec()))
                .collect(),
        ),
        EnemyRoute::Battle { points, routes } => (
            points.iter().map(|p| ground(p.position)).collect(),
            routes
                .iter()
                .map(|r| (r.start, r.length, r.next.to_vec()))
                .collect(),
        ),
    };
    let objects = nkm.objects.iter();
    let objects = objects.map(|object| object_of(object.object_id, object.position.to_f32()));
    Ok(CourseReport {
        contents: contents(
            context(),
            game.bundled,
            course.id.into(),
            &parsed,
            sections_in_file(&nkm),
            objects.collect(),
        ),
        course: parsed,
        item_paths,
        enemy_paths: lines(&points, routes),
    })
}

fn in_race(race: &Race<'_>, image: &Image) -> mkds_memory::Result<CourseReport<MarioKartDs>> {
    let course = Course::read(race)?;
    let map = race.map()?;
    let objects = map.objects()?;
    let objects = objects
        .iter()
        .map(|object| object_of(object.object_id().0, object.position().to_f32()));
    let item_points: Vec<[f32; 2]> = if map.data().nkm_version() < LAST_VERSION {
        let points = map.beta_item_points()?;
        points
            .iter()
            .map(|point: IpoiBeta<'_>| ground(point.position()))
            .collect()
    } else {
        let points = map.item_points()?;
        points
            .iter()
            .map(|point| ground(point.position()))
            .collect()
    };
    let item_paths = map.item_paths()?;
    let item_paths = item_paths
        .iter()
        .map(|path| (path.start(), path.length(), path.next().to_vec()));
    let item_paths = lines(&item_points, item_paths);
    let enemy_paths = if map.data().mepo_count() > 0 {
        let points = map.mission_enemy_points()?;
        let points: Vec<_> = points.iter().map(|p| ground(p.position())).collect();
        let paths = map.mission_enemy_paths()?;
        lines(
            &points,
            paths
                .iter()
                .map(|p| (p.start(), p.length(), p.next().to_vec())),
        )
    } else {
        let points = map.enemy_points()?;
        let points: Vec<_> = points.iter().map(|p| ground(p.position())).collect();
        let paths = map.enemy_paths()?;
        lines(
            &points,
            paths
                .iter()
                .map(|p| (p.start(), p.length(), p.next().to_vec())),
        )
    };
    Ok(CourseReport {
        contents: contents(
            image.name.clone(),
            game::is_bundled(&image.bytes),
            race.ram().course_id()?,
            &course,
            sections_in_ram(race)?,
            objects.collect(),
        ),
        course,
        item_paths,
        enemy_paths,
    })
}

/// A point seen from above.
fn ground(position: nds_formats::fx::VecFx32) -> [f32; 2] {
    let [x, _, z] = position.to_f32();
    [x, z]
}

fn object_of(id: u16, position: [f32; 3]) -> Object {
    Object {
        id,
        name: MapObjectKind(id).name(),
        position,
    }
}

/// The polylines of paths, each extended to the start of the next ones. Missing points are left out.
fn lines(points: &[[f32; 2]], paths: impl IntoIterator<Item = (u16, u16, Vec<u8>)>) -> Vec<Line> {
    let paths: Vec<_> = paths.into_iter().collect();
    let mut lines = Vec::new();
    for (start, length, next) in &paths {
        let start = usize::from(*start);
        let Some(way) = points.get(start..start + usize::from(*length)) else {
            continue;
        };
        lines.push(way.to_vec());
        for next in next {
            let first = paths
                .get(usize::from(*next))
                .and_then(|(start, _, _)| points.get(usize::from(*start)));
            if let (Some(last), Some(first)) = (way.last(), first) {
                lines.push(vec![*last, *first]);
            }
        }
    }
    lines
}

fn contents(
    source: String,
    bundled: bool,
    id: u32,
    course: &Course,
    sections: Vec<Section>,
    objects: Vec<Object>,
) -> Contents {
    let name = u8::try_from(id).ok().and_then(names::Course::by_id);
    let names = [
        name.map(|course| course.abbreviation),
        name.map(|course| game::course_name(course, bundled)),
    ];
    let numbers = course.sources().iter();
    Contents {
        materials: materials(
            numbers.map(|source| source.attribute.type_number().into()),
            |number| FloorType(number.into()).name(),
        ),
        sections,
        objects,
        ..contents_of(source, id, names, course.laps(), course.track())
    }
}

/// Names and meanings of the sections, in the order of the file.
const SECTIONS: [(&str, &str); 19] = [
    ("OBJI", "objects"),
    ("PATH", "routes of objects and cameras"),
    ("POIT", "points of those routes"),
    ("STAG", "settings"),
    ("KTPS", "start points"),
    ("KTPJ", "respawn points"),
    ("KTP2", "second start points"),
    ("KTPC", "cannon points"),
    ("KTPM", "mission points"),
    ("CPOI", "checkpoints"),
    ("CPAT", "checkpoint paths"),
    ("IPOI", "item points"),
    ("IPAT", "item paths"),
    ("EPOI", "enemy points"),
    ("EPAT", "enemy paths"),
    ("MEPO", "mission enemy points"),
    ("MEPA", "mission enemy paths"),
    ("AREA", "areas"),
    ("CAME", "cameras"),
];

fn sections(counts: [usize; SECTIONS.len()]) -> Vec<Section> {
    let sections = SECTIONS.into_iter().zip(counts);
    sections
        .map(|((name, holds), count)| Section { name, holds, count })
        .collect()
}

fn sections_in_file(nkm: &Nkm) -> Vec<Section> {
    let [epoi, epat, mepo, mepa] = match &nkm.enemy_route {
        EnemyRoute::Race { points, routes } => [points.len(), routes.len(), 0, 0],
        EnemyRoute::Battle { points, routes } => [0, 0, points.len(), routes.len()],
    };
    sections([
        nkm.objects.len(),
        nkm.paths.len(),
        nkm.path_points.len(),
        1,
        nkm.starts.len(),
        nkm.respawns.len(),
        nkm.battle_starts.len(),
        nkm.cannon_targets.len(),
        nkm.mission_starts.len(),
        nkm.checkpoints.len(),
        nkm.checkpoint_routes.len(),
        nkm.item_points.len(),
        nkm.item_routes.len(),
        epoi,
        epat,
        mepo,
        mepa,
        nkm.areas.len(),
        nkm.cameras.len(),
    ])
}

fn sections_in_ram(race: &Race<'_>) -> mkds_memory::Result<Vec<Section>> {
    let map = race.map()?;
    let data = map.data();
    let counts = [
        data.obji_count(),
        data.path_count(),
        data.poit_count(),
        map.settings()?.is_some().into(),
        data.ktps_count(),
        data.ktpj_count(),
        data.ktp2_count(),
        data.ktpc_count(),
        data.ktpm_count(),
        data.cpoi_count(),
        data.cpat_count(),
        data.ipoi_count(),
        data.ipat_count(),
        data.epoi_count(),
        data.epat_count(),
        data.mepo_count(),
        data.mepa_count(),
        data.area_count(),
        data.came_count(),
    ];
    Ok(sections(counts.map(usize::from)))
}
