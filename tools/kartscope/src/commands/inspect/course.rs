//! `kartscope inspect course`: lists the contents of a course, and draws it from above.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgGroup, Args};
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
use outputs::{Kind, Output, Outputs};
use serde::Serialize;

use super::source::{Image, Source};
use crate::arguments::OutputPath;
use crate::arguments::values::{self, whole};
use crate::game::{self, Game};
use crate::report::Report;

const COURSE: &str = "\
Examples:
  kartscope inspect course f8c
  kartscope inspect course f8c --rom mkds.nds --svg figure-8.svg
  kartscope inspect course race.dsm --png course.png";

/// `kartscope inspect course`.
#[derive(Debug, Args)]
#[command(after_help = COURSE)]
#[command(group(ArgGroup::new("drawings").args(["svg", "png"]).multiple(true)))]
pub struct InspectCourse {
    /// A course's abbreviation, to read its files in the ROM; or a dump, a save state or a movie in a race on it
    #[arg(value_parser = Place::parser())]
    pub course: Place,
    /// Draw it from above as SVG
    #[arg(long, value_name = "FILE")]
    pub svg: Option<OutputPath>,
    /// Draw it from above as PNG
    #[arg(long, value_name = "FILE")]
    pub png: Option<OutputPath>,
    /// Longer side of the course in the drawing, pixels
    #[arg(long, value_name = "N", default_value_t = 1200, requires = "drawings", value_parser = whole(200..=8000_u32))]
    pub size: u32,
}

/// Maps before this version have shorter item points.
const LAST_VERSION: u16 = 37;

/// The place to read a course from: the ROM's files, or the RAM of a race on it.
#[derive(Debug, Clone)]
pub enum Place {
    /// In the ROM, by its abbreviation.
    Rom(&'static names::Course),
    /// In the race of a dump, a save state or a movie.
    Race(Source),
}

impl Place {
    /// A parser for the command line. A file takes precedence over a course of its name.
    pub fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(|text: OsString| Self::parse(&text))
    }

    /// The file, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Rom(_) => None,
            Self::Race(source) => Some(source.path()),
        }
    }

    fn parse(text: &OsStr) -> Result<Self, String> {
        if !Path::new(text).exists()
            && let Some(course) = text.to_str().and_then(names::Course::by_abbreviation)
        {
            return Ok(Self::Rom(course));
        }
        let source = Source::parse(text)?;
        match source.path().exists() {
            true => Ok(Self::Race(source)),
            false => Err(format!(
                "expected a file, found none of that name, or one of the courses {}",
                values::courses()
            )),
        }
    }
}

/// The contents of a course.
#[cfg_attr(
    not(feature = "cairo"),
    expect(dead_code, reason = "what is drawn is not listed")
)]
struct CourseReport {
    course: Course,
    contents: Contents,
    item_paths: Vec<Line>,
    enemy_paths: Vec<Line>,
}

/// A polyline on the ground: x and z in units.
type Line = Vec<[f32; 2]>;

#[derive(Serialize)]
struct Contents {
    /// The source it was read from.
    source: String,
    id: u32,
    abbreviation: Option<&'static str>,
    name: Option<&'static str>,
    laps: usize,
    /// Along the centreline, units; `None` if the checkpoints lead to no lap.
    lap_length: Option<f32>,
    start: Option<Start>,
    triangles: usize,
    materials: Vec<Material>,
    checkpoints: usize,
    key_checkpoints: usize,
    /// The map's sections, by their names in the file.
    sections: Vec<Section>,
    objects: Vec<Object>,
}

#[derive(Serialize)]
struct Start {
    /// Units.
    position: [f32; 3],
    /// Degrees.
    rotation: [f32; 3],
}

#[derive(Serialize)]
struct Material {
    name: String,
    triangles: usize,
}

#[derive(Serialize)]
struct Section {
    name: &'static str,
    holds: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct Object {
    id: u16,
    name: Option<&'static str>,
    /// Units.
    position: [f32; 3],
}

impl Object {
    fn new(id: u16, position: [f32; 3]) -> Self {
        Self {
            id,
            name: MapObjectKind(id).name(),
            position,
        }
    }
}

/// Lists and draws a course.
///
/// # Errors
/// When the ROM has no such course, the source holds no race, the course can't be read, or a drawing can't be written.
pub fn run(args: &InspectCourse, game: &Game, outputs: &Outputs, report: Report) -> Result<()> {
    game.require_ds()?;
    let begin = |path: &Option<OutputPath>, kind| match path {
        Some(path) => outputs.begin(path, kind).map(Some),
        None => Ok(None),
    };
    let svg = begin(&args.svg, Kind::SVG)?;
    let png = begin(&args.png, Kind::PNG)?;
    let course_report = match &args.course {
        Place::Rom(course) => of_rom(course, game)?,
        Place::Race(source) => of_source(source, game, report)?,
    };
    draw(&course_report, args.size, svg, png)?;
    report.result(&course_report.contents, print)
}

/// The course in the ROM's files.
fn of_rom(course: &names::Course, game: &Game) -> Result<CourseReport> {
    if let Some(state) = &game.state {
        bail!(
            "--state {}: expected a movie that starts from it, found a course's name",
            state.display()
        );
    }
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
    let objects = objects.map(|object| Object::new(object.object_id, object.position.to_f32()));
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

/// The course of the race in a dump, or in a movie.
fn of_source(source: &Source, game: &Game, report: Report) -> Result<CourseReport> {
    let image = Image::read::<MarioKartDs>(source, game, report)?;
    let ram = Ram::new(&image.bytes).with_context(|| image.name.clone())?;
    let race = ram.race().with_context(|| image.name.clone())?;
    let race = race.with_context(|| {
        format!(
            "{}: expected a race, whose course it is, found none",
            image.name
        )
    })?;
    in_race(&race, &image).with_context(|| image.name.clone())
}

fn in_race(race: &Race<'_>, image: &Image) -> mkds_memory::Result<CourseReport> {
    let course = Course::read(race)?;
    let map = race.map()?;
    let objects = map.objects()?;
    let objects = objects
        .iter()
        .map(|object| Object::new(object.object_id().0, object.position().to_f32()));
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
    let mut materials: BTreeMap<u8, usize> = BTreeMap::new();
    for source in course.sources() {
        *materials.entry(source.attribute.type_number()).or_default() += 1;
    }
    let material = |(number, triangles)| Material {
        name: match FloorType(u32::from(number)).name() {
            Some(name) => name.to_lowercase().replace('_', " "),
            None => format!("unknown {number}"),
        },
        triangles,
    };
    let checkpoints = course.track().checkpoints();
    Contents {
        source,
        id,
        abbreviation: name.map(|course| course.abbreviation),
        name: name.map(|course| game::course_name(course, bundled)),
        laps: course.laps(),
        lap_length: course.track().lap_length(),
        start: course.track().start().map(|start| Start {
            position: start.position,
            rotation: start.rotation,
        }),
        triangles: course.track().triangles().len(),
        materials: materials.into_iter().map(material).collect(),
        checkpoints: checkpoints.len(),
        key_checkpoints: checkpoints.iter().filter(|c| c.key.is_some()).count(),
        sections,
        objects,
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

#[cfg(feature = "cairo")]
fn draw(
    course_report: &CourseReport,
    size: u32,
    svg: Option<Output>,
    png: Option<Output>,
) -> Result<()> {
    use std::io::BufWriter;

    use drawing::export;
    use overlays::{CourseMap, Races as _};
    use overlays_mkds::MkdsRaces;

    let Contents { name, objects, .. } = &course_report.contents;
    let title = name.map_or_else(
        || format!("Course {}", course_report.contents.id),
        str::to_owned,
    );
    let objects: Vec<[f32; 2]> = objects
        .iter()
        .map(|object| [object.position[0], object.position[2]])
        .collect();
    let map = CourseMap {
        course: MkdsRaces::course(&course_report.course),
        title: &title,
        laps: course_report.course.laps(),
        item_paths: &course_report.item_paths,
        enemy_paths: &course_report.enemy_paths,
        objects: &objects,
    };
    if svg.is_none() && png.is_none() {
        return Ok(());
    }
    let drawing = map.draw(size);
    let cannot_write = |output: &Output| format!("can't write {}", output.path().display());
    if let Some(mut output) = svg {
        export::svg(&drawing, BufWriter::new(&mut output))
            .with_context(|| cannot_write(&output))?;
        output.commit()?;
    }
    if let Some(mut output) = png {
        let picture = drawing.render()?;
        export::png(&picture, BufWriter::new(&mut output))
            .with_context(|| cannot_write(&output))?;
        output.commit()?;
    }
    Ok(())
}

#[cfg(not(feature = "cairo"))]
#[expect(
    clippy::needless_pass_by_value,
    reason = "called as the one that draws"
)]
fn draw(
    _course_report: &CourseReport,
    _size: u32,
    svg: Option<Output>,
    png: Option<Output>,
) -> Result<()> {
    if svg.is_some() || png.is_some() {
        bail!("--svg and --png: expected a build with the feature \"cairo\", found one without");
    }
    Ok(())
}

fn print(contents: &Contents, output: &mut dyn Write) -> Result<()> {
    let name = contents.name.unwrap_or("a course without a name");
    let abbreviation = contents.abbreviation.unwrap_or("-");
    writeln!(output, "{name} ({abbreviation}, id {})", contents.id)?;
    writeln!(output, "  from {}", contents.source)?;
    write!(output, "  {} laps", contents.laps)?;
    if let Some(length) = contents.lap_length {
        write!(output, " of {length:.0} units")?;
    }
    writeln!(
        output,
        ", {} checkpoints, {} of them key",
        contents.checkpoints, contents.key_checkpoints
    )?;
    if let Some(Start {
        position: [x, y, z],
        rotation,
    }) = &contents.start
    {
        writeln!(
            output,
            "  start at ({x:.1}, {y:.1}, {z:.1}), facing {:.1} degrees",
            rotation[1]
        )?;
    }
    writeln!(output, "\n{} triangles", contents.triangles)?;
    for material in &contents.materials {
        writeln!(output, "  {:>6}  {}", material.triangles, material.name)?;
    }
    writeln!(output, "\nMap")?;
    for section in contents.sections.iter().filter(|section| section.count > 0) {
        writeln!(
            output,
            "  {:>6}  {}  {}",
            section.count, section.name, section.holds
        )?;
    }
    if !contents.objects.is_empty() {
        writeln!(output, "\nObjects")?;
    }
    for Object {
        id,
        name,
        position: [x, y, z],
    } in &contents.objects
    {
        let name = name.unwrap_or("unknown");
        writeln!(output, "  {id:>6}  {name:<24}  ({x:.1}, {y:.1}, {z:.1})")?;
    }
    Ok(())
}
