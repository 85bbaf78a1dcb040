//! The pinned fields, each with a plot of its last seconds.

use super::game::FieldGame;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::pango;
use gtk::prelude::*;
use ram_views::display;
use ram_views::path::Path;
use ram_views::symbol::Image;

use super::cells::show_freshness;
use super::pins::{PinError, Pins};
use super::plot;
use super::value::NOTHING;
use window::accessible::{describe, named, named_as};

/// Pixels that a plot takes at least.
const PLOT_SIZE: (i32, i32) = (160, 44);

/// Pixels that the list takes at most before it scrolls.
const MOST_HEIGHT: i32 = 300;

/// Frames between two pictures of the plots.
const DRAWN_EVERY: u64 = 2;

/// What is called with a field that is to be unpinned.
type Unpin<G> = Rc<dyn Fn(&Path<G>)>;

/// The list of pinned fields.
pub(crate) struct PinList<G: FieldGame> {
    widget: gtk::ScrolledWindow,
    list: gtk::Box,
    pins: Rc<RefCell<Pins<G>>>,
    shown: RefCell<Vec<Shown>>,
    unpin: RefCell<Option<Unpin<G>>>,
    frame: Cell<Option<u64>>,
}

/// The widgets of a pinned field.
struct Shown {
    path: String,
    widget: gtk::Box,
    value: gtk::Inscription,
    greatest: gtk::Inscription,
    least: gtk::Inscription,
    plot: gtk::DrawingArea,
}

impl<G: FieldGame> PinList<G> {
    pub(crate) fn new() -> Self {
        let list = gtk::Box::new(gtk::Orientation::Vertical, 0);
        let widget = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .propagate_natural_height(true)
            .max_content_height(MOST_HEIGHT)
            .child(&list)
            .visible(false)
            .build();
        Self {
            widget,
            list,
            pins: Rc::default(),
            shown: RefCell::default(),
            unpin: RefCell::default(),
            frame: Cell::default(),
        }
    }

    pub(crate) const fn widget(&self) -> &gtk::ScrolledWindow {
        &self.widget
    }

    /// Calls `unpin` with a field whose button for that is clicked.
    pub(crate) fn connect_unpin(&self, unpin: impl Fn(&Path<G>) + 'static) {
        self.unpin.replace(Some(Rc::new(unpin)));
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.pins.borrow().names()
    }

    pub(crate) fn paths(&self) -> Vec<Path<G>> {
        self.pins.borrow().paths()
    }

    pub(crate) fn contains(&self, path: &Path<G>) -> bool {
        self.pins.borrow().contains(path.text())
    }

    pub(crate) fn set(&self, names: &[String]) -> Vec<PinError> {
        let errors = self.pins.borrow_mut().set(names);
        self.list_anew();
        errors
    }

    pub(crate) fn toggle(&self, path: &Path<G>) {
        self.pins.borrow_mut().toggle(path);
        self.list_anew();
    }

    /// Reads every pinned field; called in each frame, so that plots have no gaps.
    pub(crate) fn refresh(&self, ram: Option<&Image<'_, G>>, frame: u64, tick: u64) {
        let is_due = tick.is_multiple_of(DRAWN_EVERY);
        let is_moving = self.frame.get() != Some(frame);
        let mut pins = self.pins.borrow_mut();
        let shown = self.shown.borrow();
        let mut has_changed = false;
        for (pin, shown) in pins.all_mut().iter_mut().zip(shown.iter()) {
            let refreshed = pin.refresh(ram, frame, tick);
            has_changed |= refreshed.value;
            if refreshed.freshness {
                show_freshness(&shown.value, pin.watched.freshness());
            }
            if is_due || !is_moving {
                let text = pin.watched.text();
                if set_text(&shown.value, &text) {
                    describe(&shown.plot, &text);
                }
            }
            if is_due && is_moving || !is_moving && refreshed.value {
                let range = pin.history.range();
                let bound =
                    |number: Option<f64>| number.map_or_else(|| NOTHING.to_owned(), display::fixed);
                set_text(&shown.greatest, &bound(range.map(|(_, greatest)| greatest)));
                set_text(&shown.least, &bound(range.map(|(least, _)| least)));
                shown.plot.queue_draw();
            }
        }
        if is_due || has_changed {
            self.frame.set(Some(frame));
        }
    }

    /// Makes the widgets fit the pins; those of pins that stay are kept.
    fn list_anew(&self) {
        let mut old = self.shown.take();
        let mut shown: Vec<Shown> = Vec::new();
        for pin in self.pins.borrow().all() {
            let kept = old.iter().position(|shown| shown.path == pin.path.text());
            let widgets = match kept {
                Some(index) => old.swap_remove(index),
                None => self.show(&pin.path),
            };
            shown.push(widgets);
        }
        for gone in old {
            self.list.remove(&gone.widget);
        }
        let mut last: Option<&gtk::Box> = None;
        for shown in &shown {
            if shown.widget.parent().is_none() {
                self.list.append(&shown.widget);
            }
            self.list.reorder_child_after(&shown.widget, last);
            last = Some(&shown.widget);
        }
        self.widget.set_visible(!shown.is_empty());
        self.shown.replace(shown);
        self.frame.set(None);
    }

    fn show(&self, path: &Path<G>) -> Shown {
        let widget = gtk::Box::new(gtk::Orientation::Vertical, 3);
        widget.add_css_class("field-pinned");
        // Otherwise the list would take the height that the bounds below request inside of it.
        widget.set_vexpand(false);
        let heading = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        let name = gtk::Label::builder()
            .label(path.text())
            .tooltip_text(display::summary(path.doc()))
            .xalign(0.0)
            .hexpand(true)
            .ellipsize(pango::EllipsizeMode::Start)
            .build();
        let value = inscription(18);
        value.add_css_class("field-value");
        heading.append(&name);
        heading.append(&value);
        heading.append(&self.unpin_button(path));

        let plot = self.plot(path);
        let (greatest, least) = (bound(), bound());
        least.set_valign(gtk::Align::End);
        least.set_vexpand(true);
        let bounds = gtk::Box::new(gtk::Orientation::Vertical, 0);
        bounds.append(&greatest);
        bounds.append(&least);
        let body = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        body.append(&plot);
        body.append(&bounds);
        widget.append(&heading);
        widget.append(&body);
        Shown {
            path: path.to_string(),
            widget,
            value,
            greatest,
            least,
            plot,
        }
    }

    fn unpin_button(&self, path: &Path<G>) -> gtk::Button {
        let button: gtk::Button = named(&format!("Unpin {}", path.text()));
        button.set_icon_name("window-close-symbolic");
        button.set_tooltip_text(Some("Unpin"));
        button.set_has_frame(false);
        button.set_css_classes(&["flat", "field-pin"]);
        button.set_valign(gtk::Align::Center);
        let (path, unpin) = (path.clone(), self.unpin.borrow().clone());
        button.connect_clicked(move |_| {
            if let Some(unpin) = &unpin {
                unpin(&path);
            }
        });
        button
    }

    fn plot(&self, path: &Path<G>) -> gtk::DrawingArea {
        let (width, height) = PLOT_SIZE;
        let label = format!("{}, the last ten seconds", path.text());
        let plot: gtk::DrawingArea = named_as(&label, "img");
        plot.set_content_width(width);
        plot.set_content_height(height);
        plot.set_hexpand(true);
        plot.set_css_classes(&["field-plot"]);
        let (pins, path) = (Rc::clone(&self.pins), path.to_string());
        plot.set_draw_func(move |plot, context, width, height| {
            let pins = pins.borrow();
            let Some(pin) = pins.all().iter().find(|pin| pin.path.text() == path) else {
                return;
            };
            let colour = plot.style_context().color();
            context.set_source_rgba(
                colour.red().into(),
                colour.green().into(),
                colour.blue().into(),
                colour.alpha().into(),
            );
            // Cairo's errors stay with the context, and GTK shows what was drawn until then.
            let _drawn = plot::draw(&pin.history, context, width.into(), height.into());
        });
        plot
    }
}

fn inscription(chars: u32) -> gtk::Inscription {
    gtk::Inscription::builder()
        .xalign(1.0)
        .min_chars(chars)
        .nat_chars(chars)
        .text_overflow(gtk::InscriptionOverflow::EllipsizeEnd)
        .build()
}

/// The least or the greatest number of a plot.
fn bound() -> gtk::Inscription {
    let bound = inscription(12);
    bound.add_css_class("field-bound");
    bound.add_css_class("dim-label");
    bound.add_css_class("numeric");
    bound
}

/// Sets a text if it differs; returns whether it did.
fn set_text(widget: &gtk::Inscription, text: &str) -> bool {
    let changes = widget.text().as_deref() != Some(text);
    if changes {
        widget.set_text(Some(text));
    }
    changes
}
