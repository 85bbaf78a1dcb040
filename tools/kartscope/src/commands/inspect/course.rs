//! `kartscope inspect course`: lists the contents of a course, and draws it from above.

mod mk64;
mod mkds;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgGroup, Args};
use outputs::{Kind, Output, Outputs};
use serde::Serialize;
use track::Track;

use super::game::InspectedGame;
use super::source::{Image, Source};
use crate::arguments::OutputPath;
use crate::arguments::values::whole;
use crate::game::Game;
use crate::games::CourseName;
use crate::report::Report;

const COURSE: &str = "\
Examples:
  kartscope inspect course f8c
  kartscope inspect course f8c --rom mkds.nds --svg figure-8.svg
  kartscope inspect course race.dsm --png course.png
  kartscope inspect course mmf --game mk64 --png course.png

A course of Mario Kart DS that is named is read from the ROM's files; one of Mario Kart 64 from the RAM of a time trial on
it, since that game makes a course's collision when it loads it.";

/// `kartscope inspect course`.
#[derive(Debug, Args)]
#[command(after_help = COURSE)]
#[command(group(ArgGroup::new("drawings").args(["svg", "png"]).multiple(true)))]
pub struct InspectCourse {
    /// A course's abbreviation, to read it from the ROM; or a dump, a save state or a movie in a race on it
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

/// The place to read a course from: the ROM, or the RAM of a race on it.
#[derive(Debug, Clone)]
pub enum Place {
    /// In the ROM, by its abbreviation.
    Rom(CourseName),
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
        if Path::new(text).exists() {
            return Ok(Self::Race(Source::parse(text)?));
        }
        if let Ok(name) = CourseName::parse(&text.to_string_lossy()) {
            return Ok(Self::Rom(name));
        }
        let source = Source::parse(text)?;
        match source.path().exists() {
            true => Ok(Self::Race(source)),
            false => Err(format!(
                "expected a file, found none of that name, or one of the courses {}",
                CourseName::all()
            )),
        }
    }
}

/// A game whose courses are listed and drawn.
pub trait ListedGame: InspectedGame {
    /// The course in the ROM.
    ///
    /// # Errors
    /// When the ROM has no such course, or it can't be read.
    fn course_in_rom(course: &CourseName, game: &Game) -> Result<CourseReport<Self>>;

    /// The course of the race in an image of main RAM.
    ///
    /// # Errors
    /// When there is no race, or its course can't be read.
    fn course_in_ram(image: &Image, game: &Game) -> Result<CourseReport<Self>>;
}

/// The contents of a course.
#[cfg_attr(
    not(feature = "cairo"),
    expect(dead_code, reason = "what is drawn is not listed")
)]
pub struct CourseReport<G: ListedGame> {
    course: G::Course,
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
    /// The parts of its map, by the game's names of them.
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

/// Lists and draws a course.
///
/// # Errors
/// When the ROM has no such course, the source holds no race, the course can't be read, or a drawing can't be written.
pub fn run<G: ListedGame>(
    args: &InspectCourse,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    let begin = |path: &Option<OutputPath>, kind| match path {
        Some(path) => outputs.begin(path, kind).map(Some),
        None => Ok(None),
    };
    let svg = begin(&args.svg, Kind::SVG)?;
    let png = begin(&args.png, Kind::PNG)?;
    let course_report = match &args.course {
        Place::Rom(course) => {
            require_no_state(game)?;
            G::course_in_rom(course, game)?
        }
        Place::Race(source) => G::course_in_ram(&Image::read::<G>(source, game, report)?, game)?,
    };
    draw(&course_report, args.size, svg, png)?;
    report.result(&course_report.contents, print)
}

/// Refuses a save state for a course that is named.
fn require_no_state(game: &Game) -> Result<()> {
    match &game.state {
        Some(state) => bail!(
            "--state {}: expected a movie that starts from it, found a course's name",
            state.display()
        ),
        None => Ok(()),
    }
}

/// The contents of a course with this geometry, without what only its game knows: sections and objects.
fn contents_of(
    source: String,
    id: u32,
    [abbreviation, name]: [Option<&'static str>; 2],
    laps: usize,
    track: &Track,
) -> Contents {
    let checkpoints = track.checkpoints();
    Contents {
        source,
        id,
        abbreviation,
        name,
        laps,
        lap_length: track.lap_length(),
        start: track.start().map(|start| Start {
            position: start.position,
            rotation: start.rotation,
        }),
        triangles: track.triangles().len(),
        materials: Vec::new(),
        checkpoints: checkpoints.len(),
        key_checkpoints: checkpoints.iter().filter(|c| c.key.is_some()).count(),
        sections: Vec::new(),
        objects: Vec::new(),
    }
}

/// How many triangles are of each material, in the order of the game's numbers; `name` is the game's name of a number.
fn materials(
    numbers: impl Iterator<Item = u16>,
    name: fn(u16) -> Option<&'static str>,
) -> Vec<Material> {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for number in numbers {
        *counts.entry(number).or_default() += 1;
    }
    let material = |(number, triangles)| Material {
        name: match name(number) {
            Some(name) => name.to_lowercase().replace('_', " "),
            None => format!("unknown {number}"),
        },
        triangles,
    };
    counts.into_iter().map(material).collect()
}

#[cfg(feature = "cairo")]
fn draw<G: ListedGame>(
    course_report: &CourseReport<G>,
    size: u32,
    svg: Option<Output>,
    png: Option<Output>,
) -> Result<()> {
    use std::io::BufWriter;

    use anyhow::Context as _;
    use drawing::export;
    use overlays::{CourseMap, Races as _};

    let Contents {
        name,
        objects,
        laps,
        ..
    } = &course_report.contents;
    let title = name.map_or_else(
        || format!("Course {}", course_report.contents.id),
        str::to_owned,
    );
    let objects: Vec<[f32; 2]> = objects
        .iter()
        .map(|object| [object.position[0], object.position[2]])
        .collect();
    let map = CourseMap {
        course: G::Races::course(&course_report.course),
        title: &title,
        laps: *laps,
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
fn draw<G: ListedGame>(
    _course_report: &CourseReport<G>,
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
