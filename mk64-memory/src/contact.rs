//! What a kart, a camera or an actor touches.

use crate::rdram::view;

/// The triangle of those who touch none; courses have fewer.
pub const NO_TRIANGLE: u16 = 5000;

view! {
    /// What something touches: a wall facing z, a wall facing x, a floor.
    pub struct Contact, ContactMut = "Collision" [0x40] {
        /// The triangle of the wall that faces z; 5000 if none.
        Headers triangle_yx("meshIndexYX") @ 0x6: u16,
        /// The triangle of the wall that faces x; 5000 if none.
        Headers triangle_zy("meshIndexZY") @ 0x8: u16,
        /// The triangle of the floor; 5000 if none.
        Headers triangle_zx("meshIndexZX") @ 0xA: u16,
        /// How far the three are away, units.
        Headers distance("surfaceDistance") @ 0xC: [f32; 3],
        /// The normal of the floor.
        Headers orientation("orientationVector") @ 0x30: [f32; 3],
    }
}
