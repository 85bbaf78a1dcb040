//! The controllers, as the game keeps them.

use bitflags::bitflags;
use ram_views::flags_value;

use crate::rdram::view;

/// That of all pads together, which steers menus.
pub const ALL_PADS: usize = 4;
/// That of the player's ghost.
pub const PLAYER_GHOST_PAD: usize = 5;
/// That of the staff's ghost.
pub const STAFF_GHOST_PAD: usize = 6;
/// That of a replay.
pub const REPLAY_PAD: usize = 7;

bitflags! {
    /// Buttons of a controller.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Buttons: u16 {
        /// A.
        const A = 0x8000;
        /// B.
        const B = 0x4000;
        /// Z.
        const Z = 0x2000;
        /// Start.
        const START = 0x1000;
        /// Up on the direction pad.
        const UP = 0x800;
        /// Down on the direction pad.
        const DOWN = 0x400;
        /// Left on the direction pad.
        const LEFT = 0x200;
        /// Right on the direction pad.
        const RIGHT = 0x100;
        /// The left shoulder.
        const L = 0x20;
        /// The right shoulder.
        const R = 0x10;
        /// C up.
        const C_UP = 0x8;
        /// C down.
        const C_DOWN = 0x4;
        /// C left.
        const C_LEFT = 0x2;
        /// C right.
        const C_RIGHT = 0x1;
        const _ = !0;
    }
}

flags_value!(Buttons: u16);

view! {
    /// A controller.
    pub struct Controller, ControllerMut = "Controller" [0x10] {
        /// The stick, positive to the right.
        Tools stick_x("rawStickX") @ 0x0: i16,
        /// The stick, positive up.
        Tools stick_y("rawStickY") @ 0x2: i16,
        /// The buttons that are held.
        Tools buttons("button") @ 0x4: Buttons,
        /// Those that are newly held.
        Tools pressed("buttonPressed") @ 0x6: Buttons,
        /// Those that are no longer held.
        Tools released("buttonDepressed") @ 0x8: Buttons,
        /// The stick as a direction pad, from 50 on.
        Headers stick_buttons("stickDirection") @ 0xA: Buttons,
        /// Directions that are newly held.
        Headers stick_pressed @ 0xC: Buttons,
        /// Directions that are no longer held.
        Headers stick_released("stickDepressed") @ 0xE: Buttons,
    }
}
