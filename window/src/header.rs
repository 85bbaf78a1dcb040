//! Widgets of a window's header.

use gtk::prelude::*;

use crate::accessible::named;
use crate::pace::{SPEEDS, Speed};

/// A button with an icon for an action, as `win.play`.
#[must_use]
pub fn icon_button(icon: &str, tooltip: &str, action: &str) -> gtk::Button {
    let button: gtk::Button = named(tooltip);
    button.set_icon_name(icon);
    button.set_tooltip_text(Some(tooltip));
    button.set_action_name(Some(action));
    button.set_focus_on_click(false);
    button
}

/// A list of the [`SPEEDS`].
#[must_use]
pub fn speed_choice() -> gtk::DropDown {
    let labels = SPEEDS.map(Speed::label);
    let labels = gtk::StringList::new(&labels.each_ref().map(String::as_str));
    let choice: gtk::DropDown = named("Speed");
    choice.set_model(Some(&labels));
    choice
}

/// A speed's number in [`SPEEDS`]; 0 for one that is not in it.
#[must_use]
pub fn speed_number(speed: Speed) -> u32 {
    let number = SPEEDS.iter().position(|other| *other == speed);
    number.unwrap_or_default() as u32
}
