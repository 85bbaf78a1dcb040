//! The session's file: saved by the user, and automatically.

use std::path::Path;
use std::rc::Rc;

use anyhow::Result;
use gtk::glib::Propagation;
use gtk::prelude::*;
use outputs::Kind;
use session::file::{SavedGame, is_session};

use crate::app::App;
use crate::autosave::{Autosave, Document};
use crate::content::Content;
use crate::opener::Request;

/// The question before a session is replaced or closed.
const QUESTION: &str = "Save the session?";
/// The file name extension of sessions.
const ENDING: &str = "kartscope";
/// The kind of file that a session may replace.
const SESSION: Kind = Kind {
    name: "a session",
    is_one: is_session,
};

/// What to do once the session is saved or discarded.
type Continuation = Box<dyn FnOnce(&Rc<App>)>;

impl App {
    /// Everything that a session's file holds.
    pub(crate) fn document(&self) -> Document {
        let games = self.games.borrow();
        let games = games.iter().filter_map(|game| match &game.content {
            Content::Stage(stage) => Some(SavedGame {
                name: stage.name.clone(),
                is_driven: stage.accepts_input(),
                session: stage.run().to_file(),
            }),
            Content::Feed(_) => None,
        });
        let on = self
            .toggles
            .iter()
            .filter(|toggle| toggle.button.is_active());
        let rom = self.rom.borrow();
        let rom = rom
            .as_ref()
            .map(|rom| std::path::absolute(rom).unwrap_or_else(|_| rom.clone()));
        Document {
            rom: rom.and_then(|rom| Some(rom.to_str()?.to_owned())),
            selected: self.selected.get(),
            pins: self.settings.borrow().pinned.clone(),
            overlays: on.map(|toggle| toggle.info.name.to_owned()).collect(),
            games: games.collect(),
        }
    }

    /// The sum of the games' counts of changes.
    fn changes(&self) -> u64 {
        let games = self.games.borrow();
        let changes = games.iter().map(|game| match &game.content {
            Content::Stage(stage) => stage.run().changes(),
            Content::Feed(_) => 0,
        });
        changes.sum()
    }

    /// Whether a game has changes that are in no file.
    pub(crate) fn is_unsaved(&self) -> bool {
        let games = self.games.borrow();
        games.iter().any(|game| match &game.content {
            Content::Stage(stage) => stage.is_unsaved(game.saved),
            Content::Feed(_) => false,
        })
    }

    /// Marks all games as saved.
    pub(crate) fn mark_saved(&self) {
        for game in self.games.borrow_mut().iter_mut() {
            if let Content::Stage(stage) = &game.content {
                game.saved = stage.run().changes();
            }
        }
    }

    /// Writes the session into the user's state folder from time to time while it has unsaved changes.
    pub(crate) fn autosave_session(&self) {
        let is_unsaved = self.is_unsaved();
        let kept = match &mut *self.autosave.borrow_mut() {
            Some(autosave) if is_unsaved => {
                autosave.write_if_due(self.changes(), || self.document())
            }
            Some(autosave) => autosave.forget(self.changes()),
            None => Ok(()),
        };
        if let Err(error) = kept {
            self.show_error(&error);
        }
    }

    /// Writes the session there now: the window is about to close.
    fn autosave_now(&self) -> Result<()> {
        let is_unsaved = self.is_unsaved();
        match &mut *self.autosave.borrow_mut() {
            Some(autosave) if is_unsaved => autosave.write_now(&self.document()),
            Some(autosave) => autosave.forget(self.changes()),
            None => Ok(()),
        }
    }

    /// Lets the window close if nothing is lost by that; else asks whether to save the session.
    pub(crate) fn close_or_ask(self: &Rc<Self>) -> Propagation {
        self.finish_saving();
        if !self.may_close.get() && self.is_unsaved() {
            self.when_saved_or_discarded(|app| {
                app.may_close.set(true);
                app.window.close();
            });
            return Propagation::Stop;
        }
        if let Err(error) = self.autosave_now() {
            // The window, which shows errors otherwise, is closing.
            gtk::glib::g_warning!("kartscope", "the session is not kept: {error:#}");
        }
        self.save_settings();
        Propagation::Proceed
    }

    /// Closes the window without a question: the next window finds the session in the state folder.
    pub(crate) fn close_at_once(&self) {
        self.may_close.set(true);
        self.window.close();
    }

    /// Opens the session of a window that ended without saving.
    pub(crate) fn open_recovered_session(self: &Rc<Self>) {
        let Some(left) = self.recovered.take() else {
            return;
        };
        self.open_request(Request::Session(left.bytes));
        if self.games.borrow().is_empty() {
            // The session stays in its file, and an error is shown; this window writes to another file.
            let place = Autosave::claim(false).inspect_err(|error| self.show_error(error));
            self.autosave.replace(place.ok().map(|(place, _)| place));
            return;
        }
        for game in self.games.borrow_mut().iter_mut() {
            game.saved = u64::MAX;
        }
        self.show_notice(&format!(
            "open again: this session was not saved before its window ended; {} has it until it is saved or discarded",
            left.path.display()
        ));
    }

    /// Saves the session in its file; asks for a path if it has none.
    pub(crate) fn save_session(self: &Rc<Self>) -> Result<()> {
        self.save_session_then(Box::new(|_| {}))
    }

    fn save_session_then(self: &Rc<Self>, then: Continuation) -> Result<()> {
        let path = self.session_path.borrow().clone();
        if let Some(path) = path {
            self.write_session(&path)?;
            then(self);
            return Ok(());
        }
        let name = self.with_stage(|stage| Ok(format!("{}.{ENDING}", stage.name)))?;
        let then = std::cell::Cell::new(Some(then));
        self.ask_for_file("Save the session", &name, move |app, path| {
            app.write_session(path)?;
            if let Some(then) = then.take() {
                then(app);
            }
            Ok(())
        });
        Ok(())
    }

    fn write_session(self: &Rc<Self>, path: &Path) -> Result<()> {
        let bytes = self.document().to_bytes()?;
        outputs::write(path, SESSION, &bytes)?;
        self.session_path.replace(Some(path.to_owned()));
        self.remember_file(path);
        self.mark_saved();
        self.show_notice(&format!("{}: the session", path.display()));
        Ok(())
    }

    /// Calls `then`, which ends the session, once the session is saved or discarded.
    pub(crate) fn when_saved_or_discarded(self: &Rc<Self>, then: impl FnOnce(&Rc<Self>) + 'static) {
        self.finish_saving();
        if !self.is_unsaved() {
            then(self);
            return;
        }
        self.pause();
        let dialog = gtk::MessageDialog::builder()
            .title(QUESTION)
            .text(QUESTION)
            .secondary_text("Its run, its branches, bookmarks and slots are in no file yet.")
            .transient_for(&self.window)
            .modal(true)
            .build();
        dialog.add_button("_Discard", gtk::ResponseType::Reject);
        dialog.add_button("_Cancel", gtk::ResponseType::Cancel);
        dialog.add_button("_Save", gtk::ResponseType::Accept);
        dialog.set_default_response(gtk::ResponseType::Accept);
        let then: std::cell::Cell<Option<Continuation>> =
            std::cell::Cell::new(Some(Box::new(then)));
        let weak = Rc::downgrade(self);
        dialog.connect_response(move |dialog, answer| {
            dialog.destroy();
            let (Some(app), Some(then)) = (weak.upgrade(), then.take()) else {
                return;
            };
            let done = match answer {
                gtk::ResponseType::Accept => app.save_session_then(then),
                gtk::ResponseType::Reject => {
                    app.mark_saved();
                    then(&app);
                    Ok(())
                }
                _ => Ok(()),
            };
            if let Err(error) = done {
                app.show_error(&error);
            }
        });
        dialog.present();
    }
}
