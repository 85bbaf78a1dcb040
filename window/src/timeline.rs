//! The bar below the game: the position in the run, its marks, and its states.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{cairo, gdk};
use session::{Mark, Run};

use crate::accessible::named;

/// Height of the bar, pixels.
const HEIGHT: i32 = 28;

/// What the bar shows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Marks {
    frame: u64,
    length: u64,
    /// The frame that the session is going to.
    goal: Option<u64>,
    /// Frames with a state.
    states: Vec<u64>,
    bookmarks: Vec<u64>,
    race_from: Option<u64>,
    /// Frames in which the player finished a lap, and passed a checkpoint.
    laps: Vec<u64>,
    checkpoints: Vec<u64>,
    /// Ranges of frames in which a human corrected an agent.
    corrections: Vec<Range<u64>>,
}

/// The bar. A transparent scale lies over it, from which screen readers read the frame.
pub(crate) struct Timeline {
    widget: gtk::Overlay,
    area: gtk::DrawingArea,
    scale: gtk::Scale,
    marks: Rc<RefCell<Marks>>,
}

impl Timeline {
    /// A bar that calls `go_to` with the frame that the user points at.
    pub(crate) fn new(go_to: impl Fn(u64) + 'static) -> Self {
        let area = gtk::DrawingArea::builder()
            .content_height(HEIGHT)
            .hexpand(true)
            .tooltip_text("Click or drag to go to a frame; laps and checkpoints are marked above")
            .accessible_role(gtk::AccessibleRole::Presentation)
            .cursor(&gdk::Cursor::from_name("pointer", None).unwrap_or_else(no_cursor))
            .build();
        let marks = Rc::new(RefCell::new(Marks::default()));
        area.set_draw_func({
            let marks = marks.clone();
            move |area, context, width, height| {
                let color = area.style_context().color();
                // Cairo's errors stay with the context, and GTK shows what was drawn until then.
                let _ = draw(&marks.borrow(), context, [width, height], &color);
            }
        });
        let drag = gtk::GestureDrag::new();
        let point = {
            let (area, marks) = (area.downgrade(), marks.clone());
            Rc::new(move |x: f64| {
                let Some(area) = area.upgrade() else {
                    return;
                };
                let part = (x / f64::from(area.width().max(1))).clamp(0.0, 1.0);
                let length = marks.borrow().length;
                go_to((part * length as f64).round() as u64);
            })
        };
        drag.connect_drag_begin({
            let point = point.clone();
            move |_, x, _| point(x)
        });
        drag.connect_drag_update(move |drag, x, _| {
            if let Some((start, _)) = drag.start_point() {
                point(start + x);
            }
        });
        area.add_controller(drag);
        let scale: gtk::Scale = named("Frames played of the run");
        scale.set_opacity(0.0);
        scale.set_can_target(false);
        scale.set_focusable(false);
        let widget = gtk::Overlay::builder().child(&area).build();
        widget.add_overlay(&scale);
        Self {
            widget,
            area,
            scale,
            marks,
        }
    }

    /// The widget.
    pub(crate) fn widget(&self) -> &gtk::Overlay {
        &self.widget
    }

    /// Shows a run.
    pub(crate) fn show(&self, run: &dyn Run) {
        let now = Marks {
            frame: run.frame(),
            length: run.length(),
            goal: run.goal(),
            states: run.states(),
            bookmarks: run.bookmarks().keys().copied().collect(),
            race_from: run.places(Mark::Race).first().copied(),
            corrections: run.corrections(),
            laps: run.places(Mark::Lap),
            checkpoints: run.places(Mark::Checkpoint),
        };
        if *self.marks.borrow() == now {
            return;
        }
        self.scale.set_range(0.0, now.length.max(1) as f64);
        self.scale.set_value(now.frame as f64);
        *self.marks.borrow_mut() = now;
        self.area.queue_draw();
    }
}

/// The cursor of displays that have no pointer cursor.
fn no_cursor() -> gdk::Cursor {
    gdk::Cursor::from_name("default", None).expect("every display has a default cursor")
}

fn draw(
    marks: &Marks,
    context: &cairo::Context,
    [width, height]: [i32; 2],
    color: &gdk::RGBA,
) -> Result<(), cairo::Error> {
    let (width, height) = (f64::from(width), f64::from(height));
    let length = marks.length.max(1) as f64;
    let x = |frame: u64| (frame as f64 / length * width).round();
    let ink = |context: &cairo::Context, alpha: f64| {
        let [red, green, blue] = [color.red(), color.green(), color.blue()].map(f64::from);
        context.set_source_rgba(red, green, blue, alpha);
    };
    let middle = (height / 2.0).floor();
    ink(context, 0.12);
    context.rectangle(0.0, middle - 5.0, width, 10.0);
    context.fill()?;
    // The part up to the present frame.
    ink(context, 0.25);
    context.rectangle(0.0, middle - 5.0, x(marks.frame), 10.0);
    context.fill()?;
    // States: going there is immediate.
    context.set_source_rgba(0.21, 0.52, 0.89, 0.8);
    for state in &marks.states {
        context.rectangle(x(*state), middle + 6.0, 1.0, 4.0);
    }
    context.fill()?;
    context.set_source_rgba(0.88, 0.11, 0.14, 0.85);
    for Range {
        start: from,
        end: to,
    } in &marks.corrections
    {
        context.rectangle(x(*from), middle - 5.0, (x(*to) - x(*from)).max(2.0), 10.0);
    }
    context.fill()?;
    ink(context, 0.45);
    for checkpoint in &marks.checkpoints {
        context.rectangle(x(*checkpoint), middle - 9.0, 1.0, 4.0);
    }
    context.fill()?;
    context.set_source_rgba(0.57, 0.25, 0.67, 1.0);
    for lap in &marks.laps {
        context.rectangle(x(*lap) - 1.0, middle - 11.0, 3.0, 6.0);
    }
    context.fill()?;
    if let Some(race) = marks.race_from {
        context.set_source_rgba(0.2, 0.82, 0.48, 1.0);
        context.rectangle(x(race), middle - 9.0, 2.0, 18.0);
        context.fill()?;
    }
    context.set_source_rgba(0.96, 0.76, 0.07, 1.0);
    for bookmark in &marks.bookmarks {
        let x = x(*bookmark);
        context.move_to(x - 4.0, middle - 13.0);
        context.line_to(x + 4.0, middle - 13.0);
        context.line_to(x, middle - 6.0);
        context.close_path();
    }
    context.fill()?;
    if let Some(goal) = marks.goal {
        ink(context, 0.6);
        context.rectangle(x(goal) - 1.0, middle - 9.0, 2.0, 18.0);
        context.fill()?;
    }
    ink(context, 1.0);
    context.rectangle(x(marks.frame) - 1.5, middle - 10.0, 3.0, 20.0);
    context.fill()
}
