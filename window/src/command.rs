//! The commands of the window. Each is an action, a menu entry and a row of the shortcuts window.

use std::rc::Rc;

use crate::app::{App, Needs};

/// A command.
pub(crate) struct Command {
    /// The name of its action, without `win.`.
    pub(crate) name: &'static str,
    /// Its name in menus.
    pub(crate) label: &'static str,
    /// Its keys, as GTK names them.
    pub(crate) keys: &'static [&'static str],
    /// Runs it.
    pub(crate) act: fn(&Rc<App>) -> anyhow::Result<()>,
}

/// Commands under a heading of the shortcuts window.
pub(crate) struct Group {
    /// The heading.
    pub(crate) title: &'static str,
    /// What all its commands need.
    pub(crate) needs: Needs,
    /// The commands.
    pub(crate) commands: &'static [Command],
}
