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

/// A widget that is called `label` and has another role than its class: a name of [`gtk::AccessibleRole`], in lower case.
///
/// # Panics
/// As [`named`].
#[must_use]
pub fn named_as<W: IsA<glib::Object> + IsA<gtk::Widget>>(label: &str, role: &str) -> W {
    let role = format!("<property name=\"accessible-role\">{role}</property>");
    build(label, &role)
}

fn build<W: IsA<glib::Object> + IsA<gtk::Widget>>(label: &str, properties: &str) -> W {
    // The builder knows only classes whose type has been registered, which `static_type` does.
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

/// Sets the description that screen readers read of a widget, without a tooltip.
pub fn describe(widget: &impl IsA<gtk::Widget>, text: &str) {
    widget.set_tooltip_text(Some(text));
    widget.set_has_tooltip(false);
}
