//! The columns of the list: light widgets, which GTK reuses for one row after another.

use super::game::FieldGame;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib};
use ram_views::path::Path;

use super::cells::Cells;
use super::row::Row;
use window::accessible::named;

/// Pixels of indentation for each level.
const INDENT: i32 = 14;

/// Initial widths of the columns beside the names, pixels. They are fixed, since the rows change with every
/// letter of a search.
const VALUE_WIDTH: i32 = 140;
/// See [`VALUE_WIDTH`].
const KIND_WIDTH: i32 = 84;
/// See [`VALUE_WIDTH`].
const PIN_WIDTH: i32 = 36;

/// Characters of a text that a cell shows at least.
const LEAST_CHARS: u32 = 6;

/// Handles the binding of cells to rows, and clicks on cells.
pub(crate) trait RowHandler<G: FieldGame>: 'static {
    /// The cells of values.
    fn values(&self) -> &Cells<G>;

    /// Opens or closes a row.
    fn toggle(&self, row: &Rc<Row<G>>);

    /// Pins or unpins a field.
    fn toggle_pin(&self, path: &Path<G>);

    /// Binds a cell of the names to a row.
    fn bind_name(&self, cell: &gtk::Box, row: &Rc<Row<G>>);

    /// Unbinds a cell of the names.
    fn unbind_name(&self, cell: &gtk::Box);

    /// Binds a pin button to a row.
    fn bind_pin(&self, button: &gtk::ToggleButton, row: &Rc<Row<G>>);

    /// Unbinds a pin button.
    fn unbind_pin(&self, button: &gtk::ToggleButton);
}

/// Adds the columns to the list.
pub(crate) fn append<G: FieldGame>(view: &gtk::ColumnView, panel: &Rc<impl RowHandler<G>>) {
    let field = column("Field", &names(panel));
    field.set_expand(true);
    view.append_column(&field);
    let value = column("Value", &values(panel));
    value.set_resizable(true);
    value.set_fixed_width(VALUE_WIDTH);
    view.append_column(&value);
    let kind = column("Type", &kinds::<G>());
    kind.set_resizable(true);
    kind.set_fixed_width(KIND_WIDTH);
    view.append_column(&kind);
    let pin = column("", &pins(panel));
    pin.set_fixed_width(PIN_WIDTH);
    view.append_column(&pin);
}

fn column(title: &str, factory: &gtk::SignalListItemFactory) -> gtk::ColumnViewColumn {
    gtk::ColumnViewColumn::new(Some(title), Some(factory.clone()))
}

/// The row that a list item stands for.
fn row_of<G: FieldGame>(item: &gtk::ListItem) -> Option<Rc<Row<G>>> {
    let object = item.item().and_downcast::<glib::BoxedAnyObject>()?;
    let row = object.try_borrow::<Rc<Row<G>>>().ok()?;
    Some(Rc::clone(&row))
}

/// A factory of cells: `make` makes one, `bind` binds it to a row, `unbind` unbinds it.
fn factory<G: FieldGame, W: IsA<gtk::Widget>>(
    make: impl Fn(&gtk::ListItem) -> W + 'static,
    bind: impl Fn(&W, &Rc<Row<G>>) + 'static,
    unbind: impl Fn(&W) + 'static,
) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    factory.connect_setup(move |_, item| {
        if let Some(item) = item.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&make(item)));
        }
    });
    factory.connect_bind(move |_, item| {
        let item = item.downcast_ref::<gtk::ListItem>();
        let parts = item.and_then(|item| Some((item.child().and_downcast::<W>()?, row_of(item)?)));
        if let Some((widget, row)) = parts {
            bind(&widget, &row);
        }
    });
    factory.connect_unbind(move |_, item| {
        let item = item.downcast_ref::<gtk::ListItem>();
        if let Some(widget) = item.and_then(|item| item.child().and_downcast::<W>()) {
            unbind(&widget);
        }
    });
    factory
}

fn inscription(class: &str) -> gtk::Inscription {
    gtk::Inscription::builder()
        .min_chars(LEAST_CHARS)
        .nat_chars(LEAST_CHARS)
        .text_overflow(gtk::InscriptionOverflow::EllipsizeEnd)
        // Without it, a text with an ellipsis would be at the top of a higher cell.
        .valign(gtk::Align::Center)
        .css_classes([class])
        .build()
}

/// Names, indented, with an arrow that opens and closes.
fn names<G: FieldGame>(panel: &Rc<impl RowHandler<G>>) -> gtk::SignalListItemFactory {
    let (making, binding, unbinding) = (
        Rc::downgrade(panel),
        Rc::downgrade(panel),
        Rc::downgrade(panel),
    );
    factory(
        move |item| {
            let arrow = gtk::Image::builder()
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build();
            let words = inscription("field-name");
            words.set_hexpand(true);
            // The results of a search are whole paths, whose ends matter most.
            words.set_text_overflow(gtk::InscriptionOverflow::EllipsizeMiddle);
            let cell = gtk::Box::new(gtk::Orientation::Horizontal, 4);
            cell.append(&arrow);
            cell.append(&words);
            let click = gtk::GestureClick::new();
            click.set_button(gdk::BUTTON_PRIMARY);
            let (item, panel) = (item.downgrade(), making.clone());
            click.connect_pressed(move |click, _, _, _| {
                let row = item.upgrade().and_then(|item| row_of(&item));
                if let (Some(panel), Some(row)) = (panel.upgrade(), row) {
                    // Otherwise a double click would also activate the row.
                    click.set_state(gtk::EventSequenceState::Claimed);
                    panel.toggle(&row);
                }
            });
            arrow.add_controller(click);
            cell
        },
        move |cell, row| {
            let Some(panel) = binding.upgrade() else {
                return;
            };
            cell.set_margin_start(INDENT * row.depth as i32);
            cell.set_tooltip_text(Some(&row.description()));
            if let Some(name) = cell.last_child().and_downcast::<gtk::Inscription>() {
                name.set_text(Some(&row.name));
            }
            panel.bind_name(cell, row);
        },
        move |cell| {
            if let Some(panel) = unbinding.upgrade() {
                panel.unbind_name(cell);
            }
        },
    )
}

/// Shows by a cell's arrow whether its row is open.
pub(crate) fn show_arrow<G: FieldGame>(cell: &gtk::Box, row: &Row<G>, is_open: bool) {
    let Some(arrow) = cell.first_child().and_downcast::<gtk::Image>() else {
        return;
    };
    // An invisible arrow still takes its space, so that names of one level are aligned.
    arrow.set_opacity(if row.is_expandable { 0.7 } else { 0.0 });
    arrow.set_can_target(row.is_expandable);
    arrow.set_icon_name(Some(if is_open {
        "pan-down-symbolic"
    } else {
        "pan-end-symbolic"
    }));
}

fn values<G: FieldGame>(panel: &Rc<impl RowHandler<G>>) -> gtk::SignalListItemFactory {
    let (binding, unbinding) = (Rc::downgrade(panel), Rc::downgrade(panel));
    factory(
        |_| {
            let value = inscription("field-value");
            value.set_has_tooltip(true);
            value.connect_query_tooltip(|value, _, _, _, tooltip| {
                let text = value.text().unwrap_or_default();
                tooltip.set_text(Some(&text));
                !text.is_empty()
            });
            value
        },
        move |value, row| {
            if let Some(panel) = binding.upgrade() {
                panel.values().bind(value, row);
            }
        },
        move |value| {
            if let Some(panel) = unbinding.upgrade() {
                panel.values().unbind(value);
            }
        },
    )
}

fn kinds<G: FieldGame>() -> gtk::SignalListItemFactory {
    factory::<G, _>(
        |_| {
            let kind = inscription("field-kind");
            kind.add_css_class("dim-label");
            kind
        },
        |kind, row| {
            kind.set_text(Some(&row.kind));
            kind.set_tooltip_text(Some(&row.kind));
        },
        |_| {},
    )
}

fn pins<G: FieldGame>(panel: &Rc<impl RowHandler<G>>) -> gtk::SignalListItemFactory {
    let (making, binding, unbinding) = (
        Rc::downgrade(panel),
        Rc::downgrade(panel),
        Rc::downgrade(panel),
    );
    factory(
        move |item| {
            let pin: gtk::ToggleButton = named("Pin and plot");
            pin.set_icon_name("view-pin-symbolic");
            pin.set_tooltip_text(Some("Pin and plot"));
            pin.set_has_frame(false);
            pin.set_css_classes(&["flat", "field-pin"]);
            pin.set_valign(gtk::Align::Center);
            let (item, panel) = (item.downgrade(), making.clone());
            pin.connect_clicked(move |_| {
                let row = item.upgrade().and_then(|item| row_of(&item));
                if let (Some(panel), Some(row)) = (panel.upgrade(), row) {
                    panel.toggle_pin(&row.path);
                }
            });
            pin
        },
        move |pin, row| {
            // The button is on every row, so that all rows have one height.
            pin.set_sensitive(row.is_number);
            pin.set_can_focus(row.is_number);
            if let Some(panel) = binding.upgrade() {
                panel.bind_pin(pin, row);
            }
        },
        move |pin| {
            if let Some(panel) = unbinding.upgrade() {
                panel.unbind_pin(pin);
            }
        },
    )
}
