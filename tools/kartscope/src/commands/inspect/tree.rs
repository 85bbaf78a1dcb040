//! Structures with all that is in them, as JSON.

use mkds_memory::Ram;
use mkds_memory::path::{Datum, Path};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// What a path leads to, with the tables that it counts; serialised, it is a number, a list or a map.
pub enum Tree {
    /// A value; `None` where a pointer on the way is null.
    Leaf(Option<Datum>),
    /// Fields by name.
    Fields(Vec<(String, Tree)>),
    /// Elements in order.
    Elements(Vec<Tree>),
    /// Memory is wrong there.
    Wrong(String),
}

impl Tree {
    /// Reads all below `path`.
    pub fn read(path: &Path, ram: &Ram<'_>) -> Self {
        match Self::parts(path, ram) {
            Ok(tree) => tree,
            Err(error) => Self::Wrong(error.to_string()),
        }
    }

    fn parts(path: &Path, ram: &Ram<'_>) -> mkds_memory::Result<Self> {
        if path.address(ram)?.is_none() {
            return Ok(Self::Leaf(None));
        }
        let children = path.children(ram)?;
        let Some(first) = children.first() else {
            return path.read(ram).map(Self::Leaf);
        };
        let is_table = first.to_string().ends_with(']');
        let parts = children.iter().map(|child| Self::read(child, ram));
        if is_table {
            return Ok(Self::Elements(parts.collect()));
        }
        let names = children.iter().map(|child| last_name(child));
        Ok(Self::Fields(names.zip(parts).collect()))
    }
}

/// The last field's name in a path.
fn last_name(path: &Path) -> String {
    let text = path.to_string();
    text.rsplit('.').next().unwrap_or(&text).to_owned()
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(datum) => datum.serialize(serializer),
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
