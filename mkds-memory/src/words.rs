//! Values and documentation as a person reads them.

use crate::datum::Datum;
use crate::layout::{BitField, Layout, Type};

/// Degrees in the game's unit of angles.
const DEGREES: f64 = 360.0 / 65536.0;

/// What `datum` of type `ty` means: names of flags and enumerations, angles in degrees, addresses in hexadecimal.
pub fn value(ty: &Type, datum: &Datum) -> String {
    match (ty, datum) {
        (Type::Fixed(_), Datum::Number(number)) => fixed(*number),
        (Type::Angle(_), Datum::Integer(angle)) => {
            format!("{angle} ({:.2} degrees)", *angle as f64 * DEGREES)
        }
        (Type::Flags(_, names), Datum::Integer(bits)) => flags(*bits, names),
        (Type::Enumeration(_, names), Datum::Integer(number)) => {
            match names.iter().find(|(_, value)| value == number) {
                Some((name, _)) => format!("{number} {name}"),
                None => format!("{number} (unknown)"),
            }
        }
        (Type::Bits(_, fields), Datum::Integer(whole)) => {
            let parts = fields.iter().map(|field| {
                let part = part(*whole, field);
                format!("{}: {part}", field.name)
            });
            format!("{whole:#X} ({})", parts.collect::<Vec<_>>().join(", "))
        }
        (Type::Pointer(_), Datum::Integer(0)) => "null".to_owned(),
        (Type::Pointer(_), Datum::Integer(address)) => format!("{address:#010X}"),
        (Type::Array(element, _), Datum::List(list)) => {
            let elements = list.iter().map(|datum| value(element, datum));
            format!("[{}]", elements.collect::<Vec<_>>().join(", "))
        }
        (Type::Struct(layout), Datum::Record(record)) => structure(layout(), record),
        _ => datum.to_string(),
    }
}

fn structure(layout: &Layout, record: &[(&str, Datum)]) -> String {
    if let [
        ("milliseconds", Datum::Integer(milliseconds)),
        ("minutes", minutes),
        ("seconds", seconds),
    ] = record
        && let (Datum::Integer(minutes), Datum::Integer(seconds)) = (minutes, seconds)
    {
        return format!("{minutes}:{seconds:02}.{milliseconds:03}");
    }
    let parts = record.iter().map(|(name, datum)| {
        let text = layout
            .field(name)
            .map_or_else(|| datum.to_string(), |field| value(&field.ty, datum));
        match is_vector(layout) {
            true => text,
            false => format!("{name}: {text}"),
        }
    });
    format!("({})", parts.collect::<Vec<_>>().join(", "))
}

/// Whether its fields are the axes.
fn is_vector(layout: &Layout) -> bool {
    layout
        .fields
        .iter()
        .map(|field| field.name)
        .eq(["x", "y", "z"])
}

/// A fixed-point number: four decimals tell all of them apart.
pub fn fixed(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Flags that have a name: all others together have none.
pub fn named<'a, 'n>(names: &'a [(&'n str, i64)]) -> impl Iterator<Item = &'a (&'n str, i64)> {
    names.iter().filter(|(name, _)| !name.is_empty())
}

fn flags(bits: i64, names: &[(&str, i64)]) -> String {
    let set = named(names).filter(|(_, flag)| bits & flag != 0);
    let set: Vec<&str> = set.map(|(name, _)| *name).collect();
    match set.is_empty() {
        true => format!("{bits:#X}"),
        false => format!("{bits:#X} {}", set.join(" | ")),
    }
}

fn part(whole: i64, field: &BitField) -> i64 {
    whole >> field.first & ((1 << field.width) - 1)
}

/// Whether a value of that type reads well in a line.
pub fn is_short(ty: &Type) -> bool {
    match ty {
        Type::Struct(layout) => layout().fields.len() <= 3 && layout().size <= 12,
        Type::Array(element, count) => *count <= 16 && !matches!(element, Type::Struct(_)),
        _ => true,
    }
}

/// The first paragraph of a documentation comment, in a line and without links.
pub fn summary(doc: &str) -> String {
    let lines = doc.trim().lines().map(str::trim);
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let text = paragraph.join(" ");
    let mut plain = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        // Code is between backticks, links in brackets around them.
        let is_code = index % 2 == 1;
        match is_code {
            true => plain.push_str(
                part.trim_start_matches("Self::")
                    .trim_start_matches("crate::"),
            ),
            false => plain.push_str(part.trim_start_matches(']').trim_end_matches('[')),
        }
    }
    plain
}
