//! The button that shows the present frame, and the entry for another one.

use std::rc::Rc;

use anyhow::Result;
use gtk::prelude::*;

use crate::accessible::named;
use crate::labels::set_text;

/// A button that shows the number of the present frame, with a popover that asks for another one.
pub(crate) struct GoTo {
    button: gtk::MenuButton,
    label: gtk::Label,
    popover: gtk::Popover,
    entry: gtk::Entry,
    message: gtk::Label,
}

impl GoTo {
    pub(crate) fn new() -> Self {
        let entry: gtk::Entry = named("Frame to go to");
        entry.set_placeholder_text(Some("1200, race, race+60, end"));
        entry.set_width_chars(24);
        let message = gtk::Label::builder()
            .label("A frame as the command line counts, from 0")
            .xalign(0.0)
            .wrap(true)
            .max_width_chars(36)
            .build();
        let content = gtk::Box::new(gtk::Orientation::Vertical, 6);
        content.append(&entry);
        content.append(&message);
        let popover = gtk::Popover::builder().child(&content).build();
        let label = gtk::Label::builder().css_classes(["numeric"]).build();
        let button: gtk::MenuButton = named("Go to a frame");
        button.set_child(Some(&label));
        button.set_has_frame(false);
        button.set_direction(gtk::ArrowType::Up);
        button.set_popover(Some(&popover));
        button.set_tooltip_text(Some("Go to a frame (Ctrl+G)"));
        Self {
            button,
            label,
            popover,
            entry,
            message,
        }
    }

    pub(crate) const fn widget(&self) -> &gtk::MenuButton {
        &self.button
    }

    /// Calls `go` with the entered text; its error is shown below the entry.
    pub(crate) fn connect_entered(&self, go: impl Fn(&str) -> Result<()> + 'static) {
        let (popover, message) = (self.popover.clone(), self.message.clone());
        let go = Rc::new(go);
        self.entry
            .connect_activate(move |entry| match go(&entry.text()) {
                Ok(()) => popover.popdown(),
                Err(error) => {
                    entry.add_css_class("error");
                    message.set_text(&format!("{error:#}"));
                }
            });
        self.entry
            .connect_changed(|entry| entry.remove_css_class("error"));
    }

    /// Opens the entry.
    pub(crate) fn open(&self) {
        self.popover.popup();
        self.entry.grab_focus();
        self.entry.select_region(0, -1);
    }

    /// Shows which frame is the present one.
    pub(crate) fn show(&self, text: &str) {
        set_text(&self.label, text);
    }
}
