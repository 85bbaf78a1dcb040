//! The widgets, on a display of their own: GTK belongs to one thread, so this is one program that
//! does one thing after the other. Without Xvfb and xdotool it tests nothing and says so.
#![allow(clippy::print_stderr, reason = "a test says what it does")]

mod display;

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;

use display::Display;
use gtk::prelude::*;
use gtk::{gdk, glib};
use homebrew::native::Game;
use machine::Buttons;
use mkds_formats::ghost::Combo;
use mkds_memory::path::{FieldValue, Path};
use mkds_memory::{Ram, RamMut};
use window::input::{Bindings, BindingsDialog, Button, Key, Keyboard, Stylus};
use window_kart::mkds::FieldPanel;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let Some(display) = Display::start()? else {
        eprintln!("skipped: Xvfb and xdotool are not installed");
        return Ok(());
    };
    for (name, test) in [
        (
            "a_value_is_shown_pinned_and_poked",
            a_value_is_shown_pinned_and_poked as fn(&Display) -> Result,
        ),
        ("the_list_follows_the_race", the_list_follows_the_race),
        (
            "keys_act_while_their_widget_has_the_focus",
            keys_act_while_their_widget_has_the_focus,
        ),
        ("the_mouse_touches_the_screen", the_mouse_touches_the_screen),
        ("a_taken_key_is_refused", a_taken_key_is_refused),
    ] {
        eprintln!("test {name} ...");
        test(&display).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn race() -> Result<Game> {
    let mut game = Game::new(None)?;
    game.start_race(Combo {
        character: 0,
        kart: 0,
        course: 20,
    })?;
    Ok(game)
}

/// A window with a widget, shown where the display begins.
fn show(display: &Display, widget: &impl IsA<gtk::Widget>, size: (i32, i32)) -> gtk::Window {
    let window = gtk::Window::builder()
        .decorated(false)
        .default_width(size.0)
        .default_height(size.1)
        .child(widget)
        .build();
    window.present();
    display.wait(|| window.is_active());
    window
}

/// Counts the keys and mouse buttons that are let go in a window: what came before them has come, too.
fn releases(window: &gtk::Window) -> Rc<Cell<u32>> {
    let count = Rc::new(Cell::new(0));
    let events = gtk::EventControllerLegacy::new();
    events.set_propagation_phase(gtk::PropagationPhase::Capture);
    let counted = Rc::clone(&count);
    events.connect_event(move |_, event| {
        if let gdk::EventType::KeyRelease | gdk::EventType::ButtonRelease = event.event_type() {
            counted.set(counted.get() + 1);
        }
        glib::Propagation::Proceed
    });
    window.add_controller(events);
    count
}

/// A widget below another of which that is so.
fn find<W: IsA<gtk::Widget>>(widget: &gtk::Widget, is_it: &dyn Fn(&W) -> bool) -> Option<W> {
    if let Some(found) = widget.downcast_ref::<W>().filter(|found| is_it(found)) {
        return Some(found.clone());
    }
    let mut child = widget.first_child();
    while let Some(widget) = child {
        if let Some(found) = find(&widget, is_it) {
            return Some(found);
        }
        child = widget.next_sibling();
    }
    None
}

fn shows(panel: &FieldPanel, text: &str) -> Option<gtk::Inscription> {
    find(panel.widget().upcast_ref(), &|shown: &gtk::Inscription| {
        shown.is_mapped() && shown.text().as_deref() == Some(text)
    })
}

/// A point in the middle of a widget, on the display. The next frame has laid out what is new.
fn middle(display: &Display, widget: &impl IsA<gtk::Widget>) -> Result<(i32, i32)> {
    let root = widget.root().ok_or("no window")?;
    let is_painted = Rc::new(Cell::new(false));
    let painted = Rc::clone(&is_painted);
    let clock = widget.frame_clock().ok_or("no frames")?;
    let handler = clock.connect_after_paint(move |_| painted.set(true));
    root.queue_draw();
    display.wait(|| is_painted.get());
    clock.disconnect(handler);
    let bounds = widget.compute_bounds(&root).ok_or("no place")?;
    let center = bounds.center();
    Ok((center.x() as i32, center.y() as i32))
}

fn a_value_is_shown_pinned_and_poked(display: &Display) -> Result {
    let game = Rc::new(RefCell::new(race()?));
    let panel = FieldPanel::new();
    let told = Rc::new(RefCell::new(Vec::new()));
    let (poked, writing) = (Rc::clone(&told), Rc::clone(&game));
    panel.connect_poke(move |path, field_value| {
        poked
            .borrow_mut()
            .push((path.to_string(), field_value.clone()));
        let mut game = writing.borrow_mut();
        let mut ram = RamMut::new(game.ram_mut()).expect("a game");
        path.write(&mut ram, &field_value)
            .expect("a field that is there");
    });
    let pinned = Rc::new(RefCell::new(Vec::new()));
    let names = Rc::clone(&pinned);
    panel.connect_pinned_changed(move |now| names.replace(now.to_vec()).clear());
    let window = show(display, panel.widget(), (600, 500));
    let frame = Cell::new(0);
    let update = || {
        frame.set(frame.get() + 1);
        panel.update(Ram::new(game.borrow().ram()).ok().as_deref(), frame.get());
    };
    let listed = || {
        update();
        shows(&panel, "driver[0].boost_timer")
    };
    panel.search("driver[0].boost_timer");
    display.wait(|| listed().is_some());
    let name = listed().ok_or("the field isn't listed")?;

    // A double click, be it ever so slow, opens the entry; a refused text stays in it and pokes nothing.
    let settings = gtk::Settings::default().ok_or("no settings")?;
    settings.set_gtk_double_click_time(60_000);
    let (x, y) = middle(display, &name)?;
    display.xdotool(&format!("mousemove {x} {y} click --repeat 2 --delay 60 1"))?;
    let entry = || {
        find(panel.widget().upcast_ref(), &|entry: &gtk::Entry| {
            entry.is_mapped()
        })
    };
    display.wait(|| entry().is_some());
    let entry = entry().ok_or("no entry was opened")?;
    display.wait(|| entry.has_focus() || entry.focus_child().is_some());
    entry.set_text("40000");
    display.xdotool("key Return")?;
    display.wait(|| entry.has_css_class("error"));
    assert!(entry.has_css_class("error") && told.borrow().is_empty());
    entry.set_text("77");
    assert!(!entry.has_css_class("error"));
    display.xdotool("key Return")?;
    display.wait(|| !told.borrow().is_empty());
    let expected = ("driver[0].boost_timer".to_owned(), FieldValue::Integer(77));
    assert_eq!(*told.borrow(), [expected]);
    let new = || {
        update();
        shows(&panel, "77")
    };
    display.wait(|| new().is_some());
    let value = new().ok_or("the new value isn't shown")?;
    assert!(value.has_css_class("fresh"));
    let is_old = || {
        update();
        !value.has_css_class("fresh") && !value.has_css_class("fading")
    };
    display.wait(is_old);
    assert!(is_old());

    // The pin of the row plots it above.
    let pin = find(panel.widget().upcast_ref(), &|pin: &gtk::ToggleButton| {
        pin.is_mapped() && pin.is_sensitive()
    });
    let pin = pin.ok_or("no pin")?;
    let (x, y) = middle(display, &pin)?;
    display.xdotool(&format!("mousemove {x} {y} click 1"))?;
    display.wait(|| !pinned.borrow().is_empty());
    assert_eq!(*pinned.borrow(), ["driver[0].boost_timer"]);
    assert_eq!(panel.pinned(), *pinned.borrow());
    assert!(pin.is_active());
    let refused = panel.set_pinned(&["driver[0]".to_owned(), "driver[0].speed".to_owned()]);
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(
        refused,
        ["pinned field driver[0]: expected a number, found driver_t"]
    );
    assert_eq!(panel.pinned(), ["driver[0].speed"]);
    assert!(!pin.is_active());
    window.destroy();
    display.turn();
    Ok(())
}

fn the_list_follows_the_race(display: &Display) -> Result {
    let mut game = Game::new(None)?;
    let panel = FieldPanel::new();
    panel.open(&["driver", "driver[0]", "driver[0].position"]);
    let window = show(display, panel.widget(), (600, 3000));
    let frame = Cell::new(0);
    let update = |ram: Option<&Ram<'_>>| {
        frame.set(frame.get() + 1);
        panel.update(ram.map(|ram| &**ram), frame.get());
    };
    let wait_for = |ram: Option<&Ram<'_>>, text: &str, is_shown: bool| {
        let is_so = || {
            update(ram);
            shows(&panel, text).is_some() == is_shown
        };
        display.wait(is_so);
        assert!(is_so(), "{text:?} is shown: expected {is_shown}");
    };
    wait_for(None, "driver", true);
    assert!(shows(&panel, "[0]").is_none());
    for _ in 0..20 {
        update(Some(&Ram::new(game.ram())?));
        display.turn();
    }
    assert!(shows(&panel, "[0]").is_none(), "there is no race");
    game = race()?;
    wait_for(Some(&Ram::new(game.ram())?), "motion_flags", true);
    // Garbage where the race was is shown as what it is.
    let mut image = game.ram().to_vec();
    let driver = Path::parse("driver")?
        .address(&*Ram::new(&image)?)?
        .ok_or("no driver")?;
    let at = (driver - mkds_memory::RAM_BASE) as usize;
    image[at..at + 4].copy_from_slice(&0xFFFF_FFFCu32.to_le_bytes());
    update(Some(&Ram::new(&image)?));
    display.turn();
    wait_for(None, "[0]", false);
    window.destroy();
    display.turn();
    Ok(())
}

fn keys_act_while_their_widget_has_the_focus(display: &Display) -> Result {
    let keyboard = Keyboard::new(Bindings::default());
    let screen = gtk::DrawingArea::builder()
        .focusable(true)
        .vexpand(true)
        .build();
    let entry = gtk::Entry::new();
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.append(&screen);
    content.append(&entry);
    keyboard.attach(&screen, || true);
    let window = show(display, &content, (300, 300));
    let released = releases(&window);
    screen.grab_focus();
    display.turn();
    display.xdotool("keydown x keydown Left")?;
    display.wait(|| keyboard.take_buttons() == Buttons::A | Buttons::LEFT);
    assert_eq!(keyboard.take_buttons(), Buttons::A | Buttons::LEFT);
    // Shift between the press and the release of a key does not keep it held.
    display.xdotool("keydown shift keyup x keyup shift")?;
    display.wait(|| released.get() == 2);
    assert_eq!(keyboard.take_buttons(), Buttons::LEFT);
    display.xdotool("keydown space keyup space")?;
    display.wait(|| released.get() == 3);
    assert_eq!(
        keyboard.take_buttons(),
        Buttons::LEFT | Buttons::START,
        "a tap counts for a frame"
    );
    assert_eq!(keyboard.take_buttons(), Buttons::LEFT);
    entry.grab_focus();
    display.wait(|| keyboard.take_buttons().is_empty());
    assert_eq!(
        keyboard.take_buttons(),
        Buttons::empty(),
        "the focus is elsewhere"
    );
    display.xdotool("keyup Left key z")?;
    display.wait(|| entry.text() == "z");
    assert_eq!(
        (keyboard.take_buttons(), entry.text().as_str()),
        (Buttons::empty(), "z")
    );

    // Another window takes the focus.
    screen.grab_focus();
    display.xdotool("keydown w")?;
    display.wait(|| keyboard.take_buttons() == Buttons::UP);
    let other = show(display, &gtk::Label::new(Some("another")), (100, 100));
    display.wait(|| !window.is_active() && keyboard.take_buttons().is_empty());
    assert_eq!(
        keyboard.take_buttons(),
        Buttons::empty(),
        "the window has no focus"
    );
    display.xdotool("keyup w")?;
    other.destroy();
    window.destroy();
    display.turn();
    Ok(())
}

fn the_mouse_touches_the_screen(display: &Display) -> Result {
    let stylus = Stylus::new();
    let screen = gtk::DrawingArea::new();
    stylus.attach(&screen, |x, y| {
        let is_inside = (0.0..256.0).contains(&x) && (0.0..192.0).contains(&y);
        is_inside.then_some([x as u32, y as u32])
    });
    let window = show(display, &screen, (300, 300));
    let released = releases(&window);
    let wait_for = |touch| {
        display.wait(|| stylus.take_touch() == touch);
        assert_eq!(stylus.take_touch(), touch);
    };
    display.xdotool("mousemove 40 50 mousedown 1")?;
    wait_for(Some([40, 50]));
    display.xdotool("mousemove 100 120")?;
    wait_for(Some([100, 120]));
    display.xdotool("mouseup 1")?;
    wait_for(None);
    display.xdotool("mousemove 280 250 click 1")?;
    display.wait(|| released.get() == 2);
    assert_eq!(stylus.take_touch(), None, "beside the screen");
    window.destroy();
    display.turn();
    Ok(())
}

fn a_taken_key_is_refused(display: &Display) -> Result {
    let dialog = BindingsDialog::new(None, &Bindings::default());
    let changed = Rc::new(RefCell::new(None));
    let last = Rc::clone(&changed);
    dialog.connect_changed(move |bindings| {
        last.replace(Some(bindings.clone()));
    });
    dialog.present();
    let window = dialog.window().clone();
    display.wait(|| window.is_active());
    let add = || {
        find(window.upcast_ref(), &|button: &gtk::Button| {
            button.tooltip_text().as_deref() == Some("Bind a key to A")
        })
    };
    let says = |text: &str| {
        find(window.upcast_ref(), &|label: &gtk::Label| {
            label.text().contains(text)
        })
        .is_some()
    };
    add().ok_or("no button to add a key")?.emit_clicked();
    display.turn();
    display.xdotool("key space")?;
    display.wait(|| says("Space is bound to Start already"));
    assert!(says("Space is bound to Start already"));
    assert_eq!(*changed.borrow(), None);
    add().ok_or("no button to add a key")?.emit_clicked();
    display.turn();
    display.xdotool("key m")?;
    display.wait(|| changed.borrow().is_some());
    let bindings = changed.borrow().clone().ok_or("nothing has changed")?;
    assert_eq!(bindings.of_key(Key::named("m")?), Some(Button::A));
    display.xdotool("key Escape")?;
    display.wait(|| !window.is_visible());
    assert!(!window.is_visible(), "Escape closes it");
    Ok(())
}
