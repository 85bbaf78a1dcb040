//! `kartscope inspect diff`: lists the differences between two images of main RAM.

use std::collections::HashSet;
use std::ops::Range;

use anyhow::Result;
use clap::Args;
use mkds_memory::layout::Type;
use mkds_memory::path::{Datum, Path, Places};
use mkds_memory::{RAM_BASE, RAM_SIZE, Ram};
use serde::Serialize;

use super::source::{Image, Source};
use mkds_memory::words;

use crate::arguments::values::whole;
use crate::game::GameFiles;
use crate::interrupt;
use crate::report::Report;

const DIFF: &str = "\
Examples:
  kartscope inspect diff race.dsm@race+300 race.dsm@race+301
  kartscope inspect diff before.bin after.bin --limit 100";

/// `kartscope inspect diff`.
#[derive(Debug, Args)]
#[command(after_help = DIFF)]
pub struct Diff {
    /// The first: a dump, a save state, or a movie at a frame (see kartscope inspect --help)
    #[arg(value_parser = Source::parser())]
    pub old: Source,
    /// The second
    #[arg(value_parser = Source::parser())]
    pub new: Source,
    /// The most fields, and the most ranges of other bytes, to print
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = whole(0..=usize::MAX))]
    pub limit: usize,
}

/// The most equal bytes between two differences that count as one range.
const GAP: usize = 16;

#[derive(Serialize)]
struct Difference {
    old: String,
    new: String,
    /// How many fields changed; `fields` has the first of them.
    field_count: usize,
    fields: Vec<Changed>,
    /// Bytes outside of known structures that changed.
    elsewhere_bytes: usize,
    /// How many ranges these bytes form; `elsewhere` has the first of them.
    elsewhere_count: usize,
    elsewhere: Vec<Elsewhere>,
}

#[derive(Serialize)]
struct Changed {
    path: String,
    /// `None` where a pointer on the path was null.
    old: Option<Datum>,
    new: Option<Datum>,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
struct Elsewhere {
    start: String,
    end: String,
    /// How many of its bytes changed.
    bytes: usize,
}

/// Compares two sources.
///
/// # Errors
/// When a source can't be read or played, or holds no game.
pub fn run(args: &Diff, game: GameFiles<'_>, report: Report) -> Result<()> {
    let sources = [args.old.clone(), args.new.clone()];
    let images = Image::read_all(&sources, game, report)?;
    let (old, new) = (&images[0], &images[1]);
    let (old_ram, new_ram) = (old.ram()?, new.ram()?);
    let places = [Places::new(&old_ram), Places::new(&new_ram)];
    let mut comparison = Comparison {
        rams: [&old_ram, &new_ram],
        paths: HashSet::new(),
        fields: Vec::new(),
    };
    for (places, ram) in places.iter().zip(comparison.rams) {
        let mut seen = HashSet::new();
        for (path, _) in places.structures() {
            comparison.add(path, ram, &mut seen)?;
        }
    }
    let fields = comparison.fields;
    let ranges = elsewhere(&old.bytes, &new.bytes, &places);
    let difference = Difference {
        old: old.name.clone(),
        new: new.name.clone(),
        field_count: fields.len(),
        elsewhere_bytes: ranges.iter().map(|(_, bytes)| bytes).sum(),
        elsewhere_count: ranges.len(),
        elsewhere: ranges
            .into_iter()
            .take(args.limit)
            .map(|(range, bytes)| Elsewhere {
                start: format!("{:#010X}", RAM_BASE as usize + range.start),
                end: format!("{:#010X}", RAM_BASE as usize + range.end),
                bytes,
            })
            .collect(),
        fields: fields.into_iter().take(args.limit).collect(),
    };
    report.result(&difference, print)
}

/// Fields of two images, compared.
struct Comparison<'a> {
    rams: [&'a Ram<'a>; 2],
    /// The paths that were compared.
    paths: HashSet<String>,
    fields: Vec<Changed>,
}

impl Comparison<'_> {
    /// Compares the fields below `path` that exist in `ram`, one of the two. Skips fields in `seen`, which are the same
    /// memory under another name.
    fn add(&mut self, path: &Path, ram: &Ram<'_>, seen: &mut HashSet<(u32, String)>) -> Result<()> {
        interrupt::check()?;
        let children = path.children(ram).unwrap_or_default();
        if !children.is_empty() && !matches!(path.ty(), Some(Type::Bits(..))) {
            return children
                .iter()
                .try_for_each(|child| self.add(child, ram, seen));
        }
        let (Some(ty), Ok(Some(address))) = (path.ty(), path.address(ram)) else {
            return Ok(());
        };
        let is_new = self.paths.insert(path.to_string());
        if !seen.insert((address, ty.to_string())) || !is_new {
            return Ok(());
        }
        let [old, new] = self.rams.map(|ram| path.read(ram).ok().flatten());
        if old != new {
            let text = [&old, &new].map(|datum| match datum {
                Some(datum) => words::value(&ty, datum),
                None => "nothing".to_owned(),
            });
            self.fields.push(Changed {
                path: path.to_string(),
                old,
                new,
                text: text.join(" -> "),
            });
        }
        Ok(())
    }
}

/// Ranges of bytes outside of known structures that differ, and how many of their bytes do.
fn elsewhere(old: &[u8], new: &[u8], places: &[Places; 2]) -> Vec<(Range<usize>, usize)> {
    let mut is_known = vec![false; RAM_SIZE];
    for (_, bytes) in places.iter().flat_map(Places::structures) {
        let start = (bytes.start - RAM_BASE) as usize;
        is_known[start..start + bytes.len()].fill(true);
    }
    let mut ranges: Vec<(Range<usize>, usize)> = Vec::new();
    for (at, is_known) in is_known.iter().enumerate() {
        if *is_known || old[at] == new[at] {
            continue;
        }
        match ranges.last_mut() {
            Some((range, bytes)) if at - range.end < GAP => {
                range.end = at + 1;
                *bytes += 1;
            }
            _ => ranges.push((at..at + 1, 1)),
        }
    }
    ranges
}

fn print(difference: &Difference, output: &mut dyn std::io::Write) -> Result<()> {
    let Difference { old, new, .. } = difference;
    writeln!(
        output,
        "{} fields differ from {old} to {new}",
        difference.field_count
    )?;
    for field in &difference.fields {
        writeln!(output, "  {}  {}", field.path, field.text)?;
    }
    print_rest(difference.field_count - difference.fields.len(), output)?;
    writeln!(
        output,
        "{} bytes outside of known structures differ, in {} ranges",
        difference.elsewhere_bytes, difference.elsewhere_count
    )?;
    for range in &difference.elsewhere {
        writeln!(
            output,
            "  {}..{}  {} bytes",
            range.start, range.end, range.bytes
        )?;
    }
    print_rest(
        difference.elsewhere_count - difference.elsewhere.len(),
        output,
    )
}

fn print_rest(count: usize, output: &mut dyn std::io::Write) -> Result<()> {
    if count > 0 {
        writeln!(output, "  ... and {count} more (--limit)")?;
    }
    Ok(())
}
