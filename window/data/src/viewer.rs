//! The window: its widgets, and what its commands do.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Result, bail};
use drawing::chart::Area;
use drawing::{Color, DrawList};
use gtk::glib::{self, ControlFlow, Propagation};
use gtk::prelude::*;
use gtk::{cairo, gio};
use learn::dataset::{Dataset, Selection};
use machine::PictureShape;
use window::accessible::{named, named_as};
use window::header::{icon_button, speed_choice, speed_number};
use window::messages::Messages;
use window::pace::{Pace, SPEEDS, Speed};
use window::settings::Screens;
use window::style;
use window::view::View;

use crate::catalogue::Catalogue;
use crate::marks::Marks;
use crate::pictures::Pictures;
use crate::{Closed, Setup, commands, side, strip};

/// Width and height of the window, pixels.
const SIZE: [i32; 2] = [1100, 780];
/// Why marks can't change now.
const BUSY: &str = "another search or removal is running";

/// The window.
pub(crate) struct Viewer {
    pub(crate) application: gtk::Application,
    pub(crate) window: gtk::ApplicationWindow,
    /// It has the keys.
    pub(crate) picture: gtk::DrawingArea,
    side: gtk::DrawingArea,
    strip: gtk::DrawingArea,
    numbers: gtk::Label,
    play_button: gtk::Button,
    speed: gtk::DropDown,
    messages: Messages,
    opened: RefCell<Opened>,
    view: RefCell<View>,
    /// Of the view.
    shape: PictureShape,
    /// The row whose picture the view has.
    viewed: Cell<Option<usize>>,
    row: Cell<usize>,
    /// The row that was marked last, from which a range is marked.
    anchor: Cell<Option<usize>>,
    is_playing: Cell<bool>,
    /// A search or a removal is running; marks do not change meanwhile.
    is_busy: Cell<bool>,
    /// The window may close without a question.
    may_close: Cell<bool>,
    removed: Cell<u64>,
    pace: RefCell<Pace>,
    last_tick: Cell<Option<Instant>>,
    is_over: Box<dyn Fn() -> bool>,
}

/// A dataset, and what is known of it.
struct Opened {
    dataset: Dataset,
    catalogue: Catalogue,
    marks: Marks,
    pictures: Pictures,
}

impl Opened {
    fn of(dataset: Dataset) -> Result<Self> {
        Ok(Self {
            catalogue: Catalogue::of(&dataset)?,
            marks: Marks::new(Selection::none(&dataset)),
            pictures: Pictures::of(dataset.clone())?,
            dataset,
        })
    }
}

impl Viewer {
    /// Builds the window.
    pub(crate) fn new(application: &gtk::Application, setup: Setup) -> Result<Rc<Self>> {
        style::apply();
        let [width, height] = SIZE;
        let format = setup.dataset.schema().pictures();
        let opened = Opened::of(setup.dataset)?;
        let first = match &setup.first {
            Some((movie, row)) => opened.catalogue.number(movie, *row)?,
            None => 0,
        };
        let shape = PictureShape {
            width: format.map_or(1, |format| format.width),
            height: format.map_or(1, |format| format.height),
            count: 1,
            touch: None,
        };
        let picture: gtk::DrawingArea = named_as("The row's picture", "img");
        picture.set_focusable(true);
        picture.set_hexpand(true);
        picture.set_vexpand(true);
        let side: gtk::DrawingArea = named_as("The actions of the row and of all rows", "img");
        side.set_content_width(side::WIDTH);
        side.set_content_height(side::height(&opened.catalogue));
        let strip: gtk::DrawingArea = named_as("All rows, with the marked ones", "img");
        strip.set_content_height(strip::HEIGHT);
        let pace = Pace::new(opened.catalogue.rate);
        let viewer = Rc::new(Self {
            application: application.clone(),
            window: gtk::ApplicationWindow::builder()
                .default_width(width)
                .default_height(height)
                .icon_name("image-x-generic")
                .build(),
            picture,
            side,
            strip,
            numbers: gtk::Label::builder()
                .xalign(0.0)
                .yalign(0.0)
                .wrap(true)
                .selectable(true)
                .css_classes(["numeric"])
                .build(),
            play_button: icon_button("media-playback-start-symbolic", "Play or pause", "win.play"),
            speed: speed_choice(),
            messages: Messages::new(),
            opened: RefCell::new(opened),
            view: RefCell::new(View::new(shape)?),
            shape,
            viewed: Cell::default(),
            row: Cell::new(first),
            anchor: Cell::default(),
            is_playing: Cell::default(),
            is_busy: Cell::default(),
            may_close: Cell::default(),
            removed: Cell::default(),
            pace: RefCell::new(pace),
            last_tick: Cell::default(),
            is_over: setup.is_over,
        });
        viewer.assemble();
        viewer.connect();
        commands::install(&viewer);
        Ok(viewer)
    }

    /// Opens the window.
    pub(crate) fn open(&self) {
        self.application.add_window(&self.window);
        self.go_to(self.row.get());
        self.window.present();
        self.picture.grab_focus();
    }

    /// The dataset at the end.
    pub(crate) fn closed(self) -> Closed {
        let opened = self.opened.into_inner();
        Closed {
            movies: opened.dataset.movies().len(),
            rows: opened.catalogue.len() as u64,
            removed: self.removed.get(),
        }
    }

    fn assemble(&self) {
        let header = gtk::HeaderBar::new();
        let steps = gtk::Box::builder().css_classes(["linked"]).build();
        let [previous, next] = [
            icon_button(
                "media-skip-backward-symbolic",
                "To the movie before",
                "win.previous-movie",
            ),
            icon_button(
                "media-skip-forward-symbolic",
                "To the next movie",
                "win.next-movie",
            ),
        ];
        for button in [&previous, &self.play_button, &next] {
            steps.append(button);
        }
        header.pack_start(&steps);
        header.pack_start(&self.speed);
        self.speed.set_selected(speed_number(Speed::Times(1.0)));
        self.speed.set_tooltip_text(Some("Speed"));
        let menu: gtk::MenuButton = named("Menu");
        menu.set_icon_name("open-menu-symbolic");
        menu.set_menu_model(Some(&commands::menu()));
        menu.set_primary(true);
        header.pack_end(&menu);
        header.pack_end(&icon_button("edit-redo-symbolic", "Redo", "win.redo"));
        header.pack_end(&icon_button("edit-undo-symbolic", "Undo", "win.undo"));
        self.window.set_titlebar(Some(&header));

        let numbers = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vexpand(true)
            .child(&self.numbers)
            .margin_start(12)
            .margin_end(12)
            .margin_top(8)
            .build();
        let right = gtk::Box::new(gtk::Orientation::Vertical, 0);
        right.append(&self.side);
        right.append(&numbers);
        let middle = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        middle.append(&self.picture);
        middle.append(&right);
        let screen = gtk::Overlay::builder().child(&middle).build();
        self.messages.attach(&screen, || 0.0);
        let all = gtk::Box::new(gtk::Orientation::Vertical, 0);
        all.append(&screen);
        all.append(&self.strip);
        self.window.set_child(Some(&all));
    }

    fn connect(self: &Rc<Self>) {
        self.draw_by(&self.picture, Self::draw_picture);
        self.draw_by(&self.side, |viewer, context, _| {
            let opened = viewer.opened.borrow();
            let held = opened.catalogue.numbers(viewer.row.get()).held;
            let mut list = DrawList::default();
            side::draw(&mut list, &opened.catalogue, held);
            Ok(drawing::paint(context, &list)?)
        });
        self.draw_by(&self.strip, |viewer, context, [width, _]| {
            let opened = viewer.opened.borrow();
            let (catalogue, marked) = (&opened.catalogue, opened.marks.now());
            let mut list = DrawList::default();
            strip::draw(&mut list, width as f32, catalogue, marked, viewer.row.get());
            Ok(drawing::paint(context, &list)?)
        });
        let drag = gtk::GestureDrag::new();
        let weak = Rc::downgrade(self);
        drag.connect_drag_update(move |drag, right, _| {
            if let (Some(viewer), Some((x, _))) = (weak.upgrade(), drag.start_point()) {
                viewer.go_to_point(x + right);
            }
        });
        let weak = Rc::downgrade(self);
        drag.connect_drag_begin(move |_, x, _| {
            if let Some(viewer) = weak.upgrade() {
                viewer.go_to_point(x);
            }
        });
        self.strip.add_controller(drag);
        let weak = Rc::downgrade(self);
        self.picture
            .add_tick_callback(move |_, _| match weak.upgrade() {
                Some(viewer) => {
                    viewer.tick();
                    ControlFlow::Continue
                }
                None => ControlFlow::Break,
            });
        let picture = self.picture.clone();
        self.speed.connect_selected_notify(move |_| {
            picture.grab_focus();
        });
        let picture = self.picture.clone();
        self.messages.connect_closed(move || {
            picture.grab_focus();
        });
        let weak = Rc::downgrade(self);
        self.window
            .connect_close_request(move |_| match weak.upgrade() {
                Some(viewer) => viewer.close_or_ask(),
                None => Propagation::Proceed,
            });
    }

    /// Draws an area by a function of the window, the context and the area's size; a failure is shown.
    fn draw_by(
        self: &Rc<Self>,
        area: &gtk::DrawingArea,
        draw: impl Fn(&Self, &cairo::Context, [f64; 2]) -> Result<()> + 'static,
    ) {
        let weak = Rc::downgrade(self);
        area.set_draw_func(move |_, context, width, height| {
            let Some(viewer) = weak.upgrade() else {
                return;
            };
            let drawn = fill(context, side::GROUND)
                .and_then(|()| draw(&viewer, context, [width.into(), height.into()]));
            if let Err(error) = drawn {
                viewer.show_error(&error);
            }
        });
    }

    /// The picture as large as fits, its pixels square and sharp.
    fn draw_picture(&self, context: &cairo::Context, [width, height]: [f64; 2]) -> Result<()> {
        let [columns, rows] = [self.shape.width, self.shape.height].map(f64::from);
        let fitting = (width / columns).min(height / rows);
        let scale = if fitting > 1.0 {
            fitting.floor()
        } else {
            fitting
        };
        let left = (width - columns * scale) / 2.0;
        let top = (height - rows * scale) / 2.0;
        context.translate(left.floor(), top.floor());
        context.scale(scale, scale);
        self.view.borrow().paint(context, Screens::Both, false)?;
        let opened = self.opened.borrow();
        let (movie, row) = opened.catalogue.place(self.row.get());
        if opened.marks.now().contains(movie, row) {
            // Three pixels of the screen.
            let width = 3.0 / scale as f32;
            let frame = Area {
                left: 0.0,
                top: 0.0,
                width: columns as f32,
                height: rows as f32,
            };
            let mut list = DrawList::default();
            list.push(frame.inset(width / 2.0).outlined(width, strip::MARKED));
            drawing::paint(context, &list)?;
        }
        Ok(())
    }

    /// What happens in each frame of the screen.
    fn tick(&self) {
        if (self.is_over)() {
            self.may_close.set(true);
            self.window.close();
            return;
        }
        let now = Instant::now();
        let passed = self.last_tick.replace(Some(now)).map(|last| now - last);
        if let Some(passed) = passed.filter(|_| self.is_playing.get()) {
            let speed = SPEEDS.get(self.speed.selected() as usize).copied();
            let speed = speed.unwrap_or(Speed::Times(1.0));
            let due = self.pace.borrow_mut().frames(speed, passed);
            self.play_on(due.unwrap_or(1) as usize);
        }
        if let Err(error) = self.view_row() {
            self.show_error(&error);
        }
    }

    /// Goes on by as many rows as are due and decoded, and stops at the last.
    fn play_on(&self, due: usize) {
        let row = self.row.get();
        let opened = self.opened.borrow();
        let last = opened.catalogue.last();
        let goal = last.min(row + due);
        let is_ready = |row: &usize| opened.pictures.get(*row).is_some();
        let reached = (row + 1..=goal).take_while(is_ready).last();
        drop(opened);
        if let Some(reached) = reached {
            self.go_to(reached);
        }
        if self.row.get() == last {
            self.set_playing(false);
        }
    }

    /// Shows the row's picture as soon as it is decoded.
    fn view_row(&self) -> Result<()> {
        let row = self.row.get();
        let mut opened = self.opened.borrow_mut();
        let Opened {
            catalogue,
            pictures,
            ..
        } = &mut *opened;
        pictures.show(row, catalogue.last(), |row| catalogue.place(row));
        if self.viewed.get() == Some(row) {
            return Ok(());
        }
        let Some(decoded) = pictures.get(row) else {
            return Ok(());
        };
        self.viewed.set(Some(row));
        self.picture.queue_draw();
        let mut view = self.view.borrow_mut();
        match decoded {
            Ok(rgba) => view.update(rgba, |_| {}),
            Err(reason) => {
                view.update(&vec![0; self.shape.bytes()], |_| {})?;
                bail!("{reason}")
            }
        }
    }

    /// Shows another row; the last for a number beyond.
    pub(crate) fn go_to(&self, row: usize) {
        let opened = self.opened.borrow();
        let row = row.min(opened.catalogue.last());
        self.row.set(row);
        self.numbers.set_text(&opened.catalogue.describe(row));
        drop(opened);
        self.show_marks();
    }

    /// Draws all but the picture anew, and names row and marks in the title.
    fn show_marks(&self) {
        let opened = self.opened.borrow();
        let folder = opened.dataset.folder();
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let mut title = format!(
            "kartscope – {} – row {} of {}",
            name.to_string_lossy(),
            self.row.get(),
            opened.catalogue.len()
        );
        let marked = opened.marks.now().len();
        if marked > 0 {
            title += &format!(" – {marked} marked");
        }
        self.window.set_title(Some(&title));
        for area in [&self.picture, &self.side, &self.strip] {
            area.queue_draw();
        }
    }

    /// Goes so many rows on, or back.
    pub(crate) fn go_by(&self, rows: isize) {
        self.go_to(self.row.get().saturating_add_signed(rows));
    }

    /// The rows that a second of a movie has, at least one.
    pub(crate) fn rows_a_second(&self) -> isize {
        self.opened.borrow().catalogue.rate.round().max(1.0) as isize
    }

    /// Goes to the first row of the next movie; or to that of this movie, and from there to that of the movie before.
    pub(crate) fn go_to_movie(&self, step: isize) {
        let opened = self.opened.borrow();
        let (movie, row) = opened.catalogue.place(self.row.get());
        let movie = match step < 0 && row > 0 {
            true => movie,
            false => movie.saturating_add_signed(step),
        };
        let first = opened
            .catalogue
            .movies
            .get(movie)
            .map(|movie| movie.rows.start);
        drop(opened);
        self.go_to(first.unwrap_or(usize::MAX));
    }

    /// Goes to a marked row after this one, or before it.
    pub(crate) fn go_to_mark(&self, is_after: bool) {
        let opened = self.opened.borrow();
        let is_marked = |row: &usize| {
            let (movie, row) = opened.catalogue.place(*row);
            opened.marks.now().contains(movie, row)
        };
        let row = self.row.get();
        let found = match is_after {
            true => (row + 1..opened.catalogue.len()).find(is_marked),
            false => (0..row).rev().find(is_marked),
        };
        drop(opened);
        match found {
            Some(row) => self.go_to(row),
            None => self.messages.show_notice("no more marked rows"),
        }
    }

    fn go_to_point(&self, x: f64) {
        let row = strip::row_at(
            x,
            self.strip.width().into(),
            &self.opened.borrow().catalogue,
        );
        self.go_to(row);
    }

    /// Plays, from the first row if the last is shown; or pauses.
    pub(crate) fn toggle_playing(&self) {
        let is_at_end = self.row.get() == self.opened.borrow().catalogue.last();
        if !self.is_playing.get() && is_at_end {
            self.go_to(0);
        }
        self.set_playing(!self.is_playing.get());
    }

    fn set_playing(&self, is_playing: bool) {
        self.is_playing.set(is_playing);
        self.pace.borrow_mut().reset();
        let action = if is_playing { "pause" } else { "start" };
        let icon = format!("media-playback-{action}-symbolic");
        self.play_button.set_icon_name(&icon);
    }

    pub(crate) fn change_speed(&self, step: isize) {
        let speed = (self.speed.selected() as usize).saturating_add_signed(step);
        self.speed.set_selected(speed.min(SPEEDS.len() - 1) as u32);
    }

    /// Changes the marks, unless a search or a removal is running; returns how many rows are marked more than before.
    fn change_marks(&self, change: impl FnOnce(&Catalogue, &mut Selection)) -> u64 {
        if self.is_busy.get() {
            self.messages.show_notice(BUSY);
            return 0;
        }
        let mut opened = self.opened.borrow_mut();
        let Opened {
            catalogue, marks, ..
        } = &mut *opened;
        let more = marks.change(|marks| change(catalogue, marks));
        drop(opened);
        self.show_marks();
        more
    }

    /// Marks the row that is shown, or no longer.
    pub(crate) fn mark_row(&self) {
        let shown = self.row.get();
        self.change_marks(|catalogue, marks| {
            let (movie, row) = catalogue.place(shown);
            marks.set(movie, row, !marks.contains(movie, row));
        });
        self.anchor.set(Some(shown));
    }

    /// Marks the rows from the one that was marked last to the one that is shown, or no longer if that was unmarked.
    pub(crate) fn mark_range(&self) {
        let shown = self.row.get();
        let from = self.anchor.get().unwrap_or(shown);
        self.change_marks(|catalogue, marks| {
            let (movie, row) = catalogue.place(from);
            let is_marked = marks.contains(movie, row);
            for number in from.min(shown)..=from.max(shown) {
                let (movie, row) = catalogue.place(number);
                marks.set(movie, row, is_marked);
            }
        });
    }

    pub(crate) fn undo(&self) {
        self.restore_marks(Marks::undo, "nothing to undo");
    }

    pub(crate) fn redo(&self) {
        self.restore_marks(Marks::redo, "nothing to redo");
    }

    fn restore_marks(&self, restore: fn(&mut Marks) -> bool, nothing: &str) {
        if self.is_busy.get() {
            self.messages.show_notice(BUSY);
        } else if !restore(&mut self.opened.borrow_mut().marks) {
            self.messages.show_notice(nothing);
        }
        self.show_marks();
    }

    /// Marks the rows that a search finds. It runs on another thread.
    pub(crate) fn find(
        self: &Rc<Self>,
        what: &'static str,
        search: fn(&Dataset) -> learn::Result<Selection>,
    ) {
        let dataset = self.opened.borrow().dataset.clone();
        self.messages
            .show_notice(&format!("searching for {what} …"));
        self.work(
            move || Ok(search(&dataset)?),
            move |viewer, found| {
                let more = viewer.change_marks(|_, marks| marks.add(&found));
                let text = format!("{} {what}, {more} of them newly marked", found.len());
                viewer.messages.show_notice(&text);
            },
        );
    }

    /// Does some work on another thread, then something with its result on this one; an error is shown.
    fn work<T: Send + 'static>(
        self: &Rc<Self>,
        work: impl FnOnce() -> Result<T> + Send + 'static,
        done: impl FnOnce(&Rc<Self>, T) + 'static,
    ) {
        if self.is_busy.replace(true) {
            self.messages.show_notice(BUSY);
            return;
        }
        let weak = Rc::downgrade(self);
        glib::spawn_future_local(async move {
            let result = gio::spawn_blocking(work).await;
            let Some(viewer) = weak.upgrade() else {
                return;
            };
            viewer.is_busy.set(false);
            match result {
                Ok(Ok(result)) => done(&viewer, result),
                Ok(Err(error)) => viewer.show_error(&error),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        });
    }

    /// Asks whether to remove the marked rows, and removes them.
    pub(crate) fn save(self: &Rc<Self>) {
        if self.opened.borrow().marks.now().is_empty() {
            self.messages.show_notice("no rows are marked");
            return;
        }
        self.ask(false, |viewer, answer| {
            if answer == gtk::ResponseType::Accept {
                viewer.remove(|_| {});
            }
        });
    }

    pub(crate) fn close(&self) {
        self.window.close();
    }

    /// Lets the window close if no row is marked; else asks.
    fn close_or_ask(self: &Rc<Self>) -> Propagation {
        let is_marked = !self.opened.borrow().marks.now().is_empty();
        if self.may_close.get() || !(is_marked || self.is_busy.get()) {
            return Propagation::Proceed;
        }
        if self.is_busy.get() {
            self.messages.show_notice(BUSY);
            return Propagation::Stop;
        }
        self.ask(true, |viewer, answer| match answer {
            gtk::ResponseType::Accept => viewer.remove(|viewer| viewer.window.close()),
            gtk::ResponseType::Reject => {
                viewer.may_close.set(true);
                viewer.window.close();
            }
            _ => {}
        });
        Propagation::Stop
    }

    /// Asks whether to remove the marked rows, or to discard the marks if `can_discard`.
    fn ask(
        self: &Rc<Self>,
        can_discard: bool,
        answered: impl Fn(&Rc<Self>, gtk::ResponseType) + 'static,
    ) {
        self.set_playing(false);
        let opened = self.opened.borrow();
        let question = format!("Remove {} marked rows?", opened.marks.now().len());
        let dialog = gtk::MessageDialog::builder()
            .title(&question)
            .text(&question)
            .secondary_text(format!(
                "{} of {} rows stay. The removed ones can't be brought back.",
                opened.catalogue.len() as u64 - opened.marks.now().len(),
                opened.catalogue.len()
            ))
            .transient_for(&self.window)
            .modal(true)
            .build();
        if can_discard {
            dialog.add_button("_Discard the marks", gtk::ResponseType::Reject);
        }
        dialog.add_button("_Cancel", gtk::ResponseType::Cancel);
        dialog.add_button("_Remove", gtk::ResponseType::Accept);
        dialog.set_default_response(gtk::ResponseType::Cancel);
        let weak = Rc::downgrade(self);
        dialog.connect_response(move |dialog, answer| {
            dialog.destroy();
            if let Some(viewer) = weak.upgrade() {
                answered(&viewer, answer);
            }
        });
        dialog.present();
    }

    /// Removes the marked rows on another thread, shows the dataset without them, then calls `then`.
    fn remove(self: &Rc<Self>, then: impl FnOnce(&Rc<Self>) + 'static) {
        let opened = self.opened.borrow();
        let (dataset, rows) = (opened.dataset.clone(), opened.marks.now().clone());
        let all = opened.catalogue.len() as u64;
        drop(opened);
        let removed = rows.len();
        if removed == all {
            let text = "expected a row that stays, found all marked";
            self.messages.show_error(text);
            return;
        }
        self.work(
            move || Opened::of(dataset.remove(&rows)?),
            move |viewer, opened| {
                viewer.opened.replace(opened);
                viewer.removed.set(viewer.removed.get() + removed);
                viewer.anchor.set(None);
                viewer.viewed.set(None);
                viewer.go_to(viewer.row.get());
                let text = format!("{removed} rows removed");
                viewer.messages.show_notice(&text);
                then(viewer);
            },
        );
    }

    fn show_error(&self, error: &anyhow::Error) {
        self.messages.show_error(&format!("{error:#}"));
    }
}

/// Fills an area with a colour.
fn fill(context: &cairo::Context, color: Color) -> Result<()> {
    let [red, green, blue] = [color.red, color.green, color.blue].map(f64::from);
    context.set_source_rgb(red, green, blue);
    Ok(context.paint()?)
}
