//! Widgets with names and values for screen readers.
//!
//! GTK 4.8 lets safe code name a widget only by a builder. What changes, a value, goes into a widget's tooltip text, which is
//! its description too.

use gtk::glib;
use gtk::prelude::*;

/// A widget that is called `label`.
///
/// # Panics
/// If GTK does not make an object of its own class.
#[must_use]
pub fn named<W: IsA<glib::Object> + IsA<gtk::Widget>>(label: &str) -> W {
    build(label, "")
}

/// The same, of another kind than its class is: as [`gtk::AccessibleRole`] calls it, in lower case.
///
/// # Panics
/// As [`named`].
#[must_use]
pub fn named_as<W: IsA<glib::Object> + IsA<gtk::Widget>>(label: &str, role: &str) -> W {
    let role = format!("<property name=\"accessible-role\">{role}</property>");
    build(label, &role)
}

fn build<W: IsA<glib::Object> + IsA<gtk::Widget>>(label: &str, properties: &str) -> W {
    // Classes are known to the builder once they were used.
    let class = W::static_type();
    let label = glib::markup_escape_text(label);
    let description = format!(
        "<interface><object class=\"{}\" id=\"named\">{properties}<accessibility><property name=\"label\">{label}</property>\
         </accessibility></object></interface>",
        class.name()
    );
    let builder = gtk::Builder::from_string(&description);
    builder.object("named").expect("GTK makes its own classes")
}

/// Says to screen readers what a widget shows now, without a tooltip.
pub fn describe(widget: &impl IsA<gtk::Widget>, text: &str) {
    widget.set_tooltip_text(Some(text));
    widget.set_has_tooltip(false);
}
