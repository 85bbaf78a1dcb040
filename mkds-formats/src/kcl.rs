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

mod builder;
mod geometry;
mod octree;

pub use builder::{BuildOptions, Triangle};
pub use geometry::triangle;
pub use octree::{Octree, PrismNumbers};

use crate::record::{Record, put_all, records, take_all};
use crate::{Error, Result};
use nds_formats::fx::{Fx32, VecFx16, VecFx32};

const FORMAT: &str = "KCL";
/// Bytes of the header in front of the sections.
pub const HEADER_SIZE: usize = 60;
/// The offset in the header points this far before prism 1.
const PRISM_OFFSET_BIAS: u32 = Prism::SIZE as u32;

macro_rules! collision_types {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal,)*) => {
        /// What a surface does to a kart: bits 8..12 of an [`Attribute`].
        ///
        /// Source: HaroohiePals headers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum CollisionType {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl CollisionType {
            /// Every type, in the order of its number.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

collision_types! {
    /// Road.
    Road = 0,
    /// Slippery road.
    SlipperyRoad = 1,
    /// Off-road that slows a little.
    WeakOffRoad = 2,
    /// Off-road.
    OffRoad = 3,
    /// Sets off a sound; nothing solid.
    SoundTrigger = 4,
    /// Off-road that slows a lot.
    HeavyOffRoad = 5,
    /// Another slippery road.
    SlipperyRoad2 = 6,
    /// Boosts.
    BoostPanel = 7,
    /// Wall.
    Wall = 8,
    /// Wall that is not drawn.
    InvisibleWall = 9,
    /// Out of the course.
    OutOfBounds = 10,
    /// Falling through it ends in a respawn.
    FallBoundary = 11,
    /// Throws the kart up.
    JumpPad = 12,
    /// Road that is none to drivers.
    RoadNoDrivers = 13,
    /// Wall that is none to drivers.
    WallNoDrivers = 14,
    /// Begins a cannon shot.
    Cannon = 15,
    /// Wall along an edge.
    EdgeWall = 16,
    /// Water that pushes.
    FallsWater = 17,
    /// Boosts, and keeps up a least speed.
    BoostPadMinimumSpeed = 18,
    /// Road of a loop, which holds the kart.
    LoopRoad = 19,
    /// Road of a special kind.
    SpecialRoad = 20,
    /// A third wall.
    Wall3 = 21,
    /// Makes the computer choose its route again; nothing solid.
    RecalculateRoute = 22,
}

impl CollisionType {
    /// One bit per type that holds a kart up.
    const FLOORS: u32 = 0x1E_34EF;
    /// One bit per type that a kart bounces off.
    const WALLS: u32 = 0x21_4300;

    /// Whether a kart can stand on it.
    pub const fn is_floor(self) -> bool {
        Self::FLOORS >> self as u8 & 1 == 1
    }

    /// Whether a kart bounces off it.
    pub const fn is_wall(self) -> bool {
        Self::WALLS >> self as u8 & 1 == 1
    }

    /// Whether it is made to be driven on at full speed: road of any kind, panels and pads.
    pub const fn is_road(self) -> bool {
        matches!(
            self,
            Self::Road
                | Self::SlipperyRoad
                | Self::SlipperyRoad2
                | Self::BoostPanel
                | Self::JumpPad
                | Self::BoostPadMinimumSpeed
                | Self::LoopRoad
                | Self::SpecialRoad
        )
    }

    /// Whether it slows a kart down without stopping it.
    pub const fn is_off_road(self) -> bool {
        matches!(self, Self::WeakOffRoad | Self::OffRoad | Self::HeavyOffRoad)
    }
}

/// A prism's attribute word.
///
/// Bits: 0 shadow, 1-3 light, 4 ignored by drivers, 5-7 variant, 8-12 type, 13 ignored by items,
/// 14 wall, 15 floor. Source: HaroohiePals headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Attribute(pub u16);

impl Attribute {
    /// The attribute of a plain surface of that type, with its wall or floor bit.
    pub const fn of(collision: CollisionType) -> Self {
        let wall = (collision.is_wall() as u16) << 14;
        let floor = (collision.is_floor() as u16) << 15;
        Self((collision as u16) << 8 | wall | floor)
    }

    /// The type's number, 0..=31, whether it has a name or not.
    pub const fn type_number(self) -> u8 {
        (self.0 >> 8 & 0x1F) as u8
    }

    /// The type; `None` for the numbers from 23 on, which have no known meaning.
    pub fn collision_type(self) -> Option<CollisionType> {
        CollisionType::ALL
            .get(usize::from(self.type_number()))
            .copied()
    }

    /// The look or sound within the type, 0..=7.
    pub const fn variant(self) -> u8 {
        (self.0 >> 5 & 7) as u8
    }

    /// Which of the course's lights falls on karts here, 0..=7.
    pub const fn light(self) -> u8 {
        (self.0 >> 1 & 7) as u8
    }

    /// Whether karts are drawn in shadow here.
    pub const fn is_shadow(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether karts pass through.
    pub const fn ignored_by_drivers(self) -> bool {
        self.0 >> 4 & 1 != 0
    }

    /// Whether items pass through.
    pub const fn ignored_by_items(self) -> bool {
        self.0 >> 13 & 1 != 0
    }

    /// Whether drivers can stand on it.
    pub fn carries_drivers(self) -> bool {
        !self.ignored_by_drivers() && self.collision_type().is_some_and(CollisionType::is_floor)
    }

    /// Whether drivers bounce off it.
    pub fn stops_drivers(self) -> bool {
        !self.ignored_by_drivers() && self.collision_type().is_some_and(CollisionType::is_wall)
    }

    /// Whether the wall bit is set.
    pub const fn is_wall(self) -> bool {
        self.0 >> 14 & 1 != 0
    }

    /// Whether the floor bit is set.
    pub const fn is_floor(self) -> bool {
        self.0 >> 15 & 1 != 0
    }
}

impl Record for Attribute {
    const SIZE: usize = 2;

    fn take(bytes: &mut &[u8]) -> Self {
        Self(u16::take(bytes))
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
}

records! {
    /// A triangle as the game stores it: one corner and the directions of its sides.
    ///
    /// A point `p` lies over the triangle when `(p - corner) · edge_normal` is at most 0 for edges
    /// 1 and 2 and at most `height` for edge 3. Source: HaroohiePals headers.
    Prism, 16 {
        /// Distance from the corner to the opposite side along edge normal 3, units.
        height: Fx32,
        /// Index of the corner in [`Kcl::positions`].
        position: u16,
        /// Index of the face's normal in [`Kcl::normals`].
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

/// A course's collision data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kcl {
    area: Area,
    positions: Vec<VecFx32>,
    normals: Vec<VecFx16>,
    /// Bytes between the last normal and the first prism: fewer than a normal has.
    gap: Vec<u8>,
    prisms: Vec<Prism>,
    octree: Vec<u8>,
}

impl Kcl {
    /// Reads a file, checking every index and every node of the octree.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the section and the offset in the file.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Some((mut header, _)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Err(malformed(
                "header",
                0,
                format!("{HEADER_SIZE} bytes"),
                format!("{} bytes", bytes.len()),
            ));
        };
        let offsets = <[u32; 4]>::take(&mut header);
        let area = Area::take(&mut header);
        let [positions, normals, prisms, octree] = sections(bytes, offsets)?;
        if prisms.bytes.len() % Prism::SIZE != 0 {
            return Err(malformed(
                "prisms",
                prisms.offset,
                format!("a multiple of {} bytes up to the octree", Prism::SIZE),
                format!("{} bytes", prisms.bytes.len()),
            ));
        }
        if positions.bytes.len() % VecFx32::SIZE != 0 {
            return Err(malformed(
                "positions",
                positions.offset,
                format!("a multiple of {} bytes up to the normals", VecFx32::SIZE),
                format!("{} bytes", positions.bytes.len()),
            ));
        }
        let gap_start = normals.bytes.len() - normals.bytes.len() % VecFx16::SIZE;
        let kcl = Self {
            area,
            positions: take_all(positions.bytes),
            normals: take_all(normals.bytes),
            gap: normals.bytes[gap_start..].to_vec(),
            prisms: take_all(prisms.bytes),
            octree: octree.bytes.to_vec(),
        };
        kcl.check_prisms(prisms.offset)?;
        kcl.walker(octree.offset).checked()?;
        Ok(kcl)
    }

    /// Writes the file; a parsed file comes back byte for byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sections = Vec::new();
        let mut offsets = [0_u32; 4];
        let end = |sections: &Vec<u8>| (HEADER_SIZE + sections.len()) as u32;
        offsets[0] = end(&sections);
        put_all(&self.positions, &mut sections);
        offsets[1] = end(&sections);
        put_all(&self.normals, &mut sections);
        sections.extend_from_slice(&self.gap);
        offsets[2] = end(&sections) - PRISM_OFFSET_BIAS;
        put_all(&self.prisms, &mut sections);
        offsets[3] = end(&sections);
        sections.extend_from_slice(&self.octree);

        let mut bytes = Vec::with_capacity(HEADER_SIZE + sections.len());
        offsets.put(&mut bytes);
        self.area.put(&mut bytes);
        bytes.extend_from_slice(&sections);
        bytes
    }

    /// The box of the octree and the sizes that prisms were placed for.
    pub fn area(&self) -> &Area {
        &self.area
    }

    /// The prisms; index 1 of the octree is the first.
    pub fn prisms(&self) -> &[Prism] {
        &self.prisms
    }

    /// The corners that prisms refer to.
    pub fn positions(&self) -> &[VecFx32] {
        &self.positions
    }

    /// The normals that prisms refer to, of length 1.
    pub fn normals(&self) -> &[VecFx16] {
        &self.normals
    }

    /// The octree as stored: root table, child tables, leaf lists.
    pub fn octree(&self) -> &[u8] {
        &self.octree
    }

    /// The prism with that 1-based index.
    pub fn prism(&self, index: u16) -> Option<&Prism> {
        self.prisms.get(usize::from(index).checked_sub(1)?)
    }

    /// The 1-based indices of the prisms in the leaf that holds `point`: everything that a sphere
    /// of [`Area::sphere_radius`] around it can touch. Empty outside the box.
    pub fn leaf(&self, point: VecFx32) -> PrismNumbers<'_> {
        let numbers = self.walker(0).prisms_at(point);
        numbers.expect("an octree that was built, or checked as it was read")
    }

    /// What walks the octree, which starts at that offset.
    fn walker(&self, start: usize) -> Octree<'_> {
        Octree::new(self.area, self.prisms.len(), start, &self.octree)
    }

    /// The vertices of the prism with that 1-based index, as a reader gets them back from height
    /// and normals, in units. `None` if there is no such prism or its sides are parallel.
    pub fn triangle(&self, index: u16) -> Option<[[f64; 3]; 3]> {
        let prism = self.prism(index)?;
        let normal = |index: u16| self.normals[usize::from(index)].to_f64();
        geometry::triangle(
            self.positions[usize::from(prism.position)].to_f64(),
            normal(prism.face_normal),
            prism.edge_normals.map(normal),
            prism.height.to_f64(),
        )
    }

    fn check_prisms(&self, section_offset: usize) -> Result<()> {
        for (i, prism) in self.prisms.iter().enumerate() {
            let offset = section_offset + i * Prism::SIZE;
            if usize::from(prism.position) >= self.positions.len() {
                return Err(malformed(
                    "prisms",
                    offset,
                    format!("a position index below {}", self.positions.len()),
                    prism.position.to_string(),
                ));
            }
            let [e1, e2, e3] = prism.edge_normals;
            for normal in [prism.face_normal, e1, e2, e3] {
                if usize::from(normal) >= self.normals.len() {
                    return Err(malformed(
                        "prisms",
                        offset,
                        format!("normal indices below {}", self.normals.len()),
                        normal.to_string(),
                    ));
                }
            }
        }
        Ok(())
    }
}

/// A part of the file and where it starts.
struct Section<'a> {
    offset: usize,
    bytes: &'a [u8],
}

/// Cuts the file at the header's offsets, which must ascend and leave no gap after the header.
fn sections(bytes: &[u8], mut offsets: [u32; 4]) -> Result<[Section<'_>; 4]> {
    const NAMES: [&str; 4] = ["positions", "normals", "prisms", "octree"];
    offsets[2] = offsets[2].saturating_add(PRISM_OFFSET_BIAS);
    let mut lowest = HEADER_SIZE;
    for (i, (name, offset)) in NAMES.into_iter().zip(offsets).enumerate() {
        let offset = offset as usize;
        // Nothing is known to stand between the header and the positions.
        let highest = if i == 0 { lowest } else { bytes.len() };
        if !(lowest..=highest).contains(&offset) {
            return Err(malformed(
                "header",
                4 * i,
                format!("the {name} at {lowest:#X}..={highest:#X}"),
                format!("{offset:#X}"),
            ));
        }
        lowest = offset;
    }
    let [positions, normals, prisms, octree] = offsets.map(|offset| offset as usize);
    let section = |start: usize, end: usize| Section {
        offset: start,
        bytes: &bytes[start..end],
    };
    Ok([
        section(positions, normals),
        section(normals, prisms),
        section(prisms, octree),
        section(octree, bytes.len()),
    ])
}

fn malformed(section: &str, offset: usize, expected: String, found: String) -> Error {
    Error::malformed(FORMAT, format!("{section} at {offset:#X}"), expected, found)
}

#[cfg(test)]
mod tests;
