//! The commands of the window: each is an action, and a menu entry or a key.

use std::rc::Rc;

use gtk::gio;
use gtk::prelude::*;
use learn::cleaning::{Among, OutsideRace, near_duplicates};

use crate::viewer::Viewer;

/// Two small grey pictures that differ by at most this many levels of 255 are near-duplicates.
const NEAR: f32 = 2.0;

/// A command.
struct Command {
    /// The name of its action, without `win.`.
    name: &'static str,
    label: &'static str,
    /// Its keys, as GTK names them.
    keys: &'static [&'static str],
    act: fn(&Rc<Viewer>),
}

macro_rules! commands {
    ($($name:literal, $label:literal, $keys:expr, $act:expr;)*) => {
        &[$(Command { name: $name, label: $label, keys: &$keys, act: $act }),*]
    };
}

/// All commands, in the sections of the menu.
const SECTIONS: [&[Command]; 4] = [
    commands![
        "play", "Play or pause", ["space", "Pause"], |viewer| viewer.toggle_playing();
        "forward", "One row on", ["Right", "period"], |viewer| viewer.go_by(1);
        "back", "One row back", ["Left", "comma"], |viewer| viewer.go_by(-1);
        "second-forward", "One second on", ["Page_Down"], |viewer| viewer.go_by(viewer.rows_a_second());
        "second-back", "One second back", ["Page_Up"], |viewer| viewer.go_by(-viewer.rows_a_second());
        "next-movie", "To the next movie", ["Down", "<Control>Page_Down"], |viewer| viewer.go_to_movie(1);
        "previous-movie", "To the movie before", ["Up", "<Control>Page_Up"], |viewer| viewer.go_to_movie(-1);
        "start", "To the first row", ["Home"], |viewer| viewer.go_to(0);
        "end", "To the last row", ["End"], |viewer| viewer.go_to(usize::MAX);
        "slower", "Slower", ["minus", "KP_Subtract"], |viewer| viewer.change_speed(-1);
        "faster", "Faster", ["equal", "plus", "KP_Add"], |viewer| viewer.change_speed(1);
    ],
    commands![
        "mark", "Mark the row, or no longer", ["x"], |viewer| viewer.mark_row();
        "mark-range", "Mark the rows since the last mark alike", ["<Shift>x"], |viewer| viewer.mark_range();
        "mark-duplicates", "Mark near-duplicates in a row", ["<Control>d"], |viewer| {
            viewer.find("near-duplicates", |dataset| near_duplicates(dataset, NEAR, Among::Consecutive));
        };
        "mark-all-duplicates", "Mark all near-duplicates", ["<Control><Shift>d"], |viewer| {
            viewer.find("near-duplicates", |dataset| near_duplicates(dataset, NEAR, Among::All));
        };
        "mark-outside", "Mark rows outside the race", ["<Control>r"], |viewer| {
            viewer.find("rows outside the race", |dataset| Ok(OutsideRace::of(dataset)?.all()));
        };
        "next-mark", "To the next marked row", ["n"], |viewer| viewer.go_to_mark(true);
        "previous-mark", "To the marked row before", ["<Shift>n"], |viewer| viewer.go_to_mark(false);
    ],
    commands![
        "undo", "Undo the last change of marks", ["<Control>z"], |viewer| viewer.undo();
        "redo", "Redo it", ["<Control><Shift>z"], |viewer| viewer.redo();
    ],
    commands![
        "save", "Save: remove the marked rows…", ["<Control>s"], |viewer| viewer.save();
        "close", "Close", ["<Control>w", "<Control>q"], |viewer| viewer.close();
    ],
];

/// The menu of all commands.
pub(crate) fn menu() -> gio::Menu {
    let menu = gio::Menu::new();
    for commands in SECTIONS {
        let section = gio::Menu::new();
        for command in commands {
            section.append(Some(command.label), Some(&action_of(command)));
        }
        menu.append_section(None, &section);
    }
    menu
}

fn action_of(command: &Command) -> String {
    format!("win.{}", command.name)
}

/// Makes the actions of the window, and their keys. The picture has the keys that move within a list or press a button
/// elsewhere.
pub(crate) fn install(viewer: &Rc<Viewer>) {
    let keys = gtk::ShortcutController::new();
    for command in SECTIONS.into_iter().flatten() {
        let action = gio::SimpleAction::new(command.name, None);
        let weak = Rc::downgrade(viewer);
        action.connect_activate(move |_, _| {
            if let Some(viewer) = weak.upgrade() {
                (command.act)(&viewer);
            }
        });
        viewer.window.add_action(&action);
        let name = action_of(command);
        let (everywhere, here): (Vec<&str>, Vec<&str>) = command
            .keys
            .iter()
            .partition(|key| key.starts_with("<Control>"));
        viewer.application.set_accels_for_action(&name, &everywhere);
        for key in here {
            let trigger = gtk::ShortcutTrigger::parse_string(key);
            let act = gtk::ShortcutAction::parse_string(&format!("action({name})"));
            keys.add_shortcut(gtk::Shortcut::new(trigger, act));
        }
    }
    viewer.picture.add_controller(keys);
}
