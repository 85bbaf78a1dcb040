//! Conversion of text to values and back, for editing fields.

use super::game::FieldGame;
use ram_views::FieldValue;
use ram_views::display;
use ram_views::layout::{Integer, Layout, Type};
use ram_views::path::{Path, WriteError};

/// Angles in a turn.
const ANGLES: i64 = 65536;

/// The most names of an enumeration or of flags that a hint lists.
const MOST_NAMES: usize = 12;

/// Whether the value at the path can be edited as text.
pub(crate) fn is_editable<G: FieldGame>(path: &Path<G>) -> bool {
    match path.ty() {
        Some(ty) => is_in_a_line(&ty),
        None => !path.leads_on(),
    }
}

/// Whether it is a number, or a few of them.
fn is_in_a_line(ty: &Type) -> bool {
    let is_number = |ty: &Type| !matches!(ty, Type::Struct(_) | Type::Array(..));
    match ty {
        Type::Array(element, _) => display::is_short(ty) && is_number(element),
        Type::Struct(layout) => {
            display::is_short(ty) && layout().fields.iter().all(|field| is_number(&field.ty))
        }
        _ => true,
    }
}

/// The text to begin editing with.
pub(crate) fn text_of<G: FieldGame>(path: &Path<G>, field_value: &FieldValue) -> String {
    match path.ty() {
        Some(ty) => text(&ty, field_value),
        None => field_value.to_string(),
    }
}

fn text(ty: &Type, field_value: &FieldValue) -> String {
    match (ty, field_value) {
        (Type::Fixed(_), FieldValue::Number(number)) => display::fixed(*number),
        (Type::Flags(..) | Type::Bits(..) | Type::Pointer(_), FieldValue::Integer(value))
            if *value >= 0 =>
        {
            format!("{value:#X}")
        }
        (Type::Array(element, _), FieldValue::List(list)) => {
            joined(list.iter().map(|field_value| text(element, field_value)))
        }
        (Type::Struct(layout), FieldValue::Record(record)) => {
            joined(record.iter().map(|(name, field_value)| {
                let field = layout().field(name);
                field.map_or_else(
                    || field_value.to_string(),
                    |field| text(&field.ty, field_value),
                )
            }))
        }
        _ => field_value.to_string(),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// The field's value that `text` stands for.
///
/// # Errors
///
/// A description of the values that the field can hold, if `text` is none of them.
pub(crate) fn parse<G: FieldGame>(path: &Path<G>, text: &str) -> Result<FieldValue, String> {
    let text = text.trim();
    let field_value = match path.ty() {
        Some(ty) => field_value(&ty, text),
        None => FieldValue::parse(text),
    };
    let field_value = field_value.ok_or_else(|| format!("Expected {}", expected(path)))?;
    path.check(&field_value).map_err(|error| match error {
        WriteError::Mismatch { expected, .. } => format!("Expected {expected}"),
        error => error.to_string(),
    })?;
    Ok(field_value)
}

fn field_value(ty: &Type, text: &str) -> Option<FieldValue> {
    match ty {
        Type::Enumeration(_, names) => {
            let named = names
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(text));
            named.map_or_else(
                || FieldValue::parse(text),
                |(_, value)| Some(FieldValue::Integer(*value)),
            )
        }
        Type::Flags(_, names) => FieldValue::parse(text).or_else(|| flags(names, text)),
        Type::Angle(integer) => FieldValue::parse(text).or_else(|| degrees(*integer, text)),
        Type::Array(element, count) => {
            let list: Option<Vec<_>> = parts(text).map(|part| field_value(element, part)).collect();
            let list = list.filter(|list| list.len() == *count)?;
            Some(FieldValue::List(list))
        }
        Type::Struct(layout) => record(layout(), text),
        _ => FieldValue::parse(text),
    }
}

/// `BOOST | DRIFT`.
fn flags(names: &[(&str, i64)], text: &str) -> Option<FieldValue> {
    let bits = text.split('|').map(str::trim).map(|word| {
        let known = display::named(names).find(|(name, _)| name.eq_ignore_ascii_case(word));
        known.map(|(_, bits)| *bits)
    });
    let bits: Option<Vec<i64>> = bits.collect();
    Some(FieldValue::Integer(
        bits?.iter().fold(0, |all, bits| all | bits),
    ))
}

/// `90°`, `-90 degrees`: the angle nearest to it, less than a turn, as `integer` holds it.
fn degrees(integer: Integer, text: &str) -> Option<FieldValue> {
    let number = text
        .strip_suffix('°')
        .or_else(|| text.strip_suffix("degrees"))?;
    let degrees: f64 = number.trim_end().parse().ok()?;
    let angle = (degrees / 360.0 * ANGLES as f64).round();
    if angle.abs() >= ANGLES as f64 {
        return None;
    }
    let (least, _) = integer.range();
    Some(FieldValue::Integer(
        least + (angle as i64 - least).rem_euclid(ANGLES),
    ))
}

/// A number for each of the fields, in their order.
fn record(layout: &'static Layout, text: &str) -> Option<FieldValue> {
    let parts: Vec<&str> = parts(text).collect();
    if parts.len() != layout.fields.len() {
        return None;
    }
    let fields = layout.fields.iter().zip(parts);
    let fields: Option<Vec<_>> = fields
        .map(|(field, part)| Some((field.name, field_value(&field.ty, part)?)))
        .collect();
    fields.map(FieldValue::Record)
}

/// `(1, 2, 3)`, with or without what is around the numbers.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let inner = text
        .trim_start_matches(['(', '['])
        .trim_end_matches([')', ']']);
    inner.split(',').map(str::trim)
}

/// A description of the values that the field can hold.
pub(crate) fn expected<G: FieldGame>(path: &Path<G>) -> String {
    match path.ty() {
        Some(ty) => expected_of(&ty),
        None => format!("an integer of {}", path.kind()),
    }
}

fn expected_of(ty: &Type) -> String {
    match ty {
        Type::Integer(integer) | Type::Bits(integer, _) => {
            let (least, greatest) = integer.range();
            format!("an integer from {least} to {greatest}")
        }
        Type::Fixed(_) => "a number".to_owned(),
        Type::Angle(_) => "an angle: 65536 to a turn, or degrees as 90°".to_owned(),
        Type::Enumeration(_, names) => format!("a number or {}", list(names, ", ")),
        Type::Flags(_, names) if display::named(names).next().is_some() => {
            format!("a number or {}", list(names, " | "))
        }
        Type::Flags(..) => "a number".to_owned(),
        Type::Pointer(_) => "an address".to_owned(),
        Type::Array(_, count) => format!("{count} numbers, with commas between them"),
        Type::Struct(layout) => layout()
            .fields
            .iter()
            .map(|field| field.name)
            .collect::<Vec<_>>()
            .join(", "),
        _ => ty.to_string(),
    }
}

/// The first names, as many as fit.
fn list(names: &[(&str, i64)], between: &str) -> String {
    let all: Vec<&str> = display::named(names).map(|(name, _)| *name).collect();
    let shown = all[..all.len().min(MOST_NAMES)].join(between);
    match all.len() > MOST_NAMES {
        true => format!("{shown}{between}…"),
        false => shown,
    }
}

#[cfg(test)]
mod tests {
    use mkds_memory::path::{FieldValue, Path};

    use super::{is_editable, parse, text_of};

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn text_is_the_fields_value() -> Result {
        for (path, text, expected) in [
            ("driver[0].boost_timer", " 30 ", FieldValue::Integer(30)),
            ("driver[0].boost_timer", "-0x1F", FieldValue::Integer(-31)),
            ("driver[0].position.x", "1.5", FieldValue::Number(1.5)),
            ("driver[0].position.x", "2", FieldValue::Integer(2)),
            (
                "driver[0].position",
                "(1, 2.5, -3)",
                FieldValue::Record(vec![
                    ("x", FieldValue::Integer(1)),
                    ("y", FieldValue::Number(2.5)),
                    ("z", FieldValue::Integer(-3)),
                ]),
            ),
            ("driver[0].yaw", "-90°", FieldValue::Integer(49152)),
            ("driver[0].yaw", "270 degrees", FieldValue::Integer(49152)),
            (
                "race_status.driver[0].place_and_driver.place",
                "3",
                FieldValue::Integer(3),
            ),
        ] {
            assert_eq!(
                parse(&Path::parse(path)?, text)?,
                expected,
                "{path}: {text}"
            );
        }
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() -> Result {
        for (path, text, expected) in [
            (
                "driver[0].boost_timer",
                "40000",
                "Expected an integer from -32768 to 32767",
            ),
            (
                "driver[0].boost_timer",
                "soon",
                "Expected an integer from -32768 to 32767",
            ),
            (
                "driver[0].boost_timer",
                "",
                "Expected an integer from -32768 to 32767",
            ),
            ("driver[0].boost_timer", "1.5", "Expected s16"),
            ("driver[0].position", "1, 2", "Expected x, y, z"),
            (
                "driver[0].yaw",
                "1e9°",
                "Expected an angle: 65536 to a turn, or degrees as 90°",
            ),
            (
                "race_status.driver[0].place_and_driver.place",
                "16",
                "Expected 0 to 15",
            ),
        ] {
            let refused = parse(&Path::parse(path)?, text);
            assert_eq!(refused, Err(expected.to_owned()), "{path}: {text}");
        }
        Ok(())
    }

    #[test]
    fn what_editing_begins_with_is_the_value() -> Result {
        for (path, field_value) in [
            ("driver[0].boost_timer", FieldValue::Integer(-3)),
            ("driver[0].position.x", FieldValue::Number(-0.75)),
            ("driver[0].motion_flags", FieldValue::Integer(0x21)),
            (
                "driver[0].position",
                FieldValue::Record(vec![
                    ("x", FieldValue::Number(0.5)),
                    ("y", FieldValue::Number(-2.5)),
                    ("z", FieldValue::Number(3.25)),
                ]),
            ),
        ] {
            let path = Path::parse(path)?;
            assert!(is_editable(&path), "{path}");
            let text = text_of(&path, &field_value);
            assert_eq!(parse(&path, &text)?, field_value, "{path}: {text}");
        }
        assert!(!is_editable(&Path::parse("driver[0]")?));
        assert!(!is_editable(&Path::parse("map.cpoi")?));
        Ok(())
    }
}
