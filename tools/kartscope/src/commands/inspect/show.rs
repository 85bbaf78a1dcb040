//! `kartscope inspect show`: prints fields, and writes them into dumps.

use std::io::Write;
use std::str::FromStr;

use anyhow::{Context, Result};
use clap::Args;
use mkds_memory::layout::Type;
use mkds_memory::path::{FieldValue, Path};
use mkds_memory::{Ram, RamMut};
use outputs::Outputs;
use serde::Serialize;

use super::DUMP;
use super::source::{Image, Source};
use super::tree::Tree;
use mkds_memory::display;

use crate::arguments::OutputPath;
use crate::failures::Failures;
use crate::game::GameFiles;
use crate::interrupt;
use crate::report::Report;

const SHOW: &str = "\
Examples:
  kartscope inspect show race.dsm@race+400 driver[0].position driver[0].motion_flags
  kartscope inspect show --rom mkds.nds f8c.dst driver[0]
  kartscope inspect show ram.bin race_status.driver[0]
  kartscope inspect show ram.bin map.stag[0]           (what a pointer leads to)
  kartscope inspect show ram.bin --json > everything.json
  kartscope inspect show ram.bin --set driver[0].boost_timer=60 -o boosting.bin";

/// `kartscope inspect show`.
#[derive(Debug, Args)]
#[command(after_help = SHOW)]
pub struct Show {
    /// A dump, a save state, or a movie at a frame (see kartscope inspect --help)
    #[arg(value_parser = Source::parser())]
    pub source: Source,
    /// Fields, structures or tables, as `kartscope inspect fields` names them; everything when left out
    pub paths: Vec<Path>,
    /// Write a number, or an enumeration's name, into a field; needs --output
    #[arg(long, value_name = "PATH=VALUE", requires = "output")]
    pub set: Vec<Assignment>,
    /// The file for the changed RAM; it must not be the source
    #[arg(long, short, value_name = "FILE", requires = "set")]
    pub output: Option<OutputPath>,
}

/// A field and the value to write into it.
#[derive(Debug, Clone)]
pub struct Assignment {
    path: Path,
    field_value: FieldValue,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text
            .split_once('=')
            .ok_or_else(|| format!("expected PATH=VALUE, found {text:?}"))?;
        let path = Path::parse(path).map_err(|error| error.to_string())?;
        let field_value = named(&path, value).or_else(|| FieldValue::parse(value));
        let field_value = field_value.ok_or_else(|| {
            let expected = match path.ty() {
                Some(Type::Enumeration(..)) => "a number or one of its names",
                _ => "a number",
            };
            format!("{path}: expected {expected}, found {value:?}")
        })?;
        Ok(Self { path, field_value })
    }
}

/// The value of an enumeration's `name`.
fn named(path: &Path, name: &str) -> Option<FieldValue> {
    let Some(Type::Enumeration(_, names)) = path.ty() else {
        return None;
    };
    let named = names
        .iter()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
    named.map(|(_, value)| FieldValue::Integer(*value))
}

#[derive(Serialize)]
struct Shown {
    path: String,
    r#type: String,
    address: Option<String>,
    value: Tree,
    /// A value as text; `None` for structures and tables.
    text: Option<String>,
}

/// Prints the values at paths, after writing the assignments.
///
/// # Errors
/// When the source can't be read or played, a path leads into wrong memory, or the file can't be written.
pub fn run(args: &Show, game: GameFiles<'_>, outputs: &Outputs, report: Report) -> Result<()> {
    let output = match &args.output {
        Some(path) => Some(outputs.begin(path, DUMP)?),
        None => None,
    };
    let mut image = Image::read(&args.source, game, report)?;
    let mut paths = args.paths.clone();
    if let Some(output) = output {
        let path = output.path().display().to_string();
        assign(args, &mut image)?;
        output.commit_with(&image.bytes)?;
        report.step(format_args!("{path}: written"));
        paths.extend(args.set.iter().map(|set| set.path.clone()));
    }
    let ram = image.ram()?;
    if paths.is_empty() {
        return everything(&ram, report);
    }
    let mut failures = Failures::none("paths", report);
    let mut shown: Vec<Shown> = Vec::new();
    paths.retain(|path| {
        let looked = failures.keep(look(path, &ram).with_context(|| image.name.clone()));
        let is_shown = looked.is_some();
        shown.extend(looked);
        is_shown
    });
    interrupt::check()?;
    if !shown.is_empty() {
        report.result(&shown, |_, output| {
            for path in &paths {
                print(path, &ram, 0, output)?;
            }
            Ok(())
        })?;
    }
    failures.end()
}

fn everything(ram: &Ram<'_>, report: Report) -> Result<()> {
    let roots: Vec<Path> = Path::roots().collect();
    let trees: Result<_> = roots
        .iter()
        .map(|path| Ok((path.to_string(), Tree::read(path, ram)?)))
        .collect();
    report.result(&Tree::Fields(trees?), |_, output| {
        for path in &roots {
            print(path, ram, 0, output)?;
        }
        Ok(())
    })
}

/// Writes the assignments into the image.
fn assign(args: &Show, image: &mut Image) -> Result<()> {
    let mut ram = RamMut::new(&mut image.bytes).with_context(|| image.name.clone())?;
    for Assignment { path, field_value } in &args.set {
        path.write(&mut ram, field_value)
            .with_context(|| image.name.clone())?;
    }
    Ok(())
}

fn look(path: &Path, ram: &Ram<'_>) -> Result<Shown> {
    let address = path.address(ram)?;
    let field_value = path.read(ram)?;
    let text = match (path.ty(), &field_value) {
        (Some(ty), Some(field_value)) if display::is_short(&ty) => {
            Some(display::text(&ty, field_value))
        }
        (None, Some(field_value)) if field_value.as_f64().is_some() => {
            Some(field_value.to_string())
        }
        _ => None,
    };
    Ok(Shown {
        path: path.to_string(),
        r#type: path.kind(),
        address: address.map(|address| format!("{address:#010X}")),
        value: Tree::read(path, ram)?,
        text,
    })
}

/// Prints the value at a path, and all below it.
fn print(path: &Path, ram: &Ram<'_>, depth: usize, output: &mut dyn Write) -> Result<()> {
    interrupt::check()?;
    let indent = 2 * depth;
    let text = path.to_string();
    // Below a structure, names are relative to it.
    let name = match depth {
        0 => text.as_str(),
        _ => &text[text.rfind(['.', '[']).unwrap_or(0)..],
    };
    let is_short = path.ty().is_none_or(|ty| display::is_short(&ty));
    let read = path
        .read(ram)
        .and_then(|field_value| Ok((field_value, path.children(ram)?)));
    match read {
        Err(error) => writeln!(output, "{:indent$}{name}: wrong: {error}", "")?,
        Ok((None, _)) => writeln!(output, "{:indent$}{name}: nothing there", "")?,
        Ok((Some(field_value), children))
            if children.is_empty() || (is_short && path.ty().is_some()) =>
        {
            let value = path.ty().map_or_else(
                || field_value.to_string(),
                |ty| display::text(&ty, &field_value),
            );
            let line = format!("{:indent$}{name} = {value}", "");
            // Elements share their table's documentation, which is printed once.
            let doc = match depth > 0 && text.ends_with(']') {
                true => String::new(),
                false => display::summary(path.doc()),
            };
            writeln!(output, "{}", format!("{line:<48}  {doc}").trim_end())?;
        }
        Ok((Some(_), children)) => {
            writeln!(output, "{:indent$}{name}: {}", "", path.kind())?;
            for child in children {
                print(&child, ram, depth + 1, output)?;
            }
        }
    }
    Ok(())
}
