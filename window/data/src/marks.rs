//! Marks on rows, which can be undone.

use learn::dataset::Selection;

/// The marked rows, and what was marked before.
#[derive(Debug)]
pub(crate) struct Marks {
    now: Selection,
    /// The earlier ones, the oldest first.
    before: Vec<Selection>,
    /// Those that were undone, the oldest first.
    undone: Vec<Selection>,
}

impl Marks {
    pub(crate) fn new(none: Selection) -> Self {
        Self {
            now: none,
            before: Vec::new(),
            undone: Vec::new(),
        }
    }

    /// The marked rows.
    pub(crate) fn now(&self) -> &Selection {
        &self.now
    }

    /// Changes the marks; returns how many rows are marked more than before.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Selection)) -> u64 {
        let before = self.now.clone();
        change(&mut self.now);
        let more = self.now.len().saturating_sub(before.len());
        if self.now != before {
            self.before.push(before);
            self.undone.clear();
        }
        more
    }

    /// Goes back by a change; says whether there was one.
    pub(crate) fn undo(&mut self) -> bool {
        step(&mut self.before, &mut self.now, &mut self.undone)
    }

    /// Makes the change again that was undone last; says whether there was one.
    pub(crate) fn redo(&mut self) -> bool {
        step(&mut self.undone, &mut self.now, &mut self.before)
    }
}

/// Takes the last of `from` for now, and adds what was now to `to`.
fn step(from: &mut Vec<Selection>, now: &mut Selection, to: &mut Vec<Selection>) -> bool {
    let Some(next) = from.pop() else {
        return false;
    };
    to.push(std::mem::replace(now, next));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn changes_are_undone_and_made_again_until_there_is_another() {
        let (_folder, dataset) = fixture::dataset(&[3]);
        let mut marks = Marks::new(Selection::none(&dataset));
        assert_eq!(marks.change(|marks| marks.set(0, 1, true)), 1);
        assert_eq!(marks.change(|_| {}), 0, "no change, nothing to undo");
        assert_eq!(marks.change(|marks| marks.set(0, 2, true)), 1);
        let marked = |marks: &Marks| [1, 2].map(|row| marks.now().contains(0, row));
        assert!(marks.undo());
        assert_eq!(marked(&marks), [true, false]);
        assert!(marks.redo());
        assert_eq!(marked(&marks), [true, true]);
        assert!(marks.undo() && marks.undo() && !marks.undo());
        assert!(marks.now().is_empty());
        marks.change(|marks| marks.set(0, 0, true));
        assert!(!marks.redo(), "another change takes the place of those");
        assert!(marks.undo() && marks.now().is_empty());
    }
}
