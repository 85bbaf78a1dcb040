//! The cameras.

use track::Projection;

use crate::contact::{Contact, ContactMut};
use crate::rdram::view;

/// Pixels a row of the screen, and its rows.
const SCREEN: [f32; 2] = [320.0, 240.0];
/// How wide the screen is for its height.
const ASPECT: f32 = SCREEN[0] / SCREEN[1];
/// The depths of the near and the far plane, units: those of the bundled game. The published layout does not have them.
const PLANES: [f32; 2] = [8.0, 6000.0];

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

impl Camera<'_> {
    /// How it shows the course on a whole screen with a vertical field of view of `fov` degrees, as
    /// [`Ram::fields_of_view`](crate::Ram::fields_of_view) tells.
    #[must_use]
    pub fn projection(&self, fov: f32) -> Projection {
        let position = self.position();
        let forward = normalised(minus(self.look_at(), position));
        let right = normalised(cross(forward, self.up()));
        let up = cross(right, forward);
        let back = forward.map(|part| -part);
        let [x, y, z] = [0, 1, 2].map(|axis| [right[axis], up[axis], back[axis]]);
        let translation = [right, up, back].map(|axis| -dot(axis, position));
        let focus = 1.0 / (fov.to_radians() / 2.0).tan();
        Projection {
            view: [x, y, z, translation],
            scale: [focus / ASPECT, focus],
            near: PLANES[0],
            far: PLANES[1],
            screen: SCREEN,
        }
    }
}

fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|axis| a[axis] * b[axis]).sum()
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// Of unit length; not a number if it has no direction, so that nothing appears on the screen.
fn normalised(direction: [f32; 3]) -> [f32; 3] {
    let length = dot(direction, direction).sqrt();
    direction.map(|part| part / length)
}
