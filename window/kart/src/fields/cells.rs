//! The visible values: widgets, and the fields that they show.

use super::game::FieldGame;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use gtk::graphene;
use gtk::prelude::*;
use ram_views::symbol::Image;

use super::row::Row;
use super::value::{Freshness, Reading, Watched};

/// Frames between two reads of a visible value: thirty values a second are not legible.
const NEAR_EVERY: u64 = 2;

/// Frames between two reads of a value outside the scrolled part.
const FAR_EVERY: u64 = 16;

/// The CSS classes of values that have changed.
pub(crate) const FRESH: &str = "fresh";
/// See [`FRESH`].
pub(crate) const FADING: &str = "fading";

/// Every value that a widget shows.
pub(crate) struct Cells<G: FieldGame> {
    cells: RefCell<HashMap<gtk::Inscription, ValueCell<G>>>,
    /// The list's scroll position when the visible values were last determined.
    scrolled_to: Cell<Option<f64>>,
}

impl<G: FieldGame> Default for Cells<G> {
    fn default() -> Self {
        Self {
            cells: RefCell::default(),
            scrolled_to: Cell::default(),
        }
    }
}

struct ValueCell<G: FieldGame> {
    row: Rc<Row<G>>,
    watched: Watched<G>,
    is_bound: bool,
    is_near: bool,
    is_new: bool,
}

impl<G: FieldGame> Cells<G> {
    /// Binds `widget` to the field of `row`.
    pub(crate) fn bind(&self, widget: &gtk::Inscription, row: &Rc<Row<G>>) {
        let mut cells = self.cells.borrow_mut();
        let old = cells.get_mut(widget);
        if let Some(cell) = old.filter(|cell| Rc::ptr_eq(&cell.row, row)) {
            cell.is_bound = true;
            return;
        }
        widget.set_text(None);
        show_freshness(widget, Freshness::Old);
        let cell = ValueCell {
            row: Rc::clone(row),
            watched: Watched::new(row.path.clone()),
            is_bound: true,
            is_near: true,
            is_new: true,
        };
        cells.insert(widget.clone(), cell);
        self.scrolled_to.set(None);
    }

    /// Unbinds `widget`, unless it is bound again before the next refresh, as GTK does with a row that is
    /// selected.
    pub(crate) fn unbind(&self, widget: &gtk::Inscription) {
        if let Some(cell) = self.cells.borrow_mut().get_mut(widget) {
            cell.is_bound = false;
        }
    }

    /// The widget that shows a row's value, and what it shows.
    pub(crate) fn of(&self, row: &Rc<Row<G>>) -> Option<(gtk::Inscription, Option<Reading>)> {
        let cells = self.cells.borrow();
        let mut cells = cells.iter();
        let is_it = |cell: &ValueCell<G>| cell.is_bound && Rc::ptr_eq(&cell.row, row);
        let (widget, cell) = cells.find(|(_, cell)| is_it(cell))?;
        Some((widget.clone(), cell.watched.reading().cloned()))
    }

    /// Reads the values that are due, and shows those that have changed.
    pub(crate) fn refresh(
        &self,
        ram: Option<&Image<'_, G>>,
        tick: u64,
        scroller: &gtk::ScrolledWindow,
    ) {
        let mut cells = self.cells.borrow_mut();
        cells.retain(|_, cell| cell.is_bound);
        let scroll = scroller.vadjustment().value();
        let is_far_due = tick.is_multiple_of(FAR_EVERY);
        if is_far_due || self.scrolled_to.replace(Some(scroll)) != Some(scroll) {
            let height = scroller.height() as f32;
            for (widget, cell) in cells.iter_mut() {
                cell.is_near = is_in_sight(widget, scroller, height);
            }
        }
        for (widget, cell) in cells.iter_mut() {
            let is_due = cell.is_near && tick.is_multiple_of(NEAR_EVERY);
            if is_due || is_far_due || cell.is_new {
                cell.is_new = false;
                cell.refresh(widget, ram, tick);
            }
        }
    }
}

impl<G: FieldGame> ValueCell<G> {
    fn refresh(&mut self, widget: &gtk::Inscription, ram: Option<&Image<'_, G>>, tick: u64) {
        let refreshed = self.watched.refresh(ram, tick);
        if refreshed.value {
            let text = self.watched.text();
            if widget.text().as_deref() != Some(text.as_str()) {
                widget.set_text(Some(&text));
            }
        }
        if refreshed.freshness {
            show_freshness(widget, self.watched.freshness());
        }
    }
}

/// Whether any part of a row is visible; true while GTK has not laid it out.
fn is_in_sight(widget: &gtk::Inscription, scroller: &gtk::ScrolledWindow, height: f32) -> bool {
    let origin = graphene::Point::zero();
    widget.compute_point(scroller, &origin).is_none_or(|point| {
        let bottom = point.y() + widget.height() as f32;
        bottom >= 0.0 && point.y() <= height
    })
}

/// Highlights a value by how recently it has changed.
pub(crate) fn show_freshness(widget: &gtk::Inscription, freshness: Freshness) {
    for (class, has) in [
        (FRESH, freshness == Freshness::Fresh),
        (FADING, freshness == Freshness::Fading),
    ] {
        if has {
            widget.add_css_class(class);
        } else {
            widget.remove_css_class(class);
        }
    }
}
