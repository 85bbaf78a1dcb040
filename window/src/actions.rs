//! Everything that can be done in the window, in one table: actions, menu entries, shortcuts.

use std::rc::Rc;

use gtk::gio;
use gtk::prelude::*;

use crate::app::App;

/// Something that can be done.
pub(crate) struct Deed {
    /// Its action, without `win.`.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// Keys that do it, in GTK's form.
    pub(crate) keys: &'static [&'static str],
    /// Does it.
    act: fn(&Rc<App>) -> anyhow::Result<()>,
}

/// A heading of the shortcuts window, and what is under it.
pub(crate) struct Group {
    /// The heading.
    pub(crate) title: &'static str,
    /// Whether it needs a game that is played here, not one that is only watched.
    is_for_stages: bool,
    /// What is under it.
    pub(crate) deeds: &'static [Deed],
}

macro_rules! deeds {
    ($($name:literal, $label:literal, $keys:expr, $act:expr;)*) => {
        &[$(Deed { name: $name, label: $label, keys: &$keys, act: $act }),*]
    };
}

/// All there is but for what has a number: slots and overlays. Game keys are letters, Space, Return and the arrows.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        title: "Time",
        is_for_stages: true,
        deeds: deeds![
            "play", "Play or pause", ["Pause", "F5"], |app| app.toggle_playing();
            "forward", "One frame on", ["period", "F6"], |app| app.advance();
            "back", "One frame back", ["comma", "F4"], |app| app.go_by(-1);
            "second-forward", "One second on", ["Page_Down"], |app| app.go_by(60);
            "second-back", "One second back", ["Page_Up"], |app| app.go_by(-60);
            "start", "To the start", ["Home"], |app| app.go_to(0);
            "end", "To the end", ["End"], |app| app.go_to(u64::MAX);
            "race", "To the race", ["<Control>Home"], |app| app.go_to_race();
            "slower", "Slower", ["minus", "KP_Subtract"], |app| app.change_speed(-1);
            "faster", "Faster", ["equal", "plus", "KP_Add"], |app| app.change_speed(1);
        ],
    },
    Group {
        title: "Run",
        is_for_stages: true,
        deeds: deeds![
            "take", "Take the controls, or give them back", ["F2"], |app| app.toggle_controls();
            "undo", "Undo the last branching or writing", ["<Control>z"], |app| app.undo();
            "redo", "Redo it", ["<Control><Shift>z"], |app| app.redo();
            "branch", "To the next of the runs that were left", ["<Control>j"], |app| app.switch_to_next_branch();
            "bookmark", "Set or take away a bookmark", ["<Control>b"], |app| app.toggle_bookmark();
            "save-movie", "Save the run as a movie…", ["<Control>s"], |app| app.save_movie();
            "save-corrections", "Save the corrections…", ["<Control><Shift>s"], |app| app.save_corrections();
        ],
    },
    Group {
        title: "Pictures",
        is_for_stages: false,
        deeds: deeds![
            "export-picture", "Export the picture…", ["<Control>e"], |app| app.export_picture();
            "export-animation", "Export the run as GIF or video…", ["<Control><Shift>e"], |app| app.export_animation();
        ],
    },
    Group {
        title: "Window",
        is_for_stages: false,
        deeds: deeds![
            "screens", "Both screens, or one", ["F8"], |app| app.toggle_screens();
            "panel", "Side panel", ["F9"], |app| app.toggle_panel();
            "search", "Search fields", ["<Control>f"], |app| app.search_fields();
            "fullscreen", "Full screen", ["F11"], |app| app.toggle_fullscreen();
            "next-game", "The next game", ["<Control>Tab"], |app| app.select_next();
            "sound", "Sound", ["<Control>m"], |app| app.toggle_sound();
            "keys", "Keys and controllers…", ["<Control>k"], |app| app.show_bindings();
            "shortcuts", "Keyboard shortcuts", ["<Control>question", "F1"], |app| app.show_shortcuts();
            "about", "About kartscope", [], |app| app.show_about();
            "close", "Close", ["<Control>w", "<Control>q"], |app| app.close();
        ],
    },
];

/// Makes the actions of the window, and their keys.
pub(crate) fn install(app: &Rc<App>) {
    let plain = gtk::ShortcutController::new();
    for group in GROUPS {
        for deed in group.deeds {
            let action = add(app, deed.name, None, move |app, _| (deed.act)(app));
            action.set_enabled(app.has_stage() || !group.is_for_stages);
            set_keys(app, &plain, &format!("win.{}", deed.name), deed.keys);
        }
    }
    let number = Some(gtk::glib::VariantTy::INT32);
    add(app, "load-slot", number, |app, slot| app.load_slot(slot));
    add(app, "save-slot", number, |app, slot| app.save_slot(slot));
    add(app, "overlay", number, |app, number| {
        app.toggle_overlay(number);
        Ok(())
    });
    for digit in 0..10 {
        // Overlays are counted from 1, as the keys lie; ten is on 0.
        let overlay = (digit + 9) % 10;
        for (action, key) in [
            (
                format!("win.load-slot({digit})"),
                format!("<Control>{digit}"),
            ),
            (format!("win.save-slot({digit})"), format!("<Alt>{digit}")),
            (format!("win.overlay({overlay})"), format!("{digit}")),
        ] {
            set_keys(app, &plain, &action, &[&key]);
        }
    }
    app.window.add_controller(plain);
}

/// Binds keys to an action. GTK gives an application's keys to it before anything else: those that write a letter go
/// to what has the focus first, which may be an entry.
fn set_keys(app: &App, plain: &gtk::ShortcutController, action: &str, keys: &[&str]) {
    let is_function = |key: &str| key.starts_with('F') && key.len() > 1;
    let (early, late): (Vec<&str>, Vec<&str>) = keys
        .iter()
        .partition(|key| key.starts_with('<') || is_function(key));
    app.application.set_accels_for_action(action, &early);
    for key in late {
        let Some(trigger) = gtk::ShortcutTrigger::parse_string(key) else {
            continue;
        };
        let act = gtk::ShortcutAction::parse_string(&format!("action({action})"));
        plain.add_shortcut(gtk::Shortcut::new(Some(trigger), act));
    }
}

fn add(
    app: &Rc<App>,
    name: &str,
    parameter: Option<&gtk::glib::VariantTy>,
    act: impl Fn(&Rc<App>, usize) -> anyhow::Result<()> + 'static,
) -> gio::SimpleAction {
    let action = gio::SimpleAction::new(name, parameter);
    let weak = Rc::downgrade(app);
    action.connect_activate(move |_, parameter| {
        let Some(app) = weak.upgrade() else {
            return;
        };
        let number = parameter.and_then(gtk::glib::Variant::get::<i32>);
        let number = number.and_then(|number| usize::try_from(number).ok());
        if let Err(error) = act(&app, number.unwrap_or_default()) {
            app.complain(&error);
        }
    });
    app.window.add_action(&action);
    action
}
