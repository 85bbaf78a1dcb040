//! The window that lists the keyboard shortcuts.

use anyhow::{Context as _, Result};
use gtk::prelude::*;

use crate::app::App;
use crate::command::Group;

/// Shows the shortcuts window, with the keys of these commands.
pub(crate) fn show(app: &App, groups: &[Group]) -> Result<()> {
    let builder = gtk::Builder::from_string(&description(groups));
    let window: gtk::ShortcutsWindow = builder
        .object("shortcuts")
        .context("the shortcuts window was not built")?;
    window.set_transient_for(Some(&app.window));
    window.present();
    Ok(())
}

/// The shortcuts window as GTK's builder reads it: GTK 4.8 has no functions for that.
fn description(groups: &[Group]) -> String {
    let others = [
        ("Back in time, while it is held", "bracketleft"),
        ("Load slot 1, others alike", "<Control>1"),
        ("Save in slot 1, others alike", "<Alt>1"),
        ("The first overlay, others alike", "1"),
    ];
    let keyed = |group: &Group| {
        let keyed = group
            .commands
            .iter()
            .filter(|command| !command.keys.is_empty());
        keyed.map(|command| {
            object(
                "Shortcut",
                &[
                    ("title", command.label),
                    ("accelerator", &command.keys.join(" ")),
                ],
                "",
            )
        })
    };
    let mut groups: String = groups
        .iter()
        .map(|group| {
            object(
                "Group",
                &[("title", group.title)],
                &keyed(group).collect::<String>(),
            )
        })
        .collect();
    let others = others
        .iter()
        .map(|(title, keys)| object("Shortcut", &[("title", title), ("accelerator", keys)], ""));
    groups += &object("Group", &[("title", "Others")], &others.collect::<String>());
    let section = object(
        "Section",
        &[("section-name", "all"), ("max-height", "20")],
        &groups,
    );
    let window = object("Window", &[("modal", "1")], &section);
    // The outermost is the one to find.
    let window =
        window
            .replacen("<child>", "", 1)
            .replacen("<object", "<object id=\"shortcuts\"", 1);
    let window = window.strip_suffix("</child>").unwrap_or(&window);
    format!("<interface>{window}</interface>")
}

/// An object of the shortcuts window, as a child, with what is in it.
fn object(kind: &str, properties: &[(&str, &str)], children: &str) -> String {
    let properties = properties.iter().map(|(name, value)| {
        let value = gtk::glib::markup_escape_text(value);
        format!("<property name=\"{name}\">{value}</property>")
    });
    let properties: String = properties.collect();
    format!(
        "<child><object class=\"GtkShortcuts{kind}\"><property name=\"visible\">1</property>{properties}{children}</object></child>"
    )
}
