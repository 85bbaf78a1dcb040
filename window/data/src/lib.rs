//! The window on a dataset with pictures: its rows, played at speed, the actions in them, and marks on rows that are to go.
//!
//! [`run`] opens the window and returns when it is closed. Marked rows stay in the dataset until the user saves. The window
//! knows datasets and no game.
#![forbid(unsafe_code)]

mod catalogue;
mod commands;
#[cfg(test)]
mod fixture;
mod marks;
#[cfg(feature = "torch")]
mod neighbours;
mod pictures;
mod side;
mod strip;
mod viewer;

use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use gtk::gio;
use gtk::prelude::*;
use learn::dataset::Dataset;
use serde::Serialize;

#[cfg(feature = "torch")]
pub use neighbours::{NeighboursPage, NeighboursSetup, OpenRow};

use viewer::Viewer;

/// What the window shows.
pub struct Setup {
    /// The dataset.
    pub dataset: Dataset,
    /// The file name of the movie, and the number of its row, that is shown first; the first row of all when left out.
    pub first: Option<(String, usize)>,
    /// Whether the window must close; called in each display refresh.
    pub is_over: Box<dyn Fn() -> bool>,
}

/// The state of the dataset when the window was closed.
#[derive(Clone, Debug, Serialize)]
pub struct Closed {
    /// Movies.
    pub movies: usize,
    /// Rows.
    pub rows: u64,
    /// Rows that were removed.
    pub removed: u64,
}

/// Opens the window, and returns when it is closed.
///
/// # Errors
/// There is no display, the dataset has no pictures or no rows, or a file of it is damaged.
pub fn run(setup: Setup) -> Result<Closed> {
    let folder = setup.dataset.folder().display();
    let has_pictures = setup.dataset.schema().pictures().is_some();
    ensure!(
        has_pictures,
        "{folder}: expected a dataset with pictures, found one without"
    );
    let has_rows = !setup.dataset.movies().is_empty();
    ensure!(
        has_rows,
        "{folder}: expected at least one movie, found none"
    );
    window::require_display()?;
    let application = gtk::Application::builder()
        .application_id("org.kartscope.Data")
        .flags(gio::ApplicationFlags::NON_UNIQUE)
        .build();
    let viewer = Viewer::new(&application, setup)?;
    application.connect_activate({
        let viewer = Rc::downgrade(&viewer);
        move |_| {
            if let Some(viewer) = viewer.upgrade() {
                viewer.open();
            }
        }
    });
    application.run_with_args::<&str>(&[]);
    let viewer = Rc::into_inner(viewer).context("the window is closed")?;
    Ok(viewer.closed())
}
