//! The course's collision in RAM: a KCL file whose offsets have become pointers.

pub use mkds_formats::kcl::{Area, Attribute, CollisionType};
use nds_formats::fx::{Fx32, VecFx16, VecFx32};
use track::Surface;

use ram_views::field::FieldType;
use ram_views::layout::{BitField, Integer, Type};
use ram_views::pointer::{Pointer, To};
use ram_views::view::{Table, View};
use ram_views::{Error, Ram, Result, wrapped_value};

use crate::main_ram::{MainRam, RAM_BASE, RAM_SIZE, view};

mod octree;
pub use octree::{Octree, PrismNumbers};

wrapped_value!(
    MainRam;
    Attribute: u16,
    Type::Bits(Integer::U16, ATTRIBUTE_BITS),
    Attribute,
    |attribute| attribute.0
);

const ATTRIBUTE_BITS: &[BitField] = &[
    BitField::new("shadow", 0, 1, "Whether karts are drawn darker on it."),
    BitField::new("light", 1, 3, "The light that karts are drawn in on it."),
    BitField::new("ignore_drivers", 4, 1, "Whether drivers pass through it."),
    BitField::new("variant", 5, 3, "The variant of its type."),
    BitField::new(
        "collision_type",
        8,
        5,
        "What it is made of; see [`CollisionType`].",
    ),
    BitField::new("ignore_items", 13, 1, "Whether items pass through it."),
    BitField::new("wall", 14, 1, "Whether it is a wall."),
    BitField::new("floor", 15, 1, "Whether it is a floor."),
];

view! {
    /// The course's collision: a KCL file whose offsets have become pointers.
    /// Source: HaroohiePals headers.
    pub struct CollisionHeader, CollisionHeaderMut = "kcol_header_t" [0x3C] {
        /// The positions.
        Tools positions("posDataOffset") @ 0x0: To<VecFx32>,
        /// The normals.
        Tools normals("nrmDataOffset") @ 0x4: To<VecFx16>,
        /// The prisms, by number: the first is 1, before it lies something else.
        Tools prisms("prismDataOffset") @ 0x8: To<Prism<'static>>,
        /// The octree, directly behind the prisms.
        Tools octree("blockDataOffset") @ 0xC: To<u32>,
        /// How far below a face it still collides, units.
        Tools prism_thickness @ 0x10: Fx32,
        /// The lowest corner of the octree, units.
        Tools area_minimum("areaMinPos") @ 0x14: VecFx32,
        /// Bits of a position's x that lie outside the octree.
        Tools area_x_width_mask @ 0x20: u32,
        /// Bits of a position's y that lie outside the octree.
        Tools area_y_width_mask @ 0x24: u32,
        /// Bits of a position's z that lie outside the octree.
        Tools area_z_width_mask @ 0x28: u32,
        /// The binary logarithm of a root's width.
        Tools block_width_shift @ 0x2C: u32,
        /// The binary logarithm of the roots along x.
        Tools area_x_blocks_shift @ 0x30: u32,
        /// The binary logarithm of the roots along x and y.
        Tools area_xy_blocks_shift("areaXYBlocksShift") @ 0x34: u32,
        /// The largest sphere that it may be asked about, units.
        Tools sphere_radius @ 0x38: Fx32,
    }
}

view! {
    /// A triangle of the course's collision.
    /// Source: HaroohiePals headers.
    pub struct Prism, PrismMut = "kcol_prism_data_t" [0x10] {
        /// The height of the triangle above its first vertex, units.
        Tools height @ 0x0: Fx32,
        /// The first vertex, among the positions.
        Tools position_index("posIdx") @ 0x4: u16,
        /// The face's normal, among the normals.
        Tools face_normal_index("fNrmIdx") @ 0x6: u16,
        /// The normal of the first edge.
        Tools edge_normal_1_index("eNrm1Idx") @ 0x8: u16,
        /// The normal of the second edge.
        Tools edge_normal_2_index("eNrm2Idx") @ 0xA: u16,
        /// The normal of the third edge.
        Tools edge_normal_3_index("eNrm3Idx") @ 0xC: u16,
        /// What it is made of, and whom it stops.
        Tools attribute @ 0xE: Attribute,
    }
}

/// What a prism's attribute says to a [`Track`](track::Track): the surface's number is that of the
/// attribute's type.
#[must_use]
pub fn surface_of(attribute: Attribute) -> Surface {
    Surface {
        kind: attribute.type_number().into(),
        carries: attribute.carries_drivers(),
        stops: attribute.stops_drivers(),
        is_road: attribute
            .collision_type()
            .is_some_and(CollisionType::is_road),
    }
}

/// The type of a surface that [`surface_of`] returned; `None` if its number has no known meaning.
#[must_use]
pub fn collision_type_of(surface: Surface) -> Option<CollisionType> {
    CollisionType::ALL.get(usize::from(surface.kind)).copied()
}

/// Bytes from the prism pointer to the first prism: prisms are numbered from 1.
const FIRST_PRISM: u32 = 0x10;

/// The course's collision: its prisms, and the positions and normals that they share.
#[derive(Debug, Clone, Copy)]
pub struct Collision<'a> {
    header: CollisionHeader<'a>,
    prisms: Table<'a, Prism<'a>>,
    positions: Vectors<'a>,
    normals: Vectors<'a>,
    octree: Octree<'a>,
}

impl<'a> Collision<'a> {
    /// The collision whose header is `header`, at the address `at`.
    pub(crate) fn read(
        ram: &Ram<'a, MainRam>,
        at: u32,
        header: CollisionHeader<'a>,
    ) -> Result<Self> {
        let prisms = prisms(ram, at, &header)?;
        Ok(Self {
            header,
            prisms,
            octree: octree(ram, at, &header, prisms.len())?,
            positions: Vectors::read(
                ram,
                "collision_header.positions",
                at,
                header.positions().pointer(),
            )?,
            normals: Vectors::read(
                ram,
                "collision_header.normals",
                at + 4,
                header.normals().pointer(),
            )?,
        })
    }

    /// Its header.
    #[must_use]
    pub const fn header(&self) -> CollisionHeader<'a> {
        self.header
    }

    /// Its prisms, the first of which the octree calls 1.
    #[must_use]
    pub const fn prisms(&self) -> Table<'a, Prism<'a>> {
        self.prisms
    }

    /// Which prisms lie near a point.
    #[must_use]
    pub const fn octree(&self) -> Octree<'a> {
        self.octree
    }

    /// The position at `index`, units.
    ///
    /// # Errors
    ///
    /// It lies behind main RAM.
    pub fn position(&self, index: u16) -> Result<VecFx32> {
        self.positions.get(index)
    }

    /// The normal at `index`, unit length.
    ///
    /// # Errors
    ///
    /// It lies behind main RAM.
    pub fn normal(&self, index: u16) -> Result<VecFx16> {
        self.normals.get(index)
    }
}

/// The prisms: all up to the octree, which directly follows them.
fn prisms<'a>(
    ram: &Ram<'a, MainRam>,
    header_address: u32,
    header: &CollisionHeader<'a>,
) -> Result<Table<'a, Prism<'a>>> {
    let (pointer, octree) = (header.prisms().pointer(), header.octree().pointer());
    let address = header_address + 8;
    ram.follow("collision_header.prisms", address, pointer, 0)?;
    ram.follow("collision_header.octree", header_address + 12, octree, 0)?;
    let first = Pointer(pointer.0 + FIRST_PRISM);
    let count = octree.0.saturating_sub(first.0) / Prism::SIZE as u32;
    let limit = u32::from(u16::MAX);
    if count > limit {
        let symbol = "collision_header.prisms";
        return Err(Error::AbsurdCount {
            symbol,
            address: first.0,
            found: count,
            limit,
        });
    }
    ram.table("collision_header.prisms", address, first, count as usize)
}

/// The octree: it ends somewhere before RAM does, the header does not tell where.
fn octree<'a>(
    ram: &Ram<'a, MainRam>,
    header_address: u32,
    header: &CollisionHeader<'a>,
    prisms: usize,
) -> Result<Octree<'a>> {
    let (symbol, address) = ("collision_header.octree", header_address + 12);
    let area = Area {
        prism_thickness: header.prism_thickness(),
        area_min: header.area_minimum(),
        width_masks: [
            header.area_x_width_mask(),
            header.area_y_width_mask(),
            header.area_z_width_mask(),
        ],
        block_width_shift: header.block_width_shift(),
        x_blocks_shift: header.area_x_blocks_shift(),
        xy_blocks_shift: header.area_xy_blocks_shift(),
        sphere_radius: header.sphere_radius(),
    };
    let bytes = to_end_of_ram(ram, symbol, address, header.octree().pointer())?;
    Ok(Octree::new(
        area,
        prisms,
        header.octree().pointer().0,
        bytes,
    ))
}

/// What lies from `pointer` on, which was read at `address`.
fn to_end_of_ram<'a>(
    ram: &Ram<'a, MainRam>,
    symbol: &'static str,
    address: u32,
    pointer: Pointer,
) -> Result<&'a [u8]> {
    ram.follow(symbol, address, pointer, 0)?;
    let size = (RAM_BASE as usize + RAM_SIZE).saturating_sub(pointer.0 as usize);
    ram.follow(symbol, address, pointer, size)
}

/// Vectors one after the other, as many as there is RAM: the header does not tell how many.
#[derive(Debug, Clone, Copy)]
struct Vectors<'a> {
    ram: Ram<'a, MainRam>,
    symbol: &'static str,
    address: u32,
    pointer: Pointer,
}

impl<'a> Vectors<'a> {
    fn read(
        ram: &Ram<'a, MainRam>,
        symbol: &'static str,
        address: u32,
        pointer: Pointer,
    ) -> Result<Self> {
        ram.follow(symbol, address, pointer, 0)?;
        Ok(Self {
            ram: *ram,
            symbol,
            address,
            pointer,
        })
    }

    fn get<V: FieldType<MainRam>>(&self, index: u16) -> Result<V> {
        let offset = usize::from(index) * V::SIZE;
        let (symbol, address) = (self.symbol, self.address);
        let all = self
            .ram
            .range(symbol, address, self.pointer, offset + V::SIZE)?;
        Ok(V::read(self.ram.bytes(), all.start + offset))
    }
}
