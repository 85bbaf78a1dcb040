//! `.kcl`: a course's collision triangles, stored as prisms in an octree.
//!
//! A file is a header of [`HEADER_SIZE`] bytes and four sections: positions, normals, prisms,
//! octree. The header's third offset points one prism (0x10 bytes) *before* prism 1, because prism
//! indices count from 1; the octree follows the prisms directly, which is how readers learn the
//! prism count. In a file the four are offsets; the game turns them into pointers in place.
//!
//! # Looking up a point
//! `x = int(point.x - area_min.x)` for each axis, in whole units; if any has a bit of its width
//! mask set, the point is outside. The root table is indexed by
//! `(z >> shift) << xy_blocks_shift | (y >> shift) << x_blocks_shift | x >> shift` with
//! `shift = block_width_shift`. A node is a `u32`. Bit 31 set: a leaf, the other bits are its
//! offset. Otherwise it is the offset of 8 child nodes, indexed by `z << 2 | y << 1 | x`, each the
//! next lower bit of its coordinate (`>> (shift - 1) & 1`, and so on down). Either offset counts in
//! bytes from the start of the table the node stands in. A leaf is a list of `u16` prism indices
//! from offset + 2 on; 0 ends it.
//!
//! Source: HaroohiePals headers (`kcol_header_t`, `kcol_prism_data_t`), MKDS Info (octree).

mod attribute;
mod builder;
mod file;
mod geometry;
mod octree;
mod records;

pub use attribute::{Attribute, CollisionType};
pub use builder::{BuildOptions, Triangle};
pub use file::Kcl;
pub use geometry::triangle;
pub use octree::{Octree, PrismNumbers};
pub use records::{Area, HEADER_SIZE, Prism};

#[cfg(test)]
mod tests;
