//! The keyboard, while the game has it.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib};
use machine::Buttons;

use super::bindings::{Bindings, Key};
use super::held::Held;

/// Modifiers with which a key is a shortcut, and no button.
const SHORTCUTS: gdk::ModifierType = gdk::ModifierType::CONTROL_MASK
    .union(gdk::ModifierType::ALT_MASK)
    .union(gdk::ModifierType::SUPER_MASK)
    .union(gdk::ModifierType::META_MASK);

/// The buttons that keys hold down. Clones are the same keyboard.
#[derive(Debug, Clone)]
pub struct Keyboard {
    state: Rc<RefCell<State>>,
}

#[derive(Debug)]
struct State {
    bindings: Bindings,
    /// By hardware code: a key that is released with shift held was pressed without.
    held: Held<u32>,
}

impl Keyboard {
    /// A keyboard that nothing is attached to yet.
    #[must_use]
    pub fn new(bindings: Bindings) -> Self {
        let held = Held::default();
        Self {
            state: Rc::new(RefCell::new(State { bindings, held })),
        }
    }

    /// Binds keys anew, and releases all.
    pub fn set_bindings(&self, bindings: Bindings) {
        self.state.borrow_mut().bindings = bindings;
        self.release_all();
    }

    /// Takes the keys that `widget`, or what is in it, gets while `is_wanted` says so, before anything in it does. They
    /// are released when the focus leaves it, or its window.
    pub fn attach(&self, widget: &impl IsA<gtk::Widget>, is_wanted: impl Fn() -> bool + 'static) {
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let keyboard = self.clone();
        keys.connect_key_pressed(move |_, key, code, modifiers| match is_wanted() {
            true => keyboard.press(key, code, modifiers),
            false => glib::Propagation::Proceed,
        });
        let keyboard = self.clone();
        keys.connect_key_released(move |_, _, code, _| {
            keyboard.state.borrow_mut().held.release(&code);
        });
        widget.add_controller(keys);

        let focus = gtk::EventControllerFocus::new();
        let keyboard = self.clone();
        focus.connect_leave(move |_| keyboard.release_all());
        widget.add_controller(focus);

        let keyboard = self.clone();
        widget.connect_unmap(move |_| keyboard.release_all());
    }

    fn press(&self, key: gdk::Key, code: u32, modifiers: gdk::ModifierType) -> glib::Propagation {
        if modifiers.intersects(SHORTCUTS) {
            return glib::Propagation::Proceed;
        }
        let mut state = self.state.borrow_mut();
        match state.bindings.of_key(Key::new(key)) {
            Some(button) => {
                state.held.press(code, button);
                glib::Propagation::Stop
            }
            None => glib::Propagation::Proceed,
        }
    }

    /// Releases every key.
    pub fn release_all(&self) {
        self.state.borrow_mut().held.release_where(|_| true);
    }

    /// The buttons of a frame that begins now: those held, and those pressed since the last call.
    #[must_use]
    pub fn take_buttons(&self) -> Buttons {
        self.state.borrow_mut().held.take()
    }
}
