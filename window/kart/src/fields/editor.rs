//! The entry for a field's new value.

use super::game::FieldGame;
use std::cell::RefCell;
use std::rc::Rc;

use gtk::gdk;
use gtk::prelude::*;
use ram_views::FieldValue;
use ram_views::path::Path;

use super::edit;
use super::value::Reading;
use window::accessible::named;

/// What is called with a field and its new value.
type Poke<G> = Rc<dyn Fn(&Path<G>, FieldValue)>;

/// A popover with an entry, which points at a value.
pub(crate) struct Editor<G: FieldGame> {
    popover: gtk::Popover,
    entry: gtk::Entry,
    message: gtk::Label,
    state: Rc<State<G>>,
}

struct State<G: FieldGame> {
    field: RefCell<Option<Path<G>>>,
    pokes: RefCell<Vec<Poke<G>>>,
}

impl<G: FieldGame> Default for State<G> {
    fn default() -> Self {
        Self {
            field: RefCell::default(),
            pokes: RefCell::default(),
        }
    }
}

impl<G: FieldGame> Editor<G> {
    /// An editor inside of `parent`.
    pub(crate) fn new(parent: &gtk::Box) -> Self {
        let entry: gtk::Entry = named("New value");
        entry.set_width_chars(24);
        let message = gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .max_width_chars(36)
            .build();
        let content = gtk::Box::new(gtk::Orientation::Vertical, 6);
        content.append(&entry);
        content.append(&message);
        let popover = gtk::Popover::builder()
            .child(&content)
            .position(gtk::PositionType::Bottom)
            .build();
        // Added to the widget's own classes, one of which gives it its background.
        popover.add_css_class("field-editor");
        popover.set_parent(parent);
        let editor = Self {
            popover,
            entry,
            message,
            state: Rc::default(),
        };
        editor.connect_entry();
        editor
    }

    /// Removes it from its parent, which is being destroyed.
    pub(crate) fn unparent(&self) {
        self.popover.unparent();
    }

    pub(crate) fn connect_poke(&self, poke: impl Fn(&Path<G>, FieldValue) + 'static) {
        self.state.pokes.borrow_mut().push(Rc::new(poke));
    }

    /// Opens it on the field's value, which is shown in that rectangle of the parent.
    pub(crate) fn open(&self, path: &Path<G>, reading: Option<&Reading>, place: &gdk::Rectangle) {
        let text = match reading {
            Some(Reading::Value(field_value)) => edit::text_of(path, field_value),
            _ => String::new(),
        };
        self.state.field.replace(Some(path.clone()));
        self.entry.set_text(&text);
        match reading {
            Some(Reading::Value(_)) | None => {
                let expected = edit::expected(path);
                show(&self.message, &self.entry, &capitalised(&expected), false);
            }
            Some(_) => {
                let nothing = "There is nothing to change now: a pointer on the way leads nowhere";
                show(&self.message, &self.entry, nothing, true);
            }
        }
        self.popover.set_pointing_to(Some(place));
        self.popover.popup();
        self.entry.grab_focus();
    }

    fn connect_entry(&self) {
        let (state, message) = (Rc::clone(&self.state), self.message.clone());
        let popover = self.popover.clone();
        self.entry.connect_activate(move |entry| {
            let Some(path) = state.field.borrow().clone() else {
                return;
            };
            match edit::parse(&path, &entry.text()) {
                Ok(field_value) => {
                    popover.popdown();
                    // Cloned, since a callback may connect another.
                    let pokes = state.pokes.borrow().clone();
                    for poke in pokes {
                        poke(&path, field_value.clone());
                    }
                }
                Err(refusal) => show(&message, entry, &refusal, true),
            }
        });
        let (state, message) = (Rc::clone(&self.state), self.message.clone());
        self.entry.connect_changed(move |entry| {
            if let Some(path) = &*state.field.borrow() {
                show(&message, entry, &capitalised(&edit::expected(path)), false);
            }
        });
    }
}

/// Shows below the entry which values it takes, or why one was refused.
fn show(message: &gtk::Label, entry: &gtk::Entry, text: &str, is_refusal: bool) {
    message.set_text(text);
    if is_refusal {
        message.remove_css_class("dim-label");
        message.add_css_class("field-refused");
        entry.add_css_class("error");
    } else {
        message.remove_css_class("field-refused");
        message.add_css_class("dim-label");
        entry.remove_css_class("error");
    }
}

/// A phrase with a capital at its beginning.
fn capitalised(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}
