//! The work of each display refresh: the games play, and the window shows what has changed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use gtk::prelude::*;
use machine::Held;

use super::{App, Meter};
use crate::accessible::describe;
use crate::animation::EXPORT_SCALE;
use crate::content::Content;
use crate::input::together;
use crate::labels::set_text;
use crate::pace::Speed;
use crate::stage::Stage;

/// The time that the games may take in a display refresh; the rest is for drawing.
const BUDGET: Duration = Duration::from_millis(11);
/// Time between two updates of the frame rate.
const METER_EVERY: Duration = Duration::from_millis(500);

impl App {
    /// Plays the frames that are due, and shows what has changed.
    pub(super) fn tick(&self) {
        let now = Instant::now();
        let last = self.last_tick.replace(Some(now)).unwrap_or(now);
        let selected = self.selected.get();
        let mut failure = None;
        if self.animation.borrow().is_some() {
            failure = self.animate(now + BUDGET).err();
        } else if self.saving.borrow().is_some() {
            failure = self.continue_saving(now + BUDGET).err();
        } else {
            let mut games = self.games.borrow_mut();
            let count = games.len() as u32;
            let mut idle = Held::default;
            let mut pressed = || self.held();
            for (number, game) in games.iter_mut().enumerate() {
                // Each game has its share of the time, however long the others take.
                let deadline = Instant::now() + BUDGET / count;
                let is_selected = number == selected;
                let read_held: &mut dyn FnMut() -> Held = match is_selected {
                    true => &mut pressed,
                    false => &mut idle,
                };
                match game.advance(now - last, read_held, self.rewinding.get(), deadline) {
                    Ok(changed) => game.stale |= changed,
                    Err(error) => failure = Some(error),
                }
            }
        }
        self.sound();
        if let Some(error) = failure {
            self.show_error(&error);
        }
        self.show();
        self.autosave_session();
        if (self.is_over)() {
            self.close_at_once();
        }
    }

    /// The human's input for a frame that begins now.
    pub(super) fn held(&self) -> Held {
        let keys = self.keyboard.take_buttons();
        let pads = self.controllers.borrow_mut().take_held();
        Held {
            buttons: together(keys, pads.buttons),
            stick: pads.stick,
            touch: self.stylus.take_touch(),
        }
    }

    /// Plays the selected game's sound. At other speeds than the console's there is no sound.
    fn sound(&self) {
        let speaker = self.speaker.borrow();
        let Some(speaker) = &*speaker else {
            return;
        };
        if let Some(error) = speaker.take_error() {
            self.show_error(&anyhow!(error));
        }
        let mut samples = self.samples.borrow_mut();
        samples.clear();
        let selected = self.selected.get();
        let mut number = 0;
        self.each_stage(|stage| {
            let is_heard = number == selected;
            number += 1;
            stage.run_mut().set_sound(is_heard);
            if is_heard {
                stage.take_sound(&mut samples);
                let is_in_time = stage.speed() == Speed::Times(1.0) && stage.is_playing();
                if !is_in_time {
                    samples.clear();
                }
                speaker.pause(!stage.is_playing());
            }
        });
        speaker.push(&samples);
    }

    /// Continues an export.
    fn animate(&self, deadline: Instant) -> Result<()> {
        let done = self.animate_until(deadline);
        if !matches!(done, Ok(false)) {
            let animation = self.animation.take();
            let animation = animation.context("an export is on its way")?;
            if let Some(game) = self.games.borrow_mut().get_mut(animation.game)
                && let Content::Stage(stage) = &mut game.content
            {
                stage.run_mut().set_goal(animation.return_to);
            }
            done?;
            let path = animation.finish()?;
            self.show_notice(&format!("{}: written", path.display()));
        }
        Ok(())
    }

    /// Adds frames to the export; returns whether it has all of them.
    fn animate_until(&self, deadline: Instant) -> Result<bool> {
        let mut animation = self.animation.borrow_mut();
        let animation = animation.as_mut().context("an export is on its way")?;
        let shown = self.screens.get();
        let overlays = self.overlays_on();
        let mut games = self.games.borrow_mut();
        let game = games
            .get_mut(animation.game)
            .context("the exported game is there")?;
        while let Some(frame) = animation.wanted() {
            if let Content::Stage(stage) = &mut game.content {
                ensure!(
                    frame <= stage.run().length(),
                    "{}: the run was cut while it was exported: nothing is written",
                    animation.path().display()
                );
                if stage.run().frame() != frame || stage.run().goal().is_some() {
                    stage.run_mut().set_goal(frame);
                    stage.travel(deadline)?;
                }
                if stage.run().goal().is_some() {
                    return Ok(false);
                }
            }
            game.update_view(self.side.fields(), &overlays)?;
            animation.push(&game.view.image(shown, EXPORT_SCALE)?)?;
            game.stale = true;
            if Instant::now() >= deadline {
                self.show_notice(&format!("exporting: {:.0} %", 100.0 * animation.progress()));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn overlays_on(&self) -> Vec<&'static str> {
        let toggles = self.toggles.iter();
        let on = toggles.filter(|toggle| toggle.button.is_active());
        on.map(|toggle| toggle.info.name).collect()
    }

    /// Draws the games that have changed.
    fn show(&self) {
        let mut is_new = false;
        let mut failure = None;
        let overlays = self.overlays_on();
        for game in self.games.borrow_mut().iter_mut().filter(|game| game.stale) {
            game.stale = false;
            is_new = true;
            if let Err(error) = game.update_view(self.side.fields(), &overlays) {
                failure = Some(error);
            }
        }
        if let Some(error) = failure {
            self.show_error(&error);
        }
        if is_new {
            self.area.queue_draw();
        }
        self.show_state();
        self.show_keys();
    }

    /// Brings the bar, the panel and the numbers up to date.
    fn show_state(&self) {
        let selected = self.selected.get();
        if let Some(game) = self.games.borrow_mut().get_mut(selected)
            && let Content::Stage(stage) = &mut game.content
        {
            self.show_figures(stage);
        }
        // A shared borrow from here on: callbacks of GTK may read the games while rows change.
        let games = self.games.borrow();
        let Some(game) = games.get(selected) else {
            return;
        };
        if let Content::Stage(stage) = &game.content {
            self.timeline.show(stage.run());
            self.show_transport(stage);
            self.show_title(stage);
            let session = stage.run();
            self.go_to.show(&match session.shown_frame() {
                Some(frame) => format!("frame {frame} of {}", session.length()),
                None => format!("start of {} frames", session.length()),
            });
        }
        self.side.show(&game.content, self.selected.get());
        let (ram, frame) = match &game.content {
            Content::Stage(stage) => {
                let run = stage.run();
                (run.ram(), run.frame())
            }
            Content::Feed(feed) => (feed.ram(), feed.frame()),
        };
        if self.side.widget().is_visible() {
            self.side.fields().update(ram, frame);
        }
    }

    /// Shows the frame in the title while the game is paused, for lists of windows and for tests.
    fn show_title(&self, stage: &Stage) {
        let session = stage.run();
        let title = match session.shown_frame() {
            _ if stage.is_playing() || session.goal().is_some() => {
                format!("{} – kartscope", stage.name)
            }
            Some(frame) => format!("{} at frame {frame} – kartscope", stage.name),
            None => format!("{} at the start – kartscope", stage.name),
        };
        if self.window.title().as_deref() != Some(&title) {
            self.window.set_title(Some(&title));
            describe(&self.area, &title);
        }
    }

    fn show_transport(&self, stage: &Stage) {
        let icon = match stage.is_playing() {
            true => "media-playback-pause-symbolic",
            false => "media-playback-start-symbolic",
        };
        if self.play_button.icon_name().as_deref() != Some(icon) {
            self.play_button.set_icon_name(icon);
        }
        if self.take_button.is_active() != stage.is_taken() {
            self.take_button.set_active(stage.is_taken());
        }
    }

    /// Shows what gets the keys.
    fn show_keys(&self) {
        let owner = self.key_target();
        if self.key_target.replace(Some(owner)) == Some(owner) {
            return;
        }
        let (text, class) = owner.label();
        self.keys_label.set_text(text);
        self.keys_label.set_css_classes(&["keys", class]);
        self.area.queue_draw();
    }

    fn show_figures(&self, stage: &mut Stage) {
        let meter = self.meter.get();
        let passed = meter.since.elapsed();
        if passed < METER_EVERY {
            return;
        }
        let seconds = passed.as_secs_f64();
        let frames = f64::from(stage.meter_mut().take_frames()) / seconds;
        let pictures = (self.drawn.get() - meter.pictures) as f64 / seconds;
        let speed = frames / stage.hardware().frame_rate.hertz();
        let text = format!(
            "{:.2} ms a frame · {speed:.2}× · {pictures:.0} pictures/s",
            stage.meter().frame_ms()
        );
        set_text(&self.figures, &text);
        self.meter.set(Meter {
            since: Instant::now(),
            pictures: self.drawn.get(),
        });
    }
}
