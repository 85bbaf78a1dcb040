//! The widget: a search entry, the pinned fields, and the list of all.

use super::game::FieldGame;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, gio, glib};
use ram_views::FieldValue;
use ram_views::path::Path;
use ram_views::symbol::Image;

use super::cells::Cells;
use super::columns::{self, RowHandler};
use super::edit;
use super::editor::Editor;
use super::pin_list::PinList;
use super::pins::PinError;
use super::row::Row;
use super::style;
use super::tree::{Change, Tree};
use window::accessible::named;

/// A panel with every field of RAM, to be read in every frame, searched, pinned and edited.
///
/// Call [`FieldPanel::update`] once a drawn frame, also while the game is paused. Clones are the
/// same panel.
#[derive(Clone)]
pub struct FieldPanel<G: FieldGame> {
    inner: Rc<Inner<G>>,
}

/// What is called when other fields are pinned.
type PinnedChanged = Rc<dyn Fn(&[String])>;

/// What the panel is made of.
struct Inner<G: FieldGame> {
    root: gtk::Box,
    search: gtk::SearchEntry,
    state: gtk::Label,
    scroller: gtk::ScrolledWindow,
    view: gtk::ColumnView,
    selection: gtk::SingleSelection,
    store: gio::ListStore,
    tree: RefCell<Tree<G>>,
    cells: Cells<G>,
    names: RefCell<HashMap<gtk::Box, Rc<Row<G>>>>,
    pin_buttons: RefCell<HashMap<gtk::ToggleButton, Rc<Row<G>>>>,
    pin_list: PinList<G>,
    editor: Editor<G>,
    pinned_changed: RefCell<Vec<PinnedChanged>>,
    /// Enter was pressed in the search: the first field that is found is to be edited.
    edits_first: Cell<bool>,
    tick: Cell<u64>,
}

impl<G: FieldGame> FieldPanel<G> {
    /// A panel without values, all its rows closed. GTK must be initialised.
    #[must_use]
    pub fn new() -> Self {
        style::install();
        let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
        root.add_css_class("field-panel");
        let search: gtk::SearchEntry = named("Search fields");
        let hint = format!("Search fields, as in “{}”", G::EXAMPLE);
        search.set_property("placeholder-text", hint);
        search.set_hexpand(true);
        search.set_margin_start(6);
        search.set_margin_end(6);
        search.set_margin_top(6);
        search.set_margin_bottom(6);
        let state = gtk::Label::builder()
            .css_classes(["dim-label"])
            .xalign(0.0)
            .margin_start(12)
            .margin_end(12)
            .margin_bottom(6)
            .visible(false)
            .build();
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let selection = gtk::SingleSelection::builder()
            .model(&store)
            .autoselect(false)
            .can_unselect(true)
            .build();
        let view = gtk::ColumnView::builder()
            .model(&selection)
            .css_classes(["data-table"])
            .build();
        let scroller = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Automatic)
            .vexpand(true)
            .child(&view)
            .build();
        let pin_list = PinList::new();
        root.append(&search);
        root.append(&state);
        root.append(pin_list.widget());
        root.append(&gtk::Separator::new(gtk::Orientation::Horizontal));
        root.append(&scroller);
        let editor = Editor::new(&root);
        let inner = Rc::new(Inner {
            root,
            search,
            state,
            scroller,
            view,
            selection,
            store,
            tree: RefCell::new(Tree::new()),
            cells: Cells::default(),
            names: RefCell::default(),
            pin_buttons: RefCell::default(),
            pin_list,
            editor,
            pinned_changed: RefCell::default(),
            edits_first: Cell::default(),
            tick: Cell::default(),
        });
        inner.connect();
        columns::append(&inner.view, &inner);
        Self { inner }
    }

    /// The widget to put into a window.
    #[must_use]
    pub fn widget(&self) -> &gtk::Box {
        &self.inner.root
    }

    /// Shows the values in `ram`, which is that of `frame`; `None` while there is no game in it.
    pub fn update(&self, ram: Option<&Image<'_, G>>, frame: u64) {
        let inner = &self.inner;
        let tick = inner.tick.get() + 1;
        inner.tick.set(tick);
        let change = inner.tree.borrow_mut().refresh(ram, tick);
        if let Some(change) = change {
            inner.apply(&change);
        }
        inner.show_search_state();
        inner.pin_list.refresh(ram, frame, tick);
        inner.cells.refresh(ram, tick, &inner.scroller);
        if inner.edits_first.get() {
            inner.edit_first_found();
        }
    }

    /// Paths of the pinned fields, in their order.
    #[must_use]
    pub fn pinned(&self) -> Vec<String> {
        self.inner.pin_list.names()
    }

    /// Parsed paths of the pinned fields, in their order.
    pub(crate) fn pinned_paths(&self) -> Vec<Path<G>> {
        self.inner.pin_list.paths()
    }

    /// Pins the fields with these paths, and no others. Those that no field has, as a newer or older
    /// version's, are left out and returned.
    pub fn set_pinned(&self, names: &[String]) -> Vec<PinError> {
        let errors = self.inner.pin_list.set(names);
        self.inner.show_pins();
        errors
    }

    /// Calls `poke` with each field that the user changes, and with its new value, which the field
    /// can hold. It is not written yet: the panel has no RAM to write into.
    pub fn connect_poke(&self, poke: impl Fn(&Path<G>, FieldValue) + 'static) {
        self.inner.editor.connect_poke(poke);
    }

    /// Calls `changed` with the paths of the pinned fields when one is pinned or unpinned.
    pub fn connect_pinned_changed(&self, changed: impl Fn(&[String]) + 'static) {
        let mut all = self.inner.pinned_changed.borrow_mut();
        all.push(Rc::new(changed));
    }

    /// Searches for the fields whose paths have all the words of `text` in them.
    pub fn search(&self, text: &str) {
        self.inner.search.set_text(text);
    }

    /// Calls `left` when the search is left by Escape.
    pub fn connect_search_left(&self, left: impl Fn() + 'static) {
        self.inner.search.connect_stop_search(move |search| {
            search.set_text("");
            left();
        });
    }

    /// Focuses the search.
    pub fn focus_search(&self) {
        self.inner.search.grab_focus();
    }

    /// Opens the rows of these paths, as clicks on their arrows would. A null pointer's row opens once it
    /// points to something.
    pub fn open(&self, paths: &[&str]) {
        let parsed = paths.iter().filter_map(|path| Path::parse(path).ok());
        let mut tree = self.inner.tree.borrow_mut();
        for path in parsed {
            tree.set_open(&Row::top(path), true);
        }
    }
}

impl<G: FieldGame> Default for FieldPanel<G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<G: FieldGame> Inner<G> {
    fn connect(self: &Rc<Self>) {
        let panel = Rc::downgrade(self);
        self.search.connect_search_changed(move |search| {
            if let Some(panel) = panel.upgrade() {
                panel.tree.borrow_mut().set_query(&search.text());
            }
        });
        let panel = Rc::downgrade(self);
        self.search.connect_activate(move |_| {
            if let Some(panel) = panel.upgrade() {
                // GTK delays the search, so that the query may not be set yet.
                panel.tree.borrow_mut().set_query(&panel.search.text());
                panel.edits_first.set(true);
            }
        });
        let panel = Rc::downgrade(self);
        self.view.connect_activate(move |_, position| {
            if let Some(panel) = panel.upgrade() {
                panel.activate(position as usize);
            }
        });
        let panel = Rc::downgrade(self);
        self.pin_list.connect_unpin(move |path| {
            if let Some(panel) = panel.upgrade() {
                panel.toggle_pin(path);
            }
        });
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let panel = Rc::downgrade(self);
        keys.connect_key_pressed(move |_, key, _, _| {
            let panel = panel.upgrade();
            let is_used = panel.is_some_and(|panel| panel.open_by_key(key));
            match is_used {
                true => glib::Propagation::Stop,
                false => glib::Propagation::Proceed,
            }
        });
        self.view.add_controller(keys);
        let panel = Rc::downgrade(self);
        self.root.connect_destroy(move |_| {
            if let Some(panel) = panel.upgrade() {
                panel.editor.unparent();
            }
        });
    }

    /// Changes the list as the rows have changed.
    fn apply(&self, change: &Change) {
        let added: Vec<glib::BoxedAnyObject> = {
            let tree = self.tree.borrow();
            let rows = tree.rows()[change.added.clone()].iter();
            rows.map(|row| glib::BoxedAnyObject::new(Rc::clone(row)))
                .collect()
        };
        let (at, removed) = (change.removed.start as u32, change.removed.len() as u32);
        self.store.splice(at, removed, &added);
    }

    fn show_search_state(&self) {
        let state = self.tree.borrow().search_state();
        self.state.set_visible(state.is_some());
        if let Some(state) = state
            && self.state.text() != state
        {
            self.state.set_text(&state);
        }
    }

    /// Handles Enter and a double click: a value is edited, any other row opens or closes.
    fn activate(&self, position: usize) {
        let row = self.tree.borrow().rows().get(position).map(Rc::clone);
        match row {
            Some(row) if edit::is_editable(&row.path) => {
                self.edit(&row);
            }
            Some(row) => self.toggle(&row),
            None => {}
        }
    }

    /// Opens the editor on a row's value, if a cell shows it; returns whether one does.
    fn edit(&self, row: &Rc<Row<G>>) -> bool {
        let Some((widget, reading)) = self.cells.of(row) else {
            return false;
        };
        let bounds = widget.compute_bounds(&self.root);
        // A widget has no size until GTK has laid it out.
        let Some(bounds) = bounds.filter(|bounds| bounds.width() > 0.0) else {
            return false;
        };
        let place = gdk::Rectangle::new(
            bounds.x() as i32,
            bounds.y() as i32,
            bounds.width() as i32,
            bounds.height() as i32,
        );
        self.editor.open(&row.path, reading.as_ref(), &place);
        true
    }

    /// Handles Enter in the search: edits the first result that can be edited, once there is one.
    fn edit_first_found(&self) {
        let (found, is_searching) = {
            let tree = self.tree.borrow();
            let mut rows = tree.rows().iter();
            let found = rows.find(|row| edit::is_editable(&row.path)).map(Rc::clone);
            (found, tree.is_searching())
        };
        let is_open = found.as_ref().is_some_and(|row| self.edit(row));
        // GTK lays a new row out after this call, so that the next call tries again.
        self.edits_first
            .set(!is_open && (found.is_some() || is_searching));
    }

    /// The right arrow opens the selected row, the left one closes it; returns whether `key` was used.
    fn open_by_key(&self, key: gdk::Key) -> bool {
        let opens = match key {
            gdk::Key::Right => true,
            gdk::Key::Left => false,
            _ => return false,
        };
        let selected = self.selection.selected() as usize;
        let Some(row) = self.tree.borrow().rows().get(selected).map(Rc::clone) else {
            return false;
        };
        let is_open = self.tree.borrow().is_open(&row);
        if !opens && !is_open {
            self.go_to_parent(selected);
        } else if row.is_expandable {
            self.tree.borrow_mut().set_open(&row, opens);
            self.show_arrows();
        }
        true
    }

    /// Selects the parent of the row at `index`, and focuses it if a widget shows it.
    fn go_to_parent(&self, index: usize) {
        let parent = {
            let tree = self.tree.borrow();
            let parent = tree.parent(index);
            parent.map(|at| (at, Rc::clone(&tree.rows()[at])))
        };
        let Some((at, row)) = parent else {
            return;
        };
        self.selection.set_selected(at as u32);
        let names = self.names.borrow();
        let cell = names.iter().find(|(_, bound)| Rc::ptr_eq(bound, &row));
        let ancestors =
            cell.map(|(cell, _)| std::iter::successors(cell.parent(), |widget| widget.parent()));
        let list_row = ancestors
            .into_iter()
            .flatten()
            .find(|widget| widget.is_focusable());
        drop(names);
        // The list scrolls to the focused row.
        if let Some(list_row) = list_row {
            list_row.grab_focus();
        }
    }

    fn show_arrows(&self) {
        let tree = self.tree.borrow();
        for (cell, row) in self.names.borrow().iter() {
            columns::show_arrow(cell, row, tree.is_open(row));
        }
    }

    fn show_pins(&self) {
        for (button, row) in self.pin_buttons.borrow().iter() {
            button.set_active(self.pin_list.contains(&row.path));
        }
    }
}

impl<G: FieldGame> RowHandler<G> for Inner<G> {
    fn values(&self) -> &Cells<G> {
        &self.cells
    }

    fn toggle(&self, row: &Rc<Row<G>>) {
        self.tree.borrow_mut().toggle(row);
        self.show_arrows();
    }

    fn toggle_pin(&self, path: &Path<G>) {
        self.pin_list.toggle(path);
        self.show_pins();
        let names = self.pin_list.names();
        // Cloned, since a callback may connect another.
        let all = self.pinned_changed.borrow().clone();
        for changed in all {
            changed(&names);
        }
    }

    fn bind_name(&self, cell: &gtk::Box, row: &Rc<Row<G>>) {
        columns::show_arrow(cell, row, self.tree.borrow().is_open(row));
        self.names.borrow_mut().insert(cell.clone(), Rc::clone(row));
    }

    fn unbind_name(&self, cell: &gtk::Box) {
        self.names.borrow_mut().remove(cell);
    }

    fn bind_pin(&self, button: &gtk::ToggleButton, row: &Rc<Row<G>>) {
        button.set_active(self.pin_list.contains(&row.path));
        let mut buttons = self.pin_buttons.borrow_mut();
        buttons.insert(button.clone(), Rc::clone(row));
    }

    fn unbind_pin(&self, button: &gtk::ToggleButton) {
        self.pin_buttons.borrow_mut().remove(button);
    }
}
