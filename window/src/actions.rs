//! The table of the window's commands: each is an action, a menu entry and a shortcut.

use std::rc::Rc;

use gtk::gio;
use gtk::prelude::*;

use session::{Direction, Mark};

use crate::app::{App, KeyTarget, Needs};
use crate::command::{Command, Group};
use crate::shortcuts;

macro_rules! commands {
    ($($name:literal, $label:literal, $keys:expr, $act:expr;)*) => {
        &[$(Command { name: $name, label: $label, keys: &$keys, act: $act }),*]
    };
}

/// All commands except those with a number: slots, recent files and overlays. Letters, Space, Return and the arrows are
/// left to the game.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        title: "Files",
        needs: Needs::Opener,
        commands: commands![
            "new", "New game…", ["<Control>n"], |app| app.new_game();
            "open", "Open…", ["<Control>o"], |app| app.open_files();
        ],
    },
    Group {
        title: "Time",
        needs: Needs::Stage,
        commands: commands![
            "play", "Play or pause", ["Pause", "F5"], |app| app.toggle_playing();
            "forward", "One frame on", ["period", "F6"], |app| app.advance();
            "back", "One frame back", ["comma", "F4"], |app| app.go_by(-1);
            "second-forward", "One second on", ["Page_Down"], |app| app.go_by(60);
            "second-back", "One second back", ["Page_Up"], |app| app.go_by(-60);
            "start", "To the start", ["Home"], |app| app.go_to(0);
            "end", "To the end", ["End"], |app| app.go_to(u64::MAX);
            "race", "To the race", ["<Control>Home"], |app| app.go_to_mark(Mark::Race, Direction::Forward);
            "next-checkpoint", "To the next checkpoint", ["<Shift>Page_Down"], |app| app.go_to_mark(Mark::Checkpoint, Direction::Forward);
            "previous-checkpoint", "To the checkpoint before", ["<Shift>Page_Up"], |app| app.go_to_mark(Mark::Checkpoint, Direction::Backward);
            "next-lap", "To the next lap", ["<Alt>Page_Down"], |app| app.go_to_mark(Mark::Lap, Direction::Forward);
            "previous-lap", "To the lap before", ["<Alt>Page_Up"], |app| app.go_to_mark(Mark::Lap, Direction::Backward);
            "go-to", "Go to a frame…", ["<Control>g"], |app| app.ask_for_frame();
            "slower", "Slower", ["minus", "KP_Subtract"], |app| app.change_speed(-1);
            "faster", "Faster", ["equal", "plus", "KP_Add"], |app| app.change_speed(1);
        ],
    },
    Group {
        title: "Run",
        needs: Needs::Stage,
        commands: commands![
            "take", "Take the controls, or give them back", ["F2"], |app| app.toggle_controls();
            "undo", "Undo the last branching or writing", ["<Control>z"], |app| app.undo();
            "redo", "Redo it", ["<Control><Shift>z"], |app| app.redo();
            "branch", "To the next of the runs that were left", ["<Control>j"], |app| app.switch_to_next_branch();
            "bookmark", "Set or take away a bookmark", ["<Control>b"], |app| app.toggle_bookmark();
            "save-session", "Save the session", ["<Control><Alt>s"], |app| app.save_session();
            "save-movie", "Save the run as a movie…", ["<Control>s"], |app| app.save_movie();
            "save-corrections", "Save the corrections…", ["<Control><Shift>s"], |app| app.save_corrections();
        ],
    },
    Group {
        title: "Pictures",
        needs: Needs::Game,
        commands: commands![
            "export-picture", "Export the picture…", ["<Control>e"], |app| app.export_picture();
            "export-animation", "Export the run as GIF or video…", ["<Control><Shift>e"], |app| app.export_animation();
        ],
    },
    Group {
        title: "Games",
        needs: Needs::Game,
        commands: commands![
            "screens", "Both screens, or one", ["F8"], |app| app.toggle_screens();
            "larger", "Larger picture", ["<Control>plus", "<Control>equal", "<Control>KP_Add"], |app| app.change_scale(1);
            "smaller", "Smaller picture", ["<Control>minus", "<Control>KP_Subtract"], |app| app.change_scale(-1);
            "fit", "Picture as large as fits", ["<Control>period"], |app| app.fit_scale();
            "panel", "Side panel", ["F9"], |app| app.toggle_panel();
            "search", "Search fields", ["<Control>f"], |app| app.search_fields();
            "next-game", "The next game", ["<Control>Tab"], |app| app.select_next();
        ],
    },
    Group {
        title: "Window",
        needs: Needs::Nothing,
        commands: commands![
            "fullscreen", "Full screen", ["F11"], |app| app.toggle_fullscreen();
            "sound", "Sound", ["<Control>m"], |app| app.toggle_sound();
            "keys", "Keys and controllers…", ["<Control>k"], |app| app.show_bindings();
            "shortcuts", "Keyboard shortcuts", ["<Control>question", "F1"], |app| shortcuts::show(app, GROUPS);
            "about", "About kartscope", [], |app| app.show_about();
            "close", "Close", ["<Control>w", "<Control>q"], |app| app.close();
        ],
    },
];

/// Makes the actions of the window, and their keys.
pub(crate) fn install(app: &Rc<App>) {
    let shortcuts = Shortcuts::new(app);
    for group in GROUPS {
        for command in group.commands {
            let action = add(app, command.name, None, move |app, _| (command.act)(app));
            app.actions.borrow_mut().push((action, group.needs));
            set_keys(
                app,
                &shortcuts,
                &format!("win.{}", command.name),
                command.keys,
            );
        }
    }
    let number = Some(gtk::glib::VariantTy::INT32);
    add(app, "load-slot", number, |app, slot| app.load_slot(slot));
    add(app, "save-slot", number, |app, slot| app.save_slot(slot));
    add(app, "recent", number, |app, number| app.open_recent(number));
    add(app, "overlay", number, |app, number| {
        app.toggle_overlay(number);
        Ok(())
    });
    for digit in 0..10 {
        // The key 1 is the first overlay, the key 0 the tenth.
        let overlay = (digit + 9) % 10;
        for (action, key) in [
            (
                format!("win.load-slot({digit})"),
                format!("<Control>{digit}"),
            ),
            (format!("win.save-slot({digit})"), format!("<Alt>{digit}")),
            (format!("win.overlay({overlay})"), format!("{digit}")),
        ] {
            set_keys(app, &shortcuts, &action, &[&key]);
        }
    }
    shortcuts.attach(app);
}

/// Shortcuts whose keys write a letter or move within a list: the focused widget gets them first, unless the game gets
/// the keys.
struct Shortcuts {
    early: gtk::ShortcutController,
    late: gtk::ShortcutController,
    app: std::rc::Weak<App>,
}

impl Shortcuts {
    fn new(app: &Rc<App>) -> Self {
        let early = gtk::ShortcutController::new();
        early.set_propagation_phase(gtk::PropagationPhase::Capture);
        Self {
            early,
            late: gtk::ShortcutController::new(),
            app: Rc::downgrade(app),
        }
    }

    fn add(&self, key: &str, action: &str) {
        let trigger = || gtk::ShortcutTrigger::parse_string(key);
        let act = gtk::ShortcutAction::parse_string(&format!("action({action})"));
        let (app, own) = (self.app.clone(), act.clone());
        let while_driving = gtk::CallbackAction::new(move |widget, arguments| {
            let is_driving = app
                .upgrade()
                .is_some_and(|app| app.key_target() == KeyTarget::Game);
            let done = is_driving
                && own.as_ref().is_some_and(|own| {
                    own.activate(gtk::ShortcutActionFlags::empty(), widget, arguments)
                });
            done.into()
        });
        self.early
            .add_shortcut(gtk::Shortcut::new(trigger(), Some(while_driving)));
        self.late.add_shortcut(gtk::Shortcut::new(trigger(), act));
    }

    fn attach(self, app: &App) {
        app.window.add_controller(self.early);
        app.window.add_controller(self.late);
    }
}

/// Binds keys to an action. GTK handles an application's accelerators before the focused widget, which may be an entry:
/// keys that write a letter are therefore no accelerators, but [`Shortcuts`].
fn set_keys(app: &App, shortcuts: &Shortcuts, action: &str, keys: &[&str]) {
    let is_function = |key: &str| key.starts_with('F') && key.len() > 1;
    let (early, late): (Vec<&str>, Vec<&str>) = keys
        .iter()
        .partition(|key| (key.starts_with('<') && !key.starts_with("<Shift>")) || is_function(key));
    app.application.set_accels_for_action(action, &early);
    for key in late {
        shortcuts.add(key, action);
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
            app.show_error(&error);
        }
    });
    app.window.add_action(&action);
    action
}
