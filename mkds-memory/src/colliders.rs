//! What may collide with what: drivers, items and map objects, by place.

use bitflags::bitflags;
use nds_formats::fx::{Fx32, VecFx32};
use ram_views::pointer::{Pointer, To};
use ram_views::{Ram, Result, flags_value};

use crate::driver::Driver;
use crate::items::item::Item;
use crate::main_ram::{MainRam, view};
use crate::objects::{DynamicCollider, MapObject};

bitflags! {
    /// What a [`CollisionEntry`] is. Bits without a name keep their value.
    /// Source: HaroohiePals headers, MKDS Info.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct CollisionEntryFlags: u16 {
        /// It moved although it is static, or is disabled: its place is looked up again.
        const INVALIDATED = 0x100;
        /// It collides with nothing.
        const DISABLED = 0x200;
        /// It does not move.
        const STATIC = 0x400;
        /// A driver, to drivers.
        const DRIVER_2 = 0x800;
        /// A map object that karts drive on.
        const DYNAMIC = 0x1000;
        /// A map object.
        const MAP_OBJECT = 0x2000;
        /// An item.
        const ITEM = 0x4000;
        /// A driver, to everything else.
        const DRIVER = 0x8000;
        const _ = !0;
    }
}

flags_value!(CollisionEntryFlags: u16);

view! {
    /// Something that may collide: a driver, an item or a map object.
    /// Source: HaroohiePals headers.
    pub struct CollisionEntry, CollisionEntryMut = "col_entry_t" [0x1C] {
        /// Where it ends in the order along x.
        Headers right_endpoint("segmentRightEndpoint") @ 0x0: i16,
        /// Where it begins in the order along x.
        Headers left_endpoint("segmentLeftEndpoint") @ 0x2: i16,
        /// Where it ends along z, units.
        Headers z_maximum("zMax") @ 0x4: Fx32,
        /// Where it begins along z, units.
        Headers z_minimum("zMin") @ 0x8: Fx32,
        /// Where it is, units: in the object itself.
        Tools position @ 0xC: To<VecFx32>,
        /// The radius of the sphere around it, units.
        Headers radius("boundingSphereRadius") @ 0x10: Fx32,
        /// What it is.
        Tools flags @ 0x14: CollisionEntryFlags,
        /// The driver, item or map object.
        Tools object @ 0x18: Pointer,
    }
}

view! {
    /// What a collision with the course answers.
    /// Source: HaroohiePals headers.
    pub struct CollisionResponse, CollisionResponseMut = "col_response_t" [0x28] {
        /// The greatest push out of it in each axis, units. Source: SuuperW's headers.
        Published positive_push("maxSomething") @ 0x0: VecFx32,
        /// The least push out of it in each axis, units. Source: SuuperW's headers.
        Published negative_push("minSomething") @ 0xC: VecFx32,
        /// How deep the sphere is in, units.
        Headers distance @ 0x18: Fx32,
        /// The surface's normal: unit length.
        Headers normal @ 0x1C: VecFx32,
    }
}

/// Whom a [`CollisionEntry`] is about.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Collider<'a> {
    /// A driver.
    Driver(Driver<'a>),
    /// An item.
    Item(Item<'a>),
    /// A map object.
    MapObject(MapObject<'a>),
    /// A map object that karts drive on.
    Dynamic(DynamicCollider<'a>),
}

impl CollisionEntry<'_> {
    /// Whom it is about; `None` if it is free, or its flags name no kind.
    ///
    /// # Errors
    ///
    /// They lie outside main RAM.
    pub fn collider<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Option<Collider<'a>>> {
        let (flags, object) = (self.flags(), self.object().0);
        Ok(if flags.contains(CollisionEntryFlags::DRIVER) {
            let driver = To::<Driver<'static>>::new(object).follow(ram)?;
            driver.map(Collider::Driver)
        } else if flags.contains(CollisionEntryFlags::ITEM) {
            To::<Item<'static>>::new(object)
                .follow(ram)?
                .map(Collider::Item)
        } else if flags.contains(CollisionEntryFlags::DYNAMIC) {
            let dynamic = To::<DynamicCollider<'static>>::new(object).follow(ram)?;
            dynamic.map(Collider::Dynamic)
        } else if flags.contains(CollisionEntryFlags::MAP_OBJECT) {
            let object = To::<MapObject<'static>>::new(object).follow(ram)?;
            object.map(Collider::MapObject)
        } else {
            None
        })
    }
}

/// The most things beside the course that may be hit.
pub const MAX_COLLISION_ENTRIES: usize = 256;
