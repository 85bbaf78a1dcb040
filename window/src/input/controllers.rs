//! Game controllers, as many as there are.

use std::collections::HashMap;

use gilrs::{Axis, EventType, GamepadId, Gilrs};
use machine::Buttons;

use super::bindings::{Bindings, Trigger};
use super::button::Button;
use super::held::Held;

/// How far a stick is pushed, of 1, before it counts as a direction.
const DEAD_ZONE: f32 = 0.35;
/// How far it is pushed before it counts as a stick: a released one does not stand exactly in the middle.
const REST: f32 = 0.1;
/// A stick's reach in [`machine::Held::stick`].
const REACH: f32 = 127.0;

/// The buttons that controllers hold down. Those plugged in later count too.
#[derive(Debug)]
pub struct Controllers {
    /// `None` where the system has no interface for controllers.
    gilrs: Option<Gilrs>,
    triggers: Triggers<GamepadId>,
}

/// What a controller can hold down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Trigger(Trigger),
    Stick(Button),
}

/// What is held on each controller.
#[derive(Debug)]
struct Triggers<Id> {
    bindings: Bindings,
    held: Held<(Id, Part)>,
    /// How far each left stick is pushed to the right and up, -1.0..=1.0.
    sticks: HashMap<Id, [f32; 2]>,
}

impl Controllers {
    /// The controllers that are plugged in now or later. A system without any is no error.
    #[must_use]
    pub fn new(bindings: Bindings) -> Self {
        Self {
            gilrs: Gilrs::new().ok(),
            triggers: Triggers {
                bindings,
                held: Held::default(),
                sticks: HashMap::new(),
            },
        }
    }

    /// Binds their buttons anew, and releases all.
    pub fn set_bindings(&mut self, bindings: Bindings) {
        self.triggers.bindings = bindings;
        self.release_all();
    }

    /// Names of those that are plugged in.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let gamepads = self.gilrs.iter().flat_map(Gilrs::gamepads);
        gamepads.map(|(_, pad)| pad.name().to_owned()).collect()
    }

    /// Releases everything.
    pub fn release_all(&mut self) {
        self.triggers.held.release_where(|_| true);
        self.triggers.sticks.clear();
    }

    /// What a frame that begins now gets: the buttons that are held, and those pressed since the last call; and the left
    /// stick that is pushed farthest.
    #[must_use]
    pub fn take_held(&mut self) -> machine::Held {
        while let Some(event) = self.gilrs.as_mut().and_then(Gilrs::next_event) {
            self.triggers.take(event.id, event.event);
        }
        machine::Held {
            buttons: self.triggers.held.take(),
            stick: self.triggers.stick(),
            touch: None,
        }
    }
}

impl<Id: Copy + Eq + std::hash::Hash> Triggers<Id> {
    fn take(&mut self, id: Id, event: EventType) {
        match event {
            EventType::ButtonPressed(button, _) => {
                let trigger = Trigger(button);
                if let Some(button) = self.bindings.of_trigger(trigger) {
                    self.held.press((id, Part::Trigger(trigger)), button);
                }
            }
            EventType::ButtonReleased(button, _) => {
                self.held.release(&(id, Part::Trigger(Trigger(button))));
            }
            EventType::AxisChanged(axis, value, _) => self.push_stick(id, axis, value),
            EventType::Disconnected => {
                self.held.release_where(|(of, _)| *of == id);
                self.sticks.remove(&id);
            }
            _ => {}
        }
    }

    /// Moves a stick: up and right are positive. The left one is the cross too, the right one the yellow buttons.
    fn push_stick(&mut self, id: Id, axis: Axis, value: f32) {
        let (steered, negative, positive) = match axis {
            Axis::LeftStickX => (Some(0), Button::Left, Button::Right),
            Axis::LeftStickY => (Some(1), Button::Down, Button::Up),
            Axis::RightStickX => (None, Button::CLeft, Button::CRight),
            Axis::RightStickY => (None, Button::CDown, Button::CUp),
            _ => return,
        };
        if let Some(axis) = steered {
            let is_pushed = value.abs() >= REST;
            self.sticks.entry(id).or_default()[axis] = if is_pushed { value } else { 0.0 };
        }
        for (button, is_pushed) in [
            (negative, value < -DEAD_ZONE),
            (positive, value > DEAD_ZONE),
        ] {
            let part = (id, Part::Stick(button));
            if is_pushed {
                self.held.press(part, button);
            } else {
                self.held.release(&part);
            }
        }
    }
}

impl<Id> Triggers<Id> {
    /// The left stick that is pushed farthest, as [`machine::Held::stick`] has it.
    fn stick(&self) -> [i8; 2] {
        let square = |[right, up]: &[f32; 2]| right * right + up * up;
        let farthest = self
            .sticks
            .values()
            .max_by(|a, b| square(a).total_cmp(&square(b)));
        let farthest = farthest.copied().unwrap_or_default();
        farthest.map(|axis| (axis.clamp(-1.0, 1.0) * REACH).round() as i8)
    }
}

/// The buttons that two devices hold together.
#[must_use]
pub fn together(one: Buttons, other: Buttons) -> Buttons {
    (one | other).without_opposites()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use gilrs::{Axis, EventType};
    use machine::Buttons;

    use super::{Bindings, Button, Controllers, Held, Triggers, together};

    fn triggers() -> Triggers<u8> {
        Triggers {
            bindings: Bindings::default(),
            held: Held::default(),
            sticks: HashMap::new(),
        }
    }

    fn push(triggers: &mut Triggers<u8>, axis: Axis, value: f32) -> Buttons {
        triggers.push_stick(0, axis, value);
        triggers.held.take()
    }

    #[test]
    fn a_stick_is_a_cross_with_a_dead_zone() {
        let mut triggers = triggers();
        for (axis, value, expected) in [
            (Axis::LeftStickX, 0.3, Buttons::empty()),
            (Axis::LeftStickX, 0.4, Buttons::RIGHT),
            (Axis::LeftStickY, 1.0, Buttons::RIGHT | Buttons::UP),
            (Axis::LeftStickX, -1.0, Buttons::LEFT | Buttons::UP),
            (Axis::LeftStickY, 0.0, Buttons::LEFT),
            (Axis::LeftStickX, f32::NAN, Buttons::empty()),
            (Axis::RightStickX, 1.0, Buttons::C_RIGHT),
            (Axis::RightStickY, -1.0, Buttons::C_RIGHT | Buttons::C_DOWN),
        ] {
            assert_eq!(
                push(&mut triggers, axis, value),
                expected,
                "{axis:?} {value}"
            );
        }
    }

    #[test]
    fn a_stick_is_told_by_degrees_and_the_one_pushed_farthest_counts() {
        let mut triggers = triggers();
        for (id, axis, value, expected) in [
            (0, Axis::LeftStickX, 0.09, [0, 0]),
            (0, Axis::LeftStickX, 0.2, [25, 0]),
            (0, Axis::LeftStickY, -1.0, [25, -127]),
            (0, Axis::RightStickX, 1.0, [25, -127]),
            (1, Axis::LeftStickX, -0.5, [25, -127]),
            (0, Axis::LeftStickY, 0.0, [-64, 0]),
            (1, Axis::LeftStickX, f32::NAN, [25, 0]),
            (0, Axis::LeftStickX, -1.5, [-127, 0]),
        ] {
            triggers.push_stick(id, axis, value);
            assert_eq!(triggers.stick(), expected, "{id} {axis:?} {value}");
        }
        triggers.take(0, EventType::Disconnected);
        assert_eq!(triggers.stick(), [0, 0]);
    }

    #[test]
    fn an_unplugged_controller_releases_what_it_held() {
        let mut triggers = triggers();
        triggers.push_stick(0, Axis::LeftStickX, 1.0);
        triggers.push_stick(1, Axis::LeftStickY, 1.0);
        triggers.take(0, EventType::Disconnected);
        assert_eq!(triggers.held.take(), Buttons::UP);
    }

    #[test]
    fn a_system_without_controllers_holds_nothing() {
        let mut controllers = Controllers::new(Bindings::default());
        if controllers.names().is_empty() {
            assert_eq!(controllers.take_held(), machine::Held::default());
        }
    }

    #[test]
    fn two_sides_of_the_cross_are_none() {
        let pads = (Button::Left.held() | Buttons::A, Button::Right.held());
        assert_eq!(together(pads.0, pads.1), Buttons::A);
    }
}
