//! The side panel: fields of RAM, events of the race, bookmarks and branches.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::prelude::*;

use session::Run;

use crate::content::Content;
use crate::game::{Fields, Page};
use crate::labels::set_text;

/// The most events that are listed: the latest up to the present frame.
const EVENTS: usize = 200;

/// The panel.
pub(crate) struct Side {
    book: gtk::Notebook,
    fields: Box<dyn Fields>,
    events: List,
    places: List,
    page: Option<Box<dyn Page>>,
    /// The rows of the lists.
    shown: RefCell<Shown>,
}

#[derive(Default, PartialEq)]
struct Shown {
    events: Vec<(u64, String)>,
    places: Vec<(String, Destination)>,
}

/// A frame or a branch to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A number of frames played.
    Frame(u64),
    /// The number of a branch that was left.
    Branch(usize),
}

impl Side {
    /// A panel with these fields, and a further page, that calls `go` with the chosen destination.
    pub(crate) fn new(
        fields: Box<dyn Fields>,
        page: Option<Box<dyn Page>>,
        go: impl Fn(Destination) + 'static,
    ) -> Self {
        let go: Rc<dyn Fn(Destination)> = Rc::new(go);
        let events = List::new("Nothing has happened yet", go.clone());
        let places = List::new("Bookmarks (Ctrl+B) and branches stand here", go);
        let book = gtk::Notebook::builder()
            .width_request(450)
            .show_border(false)
            .build();
        // The first one is open.
        if let Some(page) = &page {
            book.append_page(&page.widget(), Some(&gtk::Label::new(Some(page.title()))));
        }
        book.append_page(&fields.widget(), Some(&gtk::Label::new(Some("Fields"))));
        book.append_page(events.widget(), Some(&gtk::Label::new(Some("Events"))));
        book.append_page(places.widget(), Some(&gtk::Label::new(Some("Places"))));
        Self {
            book,
            fields,
            events,
            places,
            page,
            shown: RefCell::default(),
        }
    }

    /// The widget.
    pub(crate) fn widget(&self) -> &gtk::Notebook {
        &self.book
    }

    /// The fields of RAM.
    pub(crate) fn fields(&self) -> &dyn Fields {
        &*self.fields
    }

    /// Focuses the search of fields.
    pub(crate) fn search_fields(&self) {
        let page = self.book.page_num(&self.fields.widget());
        self.book.set_current_page(page);
        self.fields.focus_search();
    }

    /// Shows events, bookmarks and branches of a game, and what the further page has of it, if the panel is open.
    pub(crate) fn show(&self, content: &Content, number: usize) {
        if !self.book.is_visible() {
            return;
        }
        if let Some(page) = &self.page {
            page.update(number);
        }
        let Content::Stage(stage) = content else {
            return;
        };
        let mut shown = self.shown.borrow_mut();
        let latest = stage.run().latest_events(EVENTS);
        if latest != shown.events {
            self.events.fill(latest.iter().map(|(frame, event)| {
                let text = format!("{frame:>6}  {event}");
                // Frame N is shown after N + 1 frames were played.
                (text, Destination::Frame(frame + 1))
            }));
            shown.events = latest;
        }
        let places = places(stage.run());
        if places != shown.places {
            self.places.fill(places.iter().cloned());
            shown.places = places;
        }
    }
}

/// Bookmarks and branches with their names.
fn places(run: &dyn Run) -> Vec<(String, Destination)> {
    let bookmarks = run.bookmarks().iter();
    let bookmarks =
        bookmarks.map(|(frame, name)| (format!("⚑ {name}"), Destination::Frame(*frame)));
    let left = run.left();
    let left = left.iter().enumerate();
    let left = left.map(|(number, run)| {
        let text = format!("⑂ {} ({} frames)", run.name, run.length);
        (text, Destination::Branch(number))
    });
    bookmarks.chain(left).collect()
}

/// A list of destinations.
struct List {
    scroller: gtk::ScrolledWindow,
    list: gtk::ListBox,
    places: Rc<RefCell<Vec<Destination>>>,
}

impl List {
    fn new(empty: &str, go: Rc<dyn Fn(Destination)>) -> Self {
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["places"])
            .build();
        let hint = gtk::Label::builder()
            .label(empty)
            .wrap(true)
            .margin_top(24)
            .css_classes(["dim-label"])
            .build();
        list.set_placeholder(Some(&hint));
        let places: Rc<RefCell<Vec<Destination>>> = Rc::default();
        list.connect_row_activated({
            let places = places.clone();
            move |_, row| {
                let number = usize::try_from(row.index()).ok();
                let place = number.and_then(|number| places.borrow().get(number).copied());
                if let Some(place) = place {
                    go(place);
                }
            }
        });
        let scroller = gtk::ScrolledWindow::builder()
            .child(&list)
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vexpand(true)
            .build();
        Self {
            scroller,
            list,
            places,
        }
    }

    fn widget(&self) -> &gtk::ScrolledWindow {
        &self.scroller
    }

    /// Shows other rows. Existing widgets are reused, since events are frequent.
    fn fill(&self, rows: impl Iterator<Item = (String, Destination)>) {
        let mut places = self.places.borrow_mut();
        places.clear();
        for (text, place) in rows {
            let number = places.len() as i32;
            places.push(place);
            match self.list.row_at_index(number).and_then(|row| row.child()) {
                Some(label) => {
                    if let Ok(label) = label.downcast::<gtk::Label>() {
                        set_text(&label, &text);
                    }
                }
                None => {
                    let label = gtk::Label::builder()
                        .label(&text)
                        .xalign(0.0)
                        .wrap(true)
                        .css_classes(["numeric"])
                        .build();
                    self.list.append(&label);
                }
            }
        }
        while let Some(row) = self.list.row_at_index(places.len() as i32) {
            self.list.remove(&row);
        }
    }
}
