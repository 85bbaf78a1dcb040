//! The commands that actions, keys and choices in the panel run.

use std::rc::Rc;

use anyhow::{Context as _, Result};
use gtk::prelude::*;
use machine::{Held, Picture};
use session::{Direction, Mark, SLOTS};

use super::App;
use crate::content::Content;
use crate::game::Change;
use crate::input::BindingsDialog;
use crate::pace::SPEEDS;
use crate::side::Destination;
use crate::sound::Speaker;
use crate::stage::Stage;

/// The largest enlargement of the picture.
const MOST_SCALE: u32 = 8;

impl App {
    pub(crate) fn select(&self, number: usize) {
        self.selected.set(number);
        self.area.queue_draw();
    }

    pub(crate) fn select_next(&self) -> Result<()> {
        self.select((self.selected.get() + 1) % self.games.borrow().len());
        Ok(())
    }

    /// All games play or pause together.
    pub(crate) fn toggle_playing(&self) -> Result<()> {
        let is_playing = self.with_stage(|stage| Ok(stage.is_playing()))?;
        self.each_stage(|stage| stage.set_playing(!is_playing));
        Ok(())
    }

    /// Pauses all games.
    pub(crate) fn pause(&self) {
        self.each_stage(|stage| stage.set_playing(false));
    }

    /// Plays one frame of all games, with the human's input for the selected one.
    pub(crate) fn advance(&self) -> Result<()> {
        let mut number = 0;
        self.each_stage_with(|stage| {
            let is_selected = number == self.selected.get();
            number += 1;
            let mut read_held = || match is_selected {
                true => self.held(),
                false => Held::default(),
            };
            let session = stage.run_mut();
            // While a game goes to a frame, the step counts from that frame.
            if let Some(goal) = session.goal() {
                session.set_goal(goal.saturating_add(1));
                return Ok(());
            }
            stage.play(&mut read_held, Picture::Draw)?;
            Ok(())
        })
    }

    /// Moves all games by some frames, forward or back.
    pub(crate) fn go_by(&self, frames: i64) -> Result<()> {
        self.each_stage_with(|stage| {
            let session = stage.run_mut();
            // Several steps in a row add up.
            let from = session.goal().unwrap_or(session.frame());
            session.set_goal(from.saturating_add_signed(frames));
            Ok(())
        })
    }

    /// Moves all games to a frame, or to their end if they are shorter.
    pub(crate) fn go_to(&self, frame: u64) -> Result<()> {
        self.each_stage_with(|stage| {
            stage.run_mut().set_goal(frame);
            Ok(())
        })
    }

    /// Moves each game to the mark in its own run, so that races can be compared side by side.
    pub(crate) fn go_to_mark(&self, mark: Mark, way: Direction) -> Result<()> {
        self.each_stage_with(|stage| Ok(stage.run_mut().set_goal_at(mark, way)?))
    }

    /// Asks for a frame to go to.
    pub(crate) fn ask_for_frame(&self) -> Result<()> {
        self.go_to.open();
        Ok(())
    }

    /// Moves the selected game to a frame, written as on the command line: `N`, `race`, `race+N`, `end`.
    pub(crate) fn go_to_text(&self, text: &str) -> Result<()> {
        let text = text.trim();
        let number = |digits: &str| {
            let number = digits.parse::<u64>().ok();
            number.with_context(|| {
                format!("expected a frame's number, race, race+N or end, found “{text}”")
            })
        };
        self.with_stage(|stage| {
            stage.set_playing(false);
            let session = stage.run_mut();
            let last = session.length().saturating_sub(1);
            let shown = match text.strip_prefix("race") {
                None if text == "end" => last,
                None => number(text)?,
                Some("") => return Ok(session.set_goal_at(Mark::Race, Direction::Forward)?),
                Some(rest) => {
                    let frames = number(rest.strip_prefix('+').unwrap_or(text))?;
                    let race = session.race_start();
                    let race = race.context("no race has been seen yet: go to race first")?;
                    let frame = race.saturating_sub(1).checked_add_unsigned(frames);
                    let frame = frame.and_then(|frame| u64::try_from(frame).ok());
                    frame.context("the race is past that frame when the run begins")?
                }
            };
            anyhow::ensure!(
                shown <= last,
                "expected a frame up to {last}, found {shown}"
            );
            session.set_goal(shown + 1);
            Ok(())
        })?;
        self.area.grab_focus();
        Ok(())
    }

    /// Pauses all games and calls `act` with each. An error does not stop the others; the first one is returned.
    fn each_stage_with(&self, mut act: impl FnMut(&mut Stage) -> Result<()>) -> Result<()> {
        let mut result = Ok(());
        for game in self.games.borrow_mut().iter_mut() {
            if let Content::Stage(stage) = &mut game.content {
                stage.set_playing(false);
                let done = act(stage).with_context(|| stage.name.clone());
                result = result.and(done);
                game.stale = true;
            }
        }
        result
    }

    /// Moves the selected game to a frame.
    pub(crate) fn scrub_to(&self, frame: u64) -> Result<()> {
        self.with_stage(|stage| {
            stage.set_playing(false);
            stage.run_mut().set_goal(frame);
            Ok(())
        })
    }

    pub(crate) fn change_speed(&self, by: i32) -> Result<()> {
        let number = self.speed_choice.selected().saturating_add_signed(by);
        self.speed_choice
            .set_selected(number.min(SPEEDS.len() as u32 - 1));
        Ok(())
    }

    pub(crate) fn toggle_controls(&self) -> Result<()> {
        self.with_stage(|stage| {
            if stage.is_taken() {
                stage.give_back_controls();
                return Ok(());
            }
            stage.take_controls()
        })?;
        self.area.grab_focus();
        Ok(())
    }

    pub(crate) fn undo(&self) -> Result<()> {
        self.with_stage(|stage| {
            stage.set_playing(false);
            anyhow::ensure!(stage.run_mut().undo()?, "nothing to undo");
            Ok(())
        })
    }

    pub(crate) fn redo(&self) -> Result<()> {
        self.with_stage(|stage| {
            stage.set_playing(false);
            anyhow::ensure!(stage.run_mut().redo()?, "nothing to redo");
            Ok(())
        })
    }

    pub(crate) fn switch_to_next_branch(&self) -> Result<()> {
        self.with_stage(|stage| {
            stage.set_playing(false);
            anyhow::ensure!(!stage.run().left().is_empty(), "no run was left yet");
            Ok(stage.run_mut().switch_to_next_branch()?)
        })
    }

    pub(crate) fn toggle_bookmark(&self) -> Result<()> {
        self.with_stage(|stage| {
            let session = stage.run_mut();
            let name = match session.bookmarks().contains_key(&session.frame()) {
                true => String::new(),
                false => match session.shown_frame() {
                    Some(frame) => format!("frame {frame}"),
                    None => "the start".to_owned(),
                },
            };
            session.set_bookmark(&name);
            Ok(())
        })
    }

    pub(crate) fn save_slot(&self, slot: usize) -> Result<()> {
        self.with_stage(|stage| Ok(stage.run_mut().save_slot(slot)?))?;
        self.show_notice(&format!("saved in slot {slot} of {SLOTS}"));
        Ok(())
    }

    pub(crate) fn load_slot(&self, slot: usize) -> Result<()> {
        self.with_stage(|stage| stage.load_slot(slot))
    }

    pub(crate) fn toggle_overlay(&self, number: usize) {
        if let Some(toggle) = self.toggles.get(number) {
            toggle.button.set_active(!toggle.button.is_active());
        }
    }

    pub(crate) fn toggle_screens(&self) -> Result<()> {
        self.screens.set(self.screens.get().next());
        self.area.queue_draw();
        Ok(())
    }

    /// Shows the picture larger or smaller, at whole pixels.
    pub(crate) fn change_scale(&self, by: i32) -> Result<()> {
        let now = self.tiles().first().map_or(1.0, |tile| tile.scale).round();
        let scale = (now as u32).saturating_add_signed(by);
        self.set_scale(scale.clamp(1, MOST_SCALE));
        Ok(())
    }

    /// Shows the picture as large as fits.
    pub(crate) fn fit_scale(&self) -> Result<()> {
        self.set_scale(0);
        Ok(())
    }

    /// Enlarges the picture `scale` times, 0 for as large as fits; the window grows with it.
    pub(crate) fn set_scale(&self, scale: u32) {
        self.settings.borrow_mut().scale = scale;
        let [width, height] = self.visible_screens().size();
        let games = self.games.borrow().len();
        let least = |side: f64| match games {
            1 => (side * f64::from(scale)) as i32,
            _ => 0,
        };
        self.area.set_content_width(least(width));
        self.area.set_content_height(least(height));
        self.area.queue_draw();
    }

    pub(crate) fn toggle_panel(&self) -> Result<()> {
        let is_open = !self.side.widget().is_visible();
        self.open_panel(is_open);
        Ok(())
    }

    /// Opens or closes the side panel, and saves that in the settings.
    fn open_panel(&self, is_open: bool) {
        self.side.widget().set_visible(is_open);
        self.settings.borrow_mut().panel_open = is_open;
    }

    pub(crate) fn search_fields(&self) -> Result<()> {
        self.open_panel(true);
        self.side.search_fields();
        Ok(())
    }

    pub(crate) fn toggle_fullscreen(&self) -> Result<()> {
        self.window.set_fullscreened(!self.window.is_fullscreen());
        Ok(())
    }

    pub(crate) fn toggle_sound(&self) -> Result<()> {
        self.sound_on.set(!self.sound_on.get());
        self.settings.borrow_mut().sound = self.sound_on.get();
        self.open_speaker()?;
        self.show_notice(if self.sound_on.get() {
            "sound on"
        } else {
            "sound off"
        });
        Ok(())
    }

    /// Opens the sound device for the selected game's machine, or closes it.
    pub(super) fn open_speaker(&self) -> Result<()> {
        let rate = self.hardware().map(|hardware| hardware.sample_rate);
        let wanted = self.sound_on.get();
        let mut speaker = self.speaker.borrow_mut();
        *speaker = None;
        if let Some(rate) = rate.filter(|rate| wanted && *rate > 0) {
            *speaker = Some(Speaker::open(rate).inspect_err(|_| self.sound_on.set(false))?);
        } else {
            self.each_stage(|stage| stage.run_mut().set_sound(false));
        }
        Ok(())
    }

    pub(crate) fn show_bindings(self: &Rc<Self>) -> Result<()> {
        let bindings = self.settings.borrow().bindings.clone();
        let dialog = BindingsDialog::new(Some(self.window.upcast_ref()), &bindings);
        let weak = Rc::downgrade(self);
        dialog.connect_changed(move |bindings| {
            if let Some(app) = weak.upgrade() {
                app.keyboard.set_bindings(bindings.clone());
                app.controllers.borrow_mut().set_bindings(bindings.clone());
                app.settings.borrow_mut().bindings = bindings.clone();
            }
        });
        dialog.present();
        Ok(())
    }

    /// Closes the window, once its session is saved or discarded.
    pub(crate) fn close(&self) -> Result<()> {
        self.window.close();
        Ok(())
    }

    /// Moves the selected game to a destination that was chosen in the side panel or on the timeline.
    pub(super) fn go_to_destination(&self, place: Destination) {
        let done = match place {
            Destination::Frame(frame) => self.scrub_to(frame),
            Destination::Branch(number) => self.with_stage(|stage| {
                stage.set_playing(false);
                Ok(stage.run_mut().switch_to_branch(number)?)
            }),
        };
        if let Err(error) = done {
            self.show_error(&error);
        }
    }

    /// Writes a field's new value into RAM.
    pub(super) fn change_field(&self, change: Change<'_>) -> Result<()> {
        self.with_stage(|stage| {
            let ram = stage.run().ram();
            let ram = ram.context("this machine has no RAM to write into")?;
            if let Some(poke) = change(ram)? {
                stage.run_mut().poke(poke)?;
            }
            Ok(())
        })
    }
}
