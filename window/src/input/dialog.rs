//! The dialog in which keys are bound.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib, pango};

use super::bindings::{Bindings, Key, Trigger};
use super::button::Button;
use crate::accessible::named;

/// A dialog that shows which keys stand for which buttons, and lets the user change that.
///
/// A key that is bound to another button already stays there, and the dialog says so.
pub struct BindingsDialog {
    inner: Rc<Inner>,
}

/// What is called with changed bindings.
type Changed = Rc<dyn Fn(&Bindings)>;

struct Inner {
    window: gtk::Window,
    rows: gtk::Grid,
    message: gtk::Label,
    bindings: RefCell<Bindings>,
    /// The button that waits for a key.
    waiting: Cell<Option<Button>>,
    changed: RefCell<Vec<Changed>>,
}

impl BindingsDialog {
    /// A dialog in front of `parent`; [`BindingsDialog::present`] shows it.
    #[must_use]
    pub fn new(parent: Option<&gtk::Window>, bindings: &Bindings) -> Self {
        let rows = gtk::Grid::builder()
            .row_spacing(6)
            .column_spacing(18)
            .build();
        let message = gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .max_width_chars(48)
            .hexpand(true)
            .build();
        let reset = gtk::Button::with_label("Reset to Defaults");
        let footer = gtk::Box::new(gtk::Orientation::Horizontal, 12);
        footer.append(&message);
        footer.append(&reset);
        let scroller = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .propagate_natural_height(true)
            .max_content_height(640)
            .vexpand(true)
            .child(&rows)
            .build();
        let content = gtk::Box::new(gtk::Orientation::Vertical, 18);
        content.set_margin_top(18);
        content.set_margin_bottom(18);
        content.set_margin_start(18);
        content.set_margin_end(18);
        content.append(&scroller);
        content.append(&footer);
        let window = gtk::Window::builder()
            .title("Keys and Controllers")
            .modal(true)
            .default_width(560)
            .child(&content)
            .build();
        window.set_transient_for(parent);
        let inner = Rc::new(Inner {
            window,
            rows,
            message,
            bindings: RefCell::new(bindings.clone()),
            waiting: Cell::new(None),
            changed: RefCell::default(),
        });
        inner.show();
        inner.say_what_to_do();
        inner.connect_keys();
        let dialog = Rc::downgrade(&inner);
        reset.connect_clicked(move |_| {
            if let Some(inner) = dialog.upgrade() {
                inner.waiting.set(None);
                inner.set(&Bindings::default());
                inner.say("The defaults are back", false);
            }
        });
        // The window keeps this alive until it is closed.
        let kept = RefCell::new(Some(Rc::clone(&inner)));
        inner.window.connect_destroy(move |_| drop(kept.take()));
        Self { inner }
    }

    /// Shows the dialog.
    pub fn present(&self) {
        self.inner.window.present();
    }

    /// Its window.
    #[must_use]
    pub fn window(&self) -> &gtk::Window {
        &self.inner.window
    }

    /// Calls `changed` with the bindings after each change.
    pub fn connect_changed(&self, changed: impl Fn(&Bindings) + 'static) {
        self.inner.changed.borrow_mut().push(Rc::new(changed));
    }
}

impl Inner {
    fn connect_keys(self: &Rc<Self>) {
        let keys = gtk::EventControllerKey::new();
        // Before the buttons of the dialog, which space and Enter would press.
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let dialog = Rc::downgrade(self);
        keys.connect_key_pressed(move |_, key, _, _| {
            let is_used = dialog.upgrade().is_some_and(|inner| inner.press(key));
            match is_used {
                true => glib::Propagation::Stop,
                false => glib::Propagation::Proceed,
            }
        });
        self.window.add_controller(keys);
    }

    /// Takes a key for the button that waits for one; whether it was used.
    fn press(self: &Rc<Self>, key: gdk::Key) -> bool {
        let Some(button) = self.waiting.take() else {
            if key == gdk::Key::Escape {
                self.window.close();
                return true;
            }
            return false;
        };
        if key == gdk::Key::Escape {
            self.say_what_to_do();
        } else {
            self.bind(button, Key::new(key));
        }
        self.show();
        true
    }

    fn bind(&self, button: Button, key: Key) {
        let mut bindings = self.bindings.borrow().clone();
        if let Some(taken_by) = bindings.of_key(key).filter(|taken_by| *taken_by != button) {
            let (key, taken_by, button) = (key.label(), taken_by.name(), button.name());
            let text = format!(
                "{key} is bound to {taken_by} already. Remove it there first to bind it to {button}."
            );
            self.say(&text, true);
            return;
        }
        match bindings.bind(button, key) {
            Ok(()) => {
                self.set_quietly(&bindings);
                self.say(
                    &format!("{} is bound to {}", key.label(), button.name()),
                    false,
                );
            }
            Err(error) => self.say(&error.to_string(), true),
        }
    }

    /// Shows changed bindings and calls the callbacks with them.
    fn set(self: &Rc<Self>, bindings: &Bindings) {
        self.set_quietly(bindings);
        self.show();
    }

    fn set_quietly(&self, bindings: &Bindings) {
        self.bindings.replace(bindings.clone());
        // Cloned, since a callback may connect another.
        let all = self.changed.borrow().clone();
        for changed in all {
            changed(bindings);
        }
    }

    fn say_what_to_do(&self) {
        self.say("Click a key to remove it.", false);
    }

    fn say(&self, text: &str, is_refusal: bool) {
        self.message.set_text(text);
        if is_refusal {
            self.message.remove_css_class("dim-label");
            self.message.add_css_class("error");
        } else {
            self.message.remove_css_class("error");
            self.message.add_css_class("dim-label");
        }
    }

    /// Makes the rows anew: a dozen, with every change.
    fn show(self: &Rc<Self>) {
        while let Some(child) = self.rows.first_child() {
            self.rows.remove(&child);
        }
        for (column, title) in ["Button", "Keys", "Controller"].into_iter().enumerate() {
            let heading = label(title);
            heading.add_css_class("heading");
            self.rows.attach(&heading, column as i32, 0, 1, 1);
        }
        for (index, button) in Button::ALL.into_iter().enumerate() {
            let row = index as i32 + 1;
            self.rows.attach(&label(button.name()), 0, row, 1, 1);
            self.rows.attach(&self.keys_of(button), 1, row, 1, 1);
            let triggers = self.bindings.borrow();
            let triggers = triggers.triggers(button).iter();
            let triggers = triggers.map(|trigger| in_words(*trigger));
            let triggers: Vec<&str> = triggers.chain(button.stick()).collect();
            let triggers = label(&triggers.join(", "));
            triggers.add_css_class("dim-label");
            triggers.set_ellipsize(pango::EllipsizeMode::End);
            self.rows.attach(&triggers, 2, row, 1, 1);
        }
    }

    /// The keys of a button, each of which can be removed, and a way to add one.
    fn keys_of(self: &Rc<Self>, button: Button) -> gtk::Box {
        let keys = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        keys.set_hexpand(true);
        for key in self.bindings.borrow().keys(button) {
            keys.append(&self.key(*key));
        }
        let is_waiting = self.waiting.get() == Some(button);
        let purpose = format!("Bind a key to {}", button.name());
        let add: gtk::Button = named(&purpose);
        match is_waiting {
            true => add.set_label("Press a key…"),
            false => add.set_icon_name("list-add-symbolic"),
        }
        add.set_tooltip_text(Some(&purpose));
        if is_waiting {
            add.add_css_class("suggested-action");
        } else {
            add.add_css_class("flat");
        }
        let dialog = Rc::downgrade(self);
        add.connect_clicked(move |_| {
            if let Some(inner) = dialog.upgrade() {
                inner.wait_for_key(button);
            }
        });
        keys.append(&add);
        keys
    }

    fn key(self: &Rc<Self>, key: Key) -> gtk::Button {
        let name = key.label();
        let purpose = format!("Remove {name}");
        let remove: gtk::Button = named(&purpose);
        remove.set_label(&name);
        remove.set_tooltip_text(Some(&purpose));
        let dialog = Rc::downgrade(self);
        remove.connect_clicked(move |_| {
            if let Some(inner) = dialog.upgrade() {
                let mut bindings = inner.bindings.borrow().clone();
                bindings.unbind(key);
                inner.set(&bindings);
                inner.say(&format!("{} is free", key.label()), false);
            }
        });
        remove
    }

    fn wait_for_key(self: &Rc<Self>, button: Button) {
        self.waiting.set(Some(button));
        let text = format!(
            "Press the key for {}, or Escape to leave it.",
            button.name()
        );
        self.say(&text, false);
        self.show();
    }
}

fn label(text: &str) -> gtk::Label {
    gtk::Label::builder().label(text).xalign(0.0).build()
}

/// A controller's button, by where it is.
fn in_words(trigger: Trigger) -> &'static str {
    use gilrs::Button as G;
    match trigger.0 {
        G::South => "Lower button",
        G::East => "Right button",
        G::North => "Upper button",
        G::West => "Left button",
        G::LeftTrigger => "Left shoulder",
        G::RightTrigger => "Right shoulder",
        G::LeftTrigger2 => "Left trigger",
        G::RightTrigger2 => "Right trigger",
        G::DPadUp => "Cross up",
        G::DPadDown => "Cross down",
        G::DPadLeft => "Cross left",
        G::DPadRight => "Cross right",
        _ => trigger.name(),
    }
}
