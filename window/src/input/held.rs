//! What is held, and what was pressed since the last frame.

use std::collections::HashMap;
use std::hash::Hash;

use nds_formats::pad::Pad;

use super::button::{Button, without_opposites};

/// Keys, or a controller's buttons, that are held down now. A press counts for a frame even if its
/// release comes before the frame does.
#[derive(Debug)]
pub(crate) struct Held<K> {
    down: HashMap<K, Button>,
    pressed: Pad,
}

impl<K> Default for Held<K> {
    fn default() -> Self {
        Self {
            down: HashMap::new(),
            pressed: Pad::empty(),
        }
    }
}

impl<K: Eq + Hash> Held<K> {
    /// Presses `key`, which stands for `button`. A key that is down already, as one that repeats is,
    /// stays what it was.
    pub(crate) fn press(&mut self, key: K, button: Button) {
        self.down.entry(key).or_insert_with(|| {
            self.pressed |= button.pad();
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
        self.pressed = Pad::empty();
    }

    /// What a frame that begins now gets.
    pub(crate) fn take(&mut self) -> Pad {
        let down = self.down.values().map(|button| button.pad());
        let pad = down.fold(std::mem::take(&mut self.pressed), |all, one| all | one);
        without_opposites(pad)
    }
}

#[cfg(test)]
mod tests {
    use nds_formats::pad::Pad;

    use super::{Button, Held};

    #[test]
    fn a_held_key_counts_in_every_frame() {
        let mut held = Held::default();
        held.press(1, Button::A);
        assert_eq!(held.take(), Pad::A);
        assert_eq!(held.take(), Pad::A);
        assert!(held.release(&1));
        assert_eq!(held.take(), Pad::empty());
        assert!(!held.release(&1));
    }

    #[test]
    fn a_tap_between_two_frames_counts_once() {
        let mut held = Held::default();
        held.press(1, Button::R);
        held.release(&1);
        assert_eq!(held.take(), Pad::R);
        assert_eq!(held.take(), Pad::empty());
    }

    #[test]
    fn repeats_are_no_presses() {
        let mut held = Held::default();
        held.press(1, Button::R);
        assert_eq!(held.take(), Pad::R);
        held.press(1, Button::R);
        held.press(1, Button::R);
        held.release(&1);
        assert_eq!(held.take(), Pad::empty());
    }

    #[test]
    fn two_keys_of_a_button_hold_it_until_both_are_up() {
        let mut held = Held::default();
        held.press(1, Button::Up);
        held.press(2, Button::Up);
        held.release(&1);
        assert_eq!(held.take(), Pad::UP);
        held.release(&2);
        assert_eq!(held.take(), Pad::empty());
    }

    #[test]
    fn what_is_gone_is_released() {
        let mut held = Held::default();
        held.press((1, 'a'), Button::A);
        held.press((2, 'a'), Button::B);
        held.release_where(|(device, _)| *device == 1);
        assert_eq!(held.take(), Pad::B);
        held.press((2, 'b'), Button::L);
        held.release_where(|_| true);
        assert_eq!(held.take(), Pad::empty(), "not even what was pressed");
    }
}
