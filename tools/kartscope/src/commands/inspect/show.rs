//! `kartscope inspect show`: prints fields, and writes them into dumps.

use std::io::Write;

use anyhow::{Context, Result};
use clap::Args;
use outputs::Outputs;
use ram_views::path::Path;
use ram_views::symbol::{self, Program};
use ram_views::{FieldValue, display};
use serde::Serialize;

use super::dump_kind;
use super::field_name::{Assignment, FieldName};
use super::game::InspectedGame;
use super::source::{Image, Source};
use super::tree::Tree;
use crate::arguments::OutputPath;
use crate::failures::Failures;
use crate::game::Game;
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
    pub paths: Vec<FieldName>,
    /// Write a number, or an enumeration's name, into a field; needs --output
    #[arg(long, value_name = "PATH=VALUE", requires = "output")]
    pub set: Vec<Assignment>,
    /// The file for the changed RAM; it must not be the source
    #[arg(long, short, value_name = "FILE", requires = "set")]
    pub output: Option<OutputPath>,
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
pub fn run<G: InspectedGame>(
    args: &Show,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    let paths = args.paths.iter().map(FieldName::of::<G>);
    let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
    let set = args.set.iter().map(Assignment::of::<G>);
    let set = set.collect::<Result<Vec<_>, _>>()?;
    let output = match &args.output {
        Some(path) => Some(outputs.begin(path, dump_kind::<G>())?),
        None => None,
    };
    let mut image = Image::read::<G>(&args.source, game, report)?;
    if let Some(output) = output {
        let path = output.path().display().to_string();
        assign(&set, &mut image)?;
        output.commit_with(&image.bytes)?;
        report.step(format_args!("{path}: written"));
        paths.extend(set.into_iter().map(|(path, _)| path));
    }
    let ram = image.ram::<G>()?;
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

fn everything<P: Program>(ram: &symbol::Image<'_, P>, report: Report) -> Result<()> {
    let roots: Vec<Path<P>> = Path::roots().collect();
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

/// Writes values into the image.
fn assign<P: Program>(set: &[(Path<P>, FieldValue)], image: &mut Image) -> Result<()> {
    let mut ram = P::image_mut(&mut image.bytes).with_context(|| image.name.clone())?;
    for (path, field_value) in set {
        path.write(&mut ram, field_value)
            .with_context(|| image.name.clone())?;
    }
    Ok(())
}

fn look<P: Program>(path: &Path<P>, ram: &symbol::Image<'_, P>) -> Result<Shown> {
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
fn print<P: Program>(
    path: &Path<P>,
    ram: &symbol::Image<'_, P>,
    depth: usize,
    output: &mut dyn Write,
) -> Result<()> {
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
