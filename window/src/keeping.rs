//! The session of the window in its file: saved by the user, and by itself.

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

/// What the question before leaving is called.
const QUESTION: &str = "Save the session?";
/// The ending of sessions' names.
const ENDING: &str = "kartscope";
/// What a session may replace.
const SESSION: Kind = Kind {
    name: "a session",
    is_one: is_session,
};

/// What is done after something else.
type Then = Box<dyn FnOnce(&Rc<App>)>;

impl App {
    /// Everything that a session's file holds.
    pub(crate) fn document(&self) -> Document {
        let games = self.games.borrow();
        let games = games.iter().filter_map(|game| match &game.content {
            Content::Stage(stage) => Some(SavedGame {
                name: stage.name.clone(),
                is_driven: stage.listens(),
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

    /// How often the games have changed, together.
    fn changes(&self) -> u64 {
        let games = self.games.borrow();
        let changes = games.iter().map(|game| match &game.content {
            Content::Stage(stage) => stage.run().changes(),
            Content::Feed(_) => 0,
        });
        changes.sum()
    }

    /// Whether a game has something that is in no file.
    pub(crate) fn is_unsaved(&self) -> bool {
        let games = self.games.borrow();
        games.iter().any(|game| match &game.content {
            Content::Stage(stage) => stage.is_unsaved(game.saved),
            Content::Feed(_) => false,
        })
    }

    /// All that there is now is in a file, or not wanted.
    pub(crate) fn mark_saved(&self) {
        for game in self.games.borrow_mut().iter_mut() {
            if let Content::Stage(stage) = &game.content {
                game.saved = stage.run().changes();
            }
        }
    }

    /// Writes the session into the user's state folder from time to time, as long as it is not saved.
    pub(crate) fn keep(&self) {
        let is_unsaved = self.is_unsaved();
        let kept = match &mut *self.autosave.borrow_mut() {
            Some(autosave) if is_unsaved => autosave.keep(self.changes(), || self.document()),
            Some(autosave) => autosave.forget(self.changes()),
            None => Ok(()),
        };
        if let Err(error) = kept {
            self.complain(&error);
        }
    }

    /// Writes it there now: the window is about to go.
    fn keep_now(&self) -> Result<()> {
        let is_unsaved = self.is_unsaved();
        match &mut *self.autosave.borrow_mut() {
            Some(autosave) if is_unsaved => autosave.keep_now(&self.document()),
            Some(autosave) => autosave.forget(self.changes()),
            None => Ok(()),
        }
    }

    /// The window goes if nothing is lost by that; else it is asked what is to become of the session.
    pub(crate) fn close_or_ask(self: &Rc<Self>) -> Propagation {
        self.finish_saving();
        if !self.may_close.get() && self.is_unsaved() {
            self.before_leaving(|app| {
                app.may_close.set(true);
                app.window.close();
            });
            return Propagation::Stop;
        }
        if let Err(error) = self.keep_now() {
            // There is no place in the window left to say it.
            gtk::glib::g_warning!("kartscope", "the session is not kept: {error:#}");
        }
        self.save_settings();
        Propagation::Proceed
    }

    /// Closes the window without a question: the session is kept where the next window finds it.
    pub(crate) fn close_at_once(&self) {
        self.may_close.set(true);
        self.window.close();
    }

    /// Opens the session that a window which ended too early has left.
    pub(crate) fn open_leftover(self: &Rc<Self>) {
        let Some(left) = self.leftover.take() else {
            return;
        };
        self.leave_for(Request::Session(left.bytes));
        if self.games.borrow().is_empty() {
            // It stays where it is, and what went wrong is told; this window keeps its own elsewhere.
            let place = Autosave::claim(false).inspect_err(|error| self.complain(error));
            self.autosave.replace(place.ok().map(|(place, _)| place));
            return;
        }
        for game in self.games.borrow_mut().iter_mut() {
            game.saved = u64::MAX;
        }
        self.tell(&format!(
            "open again: this session was not saved before its window ended; {} has it until it is saved or discarded",
            left.path.display()
        ));
    }

    /// Saves the session in its file; asks for one where there is none.
    pub(crate) fn save_session(self: &Rc<Self>) -> Result<()> {
        self.save_session_then(Box::new(|_| {}))
    }

    fn save_session_then(self: &Rc<Self>, then: Then) -> Result<()> {
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
        self.tell(&format!("{}: the session", path.display()));
        Ok(())
    }

    /// Does something that ends the session, once that is saved or is not wanted any more.
    pub(crate) fn before_leaving(self: &Rc<Self>, then: impl FnOnce(&Rc<Self>) + 'static) {
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
        let then: std::cell::Cell<Option<Then>> = std::cell::Cell::new(Some(Box::new(then)));
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
                app.complain(&error);
            }
        });
        dialog.present();
    }
}
