//! The cameras.

use crate::contact::{Contact, ContactMut};
use crate::rdram::view;

/// The most screens that a race has, each with its camera and display.
pub const MAX_SCREENS: usize = 4;

view! {
    /// A camera.
    pub struct Camera, CameraMut = "Camera" [0xB8] {
        /// Where it is, units.
        Headers position("pos") @ 0x0: [f32; 3],
        /// The point that it looks at, units.
        Headers look_at @ 0xC: [f32; 3],
        /// Its up axis.
        Headers up @ 0x18: [f32; 3],
        /// Its rotation about each axis, 65536 a turn.
        Headers rotation("rot") @ 0x24: [i16; 3],
        /// The player that it follows.
        Headers player("playerId") @ 0xAE: i16,
    }
    structs {
        /// What it touches.
        Headers contact("collision") @ 0x54: [Contact, ContactMut],
    }
}
