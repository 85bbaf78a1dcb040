//! A row of the tree: a path and its constant properties.

use super::game::FieldGame;
use ram_views::display;
use ram_views::layout::Type;
use ram_views::path::Path;

/// A path as the panel lists it.
#[derive(Debug)]
pub(crate) struct Row<G: FieldGame> {
    pub(crate) path: Path<G>,
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

impl<G: FieldGame> Row<G> {
    /// The row of a path with nothing above it.
    pub(crate) fn top(path: Path<G>) -> Self {
        let name = path.to_string();
        Self::new(path, name, 0)
    }

    /// The row of a part of another row.
    pub(crate) fn below(parent: &Self, path: Path<G>) -> Self {
        let text = path.to_string();
        let name = match text.rfind(['.', '[']) {
            Some(at) => text[at..].trim_start_matches('.').to_owned(),
            None => text,
        };
        Self::new(path, name, parent.depth + 1)
    }

    fn new(path: Path<G>, name: String, depth: usize) -> Self {
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
                G::publishers(source),
                source.confidence()
            ));
        }
        description
    }
}

/// Whether a path leads to a number of a field: not to an address, nor to several.
pub(crate) fn is_number<G: FieldGame>(path: &Path<G>) -> bool {
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
