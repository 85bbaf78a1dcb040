//! `kartscope inspect diff`: lists the differences between two images of main RAM.

use anyhow::Result;
use clap::Args;
use ram_views::differences::{Comparison, FieldChange};
use ram_views::symbol::Program;
use ram_views::{FieldValue, display};
use serde::Serialize;

use super::game::InspectedGame;
use super::source::{Image, Source};
use crate::arguments::values::whole;
use crate::game::Game;
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
    old: Option<FieldValue>,
    new: Option<FieldValue>,
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
pub fn run<G: InspectedGame>(args: &Diff, game: &Game, report: Report) -> Result<()> {
    let sources = [args.old.clone(), args.new.clone()];
    let images = Image::read_all::<G>(&sources, game, report)?;
    let (old, new) = (&images[0], &images[1]);
    let comparison = Comparison::new(old.ram::<G>()?, new.ram::<G>()?);
    let fields = comparison.fields(interrupt::check)?;
    let ranges = comparison.elsewhere();
    let difference = Difference {
        old: old.name.clone(),
        new: new.name.clone(),
        field_count: fields.len(),
        elsewhere_bytes: ranges.iter().map(|range| range.count).sum(),
        elsewhere_count: ranges.len(),
        elsewhere: ranges
            .into_iter()
            .take(args.limit)
            .map(|range| Elsewhere {
                start: format!("{:#010X}", range.addresses.start),
                end: format!("{:#010X}", range.addresses.end),
                bytes: range.count,
            })
            .collect(),
        fields: fields.into_iter().take(args.limit).map(changed).collect(),
    };
    report.result(&difference, print)
}

fn changed<P: Program>(change: FieldChange<P>) -> Changed {
    let text = [&change.old, &change.new].map(|value| match value {
        Some(value) => display::text(&change.ty, value),
        None => "nothing".to_owned(),
    });
    Changed {
        path: change.path.to_string(),
        old: change.old,
        new: change.new,
        text: text.join(" -> "),
    }
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
