//! Dialogs that ask for a file, and the saves and exports that follow.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use drawing::export;
use gtk::prelude::*;
use outputs::{Kind, Outputs};
use session::{Mark, MovieFile, Run};

use crate::animation::{Animation, EXPORT_SCALE};
use crate::app::App;
use crate::content::Content;
use crate::saving::Saving;

impl App {
    /// Saves the whole run as a movie. Frames that were never played are played first, since a movie's comment describes
    /// its race.
    pub(crate) fn save_movie(self: &Rc<Self>) -> Result<()> {
        // A run that can't be saved is refused before the user chooses a name.
        let name = self.with_stage(|stage| {
            stage.set_playing(false);
            stage.run().require_no_pokes()?;
            let ending = stage.run().movie_format().ending;
            Ok(format!("{}.{ending}", stage.name))
        })?;
        let game = self.selected.get();
        self.ask_for_file("Save the run as a movie", &name, move |app, path| {
            let (return_to, edits) = app.with_stage(|stage| {
                let run = stage.run_mut();
                let frame = run.frame();
                if !run.is_fully_played() {
                    run.set_goal(run.length());
                }
                Ok((frame, run.edits()))
            })?;
            app.saving.replace(Some(Saving {
                path: path.to_owned(),
                game,
                return_to,
                edits,
            }));
            Ok(())
        });
        Ok(())
    }

    /// Plays on towards the end of the run that is being saved, and saves it there.
    pub(crate) fn continue_saving(&self, deadline: Instant) -> Result<()> {
        let done = self.save_if_played(deadline);
        if !matches!(done, Ok(None)) {
            self.saving.take();
        }
        if let Some(text) = done? {
            self.show_notice(&text);
        }
        Ok(())
    }

    /// Finishes the movie that is being saved, however long its run takes to play.
    pub(crate) fn finish_saving(&self) {
        /// Longer than any run takes.
        const LONG: Duration = Duration::from_secs(24 * 3600);
        while self.saving.borrow().is_some() {
            if let Err(error) = self.continue_saving(Instant::now() + LONG) {
                self.show_error(&error);
            }
        }
    }

    /// Writes the movie if the whole run has been played, and returns the message for the user.
    fn save_if_played(&self, deadline: Instant) -> Result<Option<String>> {
        let saving = self.saving.borrow();
        let saving = saving.as_ref().context("a run is being saved")?;
        let mut games = self.games.borrow_mut();
        let game = games.get_mut(saving.game);
        let game = game.context("the game whose run is saved is there")?;
        let Content::Stage(stage) = &mut game.content else {
            anyhow::bail!("a game that is played elsewhere has no run");
        };
        game.stale = true;
        anyhow::ensure!(
            stage.run().edits() == saving.edits,
            "{}: the run was changed before it was saved: save it again",
            saving.path.display()
        );
        if !stage.run().is_fully_played() {
            stage.travel(deadline)?;
            return Ok(None);
        }
        let movie = stage.run().movie_file()?;
        write_movie(stage.run(), &movie, &self.outputs(), &saving.path)?;
        stage.run_mut().set_goal(saving.return_to);
        game.note_movie();
        Ok(Some(format!(
            "{}: {} frames",
            saving.path.display(),
            movie.frames
        )))
    }

    pub(crate) fn export_picture(self: &Rc<Self>) -> Result<()> {
        let picture = {
            let games = self.games.borrow();
            let game = games
                .get(self.selected.get())
                .context("no game is selected")?;
            game.view.image(self.screens.get(), EXPORT_SCALE)?
        };
        self.ask_for_file("Export the picture", "picture.png", move |app, path| {
            let mut output = app.outputs().begin(path, Kind::PNG)?;
            export::png(&picture, BufWriter::new(&mut output))
                .with_context(|| format!("can't write {}", path.display()))?;
            output.commit()?;
            app.show_notice(&format!("{}: written", path.display()));
            Ok(())
        });
        Ok(())
    }

    /// Exports the frames from the first bookmark to the last, if there are two; else from the race to the end of the run.
    pub(crate) fn export_animation(self: &Rc<Self>) -> Result<()> {
        let game = self.selected.get();
        let (frames, frame_rate, now) = self.with_stage(|stage| {
            stage.set_playing(false);
            let run = stage.run();
            let race = run.places(Mark::Race).first().copied();
            let marks = run.bookmarks();
            let frames = match (marks.first_key_value(), marks.last_key_value()) {
                (Some((first, _)), Some((last, _))) if first < last => *first..*last + 1,
                _ => race.unwrap_or_default()..run.length() + 1,
            };
            Ok((frames, stage.hardware().frame_rate, run.frame()))
        })?;
        let size = self
            .visible_screens()
            .size()
            .map(|side| side as u32 * EXPORT_SCALE);
        let title = format!(
            "Export frames {} to {} as .gif, .mp4 or .webm",
            frames.start.saturating_sub(1),
            frames.end.saturating_sub(2)
        );
        self.ask_for_file(&title, "run.gif", move |app, path| {
            let animation = Animation::begin(
                &app.outputs(),
                path,
                frames.clone(),
                size,
                frame_rate,
                (game, now),
            )?;
            *app.animation.borrow_mut() = Some(animation);
            Ok(())
        });
        Ok(())
    }

    /// Saves the run's movie into a folder, and its corrections as a dataset there.
    pub(crate) fn save_corrections(self: &Rc<Self>) -> Result<()> {
        let (movie, has_corrections) = self.with_stage(|stage| {
            stage.set_playing(false);
            let run = stage.run();
            Ok((run.movie_file()?, !run.corrections().is_empty()))
        })?;
        anyhow::ensure!(
            has_corrections,
            "no corrections so far: take the controls (F2), or press a key while the agent drives"
        );
        let opener = self.opener.clone();
        let opener = opener.context("this window shows work that is done elsewhere")?;
        self.ask_for_file(
            "Save the corrections as a dataset",
            "corrections",
            move |app, folder| {
                let movies = folder.join("movies");
                std::fs::create_dir_all(&movies)
                    .with_context(|| format!("can't make {}", movies.display()))?;
                let path = app.with_stage(|stage| {
                    let path = free_name(&movies, stage.run().movie_format().ending);
                    write_movie(stage.run(), &movie, &app.outputs(), &path)?;
                    Ok(path)
                })?;
                let rom = app.rom.borrow().clone();
                let rows = opener.add_corrections(rom.as_deref(), &path, folder)?;
                if let Some(game) = app.games.borrow_mut().get_mut(app.selected.get()) {
                    game.note_movie();
                }
                app.show_notice(&format!("{}: {rows} rows of corrections", folder.display()));
                Ok(())
            },
        );
        Ok(())
    }

    /// Asks the user for a path and calls `save` with it.
    pub(crate) fn ask_for_file(
        self: &Rc<Self>,
        title: &str,
        name: &str,
        save: impl Fn(&Rc<Self>, &Path) -> Result<()> + 'static,
    ) {
        let dialog = gtk::FileChooserNative::builder()
            .title(title)
            .action(gtk::FileChooserAction::Save)
            .transient_for(&self.window)
            .modal(true)
            .build();
        dialog.set_current_name(name);
        let weak = Rc::downgrade(self);
        // Keeps the dialog alive until it is answered.
        let alive = dialog.clone();
        dialog.connect_response(move |dialog, answer| {
            let _ = &alive;
            let path = dialog.file().and_then(|file| file.path());
            dialog.destroy();
            let (Some(app), Some(path)) = (weak.upgrade(), path) else {
                return;
            };
            if answer == gtk::ResponseType::Accept
                && let Err(error) = save(&app, &path)
            {
                app.show_error(&error);
            }
            app.area.grab_focus();
        });
        dialog.show();
    }

    pub(crate) fn show_about(&self) -> Result<()> {
        gtk::AboutDialog::builder()
            .transient_for(&self.window)
            .modal(true)
            .program_name("kartscope")
            .version(env!("CARGO_PKG_VERSION"))
            .comments("Reads, drives and learns Mario Kart from the inside.")
            .license_type(gtk::License::Gpl30)
            .logo_icon_name("input-gaming")
            .build()
            .present();
        Ok(())
    }
}

/// Writes the state that a run's movie starts from, then the movie: there is never a movie without its state.
fn write_movie(run: &dyn Run, file: &MovieFile, outputs: &Outputs, path: &Path) -> Result<()> {
    let kind = Kind {
        is_one: run.movie_format().is_one,
        ..Kind::MOVIE
    };
    let mut movie = outputs.begin(path, kind)?;
    if let Some(state) = &file.state {
        let place = run.state_path(path, state)?;
        // The same state may be there already.
        if !place.exists() {
            outputs::write(&place, Kind::NEW, state)?;
        }
    }
    let written = movie.write_all(&file.movie);
    written.with_context(|| format!("can't write {}", path.display()))?;
    Ok(movie.commit()?)
}

/// A path in a folder that does not exist yet.
fn free_name(folder: &Path, ending: &str) -> PathBuf {
    let mut number = 1;
    loop {
        let path = folder.join(format!("run-{number}.{ending}"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}
