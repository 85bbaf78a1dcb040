//! Game controllers, as many as there are.

use gilrs::{Axis, EventType, GamepadId, Gilrs};
use machine::Buttons;

use super::bindings::{Bindings, Trigger};
use super::button::Button;
use super::held::Held;

/// How far a stick is pushed, of 1, before it counts as a direction.
const DEAD_ZONE: f32 = 0.35;

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
    }

    /// The buttons of a frame that begins now: those held, and those pressed since the last call.
    #[must_use]
    pub fn take_buttons(&mut self) -> Buttons {
        while let Some(event) = self.gilrs.as_mut().and_then(Gilrs::next_event) {
            self.triggers.take(event.id, event.event);
        }
        self.triggers.held.take()
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
            EventType::Disconnected => self.held.release_where(|(of, _)| *of == id),
            _ => {}
        }
    }

    /// Moves the left stick, which stands for the cross: up and right are positive.
    fn push_stick(&mut self, id: Id, axis: Axis, value: f32) {
        let (negative, positive) = match axis {
            Axis::LeftStickX => (Button::Left, Button::Right),
            Axis::LeftStickY => (Button::Down, Button::Up),
            _ => return,
        };
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

/// The buttons that two devices hold together.
#[must_use]
pub fn together(one: Buttons, other: Buttons) -> Buttons {
    (one | other).without_opposites()
}

#[cfg(test)]
mod tests {
    use gilrs::{Axis, EventType};
    use machine::Buttons;

    use super::{Bindings, Button, Controllers, Held, Triggers, together};

    fn triggers() -> Triggers<u8> {
        Triggers {
            bindings: Bindings::default(),
            held: Held::default(),
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
            (Axis::RightStickX, 1.0, Buttons::empty()),
        ] {
            assert_eq!(
                push(&mut triggers, axis, value),
                expected,
                "{axis:?} {value}"
            );
        }
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
            assert_eq!(controllers.take_buttons(), Buttons::empty());
        }
    }

    #[test]
    fn two_sides_of_the_cross_are_none() {
        let pads = (Button::Left.held() | Buttons::A, Button::Right.held());
        assert_eq!(together(pads.0, pads.1), Buttons::A);
    }
}
