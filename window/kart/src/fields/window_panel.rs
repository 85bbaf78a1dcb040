//! The panel as the fields of the window.

use anyhow::Result;
use gtk::prelude::*;
use machine::Ram;
use ram_views::FieldValue;
use ram_views::path::Path;
use session::Poke;
use window::game::{Change, Fields};

use super::FieldPanel;
use super::game::FieldGame;

impl<G: FieldGame> Fields for FieldPanel<G> {
    fn widget(&self) -> gtk::Widget {
        self.widget().clone().upcast()
    }

    fn update(&self, ram: Option<Ram<'_>>, frame: u64) {
        // A game that has just been switched on has no known build yet.
        let ram = ram.and_then(|ram| G::image(ram.bytes).ok());
        self.update(ram.as_ref(), frame);
    }

    fn pinned_values(&self, ram: Option<Ram<'_>>) -> Vec<(String, String)> {
        let Some(ram) = ram.and_then(|ram| G::image(ram.bytes).ok()) else {
            return Vec::new();
        };
        let with_value = |path: &Path<G>| {
            let value = path.read(&ram).ok().flatten()?;
            Some((path.to_string(), value.to_string()))
        };
        self.pinned_paths().iter().filter_map(with_value).collect()
    }

    fn pinned(&self) -> Vec<String> {
        self.pinned()
    }

    fn set_pinned(&self, paths: &[String]) {
        // A path that another version pinned may be no field of this one: it is left out.
        self.set_pinned(paths);
    }

    fn focus_search(&self) {
        self.focus_search();
    }

    fn connect_search_left(&self, left: Box<dyn Fn()>) {
        self.connect_search_left(left);
    }

    fn connect_change(&self, change: Box<dyn Fn(Change<'_>)>) {
        self.connect_poke(move |path, value| change(&|ram| write_of(path, &value, ram)));
    }

    fn connect_pinned_changed(&self, changed: Box<dyn Fn()>) {
        self.connect_pinned_changed(move |_| changed());
    }
}

/// The write that gives a field a value; `None` if it has that value already.
fn write_of<G: FieldGame>(
    path: &Path<G>,
    value: &FieldValue,
    ram: Ram<'_>,
) -> Result<Option<Poke>> {
    let old = ram.bytes;
    let mut new = old.to_vec();
    path.write(&mut G::image_mut(&mut new)?, value)?;
    let differs = |at: &usize| old[*at] != new[*at];
    let first = (0..new.len()).find(differs);
    let last = (0..new.len()).rev().find(differs);
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(None);
    };
    Ok(Some(Poke {
        address: ram.base + u32::try_from(first)?,
        bytes: new[first..=last].to_vec(),
    }))
}
