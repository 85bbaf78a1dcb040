//! Building the window, and running it until it is closed.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use gtk::glib::{ControlFlow, Propagation};
use gtk::prelude::*;
use gtk::{gdk, gio};
use serde::Serialize;

use super::{App, KeysOwner, Meter, Toggle};
use crate::accessible::named;
use crate::autosave::Autosave;
use crate::content::Content;
use crate::game::{Additions, Change, OverlayInfo};
use crate::go_to::GoTo;
use crate::input::{Controllers, Keyboard, Stylus};
use crate::messages::Messages;
use crate::opener::Opener;
use crate::pace::{SPEEDS, Speed};
use crate::settings::SettingsFile;
use crate::side::{Place, Side};
use crate::timeline::Timeline;
use crate::{actions, layout, screen};

/// Width and height of a window that has never been open, pixels.
const DEFAULT_SIZE: [i32; 2] = [1180, 900];
/// The key for going back in time.
const REWIND_KEY: gdk::Key = gdk::Key::bracketleft;

/// What to show.
pub struct Setup {
    /// The window's title.
    pub title: String,
    /// The games; none for a window in which one is chosen.
    pub games: Vec<Content>,
    /// The files that they are of, to be opened again.
    pub files: Vec<PathBuf>,
    /// All that the command reads: nothing is written over it.
    pub inputs: Vec<PathBuf>,
    /// The user's ROM that they run on; `None` for the bundled game.
    pub rom: Option<PathBuf>,
    /// Opens other games; `None` for a window of work that is done elsewhere.
    pub opener: Option<Rc<dyn Opener>>,
    /// What the games add to the window.
    pub additions: Additions,
    /// Whether the selected game is to be heard: where one plays oneself.
    pub sound: bool,
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
    if setup.games.is_empty() && setup.opener.is_none() {
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
            .maximized(settings.maximized)
            .icon_name("input-gaming")
            .build();
        let weak_self: Rc<RefCell<Weak<Self>>> = Rc::default();
        let timeline = Timeline::new({
            let weak = weak_self.clone();
            move |frame| {
                if let Some(app) = weak.borrow().upgrade() {
                    app.go_to_place(Place::Frame(frame));
                }
            }
        });
        let Additions { overlays, fields } = setup.additions;
        let side = Side::new(fields(), {
            let weak = weak_self.clone();
            move |place| {
                if let Some(app) = weak.borrow().upgrade() {
                    app.go_to_place(place);
                }
            }
        });
        let is_on = |info: &OverlayInfo| match &settings.overlays {
            Some(chosen) => chosen.iter().any(|name| name == info.name),
            None => info.default_on,
        };
        let toggles = overlays
            .into_iter()
            .map(|info| Toggle {
                button: gtk::CheckButton::builder()
                    .label(info.label)
                    .active(is_on(&info))
                    .build(),
                info,
            })
            .collect();
        let app = Rc::new(Self {
            application: application.clone(),
            area: screen::area(),
            games: RefCell::default(),
            selected: Cell::new(0),
            shown: Cell::new(settings.screens),
            toggles,
            stylus: Stylus::new(),
            keyboard: Keyboard::new(settings.bindings.clone()),
            controllers: RefCell::new(Controllers::new(settings.bindings.clone())),
            settings: RefCell::new(settings),
            settings_file: RefCell::new(loaded.file),
            animation: RefCell::default(),
            saving: RefCell::default(),
            actions: RefCell::default(),
            opener: setup.opener,
            inputs: RefCell::new(setup.inputs),
            rom: RefCell::new(setup.rom),
            autosave: RefCell::default(),
            leftover: RefCell::default(),
            session_path: RefCell::default(),
            recent_menu: gio::Menu::new(),
            recent_list: gtk::Box::new(gtk::Orientation::Vertical, 2),
            recent_heading: heading("Opened before"),
            may_close: Cell::new(false),
            rewinding: Cell::new(false),
            heard: Cell::new(setup.sound && is_wanted),
            speaker: RefCell::default(),
            samples: RefCell::default(),
            drawn: Cell::new(0),
            timeline,
            side,
            messages: Messages::new(),
            pages: gtk::Stack::new(),
            screen: gtk::Overlay::new(),
            transport: gtk::Box::builder().css_classes(["linked"]).build(),
            overlays_button: overlays_button(),
            below: gtk::Box::builder()
                .orientation(gtk::Orientation::Vertical)
                .css_classes(["below"])
                .build(),
            keys_label: gtk::Label::builder()
                .css_classes(["keys"])
                .valign(gtk::Align::Center)
                .tooltip_text("What gets the keys that are pressed")
                .build(),
            keys_owner: Cell::new(None),
            go_to: GoTo::new(),
            play_button: icon_button("media-playback-pause-symbolic", "Play or pause", "win.play"),
            take_button: gtk::ToggleButton::builder()
                .label("Drive")
                .tooltip_text("Take the controls, or give them back")
                .action_name("win.take")
                .build(),
            speed_choice: speed_choice(),
            figures: gtk::Label::builder().css_classes(["numeric"]).build(),
            last_tick: Cell::new(None),
            is_over: setup.is_over,
            meter: Cell::new(Meter {
                since: Instant::now(),
                pictures: 0,
            }),
            window,
        });
        *weak_self.borrow_mut() = Rc::downgrade(&app);
        let is_empty = setup.games.is_empty();
        app.assemble();
        actions::install(&app);
        screen::connect(&app);
        app.connect_toggles();
        app.connect_input();
        app.connect_drop();
        app.restore();
        app.claim_place(is_empty);
        app.set_games(setup.games)?;
        setup.files.iter().for_each(|file| app.remember_file(file));
        app.attach_messages();
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
        app.open_leftover();
        Ok(app)
    }

    /// Takes a place to keep the session in; a window without games takes over what another has left.
    fn claim_place(&self, is_empty: bool) {
        if self.opener.is_none() {
            return;
        }
        match Autosave::claim(is_empty) {
            Ok((place, left)) => {
                if place.others_left {
                    self.tell(
                        "a session that was not saved is kept: `kartscope debug` alone opens it",
                    );
                }
                self.autosave.replace(Some(place));
                self.leftover.replace(left);
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Puts the widgets together.
    fn assemble(&self) {
        let header = gtk::HeaderBar::new();
        self.transport.append(&icon_button(
            "media-skip-backward-symbolic",
            "One frame back",
            "win.back",
        ));
        self.transport.append(&self.play_button);
        self.transport.append(&icon_button(
            "media-skip-forward-symbolic",
            "One frame on",
            "win.forward",
        ));
        self.speed_choice.set_tooltip_text(Some("Speed"));
        header.pack_start(&self.transport);
        header.pack_start(&self.speed_choice);
        header.pack_start(&self.take_button);
        header.pack_end(&self.menu_button());
        header.pack_end(&icon_button(
            "sidebar-show-right-symbolic",
            "Side panel",
            "win.panel",
        ));
        self.overlays_button
            .set_popover(Some(&self.overlays_list()));
        header.pack_end(&self.overlays_button);
        self.window.set_titlebar(Some(&header));

        let status = gtk::Box::builder()
            .spacing(12)
            .css_classes(["status"])
            .build();
        status.append(&self.keys_label);
        status.append(self.go_to.widget());
        status.append(&gtk::Box::builder().hexpand(true).build());
        status.append(&self.figures);
        let left = gtk::Box::new(gtk::Orientation::Vertical, 0);
        self.pages.add_named(&self.start_page(), Some("start"));
        self.pages.add_named(&self.area, Some("games"));
        self.screen.set_child(Some(&self.pages));
        left.append(&self.screen);
        self.below.append(self.timeline.widget());
        self.below.append(&status);
        left.append(&self.below);
        let panes = gtk::Paned::builder()
            .start_child(&left)
            .end_child(self.side.widget())
            .resize_end_child(false)
            .shrink_start_child(false)
            .shrink_end_child(false)
            .build();
        self.window.set_child(Some(&panes));
    }

    /// The page of a window without games.
    fn start_page(&self) -> gtk::Box {
        let page = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(8)
            .halign(gtk::Align::Center)
            .valign(gtk::Align::Center)
            .vexpand(true)
            .hexpand(true)
            .build();
        let title = gtk::Label::builder()
            .label("kartscope")
            .css_classes(["title-1"])
            .build();
        let hint = gtk::Label::builder()
            .label("Begin a game, open a file, or drop one here")
            .margin_bottom(12)
            .build();
        page.append(&title);
        page.append(&hint);
        let buttons = gtk::Box::builder()
            .spacing(8)
            .halign(gtk::Align::Center)
            .margin_bottom(18)
            .build();
        for (label, action) in [("New game…", "win.new"), ("Open…", "win.open")] {
            let button = gtk::Button::builder()
                .label(label)
                .action_name(action)
                .css_classes(["pill"])
                .build();
            buttons.append(&button);
        }
        page.append(&buttons);
        page.append(&self.recent_heading);
        page.append(&self.recent_list);
        page
    }

    fn menu_button(&self) -> gtk::MenuButton {
        let menu = gio::Menu::new();
        for group in actions::GROUPS.iter().filter(|group| group.title != "Time") {
            let section = gio::Menu::new();
            for command in group.commands {
                section.append(Some(command.label), Some(&format!("win.{}", command.name)));
            }
            if group.title == "Files" {
                section.append_submenu(Some("Open again"), &self.recent_menu);
            }
            menu.append_section(None, &section);
        }
        let button: gtk::MenuButton = named("Menu");
        button.set_icon_name("open-menu-symbolic");
        button.set_tooltip_text(Some("Menu"));
        button.set_menu_model(Some(&menu));
        button.set_primary(true);
        button
    }

    fn overlays_list(&self) -> gtk::Popover {
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
        popover
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
        let weak = Rc::downgrade(self);
        self.keyboard.attach(&self.window, move || {
            weak.upgrade()
                .is_some_and(|app| app.owner_of_keys() == KeysOwner::Game)
        });
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let weak = Rc::downgrade(self);
        keys.connect_key_pressed(move |_, key, _, _| match weak.upgrade() {
            Some(app) if key == REWIND_KEY && app.owner_of_keys() != KeysOwner::Text => {
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
        self.window.connect_focus_widget_notify(move |_| {
            if let Some(app) = weak.upgrade()
                && app.owner_of_keys() != KeysOwner::Game
            {
                app.keyboard.release_all();
            }
        });
        let weak = Rc::downgrade(self);
        self.window
            .connect_close_request(move |_| match weak.upgrade() {
                Some(app) => app.close_or_ask(),
                None => Propagation::Proceed,
            });
        let weak = Rc::downgrade(self);
        self.messages.connect_closed(move || {
            if let Some(app) = weak.upgrade() {
                app.area.grab_focus();
            }
        });
        let weak = Rc::downgrade(self);
        let search_left = move || {
            if let Some(app) = weak.upgrade() {
                app.area.grab_focus();
            }
        };
        self.side
            .fields()
            .connect_search_left(Box::new(search_left));
        let weak = Rc::downgrade(self);
        self.go_to
            .connect_entered(move |text| match weak.upgrade() {
                Some(app) => app.go_to_text(text),
                None => Ok(()),
            });
        let weak = Rc::downgrade(self);
        let change = move |change: Change<'_>| {
            if let Some(app) = weak.upgrade()
                && let Err(error) = app.change_field(change)
            {
                app.complain(&error);
            }
        };
        self.side.fields().connect_change(Box::new(change));
        let weak = Rc::downgrade(self);
        let pinned_changed = move || {
            if let Some(app) = weak.upgrade() {
                app.remember_pinned();
            }
        };
        self.side
            .fields()
            .connect_pinned_changed(Box::new(pinned_changed));
    }

    /// Puts things as they were when the window was closed.
    fn restore(&self) {
        let pinned = self.settings.borrow().pinned.clone();
        self.set_pinned(&pinned);
        self.list_recent();
        let speed = Speed::Times(self.settings.borrow().speed);
        if SPEEDS.contains(&speed) {
            self.speed_choice.set_selected(speed_number(speed));
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

    /// Lays the messages over the games, where they leave lap and time in sight.
    fn attach_messages(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        self.messages.attach(&self.screen, move || {
            weak.upgrade()
                .map_or(0.0, |app| match app.games.borrow().is_empty() {
                    true => 0.0,
                    false => layout::free_from(&app.tiles(), app.shown()),
                })
        });
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
                    frames: stage.run().frame(),
                    ram_hash: format!("{:016x}", stage.run().hash()),
                })
                .collect(),
            seconds,
            pictures: self.drawn.get(),
        }
    }
}

fn icon_button(icon: &str, tooltip: &str, action: &str) -> gtk::Button {
    let button: gtk::Button = named(tooltip);
    button.set_icon_name(icon);
    button.set_tooltip_text(Some(tooltip));
    button.set_action_name(Some(action));
    button.set_focus_on_click(false);
    button
}

fn overlays_button() -> gtk::MenuButton {
    let button: gtk::MenuButton = named("Overlays");
    button.set_label("Overlays");
    button.set_tooltip_text(Some(
        "What is drawn over the game; the keys 1 to 9 and 0 are the first ten",
    ));
    button
}

fn heading(text: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(text)
        .css_classes(["heading"])
        .build()
}

fn speed_choice() -> gtk::DropDown {
    let labels = SPEEDS.map(Speed::label);
    let labels = gtk::StringList::new(&labels.each_ref().map(String::as_str));
    let choice: gtk::DropDown = named("Speed");
    choice.set_model(Some(&labels));
    choice
}

fn speed_number(speed: Speed) -> u32 {
    let number = SPEEDS.iter().position(|other| *other == speed);
    number.unwrap_or_default() as u32
}

/// Has GTK make its windows dark where the desktop's are, which it does not by itself.
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
    provider.load_from_data(include_str!("../style.css"));
    if let Some(display) = gdk::Display::default() {
        gtk::style_context_add_provider_for_display(
            &display,
            &provider,
            gtk::STYLE_PROVIDER_PRIORITY_APPLICATION,
        );
    }
}
