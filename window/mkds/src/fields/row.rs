//! A row of the tree: a path and its constant properties.

use mkds_memory::layout::Type;
use mkds_memory::path::Path;
use mkds_memory::symbols::Program as _;
use mkds_memory::{Region, display};

/// A path as the panel lists it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) path: Path,
    /// The last part of the path; all of it where nothing above it is listed.
    pub(crate) name: String,
    /// Its level: the number of rows above it in the tree.
    pub(crate) depth: usize,
    /// The name of the type.
    pub(crate) kind: String,
    /// Whether rows can be listed below it.
    pub(crate) is_expandable: bool,
    /// Whether it is a number, which can be plotted and written.
    pub(crate) is_number: bool,
}

impl Row {
    /// The row of a path with nothing above it.
    pub(crate) fn top(path: Path) -> Self {
        let name = path.to_string();
        Self::new(path, name, 0)
    }

    /// The row of a part of another row.
    pub(crate) fn below(parent: &Self, path: Path) -> Self {
        let text = path.to_string();
        let name = match text.rfind(['.', '[']) {
            Some(at) => text[at..].trim_start_matches('.').to_owned(),
            None => text,
        };
        Self::new(path, name, parent.depth + 1)
    }

    fn new(path: Path, name: String, depth: usize) -> Self {
        Self {
            name,
            depth,
            kind: path.kind(),
            is_expandable: path.leads_on(),
            is_number: is_number(&path),
            path,
        }
    }

    /// The field's path, documentation, offset and source.
    pub(crate) fn description(&self) -> String {
        let mut description = self.path.to_string();
        let doc = display::summary(self.path.doc());
        if !doc.is_empty() {
            description.push('\n');
            description.push_str(&doc);
        }
        if let Some(field) = self.path.field() {
            let (source, offset) = (field.source, field.offset);
            description.push_str(&format!(
                "\nAt {offset:#X} of its structure; {} ({})",
                Region::publishers(source),
                source.confidence()
            ));
        }
        description
    }
}

/// Whether a path leads to a number of a field: not to an address, nor to several.
pub(crate) fn is_number(path: &Path) -> bool {
    match path.ty() {
        Some(
            Type::Integer(_)
            | Type::Fixed(_)
            | Type::Angle(_)
            | Type::Flags(..)
            | Type::Enumeration(..)
            | Type::Bits(..),
        ) => true,
        Some(_) => false,
        None => !path.leads_on(),
    }
}
