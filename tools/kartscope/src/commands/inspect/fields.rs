//! `kartscope inspect fields`: lists the structures and fields.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use ram_views::display;
use ram_views::layout::{FieldInfo, Type};
use ram_views::path::Path;
use ram_views::symbol::{self, Holds, Program};
use serde::Serialize;

use super::field_name::FieldName;
use super::game::InspectedGame;
use super::source::{Image, Source};
use super::symbols;
use crate::game::Game;
use crate::report::Report;

const FIELDS: &str = "\
Examples:
  kartscope inspect fields
  kartscope inspect fields driver
  kartscope inspect fields driver[0].motion_flags --source race.dsm@race+400";

/// `kartscope inspect fields`.
#[derive(Debug, Args)]
#[command(after_help = FIELDS)]
pub struct Fields {
    /// The structure or field to list the fields of, e.g. driver or race_status.driver; all structures when left out
    pub path: Option<FieldName>,
    /// Print the values too: a dump, a save state, or a movie at a frame (see kartscope inspect --help)
    #[arg(long, short, value_name = "SOURCE", value_parser = Source::parser())]
    pub source: Option<Source>,
}

/// Names of values: enumerations' or flags'.
type Names = &'static [(&'static str, i64)];

#[derive(Serialize)]
struct Listing {
    /// The path whose parts are listed; `None` for the structures.
    path: Option<String>,
    r#type: Option<String>,
    doc: Option<String>,
    fields: Vec<Row>,
    /// The named values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<Name>,
}

#[derive(Serialize)]
struct Name {
    name: &'static str,
    value: i64,
}

#[derive(Serialize)]
struct Row {
    path: String,
    r#type: String,
    /// Its location: bytes from the structure's start, the first bit, or the US game's address.
    at: String,
    /// Its name in the published headers, if different.
    published: Option<&'static str>,
    doc: String,
    source: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

/// Lists the structures, or the fields of one.
///
/// # Errors
/// When the source can't be read or played.
pub fn run<G: InspectedGame>(args: &Fields, game: &Game, report: Report) -> Result<()> {
    let image = args.source.as_ref();
    let image = image
        .map(|source| Image::read::<G>(source, game, report))
        .transpose()?;
    let ram = image.as_ref().map(Image::ram::<G>).transpose()?;
    let mut listing = match &args.path {
        None => structures::<G::Program>(),
        Some(name) => fields(&name.of::<G>()?)?,
    };
    if let Some(ram) = &ram {
        for row in &mut listing.fields {
            row.value = Some(value(&row.path.parse()?, ram));
        }
    }
    report.result(&listing, print)
}

fn structures<P: Program>() -> Listing {
    let row = |path: Path<P>| {
        let symbol = path.root();
        let pointed = match symbol.holds {
            Holds::Pointer => "*",
            Holds::Value => "",
        };
        Row {
            path: path.to_string(),
            r#type: path.kind(),
            at: format!("{pointed}{:#010X}", symbol.address),
            published: None,
            doc: symbol.description.to_owned(),
            source: symbol.source,
            confidence: symbols::confidence(symbol),
            value: None,
        }
    };
    Listing {
        path: None,
        r#type: None,
        doc: None,
        fields: Path::<P>::roots().map(row).collect(),
        names: Vec::new(),
    }
}

/// The fields of the structure at `path`; of the first element if there are several.
fn fields<P: Program>(path: &Path<P>) -> Result<Listing> {
    let whole = element(path);
    let (rows, names): (Vec<Row>, Names) = match (whole.layout(), whole.ty()) {
        (Some(layout), _) => (
            layout
                .fields
                .iter()
                .map(|field| field_row(&whole, field))
                .collect(),
            &[],
        ),
        (None, Some(Type::Bits(_, bits))) => {
            let (source, confidence) = provenance(&whole);
            let rows = bits.iter().map(|bit| Row {
                path: format!("{whole}.{}", bit.name),
                r#type: format!("{} bits", bit.width),
                at: format!("bit {}", bit.first),
                published: bit.published,
                doc: display::summary(bit.doc),
                source,
                confidence,
                value: None,
            });
            (rows.collect(), &[])
        }
        (None, Some(Type::Flags(_, names) | Type::Enumeration(_, names))) => {
            (vec![own_row(&whole)], names)
        }
        (None, _) => (vec![own_row(&whole)], &[]),
    };
    Ok(Listing {
        path: Some(path.to_string()),
        r#type: Some(path.kind()),
        doc: Some(display::summary(path.doc())),
        fields: rows,
        names: display::named(names)
            .map(|&(name, value)| Name { name, value })
            .collect(),
    })
}

/// The path to the first element, if `path` leads to several.
fn element<P: Program>(path: &Path<P>) -> Path<P> {
    let mut path = path.clone();
    while let Ok(first) = Path::parse(&format!("{path}[0]")) {
        // The target of a single pointer has no index.
        if matches!(path.ty(), Some(Type::Pointer(_))) {
            break;
        }
        path = first;
    }
    path
}

fn field_row<P: Program>(whole: &Path<P>, field: &'static FieldInfo) -> Row {
    let path = format!("{whole}.{}", field.name);
    let (source, confidence) = of_field::<P>(field);
    let kind = Path::<P>::parse(&path).map_or_else(|_| field.ty.to_string(), |path| path.kind());
    Row {
        path,
        r#type: kind,
        at: format!("+{:#X}", field.offset),
        published: field.published,
        doc: display::summary(field.doc),
        source,
        confidence,
        value: None,
    }
}

fn own_row<P: Program>(path: &Path<P>) -> Row {
    let (source, confidence) = provenance(path);
    Row {
        path: path.to_string(),
        r#type: path.kind(),
        at: path
            .field()
            .map_or_else(String::new, |field| format!("+{:#X}", field.offset)),
        published: path.field().and_then(|field| field.published),
        doc: display::summary(path.doc()),
        source,
        confidence,
        value: None,
    }
}

fn of_field<P: Program>(field: &FieldInfo) -> (&'static str, &'static str) {
    let source = field.source;
    (P::publishers(source), source.confidence())
}

fn provenance<P: Program>(path: &Path<P>) -> (&'static str, &'static str) {
    match path.field() {
        Some(field) => of_field::<P>(field),
        None => (path.root().source, symbols::confidence(path.root())),
    }
}

fn value<P: Program>(path: &Path<P>, ram: &symbol::Image<'_, P>) -> String {
    let count = || path.count(ram).map(|count| format!("{count} elements"));
    match (path.ty(), path.read(ram)) {
        (_, Err(error)) => format!("wrong: {error}"),
        (_, Ok(None)) => "nothing there".to_owned(),
        (Some(ty), Ok(Some(field_value))) if display::is_short(&ty) => {
            display::text(&ty, &field_value)
        }
        (Some(Type::Struct(_)), Ok(Some(_))) => match path.address(ram) {
            Ok(Some(address)) => format!("at {address:#010X}"),
            _ => "nothing there".to_owned(),
        },
        (Some(Type::Array(_, count)), Ok(Some(_))) => format!("{count} elements"),
        (None, Ok(Some(field_value))) => match field_value.as_f64() {
            Some(_) => field_value.to_string(),
            None => count().unwrap_or_else(|error| format!("wrong: {error}")),
        },
        (Some(_), Ok(Some(field_value))) => field_value.to_string(),
    }
}

fn print(listing: &Listing, output: &mut dyn Write) -> Result<()> {
    if let (Some(path), Some(kind), Some(doc)) = (&listing.path, &listing.r#type, &listing.doc) {
        writeln!(output, "{path}: {kind}  {doc}\n")?;
    }
    let width = |part: fn(&Row) -> usize| listing.fields.iter().map(part).max().unwrap_or(0);
    let (path, kind) = (width(|row| row.path.len()), width(|row| row.r#type.len()));
    for row in &listing.fields {
        write!(
            output,
            "{:<path$}  {:<kind$}  {:>11}  ",
            row.path, row.r#type, row.at
        )?;
        if let Some(value) = &row.value {
            write!(output, "{value}  ")?;
        }
        writeln!(output, "{} [{}]", row.doc, row.confidence)?;
    }
    for name in &listing.names {
        writeln!(output, "  {:>#10X}  {}", name.value, name.name)?;
    }
    Ok(())
}
