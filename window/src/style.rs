//! The looks of windows.

use gtk::prelude::*;
use gtk::{gdk, gio};

/// Gives all windows of the program their style, which follows the desktop's.
pub fn apply() {
    load();
    follow_color_scheme();
}

/// Makes GTK follow the desktop's dark style, which it does not do by itself.
fn follow_color_scheme() {
    const SCHEMA: &str = "org.gnome.desktop.interface";
    const KEY: &str = "color-scheme";
    let source = gio::SettingsSchemaSource::default();
    let schema = source.and_then(|source| source.lookup(SCHEMA, true));
    if !schema.is_some_and(|schema| schema.has_key(KEY)) {
        return;
    }
    let desktop = gio::Settings::new(SCHEMA);
    let follow = |desktop: &gio::Settings| {
        if let Some(settings) = gtk::Settings::default() {
            let is_dark = desktop.string(KEY) == "prefer-dark";
            settings.set_gtk_application_prefer_dark_theme(is_dark);
        }
    };
    follow(&desktop);
    desktop.connect_changed(Some(KEY), move |desktop, _| follow(desktop));
    // The connection lives as long as the program.
    std::mem::forget(desktop);
}

fn load() {
    let provider = gtk::CssProvider::new();
    provider.load_from_data(include_str!("style.css"));
    if let Some(display) = gdk::Display::default() {
        gtk::style_context_add_provider_for_display(
            &display,
            &provider,
            gtk::STYLE_PROVIDER_PRIORITY_APPLICATION,
        );
    }
}
