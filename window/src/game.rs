//! What a game adds to the window: what it draws over the machine's picture, and its panel of fields.

use anyhow::Result;
use drawing::DrawList;
use machine::Ram;
use session::Poke;

/// Something that a game can draw over its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverlayInfo {
    /// Its name in settings and sessions.
    pub name: &'static str,
    /// What it is called in the list.
    pub label: &'static str,
    /// Whether it is drawn where the user has chosen nothing yet.
    pub default_on: bool,
}

/// What is drawn over a picture.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    /// Names of the overlays that are on.
    pub overlays: &'a [&'static str],
    /// Fields to show, each with its value.
    pub fields: &'a [(String, String)],
}

/// Follows a game's frames and draws over them. `I` is the input of the game's machine.
pub trait Display<I> {
    /// Takes in a frame that is shown, in which `input` was pressed. Each frame that is played is shown or
    /// [passed](Self::pass), in order; after going elsewhere it goes on from there.
    fn see(&mut self, ram: Option<Ram<'_>>, input: &I);

    /// Takes in a frame that is not shown.
    fn pass(&mut self, ram: Option<Ram<'_>>);

    /// The run has gone elsewhere: the next frame does not follow on the last.
    fn have_moved(&mut self);

    /// Draws over the frame, in the picture's pixels.
    fn draw(&self, ram: Option<Ram<'_>>, input: &I, drawn: Drawn<'_>, list: &mut DrawList);
}

/// Draws nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bare;

impl<I> Display<I> for Bare {
    fn see(&mut self, _: Option<Ram<'_>>, _: &I) {}
    fn pass(&mut self, _: Option<Ram<'_>>) {}
    fn have_moved(&mut self) {}
    fn draw(&self, _: Option<Ram<'_>>, _: &I, _: Drawn<'_>, _: &mut DrawList) {}
}

/// Works out the write into RAM by which a field gets a new value; `None` where it has the value already.
pub type Change<'a> = &'a dyn Fn(Ram<'_>) -> Result<Option<Poke>>;

/// A panel with the fields of a game's RAM.
pub trait Fields {
    /// The widget.
    fn widget(&self) -> gtk::Widget;

    /// Shows what is in RAM in a frame; `None` while there is none.
    fn update(&self, ram: Option<Ram<'_>>, frame: u64);

    /// The pinned fields with their values, as text; those that lead nowhere now are left out.
    fn pinned_values(&self, ram: Option<Ram<'_>>) -> Vec<(String, String)>;

    /// Paths of the pinned fields, in their order.
    fn pinned(&self) -> Vec<String>;

    /// Pins the fields with these paths, and no others. Those that no field has are left out.
    fn set_pinned(&self, paths: &[String]);

    /// Has the next keys go to the search.
    fn focus_search(&self);

    /// Calls `left` when the search is left.
    fn connect_search_left(&self, left: Box<dyn Fn()>);

    /// Calls `change` with each value that the user enters.
    fn connect_change(&self, change: Box<dyn Fn(Change<'_>)>);

    /// Calls `changed` when a field is pinned or unpinned.
    fn connect_pinned_changed(&self, changed: Box<dyn Fn()>);
}

/// What the games of a window add to it.
pub struct Additions {
    /// What can be drawn, in the order of the list and of the keys.
    pub overlays: Vec<OverlayInfo>,
    /// Makes the panel of fields; GTK is initialised before.
    pub fields: Box<dyn FnOnce() -> Box<dyn Fields>>,
}
