//! The header and the prisms of a file, and the errors that name a place in it.

use nds_formats::fx::{Fx32, VecFx32};

use super::attribute::Attribute;
use crate::Error;
use crate::record::{Record, records};

pub(super) const FORMAT: &str = "KCL";
/// Bytes of the header in front of the sections.
pub const HEADER_SIZE: usize = 60;
/// The offset in the header points this far before prism 1.
pub(super) const PRISM_OFFSET_BIAS: u32 = Prism::SIZE as u32;

records! {
    /// A triangle as the game stores it: one corner and the directions of its sides.
    ///
    /// A point `p` lies over the triangle when `(p - corner) · edge_normal` is at most 0 for edges
    /// 1 and 2 and at most `height` for edge 3. Source: HaroohiePals headers.
    Prism, 16 {
        /// Distance from the corner to the opposite side along edge normal 3, units.
        height: Fx32,
        /// Index of the corner in [`Kcl::positions`](super::Kcl::positions).
        position: u16,
        /// Index of the face's normal in [`Kcl::normals`](super::Kcl::normals).
        face_normal: u16,
        /// Indices of the sides' normals, which point out of the triangle: the side from the
        /// corner to vertex 2, the side from the corner to vertex 1, the side opposite.
        edge_normals: [u16; 3],
        /// What the surface does.
        attribute: Attribute,
    }

    /// The header after its four offsets.
    Area, 44 {
        /// How far a prism reaches below its face, units.
        prism_thickness: Fx32,
        /// The corner of the octree's box with the lowest coordinates.
        area_min: VecFx32,
        /// Bits that a coordinate inside the box does not have, for x, y and z: `!(width - 1)`.
        width_masks: [u32; 3],
        /// Binary logarithm of the width of a root block, units.
        block_width_shift: u32,
        /// Binary logarithm of the number of root blocks along x.
        x_blocks_shift: u32,
        /// Binary logarithm of the number of root blocks along x times those along y.
        xy_blocks_shift: u32,
        /// The largest sphere that the leaves were built for, units.
        sphere_radius: Fx32,
    }
}

pub(super) fn malformed(section: &str, offset: usize, expected: String, found: String) -> Error {
    Error::malformed(FORMAT, format!("{section} at {offset:#X}"), expected, found)
}
