//! Compiles `homebrew/courses/*.toml` to `homebrew/courses/built/*.kcl` and `*.nkm` for the DS game, and together with
//! `homebrew/n64/courses/*.toml` to `homebrew/n64/courses/built/*.course` for the N64 game.

mod check;
mod curve;
mod description;
mod map;
mod n64;
mod scenery;
mod svg;
mod sweep;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use mkds_formats::kcl::{BuildOptions, Kcl};
use mkds_formats::nkm::Nkm;
use outputs::Kind;

use curve::Curve;
use description::Description;

/// The DS draws 2048 polygons in a picture; the game leaves out those that are far away.
const MAX_TRIANGLES: usize = 2500;

/// A compiled course.
pub(crate) struct CompiledCourse {
    /// The name of its files, without extension.
    stem: String,
    description: Description,
    length: f64,
    kcl: Kcl,
    nkm: Nkm,
}

impl CompiledCourse {
    fn files(&self) -> [(String, Vec<u8>); 2] {
        [
            (format!("{}.kcl", self.stem), self.kcl.to_bytes()),
            (format!("{}.nkm", self.stem), self.nkm.to_bytes()),
        ]
    }
}

/// Compiles every course and writes its files. Returns a summary for the user.
pub(crate) fn write(homebrew: &Path) -> Result<String> {
    let courses = compile_all(&homebrew.join("courses"))?;
    for (path, bytes) in built_files(homebrew, &courses)? {
        let folder = path.parent().unwrap_or(homebrew);
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        outputs::write(&path, Kind::OWN, &bytes)?;
    }
    Ok(summary(&courses))
}

/// Compiles every course and fails if a committed file differs.
pub(crate) fn check(homebrew: &Path) -> Result<String> {
    let courses = compile_all(&homebrew.join("courses"))?;
    for (path, bytes) in built_files(homebrew, &courses)? {
        let committed = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        ensure!(
            committed == bytes,
            "{} is not what its description compiles to; run `cargo xtask courses`",
            path.display()
        );
    }
    Ok(summary(&courses))
}

/// The files of both games: the DS game's courses for both, the N64 game's own for it alone.
fn built_files(homebrew: &Path, courses: &[CompiledCourse]) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = courses
        .iter()
        .flat_map(CompiledCourse::files)
        .map(|(name, bytes)| (homebrew.join("courses/built").join(name), bytes))
        .collect();
    let own = compile_all(&homebrew.join("n64/courses"))?;
    for course in courses.iter().chain(&own) {
        let name = format!("n64/courses/built/{}.course", course.stem);
        let bytes = n64::build(&course.description).with_context(|| course.stem.clone())?;
        files.push((homebrew.join(name), bytes));
    }
    Ok(files)
}

/// Draws every course from above into `folder`.
pub(crate) fn draw(homebrew: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    for course in compile_all(&homebrew.join("courses"))? {
        let path = folder.join(format!("{}.svg", course.stem));
        let drawing = svg::draw(&course.kcl, &course.nkm);
        outputs::write(&path, Kind::SVG, drawing.as_bytes())?;
    }
    Ok(())
}

/// One line a course.
fn summary(courses: &[CompiledCourse]) -> String {
    let lines: Vec<String> = courses
        .iter()
        .map(|course| {
            format!(
                "slot {} {} ({}, {}): {:.0} units, {} triangles, {} checkpoints, {} bytes",
                course.description.slot,
                course.description.name,
                course.description.abbreviation,
                course.description.kind,
                course.length,
                course.kcl.prisms().len(),
                course.nkm.checkpoints.len(),
                course
                    .files()
                    .iter()
                    .map(|(_, bytes)| bytes.len())
                    .sum::<usize>(),
            )
        })
        .collect();
    lines.join("\n")
}

/// Every course described in a folder, in the order of their slots.
fn compile_all(folder: &Path) -> Result<Vec<CompiledCourse>> {
    let reading = || format!("reading {}", folder.display());
    let mut courses = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let path = entry.with_context(reading)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            courses.push(compile(&path).with_context(|| path.display().to_string())?);
        }
    }
    courses.sort_by_key(|course| course.description.slot);
    for pair in courses.windows(2) {
        if pair[0].description.slot == pair[1].description.slot {
            bail!(
                "{} and {} are both in slot {}",
                pair[0].stem,
                pair[1].stem,
                pair[0].description.slot
            );
        }
    }
    Ok(courses)
}

fn compile(path: &Path) -> Result<CompiledCourse> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    compile_text(&stem, &fs::read_to_string(path)?)
}

fn compile_text(stem: &str, text: &str) -> Result<CompiledCourse> {
    let description: Description = toml::from_str(text)?;
    description.check()?;
    let curve = Curve::new(&description);
    let stations = sweep::stations(&description, &curve);
    check::bends(&description, &curve)?;
    check::no_fold(&stations)?;
    check::no_overlap(&stations)?;
    let triangles = sweep::triangles(&description, &curve);
    ensure!(
        triangles.len() <= MAX_TRIANGLES,
        "{} triangles; at most {MAX_TRIANGLES} can be drawn",
        triangles.len()
    );
    let kcl = Kcl::build(&triangles, &BuildOptions::default())?;
    let nkm = map::build(&description, &curve);
    check::checkpoints(&nkm)?;
    check::floor_below(&description, &curve, &kcl)?;
    Ok(CompiledCourse {
        stem: stem.to_owned(),
        length: curve.length(),
        kcl,
        nkm,
        description,
    })
}

#[cfg(test)]
mod tests;
