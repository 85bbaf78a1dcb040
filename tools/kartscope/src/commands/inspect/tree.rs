//! Structures with all their fields, as JSON.

use anyhow::Result;
use ram_views::FieldValue;
use ram_views::path::Path;
use ram_views::symbol::{Image, Program};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::interrupt;

/// The value at a path, with nested structures and tables; serialised, it is a number, a list or a map.
pub enum Tree {
    /// A value; `None` where a pointer on the way is null.
    Leaf(Option<FieldValue>),
    /// Fields by name.
    Fields(Vec<(String, Tree)>),
    /// Elements in order.
    Elements(Vec<Tree>),
    /// The error for memory that can't be read.
    Wrong(String),
}

impl Tree {
    /// Reads all below `path`.
    ///
    /// # Errors
    /// After Ctrl-C.
    pub fn read<P: Program>(path: &Path<P>, ram: &Image<'_, P>) -> Result<Self> {
        interrupt::check()?;
        let read = || -> ram_views::Result<_> {
            match path.address(ram)? {
                None => Ok((None, Vec::new())),
                Some(_) => Ok((path.read(ram)?, path.children(ram)?)),
            }
        };
        let (value, children) = match read() {
            Ok(read) => read,
            Err(error) => return Ok(Self::Wrong(error.to_string())),
        };
        let Some(first) = children.first() else {
            return Ok(Self::Leaf(value));
        };
        let is_table = first.to_string().ends_with(']');
        let parts: Result<Vec<Self>> = children
            .iter()
            .map(|child| Self::read(child, ram))
            .collect();
        if is_table {
            return Ok(Self::Elements(parts?));
        }
        let names = children.iter().map(last_name);
        Ok(Self::Fields(names.zip(parts?).collect()))
    }
}

/// The last field's name in a path.
fn last_name<P: Program>(path: &Path<P>) -> String {
    let text = path.to_string();
    text.rsplit('.').next().unwrap_or(&text).to_owned()
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(value) => value.serialize(serializer),
            Self::Elements(elements) => serializer.collect_seq(elements),
            Self::Fields(fields) => {
                serializer.collect_map(fields.iter().map(|(name, tree)| (name, tree)))
            }
            Self::Wrong(error) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("error", error)?;
                map.end()
            }
        }
    }
}
