//! Opening new games and files, and the list of recent files.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context as _, Result, anyhow};
use gtk::prelude::*;
use gtk::{gdk, gio};
use outputs::Outputs;

use crate::accessible::named;
use crate::app::App;
use crate::content::Content;
use crate::opener::{Games, Opened, Request, WindowState};

/// The most recent files that the settings keep.
const RECENT: usize = 10;

impl App {
    /// Asks for the course of a new game.
    pub(crate) fn new_game(self: &Rc<Self>) -> Result<()> {
        self.open_request(Request::New);
        Ok(())
    }

    /// Asks for files.
    pub(crate) fn open_files(self: &Rc<Self>) -> Result<()> {
        let dialog = gtk::FileChooserNative::builder()
            .title("Open movies, a save, a state, a ROM, a session or a model")
            .action(gtk::FileChooserAction::Open)
            .select_multiple(true)
            .transient_for(&self.window)
            .modal(true)
            .build();
        let weak = Rc::downgrade(self);
        // The dialog lives as long as its answer is waited for.
        let alive = dialog.clone();
        dialog.connect_response(move |dialog, answer| {
            let _ = &alive;
            let files = dialog.files();
            dialog.destroy();
            let Some(app) = weak.upgrade() else {
                return;
            };
            let files = (0..files.n_items()).filter_map(|number| {
                let file = files.item(number).and_downcast::<gio::File>()?;
                file.path()
            });
            let files: Vec<PathBuf> = files.collect();
            if answer == gtk::ResponseType::Accept {
                app.open_paths(files);
            }
            app.area.grab_focus();
        });
        dialog.show();
        Ok(())
    }

    /// Opens a file that was opened before.
    pub(crate) fn open_recent(self: &Rc<Self>, number: usize) -> Result<()> {
        let path = self.settings.borrow().recent.get(number).cloned();
        let path = path.context("no file was opened there before")?;
        self.open_request(Request::Files(vec![path.into()]));
        Ok(())
    }

    /// Opens files that are dropped on the window.
    pub(crate) fn connect_drop(self: &Rc<Self>) {
        let target = gtk::DropTarget::new(gdk::FileList::static_type(), gdk::DragAction::COPY);
        let weak = Rc::downgrade(self);
        target.connect_drop(move |_, value, _, _| {
            let (Some(app), Ok(files)) = (weak.upgrade(), value.get::<gdk::FileList>()) else {
                return false;
            };
            let files = files.files();
            let paths: Vec<PathBuf> = files
                .iter()
                .filter_map(gio::prelude::FileExt::path)
                .collect();
            app.open_paths(paths);
            true
        });
        self.window.add_controller(target);
    }

    /// Opens the files that the user chose or dropped.
    fn open_paths(self: &Rc<Self>, paths: Vec<PathBuf>) {
        match paths.is_empty() {
            true => self.show_error(&anyhow!("expected files of this machine, found none")),
            false => self.open_request(Request::Files(paths)),
        }
    }

    /// Replaces the games with those of a request, once the session is saved or discarded.
    pub(crate) fn open_request(self: &Rc<Self>, request: Request) {
        let rom = self.rom.borrow().clone();
        self.open_request_on(request, rom.as_deref());
    }

    /// Like [`open_request`](Self::open_request), on another ROM.
    fn open_request_on(self: &Rc<Self>, request: Request, rom: Option<&Path>) {
        if let Err(error) = self.try_open_request(request, rom) {
            self.show_error(&error);
        }
    }

    fn try_open_request(self: &Rc<Self>, request: Request, rom: Option<&Path>) -> Result<()> {
        let opener = self.opener.clone();
        let opener = opener.context("this window shows work that is done elsewhere")?;
        let opened = opener.open(&request, rom).context(title_of(&request))?;
        self.remember_files(&request);
        match opened {
            Opened::Choice {
                title,
                options,
                rom,
            } => self.choose(&title, options, rom),
            Opened::Games(games) => {
                self.when_saved_or_discarded(move |app| app.show_opened(games, &request));
            }
        }
        Ok(())
    }

    fn show_opened(self: &Rc<Self>, games: Games, request: &Request) {
        let contents = games.stages.into_iter();
        let contents = contents.map(|stage| Content::Stage(Box::new(stage)));
        if let Err(error) = self.set_games(contents.collect()) {
            self.show_error(&error);
            return;
        }
        self.session_path
            .replace(match (request, &games.window_state) {
                (Request::Files(paths), Some(_)) => paths.first().cloned(),
                _ => None,
            });
        if let Some(state) = games.window_state {
            self.restore_window_state(&state);
        }
        self.inputs.borrow_mut().extend(games.rom.clone());
        self.rom.replace(games.rom);
        self.set_sound_on(games.sound);
        self.area.grab_focus();
    }

    fn restore_window_state(&self, state: &WindowState) {
        self.select(state.selected);
        self.set_pinned(&state.pins);
        for toggle in &self.toggles {
            let is_on = state.overlays.iter().any(|name| name == toggle.info.name);
            toggle.button.set_active(is_on);
        }
    }

    fn remember_files(&self, request: &Request) {
        let paths: &[PathBuf] = match request {
            Request::Files(paths) => paths,
            Request::Save(path) | Request::Ghost { save: path, .. } => std::slice::from_ref(path),
            _ => return,
        };
        self.inputs.borrow_mut().extend_from_slice(paths);
        for path in paths {
            self.remember_file(path);
        }
    }

    /// The outputs of the window: they refuse to replace a file that was opened.
    pub(crate) fn outputs(&self) -> Outputs {
        Outputs::of_command(self.inputs.borrow().iter())
    }

    /// Puts a file first in the recent files. A path that is not valid UTF-8 is left out, since the settings are text.
    pub(crate) fn remember_file(&self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let Some(name) = path.to_str().map(str::to_owned) else {
            return;
        };
        let mut settings = self.settings.borrow_mut();
        settings.recent.retain(|other| *other != name);
        settings.recent.insert(0, name);
        settings.recent.truncate(RECENT);
        drop(settings);
        self.list_recent();
    }

    /// Lists the recent files, in the menu and on the start page.
    pub(crate) fn list_recent(&self) {
        self.recent_menu.remove_all();
        let recent = self.settings.borrow().recent.clone();
        while let Some(child) = self.recent_list.first_child() {
            self.recent_list.remove(&child);
        }
        for (number, path) in (0i32..).zip(&recent) {
            let name = Path::new(path).file_name().unwrap_or_default();
            let name = name.to_string_lossy().replace('_', "__");
            let item = gio::MenuItem::new(Some(&name), None);
            item.set_action_and_target_value(Some("win.recent"), Some(&number.to_variant()));
            self.recent_menu.append_item(&item);
            let label = gtk::Label::builder()
                .label(path)
                .ellipsize(gtk::pango::EllipsizeMode::Start)
                .max_width_chars(60)
                .xalign(0.0)
                .build();
            let button: gtk::Button = named(path);
            button.set_child(Some(&label));
            button.set_has_frame(false);
            button.set_action_name(Some("win.recent"));
            button.set_action_target_value(Some(&number.to_variant()));
            button.set_tooltip_text(Some(path));
            self.recent_list.append(&button);
        }
        self.recent_heading.set_visible(!recent.is_empty());
    }

    /// Asks the user to choose one of several requests.
    fn choose(self: &Rc<Self>, title: &str, options: Vec<(String, Request)>, rom: Option<PathBuf>) {
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::Browse)
            .css_classes(["choice"])
            .build();
        for (name, _) in &options {
            let label = gtk::Label::builder().label(name).xalign(0.0).build();
            list.append(&label);
        }
        list.select_row(list.row_at_index(0).as_ref());
        let scroller = gtk::ScrolledWindow::builder()
            .child(&list)
            .hscrollbar_policy(gtk::PolicyType::Never)
            .propagate_natural_height(true)
            .max_content_height(480)
            .build();
        let dialog = gtk::Window::builder()
            .title(title)
            .transient_for(&self.window)
            .modal(true)
            .default_width(380)
            .child(&scroller)
            .build();
        let keys = gtk::EventControllerKey::new();
        keys.connect_key_pressed({
            let dialog = dialog.downgrade();
            move |_, key, _, _| match (key, dialog.upgrade()) {
                (gdk::Key::Escape, Some(dialog)) => {
                    dialog.close();
                    gtk::glib::Propagation::Stop
                }
                _ => gtk::glib::Propagation::Proceed,
            }
        });
        dialog.add_controller(keys);
        let weak = Rc::downgrade(self);
        let closing = dialog.downgrade();
        list.connect_row_activated(move |_, row| {
            let number = usize::try_from(row.index()).ok();
            let option = number.and_then(|number| options.get(number));
            if let Some(dialog) = closing.upgrade() {
                dialog.close();
            }
            if let (Some(app), Some((_, request))) = (weak.upgrade(), option) {
                app.open_request_on(request.clone(), rom.as_deref());
            }
        });
        dialog.present();
        if let Some(row) = list.row_at_index(0) {
            row.grab_focus();
        }
    }
}

/// What a request does, as the context of its error.
fn title_of(request: &Request) -> String {
    match request {
        Request::New | Request::PowerOn | Request::Race(_) => "beginning a game".to_owned(),
        Request::Files(paths) => match paths.as_slice() {
            [path] => format!("opening {}", path.display()),
            paths => format!("opening {} files", paths.len()),
        },
        Request::Save(path) | Request::Ghost { save: path, .. } => {
            format!("opening {}", path.display())
        }
        Request::Model { folder, .. } => format!("opening {}", folder.display()),
        Request::Session(_) => "opening the session that was left".to_owned(),
    }
}
