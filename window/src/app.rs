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
use crate::autosave::{Autosave, Leftover};
use crate::content::{Content, Game};
use crate::game::OverlayInfo;
use crate::go_to::GoTo;
use crate::input::{Controllers, Keyboard, Stylus};
use crate::layout::{self, Shown};
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
    pub(crate) shown: Cell<Screens>,
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
    pub(crate) leftover: RefCell<Option<Leftover>>,
    /// The session's file, if it has one.
    pub(crate) session_path: RefCell<Option<PathBuf>>,
    pub(crate) recent_menu: gio::Menu,
    pub(crate) recent_list: gtk::Box,
    pub(crate) recent_heading: gtk::Label,
    /// The window may go without asking.
    pub(crate) may_close: Cell<bool>,
    settings_file: RefCell<SettingsFile>,
    keyboard: Keyboard,
    controllers: RefCell<Controllers>,
    /// The key for going back in time is held.
    rewinding: Cell<bool>,
    /// The selected game is to be heard.
    heard: Cell<bool>,
    speaker: RefCell<Option<Speaker>>,
    samples: RefCell<Vec<[i16; 2]>>,
    /// Pictures drawn so far.
    pub(crate) drawn: Cell<u64>,
    timeline: Timeline,
    side: Side,
    messages: Messages,
    /// The page on which something is chosen to begin with, and the one of the games.
    pages: gtk::Stack,
    /// The page, and the messages over it.
    screen: gtk::Overlay,
    transport: gtk::Box,
    overlays_button: gtk::MenuButton,
    below: gtk::Box,
    keys_label: gtk::Label,
    /// What has the keys, as the label says.
    pub(crate) keys_owner: Cell<Option<KeysOwner>>,
    pub(crate) go_to: GoTo,
    play_button: gtk::Button,
    take_button: gtk::ToggleButton,
    speed_choice: gtk::DropDown,
    figures: gtk::Label,
    last_tick: Cell<Option<Instant>>,
    is_over: Box<dyn Fn() -> bool>,
    meter: Cell<Meter>,
}

/// What the numbers in the window's corner are made of.
#[derive(Clone, Copy, Debug)]
struct Meter {
    since: Instant,
    pictures: u64,
}

impl App {
    /// Shows other games than those so far.
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
    pub(crate) fn owner_of_keys(&self) -> KeysOwner {
        let focus = gtk::prelude::RootExt::focus(&self.window);
        if let Some(focus) = focus {
            if focus.is::<gtk::Text>() || focus.is::<gtk::TextView>() {
                return KeysOwner::Text;
            }
            if focus.ancestor(gtk::Popover::static_type()).is_some() {
                return KeysOwner::Menu;
            }
        }
        let games = self.games.borrow();
        match games.get(self.selected.get()).map(|game| &game.content) {
            Some(Content::Stage(stage)) if stage.listens() => KeysOwner::Game,
            _ => KeysOwner::Window,
        }
    }

    /// Pins fields, and no others.
    pub(crate) fn set_pinned(&self, pinned: &[String]) {
        // What another version pinned may be no field here.
        self.side.fields().set_pinned(pinned);
        self.remember_pinned();
    }

    fn remember_pinned(&self) {
        self.settings.borrow_mut().pinned = self.side.fields().pinned();
        self.look_again();
    }

    /// Whether the selected game is to be heard, if the user wants sound.
    pub(crate) fn set_heard(&self, is_heard: bool) {
        self.heard.set(is_heard && self.settings.borrow().sound);
        if let Err(error) = self.open_speaker() {
            self.tell(&format!("{error:#}"));
        }
    }

    /// Remembers how things are for the next time.
    pub(crate) fn save_settings(&self) {
        let mut settings = self.settings.borrow_mut();
        let on = self
            .toggles
            .iter()
            .filter(|toggle| toggle.button.is_active());
        settings.overlays = Some(on.map(|toggle| toggle.info.name.to_owned()).collect());
        settings.screens = self.shown.get();
        // Without a limit is for once: a game that opens so is over before it is seen.
        if let Some(Speed::Times(times)) = SPEEDS.get(self.speed_choice.selected() as usize) {
            settings.speed = *times;
        }
        // What the window would have without the whole screen: its own width and height are those of its content.
        let (width, height) = self.window.default_size();
        settings.window_size = [width.max(0), height.max(0)];
        settings.maximized = self.window.is_maximized();
        if let Err(error) = self.settings_file.borrow_mut().save(&settings) {
            // The window is about to go: there is nowhere else to say it.
            gtk::glib::g_warning!("kartscope", "the settings are not kept: {error}");
        }
    }

    /// Has all games drawn anew.
    fn look_again(&self) {
        for game in self.games.borrow_mut().iter_mut() {
            game.stale = true;
        }
    }

    /// The game whose tile a point of the area lies in.
    pub(crate) fn game_at(&self, point: [f64; 2]) -> Option<usize> {
        let shown = self.shown();
        let mut tiles = self.tiles().into_iter();
        tiles.position(|tile| tile.contains(point, shown))
    }

    /// Where the games are in the area.
    pub(crate) fn tiles(&self) -> Vec<layout::Tile> {
        let area = [self.area.width().into(), self.area.height().into()];
        let scale = self.settings.borrow().scale;
        layout::tiles(self.games.borrow().len(), area, self.shown(), scale)
    }

    /// What is shown of the games' pictures.
    pub(crate) fn shown(&self) -> Shown {
        self.shown_of(&self.games.borrow())
    }

    /// The same, of games that are borrowed already. The first game's picture gives the shape of all tiles.
    pub(crate) fn shown_of(&self, games: &[Game]) -> Shown {
        let first = games.first();
        Shown {
            screens: self.shown.get(),
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

    /// Tells of something that did not work.
    pub(crate) fn complain(&self, error: &anyhow::Error) {
        self.messages.complain(&format!("{error:#}"));
    }

    /// Tells of something that was done.
    pub(crate) fn tell(&self, text: &str) {
        self.messages.tell(text);
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

    /// Whether any game is played here; without one, time is not the window's.
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

/// What something needs to be done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// A game.
    Game,
    /// A game that is played here, not one that is only watched.
    Stage,
    /// A window in which other games can be opened.
    Opener,
}

/// What gets the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeysOwner {
    /// The game: they drive.
    Game,
    /// An entry, in which they write.
    Text,
    /// An open menu.
    Menu,
    /// What has the focus in the window.
    Window,
}

impl KeysOwner {
    /// What it is called in the window, and its style.
    pub(crate) const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Game => ("Keys: game", "keys-game"),
            Self::Text => ("Keys: text", "keys-text"),
            Self::Menu => ("Keys: menu", "keys-window"),
            Self::Window => ("Keys: window", "keys-window"),
        }
    }
}
