//! What a game adds to the window: what it draws over the machine's picture, and its panel of fields.

use anyhow::Result;
use drawing::DrawList;
use machine::Ram;
use session::Poke;

/// An overlay that a game can draw over its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverlayInfo {
    /// Its name in settings and sessions.
    pub name: &'static str,
    /// Its name in the list.
    pub label: &'static str,
    /// Whether it is enabled by default.
    pub default_on: bool,
}

/// What to draw over a picture.
#[derive(Clone, Copy, Debug)]
pub struct DisplayOptions<'a> {
    /// Names of the enabled overlays.
    pub overlays: &'a [&'static str],
    /// Fields to show, each with its value.
    pub fields: &'a [(String, String)],
}

/// Follows a game's frames and draws over them. `I` is the input of the game's machine.
pub trait Display<I> {
    /// Takes in a frame that is shown, in which `input` was pressed. Each frame that is played is shown or
    /// [skipped](Self::frame_skipped), in order; after going elsewhere it goes on from there.
    fn frame_shown(&mut self, ram: Option<Ram<'_>>, input: &I);

    /// Takes in a frame that is not shown.
    fn frame_skipped(&mut self, ram: Option<Ram<'_>>);

    /// The run has jumped: the next frame does not follow the last.
    fn jumped(&mut self);

    /// Draws over the frame, in the picture's pixels.
    fn draw(
        &self,
        ram: Option<Ram<'_>>,
        input: &I,
        options: DisplayOptions<'_>,
        list: &mut DrawList,
    );
}

/// Draws nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDisplay;

impl<I> Display<I> for NoDisplay {
    fn frame_shown(&mut self, _: Option<Ram<'_>>, _: &I) {}
    fn frame_skipped(&mut self, _: Option<Ram<'_>>) {}
    fn jumped(&mut self) {}
    fn draw(&self, _: Option<Ram<'_>>, _: &I, _: DisplayOptions<'_>, _: &mut DrawList) {}
}

/// Computes the write into RAM that gives a field its new value; `None` if it has that value already.
pub type Change<'a> = &'a dyn Fn(Ram<'_>) -> Result<Option<Poke>>;

/// A panel with the fields of a game's RAM.
pub trait Fields {
    /// The widget.
    fn widget(&self) -> gtk::Widget;

    /// Shows RAM as it is in a frame; `None` for a machine without RAM.
    fn update(&self, ram: Option<Ram<'_>>, frame: u64);

    /// The pinned fields with their values, as text; fields behind a null pointer are left out.
    fn pinned_values(&self, ram: Option<Ram<'_>>) -> Vec<(String, String)>;

    /// Paths of the pinned fields, in their order.
    fn pinned(&self) -> Vec<String>;

    /// Pins the fields with these paths, and no others. Paths of no field are left out.
    fn set_pinned(&self, paths: &[String]);

    /// Focuses the search.
    fn focus_search(&self);

    /// Calls `left` when the user leaves the search.
    fn connect_search_left(&self, left: Box<dyn Fn()>);

    /// Calls `change` with each value that the user enters.
    fn connect_change(&self, change: Box<dyn Fn(Change<'_>)>);

    /// Calls `changed` when a field is pinned or unpinned.
    fn connect_pinned_changed(&self, changed: Box<dyn Fn()>);
}

/// A further page of the side panel.
pub trait Page {
    /// Its name, on its tab.
    fn title(&self) -> &'static str;

    /// The widget.
    fn widget(&self) -> gtk::Widget;

    /// Shows what there is to show of a game, by its place among the window's; called in each display refresh while the panel is
    /// open.
    fn update(&self, game: usize);
}

/// What the games of a window add to it.
pub struct Additions {
    /// What can be options, in the order of the list and of the keys.
    pub overlays: Vec<OverlayInfo>,
    /// Makes the panel of fields; GTK is initialised before.
    pub fields: Box<dyn FnOnce() -> Box<dyn Fields>>,
    /// Makes a page of the side panel that is open at first; GTK is initialised before.
    pub page: Option<Box<dyn FnOnce() -> Box<dyn Page>>>,
}
