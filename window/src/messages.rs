//! Messages to the user: a bar over the lower edge of the games, so that the games keep their size while messages come
//! and go.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gtk::Orientation::{Horizontal, Vertical};
use gtk::gdk;
use gtk::prelude::*;

/// How long a notice is shown.
const NEWS: Duration = Duration::from_secs(6);

/// Height of a line, pixels.
const LINE: i32 = 18;

/// The bar.
pub struct Messages {
    bar: gtk::InfoBar,
    text: gtk::Label,
    scroller: gtk::ScrolledWindow,
    /// How many messages have been shown.
    number: Rc<Cell<u64>>,
}

impl Default for Messages {
    fn default() -> Self {
        Self::new()
    }
}

impl Messages {
    /// A bar without a message.
    #[must_use]
    pub fn new() -> Self {
        let text = gtk::Label::builder()
            .wrap(true)
            .wrap_mode(gtk::pango::WrapMode::WordChar)
            .xalign(0.0)
            .hexpand(true)
            .build();
        // A message that does not fit can be scrolled, and is the tooltip.
        let scroller = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vscrollbar_policy(gtk::PolicyType::External)
            .min_content_height(LINE)
            .child(&text)
            .build();
        let bar = gtk::InfoBar::builder()
            .revealed(false)
            .show_close_button(true)
            .build();
        bar.add_child(&scroller);
        Self {
            bar,
            text,
            scroller,
            number: Rc::default(),
        }
    }

    /// Lays the bar over a widget, at its lower edge; not higher than `top` allows, pixels of the widget.
    pub fn attach(&self, overlay: &gtk::Overlay, top: impl Fn() -> f64 + 'static) {
        overlay.add_overlay(&self.bar);
        let (bar, text, scroller) = (self.bar.clone(), self.text.clone(), self.scroller.clone());
        overlay.connect_get_child_position(move |overlay, _| {
            let (width, height) = (overlay.width(), overlay.height());
            let (least, mut natural, ..) = bar.measure(Vertical, width);
            if bar.is_revealed() {
                let around = |side| bar.measure(side, -1).0 - scroller.measure(side, -1).0;
                let (_, words, ..) = text.measure(Vertical, width - around(Horizontal));
                natural = around(Vertical) + words;
            }
            let most = height - top().ceil() as i32;
            let taken = natural.min(most).max(least);
            Some(gdk::Rectangle::new(0, height - taken, width, taken))
        });
    }

    /// Calls `closed` when the user closes the bar.
    pub fn connect_closed(&self, closed: impl Fn() + 'static) {
        self.bar.connect_response(move |bar, _| {
            bar.set_revealed(false);
            closed();
        });
    }

    /// Shows an error, until the user closes it.
    pub fn show_error(&self, text: &str) {
        self.say(gtk::MessageType::Error, text);
    }

    /// Shows a notice for a few seconds.
    pub fn show_notice(&self, text: &str) {
        self.say(gtk::MessageType::Info, text);
        let (bar, number, told) = (self.bar.clone(), self.number.clone(), self.number.get());
        gtk::glib::timeout_add_local_once(NEWS, move || {
            // Another message may be shown by then.
            if number.get() == told {
                bar.set_revealed(false);
            }
        });
    }

    fn say(&self, kind: gtk::MessageType, text: &str) {
        self.number.set(self.number.get() + 1);
        self.bar.set_message_type(kind);
        self.text.set_text(text);
        self.text.set_tooltip_text(Some(text));
        self.bar.set_revealed(true);
    }
}
