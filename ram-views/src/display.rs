//! Values and documentation as text for people.

use crate::layout::{Layout, Type};
use crate::value::FieldValue;

/// Degrees in a unit of angles.
const DEGREES: f64 = 360.0 / 65536.0;

/// A value of type `ty` with its meaning: names of flags and enumerations, angles in degrees, addresses in hexadecimal.
#[must_use]
pub fn text(ty: &Type, value: &FieldValue) -> String {
    match (ty, value) {
        (Type::Fixed(_), FieldValue::Number(number)) => fixed(*number),
        (Type::Float, FieldValue::Number(number)) => (*number as f32).to_string(),
        (Type::Angle(_), FieldValue::Integer(angle)) => {
            format!("{angle} ({:.2} degrees)", *angle as f64 * DEGREES)
        }
        (Type::Flags(_, names), FieldValue::Integer(bits)) => flags(*bits, names),
        (Type::Enumeration(_, names), FieldValue::Integer(number)) => {
            match names.iter().find(|(_, named)| named == number) {
                Some((name, _)) => format!("{number} {name}"),
                None => format!("{number} (unknown)"),
            }
        }
        (Type::Bits(_, fields), FieldValue::Integer(whole)) => {
            let parts = fields.iter().map(|field| {
                let part = field.read(*whole);
                format!("{}: {part}", field.name)
            });
            format!("{whole:#X} ({})", parts.collect::<Vec<_>>().join(", "))
        }
        (Type::Pointer(_), FieldValue::Integer(0)) => "null".to_owned(),
        (Type::Pointer(_), FieldValue::Integer(address)) => format!("{address:#010X}"),
        (Type::Array(element, _), FieldValue::List(list)) => {
            let elements = list.iter().map(|value| text(element, value));
            format!("[{}]", elements.collect::<Vec<_>>().join(", "))
        }
        (Type::Struct(layout), FieldValue::Record(record)) => structure(layout(), record),
        _ => value.to_string(),
    }
}

fn structure(layout: &Layout, record: &[(&str, FieldValue)]) -> String {
    if let [
        ("milliseconds", FieldValue::Integer(milliseconds)),
        ("minutes", minutes),
        ("seconds", seconds),
    ] = record
        && let (FieldValue::Integer(minutes), FieldValue::Integer(seconds)) = (minutes, seconds)
    {
        return format!("{minutes}:{seconds:02}.{milliseconds:03}");
    }
    let parts = record.iter().map(|(name, value)| {
        let part = layout
            .field(name)
            .map_or_else(|| value.to_string(), |field| text(&field.ty, value));
        match is_vector(layout) {
            true => part,
            false => format!("{name}: {part}"),
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
#[must_use]
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

/// Whether a value of that type reads well in a line.
#[must_use]
pub fn is_short(ty: &Type) -> bool {
    match ty {
        Type::Struct(layout) => layout().fields.len() <= 3 && layout().size <= 12,
        Type::Array(element, count) => *count <= 16 && !matches!(element, Type::Struct(_)),
        _ => true,
    }
}

/// The first paragraph of a documentation comment, in a line and without links.
#[must_use]
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
