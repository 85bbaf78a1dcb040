//! A command of the window, as an action, a menu entry and a row of the shortcuts window.

use std::rc::Rc;

use crate::app::{App, Needs};

/// Something that can be done.
pub(crate) struct Command {
    /// Its action, without `win.`.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// Keys that do it, in GTK's form.
    pub(crate) keys: &'static [&'static str],
    /// Does it.
    pub(crate) act: fn(&Rc<App>) -> anyhow::Result<()>,
}

/// A heading of the shortcuts window, and what is under it.
pub(crate) struct Group {
    /// The heading.
    pub(crate) title: &'static str,
    /// What all of it needs.
    pub(crate) needs: Needs,
    /// What is under it.
    pub(crate) commands: &'static [Command],
}
