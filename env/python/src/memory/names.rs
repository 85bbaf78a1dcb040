//! Under which names Python finds a field: ours, the headers', and both as the other writes them.

use std::collections::HashMap;
use std::sync::LazyLock;

use mkds_memory::layout::{FieldInfo, Type};
use mkds_memory::path::Path;
use mkds_memory::symbols;

/// A name that can follow, and what the headers call it where that is another.
type Named = (&'static str, Option<&'static str>);

/// The symbol that `name` stands for.
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

/// The field of what `path` leads to that `name` stands for.
pub(super) fn field(path: &Path, name: &str) -> Option<&'static str> {
    resolve(name, fields(path).into_iter())
}

/// The fields of what a path leads to.
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

/// The own name that `name` stands for. An own name wins over a published one, that over one that is
/// written in the other's case.
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
