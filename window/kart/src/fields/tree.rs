//! The rows of the list: roots with the rows below the open ones, or the results of a search.

use super::game::FieldGame;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use ram_views::layout::Type;
use ram_views::path::Path;
use ram_views::symbol::Image;

use super::row::Row;
use super::search::{Query, Search};

/// Refreshes between two checks whether RAM has other elements, which restart a search.
const SEARCH_EVERY: u64 = 30;

/// The deepest level of rows: pointers may form cycles, along which a user can open row after row.
const DEEPEST: usize = 32;

/// The rows that are listed, and which of them are open.
#[derive(Debug)]
pub(crate) struct Tree<G: FieldGame> {
    tops: Vec<Path<G>>,
    search: Option<Search<G>>,
    /// Texts of the open paths. They stay open while their fields are absent, as between two races.
    open: HashSet<String>,
    rows: Vec<Rc<Row<G>>>,
    opened: Vec<Opened<G>>,
    is_stale: bool,
}

/// An open row, and how many rows were listed right below it.
#[derive(Debug)]
struct Opened<G: FieldGame> {
    row: Rc<Row<G>>,
    /// A field of the structure behind a pointer, which shows whether the pointer is valid.
    probe: Option<Path<G>>,
    extent: usize,
}

/// How the list of rows has changed: those in `removed` are replaced by those in `added`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) removed: Range<usize>,
    pub(crate) added: Range<usize>,
}

impl<G: FieldGame> Tree<G> {
    pub(crate) fn new() -> Self {
        Self {
            tops: Path::roots().collect(),
            search: None,
            open: HashSet::new(),
            rows: Vec::new(),
            opened: Vec::new(),
            is_stale: true,
        }
    }

    pub(crate) fn rows(&self) -> &[Rc<Row<G>>] {
        &self.rows
    }

    pub(crate) fn is_open(&self, row: &Row<G>) -> bool {
        row.is_expandable && self.open.contains(&row.path.to_string())
    }

    /// Opens a closed row, closes an open one.
    pub(crate) fn toggle(&mut self, row: &Row<G>) {
        let is_open = self.is_open(row);
        self.set_open(row, !is_open);
    }

    /// Opens or closes a row; the rows below it are listed or removed by the next refresh.
    pub(crate) fn set_open(&mut self, row: &Row<G>, is_open: bool) {
        if !row.is_expandable {
            return;
        }
        let text = row.path.to_string();
        self.is_stale |= match is_open {
            true => self.open.insert(text),
            false => self.open.remove(&text),
        };
    }

    /// The parent of the row at `index`.
    pub(crate) fn parent(&self, index: usize) -> Option<usize> {
        let depth = self.rows.get(index)?.depth;
        self.rows[..index].iter().rposition(|row| row.depth < depth)
    }

    /// Lists only the results of `text`; everything if it is empty.
    pub(crate) fn set_query(&mut self, text: &str) {
        self.search = Query::parse(text).map(Search::new);
        self.is_stale = true;
    }

    /// The state of the search as text; `None` without one.
    pub(crate) fn search_state(&self) -> Option<String> {
        self.search.as_ref().map(Search::state)
    }

    /// Whether the search is not complete.
    pub(crate) fn is_searching(&self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.is_done())
    }

    /// Determines the rows in this frame; returns the change, if any.
    pub(crate) fn refresh(&mut self, ram: Option<&Image<'_, G>>, tick: u64) -> Option<Change> {
        if let Some(search) = &mut self.search {
            if tick.is_multiple_of(SEARCH_EVERY) {
                search.follow_shape(ram);
            }
            self.is_stale |= search.proceed(ram);
        }
        let is_same = |opened: &Opened<G>| opened.extent_now(ram) == opened.extent;
        if !self.is_stale && self.opened.iter().all(is_same) {
            return None;
        }
        self.is_stale = false;
        self.list(ram)
    }

    /// Lists the rows again, and returns the difference.
    fn list(&mut self, ram: Option<&Image<'_, G>>) -> Option<Change> {
        let tops = match &self.search {
            Some(search) => search.found(),
            None => &self.tops,
        };
        let mut listing = Listing {
            open: &self.open,
            ram,
            rows: Vec::with_capacity(self.rows.len()),
            opened: Vec::new(),
        };
        for path in tops {
            listing.push(Row::top(path.clone()));
        }
        let Listing {
            mut rows, opened, ..
        } = listing;
        let change = difference(&self.rows, &rows);
        // Rows that stay keep their identity, since cells hold them.
        let kept_behind = rows.len() - change.added.end;
        let old_behind = self.rows.len() - change.removed.end;
        debug_assert_eq!(kept_behind, old_behind);
        rows[..change.added.start].clone_from_slice(&self.rows[..change.removed.start]);
        rows[change.added.end..].clone_from_slice(&self.rows[change.removed.end..]);
        self.rows = rows;
        self.opened = opened;
        (!change.removed.is_empty() || !change.added.is_empty()).then_some(change)
    }
}

/// Rows being listed.
struct Listing<'a, 'r, G: FieldGame> {
    open: &'a HashSet<String>,
    ram: Option<&'a Image<'r, G>>,
    rows: Vec<Rc<Row<G>>>,
    opened: Vec<Opened<G>>,
}

impl<G: FieldGame> Listing<'_, '_, G> {
    /// Adds a row, and those below it if it is open.
    fn push(&mut self, row: Row<G>) {
        let row = Rc::new(row);
        self.rows.push(Rc::clone(&row));
        if !row.is_expandable || row.depth >= DEEPEST || !self.open.contains(&row.path.to_string())
        {
            return;
        }
        let probe = row.path.pointed_at().into_iter().next();
        let mut opened = Opened {
            row: Rc::clone(&row),
            probe,
            extent: 0,
        };
        opened.extent = opened.extent_now(self.ram);
        let parts = match (self.ram, opened.extent, &opened.probe) {
            (None, ..) | (_, 0, _) => Vec::new(),
            (Some(_), _, Some(_)) => row.path.pointed_at(),
            (Some(ram), _, None) => row.path.children(ram).unwrap_or_default(),
        };
        self.opened.push(opened);
        for part in parts {
            self.push(Row::below(&row, part));
        }
    }
}

impl<G: FieldGame> Opened<G> {
    /// The number of rows directly below it now: none if its field is absent.
    fn extent_now(&self, ram: Option<&Image<'_, G>>) -> usize {
        let Some(ram) = ram else {
            return 0;
        };
        let path = &self.row.path;
        let is_there = |path: &Path<G>| matches!(path.address(ram), Ok(Some(_)));
        match (path.ty(), &self.probe) {
            (Some(Type::Pointer(_)), Some(probe)) => usize::from(is_there(probe)),
            (Some(Type::Struct(_) | Type::Bits(..)), _) => usize::from(is_there(path)),
            _ if is_there(path) => path.count(ram).unwrap_or(0),
            _ => 0,
        }
    }
}

/// The difference of two lists between their common beginning and their common end.
fn difference<G: FieldGame>(old: &[Rc<Row<G>>], new: &[Rc<Row<G>>]) -> Change {
    let is_same = |(old, new): &(&Rc<Row<G>>, &Rc<Row<G>>)| {
        old.depth == new.depth && old.name == new.name && old.path.text() == new.path.text()
    };
    let before = old.iter().zip(new).take_while(is_same).count();
    let (old_rest, new_rest) = (&old[before..], &new[before..]);
    let behind = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(is_same)
        .count();
    Change {
        removed: before..old.len() - behind,
        added: before..new.len() - behind,
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use homebrew::native::Game;
    use mkds_formats::ghost::Combo;
    use mkds_memory::Region;
    use ram_views::symbol::{Image, Program as _};

    use super::Change;

    type Tree = super::Tree<Region>;
    type Row = super::super::row::Row<Region>;

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    const COMBO: Combo = Combo {
        character: 0,
        kart: 0,
        course: 20,
    };

    fn names(tree: &Tree) -> Vec<String> {
        let line = |row: &Rc<Row>| format!("{}{}", "  ".repeat(row.depth), row.name);
        tree.rows().iter().map(line).collect()
    }

    fn row(tree: &Tree, path: &str) -> Rc<Row> {
        let mut rows = tree.rows().iter();
        let row = rows.find(|row| row.path.text() == path);
        Rc::clone(row.unwrap_or_else(|| panic!("{path} is listed")))
    }

    fn open(tree: &mut Tree, path: &str) {
        let row = row(tree, path);
        tree.set_open(&row, true);
    }

    /// Refreshes until a search must be complete.
    fn search(tree: &mut Tree, ram: Option<&Image<'_, Region>>) {
        for tick in 1..3000 {
            tree.refresh(ram, tick);
        }
    }

    #[test]
    fn symbols_come_first_and_are_closed() {
        let mut tree = Tree::new();
        let change = tree.refresh(None, 1).expect("rows come");
        assert_eq!(change.removed, 0..0);
        assert_eq!(change.added, 0..tree.rows().len());
        assert!(names(&tree).contains(&"driver".to_owned()));
        assert_eq!(tree.refresh(None, 2), None, "nothing has changed");
    }

    #[test]
    fn open_rows_fill_when_a_race_begins_and_empty_when_it_ends() -> Result {
        let mut game = Game::new(None)?;
        let mut tree = Tree::new();
        tree.refresh(Some(&Region::image(game.ram())?), 1);
        let closed = names(&tree);
        open(&mut tree, "driver");
        tree.refresh(Some(&Region::image(game.ram())?), 2);
        assert_eq!(names(&tree), closed, "nothing is there yet");

        game.start_race(COMBO)?;
        let change = tree.refresh(Some(&Region::image(game.ram())?), 3);
        let at = closed
            .iter()
            .position(|name| name == "driver")
            .expect("driver")
            + 1;
        assert_eq!(
            change,
            Some(Change {
                removed: at..at,
                added: at..at + 1
            })
        );
        assert_eq!(names(&tree)[at], "  [0]");

        open(&mut tree, "driver[0]");
        tree.refresh(Some(&Region::image(game.ram())?), 4);
        open(&mut tree, "driver[0].position");
        tree.refresh(Some(&Region::image(game.ram())?), 5);
        let listed = names(&tree);
        let position = listed.iter().position(|name| name == "    position");
        let position = position.expect("position");
        assert_eq!(
            listed[position + 1..position + 4],
            ["      x", "      y", "      z"]
        );

        tree.refresh(None, 6);
        assert_eq!(names(&tree), closed);
        tree.refresh(Some(&Region::image(game.ram())?), 7);
        assert_eq!(names(&tree), listed, "what was open is open again");

        let driver = row(&tree, "driver");
        tree.toggle(&driver);
        tree.refresh(Some(&Region::image(game.ram())?), 8);
        assert_eq!(names(&tree), closed);
        Ok(())
    }

    #[test]
    fn rows_that_stay_are_the_same() -> Result {
        let mut game = Game::new(None)?;
        game.start_race(COMBO)?;
        let ram = Region::image(game.ram())?;
        let mut tree = Tree::new();
        tree.refresh(Some(&ram), 1);
        let before = tree.rows().to_vec();
        open(&mut tree, "driver");
        let change = tree.refresh(Some(&ram), 2).expect("a row more");
        let stay = tree.rows()[..change.added.start].iter().zip(&before);
        assert!(stay.clone().count() > 0);
        assert!(stay.into_iter().all(|(new, old)| Rc::ptr_eq(new, old)));
        let behind = tree.rows()[change.added.end..].iter();
        assert!(
            behind
                .rev()
                .zip(before.iter().rev())
                .all(|(new, old)| Rc::ptr_eq(new, old))
        );
        Ok(())
    }

    #[test]
    fn pointers_lead_to_what_they_point_to() -> Result {
        let mut game = Game::new(None)?;
        game.start_race(COMBO)?;
        let ram = Region::image(game.ram())?;
        let mut tree = Tree::new();
        tree.refresh(Some(&ram), 1);
        for path in ["driver", "driver[0]", "driver[0].kart_parameters"] {
            open(&mut tree, path);
            tree.refresh(Some(&ram), 2);
        }
        let listed = names(&tree);
        let parameters = listed.iter().position(|name| name == "    kart_parameters");
        let below = &listed[parameters.expect("kart_parameters") + 1];
        assert_eq!(below, "      sphere_radius");
        Ok(())
    }

    #[test]
    fn searching_finds_what_is_below_closed_rows() -> Result {
        let mut game = Game::new(None)?;
        game.start_race(COMBO)?;
        let ram = Region::image(game.ram())?;
        let mut tree = Tree::new();
        search(&mut tree, Some(&ram));
        let everything = names(&tree);
        tree.set_query("Boost timer");
        search(&mut tree, Some(&ram));
        assert!(
            names(&tree).contains(&"driver[0].boost_timer".to_owned()),
            "{:?}",
            names(&tree)
        );
        assert!(names(&tree).iter().all(|name| name.contains("boost")));
        tree.set_query("driver[0]");
        search(&mut tree, Some(&ram));
        assert!(names(&tree).contains(&"driver[0]".to_owned()));
        assert!(
            !names(&tree).contains(&"driver[0].boost_timer".to_owned()),
            "it is below"
        );
        open(&mut tree, "driver[0]");
        tree.refresh(Some(&ram), 1);
        assert!(names(&tree).contains(&"  boost_timer".to_owned()));
        tree.set_query("no such field");
        search(&mut tree, Some(&ram));
        assert_eq!(tree.rows().len(), 0);
        tree.set_query(" ");
        search(&mut tree, Some(&ram));
        assert_eq!(tree.rows().len(), everything.len());
        assert_eq!(tree.search_state(), None);
        Ok(())
    }

    #[test]
    fn a_search_before_the_race_finds_fields_once_they_exist() -> Result {
        let mut game = Game::new(None)?;
        let mut tree = Tree::new();
        tree.set_query("boost_timer");
        search(&mut tree, Some(&Region::image(game.ram())?));
        assert_eq!(tree.rows().len(), 0);
        game.start_race(COMBO)?;
        search(&mut tree, Some(&Region::image(game.ram())?));
        assert!(!tree.rows().is_empty());
        Ok(())
    }

    #[test]
    fn wrong_memory_is_no_reason_to_panic() -> Result {
        let mut game = Game::new(None)?;
        game.start_race(COMBO)?;
        let mut image = game.ram().to_vec();
        let mut tree = Tree::new();
        tree.refresh(Some(&Region::image(&image)?), 1);
        // Opens all that the first three levels hold.
        for tick in 2..5 {
            for row in tree.rows().to_vec() {
                tree.set_open(&row, row.depth < 3);
            }
            tree.refresh(Some(&Region::image(&image)?), tick);
        }
        // A generator of Lehmer's, so that the bytes are always the same.
        let mut state: u64 = 0x2545_F491;
        for tick in 5..30 {
            for _ in 0..20_000 {
                state = state * 48_271 % 0x7FFF_FFFF;
                let at = 0x15_0000 + state as usize % 0x10_0000;
                image[at] = (state >> 8) as u8;
            }
            // A damaged region word is no game at all.
            let Ok(ram) = Region::image(&image) else {
                continue;
            };
            tree.refresh(Some(&ram), tick);
            for row in tree.rows() {
                let _ = super::super::value::Reading::of(&row.path, Some(&ram)).text(&row.path);
            }
        }
        Ok(())
    }
}
