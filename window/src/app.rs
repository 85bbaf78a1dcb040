//! The application: its games, its widgets, and what both have in common. [`window`] builds it, [`frame`] is what happens
//! in each frame of the screen, [`commands`] is what the user does.

mod commands;
mod frame;
pub(crate) mod window;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use gtk::gio;
use gtk::prelude::*;
use machine::{Hardware, PictureShape};

use crate::animation::Animation;
use crate::autosave::{Autosave, RecoveredSession};
use crate::content::{Content, Game};
use crate::game::OverlayInfo;
use crate::go_to::GoTo;
use crate::input::{Controllers, Keyboard, Stylus};
use crate::layout::{self, VisibleScreens};
use crate::messages::Messages;
use crate::opener::Opener;
use crate::pace::{SPEEDS, Speed};
use crate::saving::Saving;
use crate::settings::{Screens, Settings, SettingsFile};
use crate::side::Side;
use crate::sound::Speaker;
use crate::stage::Stage;
use crate::timeline::Timeline;
use crate::view::View;

/// The picture of a window without games.
const NO_PICTURE: PictureShape = PictureShape {
    width: 1,
    height: 1,
    count: 1,
    touch: None,
};

/// An overlay that can be on or off.
pub(crate) struct Toggle {
    pub(crate) info: OverlayInfo,
    pub(crate) button: gtk::CheckButton,
}

/// The application.
pub(crate) struct App {
    pub(crate) application: gtk::Application,
    pub(crate) window: gtk::ApplicationWindow,
    pub(crate) area: gtk::DrawingArea,
    pub(crate) games: RefCell<Vec<Game>>,
    pub(crate) selected: Cell<usize>,
    pub(crate) screens: Cell<Screens>,
    pub(crate) toggles: Vec<Toggle>,
    pub(crate) stylus: Stylus,
    pub(crate) settings: RefCell<Settings>,
    pub(crate) animation: RefCell<Option<Animation>>,
    /// A movie that is written when the run was played to its end.
    pub(crate) saving: RefCell<Option<Saving>>,
    /// The actions that need something, with what they need.
    pub(crate) actions: RefCell<Vec<(gio::SimpleAction, Needs)>>,
    pub(crate) opener: Option<Rc<dyn Opener>>,
    /// All files that were opened: nothing is written over them.
    pub(crate) inputs: RefCell<Vec<PathBuf>>,
    /// The user's ROM that the games run on; `None` for the bundled game.
    pub(crate) rom: RefCell<Option<PathBuf>>,
    pub(crate) autosave: RefCell<Option<Autosave>>,
    pub(crate) recovered: RefCell<Option<RecoveredSession>>,
    /// The session's file, if it has one.
    pub(crate) session_path: RefCell<Option<PathBuf>>,
    pub(crate) recent_menu: gio::Menu,
    pub(crate) recent_list: gtk::Box,
    pub(crate) recent_heading: gtk::Label,
    /// The window may close without a question.
    pub(crate) may_close: Cell<bool>,
    settings_file: RefCell<SettingsFile>,
    keyboard: Keyboard,
    controllers: RefCell<Controllers>,
    /// The rewind key is held.
    rewinding: Cell<bool>,
    /// The selected game's sound is played.
    sound_on: Cell<bool>,
    speaker: RefCell<Option<Speaker>>,
    samples: RefCell<Vec<[i16; 2]>>,
    /// Pictures drawn so far.
    pub(crate) drawn: Cell<u64>,
    timeline: Timeline,
    side: Side,
    messages: Messages,
    /// The start page, and the page of the games.
    pages: gtk::Stack,
    /// The page, and the messages over it.
    screen: gtk::Overlay,
    transport: gtk::Box,
    overlays_button: gtk::MenuButton,
    below: gtk::Box,
    keys_label: gtk::Label,
    /// What gets the keys, as the label shows.
    pub(crate) key_target: Cell<Option<KeyTarget>>,
    pub(crate) go_to: GoTo,
    play_button: gtk::Button,
    take_button: gtk::ToggleButton,
    speed_choice: gtk::DropDown,
    figures: gtk::Label,
    last_tick: Cell<Option<Instant>>,
    is_over: Box<dyn Fn() -> bool>,
    meter: Cell<Meter>,
}

/// The start of the measurement that the numbers in the window's corner show.
#[derive(Clone, Copy, Debug)]
struct Meter {
    since: Instant,
    pictures: u64,
}

impl App {
    /// Replaces the games.
    pub(crate) fn set_games(&self, contents: Vec<Content>) -> Result<()> {
        let count = contents.len();
        let budget = self.settings.borrow().memory_budget as usize * 1_000_000;
        let speed = SPEEDS.get(self.speed_choice.selected() as usize).copied();
        let games = contents.into_iter().map(|mut content| {
            let mut saved = 0;
            if let Content::Stage(stage) = &mut content {
                stage.run_mut().set_budget(budget / count);
                stage.set_speed(speed.unwrap_or(Speed::Times(1.0)));
                saved = stage.run().changes();
            }
            Ok(Game {
                view: View::new(content.shape())?,
                content,
                saved,
                stale: true,
            })
        });
        let games = games.collect::<Result<Vec<_>>>()?;
        self.selected.set(0);
        self.animation.replace(None);
        self.saving.replace(None);
        self.games.replace(games);
        let has_games = count > 0;
        let page = if has_games { "games" } else { "start" };
        self.pages.set_visible_child_name(page);
        let is_open = self.settings.borrow().panel_open;
        self.side.widget().set_visible(has_games && is_open);
        self.overlays_button.set_visible(has_games);
        let has_stage = self.has_stage();
        self.below.set_visible(has_stage);
        self.transport.set_visible(has_stage);
        self.speed_choice.set_visible(has_stage);
        self.take_button.set_visible(has_stage);
        self.enable_actions(has_games, has_stage);
        let scale = self.settings.borrow().scale;
        self.set_scale(scale);
        self.area.queue_draw();
        Ok(())
    }

    /// What gets the keys that are pressed now.
    pub(crate) fn key_target(&self) -> KeyTarget {
        let focus = gtk::prelude::RootExt::focus(&self.window);
        if let Some(focus) = focus {
            if focus.is::<gtk::Text>() || focus.is::<gtk::TextView>() {
                return KeyTarget::Text;
            }
            if focus.ancestor(gtk::Popover::static_type()).is_some() {
                return KeyTarget::Menu;
            }
        }
        let games = self.games.borrow();
        match games.get(self.selected.get()).map(|game| &game.content) {
            Some(Content::Stage(stage)) if stage.accepts_input() => KeyTarget::Game,
            _ => KeyTarget::Window,
        }
    }

    /// Pins fields, and no others.
    pub(crate) fn set_pinned(&self, pinned: &[String]) {
        // A path that another version pinned may be no field of this one: it is left out.
        self.side.fields().set_pinned(pinned);
        self.remember_pinned();
    }

    fn remember_pinned(&self) {
        self.settings.borrow_mut().pinned = self.side.fields().pinned();
        self.mark_all_stale();
    }

    /// Plays the selected game's sound, if the user wants sound, or stops it.
    pub(crate) fn set_sound_on(&self, is_heard: bool) {
        self.sound_on.set(is_heard && self.settings.borrow().sound);
        if let Err(error) = self.open_speaker() {
            self.show_notice(&format!("{error:#}"));
        }
    }

    /// Saves the settings for the next window.
    pub(crate) fn save_settings(&self) {
        let mut settings = self.settings.borrow_mut();
        let on = self
            .toggles
            .iter()
            .filter(|toggle| toggle.button.is_active());
        settings.overlays = Some(on.map(|toggle| toggle.info.name.to_owned()).collect());
        settings.screens = self.screens.get();
        // The speed without a limit is not saved: a game that opens with it ends before the user sees it.
        if let Some(Speed::Times(times)) = SPEEDS.get(self.speed_choice.selected() as usize) {
            settings.speed = *times;
        }
        // The default size is that of the window when it is not maximised; its width and height are those of its content.
        let (width, height) = self.window.default_size();
        settings.window_size = [width.max(0), height.max(0)];
        settings.maximized = self.window.is_maximized();
        if let Err(error) = self.settings_file.borrow_mut().save(&settings) {
            // The window, which shows errors otherwise, is closing.
            gtk::glib::g_warning!("kartscope", "the settings are not kept: {error}");
        }
    }

    /// Lets all games be drawn again.
    fn mark_all_stale(&self) {
        for game in self.games.borrow_mut().iter_mut() {
            game.stale = true;
        }
    }

    /// The game whose tile a point of the area lies in.
    pub(crate) fn game_at(&self, point: [f64; 2]) -> Option<usize> {
        let shown = self.visible_screens();
        let mut tiles = self.tiles().into_iter();
        tiles.position(|tile| tile.contains(point, shown))
    }

    /// Where the games are in the area.
    pub(crate) fn tiles(&self) -> Vec<layout::Tile> {
        let area = [self.area.width().into(), self.area.height().into()];
        let scale = self.settings.borrow().scale;
        layout::tiles(
            self.games.borrow().len(),
            area,
            self.visible_screens(),
            scale,
        )
    }

    /// The visible screens of the games' pictures.
    pub(crate) fn visible_screens(&self) -> VisibleScreens {
        self.visible_screens_of(&self.games.borrow())
    }

    /// Like [`visible_screens`](Self::visible_screens), for games that are borrowed already. The first game's picture
    /// gives the shape of all tiles.
    pub(crate) fn visible_screens_of(&self, games: &[Game]) -> VisibleScreens {
        let first = games.first();
        VisibleScreens {
            screens: self.screens.get(),
            of: first.map_or(NO_PICTURE, |game| game.content.shape()),
        }
    }

    /// What is fixed about the selected game's machine; `None` for a game that is played elsewhere.
    fn hardware(&self) -> Option<Hardware> {
        let games = self.games.borrow();
        match &games.get(self.selected.get())?.content {
            Content::Stage(stage) => Some(stage.hardware()),
            Content::Feed(_) => None,
        }
    }

    /// Shows an error.
    pub(crate) fn show_error(&self, error: &anyhow::Error) {
        self.messages.show_error(&format!("{error:#}"));
    }

    /// Shows a notice.
    pub(crate) fn show_notice(&self, text: &str) {
        self.messages.show_notice(text);
    }

    /// Enables the actions whose needs are met.
    fn enable_actions(&self, has_games: bool, has_stage: bool) {
        for (action, needs) in self.actions.borrow().iter() {
            action.set_enabled(match needs {
                Needs::Nothing => true,
                Needs::Game => has_games,
                Needs::Stage => has_stage,
                Needs::Opener => self.opener.is_some(),
            });
        }
    }

    /// Whether the window plays any of the games.
    pub(crate) fn has_stage(&self) -> bool {
        let games = self.games.borrow();
        games
            .iter()
            .any(|game| matches!(game.content, Content::Stage(_)))
    }

    fn each_stage(&self, mut act: impl FnMut(&mut Stage)) {
        for game in self.games.borrow_mut().iter_mut() {
            if let Content::Stage(stage) = &mut game.content {
                act(stage);
            }
        }
    }

    /// Does something with the selected game.
    pub(crate) fn with_stage<T>(&self, act: impl FnOnce(&mut Stage) -> Result<T>) -> Result<T> {
        let mut games = self.games.borrow_mut();
        let game = games
            .get_mut(self.selected.get())
            .context("no game is selected")?;
        let Content::Stage(stage) = &mut game.content else {
            bail!(
                "{} is played elsewhere: it can only be watched",
                game.content.name()
            );
        };
        game.stale = true;
        act(stage)
    }
}

/// What an action needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// A game.
    Game,
    /// A game that the window plays, not one that is only watched.
    Stage,
    /// A window in which other games can be opened.
    Opener,
}

/// What gets the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyTarget {
    /// The game.
    Game,
    /// A text entry.
    Text,
    /// An open menu.
    Menu,
    /// The focused widget.
    Window,
}

impl KeyTarget {
    /// The text and the style of the label.
    pub(crate) const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Game => ("Keys: game", "keys-game"),
            Self::Text => ("Keys: text", "keys-text"),
            Self::Menu => ("Keys: menu", "keys-window"),
            Self::Window => ("Keys: window", "keys-window"),
        }
    }
}
