//! Actors: what else is on a course.

use crate::contact::{Contact, ContactMut};
use crate::ids::ActorKind;
use crate::rdram::view;

view! {
    /// An actor.
    pub struct Actor, ActorMut = "Actor" [0x70] {
        /// What it is.
        Headers kind("type") @ 0x0: ActorKind,
        /// Bits of it; it is there if the number is negative.
        Headers flags @ 0x2: i16,
        /// How it stands, by its kind.
        Headers state @ 0x6: i16,
        /// Its radius, units.
        Headers bounding_box_size @ 0xC: f32,
        /// Its rotation about each axis, 65536 a turn.
        Headers rotation("rot") @ 0x10: [i16; 3],
        /// Where it is, units.
        Headers position("pos") @ 0x18: [f32; 3],
        /// Its velocity, units a tick.
        Headers velocity @ 0x24: [f32; 3],
    }
    structs {
        /// What it touches.
        Headers contact("unk30") @ 0x30: [Contact, ContactMut],
    }
}

impl Actor<'_> {
    /// Whether it is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.flags() < 0
    }
}
