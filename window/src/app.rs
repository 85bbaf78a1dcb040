//! The application: its window and its games. What happens in each frame of the screen is in [`frame`], what is done when
//! somebody asks for it in [`deeds`].

mod deeds;
mod frame;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use gtk::glib::{ControlFlow, Propagation};
use gtk::prelude::*;
use gtk::{gdk, gio};
use mkds_memory::path::Path;
use mkds_memory::sensor::RayFan;
use overlays::{Overlay, OverlayKind};
use serde::Serialize;

use crate::animation::Animation;
use crate::feed::Feed;
use crate::input::{Controllers, Keyboard, Stylus};
use crate::pace::{SPEEDS, Speed};
use crate::settings::{Screens, Settings, SettingsFile};
use crate::side::{Side, Wish};
use crate::sound::Speaker;
use crate::stage::Stage;
use crate::timeline::Timeline;
use crate::view::View;
use crate::{actions, layout, screen};

/// Enlargement of exported pictures.
pub(crate) const EXPORT_SCALE: u32 = 3;
/// Width and height of a window that has never been open, pixels.
const DEFAULT_SIZE: [i32; 2] = [1180, 900];
/// The key for going back in time.
const REWIND_KEY: gdk::Key = gdk::Key::bracketleft;
/// How long it is told what was done.
const NEWS: Duration = Duration::from_secs(6);

/// Takes a movie and a folder.
pub type AddCorrections = Box<dyn Fn(&std::path::Path, &std::path::Path) -> Result<u64>>;

/// What to show.
pub struct Setup {
    /// The window's title.
    pub title: String,
    /// The games, at least one.
    pub games: Vec<Content>,
    /// The sensor rays that are drawn.
    pub fan: RayFan,
    /// Whether the selected game is to be heard: where one plays oneself.
    pub sound: bool,
    /// Adds the corrections of a movie to the dataset in a folder, and says how many rows it has of them.
    pub add_corrections: AddCorrections,
    /// Closes the window by itself as soon as this says so.
    pub is_over: Box<dyn Fn() -> bool>,
}

/// What became of the games when the window was closed.
#[derive(Clone, Debug, Serialize)]
pub struct Closed {
    /// The games.
    pub games: Vec<ClosedGame>,
    /// Seconds that the window was open.
    pub seconds: f64,
    /// Pictures that it drew.
    pub pictures: u64,
}

/// How a game was left.
#[derive(Clone, Debug, Serialize)]
pub struct ClosedGame {
    /// What it was called.
    pub name: String,
    /// Frames played up to the one that was shown.
    pub frames: u64,
    /// Hash of main RAM in that frame.
    pub ram_hash: String,
}

/// A game, and what is seen of it.
pub(crate) struct Game {
    pub(crate) content: Content,
    pub(crate) view: View,
    /// Whether there is something new to see.
    stale: bool,
}

/// Where a game's frames come from.
pub enum Content {
    /// It is played here.
    Stage(Box<Stage>),
    /// It is played elsewhere.
    Feed(Box<Feed>),
}

impl Content {
    /// What the game is called.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stage(stage) => &stage.name,
            Self::Feed(feed) => feed.name(),
        }
    }
}

/// An overlay that can be on or off.
pub(crate) struct Toggle {
    pub(crate) kind: OverlayKind,
    pub(crate) overlay: Box<dyn Overlay + Send + Sync>,
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
    pub(crate) add_corrections: AddCorrections,
    pub(crate) animation: RefCell<Option<Animation>>,
    settings_file: RefCell<SettingsFile>,
    keyboard: Keyboard,
    controllers: RefCell<Controllers>,
    /// The key for going back in time is held.
    rewinding: Cell<bool>,
    /// The selected game is to be heard.
    heard: Cell<bool>,
    speaker: RefCell<Option<Speaker>>,
    samples: RefCell<Vec<[i16; 2]>>,
    /// Fields that are drawn over the game.
    fields: RefCell<Vec<Path>>,
    /// Pictures drawn so far.
    pub(crate) drawn: Cell<u64>,
    timeline: Timeline,
    side: Side,
    bar: gtk::InfoBar,
    bar_text: gtk::Label,
    play_button: gtk::Button,
    take_button: gtk::ToggleButton,
    speed_choice: gtk::DropDown,
    position: gtk::Label,
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

/// Checks that there is a display to open a window on. Windows are for the thread that has called this first.
///
/// # Errors
/// There is none.
pub fn require_display() -> Result<()> {
    gtk::init().map_err(|_| {
        anyhow!("no display: the window needs X11 or Wayland (DISPLAY or WAYLAND_DISPLAY)")
    })
}

/// Opens the window, and returns when it is closed.
///
/// # Errors
/// There is no display, nothing to show, or the window can't be drawn.
pub fn run(setup: Setup) -> Result<Closed> {
    if setup.games.is_empty() {
        bail!("nothing to show: expected at least one game");
    }
    require_display()?;
    let begin = Instant::now();
    let application = gtk::Application::builder()
        .application_id("org.kartscope.Debug")
        .flags(gio::ApplicationFlags::NON_UNIQUE)
        .build();
    let setup = Cell::new(Some(setup));
    let slot: Rc<RefCell<Option<Result<Rc<App>>>>> = Rc::default();
    application.connect_activate({
        let slot = slot.clone();
        move |application| {
            if let Some(setup) = setup.take() {
                *slot.borrow_mut() = Some(App::open(application, setup));
            }
        }
    });
    application.run_with_args::<&str>(&[]);
    let app = slot.take().context("the application did not start")??;
    Ok(app.closed(begin.elapsed().as_secs_f64()))
}

impl App {
    /// Builds the window and opens it.
    fn open(application: &gtk::Application, setup: Setup) -> Result<Rc<Self>> {
        load_style();
        follow_color_scheme();
        let loaded = SettingsFile::load();
        let settings = loaded.settings;
        let is_wanted = settings.sound;
        let [width, height] = match settings.window_size {
            [0, _] | [_, 0] => DEFAULT_SIZE,
            size => size,
        };
        let window = gtk::ApplicationWindow::builder()
            .application(application)
            .title(&setup.title)
            .default_width(width)
            .default_height(height)
            .icon_name("input-gaming")
            .build();
        let game_count = setup.games.len();
        let games = setup
            .games
            .into_iter()
            .map(|content| {
                let mut content = content;
                if let Content::Stage(stage) = &mut content {
                    let budget = settings.memory_budget as usize * 1_000_000;
                    stage.session_mut().set_budget(budget / game_count);
                }
                Ok(Game {
                    content,
                    view: View::new(setup.fan.clone())?,
                    stale: true,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let weak_self: Rc<RefCell<Weak<Self>>> = Rc::default();
        let timeline = Timeline::new({
            let weak = weak_self.clone();
            move |frame| {
                if let Some(app) = weak.borrow().upgrade() {
                    app.heed(Wish::GoTo(frame));
                }
            }
        });
        let side = Side::new({
            let weak = weak_self.clone();
            move |wish| {
                if let Some(app) = weak.borrow().upgrade() {
                    app.heed(wish);
                }
            }
        });
        let bar_text = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .hexpand(true)
            .build();
        let bar = gtk::InfoBar::builder()
            .revealed(false)
            .show_close_button(true)
            .build();
        bar.add_child(&bar_text);
        bar.connect_response(|bar, _| bar.set_revealed(false));
        let toggles = OverlayKind::ALL
            .into_iter()
            .map(|kind| Toggle {
                kind,
                overlay: kind.make(),
                button: gtk::CheckButton::builder()
                    .label(kind.label())
                    .active(settings.overlays.iter().any(|name| name == kind.name()))
                    .build(),
            })
            .collect();
        let numbers = || {
            gtk::Label::builder()
                .css_classes(["numeric", "dim-label"])
                .build()
        };
        let app = Rc::new(Self {
            application: application.clone(),
            area: screen::area(),
            games: RefCell::new(games),
            selected: Cell::new(0),
            shown: Cell::new(settings.screens),
            toggles,
            stylus: Stylus::new(),
            keyboard: Keyboard::new(settings.bindings.clone()),
            controllers: RefCell::new(Controllers::new(settings.bindings.clone())),
            settings: RefCell::new(settings),
            settings_file: RefCell::new(loaded.file),
            add_corrections: setup.add_corrections,
            animation: RefCell::default(),
            rewinding: Cell::new(false),
            heard: Cell::new(setup.sound && is_wanted),
            speaker: RefCell::default(),
            samples: RefCell::default(),
            fields: RefCell::default(),
            drawn: Cell::new(0),
            timeline,
            side,
            bar,
            bar_text,
            play_button: icon_button("media-playback-pause-symbolic", "Play or pause", "win.play"),
            take_button: gtk::ToggleButton::builder()
                .label("Drive")
                .tooltip_text("Take the controls, or give them back")
                .action_name("win.take")
                .build(),
            speed_choice: gtk::DropDown::from_strings(
                &SPEEDS.map(Speed::label).each_ref().map(String::as_str),
            ),
            position: numbers(),
            figures: numbers(),
            last_tick: Cell::new(None),
            is_over: setup.is_over,
            meter: Cell::new(Meter {
                since: Instant::now(),
                pictures: 0,
            }),
            window,
        });
        *weak_self.borrow_mut() = Rc::downgrade(&app);
        app.assemble();
        actions::install(&app);
        screen::connect(&app);
        app.connect_toggles();
        app.connect_input();
        app.restore();
        app.start_clock();
        app.window.present();
        app.area.grab_focus();
        if app.heard.get()
            && let Err(error) = app.open_speaker()
        {
            app.tell(&format!("{error:#}"));
        }
        if let Some(trouble) = loaded.trouble {
            app.complain(&trouble.into());
        }
        Ok(app)
    }

    /// Puts the widgets together.
    fn assemble(&self) {
        let header = gtk::HeaderBar::new();
        let transport = gtk::Box::builder().css_classes(["linked"]).build();
        transport.append(&icon_button(
            "media-skip-backward-symbolic",
            "One frame back",
            "win.back",
        ));
        transport.append(&self.play_button);
        transport.append(&icon_button(
            "media-skip-forward-symbolic",
            "One frame on",
            "win.forward",
        ));
        self.speed_choice.set_tooltip_text(Some("Speed"));
        if self.has_stage() {
            header.pack_start(&transport);
            header.pack_start(&self.speed_choice);
            header.pack_start(&self.take_button);
        }
        header.pack_end(&self.menu_button());
        header.pack_end(&icon_button(
            "sidebar-show-right-symbolic",
            "Side panel",
            "win.panel",
        ));
        header.pack_end(&self.overlays_button());
        self.window.set_titlebar(Some(&header));

        let status = gtk::Box::builder()
            .spacing(12)
            .css_classes(["status"])
            .build();
        status.append(&self.position);
        status.append(&gtk::Box::builder().hexpand(true).build());
        status.append(&self.figures);
        let left = gtk::Box::new(gtk::Orientation::Vertical, 0);
        // Over the games, not above them: messages come and go, and games keep their size.
        self.bar.set_valign(gtk::Align::Start);
        let screen = gtk::Overlay::builder().child(&self.area).build();
        screen.add_overlay(&self.bar);
        left.append(&screen);
        let below = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .css_classes(["below"])
            .build();
        below.append(self.timeline.widget());
        below.append(&status);
        below.set_visible(self.has_stage());
        left.append(&below);
        let panes = gtk::Paned::builder()
            .start_child(&left)
            .end_child(self.side.widget())
            .resize_end_child(false)
            .shrink_start_child(false)
            .shrink_end_child(false)
            .build();
        self.window.set_child(Some(&panes));
    }

    fn menu_button(&self) -> gtk::MenuButton {
        let menu = gio::Menu::new();
        for group in actions::GROUPS.iter().filter(|group| group.title != "Time") {
            let section = gio::Menu::new();
            for deed in group.deeds {
                section.append(Some(deed.label), Some(&format!("win.{}", deed.name)));
            }
            menu.append_section(None, &section);
        }
        gtk::MenuButton::builder()
            .icon_name("open-menu-symbolic")
            .tooltip_text("Menu")
            .menu_model(&menu)
            .primary(true)
            .build()
    }

    fn overlays_button(&self) -> gtk::MenuButton {
        let list = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(2)
            .build();
        for toggle in &self.toggles {
            list.append(&toggle.button);
        }
        let popover = gtk::Popover::builder().child(&list).build();
        // The keys are the game's again.
        let area = self.area.clone();
        popover.connect_closed(move |_| {
            area.grab_focus();
        });
        gtk::MenuButton::builder()
            .label("Overlays")
            .tooltip_text("What is drawn over the game; the keys 1 to 9 and 0 are the first ten")
            .popover(&popover)
            .build()
    }

    fn connect_toggles(self: &Rc<Self>) {
        for toggle in &self.toggles {
            let weak = Rc::downgrade(self);
            toggle.button.connect_toggled(move |_| {
                if let Some(app) = weak.upgrade() {
                    app.look_again();
                }
            });
        }
        let weak = Rc::downgrade(self);
        self.speed_choice
            .set_selected(speed_number(Speed::Times(1.0)));
        self.speed_choice.connect_selected_notify(move |choice| {
            if let Some(app) = weak.upgrade()
                && let Some(speed) = SPEEDS.get(choice.selected() as usize)
            {
                app.each_stage(|stage| stage.set_speed(*speed));
                app.area.grab_focus();
            }
        });
    }

    fn connect_input(self: &Rc<Self>) {
        self.keyboard.attach(&self.window);
        let keys = gtk::EventControllerKey::new();
        let weak = Rc::downgrade(self);
        keys.connect_key_pressed(move |_, key, _, _| match weak.upgrade() {
            Some(app) if key == REWIND_KEY => {
                app.rewinding.set(true);
                Propagation::Stop
            }
            _ => Propagation::Proceed,
        });
        let weak = Rc::downgrade(self);
        keys.connect_key_released(move |_, key, _, _| {
            if let Some(app) = weak.upgrade()
                && key == REWIND_KEY
            {
                app.rewinding.set(false);
            }
        });
        self.window.add_controller(keys);
        let weak = Rc::downgrade(self);
        self.window.connect_is_active_notify(move |window| {
            if let Some(app) = weak.upgrade()
                && !window.is_active()
            {
                app.rewinding.set(false);
                app.keyboard.release_all();
                app.stylus.lift();
                app.controllers.borrow_mut().release_all();
            }
        });
        let weak = Rc::downgrade(self);
        self.window.connect_close_request(move |_| {
            if let Some(app) = weak.upgrade() {
                app.save_settings();
            }
            Propagation::Proceed
        });
        let weak = Rc::downgrade(self);
        self.side.fields().connect_poke(move |path, datum| {
            if let Some(app) = weak.upgrade()
                && let Err(error) = app.poke(path, &datum)
            {
                app.complain(&error);
            }
        });
        let weak = Rc::downgrade(self);
        self.side.fields().connect_pinned_changed(move |pinned| {
            if let Some(app) = weak.upgrade() {
                app.settings.borrow_mut().pinned = pinned.to_vec();
                app.show_fields(pinned);
            }
        });
    }

    /// Puts things as they were when the window was closed.
    fn restore(&self) {
        let (pinned, is_open) = {
            let settings = self.settings.borrow();
            (settings.pinned.clone(), settings.panel_open)
        };
        // What another version pinned may be no field here.
        self.side.fields().set_pinned(&pinned);
        self.show_fields(&self.side.fields().pinned());
        self.side.widget().set_visible(is_open);
        let speed = Speed::Times(self.settings.borrow().speed);
        if SPEEDS.contains(&speed) {
            self.speed_choice.set_selected(speed_number(speed));
        }
    }

    fn show_fields(&self, paths: &[String]) {
        let paths = paths.iter().filter_map(|path| Path::parse(path).ok());
        *self.fields.borrow_mut() = paths.collect();
        self.look_again();
    }

    /// Remembers how things are for the next time.
    fn save_settings(&self) {
        let mut settings = self.settings.borrow_mut();
        let on = self
            .toggles
            .iter()
            .filter(|toggle| toggle.button.is_active());
        settings.overlays = on.map(|toggle| toggle.kind.name().to_owned()).collect();
        settings.screens = self.shown.get();
        // Without a limit is for once: a game that opens so is over before it is seen.
        if let Some(Speed::Times(times)) = SPEEDS.get(self.speed_choice.selected() as usize) {
            settings.speed = *times;
        }
        settings.panel_open = self.side.widget().is_visible();
        settings.window_size = [self.window.width(), self.window.height()];
        if let Err(error) = self.settings_file.borrow_mut().save(&settings) {
            // The window is about to go: there is nowhere else to say it.
            gtk::glib::g_warning!("kartscope", "the settings are not kept: {error}");
        }
    }

    fn start_clock(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        self.area
            .add_tick_callback(move |_, _| match weak.upgrade() {
                Some(app) => {
                    app.tick();
                    ControlFlow::Continue
                }
                None => ControlFlow::Break,
            });
    }

    /// Has all games drawn anew.
    fn look_again(&self) {
        for game in self.games.borrow_mut().iter_mut() {
            game.stale = true;
        }
    }

    /// The game whose tile a point of the area lies in.
    pub(crate) fn game_at(&self, point: [f64; 2]) -> Option<usize> {
        let shown = self.shown.get();
        let mut tiles = self.tiles().into_iter();
        tiles.position(|tile| tile.contains(point, shown))
    }

    /// Where the games are in the area.
    pub(crate) fn tiles(&self) -> Vec<layout::Tile> {
        let area = [self.area.width().into(), self.area.height().into()];
        layout::tiles(self.games.borrow().len(), area, self.shown.get())
    }

    /// Tells of something that did not work.
    pub(crate) fn complain(&self, error: &anyhow::Error) {
        self.say(gtk::MessageType::Error, &format!("{error:#}"));
    }

    /// Tells of something that was done. After a while that is no news.
    pub(crate) fn tell(&self, text: &str) {
        self.say(gtk::MessageType::Info, text);
        let (bar, shown, told) = (self.bar.clone(), self.bar_text.clone(), text.to_owned());
        gtk::glib::timeout_add_local_once(NEWS, move || {
            // An error, or other news, may have taken its place.
            if shown.text() == told {
                bar.set_revealed(false);
            }
        });
    }

    fn say(&self, kind: gtk::MessageType, text: &str) {
        self.bar.set_message_type(kind);
        self.bar_text.set_text(text);
        self.bar.set_revealed(true);
    }

    fn closed(&self, seconds: f64) -> Closed {
        let games = self.games.borrow();
        let stages = games.iter().filter_map(|game| match &game.content {
            Content::Stage(stage) => Some(stage),
            Content::Feed(_) => None,
        });
        Closed {
            games: stages
                .map(|stage| ClosedGame {
                    name: stage.name.clone(),
                    frames: stage.session().frame(),
                    ram_hash: format!("{:016x}", stage.session().emulator().ram_hash()),
                })
                .collect(),
            seconds,
            pictures: self.drawn.get(),
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

fn icon_button(icon: &str, tooltip: &str, action: &str) -> gtk::Button {
    gtk::Button::builder()
        .icon_name(icon)
        .tooltip_text(tooltip)
        .action_name(action)
        .focus_on_click(false)
        .build()
}

/// Changes a label only where its words change: setting them lays the window out anew.
pub(crate) fn set_text(label: &gtk::Label, text: &str) {
    if label.text() != text {
        label.set_text(text);
    }
}

fn speed_number(speed: Speed) -> u32 {
    let number = SPEEDS.iter().position(|other| *other == speed);
    number.unwrap_or_default() as u32
}

/// Has GTK follow the desktop's wish for dark windows, which it does not by itself.
fn follow_color_scheme() {
    const SCHEMA: &str = "org.gnome.desktop.interface";
    const KEY: &str = "color-scheme";
    let source = gio::SettingsSchemaSource::default();
    let schema = source.and_then(|source| source.lookup(SCHEMA, true));
    if !schema.is_some_and(|schema| schema.has_key(KEY)) {
        return;
    }
    let desktop = gio::Settings::new(SCHEMA);
    let follow = |desktop: &gio::Settings| {
        if let Some(settings) = gtk::Settings::default() {
            let is_dark = desktop.string(KEY) == "prefer-dark";
            settings.set_gtk_application_prefer_dark_theme(is_dark);
        }
    };
    follow(&desktop);
    desktop.connect_changed(Some(KEY), move |desktop, _| follow(desktop));
    // It watches for as long as the program runs.
    std::mem::forget(desktop);
}

fn load_style() {
    let provider = gtk::CssProvider::new();
    provider.load_from_data(include_str!("style.css"));
    if let Some(display) = gdk::Display::default() {
        gtk::style_context_add_provider_for_display(
            &display,
            &provider,
            gtk::STYLE_PROVIDER_PRIORITY_APPLICATION,
        );
    }
}
