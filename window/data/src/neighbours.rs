//! The page of the debug window that shows what a driver of nearest neighbours finds: each row's picture, how far it is, and what was
//! held.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use gtk::prelude::*;
use gtk::{gdk, glib};
use learn::dataset::Console;
use learn::neighbours::{Found, Sources};
use window::accessible::named;
use window::game::Page;

/// Width and height of a thumbnail, pixels.
const THUMBNAIL: [i32; 2] = [160, 120];

/// Opens a row of a dataset's folder in a viewer.
pub type OpenRow = Box<dyn Fn(&Path, &Found) -> Result<()>>;

/// Where a page's rows come from, and where they lead.
pub struct NeighboursSetup {
    /// The console on whose pad the driver drives.
    pub console: Console,
    /// The datasets that it was made of, as far as they are known: rows of others have no picture.
    pub sources: Sources,
    /// What a game's driver has found last, by the game's place among the window's.
    pub found: Box<dyn Fn(usize) -> Vec<Found>>,
    /// Opens a row that the user clicks on.
    pub open: OpenRow,
}

/// The page.
pub struct NeighboursPage {
    scroller: gtk::ScrolledWindow,
    list: gtk::ListBox,
    shared: Rc<Shared>,
    found: Box<dyn Fn(usize) -> Vec<Found>>,
}

struct Shared {
    console: Console,
    sources: RefCell<Sources>,
    shown: RefCell<Vec<Found>>,
    open: OpenRow,
    /// Why a picture is missing or a row was not opened.
    problem: gtk::Label,
}

impl NeighboursPage {
    /// A page without rows.
    #[must_use]
    pub fn new(setup: NeighboursSetup) -> Self {
        let list: gtk::ListBox = named("The rows that look most alike");
        list.set_selection_mode(gtk::SelectionMode::None);
        let hint = gtk::Label::builder()
            .label("The driver has not decided yet")
            .margin_top(24)
            .css_classes(["dim-label"])
            .build();
        list.set_placeholder(Some(&hint));
        let problem = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .visible(false)
            .css_classes(["error"])
            .build();
        let column = gtk::Box::new(gtk::Orientation::Vertical, 4);
        column.append(&problem);
        column.append(&list);
        let scroller = gtk::ScrolledWindow::builder()
            .child(&column)
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vexpand(true)
            .build();
        let shared = Rc::new(Shared {
            console: setup.console,
            sources: RefCell::new(setup.sources),
            shown: RefCell::default(),
            open: setup.open,
            problem,
        });
        list.connect_row_activated({
            let shared = Rc::clone(&shared);
            move |_, row| shared.open_row(row.index())
        });
        Self {
            scroller,
            list,
            shared,
            found: setup.found,
        }
    }
}

impl Page for NeighboursPage {
    fn title(&self) -> &'static str {
        "Neighbours"
    }

    fn widget(&self) -> gtk::Widget {
        self.scroller.clone().upcast()
    }

    fn update(&self, game: usize) {
        let found = (self.found)(game);
        if found == *self.shared.shown.borrow() {
            return;
        }
        for (place, found) in (0..).zip(&found) {
            let line = self.list.row_at_index(place).and_then(|row| row.child());
            let line = line.unwrap_or_else(|| {
                let line = new_line();
                self.list.append(&line);
                line
            });
            self.shared.show(&line, found);
        }
        while let Some(row) = self.list.row_at_index(found.len() as i32) {
            self.list.remove(&row);
        }
        self.shared.shown.replace(found);
    }
}

/// A picture, and words beside it.
fn new_line() -> gtk::Widget {
    let [width, height] = THUMBNAIL;
    let picture = gtk::Picture::builder()
        .width_request(width)
        .height_request(height)
        .build();
    let words = gtk::Label::builder()
        .xalign(0.0)
        .wrap(true)
        .hexpand(true)
        .css_classes(["numeric"])
        .build();
    let line = gtk::Box::new(gtk::Orientation::Horizontal, 8);
    line.append(&picture);
    line.append(&words);
    line.upcast()
}

impl Shared {
    /// Shows a row in a line of the list.
    fn show(&self, line: &gtk::Widget, found: &Found) {
        let picture = line.first_child().and_downcast::<gtk::Picture>();
        let words = line.last_child().and_downcast::<gtk::Label>();
        if let Some(words) = words {
            words.set_text(&self.words(found));
        }
        let texture = self.texture(found);
        let problem = texture.as_ref().err().map(|error| format!("{error:#}"));
        self.tell(problem);
        if let Some(picture) = picture {
            picture.set_paintable(texture.ok().flatten().as_ref());
        }
    }

    fn words(&self, found: &Found) -> String {
        let [x, y] = self.console.stick(found.held);
        let buttons = self.console.held_buttons(found.held).join(" ");
        let Found {
            movie,
            row,
            distance,
            ..
        } = found;
        format!("{movie}, row {row}\ndistance {distance:.4}\nstick {x:+} {y:+}  {buttons}")
    }

    /// The picture of a row; `None` if its dataset is not known.
    fn texture(&self, found: &Found) -> Result<Option<gdk::MemoryTexture>> {
        let picture = self.sources.borrow_mut().picture(&found.movie, found.row)?;
        Ok(picture.map(|picture| {
            let (width, height) = picture.dimensions();
            gdk::MemoryTexture::new(
                width as i32,
                height as i32,
                gdk::MemoryFormat::R8g8b8,
                &glib::Bytes::from_owned(picture.into_raw()),
                width as usize * 3,
            )
        }))
    }

    fn open_row(&self, index: i32) {
        let opened = self.try_open_row(index);
        self.tell(opened.err().map(|error| format!("{error:#}")));
    }

    fn try_open_row(&self, index: i32) -> Result<()> {
        let shown = self.shown.borrow();
        let found = usize::try_from(index).ok().and_then(|row| shown.get(row));
        let found = found.context("the row is no longer shown")?;
        let sources = self.sources.borrow();
        let folder = sources.folder(&found.movie).with_context(|| {
            format!(
                "--dataset: expected one with the movie {}, found none",
                found.movie
            )
        })?;
        (self.open)(folder, found)
    }

    /// Shows a problem, or hides the last one.
    fn tell(&self, problem: Option<String>) {
        self.problem.set_visible(problem.is_some());
        self.problem.set_text(&problem.unwrap_or_default());
    }
}
