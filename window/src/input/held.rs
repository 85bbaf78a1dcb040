//! What is held, and what was pressed since the last frame.

use std::collections::HashMap;
use std::hash::Hash;

use machine::Buttons;

use super::button::Button;

/// Keys, or a controller's buttons, that are held down now. A press counts for a frame even if its
/// release comes before the frame does.
#[derive(Debug)]
pub(crate) struct Held<K> {
    down: HashMap<K, Button>,
    pressed: Buttons,
}

impl<K> Default for Held<K> {
    fn default() -> Self {
        Self {
            down: HashMap::new(),
            pressed: Buttons::empty(),
        }
    }
}

impl<K: Eq + Hash> Held<K> {
    /// Presses `key`, which stands for `button`. A key that is down already, as one that repeats is,
    /// stays what it was.
    pub(crate) fn press(&mut self, key: K, button: Button) {
        self.down.entry(key).or_insert_with(|| {
            self.pressed |= button.held();
            button
        });
    }

    /// Releases `key`; whether it was down.
    pub(crate) fn release(&mut self, key: &K) -> bool {
        self.down.remove(key).is_some()
    }

    /// Releases all keys that are `gone`, and forgets what was pressed.
    pub(crate) fn release_where(&mut self, gone: impl Fn(&K) -> bool) {
        self.down.retain(|key, _| !gone(key));
        self.pressed = Buttons::empty();
    }

    /// What a frame that begins now gets.
    pub(crate) fn take(&mut self) -> Buttons {
        let down = self.down.values().map(|button| button.held());
        let buttons = down.fold(std::mem::take(&mut self.pressed), |all, one| all | one);
        buttons.without_opposites()
    }
}

#[cfg(test)]
mod tests {
    use machine::Buttons;

    use super::{Button, Held};

    #[test]
    fn a_held_key_counts_in_every_frame() {
        let mut held = Held::default();
        held.press(1, Button::A);
        assert_eq!(held.take(), Buttons::A);
        assert_eq!(held.take(), Buttons::A);
        assert!(held.release(&1));
        assert_eq!(held.take(), Buttons::empty());
        assert!(!held.release(&1));
    }

    #[test]
    fn a_tap_between_two_frames_counts_once() {
        let mut held = Held::default();
        held.press(1, Button::R);
        held.release(&1);
        assert_eq!(held.take(), Buttons::R);
        assert_eq!(held.take(), Buttons::empty());
    }

    #[test]
    fn repeats_are_no_presses() {
        let mut held = Held::default();
        held.press(1, Button::R);
        assert_eq!(held.take(), Buttons::R);
        held.press(1, Button::R);
        held.press(1, Button::R);
        held.release(&1);
        assert_eq!(held.take(), Buttons::empty());
    }

    #[test]
    fn two_keys_of_a_button_hold_it_until_both_are_up() {
        let mut held = Held::default();
        held.press(1, Button::Up);
        held.press(2, Button::Up);
        held.release(&1);
        assert_eq!(held.take(), Buttons::UP);
        held.release(&2);
        assert_eq!(held.take(), Buttons::empty());
    }

    #[test]
    fn what_is_gone_is_released() {
        let mut held = Held::default();
        held.press((1, 'a'), Button::A);
        held.press((2, 'a'), Button::B);
        held.release_where(|(device, _)| *device == 1);
        assert_eq!(held.take(), Buttons::B);
        held.press((2, 'b'), Button::L);
        held.release_where(|_| true);
        assert_eq!(held.take(), Buttons::empty(), "not even what was pressed");
    }
}
