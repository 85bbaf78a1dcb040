//! The names of fields in Python: ours and the headers', each in snake_case and camelCase.

use std::collections::HashMap;
use std::sync::LazyLock;

use mkds_memory::layout::{FieldInfo, Type};
use mkds_memory::path::Path;
use mkds_memory::symbols;
use pyo3::prelude::*;

use crate::errors::OrException;

/// A name, and the headers' name if different.
type Named = (&'static str, Option<&'static str>);

/// Our name of the symbol `name`.
pub(super) fn root(name: &str) -> Option<&'static str> {
    static ROOTS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let named = symbols::ALL
            .iter()
            .map(|symbol| (symbol.path, Some(symbol.name)));
        let spelt = named.clone().flat_map(|(path, name)| {
            let names = [path, name.unwrap_or(path)];
            names
                .into_iter()
                .flat_map(|name| [name.to_owned(), camel(name)])
        });
        spelt
            .filter_map(|name| Some((resolve(&name, named.clone())?, name)))
            .map(|(path, name)| (name, path))
            .collect()
    });
    ROOTS.get(name).copied()
}

/// Our name of the field `name` of the structure at `path`.
fn own_name(path: &Path, name: &str) -> Option<&'static str> {
    resolve(name, fields(path).into_iter())
}

/// The fields of the structure at a path.
pub(super) fn fields(path: &Path) -> Vec<Named> {
    let of_field = |field: &'static FieldInfo| (field.name, field.published);
    match (path.layout(), path.ty()) {
        (Some(layout), _) => layout.fields.iter().map(of_field).collect(),
        (None, Some(Type::Bits(_, bits))) => bits
            .iter()
            .map(|bits| (bits.name, bits.published))
            .collect(),
        (None, _) => Vec::new(),
    }
}

/// The path to an element of the array at `path`.
pub(super) fn element(path: &Path, index: usize) -> PyResult<Path> {
    Path::parse(&format!("{path}[{index}]")).or_exception()
}

/// The path whose fields are looked up: for a symbol with several elements, that of the first.
pub(super) fn base_of(path: &Path) -> Path {
    let is_root = path.to_string() == path.root().path;
    match element(path, 0) {
        Ok(first) if is_root => first,
        _ => path.clone(),
    }
}

/// The path to a field of the structure at `base`.
pub(super) fn field(base: &Path, name: &str) -> PyResult<Path> {
    // Unknown names are kept, so that the path's error lists the existing ones.
    let name = own_name(base, name).unwrap_or(name);
    Path::parse(&format!("{base}.{name}")).or_exception()
}

/// Parses a path with any of the names.
pub(super) fn parse(text: &str) -> PyResult<Path> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut path = Path::parse(root(name).unwrap_or(name)).or_exception()?;
    while !rest.is_empty() {
        if let Some(name) = rest.strip_prefix('.') {
            let (name, after) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
            (path, rest) = (field(&base_of(&path), name)?, after);
        } else {
            // An invalid index is kept, for the path's error.
            let end = rest.find(']').map_or(rest.len(), |end| end + 1);
            let (index, after) = rest.split_at(end);
            path = Path::parse(&format!("{path}{index}")).or_exception()?;
            rest = after;
        }
    }
    Ok(path)
}

/// Our name for `name`. Our names take precedence over published ones, and those over names in the other
/// case.
fn resolve(name: &str, names: impl Iterator<Item = Named> + Clone) -> Option<&'static str> {
    let find = |matches: &dyn Fn(&Named) -> bool| {
        let mut names = names.clone();
        names.find(matches).map(|(own, _)| own)
    };
    find(&|(own, _)| *own == name)
        .or_else(|| find(&|(_, published)| *published == Some(name)))
        .or_else(|| {
            find(&|(_, published)| published.is_some_and(|published| snake(published) == name))
        })
        .or_else(|| find(&|(own, _)| camel(own) == name))
}

/// `driverStatus` as `driver_status`.
fn snake(camel: &str) -> String {
    let mut snake = String::new();
    let mut after_capital = true;
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() && !after_capital {
            snake.push('_');
        }
        after_capital = letter.is_ascii_uppercase();
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `boost_timer` as `boostTimer`.
fn camel(snake: &str) -> String {
    let mut camel = String::new();
    let mut after_line = false;
    for letter in snake.chars() {
        if letter == '_' {
            after_line = true;
        } else if std::mem::take(&mut after_line) {
            camel.push(letter.to_ascii_uppercase());
        } else {
            camel.push(letter);
        }
    }
    camel
}
