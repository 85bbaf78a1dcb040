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

use super::{App, KeyTarget, Meter, Toggle};
use crate::accessible::named;
use crate::autosave::Autosave;
use crate::content::Content;
use crate::game::{Additions, Change, OverlayInfo};
use crate::go_to::GoTo;
use crate::header::{icon_button, speed_choice, speed_number};
use crate::input::{Controllers, Keyboard, Stylus};
use crate::messages::Messages;
use crate::opener::Opener;
use crate::pace::{SPEEDS, Speed};
use crate::settings::SettingsFile;
use crate::side::{Destination, Side};
use crate::timeline::Timeline;
use crate::{actions, layout, screen, style};

/// Width and height of the first window, pixels.
const DEFAULT_SIZE: [i32; 2] = [1180, 900];
/// The rewind key.
const REWIND_KEY: gdk::Key = gdk::Key::bracketleft;

/// What a window shows.
pub struct Setup {
    /// The window's title.
    pub title: String,
    /// The games; none for a window with the start page.
    pub games: Vec<Content>,
    /// The files of the games, for the list of recent files.
    pub files: Vec<PathBuf>,
    /// All files that the command reads: the window does not replace them.
    pub inputs: Vec<PathBuf>,
    /// The user's ROM that they run on; `None` for the bundled game.
    pub rom: Option<PathBuf>,
    /// Opens other games; `None` for a window that only watches.
    pub opener: Option<Rc<dyn Opener>>,
    /// What the games add to the window.
    pub additions: Additions,
    /// Whether the selected game's sound is played.
    pub sound: bool,
    /// Whether the window must close; called in each display refresh.
    pub is_over: Box<dyn Fn() -> bool>,
}

/// The state of the games when the window was closed.
#[derive(Clone, Debug, Serialize)]
pub struct Closed {
    /// The games.
    pub games: Vec<ClosedGame>,
    /// Seconds that the window was open.
    pub seconds: f64,
    /// Pictures that it drew.
    pub pictures: u64,
}

/// The state of a game when the window was closed.
#[derive(Clone, Debug, Serialize)]
pub struct ClosedGame {
    /// Its name.
    pub name: String,
    /// Frames played up to the shown one.
    pub frames: u64,
    /// Hash of main RAM in that frame.
    pub ram_hash: String,
}

/// Checks that there is a display to open a window on. GTK may only be used on the thread that calls this first.
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
        style::apply();
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
                    app.go_to_destination(Destination::Frame(frame));
                }
            }
        });
        let Additions {
            overlays,
            fields,
            page,
        } = setup.additions;
        let side = Side::new(fields(), page.map(|page| page()), {
            let weak = weak_self.clone();
            move |place| {
                if let Some(app) = weak.borrow().upgrade() {
                    app.go_to_destination(place);
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
            screens: Cell::new(settings.screens),
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
            recovered: RefCell::default(),
            session_path: RefCell::default(),
            recent_menu: gio::Menu::new(),
            recent_list: gtk::Box::new(gtk::Orientation::Vertical, 2),
            recent_heading: heading("Opened before"),
            may_close: Cell::new(false),
            rewinding: Cell::new(false),
            sound_on: Cell::new(setup.sound && is_wanted),
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
            key_target: Cell::new(None),
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
        if app.sound_on.get()
            && let Err(error) = app.open_speaker()
        {
            app.show_notice(&format!("{error:#}"));
        }
        if let Some(error) = loaded.error {
            app.show_error(&error.into());
        }
        app.open_recovered_session();
        Ok(app)
    }

    /// Claims a file for the automatic save; a window without games recovers a session from there.
    fn claim_place(&self, is_empty: bool) {
        if self.opener.is_none() {
            return;
        }
        match Autosave::claim(is_empty) {
            Ok((place, left)) => {
                if place.other_sessions {
                    self.show_notice(
                        "a session that was not saved is kept: `kartscope debug` alone opens it",
                    );
                }
                self.autosave.replace(Some(place));
                self.recovered.replace(left);
            }
            Err(error) => self.show_error(&error),
        }
    }

    /// Assembles the widgets.
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
        // The game gets the keys again.
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
                    app.mark_all_stale();
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
                .is_some_and(|app| app.key_target() == KeyTarget::Game)
        });
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let weak = Rc::downgrade(self);
        keys.connect_key_pressed(move |_, key, _, _| match weak.upgrade() {
            Some(app) if key == REWIND_KEY && app.key_target() != KeyTarget::Text => {
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
                && app.key_target() != KeyTarget::Game
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
                app.show_error(&error);
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

    /// Restores the settings of the last window.
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

    /// Shows messages over the games, where they do not hide lap and time.
    fn attach_messages(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        self.messages.attach(&self.screen, move || {
            weak.upgrade()
                .map_or(0.0, |app| match app.games.borrow().is_empty() {
                    true => 0.0,
                    false => layout::free_from(&app.tiles(), app.visible_screens()),
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
