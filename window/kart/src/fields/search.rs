//! Search of fields by words in their paths.

use super::game::FieldGame;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use ram_views::path::Path;
use ram_views::symbol::Image;

/// The most paths that are listed: more are not read.
const MOST_FOUND: usize = 500;

/// Paths searched at a time, so that the frame is drawn in time while the user types.
const STEPS_AT_ONCE: usize = 2_000;

/// A query: words that must all be in a path, in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    words: Vec<String>,
}

impl Query {
    /// The query in `text`; `None` if there are no words in it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        self.words.iter().all(|word| path.contains(word.as_str()))
    }
}

/// A search through all of RAM, a few paths at a time.
#[derive(Debug)]
pub(crate) struct Search<G: FieldGame> {
    query: Query,
    /// The results of the last complete search, or of the first one so far.
    found: Vec<Path<G>>,
    under_way: Option<UnderWay<G>>,
    /// The hash of the present symbols and counts of elements when the search began.
    shape: u64,
}

/// A search that is not complete.
#[derive(Debug)]
struct UnderWay<G: FieldGame> {
    /// Paths to search, the next one last.
    open: Vec<Path<G>>,
    found: Vec<Path<G>>,
}

impl<G: FieldGame> UnderWay<G> {
    fn new() -> Self {
        let mut open: Vec<Path<G>> = Path::roots().collect();
        open.reverse();
        Self {
            open,
            found: Vec::new(),
        }
    }
}

impl<G: FieldGame> Search<G> {
    pub(crate) fn new(query: Query) -> Self {
        Self {
            query,
            found: Vec::new(),
            under_way: Some(UnderWay::new()),
            shape: 0,
        }
    }

    /// The paths found: of a path and those that go on from it, only the first.
    pub(crate) fn found(&self) -> &[Path<G>] {
        &self.found
    }

    /// The progress as text.
    pub(crate) fn state(&self) -> String {
        match (self.found.len(), &self.under_way) {
            (0, Some(_)) => "Searching…".to_owned(),
            (0, None) => "No field’s path has that in it now".to_owned(),
            (1, None) => "1 field".to_owned(),
            (1, Some(_)) => "1 field…".to_owned(),
            (MOST_FOUND.., _) => format!("The first {MOST_FOUND} fields"),
            (count, None) => format!("{count} fields"),
            (count, Some(_)) => format!("{count} fields…"),
        }
    }

    /// Whether it is complete.
    pub(crate) fn is_done(&self) -> bool {
        self.under_way.is_none()
    }

    /// Begins again if RAM has more or fewer elements than when the search began.
    pub(crate) fn follow_shape(&mut self, ram: Option<&Image<'_, G>>) {
        let shape = shape_of(ram);
        if shape != self.shape {
            self.shape = shape;
            self.under_way = Some(UnderWay::new());
        }
    }

    /// Continues; returns whether the results have changed.
    pub(crate) fn proceed(&mut self, ram: Option<&Image<'_, G>>) -> bool {
        let Some(under_way) = &mut self.under_way else {
            return false;
        };
        for _ in 0..STEPS_AT_ONCE {
            let Some(path) = under_way.open.pop() else {
                break;
            };
            if self.query.matches(path.text()) {
                under_way.found.push(path);
                if under_way.found.len() == MOST_FOUND {
                    under_way.open.clear();
                }
            } else if let Some(ram) = ram {
                let parts = path.children(ram).unwrap_or_default();
                under_way.open.extend(parts.into_iter().rev());
            }
        }
        let is_done = under_way.open.is_empty();
        if !is_done {
            return false;
        }
        let is_same = same(&self.found, &under_way.found);
        self.found = std::mem::take(&mut under_way.found);
        self.under_way = None;
        !is_same
    }
}

fn same<G: FieldGame>(some: &[Path<G>], others: &[Path<G>]) -> bool {
    some.iter()
        .map(Path::text)
        .eq(others.iter().map(Path::text))
}

/// A hash of the symbols that are present and of their counts of elements.
fn shape_of<G: FieldGame>(ram: Option<&Image<'_, G>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    if let Some(ram) = ram {
        for root in Path::roots() {
            let is_there = matches!(root.address(ram), Ok(Some(_)));
            (is_there, root.count(ram).unwrap_or(0)).hash(&mut hasher);
        }
    }
    hasher.finish()
}
