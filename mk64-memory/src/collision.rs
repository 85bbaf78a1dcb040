//! A course's collision: triangles, and the grid that finds those near a place.

use ram_views::bit_fields;
use ram_views::pointer::To;

use crate::ids::SurfaceType;
use crate::rdram::view;

/// The columns of the grid along x, and its rows along z.
pub const GRID_SIDE: usize = 32;

bit_fields! {
    /// Which way a triangle faces, and the section of the course that it is in.
    pub struct TriangleFlags: u16 {
        section: 0, 8, "The section.";
        faces_z: 13, 1, "1 if it is a wall that faces along z.";
        faces_y: 14, 1, "1 if it is a floor or a ceiling.";
        faces_x: 15, 1, "1 if it is a wall that faces along x.";
    }
}

view! {
    /// A triangle of the collision.
    pub struct CollisionTriangle, CollisionTriangleMut = "CollisionTriangle" [0x2C] {
        /// Which way it faces, and its section.
        Headers flags @ 0x0: TriangleFlags,
        /// What it is made of.
        Headers surface("surfaceType") @ 0x2: SurfaceType,
        /// The low corner of the box around it, units.
        Headers minimum("min") @ 0x4: [i16; 3],
        /// The high corner of the box around it, units.
        Headers maximum("max") @ 0xA: [i16; 3],
        /// Its corners.
        Headers vertices @ 0x10: [To<Vertex<'static>>; 3],
        /// Its normal, unit length.
        Headers normal @ 0x1C: [f32; 3],
        /// What makes normal · point + distance 0 on it, units.
        Headers distance @ 0x28: f32,
    }
}

view! {
    /// A vertex of a model.
    pub struct Vertex, VertexMut = "Vtx" [0x10] {
        /// Where it is, units.
        Headers position("ob") @ 0x0: [i16; 3],
        /// Nothing.
        Headers flag @ 0x6: u16,
        /// Its place in the texture.
        Headers texture("tc") @ 0x8: [i16; 2],
        /// Its colour, or its normal; and how opaque it is.
        Headers colour("cn") @ 0xC: [u8; 4],
    }
}

view! {
    /// A cell of the grid.
    pub struct GridCell, GridCellMut = "CollisionGrid" [0x4] {
        /// The place of its first triangle in the list.
        Headers first("triangle") @ 0x0: u16,
        /// How many triangles it has.
        Headers count("numTriangles") @ 0x2: u16,
    }
}

view! {
    /// The box around a course, units.
    pub struct CourseBounds, CourseBoundsMut = "CourseBounds" [0xC] {
        /// The greatest x.
        Headers max_x("gCourseMaxX") @ 0x0: i16,
        /// The least x.
        Headers min_x("gCourseMinX") @ 0x2: i16,
        /// The greatest y.
        Headers max_y("gCourseMaxY") @ 0x4: i16,
        /// The least y.
        Headers min_y("gCourseMinY") @ 0x6: i16,
        /// The greatest z.
        Headers max_z("gCourseMaxZ") @ 0x8: i16,
        /// The least z.
        Headers min_z("gCourseMinZ") @ 0xA: i16,
    }
}
